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

/// What one stream of the single connection mode has said, once it says `until`.
async fn heard(stream: &mut reqwest::Response, until: &str) -> String {
    let mut text = String::new();
    let read = async {
        while let Some(chunk) = stream.chunk().await.unwrap() {
            text += std::str::from_utf8(&chunk).unwrap();
            if text.contains(until) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap();
    assert!(text.contains(until), "{text}");
    text
}

#[tokio::test]
async fn one_stream_carries_many_operations() {
    let server = serve(calm()).await;
    let url = format!("{}/stream", server.url());
    let reserved = server.send(server.http.put(&url)).await;
    assert_eq!(reserved.status, 201);
    let token = reserved.text;
    let named = "x-graphql-event-stream-token";
    let post = |id: &str, query: &str| {
        let body = json!({ "query": query, "extensions": { "operationId": id } }).to_string();
        let request = server.http.post(&url).header(named, &token).header("content-type", "application/json");
        server.send(request.body(body))
    };
    assert_eq!(post("0", "mutation { bump }").await.status, 202, "what comes before the stream waits for it");
    let open =
        || server.http.get(format!("{url}?token={token}")).header("accept", "text/event-stream").send();
    let mut stream = open().await.unwrap();
    assert_eq!(stream.status(), 200);
    assert_eq!(open().await.unwrap().status(), 409);
    let said = heard(&mut stream, "event: complete").await;
    assert!(
        said.contains(
            r#"event: next
data: {"id":"0","payload":{"data":{"bump":1}"#
        ),
        "{said}"
    );
    assert!(said.ends_with("event: complete\ndata: {\"id\":\"0\"}\n\n"));
    assert_eq!(post("1", "subscription { silent { value } }").await.status, 202);
    assert_eq!(post("1", "{ hello }").await.status, 409);
    assert_eq!(post("2", "subscription { count(to: 2) { cursor } }").await.status, 202);
    assert!(
        heard(
            &mut stream,
            r#"event: complete
data: {"id":"2"}"#
        )
        .await
        .contains("id: c2\nevent: next")
    );
    for (id, query, status) in [("", "{ hello }", 400), ("3", "{ nothing }", 400), ("3", "{", 400)] {
        assert_eq!(post(id, query).await.status, status);
    }
    let stop = server.http.delete(format!("{url}?operationId=1")).header(named, &token);
    assert_eq!(server.send(stop).await.status, 200);
    assert_eq!(post("1", "{ hello }").await.status, 202, "a stopped id is free again");
    heard(
        &mut stream,
        r#"event: complete
data: {"id":"1"}"#,
    )
    .await;
    drop(stream);
    let mut tries = 0;
    while post("4", "{ hello }").await.status != 404 {
        tries += 1;
        assert!(tries < 100, "a token outlives its stream");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let unknown = server.send(server.http.get(format!("{url}?token=nobody"))).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (404, "BAD_REQUEST"));
    let denied = server.send(server.http.put(&url).header("authorization", "Bearer bad")).await;
    assert_eq!((denied.status, denied.code().as_str()), (401, "UNAUTHENTICATED"));
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
