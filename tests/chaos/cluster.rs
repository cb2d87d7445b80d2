//! The database: a PostgreSQL of the harness's own, on a disk that can be filled.

use crate::history::History;
use cardamom::foundation::postgres::Private;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::Mutex,
    time::{Duration, Instant},
};

/// What the servers' database is called.
pub const DATABASE: &str = "cardamom";

/// More than any run needs; it takes no more memory than what is in it.
const ROOM: &str = "size=6g";

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// A disk of its own where this process may mount one, else a folder.
pub struct Disk {
    folder: PathBuf,
    mounted: bool,
}

impl Disk {
    /// Mounts one.
    pub fn new(folder: PathBuf) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let mut disk = Self { folder, mounted: false };
        disk.mounted = disk.mount(&["-t", "tmpfs", "-o", &format!("{ROOM},mode=755"), "tmpfs"]);
        disk
    }

    /// Whether it can be filled.
    pub fn is_limited(&self) -> bool {
        self.mounted
    }

    /// Leaves a few pages of room.
    pub fn fill(&self) {
        let out = Command::new("df").args(["-k", "--output=used"]).arg(&self.folder).output().unwrap();
        let used = String::from_utf8(out.stdout).unwrap();
        let used: u64 = used.lines().nth(1).unwrap().trim().parse().unwrap();
        // What is written in between makes the new size too small: it is refused then.
        for room in [64, 256, 1_024, 4_096, 16_384] {
            if self.mount(&["-o", &format!("remount,size={}k", used + room)]) {
                return;
            }
        }
        panic!("{} can not be made smaller", self.folder.display());
    }

    /// Gives the room back.
    pub fn free(&self) {
        assert!(self.mount(&["-o", &format!("remount,{ROOM}")]));
    }

    fn mount(&self, args: &[&str]) -> bool {
        let mut command = Command::new("mount");
        command.args(args).arg(&self.folder);
        command.output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            unmount(&self.folder);
        }
    }
}

fn unmount(folder: &Path) {
    let done = Command::new("umount").arg(folder).output().is_ok_and(|output| output.status.success());
    if !done {
        let _ = Command::new("umount").arg("-l").arg(folder).output();
    }
}

/// Removes disks and folders that a killed run has left below a folder.
pub fn remove_left_over(below: &Path, prefix: &str) {
    for entry in std::fs::read_dir(below).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(prefix)?.parse::<u32>().ok());
        if pid.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let disk = entry.path().join("disk");
            let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
            if mounts.contains(disk.to_str().unwrap()) {
                unmount(&disk);
            }
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// The server.
pub struct Cluster {
    private: Mutex<Private>,
    /// The folder of its socket.
    pub socket: PathBuf,
    port: u16,
    folder: PathBuf,
    // After the server, which has its files there.
    disk: Disk,
}

impl Cluster {
    /// Makes one, with an empty database.
    pub async fn start(disk: Disk) -> Self {
        let folder = disk.folder.join("data");
        let made = folder.clone();
        let private = tokio::task::spawn_blocking(move || Private::start(&made, &|_| {}));
        let private = private.await.unwrap().unwrap();
        let (socket, port) = (private.socket_dir().to_owned(), private.port());
        let cluster = Self { private: Mutex::new(private), socket, port, folder, disk };
        let mut connection = cluster.superuser("postgres").await.unwrap();
        connection.execute("create database cardamom").await.unwrap();
        connection.close().await.unwrap();
        cluster
    }

    /// The file that its clients connect to.
    pub fn socket_file(&self) -> PathBuf {
        self.socket.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Its disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// A connection past the proxies and past everything.
    pub async fn superuser(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        let options = PgConnectOptions::new_without_pgpass().socket(&self.socket).port(self.port);
        PgConnection::connect_with(&options.username("postgres").database(database)).await
    }

    /// The same, once it can be had.
    pub async fn patient(&self) -> PgConnection {
        let started = Instant::now();
        loop {
            match self.superuser(DATABASE).await {
                Ok(connection) => return connection,
                Err(error) => assert!(started.elapsed() < PATIENCE, "no PostgreSQL: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Kills every one of its processes and waits until all are gone: how many there were.
    pub fn kill(&self) -> usize {
        let mut private = self.private.lock().unwrap();
        let head = private.pid();
        let mut all = vec![head];
        all.extend(children(head));
        for pid in &all {
            crate::support::signal_to(i32::try_from(*pid).unwrap(), libc::SIGKILL);
        }
        // Those that it has made meanwhile have its folder as theirs; restarting waits for them too.
        let started = Instant::now();
        while private.is_alive() || all.iter().skip(1).any(|pid| is_postgres(*pid)) {
            assert!(started.elapsed() < PATIENCE, "PostgreSQL outlives SIGKILL");
            std::thread::sleep(Duration::from_millis(10));
        }
        all.len()
    }

    /// Starts it again where it has ended, and waits until it answers.
    pub async fn ensure(&self, history: &History) {
        let started = Instant::now();
        loop {
            let again = tokio::task::block_in_place(|| {
                let mut private = self.private.lock().unwrap();
                if private.is_alive() { Ok(()) } else { private.restart() }
            });
            match again {
                Ok(()) => {
                    if let Ok(connection) = self.superuser(DATABASE).await {
                        connection.close().await.unwrap();
                        return;
                    }
                }
                Err(error) => history.note(&format!("PostgreSQL did not start: {error}")),
            }
            assert!(started.elapsed() < PATIENCE, "PostgreSQL does not come back");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Copies its log to where it stays.
    pub fn keep_log(&self, to: &Path) {
        let _ = std::fs::copy(self.folder.join("postgres.log"), to.join("postgres.log"));
    }
}

fn stat(pid: &str) -> Option<(String, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let mut rest = rest.split_whitespace();
    let state = rest.next()?;
    (state != "Z").then_some(())?;
    Some((name.to_owned(), rest.next()?.parse().ok()?))
}

fn children(head: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let all = all.filter_map(|entry| entry.file_name().into_string().ok());
    let pids = all.filter(|name| stat(name).is_some_and(|(_, parent)| parent == head));
    pids.filter_map(|name| name.parse().ok()).collect()
}

fn is_postgres(pid: u32) -> bool {
    stat(&pid.to_string()).is_some_and(|(name, _)| name == "postgres")
}
