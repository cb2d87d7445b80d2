//! Several processes on one folder or one database.

use super::{
    assert_sound,
    storm::{Storm, superuser},
};
use crate::support::{Server, Shop, Terms, folder, fresh, run};
use base64::Engine;
use serde_json::json;
use sqlx::{Connection, Executor};

/// The url of a database in a server's private PostgreSQL.
pub fn url_of(server: &Server, role: &str, database: &str) -> String {
    let data = server.folder().join("data");
    let (socket, _) = cardamom::foundation::postgres::socket_of(&data).unwrap();
    let socket = socket.to_str().unwrap().replace('/', "%2F");
    format!("postgres://{role}@localhost/{database}?host={socket}")
}

/// A second server on the database of a first one, at that url.
pub fn second(first: &Server, name: &str, url: &str) -> Server {
    let key = std::fs::read_to_string(first.folder().join("data/master.key")).unwrap();
    Server::start_in(&folder(name), &[], &[("DATABASE_URL", url), ("CARDAMOM_MASTER_KEY", key.trim())])
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_work_beside_a_server_and_a_second_server_on_its_folder_is_refused() {
    let server = Server::own("together-folder");
    let (code, _, error) = server.command(&["serve", "--listen", "127.0.0.1:0"], "");
    assert_eq!(code, 1);
    assert!(error.contains("is in use by another instance"), "{error}");
    let (code, out, error) = server.command(&["migrate"], "");
    assert_eq!(code, 0, "{error}");
    assert!(out.starts_with("the database is at migration "), "{out}");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.close().await;
    assert_sound(&server);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_on_one_database_are_one_shop() {
    let first = Server::own("together-one");
    let shop = Shop::on(&first, Terms::default()).await;
    shop.stock(400).await;
    let second = second(&first, "together-two", &url_of(&first, "postgres", "cardamom"));

    let mut storm = Storm::of(&shop, 5).await;
    for who in 0..5 {
        for _ in 0..4 {
            storm.everywhere(&[&first.url, &second.url, &first.url, &second.url], who).await;
        }
    }
    let at_first = storm.begin(&first.url);
    storm.wait_for_acks(20).await;
    let at_second = storm.begin(&second.url);
    storm.wait_for_acks(20).await;
    at_first.stop().await;
    // One of them dies; the other numbers what it left.
    second.signal(libc::SIGKILL);
    at_second.join().await;
    let left = second.wait();
    for (who, key) in storm.unknown() {
        storm.insist(&first.url, who, &key).await;
    }
    storm.assert_each_has_one_effect(&first).await;
    assert_sound(&first);
    let _ = std::fs::remove_dir_all(left);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_that_row_security_holds_can_migrate_serve_and_check() {
    let host = Server::own("together-owner");
    let mut connection = superuser(&host, "postgres").await;
    connection.execute("create role shopkeeper login createrole password 'unasked'").await.unwrap();
    connection.execute("create database shop owner shopkeeper").await.unwrap();
    connection.close().await.unwrap();
    let key = base64::engine::general_purpose::STANDARD.encode([7; 32]);
    let url = url_of(&host, "shopkeeper", "shop");
    let environment = [("DATABASE_URL", url.as_str()), ("CARDAMOM_MASTER_KEY", key.as_str())];
    let server = Server::start_in(&folder("together-shop"), &[], &environment);
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(3).await;
    let mei = shop.buyer(100_000).await;
    mei.done(crate::support::ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await;
    shop.close().await;
    assert_sound(&server);

    // It is looked into, a network at a time: what is broken is found.
    let mut connection = superuser(&host, "shop").await;
    connection.execute("update account set balance = balance + 1 where kind = 'NETWORK_FEES'").await.unwrap();
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 1, "{out}");
    assert!(out.contains("BROKEN  I06_books_sum_to_zero: 1 row(s)\n"), "{out}");
    let all = cardamom::integrity::names().len();
    assert_eq!(error, format!("cardamom: 2 of {all} invariants are broken\n"));
    connection.execute("update account set balance = balance - 1 where kind = 'NETWORK_FEES'").await.unwrap();
    connection.close().await.unwrap();
}

#[test]
fn a_database_url_needs_the_master_key() {
    let folder = folder("together-keyless");
    std::fs::create_dir_all(&folder).unwrap();
    for command in ["serve", "check", "migrate"] {
        let (code, out, error) =
            run(&folder, &[command, "--database-url", "postgres://nobody@127.0.0.1:1/none"], "");
        assert_eq!((code, out.as_str()), (1, ""), "{error}");
        assert!(error.contains("CARDAMOM_MASTER_KEY") && error.lines().count() == 1, "{error}");
    }
    assert_eq!(json!(std::fs::read_dir(&folder).unwrap().count()), json!(0));
    let _ = std::fs::remove_dir_all(folder);
}
