//! Two servers on one database, each with a way to it of its own.

use crate::{
    cluster::{Cluster, DATABASE},
    history::History,
    proxy::Proxy,
    support::Server,
};
use std::{
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant},
};

/// How long a server may take to come back.
const PATIENCE: Duration = Duration::from_mins(3);

/// One of the two.
pub struct Node {
    /// `a` or `b`.
    pub name: &'static str,
    /// Its way to the database.
    pub proxy: Proxy,
    server: Mutex<Option<Server>>,
    starts: Mutex<u32>,
    environment: Vec<(String, String)>,
    folder: PathBuf,
    url: Mutex<String>,
}

impl Node {
    /// Starts one.
    pub async fn start(name: &'static str, folder: &Path, cluster: &Cluster, key: &str) -> Self {
        let proxy = Proxy::to(cluster.socket_file()).await;
        let url = format!("postgres://postgres@127.0.0.1:{}/{DATABASE}?sslmode=disable", proxy.port);
        let environment =
            vec![("DATABASE_URL".to_owned(), url), ("CARDAMOM_MASTER_KEY".to_owned(), key.to_owned())];
        let node = Self {
            name,
            proxy,
            server: Mutex::default(),
            starts: Mutex::default(),
            environment,
            folder: folder.to_owned(),
            url: Mutex::default(),
        };
        tokio::task::block_in_place(|| node.try_start()).unwrap();
        node
    }

    /// Where it answers, or did before it was killed.
    pub fn url(&self) -> String {
        self.url.lock().unwrap().clone()
    }

    /// Kills it, and waits until it is gone.
    pub fn kill(&self) {
        let server = self.server.lock().unwrap().take().unwrap();
        server.signal(libc::SIGKILL);
        server.wait();
    }

    /// Starts it again; what it needs may not be there yet.
    pub async fn ensure(&self, history: &History) {
        let started = Instant::now();
        while self.server.lock().unwrap().is_none() {
            if let Err(why) = tokio::task::block_in_place(|| self.try_start()) {
                history.note(&format!("server {}: {}", self.name, why.trim()));
                assert!(started.elapsed() < PATIENCE, "server {} does not come back", self.name);
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: i32) {
        self.server.lock().unwrap().as_ref().unwrap().signal(signal);
    }

    /// Runs a command of the program as this server's: exit code, what it said, its complaints.
    pub fn command(&self, args: &[&str]) -> (i32, String, String) {
        self.server.lock().unwrap().as_ref().unwrap().command(args, "")
    }

    /// Does something with the server while it stands still.
    pub fn with<R>(&self, work: impl FnOnce(&Server) -> R) -> R {
        work(self.server.lock().unwrap().as_ref().unwrap())
    }

    // A folder for each start: the logs of the dead are kept.
    fn try_start(&self) -> Result<(), String> {
        let start = {
            let mut starts = self.starts.lock().unwrap();
            *starts += 1;
            *starts
        };
        let folder = self.folder.join(format!("{}-{start}", self.name));
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let server = Server::try_start_in(&folder, &[], &environment)?;
        self.url.lock().unwrap().clone_from(&server.url);
        *self.server.lock().unwrap() = Some(server);
        Ok(())
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // What stands still does not hear that it should end.
        if let Some(server) = self.server.get_mut().unwrap() {
            server.signal(libc::SIGCONT);
        }
    }
}
