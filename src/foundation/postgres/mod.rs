//! The private PostgreSQL: made, started and stopped by us, reached over a Unix socket alone.
//!
//! The data folder holds `cardamom.lock` (one instance a folder), `postgres/` (the cluster), `run/` (the
//! socket), `postgresql.conf` (written anew at each start) and `postgres.log`. Started by root, PostgreSQL
//! runs as an unprivileged user, and only what it must own belongs to that user.
//!
//! Deliberately absent: TCP, passwords and client polling. The socket's folder has mode 0700, and
//! `postmaster.pid` says when the server is ready.

mod account;
mod cluster;
mod error;
mod folder;
mod install;
mod keeper;
mod leftovers;
mod log;
mod sys;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    thread,
    time::{Duration, Instant},
};

pub use self::{cluster::socket_of, error::PostgresError, folder::make_data_dir};
use self::{folder::Folder, install::Install, keeper::Keeper, sys::Signal};

/// Names the socket's file and nothing else: no port is opened.
const PORT: u16 = 5432;
/// Crash recovery may read every change since the last checkpoint; it is left this long before we give up.
const START_WITHIN: Duration = Duration::from_mins(10);
/// A fast shutdown writes what is in memory to disk.
const STOP_WITHIN: Duration = Duration::from_secs(30);
/// `Drop` is the last resort and has less patience.
const DROP_WITHIN: Duration = Duration::from_secs(10);
/// After SIGQUIT nothing is written any more.
const QUIT_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// A program that comes with the PostgreSQL which new clusters are made by.
///
/// # Errors
/// [`PostgresError::NotInstalled`].
pub fn program(name: &str) -> Result<PathBuf, PostgresError> {
    Ok(Install::find(None)?.program(name))
}

/// A running PostgreSQL of our own. Its superuser and first database are both called `postgres`.
///
/// It ends with this value and with this process: a fast shutdown follows even a `kill -9` of us.
pub struct Private {
    child: Child,
    ended: Option<ExitStatus>,
    install: Install,
    // Dropped in this order: the thread PostgreSQL is tied to, then the lock on the folder.
    keeper: Keeper,
    folder: Folder,
}

impl Private {
    /// Makes the cluster where there is none, starts it and waits until it answers. `progress` gets one
    /// short line a step.
    ///
    /// # Errors
    /// One clear line for a person: not installed, folder in use, folder out of reach, and the rest of
    /// [`PostgresError`].
    pub fn start(data_dir: &Path, progress: &dyn Fn(&str)) -> Result<Self, PostgresError> {
        let folder = Folder::claim(data_dir)?;
        let install = Install::find(cluster::major_version(&folder)?)?;
        folder.check_reach(&install)?;
        let keeper = Keeper::start(folder.log())?;

        if cluster::exists(&folder) {
            leftovers::wait_until_gone(&folder, progress)?;
        } else {
            progress("making the database cluster");
            cluster::make(&folder, &install, &keeper)?;
        }
        leftovers::clear_stale_locks(&folder, PORT)?;
        progress(&format!("starting PostgreSQL {}", install.major));
        let child = cluster::launch(&folder, &install, &keeper, PORT)?;

        let mut private = Self { child, ended: None, install, keeper, folder };
        private.wait_until_ready(progress)?;
        progress("PostgreSQL is ready");
        Ok(private)
    }

    /// The folder with the socket: what `PGHOST` would be.
    pub fn socket_dir(&self) -> &Path {
        self.folder.socket_dir()
    }

    /// What `PGPORT` would be: part of the socket's name.
    pub fn port(&self) -> u16 {
        PORT
    }

    /// The process id of the server itself, not of a wrapper.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Whether the server process still runs. Reaps it when it does not.
    pub fn is_alive(&mut self) -> bool {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten();
        }
        self.ended.is_none()
    }

    /// Starts PostgreSQL again after it died under us; one that still runs is stopped first.
    ///
    /// Waits until every process of the old server is gone: a server started beside them would refuse.
    pub fn restart(&mut self) -> Result<(), PostgresError> {
        if self.is_alive() {
            self.end(STOP_WITHIN);
        }
        leftovers::wait_until_gone(&self.folder, &|_| {})?;
        leftovers::clear_stale_locks(&self.folder, PORT)?;
        self.child = cluster::launch(&self.folder, &self.install, &self.keeper, PORT)?;
        self.ended = None;
        self.wait_until_ready(&|_| {})
    }

    /// Stops the server cleanly: clients are cut off, everything is written, no recovery is needed.
    ///
    /// # Errors
    /// [`PostgresError::Forced`] when it had to be cut short; nothing committed is lost, and the next start
    /// recovers by itself.
    pub fn stop(mut self) -> Result<(), PostgresError> {
        if !self.is_alive() || self.end(STOP_WITHIN) {
            Ok(())
        } else {
            Err(PostgresError::Forced { waited_s: STOP_WITHIN.as_secs() })
        }
    }

    fn wait_until_ready(&mut self, progress: &dyn Fn(&str)) -> Result<(), PostgresError> {
        let started = Instant::now();
        let mut next_word = Duration::from_secs(3);
        while !cluster::is_ready(&self.folder, self.pid()) {
            if !self.is_alive() {
                return Err(self.failure());
            }
            let waited = started.elapsed();
            if waited > START_WITHIN {
                return Err(PostgresError::Slow {
                    waited_s: waited.as_secs(),
                    log: self.folder.log().to_path_buf(),
                });
            }
            if waited > next_word {
                progress(&format!("waiting for PostgreSQL, {} s", waited.as_secs()));
                next_word += Duration::from_secs(3);
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    fn failure(&self) -> PostgresError {
        let log: PathBuf = self.folder.log().to_path_buf();
        PostgresError::Refused { reason: log::last_complaint(&log), log }
    }

    /// Ends the server by ever harder signals. Whether the first and clean one was enough.
    fn end(&mut self, patience: Duration) -> bool {
        for (signal, patience) in
            [(Signal::Interrupt, patience), (Signal::Quit, QUIT_WITHIN), (Signal::Kill, QUIT_WITHIN)]
        {
            // The child is not yet reaped, so its id cannot have passed to another process.
            sys::send(self.pid(), signal);
            let asked = Instant::now();
            while asked.elapsed() < patience {
                if !self.is_alive() {
                    return signal == Signal::Interrupt;
                }
                thread::sleep(LOOK_EVERY);
            }
        }
        false
    }
}

impl Drop for Private {
    fn drop(&mut self) {
        if self.is_alive() {
            self.end(DROP_WITHIN);
        }
    }
}
