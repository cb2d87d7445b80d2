//! Which statements a request runs: told by PostgreSQL's own log while it logs all of them.

use super::child::Child;
use anyhow::{Context, Result};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{
    collections::HashSet,
    io::{Read, Seek, SeekFrom},
    path::PathBuf,
    time::Duration,
};

/// How long the background work is listened to, and how long a line may take to be written.
const QUIET: Duration = Duration::from_secs(6);
const WRITTEN: Duration = Duration::from_millis(300);

/// A log that is read on from where it was.
pub(super) struct Statements {
    database: PgConnectOptions,
    log: PathBuf,
    at: u64,
    // What the program says when nobody asks it for anything.
    background: HashSet<String>,
}

/// What some requests ran.
pub(super) struct Ran {
    /// Statements, those that begin and end transactions left out.
    pub(super) statements: u64,
    /// Those, too.
    pub(super) all: u64,
}

impl Statements {
    /// Begins to log, and learns what runs anyway.
    pub(super) async fn listen(server: &Child) -> Result<Self> {
        let database = server.database().await?;
        let log = server.settings()?.data_dir.join("postgres.log");
        let mut statements = Self { database, log, at: 0, background: HashSet::new() };
        statements.set("alter system set log_statement = 'all'").await?;
        statements.learn().await?;
        Ok(statements)
    }

    /// Learns what runs while nobody asks: more once something was asked for that is then followed.
    pub(super) async fn learn(&mut self) -> Result<()> {
        self.skip()?;
        tokio::time::sleep(QUIET).await;
        let heard = self.heard()?;
        self.background.extend(heard);
        Ok(())
    }

    /// Looks on from here.
    pub(super) fn skip(&mut self) -> Result<()> {
        self.at = std::fs::metadata(&self.log)?.len();
        Ok(())
    }

    /// What was said since.
    pub(super) async fn since(&mut self) -> Result<Vec<String>> {
        tokio::time::sleep(WRITTEN).await;
        self.heard()
    }

    /// What of it was run for those who asked: without the background work, as far as it is known.
    pub(super) fn asked(&self, heard: &[String]) -> Result<Ran> {
        let own: Vec<&String> = heard.iter().filter(|said| !self.background.contains(*said)).collect();
        let statements = own.iter().filter(|said| !is_frame(said)).count();
        Ok(Ran { statements: u64::try_from(statements)?, all: u64::try_from(own.len())? })
    }

    /// Logs as before.
    pub(super) async fn stop(self) -> Result<()> {
        self.set("alter system reset log_statement").await
    }

    async fn set(&self, statement: &'static str) -> Result<()> {
        let mut connection = PgConnection::connect_with(&self.database).await?;
        connection.execute(statement).await?;
        connection.execute("select pg_reload_conf()").await?;
        connection.close().await?;
        // Each backend reads it when it is next idle.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(())
    }

    fn heard(&mut self) -> Result<Vec<String>> {
        let mut file = std::fs::File::open(&self.log).context("PostgreSQL's log")?;
        file.seek(SeekFrom::Start(self.at))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        self.at += u64::try_from(text.len())?;
        Ok(String::from_utf8_lossy(&text).lines().filter_map(said).collect())
    }
}

// The first line of a statement of the application's, without what differs from one time to the next.
fn said(line: &str) -> Option<String> {
    let (who, said) = line.split_once(" LOG:  ")?;
    if !who.contains("] cardamom_app_") {
        return None;
    }
    let (how, what) = said.split_once(": ")?;
    (how == "statement" || how.starts_with("execute ")).then(|| what.trim().to_owned())
}

fn is_frame(said: &str) -> bool {
    ["begin", "commit", "rollback", "set "]
        .iter()
        .any(|word| said.get(..word.len()).is_some_and(|first| first.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_applications_statements_are_told_from_everything_else() {
        let line = "2026-01-01 00:00:00.000 UTC [42] cardamom_app_0a1b2c3d LOG:  execute sqlx_s_12: select 1";
        assert_eq!(said(line).as_deref(), Some("select 1"));
        let begin = "2026-01-01 00:00:00.000 UTC [42] cardamom_app_0a1b2c3d LOG:  statement: begin; set local a.b = 'c'";
        assert!(said(begin).is_some_and(|said| is_frame(&said)));
        for other in [
            "2026-01-01 00:00:00.000 UTC [42] postgres LOG:  statement: select 1",
            "2026-01-01 00:00:00.000 UTC [42] cardamom_app_0a1b2c3d LOG:  parse sqlx_s_12: select 1",
            "\tfrom something",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
