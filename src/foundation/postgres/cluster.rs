//! Making the cluster, setting it up and launching the server.

use std::{
    ffi::{OsStr, OsString},
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
    process::{Child, Stdio},
};

use super::{
    error::{PostgresError, WhileDoing},
    folder::Folder,
    install::Install,
    keeper::Keeper,
    leftovers, log,
    sys::Signal,
};

/// Ours at every start; `alter system` still wins over it, except for what [`launch`] says itself.
const SETTINGS: &str = "\
# Written by Cardamom at each start: changes made here are lost. `alter system` settings win over these.
include_if_exists 'postgres/postgresql.conf'   # what initdb found out about this machine

max_connections = 120
shared_buffers = 128MB
huge_pages = off                           # little to gain at this size, and some containers break on it

# Commits are on disk when they are answered.
fsync = on
synchronous_commit = on
full_page_writes = on
wal_level = replica                        # lets pg_basebackup take a copy while we run
max_wal_senders = 4
max_logical_replication_workers = 0

# Small checkpoints: a crash costs tenths of a second of recovery, not a minute.
max_wal_size = 512MB
min_wal_size = 80MB
checkpoint_timeout = 60s
checkpoint_completion_target = 0.9

# A new shop grows fast: plans made for empty tables must not last. Looking costs next to nothing.
autovacuum_naptime = 5s
autovacuum_analyze_threshold = 500
autovacuum_analyze_scale_factor = 0.5      # each time, every connection plans anew

# Short transactions over many keys: compiling or splitting a query costs more than it saves.
jit = off
max_parallel_workers_per_gather = 0

timezone = 'UTC'
lc_messages = 'C'

# The log tells what happened, never with what values.
logging_collector = off                    # standard error is a file that we keep small
log_line_prefix = '%m [%p] %q%u '
log_timezone = 'UTC'
log_checkpoints = off
log_statement = 'none'
log_error_verbosity = terse                # details quote the values of keys
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
";

/// The file that PostgreSQL writes its version to, early on in making a cluster.
const VERSION_FILE: &str = "PG_VERSION";

pub(super) fn exists(folder: &Folder) -> bool {
    folder.cluster().join(VERSION_FILE).is_file()
}

/// Which major version made the cluster, if there is one, and where it is.
pub(super) fn major_version(folder: &Folder) -> Result<Option<(u32, PathBuf)>, PostgresError> {
    let (cluster, file) = (folder.cluster(), folder.cluster().join(VERSION_FILE));
    match fs::read_to_string(&file) {
        Ok(version) => match version.trim().parse() {
            Ok(major) => Ok(Some((major, cluster.to_path_buf()))),
            Err(_) => Err(PostgresError::NotACluster(cluster.to_path_buf())),
        },
        Err(none) if none.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause).while_doing("read", &file),
    }
}

/// Makes the cluster beside its place and moves it there when it is whole. What a broken-off attempt left
/// is thrown away first; what is at the place itself never is.
pub(super) fn make(folder: &Folder, install: &Install, keeper: &Keeper) -> Result<(), PostgresError> {
    let (cluster, unfinished) = (folder.cluster(), folder.unfinished());
    if fs::read_dir(cluster).is_ok_and(|mut inside| inside.next().is_some()) {
        return Err(PostgresError::NotACluster(cluster.to_path_buf()));
    }
    leftovers::end_all_in(&unfinished);
    match fs::remove_dir_all(&unfinished) {
        Err(failed) if failed.kind() != io::ErrorKind::NotFound => {
            return Err(failed).while_doing("remove the unfinished", &unfinished);
        }
        _ => folder.make_private(&unfinished)?,
    }

    let mut initdb = folder.account.command(&install.program("initdb"));
    initdb.arg("-D").arg(&unfinished).args(["--username=postgres", "--encoding=UTF8", "--locale=C"]);
    initdb.args(["--auth-local=trust", "--auth-host=reject", "--data-checksums"]);
    let log = log::open(folder.log()).while_doing("open", folder.log())?;
    initdb.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    let mut made = keeper.spawn(initdb, Signal::Terminate).while_doing("run", &install.program("initdb"))?;
    if !made.wait().while_doing("run", &install.program("initdb"))?.success() {
        let log = folder.log().to_path_buf();
        return Err(PostgresError::Initdb { reason: log::last_complaint(&log), log });
    }
    fs::rename(&unfinished, cluster).while_doing("move the finished cluster to", cluster)?;
    let parent = cluster.parent().unwrap_or(cluster);
    fs::File::open(parent).and_then(|parent| parent.sync_all()).while_doing("write", parent)
}

/// Starts the server; it answers a little later ([`is_ready`]).
pub(super) fn launch(
    folder: &Folder,
    install: &Install,
    keeper: &Keeper,
    port: u16,
) -> Result<Child, PostgresError> {
    folder.make_private(folder.socket_dir())?;
    let settings = folder.settings();
    write_settings(&settings).while_doing("write", &settings)?;
    let log = log::open(folder.log()).while_doing("open", folder.log())?;
    log::trim(folder.log()).while_doing("shorten", folder.log())?;

    let program = install.program("postgres");
    let mut server = folder.account.command(&program);
    server.arg("-D").arg(folder.cluster());
    // What keeps the server private is said here, where no file can change it.
    server.arg("-c").arg(setting("config_file", settings.as_os_str()));
    server.arg("-c").arg(setting("unix_socket_directories", &quoted(folder.socket_dir().as_os_str())));
    server.args(["-c", "unix_socket_permissions=0700", "-c", "listen_addresses=", "-c"]);
    server.arg(format!("port={port}"));
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    keeper.spawn(server, Signal::Interrupt).while_doing("run", &program)
}

/// The server's own word: line 1 of its pid file is its process, line 8 its state.
pub(super) fn is_ready(folder: &Folder, pid: u32) -> bool {
    let said = fs::read_to_string(folder.cluster().join("postmaster.pid")).unwrap_or_default();
    let line = |number: usize| said.lines().nth(number - 1).map(str::trim);
    line(1) == Some(pid.to_string().as_str()) && line(8) == Some("ready")
}

/// Where the server of a data folder answers, whoever runs it: lines 4 and 5 of its pid file. For a second
/// command beside a running server.
pub fn socket_of(data_dir: &std::path::Path) -> Option<(std::path::PathBuf, u16)> {
    let said = fs::read_to_string(data_dir.join("postgres").join("postmaster.pid")).ok()?;
    let mut lines = said.lines().skip(3).map(str::trim);
    let port = lines.next()?.parse().ok()?;
    Some((lines.next()?.into(), port))
}

fn write_settings(path: &std::path::Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(failed) if failed.kind() != io::ErrorKind::NotFound => return Err(failed),
        _ => {}
    }
    let mut file = fs::OpenOptions::new().create_new(true).write(true).mode(0o644).open(path)?;
    file.write_all(SETTINGS.as_bytes())
}

fn setting(name: &str, value: &OsStr) -> OsString {
    let mut setting = OsString::from(format!("{name}="));
    setting.push(value);
    setting
}

/// One name in a list of folders: in double quotes, so that a comma in a path does not end it.
fn quoted(path: &OsStr) -> OsString {
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    let mut quoted = vec![b'"'];
    for byte in path.as_bytes() {
        quoted.push(*byte);
        if *byte == b'"' {
            quoted.push(b'"');
        }
    }
    quoted.push(b'"');
    OsString::from_vec(quoted)
}
