//! GraphQL over server-sent events, distinct connections mode.

use std::time::Duration;

use cardamom::http::Limits;
use serde_json::json;

use crate::server::{Answer, Running, calm, serve};

async fn stream(server: &Running, query: &str) -> Answer {
    let request = server.http.post(server.url()).header("content-type", "application/json");
    let body = json!({ "query": query }).to_string();
    server.send(request.header("accept", "text/event-stream").body(body)).await
}

#[tokio::test]
async fn a_subscription_streams_events_with_their_cursors() {
    let server = serve(calm()).await;
    let answer = stream(&server, "subscription { count(to: 2) { cursor value } }").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/event-stream; charset=utf-8"));
    assert_eq!(answer.header("x-accel-buffering"), "no");
    assert_eq!(answer.header("cache-control"), "no-store");
    let events = answer.text.trim_start_matches(":\n\n");
    assert_eq!(
        events,
        "id: c1\nevent: next\ndata: {\"data\":{\"count\":{\"cursor\":\"c1\",\"value\":1}}}\n\n\
         id: c2\nevent: next\ndata: {\"data\":{\"count\":{\"cursor\":\"c2\",\"value\":2}}}\n\n\
         event: complete\ndata:\n\n"
    );
}

#[tokio::test]
async fn queries_and_refusals_are_one_event() {
    let server = serve(calm()).await;
    let query = stream(&server, "{ hello }").await;
    assert!(query.text.starts_with("event: next\ndata: {\"data\":{\"hello\":\"world\"}"), "{}", query.text);
    assert!(query.text.ends_with("\n\nevent: complete\ndata:\n\n"));
    for refused in
        ["{ nothing }", "{", "{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }"]
    {
        let answer = stream(&server, refused).await;
        assert_eq!(answer.status, 200, "{refused}");
        assert!(answer.text.starts_with("event: next\ndata: {\"errors\":[{\"message\":"), "{}", answer.text);
        assert!(answer.text.ends_with("\n\nevent: complete\ndata:\n\n"));
    }
    let panicked = stream(&server, "subscription { panicking { value } }").await;
    assert!(panicked.text.contains("\"value\":1") && panicked.text.contains("INTERNAL"), "{}", panicked.text);
    assert!(panicked.text.ends_with("event: complete\ndata:\n\n"));
}

#[tokio::test]
async fn a_stream_resumes_by_get_from_the_last_id() {
    let server = serve(calm()).await;
    let url = format!("{}?query=subscription%7Bresumed%7D", server.url());
    let request = server.http.get(url).header("accept", "text/event-stream").header("last-event-id", "c41");
    assert!(server.send(request).await.text.contains(r#"{"resumed":"c41"}"#));
}

#[tokio::test]
async fn naming_event_streams_beside_json_does_not_choose_them_for_a_query() {
    let server = serve(calm()).await;
    let accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
    let ask = |query: &str| {
        let body = json!({ "query": query }).to_string();
        let request = server.http.post(server.url()).header("content-type", "application/json");
        server.send(request.header("accept", accept).body(body))
    };
    assert!(ask("{ hello }").await.header("content-type").starts_with("application/graphql-response+json"));
    let subscribed = ask("subscription { count(to: 1) { value } }").await;
    assert!(subscribed.header("content-type").starts_with("text/event-stream"));
    let plain = server.ask("subscription { count(to: 1) { value } }").await;
    assert_eq!((plain.status, plain.code().as_str()), (406, "BAD_REQUEST"));
}

#[tokio::test]
async fn a_silent_stream_beats_and_ends_with_its_session() {
    let server = serve(Limits {
        heartbeat: Duration::from_millis(50),
        header_time: Duration::from_millis(100),
        idle_time: Duration::from_millis(200),
        ..calm()
    })
    .await;
    let revoke = server.toy.revoked.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        revoke.send_replace(true);
    });
    let answer = stream(&server, "subscription { silent { value } }").await;
    assert!(answer.text.matches(":\n\n").count() >= 3, "{}", answer.text);
    assert!(answer.text.contains("FORBIDDEN"));
}

#[tokio::test]
async fn shutdown_ends_streams_and_an_address_has_only_so_many() {
    let mut server = serve(Limits { sockets_per_address: 1, ..calm() }).await;
    let body = json!({ "query": "subscription { silent { value } }" }).to_string();
    let request = server.http.post(server.url()).header("content-type", "application/json");
    let open = request.header("accept", "text/event-stream").body(body).send().await.unwrap();
    let second = stream(&server, "subscription { silent { value } }").await;
    assert_eq!((second.status, second.code().as_str()), (429, "THROTTLED"));
    server.stopped().await;
    assert!(!open.text().await.unwrap().contains("complete"), "a client that resumes must not think it over");
}
