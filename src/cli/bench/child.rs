//! This same program as a child process, as anybody would start it.

use super::sys;
use crate::{
    app,
    foundation::config::{Settings, SettingsArgs},
};
use anyhow::{Context, Result, bail};
use sqlx::postgres::PgConnectOptions;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child as Process, Command},
};

/// How long a server may take to say that it is ready, and to end.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running child that listens on a port of its own.
pub(super) struct Child {
    process: Process,
    pid: u32,
    /// Where it answers.
    pub(super) address: SocketAddr,
    /// From being started to saying that it is ready.
    pub(super) ready_after: Duration,
    folder: PathBuf,
}

impl Child {
    /// `cardamom serve` with its private PostgreSQL in that folder. The rates are off, since a handful of
    /// callers stand for thousands; every other limit is on.
    pub(super) async fn serve(folder: &Path, more: &[&str]) -> Result<Self> {
        let args =
            ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--log", "warn", "--bench-constant"];
        Self::start(folder, &[&args, more].concat()).await
    }

    /// What the gate is compared with.
    pub(super) async fn bare(folder: &Path) -> Result<Self> {
        Self::start(folder, &["bench-bare"]).await
    }

    // The thread that starts a child must live as long as it: this is called from the command's own future,
    // which runs on the main thread.
    async fn start(folder: &Path, args: &[&str]) -> Result<Self> {
        let log = std::fs::File::options().create(true).append(true).open(folder.join("log"))?;
        let mut command = program(folder)?;
        command.args(args).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        sys::tie_to_this_thread(&mut command);
        let started = Instant::now();
        let mut process = command.spawn().context("this program can't be started")?;
        let out = process.stdout.take().context("a child without output")?;
        let mut line = String::new();
        let said = tokio::time::timeout(PATIENCE, BufReader::new(out).read_line(&mut line)).await;
        let ready_after = started.elapsed();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let (Ok(Ok(_)), Some(address), Some(pid)) = (said, address, process.id()) else {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            bail!("the server did not start: {}", log.lines().last().unwrap_or("it said nothing"));
        };
        Ok(Self { process, pid, address, ready_after, folder: folder.to_owned() })
    }

    /// Its process.
    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Where it answers, as a url without a path.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The process of its PostgreSQL.
    pub(super) fn postgres(&self) -> Result<u32> {
        let said = std::fs::read_to_string(self.folder.join("data/postgres/postmaster.pid"))?;
        said.lines().next().and_then(|line| line.trim().parse().ok()).context("PostgreSQL does not run")
    }

    /// Its settings, as a command beside it has them.
    pub(super) fn settings(&self) -> Result<Settings> {
        let args = SettingsArgs { data_dir: Some(self.folder.join("data")), ..SettingsArgs::default() };
        Ok(args.resolve_alone()?)
    }

    /// Its database, as the owner of the tables.
    pub(super) async fn database(&self) -> Result<PgConnectOptions> {
        Ok(app::find_database(&self.settings()?, true).await?.owner)
    }

    /// Runs a command of the program beside it.
    pub(super) async fn beside(&self, args: &[&str]) -> Result<Output> {
        let mut command = program(&self.folder)?;
        Ok(command.args(args).stdin(Stdio::null()).kill_on_drop(true).output().await?)
    }

    /// Ends it in order, and its PostgreSQL with it.
    pub(super) async fn stop(mut self) -> Result<()> {
        sys::terminate(self.pid);
        let ended = tokio::time::timeout(PATIENCE, self.process.wait()).await;
        ended.context("the server did not end")??;
        Ok(())
    }
}

// Nothing of the caller's settings: every run measures the same.
fn program(folder: &Path) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command.env_clear().current_dir(folder).env("CARDAMOM_DATA_DIR", folder.join("data"));
    for kept in ["PATH", "HOME", "PG_BIN_DIR", "TMPDIR"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command.stdin(Stdio::null());
    Ok(command)
}
