//! When processes die under us, or we do.

use super::*;

#[test]
fn a_killed_server_is_noticed_and_restarted_with_its_data() {
    let temp = Temp::new();
    let mut server = temp.start();
    leave_a_sign(&server);
    let before = server.pid();
    sys::send(before, sys::Signal::Kill);
    wait_for("the death to be noticed", || !server.is_alive());

    server.restart().unwrap();
    assert!(server.is_alive());
    assert_ne!(server.pid(), before);
    assert_eq!(sign(&server), "still here");
    server.stop().unwrap();
}

#[test]
fn a_server_killed_under_a_running_query_is_restarted() {
    let temp = Temp::new();
    let mut server = temp.start();
    let socket = server.socket_dir().to_str().unwrap().to_owned();
    let client = thread::spawn(move || {
        let options = PgConnectOptions::new_without_pgpass().host(&socket).username("postgres");
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
            let mut connection = options.connect().await.unwrap();
            // Busy, not asleep: it never looks whether its server still lives.
            sqlx::query("select count(*) from generate_series(1, 200000000)").execute(&mut connection).await
        })
    });
    wait_for("the query to run", || {
        ask(&server, "select count(*)::text from pg_stat_activity where query like '%generate_series(1%'")
            == "2"
    });
    sys::send(server.pid(), sys::Signal::Kill);
    server.restart().unwrap();
    assert_eq!(ask(&server, "select 'back'"), "back");
    assert!(client.join().unwrap().is_err());
    server.stop().unwrap();
}

#[test]
fn stale_locks_of_another_program_and_of_a_zombie_are_removed() {
    let temp = Temp::new();
    let server = temp.start();
    leave_a_sign(&server);
    let socket_lock = server.socket_dir().join(".s.PGSQL.5432.lock");
    let account = Account::choose(&temp.cluster()).unwrap();
    server.stop().unwrap();

    // Both run as PostgreSQL's own user: the case in which it refuses for ever.
    let mut alive = account.command(Path::new("/bin/sleep")).arg("60").spawn().unwrap();
    let mut zombie = account.command(Path::new("/bin/sleep")).arg("60").spawn().unwrap();
    zombie.kill().unwrap();
    fs::write(temp.cluster().join("postmaster.pid"), format!("{}\n", alive.id())).unwrap();
    fs::write(&socket_lock, format!("{}\n", zombie.id())).unwrap();

    let server = temp.start();
    assert_eq!(sign(&server), "still here");
    server.stop().unwrap();
    zombie.wait().unwrap();
    alive.kill().unwrap();
    alive.wait().unwrap();
}

#[test]
fn after_kill_9_of_us_the_server_ends_and_the_next_start_has_the_data() {
    let temp = Temp::new();
    let (mut helper, server) = helper(&temp.0);
    helper.kill().unwrap();
    helper.wait().unwrap();

    let next = temp.start(); // at once, beside the old server's shutdown
    assert_ne!(next.pid(), server);
    assert_eq!(leftovers::servers_in(&temp.cluster()).iter().filter(|pid| **pid == server).count(), 0);
    assert_eq!(sign(&next), "still here");
    next.stop().unwrap();
}

#[test]
fn after_kill_9_of_both_the_next_start_recovers() {
    let temp = Temp::new();
    let (mut helper, server) = helper(&temp.0);
    sys::send(server, sys::Signal::Kill);
    helper.kill().unwrap();
    helper.wait().unwrap();

    let next = temp.start();
    assert_eq!(sign(&next), "still here");
    next.stop().unwrap();
}

const HELPER: &str = "CARDAMOM_TEST_HELPER";

/// This test program again, as a process that holds a server and does nothing else. And the server's id.
fn helper(data_dir: &Path) -> (std::process::Child, u32) {
    let mut helper = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "--nocapture",
            "foundation::postgres::tests::deaths::helper_that_holds_a_server",
        ])
        .env(HELPER, data_dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(helper.stdout.take().unwrap()).lines().map_while(Result::ok);
    let server = said.find_map(|line| line.split_once("serving as ")?.1.parse().ok()).unwrap();
    (helper, server)
}

#[test]
#[ignore = "a process that other tests start and kill"]
fn helper_that_holds_a_server() {
    let Some(data_dir) = std::env::var_os(HELPER) else { return };
    let server = start(Path::new(&data_dir));
    leave_a_sign(&server);
    println!("serving as {}", server.pid());
    thread::sleep(Duration::from_mins(1));
}
