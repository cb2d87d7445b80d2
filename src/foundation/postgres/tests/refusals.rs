//! Each refusal is one clear line, and nothing is harmed.

use super::*;

#[test]
fn a_second_instance_on_one_folder_is_refused_by_name() {
    let temp = Temp::new();
    let first = temp.start();
    let said = refusal(&temp.0);
    assert!(said.contains(temp.0.to_str().unwrap()), "{said}");
    assert!(said.contains(&format!("(process {})", std::process::id())), "{said}");
    assert_eq!(ask(&first, "select 'unharmed'"), "unharmed");
    drop(first);
    temp.start().stop().unwrap();
}

#[test]
fn what_is_no_cluster_is_never_thrown_away() {
    let temp = Temp::new();
    fs::create_dir_all(temp.cluster()).unwrap();
    fs::set_permissions(&temp.0, fs::Permissions::from_mode(0o711)).unwrap();
    fs::write(temp.cluster().join("precious"), "mine").unwrap();
    assert!(refusal(&temp.0).contains("isn't a database cluster"));
    assert_eq!(fs::read_to_string(temp.cluster().join("precious")).unwrap(), "mine");
}

#[test]
fn a_folder_out_of_reach_is_named() {
    if sys::effective_uid() != 0 {
        return; // without root PostgreSQL runs as ourselves and reaches what we reach
    }
    let temp = Temp::new();
    let closed = temp.0.join("closed");
    fs::create_dir_all(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let said = refusal(&closed.join("data"));
    assert!(said.contains("may not enter") && said.contains(closed.to_str().unwrap()), "{said}");
    assert!(said.contains("chmod o+x"), "{said}");
}

#[test]
fn missing_binaries_are_answered_with_the_one_command() {
    let none = install::Install::choose(vec!["/nowhere".into()], None).err().unwrap().to_string();
    assert!(none.ends_with("sudo apt-get install -y postgresql"), "{none}");

    let other = install::Install::find(Some((9, "/data".into()))).err().unwrap();
    assert!(matches!(other, PostgresError::OtherVersion { made_by: 9, .. }), "{other}");
}

#[test]
fn an_old_server_is_named_with_its_version() {
    let temp = Temp::new();
    fs::create_dir_all(&temp.0).unwrap();
    for program in ["postgres", "initdb"] {
        let path = temp.0.join(program);
        fs::write(&path, "#!/bin/sh\necho 'postgres (PostgreSQL) 13.4'\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let said = install::Install::choose(vec![temp.0.clone()], None).err().unwrap().to_string();
    assert!(said.contains("found version 13"), "{said}");
}

#[test]
fn versions_are_read_from_what_servers_say() {
    assert_eq!(install::parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
    assert_eq!(install::parse_version("postgres (PostgreSQL) 19beta1\n"), Some(19));
    assert_eq!(install::parse_version("something else"), None);
}

#[test]
fn a_refused_start_says_why() {
    let temp = Temp::new();
    let server = temp.start();
    server.stop().unwrap();
    fs::write(temp.cluster().join("postgresql.auto.conf"), "shared_buffers = 'nonsense'\n").unwrap();
    let said = refusal(&temp.0);
    assert!(said.contains("PostgreSQL did not start") && said.contains("postgres.log"), "{said}");
}
