//! Finding the PostgreSQL that the machine has.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::PostgresError;

/// The oldest major version that our SQL is written for.
const OLDEST: u32 = 15;
/// Where distributions keep one folder for each version.
const VERSIONED: [(&str, &str); 2] = [("/usr/lib/postgresql", ""), ("/usr", "pgsql-")];
const PREFIXES: [&str; 5] =
    ["/usr/local/pgsql/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/bin", "/opt/postgresql/bin"];

pub(super) struct Install {
    pub(super) major: u32,
    bin: PathBuf,
}

impl Install {
    /// The first installation that will do. A cluster can only be opened by the major version that made it.
    pub(super) fn find(made_by: Option<(u32, PathBuf)>) -> Result<Self, PostgresError> {
        Self::choose(candidates(), made_by)
    }

    pub(super) fn choose(
        candidates: Vec<PathBuf>,
        made_by: Option<(u32, PathBuf)>,
    ) -> Result<Self, PostgresError> {
        let mut too_old = None;
        let mut will_do = false;
        for bin in candidates {
            let Some(major) = major_version(&bin) else { continue };
            if major < OLDEST {
                too_old = Some(major);
                continue;
            }
            if made_by.as_ref().is_none_or(|(wanted, _)| *wanted == major) {
                return Ok(Self { major, bin });
            }
            will_do = true;
        }
        Err(match made_by {
            Some((made_by, folder)) if will_do => PostgresError::OtherVersion { folder, made_by },
            _ => PostgresError::NotInstalled { found: too_old },
        })
    }

    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Folders to look in, the most explicit first. `PG_BIN_DIR` stands alone: who sets it means it.
fn candidates() -> Vec<PathBuf> {
    if let Some(chosen) = env::var_os("PG_BIN_DIR").filter(|chosen| !chosen.is_empty()) {
        return vec![chosen.into()];
    }
    let mut folders = Vec::new();
    folders.extend(said_by_pg_config());
    folders.extend(VERSIONED.iter().flat_map(|(parent, prefix)| versioned(Path::new(parent), prefix)));
    folders.extend(PREFIXES.iter().map(PathBuf::from));
    folders.extend(env::var_os("PATH").iter().flat_map(env::split_paths).filter(|path| path.is_absolute()));
    folders
}

fn said_by_pg_config() -> Option<PathBuf> {
    let said =
        Command::new("pg_config").arg("--bindir").output().ok().filter(|said| said.status.success())?;
    Some(String::from_utf8(said.stdout).ok()?.trim().into())
}

/// `parent/<prefix><version>/bin`, newest first.
fn versioned(parent: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, bin)| bin).collect()
}

/// The major version of the server in a folder, when both programs that we need are there.
fn major_version(bin: &Path) -> Option<u32> {
    if !bin.join("initdb").is_file() || !bin.join("postgres").is_file() {
        return None;
    }
    let said = Command::new(bin.join("postgres")).arg("--version").output().ok()?;
    parse_version(std::str::from_utf8(&said.stdout).ok()?)
}

/// From `postgres (PostgreSQL) 15.18 (Debian …)` or `… 19beta1`, the 15 or the 19.
pub(super) fn parse_version(said: &str) -> Option<u32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}
