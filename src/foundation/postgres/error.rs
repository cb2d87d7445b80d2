use std::{io, path::PathBuf};

/// Why the private PostgreSQL could not be had: each one line for the person who started us.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    #[error("PostgreSQL 15 or newer isn't installed{}; install it with: sudo apt-get install -y postgresql", 
        .found.map(|major| format!(" (found version {major})")).unwrap_or_default())]
    NotInstalled { found: Option<u32> },
    #[error("the data in {} was made by PostgreSQL {made_by}, which isn't installed; \
        install it with: sudo apt-get install -y postgresql-{made_by}", .folder.display())]
    OtherVersion { folder: PathBuf, made_by: u32 },
    #[error("the data folder {} is in use by another instance{}; stop that one or choose another folder", 
        .folder.display(), .holder.map(|pid| format!(" (process {pid})")).unwrap_or_default())]
    InUse { folder: PathBuf, holder: Option<u32> },
    #[error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as")]
    NoAccount,
    #[error("PostgreSQL runs as the user `{user}`, who may not enter {}; \
        allow it with `chmod o+x` there, or choose a data folder elsewhere", .blocked_at.display())]
    OutOfReach { user: String, blocked_at: PathBuf },
    #[error("{} belongs to another user; start as that user, or choose another data folder", .0.display())]
    NotOurs(PathBuf),
    #[error("{} holds something that isn't a database cluster; move it away or choose another data folder", .0.display())]
    NotACluster(PathBuf),
    #[error("a PostgreSQL (process {pid}) of an earlier run still uses {} after {waited_s} s; \
        stop it with: kill -INT {pid}", .folder.display())]
    StillRunning { pid: u32, folder: PathBuf, waited_s: u64 },
    #[error("PostgreSQL could not make its database cluster: {reason} (more in {})", .log.display())]
    Initdb { reason: String, log: PathBuf },
    #[error("PostgreSQL did not start: {reason} (more in {})", .log.display())]
    Refused { reason: String, log: PathBuf },
    #[error("PostgreSQL was not ready after {waited_s} s (more in {})", .log.display())]
    Slow { waited_s: u64, log: PathBuf },
    #[error(
        "PostgreSQL did not stop within {waited_s} s and was cut short; it will recover when it next starts"
    )]
    Forced { waited_s: u64 },
    #[error("could not {doing} {}: {cause}", .path.display())]
    Io { doing: &'static str, path: PathBuf, cause: io::Error },
}

/// `result.while_doing("read", path)?`: an I/O error with what was tried and where.
pub(super) trait WhileDoing<T> {
    fn while_doing(self, doing: &'static str, path: &std::path::Path) -> Result<T, PostgresError>;
}

impl<T> WhileDoing<T> for io::Result<T> {
    fn while_doing(self, doing: &'static str, path: &std::path::Path) -> Result<T, PostgresError> {
        self.map_err(|cause| PostgresError::Io { doing, path: path.to_path_buf(), cause })
    }
}
