//! GraphQL over WebSocket: `graphql-transport-ws`, row by row.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use cardamom::http::Limits;
use futures_util::SinkExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};

use crate::server::{calm, serve, serve_edge};

fn fast() -> Limits {
    Limits { init_time: Duration::from_millis(200), ..calm() }
}

#[tokio::test]
async fn a_subscription_runs_and_completes() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { count(to: 2) { cursor value } }").await;
    for value in 1..=2 {
        let next = socket.hear().await;
        assert_eq!(
            next["payload"]["data"]["count"],
            json!({ "cursor": format!("c{value}"), "value": value })
        );
        assert_eq!((&next["id"], &next["type"]), (&json!("1"), &json!("next")));
    }
    assert_eq!(socket.hear().await, json!({ "id": "1", "type": "complete" }));
    socket.subscribe("1", "{ hello }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["hello"], "world");
    assert_eq!(socket.hear().await["type"], "complete");
}

#[tokio::test]
async fn what_is_refused_is_one_error_message() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    for query in
        ["{", "{ nothing }", "mutation { bump }", "subscription { count(to: 1) { value } silent { value } }"]
    {
        socket.subscribe("1", query).await;
        let heard = socket.hear().await;
        assert_eq!((&heard["id"], &heard["type"]), (&json!("1"), &json!("error")), "{query}");
        assert_eq!(heard["payload"][0]["extensions"]["code"], "BAD_REQUEST");
        assert!(heard["payload"][0]["extensions"]["requestId"].is_string());
    }
    assert_eq!(server.toy.executed.load(SeqCst), 0);
    socket.subscribe("1", "subscription { refused { value } }").await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"]["errors"][0]["extensions"]["code"]),
        (&json!("next"), &json!("FORBIDDEN"))
    );
    assert_eq!(socket.hear().await["type"], "complete");
    socket.subscribe("1", "subscription { panicking { value } }").await;
    assert_eq!(socket.hear().await["type"], "next");
    assert_eq!(socket.hear().await["payload"][0]["extensions"]["code"], "INTERNAL");
}

#[tokio::test]
async fn malformed_messages_close_4400() {
    let server = serve(calm()).await;
    for text in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"type":"start"}"#,
        r#"{"type":"subscribe","payload":{"query":"{hello}"}}"#,
        r#"{"type":"subscribe","id":"1","payload":{}}"#,
    ] {
        let mut socket = server.ready().await;
        socket.text(text).await;
        assert_eq!(socket.closed().await, 4400, "{text}");
    }
    let mut socket = server.ready().await;
    let _ = socket.0.send(Message::Binary(vec![1, 2, 3].into())).await;
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test]
async fn every_other_close_has_its_code() {
    let server = serve(fast()).await;
    let mut late = server.open().await;
    assert_eq!(late.closed().await, 4408);
    let mut early = server.open().await;
    early.subscribe("1", "{ hello }").await;
    assert_eq!(early.closed().await, 4401);
    let mut twice = server.ready().await;
    twice.say(json!({ "type": "connection_init" })).await;
    assert_eq!(twice.closed().await, 4429);
    let mut same = server.ready().await;
    same.subscribe("1", "subscription { silent { value } }").await;
    same.subscribe("1", "subscription { silent { value } }").await;
    assert_eq!(same.closed().await, 4409);
    let mut wrong = server.open_as("", None).await.unwrap();
    assert_eq!(wrong.closed().await, 4406);
    assert_eq!(server.open_as("graphql-ws", None).await.err(), Some(0));
    for (payload, code) in [
        (json!({ "authorization": "Bearer bad" }), 4401),
        (json!({ "tenant": "closed" }), 4403),
        (json!({ "tenant": "nowhere" }), 4403),
        (json!({ "tenant": "busy" }), 1013),
    ] {
        let mut denied = server.open().await;
        denied.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(denied.closed().await, code);
    }
}

#[tokio::test]
async fn a_revoked_session_is_closed_4403_at_once() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { silent { value } }").await;
    server.toy.revoked.send_replace(true);
    let closed = tokio::time::timeout(Duration::from_secs(1), socket.closed()).await;
    assert_eq!(closed.unwrap(), 4403);
}

#[tokio::test]
async fn shutdown_closes_1001() {
    let mut server = serve(calm()).await;
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { silent { value } }").await;
    server.begin_stop();
    assert_eq!(socket.closed().await, 1001);
    server.stopped().await;
}

#[tokio::test]
async fn pings_are_answered_at_any_time_with_their_payload() {
    let server = serve(calm()).await;
    let mut socket = server.open().await;
    socket.say(json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong", "payload": { "n": 1 } }));
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    socket.say(json!({ "type": "pong" })).await;
    socket.say(json!({ "type": "complete", "id": "unknown" })).await;
    socket.say(json!({ "type": "connection_init", "payload": null })).await;
    assert_eq!(socket.hear().await["type"], "connection_ack");
}

#[tokio::test]
async fn nothing_is_said_after_the_client_completes() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { firehose { value } }").await;
    assert_eq!(socket.hear().await["id"], "1");
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    socket.say(json!({ "type": "ping" })).await;
    while socket.hear().await["type"] != "pong" {}
    socket.subscribe("1", "{ hello }").await;
    assert_eq!(socket.hear().await["payload"]["data"]["hello"], "world");
}

#[tokio::test]
async fn a_socket_has_only_so_many_subscriptions_and_messages() {
    let server =
        serve(Limits { subscriptions: 3, message_burst: 20, messages_per_second: 1, ..calm() }).await;
    let mut socket = server.ready().await;
    for id in 1..=3 {
        socket.subscribe(&id.to_string(), "subscription { silent { value } }").await;
    }
    socket.subscribe("4", "subscription { silent { value } }").await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("THROTTLED"))
    );
    socket.say(json!({ "type": "complete", "id": "1" })).await;
    socket.subscribe("5", "subscription { count(to: 1) { value } }").await;
    assert_eq!(socket.hear().await["id"], "5");
    for _ in 0..20 {
        let _ = socket.0.send(Message::Ping(Vec::new().into())).await;
    }
    assert_eq!(socket.closed().await, 4429);
}

#[tokio::test]
async fn a_large_message_closes_1009() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    socket.say(json!({ "type": "ping", "payload": { "x": "x".repeat(70_000) } })).await;
    let closed = socket.closed().await;
    assert!(closed == 1009 || closed == "broken", "{closed}");
    let mut fine = server.ready().await;
    fine.say(json!({ "type": "ping", "payload": { "x": "x".repeat(60_000) } })).await;
    assert_eq!(fine.hear().await["type"], "pong");
}

#[tokio::test]
async fn an_address_has_only_so_many_sockets_and_gets_them_back() {
    let server = serve(Limits { sockets_per_address: 2, ..calm() }).await;
    let (one, two) = (server.ready().await, server.ready().await);
    assert_eq!(server.open_as("graphql-transport-ws", None).await.err(), Some(429));
    drop((one, two));
    let mut tries = 0;
    while server.open_as("graphql-transport-ws", None).await.is_err() {
        tries += 1;
        assert!(tries < 50, "the places were not given back");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn sockets_of_other_sites_are_refused() {
    let server = serve_edge(calm(), |edge| edge.origins(["https://shop.example".into()])).await;
    let protocol = "graphql-transport-ws";
    let own = format!("http://{}", server.at);
    for (origin, fine) in [
        ("https://shop.example", true),
        (own.as_str(), true),
        ("https://evil.example", false),
        ("null", false),
        ("https://shop.example.evil.example", false),
        ("http://127.0.0.1", false),
    ] {
        assert_eq!(server.open_as(protocol, Some(origin)).await.err(), (!fine).then_some(403), "{origin}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_stops_its_stream_and_is_closed() {
    let server = serve(Limits { send_time: Duration::from_millis(500), ..calm() }).await;
    let mut socket = server.ready().await;
    socket.subscribe("1", "subscription { firehose { value ballast } }").await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let made = server.toy.fired.load(SeqCst);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(server.toy.fired.load(SeqCst), made, "the stream has stopped");
    // What the kernel holds, and a short queue: not what a firehose makes in a second.
    assert!(made < 2_000, "{made} events were made for a client that reads none");
    let mut values = 0;
    let closed = loop {
        let heard = socket.hear().await;
        if let Some(code) = heard.get("close") {
            break code.clone();
        }
        values += 1;
        assert!(values < 5_000, "the client that did not read is served on and on");
    };
    println!("closed {closed} after {values} of {made} events");
    assert!(values > 0);
    assert!(closed == 4410 || closed == Value::Null || closed == "broken", "{closed}");
}

#[tokio::test]
async fn a_client_that_answers_no_ping_is_closed() {
    let server = serve(Limits { ping_every: Duration::from_millis(100), ..calm() }).await;
    // Not read from, this client library answers nothing.
    let mut silent = server.ready().await;
    let mut lively = server.ready().await;
    let closed = tokio::time::timeout(Duration::from_millis(900), lively.closed());
    assert!(closed.await.is_err(), "one that answers stays");
    let closed = silent.closed().await;
    // It answers the pings that it reads now, on a connection that is closed already.
    assert!(closed == 4408 || closed == "broken", "{closed}");
}

#[tokio::test]
async fn a_client_that_says_that_it_goes_is_answered() {
    let server = serve(calm()).await;
    let mut socket = server.ready().await;
    let going = CloseFrame { code: 1000.into(), reason: "Normal Closure".into() };
    socket.0.send(Message::Close(Some(going))).await.unwrap();
    assert_eq!(socket.hear().await, json!({ "close": 1000 }));
}
