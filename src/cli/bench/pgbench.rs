//! pgbench beside the server: the same PostgreSQL, the same settings, the same run.

use super::child::Child;
use crate::foundation::postgres;
use anyhow::{Context, Result, bail, ensure};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{path::PathBuf, process::Stdio, time::Duration};
use tokio::process::Command;

const DATABASE: &str = "pgbench";

/// A database that is ready for it.
pub(super) struct Pgbench {
    program: PathBuf,
    socket: PathBuf,
    port: u16,
}

impl Pgbench {
    /// Makes its tables: `scale` × 100,000 accounts.
    pub(super) async fn prepare(server: &Child, owner: &PgConnectOptions, scale: u32) -> Result<Self> {
        let mut connection = PgConnection::connect_with(owner).await?;
        connection.execute("create database pgbench").await?;
        connection.close().await?;
        let folder = server.settings()?.data_dir;
        let (socket, port) = postgres::socket_of(&folder).context("PostgreSQL does not run")?;
        let program = postgres::program("pgbench")?;
        ensure!(
            program.is_file(),
            "{} is missing: it comes with PostgreSQL's server package",
            program.display()
        );
        let pgbench = Self { program, socket, port };
        pgbench.run(&["-i", "-q", "-s", &scale.to_string()]).await?;
        Ok(pgbench)
    }

    /// Transactions a second of its TPC-B-like script: 32 clients, 2 threads, prepared.
    pub(super) async fn measure(&self, time: Duration) -> Result<f64> {
        // In less, a busy machine has not even connected all of its clients.
        let seconds = time.as_secs().max(4).to_string();
        let said = self.run(&["-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds]).await?;
        tps(&said).with_context(|| format!("pgbench did not say how fast it was: {said}"))
    }

    async fn run(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.program);
        command.arg("-h").arg(&self.socket).args(["-p", &self.port.to_string(), "-U", "postgres"]);
        command.args(args).arg(DATABASE).stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.context("pgbench can't be started")?;
        if !output.status.success() {
            bail!("pgbench failed: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

// `tps = 1234.567890 (without initial connection time)`
fn tps(said: &str) -> Option<f64> {
    said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
}

#[cfg(test)]
mod tests {
    #[test]
    fn how_fast_it_was_is_read() {
        let said = "latency average = 20 ms\ninitial connection time = 30 ms\n\
                    tps = 1601.250000 (without initial connection time)\n";
        assert_eq!(super::tps(said), Some(1601.25));
        assert_eq!(super::tps("nothing"), None);
    }
}
