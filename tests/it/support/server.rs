//! The program as a user starts it: one for all tests of this binary, or one for a test that hurts it.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{OnceLock, mpsc},
    time::{Duration, Instant},
};

/// A running `cardamom serve` with a data folder of its own.
pub struct Server {
    child: Child,
    folder: PathBuf,
    /// `http://127.0.0.1:port`
    pub url: String,
    keep: bool,
    environment: Vec<(String, String)>,
}

impl Server {
    /// The one that tests share. It ends with this process.
    pub fn shared() -> &'static Server {
        static SHARED: OnceLock<Server> = OnceLock::new();
        SHARED.get_or_init(|| {
            remove_left_over();
            Server::start(&folder("shared"), &[])
        })
    }

    /// One of the test's own, ended and its folder removed when it goes out of scope.
    pub fn own(name: &str) -> Server {
        Server::start(&folder(name), &[])
    }

    /// Starts a server on a data folder and waits until it says that it is ready.
    pub fn start(folder: &Path, args: &[&str]) -> Server {
        Server::start_in(folder, args, &[])
    }

    /// The same with more in its environment, as its commands have it too.
    pub fn start_in(folder: &Path, args: &[&str], environment: &[(&str, &str)]) -> Server {
        Server::try_start_in(folder, args, environment).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The same, for a test that breaks what the server needs: why it did not start.
    pub fn try_start_in(
        folder: &Path,
        args: &[&str],
        environment: &[(&str, &str)],
    ) -> Result<Server, String> {
        std::fs::create_dir_all(folder).unwrap();
        // As root the server runs PostgreSQL as another user, who must be able to get there.
        std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut command = program(folder);
        command.arg("serve").args(["--listen", "127.0.0.1:0"]).args(args).envs(environment.iter().copied());
        command.stdout(Stdio::piped()).stderr(std::fs::File::create(folder.join("log")).unwrap());
        let mut child = spawn_for_life(command);
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let Some(address) = url else {
            let _ = child.kill();
            child.wait().unwrap();
            let log = std::fs::read_to_string(folder.join("log")).unwrap();
            return Err(format!("the server did not start: {line}{log}"));
        };
        let url = format!("http://{address}");
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let environment = environment.iter().map(own).collect();
        Ok(Server { child, folder: folder.to_owned(), url, keep: false, environment })
    }

    /// The process id.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// Sends a signal to the server's own process.
    pub fn signal(&self, signal: i32) {
        signal_to(self.pid(), signal);
    }

    /// Waits until it has ended, and keeps its folder.
    pub fn wait(self) -> PathBuf {
        self.ended().0
    }

    /// The same, with its exit code; none when a signal ended it.
    pub fn ended(mut self) -> (PathBuf, Option<i32>) {
        self.keep = true;
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (self.folder.clone(), status.code());
            }
            assert!(Instant::now() < deadline, "the server did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a command of the program beside this server: exit code, standard output, standard error.
    pub fn command(&self, args: &[&str], input: &str) -> (i32, String, String) {
        let environment: Vec<(&str, &str)> =
            self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        run_in(&self.folder, args, input, &environment)
    }

    /// Makes a network; its operator's owner is `owner@{handle}.example` with the password `password`.
    pub fn create_network(&self, handle: &str) {
        let email = format!("owner@{handle}.example");
        let args = ["network", "create", "--handle", handle, "--name", handle, "--currency", "CNY"];
        let more = ["--owner-email", &email, "--owner-password-stdin"];
        let (code, _, error) = self.command(&[&args[..], &more[..]].concat(), "password\n");
        assert_eq!(code, 0, "{error}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().unwrap().is_none() {
            self.signal(libc::SIGTERM);
            self.child.wait().unwrap();
        }
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// Runs a command of the program on a data folder.
pub fn run(folder: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    run_in(folder, args, input, &[])
}

/// The same with more in its environment.
pub fn run_in(
    folder: &Path,
    args: &[&str],
    input: &str,
    environment: &[(&str, &str)],
) -> (i32, String, String) {
    let mut child = program(folder)
        .args(args)
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that fails early reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cardamom"));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).current_dir(folder);
    command.env("CARDAMOM_DATA_DIR", folder.join("data")).env("CARDAMOM_RATE_LIMIT", "off");
    command.env("CARDAMOM_LOG", "info");
    command
}

const PREFIX: &str = "cardamom-it-";

// The shared server outlives every test, so that its folder is left to the next run.
fn remove_left_over() {
    for entry in std::fs::read_dir(std::env::temp_dir()).unwrap().flatten() {
        let name = entry.file_name();
        let run =
            name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split('-').next()?.parse::<i32>().ok());
        // What belongs to a run that goes on stays.
        if run.is_some_and(|run| !Path::new(&format!("/proc/{run}")).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// A folder that no other run uses.
pub fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("{PREFIX}{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

#[expect(unsafe_code, reason = "a signal to a process that this test started")]
pub fn signal_to(pid: i32, signal: i32) {
    unsafe { libc::kill(pid, signal) };
}

/// Starts a program that ends with this process. It is told when the thread that started it ends: one that never
/// does until then.
pub fn spawn_for_life(mut command: Command) -> Child {
    static STARTER: OnceLock<mpsc::Sender<(Command, mpsc::Sender<Child>)>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<(Command, mpsc::Sender<Child>)>();
        std::thread::spawn(move || {
            for (mut command, answer) in receiver {
                let _ = answer.send(command.spawn().unwrap());
            }
        });
        sender
    });
    #[expect(unsafe_code, reason = "prctl between fork and exec")]
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM);
            Ok(())
        });
    }
    let (sender, receiver) = mpsc::channel();
    starter.send((command, sender)).unwrap();
    receiver.recv().unwrap()
}
