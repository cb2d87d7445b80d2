//! The data folder: made, locked for one instance, and checked to be within PostgreSQL's reach.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    },
    path::{Path, PathBuf},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use super::{
    account::Account,
    error::{PostgresError, WhileDoing},
    install::Install,
    sys,
};

/// A socket's whole path has at most 107 bytes, of which `/.s.PGSQL.5432.lock` takes some.
const LONGEST_SOCKET_DIR: usize = 80;
/// Where sockets go when the data folder's path is longer than that.
const SHORT_PARENT: &str = "/tmp";
/// A killed instance holds its lock until the system has taken it down.
const LOCK_WITHIN: Duration = Duration::from_secs(1);

/// Makes the data folder where there is none, and says its full path.
///
/// Made by root it can be passed through by all, so that PostgreSQL's user reaches what belongs to it, but
/// listed by root alone; otherwise it is closed to others.
pub fn make_data_dir(path: &Path) -> io::Result<PathBuf> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match DirBuilder::new().mode(0o700).create(path) {
        Ok(()) if sys::effective_uid() == 0 => fs::set_permissions(path, Permissions::from_mode(0o711))?,
        Err(failed) if failed.kind() != io::ErrorKind::AlreadyExists => return Err(failed),
        _ => {}
    }
    path.canonicalize()
}

/// The data folder, ours alone for as long as this value lives.
pub(super) struct Folder {
    root: PathBuf,
    cluster: PathBuf,
    socket_dir: PathBuf,
    log: PathBuf,
    pub(super) account: Account,
    _lock: File,
}

impl Folder {
    pub(super) fn claim(data_dir: &Path) -> Result<Self, PostgresError> {
        let root = make_data_dir(data_dir).while_doing("make the data folder", data_dir)?;
        let lock = lock(&root)?;
        let cluster = root.join("postgres");
        let account = Account::choose(&cluster)?;
        let socket_dir = socket_dir(&root);
        let log = root.join("postgres.log");
        Ok(Self { root, cluster, socket_dir, log, account, _lock: lock })
    }

    /// PostgreSQL's own data folder.
    pub(super) fn cluster(&self) -> &Path {
        &self.cluster
    }

    /// Where a cluster is made before it is moved to its place, so that a half one is never mistaken for one.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.root.join("postgres.new")
    }

    pub(super) fn settings(&self) -> PathBuf {
        self.root.join("postgresql.conf")
    }

    pub(super) fn socket_dir(&self) -> &Path {
        &self.socket_dir
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Finds out, as PostgreSQL's user, whether its programs can run and the data folder can be entered.
    pub(super) fn check_reach(&self, install: &Install) -> Result<(), PostgresError> {
        let Account::Lowered { name, .. } = &self.account else { return Ok(()) };
        let program = install.program("postgres");
        let reaches = |from: &Path| {
            let mut probe = self.account.command(&program);
            probe.current_dir(from).arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
            probe.status()
        };
        reaches(Path::new("/")).while_doing("run, as PostgreSQL's user,", &program)?;
        let from_the_top: Vec<&Path> = self.root.ancestors().collect();
        match from_the_top.into_iter().rev().find(|folder| reaches(folder).is_err()) {
            None => Ok(()),
            Some(blocked) => {
                Err(PostgresError::OutOfReach { user: name.clone(), blocked_at: blocked.to_path_buf() })
            }
        }
    }

    /// Makes a folder that is PostgreSQL's alone, or takes the one that is there if it is just that.
    pub(super) fn make_private(&self, path: &Path) -> Result<(), PostgresError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.account.give(path),
            Err(failed) if failed.kind() == io::ErrorKind::AlreadyExists => {
                // Not followed: the short socket folder's parent is open to everyone.
                let found = fs::symlink_metadata(path).while_doing("look at", path)?;
                if found.is_dir() && found.uid() == self.account.uid() {
                    fs::set_permissions(path, Permissions::from_mode(0o700)).while_doing("close", path)
                } else {
                    Err(PostgresError::NotOurs(path.to_path_buf()))
                }
            }
            Err(cause) => Err(cause).while_doing("make", path),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.socket_dir.starts_with(&self.root) {
            let _ = fs::remove_dir(&self.socket_dir); // only when empty: nothing runs there any more
        }
    }
}

fn lock(root: &Path) -> Result<File, PostgresError> {
    let path = root.join("cardamom.lock");
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true).mode(0o600);
    let mut file = options.open(&path).while_doing("open", &path)?;
    let asked = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if asked.elapsed() < LOCK_WITHIN => {
                thread::sleep(Duration::from_millis(25));
            }
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                return Err(PostgresError::InUse {
                    folder: root.to_path_buf(),
                    holder: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(cause)) => return Err(cause).while_doing("lock", &path),
        }
    }
    file.set_len(0).and_then(|()| file.rewind()).while_doing("write", &path)?;
    writeln!(file, "{}", std::process::id()).while_doing("write", &path)?;
    Ok(file)
}

fn socket_dir(root: &Path) -> PathBuf {
    let near = root.join("run");
    if near.as_os_str().len() <= LONGEST_SOCKET_DIR {
        return near;
    }
    Path::new(SHORT_PARENT).join(format!("cardamom-{:016x}", fnv1a(root.as_os_str().as_bytes())))
}

/// A short name that is the same at every start. Nothing relies on it being hard to guess: the folder's
/// owner is checked.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
