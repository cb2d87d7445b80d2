//! Who PostgreSQL runs as. It refuses root, so root gives it an unprivileged user.

use std::{
    fs, io,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

use super::{
    error::{PostgresError, WhileDoing},
    sys,
};

/// Where users are listed: `name:password:uid:gid:…`.
const PASSWORD_FILE: &str = "/etc/passwd";
/// `postgres` first: what another `nobody` process does, ours would be open to.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];
const ROOT: u32 = 0;

pub(super) enum Account {
    /// We are not root: PostgreSQL runs as we do.
    Ourselves { uid: u32 },
    /// We are root: PostgreSQL runs as this user.
    Lowered { name: String, uid: u32, gid: u32 },
}

impl Account {
    /// The owner of an existing cluster, otherwise the first unprivileged user there is.
    pub(super) fn choose(cluster: &Path) -> Result<Self, PostgresError> {
        let owner = match fs::metadata(cluster) {
            Ok(found) => Some((found.uid(), found.gid())),
            Err(none) if none.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(cause).while_doing("look at", cluster),
        };
        let ours = sys::effective_uid();
        if ours != ROOT {
            return match owner {
                Some((uid, _)) if uid != ours => Err(PostgresError::NotOurs(cluster.to_path_buf())),
                _ => Ok(Self::Ourselves { uid: ours }),
            };
        }
        let users = fs::read_to_string(PASSWORD_FILE).unwrap_or_default();
        if let Some((uid, gid)) = owner.filter(|(uid, _)| *uid != ROOT) {
            let name = users.lines().filter_map(parse).find(|user| user.1 == uid).map(|user| user.0);
            return Ok(Self::Lowered { name: name.map_or_else(|| uid.to_string(), str::to_owned), uid, gid });
        }
        CANDIDATES
            .iter()
            .find_map(|wanted| users.lines().filter_map(parse).find(|user| user.0 == *wanted))
            .map(|(name, uid, gid)| Self::Lowered { name: name.to_owned(), uid, gid })
            .ok_or(PostgresError::NoAccount)
    }

    pub(super) fn uid(&self) -> u32 {
        match self {
            Self::Ourselves { uid } | Self::Lowered { uid, .. } => *uid,
        }
    }

    /// A command that will run as this user, in the root folder (ours may be closed to it), with nothing in
    /// its environment but what programs need: our secrets are not PostgreSQL's business.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env_clear().env("LC_ALL", "C");
        for kept in ["PATH", "LD_LIBRARY_PATH", "TZ"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        if let Self::Lowered { uid, gid, .. } = self {
            command.uid(*uid).gid(*gid); // also drops root's groups
        }
        command
    }

    /// Gives a file or folder to this user.
    pub(super) fn give(&self, path: &Path) -> Result<(), PostgresError> {
        match self {
            Self::Ourselves { .. } => Ok(()),
            Self::Lowered { uid, gid, .. } => {
                std::os::unix::fs::lchown(path, Some(*uid), Some(*gid)).while_doing("give away", path)
            }
        }
    }
}

fn parse(line: &str) -> Option<(&str, u32, u32)> {
    let mut fields = line.split(':');
    let name = fields.next()?;
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    Some((name, uid, gid))
}
