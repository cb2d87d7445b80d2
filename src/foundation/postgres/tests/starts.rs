//! Starting, stopping, and what a server of ours is like.

use super::*;

#[test]
fn first_start_makes_a_private_cluster_with_our_settings() {
    let temp = Temp::new();
    let steps = std::cell::RefCell::new(Vec::new());
    let server = Private::start(&temp.0, &|step| steps.borrow_mut().push(step.to_owned())).unwrap();
    let steps = steps.into_inner();
    assert_eq!(steps[0], "making the database cluster");
    assert_eq!(steps.last().unwrap(), "PostgreSQL is ready");

    for (setting, value) in [
        ("listen_addresses", ""),
        ("jit", "off"),
        ("data_checksums", "on"),
        ("server_encoding", "UTF8"),
        ("lc_collate", "C"),
        ("max_connections", "120"),
        ("shared_buffers", "128MB"),
        ("max_wal_size", "512MB"),
        ("checkpoint_timeout", "1min"),
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
    ] {
        let sql: &'static str = format!("select current_setting('{setting}')").leak();
        let collate = setting == "lc_collate";
        let sql =
            if collate { "select datcollate::text from pg_database where datname = 'postgres'" } else { sql };
        assert_eq!(ask(&server, sql), value, "{setting}");
    }
    assert_eq!(fs::metadata(server.socket_dir()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(temp.cluster()).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(&temp.0).unwrap().uid(), sys::effective_uid());
    server.stop().unwrap();
    assert!(!temp.cluster().join("postmaster.pid").exists());
}

#[test]
fn a_warm_restart_keeps_the_data_and_needs_no_recovery() {
    let temp = Temp::new();
    let first = temp.start();
    leave_a_sign(&first);
    first.stop().unwrap();

    let second = temp.start();
    assert_eq!(sign(&second), "still here");
    second.stop().unwrap();
    let log = fs::read_to_string(temp.0.join("postgres.log")).unwrap();
    assert!(!log.contains("not properly shut down"), "{log}");
}

#[test]
fn a_half_finished_cluster_is_made_anew() {
    let temp = Temp::new();
    let half = temp.0.join("postgres.new");
    fs::create_dir_all(half.join("base")).unwrap();
    fs::set_permissions(&temp.0, fs::Permissions::from_mode(0o711)).unwrap();
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();

    let server = temp.start();
    assert_eq!(ask(&server, "select 'whole'"), "whole");
    assert!(!half.exists());
    server.stop().unwrap();
}

#[test]
fn a_long_path_gets_a_short_socket_folder_that_is_cleared_away() {
    let temp = Temp::new();
    let long = temp.0.join("a".repeat(60)).join("it's, \"b\"");
    let server = start(&long);
    let socket_dir = server.socket_dir().to_path_buf();
    assert!(socket_dir.starts_with("/tmp"));
    assert_eq!(ask(&server, "select 'reached'"), "reached");
    server.stop().unwrap();
    assert!(!socket_dir.exists());
}

#[test]
fn the_log_is_kept_small_and_its_last_complaint_found() {
    let temp = Temp::new();
    fs::create_dir_all(&temp.0).unwrap();
    let path = temp.0.join("postgres.log");
    fs::write(&path, "x".repeat(17 << 20)).unwrap();
    log::trim(&path).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    assert_eq!(fs::metadata(temp.0.join("postgres.log.1")).unwrap().len(), 17 << 20);
    fs::write(&path, "2026 LOG:  starting\n2026 FATAL:  no room left\n2026 LOG:  shut down\n").unwrap();
    assert_eq!(log::last_complaint(&path), "no room left");
}

#[test]
fn the_server_outlives_the_thread_that_asked_for_it() {
    let temp = Temp::new();
    let mut server = thread::scope(|scope| scope.spawn(|| temp.start()).join().unwrap());
    thread::sleep(Duration::from_millis(300));
    assert!(server.is_alive());
    server.restart().unwrap(); // of one that runs: stopped in order first
    assert_eq!(ask(&server, "select 'here'"), "here");
}
