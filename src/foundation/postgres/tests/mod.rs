//! Against the PostgreSQL of this machine, each test in a folder of its own.

mod deaths;
mod refusals;
mod starts;

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, postgres::PgConnectOptions};

use super::{PostgresError, Private, account::Account, install, leftovers, log, sys};

/// A data folder that is removed with its test.
struct Temp(PathBuf);

impl Temp {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("cardamom-pg-{}-{number}", std::process::id())))
    }

    fn start(&self) -> Private {
        start(&self.0)
    }

    fn cluster(&self) -> PathBuf {
        self.0.join("postgres")
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn start(data_dir: &Path) -> Private {
    Private::start(data_dir, &|_| {}).unwrap()
}

fn refusal(data_dir: &Path) -> String {
    match Private::start(data_dir, &|_| {}) {
        Ok(_) => panic!("started, against expectation"),
        Err(refused) => refused.to_string(),
    }
}

/// One value, as text, from a fresh connection over the socket.
fn ask(server: &Private, sql: &'static str) -> String {
    let options = PgConnectOptions::new_without_pgpass()
        .host(server.socket_dir().to_str().unwrap())
        .port(server.port())
        .username("postgres")
        .database("postgres");
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut connection = options.connect().await.unwrap();
        let answer = sqlx::query_scalar::<_, Option<String>>(sql).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        answer.unwrap_or_default()
    })
}

/// Leaves a committed sign in the database that survives whatever happens next.
fn leave_a_sign(server: &Private) {
    ask(server, "select lo_from_bytea(4711, 'still here')::text");
}

fn sign(server: &Private) -> String {
    ask(server, "select convert_from(lo_get(4711), 'UTF8')")
}

fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let started = Instant::now();
    while !happened() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}
