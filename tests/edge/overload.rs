//! Too much: told at once, to everybody, and over as soon as it is over.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use cardamom::http::Limits;
use serde_json::json;

use crate::server::{Answer, Running, calm, serve};

// Turned away with all that a client needs to come back.
fn turned_away(answer: &Answer) {
    assert_eq!((answer.status, answer.code().as_str()), (503, "UNAVAILABLE"), "{}", answer.text);
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(answer.json()["errors"][0]["extensions"]["retryAfterMs"].as_u64().unwrap() > 0);
    assert!(answer.json().get("data").is_none());
}

async fn until(what: impl Fn() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn what_would_only_wait_is_turned_away_before_anybody_is_asked_anything() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    let mut early = server.open().await;
    let asked = server.toy.asked.load(SeqCst);
    server.toy.busy.send_replace(true);
    turned_away(&server.ask("{ hello }").await);
    turned_away(&server.ask("mutation { bump }").await);
    let subscription = json!({ "query": "subscription { silent { value } }" });
    let stream = server.http.post(server.url()).header("accept", "text/event-stream").json(&subscription);
    turned_away(&server.send(stream).await);
    let upload = server.send(server.http.post(format!("http://{}/imports/cards", server.at)).body("1")).await;
    assert_eq!((upload.status, upload.header("retry-after")), (503, "1"));
    assert_eq!(server.open_as("graphql-transport-ws", None).await.err(), Some(503));
    // Sockets that are open already.
    for query in ["{ hello }", "subscription { silent { value } }"] {
        socket.subscribe("1", query).await;
        let said = socket.hear().await;
        assert_eq!(said["type"], "error", "{said}");
        assert_eq!(said["payload"][0]["extensions"]["code"], "UNAVAILABLE");
        assert!(said["payload"][0]["extensions"]["retryAfterMs"].as_u64().unwrap() > 0);
    }
    early.say(json!({ "type": "connection_init" })).await;
    assert_eq!(early.hear().await, json!({ "close": 1013 }));
    assert_eq!((server.toy.asked.load(SeqCst), server.toy.executed.load(SeqCst)), (asked, 0));

    server.toy.busy.send_replace(false);
    assert_eq!(server.ask("{ hello }").await.status, 200);
    socket.subscribe("1", "{ hello }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["hello"], "world");
}

#[tokio::test]
async fn who_waits_to_be_known_has_a_place_and_nobody_waits_for_one() {
    let server = serve(Limits { in_flight: 2, ..calm() }).await;
    server.toy.knows.send_replace(false);
    let ask = |server: &Running| tokio::spawn(server.post(&json!({ "query": "{ hello }" })).send());
    let (first, second) = (ask(&server), ask(&server));
    until(|| server.toy.asked.load(SeqCst) == 2).await;
    turned_away(&server.ask("{ hello }").await);
    // A client that leaves does not take its place along: what it began still waits.
    first.abort();
    let _ = first.await;
    turned_away(&server.ask("{ hello }").await);
    assert_eq!(server.toy.asked.load(SeqCst), 2);

    server.toy.knows.send_replace(true);
    assert_eq!(second.await.unwrap().unwrap().status(), 200);
    // The place of the one that left is given back when its work has ended.
    until(|| server.toy.executed.load(SeqCst) > 0).await;
    while server.ask("{ hello }").await.status != 200 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_stream_keeps_nobody_from_asking() {
    let server = serve(Limits { in_flight: 1, ..calm() }).await;
    let subscription = json!({ "query": "subscription { silent { value } }" });
    let stream = server.http.post(server.url()).header("accept", "text/event-stream").json(&subscription);
    let stream = stream.send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { silent { value } }").await;
    until(|| server.toy.executed.load(SeqCst) == 2).await;
    for _ in 0..3 {
        assert_eq!(server.ask("{ hello }").await.status, 200);
    }
}
