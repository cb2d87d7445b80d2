//! The thread that PostgreSQL is tied to.
//!
//! A parent-death signal follows the *thread* that forked. Forked from a pooled thread, PostgreSQL would stop
//! when that idle thread is let go; so one thread does all the forking and lives as long as the server.

use std::{
    io,
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::mpsc::{self, Receiver, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    error::{PostgresError, WhileDoing},
    log,
    sys::{self, Signal},
};

const TRIM_LOG_EVERY: Duration = Duration::from_secs(20);

pub(super) struct Keeper {
    orders: Option<Sender<Order>>,
    thread: Option<JoinHandle<()>>,
}

struct Order {
    command: Command,
    at_our_death: Signal,
    answer: Sender<io::Result<Child>>,
}

impl Keeper {
    pub(super) fn start(log: &Path) -> Result<Self, PostgresError> {
        let (orders, queue) = mpsc::channel();
        let trimmed: PathBuf = log.to_path_buf();
        let thread = thread::Builder::new()
            .name("postgres-keeper".into())
            .spawn(move || keep(&queue, &trimmed))
            .while_doing("start a thread for", log)?;
        Ok(Self { orders: Some(orders), thread: Some(thread) })
    }

    /// Spawns the command; it gets `at_our_death` when this process ends in whatever way.
    pub(super) fn spawn(&self, command: Command, at_our_death: Signal) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts PostgreSQL is gone");
        let (answer, answered) = mpsc::channel();
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(Order { command, at_our_death, answer }).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }
}

fn keep(queue: &Receiver<Order>, log: &Path) {
    loop {
        match queue.recv_timeout(TRIM_LOG_EVERY) {
            Ok(Order { mut command, at_our_death, answer }) => {
                sys::tie_to_this_thread(&mut command, at_our_death);
                let _ = answer.send(command.spawn());
            }
            // A log that cannot be trimmed is no reason to stop the database.
            Err(RecvTimeoutError::Timeout) => drop(log::trim(log)),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.orders.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
