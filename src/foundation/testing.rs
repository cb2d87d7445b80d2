//! A PostgreSQL for the tests beside the code: one for the process, a database for each test that asks.

use super::postgres::Private;
use sqlx::postgres::PgConnectOptions;
use std::{path::PathBuf, sync::OnceLock};

/// Connects as the superuser of a private PostgreSQL that ends with this process.
pub fn owner() -> PgConnectOptions {
    static SERVER: OnceLock<Private> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        clear_leftovers();
        Private::start(&folder(std::process::id()), &|_| {}).unwrap()
    });
    PgConnectOptions::new_without_pgpass()
        .socket(server.socket_dir())
        .port(server.port())
        .username("postgres")
        .database("postgres")
}

fn folder(pid: u32) -> PathBuf {
    std::env::temp_dir().join(format!("cardamom-unit-{pid}"))
}

// Folders of processes that have ended: nobody is left to remove their own.
fn clear_leftovers() {
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(pid) = name.strip_prefix("cardamom-unit-").and_then(|pid| pid.parse::<u32>().ok()) else {
            continue;
        };
        if !PathBuf::from(format!("/proc/{pid}")).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
