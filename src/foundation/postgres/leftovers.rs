//! What an earlier server leaves behind: processes still ending, and lock files of the dead.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use super::{
    error::{PostgresError, WhileDoing},
    folder::Folder,
    sys::{self, Signal},
};

/// A server whose owner died is told so by the system and shuts down; this is how long it is given.
const GONE_WITHIN: Duration = Duration::from_secs(20);
/// Workers whose server died notice it when they next wait for something. A long query may not.
const HINT_AFTER: Duration = Duration::from_secs(3);
const FORCE_AFTER: Duration = Duration::from_secs(10);
const LOOK_EVERY: Duration = Duration::from_millis(50);
const PROGRAMS: [&str; 2] = ["postgres", "postmaster"];

/// Waits until no process of an earlier server is left: a server started beside them would refuse, or
/// share memory with them.
pub(super) fn wait_until_gone(folder: &Folder, progress: &dyn Fn(&str)) -> Result<(), PostgresError> {
    let started = Instant::now();
    let mut told = false;
    loop {
        let left = servers_in(folder.cluster());
        let Some(first) = left.first() else { return Ok(()) };
        let waited = started.elapsed();
        let head = lock_holder(&folder.cluster().join("postmaster.pid")).filter(|pid| left.contains(pid));
        if waited > GONE_WITHIN {
            return Err(PostgresError::StillRunning {
                pid: head.unwrap_or(*first),
                folder: folder.cluster().to_path_buf(),
                waited_s: waited.as_secs(),
            });
        }
        if !told {
            progress("waiting for an earlier PostgreSQL to end");
            told = true;
        }
        // Only workers without a head are ended by us. With its head, a server is shutting down in order.
        if head.is_none() && waited > HINT_AFTER {
            let signal = if waited > FORCE_AFTER { Signal::Kill } else { Signal::Quit };
            for pid in &left {
                sys::send(*pid, signal);
            }
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Ends what a broken-off initdb left running in a folder that is about to be thrown away.
pub(super) fn end_all_in(unfinished: &Path) {
    let started = Instant::now();
    while started.elapsed() < FORCE_AFTER {
        let left = servers_in(unfinished);
        if left.is_empty() {
            return;
        }
        for pid in &left {
            sys::send(*pid, Signal::Kill);
        }
        thread::sleep(LOOK_EVERY);
    }
}

/// Removes lock files that name a process which is no server of this folder.
///
/// PostgreSQL does so itself when the process is gone. It gives up for ever when the id shows a zombie that
/// nobody reaps (as in containers without an init), or was taken by another program. We hold the lock on
/// the data folder and have seen that no server runs in it, so we know better.
pub(super) fn clear_stale_locks(folder: &Folder, port: u16) -> Result<(), PostgresError> {
    let running = servers_in(folder.cluster());
    for lock in
        [folder.cluster().join("postmaster.pid"), folder.socket_dir().join(format!(".s.PGSQL.{port}.lock"))]
    {
        let holder = lock_holder(&lock);
        let left_to_postgres = holder
            .is_some_and(|pid| running.contains(&pid) || !Path::new("/proc").join(pid.to_string()).exists());
        if lock.exists() && !left_to_postgres {
            fs::remove_file(&lock).while_doing("remove the stale", &lock)?;
        }
    }
    Ok(())
}

/// The process that a lock file names in its first line, negative for one without clients.
fn lock_holder(lock: &Path) -> Option<u32> {
    fs::read_to_string(lock).ok()?.lines().next()?.trim().trim_start_matches('-').parse().ok()
}

/// The PostgreSQL processes at work in a cluster: each keeps it as its working folder. Zombies have none.
pub(super) fn servers_in(cluster: &Path) -> Vec<u32> {
    let Ok(wanted) = fs::metadata(cluster) else { return Vec::new() };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let process = Path::new("/proc").join(pid.to_string());
        fs::metadata(process.join("cwd")).is_ok_and(|at| (at.dev(), at.ino()) == (wanted.dev(), wanted.ino()))
            && fs::read_to_string(process.join("comm")).is_ok_and(|name| PROGRAMS.contains(&name.trim()))
    })
    .collect()
}
