//! What is acknowledged stays, whatever is killed: the server, PostgreSQL, or nobody.

mod runners;
mod storm;
mod together;

use crate::support::{Server, Shop, Terms, signal_to};
use std::{path::Path, time::Duration};
use storm::Storm;

/// The whole database is as it should be.
fn assert_sound(server: &Server) {
    let (code, out, error) = server.command(&["check"], "");
    let broken: Vec<&str> = out.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert_eq!(code, 0, "{}\n{error}\n{}", broken.join("\n"), server.log());
}

// The server's own process in its cluster's folder.
fn postgres_pid(folder: &Path) -> i32 {
    let said = std::fs::read_to_string(folder.join("data/postgres/postmaster.pid")).unwrap();
    said.lines().next().unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_the_server_loses_no_acknowledged_order_and_doubles_none() {
    let mut server = Server::own("crash-server");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(600).await;
    let mut storm = Storm::of(&shop, 5).await;
    for round in 0..3 {
        let running = storm.begin(&server.url);
        storm.wait_for_acks(30).await;
        server.signal(libc::SIGKILL);
        running.join().await;
        server = Server::start(&server.wait(), &[]);
        let unknown = storm.unknown();
        for (who, key) in &unknown {
            storm.insist(&server.url, *who, key).await;
        }
        storm.assert_each_has_one_effect(&server).await;
        assert_sound(&server);
        assert!(!unknown.is_empty(), "round {round}: the kill met no order under way");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_of_postgresql_under_orders_is_outlived() {
    let server = Server::own("crash-postgres");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(600).await;
    let mut storm = Storm::of(&shop, 5).await;
    for _ in 0..2 {
        let before = postgres_pid(server.folder());
        let running = storm.begin(&server.url).outliving();
        storm.wait_for_acks(20).await;
        signal_to(before, libc::SIGKILL);
        // The same requests are sent again until they are answered, by a new PostgreSQL.
        storm.wait_for_acks(60).await;
        running.stop().await;
        assert_ne!(postgres_pid(server.folder()), before);
        assert_eq!(storm.unknown(), []);
        storm.assert_each_has_one_effect(&server).await;
        assert_sound(&server);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_under_orders_finishes_what_is_under_way_and_stops_postgresql_cleanly() {
    let server = Server::own("crash-term");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(300).await;
    let mut storm = Storm::of(&shop, 5).await;
    let running = storm.begin(&server.url);
    storm.wait_for_acks(30).await;
    let asked = std::time::Instant::now();
    server.signal(libc::SIGTERM);
    let (folder, code) = tokio::task::spawn_blocking(|| server.ended()).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?}", asked.elapsed());
    running.join().await;
    let log = std::fs::read_to_string(folder.join("log")).unwrap();
    assert_eq!(code, Some(0), "{log}");
    assert!(!log.contains("ERROR"), "{log}");
    let log = std::fs::read_to_string(folder.join("data/postgres.log")).unwrap();
    assert!(log.trim_end().ends_with("database system is shut down"), "{log}");

    let server = Server::start(&folder, &[]);
    for (who, key) in storm.unknown() {
        storm.insist(&server.url, who, &key).await;
    }
    storm.assert_each_has_one_effect(&server).await;
    assert_sound(&server);
}
