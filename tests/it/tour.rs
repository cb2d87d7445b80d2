//! The tour: the whole story from one command, and its refusal to tell it where it can't be.

use crate::support::{Server, folder, run};
use std::{io::Write, net::TcpListener};

// The log of what goes wrong alone, as on a terminal.
fn tour(folder: &std::path::Path, args: &[&str]) -> (i32, String, String) {
    run(folder, &[&["tour", "--log", "warn"], args].concat(), "")
}

fn own_folder(name: &str) -> std::path::PathBuf {
    let folder = folder(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

// Exit 1, nothing of the story, and one line that says why.
fn is_refused(told: (i32, String, String), why: &str) {
    let (code, out, error) = told;
    assert_eq!((code, out.as_str(), error.lines().count()), (1, "", 1), "{out}{error}");
    assert!(error.starts_with("cardamom: ") && error.contains(why), "{error}");
}

#[test]
fn the_tour_starts_a_server_of_its_own_and_ends_with_balanced_books() {
    let folder = own_folder("tour-alone");
    let (code, out, error) = tour(&folder, &[]);
    assert_eq!(code, 0, "{out}{error}");
    for said in [
        "Starriver 80.00 → operator 84.00 (+5 %) → Greenfield 92.40 (+10 %) → Corner 95.40 (+3.00)",
        "part 3: buyer +31.80; Starriver −26.66, operator −1.34, Greenfield −2.80, Corner −1.00",
        "WARRANTY_CLAIM_CHANGED RESOLVED",
        "shown with it: image/png",
        "32 of its 33 days are unused: 101.13 to the buyer, from every tier",
        "things looked at, all true",
        "with a longer warranty written into it: wrong, and which part",
        "IMPORTED → SOLD → REVEALED",
        "500.00 came in, 500.00 is there",
        "The books balance.",
    ] {
        assert!(out.contains(said), "{said}: {out}");
    }
    assert!(!out.contains('\u{1b}') && !out.contains("mutation"), "{out}");
    // Neither its data nor a key stays where it was started.
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_tour_plays_on_a_running_server_as_often_as_one_likes() {
    let server = Server::shared();
    for path in ["", "/graphql"] {
        let url = format!("{}{path}", server.url);
        let (code, out, error) = server.command(&["tour", "--log", "warn", "--url", &url, "--verbose"], "");
        assert_eq!(code, 0, "{out}{error}");
        assert!(out.contains("The books balance. The network tour-"), "{out}");
        assert!(out.contains("orderPlace(input: $i)") && out.contains(r#""password":"…""#), "{out}");
        assert!(out.contains(r#""content":"…""#), "{out}");
    }
}

#[test]
fn the_tour_says_so_where_there_is_no_cardamom() {
    let folder = own_folder("tour-nowhere");
    // Nobody listens, somebody else does, and an address that we don't speak.
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    is_refused(tour(&folder, &["--url", &nobody]), &format!("there is no cardamom at {nobody}"));
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", other.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in other.incoming() {
            let _ = stream
                .unwrap()
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi");
        }
    });
    is_refused(tour(&folder, &["--url", &url]), &format!("there is no cardamom at {url}"));
    is_refused(tour(&folder, &["--url", "https://shop.example"]), "must begin with http://");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_tour_says_what_it_needs_where_the_database_is_out_of_reach() {
    let folder = own_folder("tour-elsewhere");
    let url = &Server::shared().url;
    is_refused(tour(&folder, &["--url", url]), "--data-dir");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    std::fs::remove_dir_all(folder).unwrap();
}
