//! GraphQL over HTTP: media types, status codes, what is refused and how that is said.

use std::{
    sync::atomic::Ordering::SeqCst,
    time::{Duration, Instant},
};

use cardamom::http::{Limits, Rate, Rates};
use serde_json::{Value, json};

use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::server::{calm, serve, serve_edge};

#[tokio::test]
async fn a_query_is_answered_with_its_cost_and_a_request_id() {
    let server = serve(calm()).await;
    let answer = server.ask("{ hello item { id } }").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(answer.json()["data"], json!({ "hello": "world", "item": { "id": "itm_1" } }));
    assert_eq!(answer.json()["extensions"]["cost"], json!({ "requested": 1, "maximum": 1_000 }));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.header("vary").contains("Accept"));
    assert!(!answer.header("x-request-id").is_empty());
    let named =
        server.send(server.post(&json!({ "query": "{ hello }" })).header("x-request-id", "mine-0001")).await;
    assert_eq!(named.header("x-request-id"), "mine-0001");
}

#[tokio::test]
async fn a_refused_request_has_errors_first_and_no_data() {
    let server = serve(calm()).await;
    for query in ["{", "{ nothing }", "{ hello @unknown }", "query($v: Int!) { hello }", ""] {
        let answer = server.ask(query).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{query}");
        assert!(answer.text.starts_with(r#"{"errors":[{"message":"#), "{}", answer.text);
        assert!(answer.json().get("data").is_none());
        assert_eq!(answer.json()["errors"][0]["extensions"]["requestId"], answer.header("x-request-id"));
    }
    assert_eq!(server.toy.executed.load(SeqCst), 0);
}

#[tokio::test]
async fn variables_are_coerced_before_any_resolver_runs() {
    let server = serve(calm()).await;
    let cases = [
        ("query($n: [Int!]!) { sum(numbers: $n) }", json!({})),
        ("query($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": null })),
        ("query($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": ["s3cret"] })),
        ("query($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": [3_000_000_000_i64] })),
        ("query($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": vec![1; 101] })),
        ("query($c: Choice!) { choose(choice: $c) }", json!({ "c": { "number": 1, "word": "s3cret" } })),
        ("query($c: Choice!) { choose(choice: $c) }", json!({ "c": { "s3cret": 1 } })),
        ("query($w: Wish!) { wish(wish: $w) }", json!({ "w": { "word": null } })),
        ("query($t: String) { echo(text: $t) }", json!({ "t": "x" })),
    ];
    for (query, variables) in cases {
        let answer = server.ask_with(query, variables.clone()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{query} {variables}");
        assert!(!answer.text.contains("s3cret"), "{}", answer.text);
    }
    assert_eq!(server.toy.executed.load(SeqCst), 0);
    let fine =
        server.ask_with("query($n: [Int!]! = [1, 2]) { sum(numbers: $n) }", json!({ "other": 1 })).await;
    assert_eq!(fine.json()["data"]["sum"], 3);
    let fine = server.ask_with("query($n: [Int!]!) { sum(numbers: $n) }", json!({ "n": vec![1; 100] })).await;
    assert_eq!(fine.json()["data"]["sum"], 100);
}

#[tokio::test]
async fn what_the_executors_own_parser_cannot_read_is_put_in_other_words() {
    let server = serve(calm()).await;
    let query = r#""Says hello" query Q("who" $t: String! = "\u{1F600}") { a: echo(text: $t) b: echo(text: "\u{e9}\uD83D\uDE00") ...F }
        "A part" fragment F on Query { hello }"#;
    let answer = server.ask(query).await;
    assert_eq!(answer.json()["data"], json!({ "a": "\u{1F600}", "b": "\u{e9}\u{1F600}", "hello": "world" }));
}

#[tokio::test]
async fn only_posted_json_is_executed() {
    let server = serve(calm()).await;
    let body = r#"{"query":"mutation { bump }"}"#;
    let form = "query=mutation%20%7B%20bump%20%7D";
    let part = "--x\r\ncontent-disposition: form-data; name=\"operations\"\r\n\r\n{\"query\":\"mutation { bump }\"}\r\n--x--\r\n";
    let post = |kind: Option<&str>, body: &str| {
        let request =
            server.http.post(server.url()).header("origin", "https://evil.example").body(body.to_owned());
        kind.map_or(request.try_clone().unwrap(), |kind| request.header("content-type", kind))
    };
    let encoded = format!("{}?{form}", server.url());
    let shapes = [
        (post(None, body), 415),
        (post(Some("text/plain"), body), 415),
        (post(Some("text/plain;charset=utf-8"), body), 415),
        (post(Some("text/plain; application/json"), body), 415),
        (post(Some("application/x-www-form-urlencoded"), body), 415),
        (post(Some("application/x-www-form-urlencoded"), form), 415),
        (post(Some("multipart/form-data; boundary=x"), part), 415),
        (post(Some("application/json; charset=utf-16"), body), 415),
        (post(Some("application/graphql"), "mutation { bump }"), 415),
        (post(Some("application/json"), body).header("content-encoding", "gzip"), 415),
        (server.http.get(&encoded), 405),
        (server.http.head(&encoded), 405),
    ];
    for (index, (request, status)) in shapes.into_iter().enumerate() {
        let answer = server.send(request).await;
        assert_eq!(answer.status, status, "shape {index}: {}", answer.text);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    assert_eq!((server.toy.executed.load(SeqCst), server.toy.bumps.load(SeqCst)), (0, 0));
    assert_eq!(server.send(server.http.get(&encoded)).await.header("allow"), "POST");
    assert_eq!(server.send(post(Some("application/json"), body)).await.json()["data"]["bump"], 1);
}

#[tokio::test]
async fn malformed_requests_are_refused_without_executing() {
    let server = serve(calm()).await;
    let send = |body: Vec<u8>| {
        server.send(server.http.post(server.url()).header("content-type", "application/json").body(body))
    };
    for body in [
        &b""[..],
        b"{",
        b"null",
        b"1",
        b"\"{ hello }\"",
        b"{}",
        b"{\"query\":1}",
        b"[]",
        b"[{\"query\":\"{ hello }\"},{\"query\":\"{ hello }\"}]",
        b"{\"query\":\"{ hello }\",\"variables\":[]}",
        b"{\"query\":\"{ hello }\",\"operationName\":{}}",
        b"{\"query\":\"{ hello }\",\"extensions\":\"x\"}",
        b"{\"query\":\"{ echo(text: \\\"\xff\xfe\\\") }\"}",
        b"\xef\xbb",
    ] {
        let answer = send(body.to_vec()).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{body:?} {}", answer.text);
    }
    let deep =
        format!("{{\"query\":\"{{hello}}\",\"variables\":{}1{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(send(deep.into_bytes()).await.status, 400);
    assert_eq!(server.toy.executed.load(SeqCst), 0);
    let unknown =
        send(br#"{"query":"{ hello }","unknown":1,"variables":null,"operationName":null}"#.to_vec()).await;
    assert_eq!(unknown.status, 200);
}

#[tokio::test]
async fn a_large_body_is_refused_by_counting_it() {
    let server = serve(Limits { body_bytes: 1_000, ..calm() }).await;
    let body = json!({ "query": "mutation { bump }", "padding": "x".repeat(2_000) }).to_string();
    let answer = server
        .send(server.http.post(server.url()).header("content-type", "application/json").body(body.clone()))
        .await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "BAD_REQUEST"));
    let chunks: String = body
        .as_bytes()
        .chunks(100)
        .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
        .collect();
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let answer = server.raw(&format!("{head}{chunks}0\r\n\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(server.toy.executed.load(SeqCst), 0);
}

#[tokio::test]
async fn who_is_refused_while_still_sending_is_told_so() {
    let server = serve(Limits { body_bytes: 1_000, ..calm() }).await;
    // More than the buffers between two sockets hold: it is still being sent when the answer is there.
    let size = 16 << 20;
    for (kind, status) in [("application/json", 413), ("text/plain", 415)] {
        let head =
            format!("POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: {size}");
        let answer = server.raw(&format!("{head}\r\n\r\n{}", "x".repeat(size))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
    assert_eq!(server.toy.executed.load(SeqCst), 0);
}

#[tokio::test]
async fn faults_are_logged_and_not_told() {
    let server = serve(calm()).await;
    let failed = server.ask("{ hello failing }").await;
    assert_eq!((failed.status, failed.code().as_str()), (200, "INTERNAL"));
    assert_eq!(failed.json()["data"], json!({ "hello": "world", "failing": null }));
    assert_eq!(failed.json()["errors"][0]["path"], json!(["failing"]));
    assert_eq!(failed.json()["errors"][0]["message"], "Internal error");
    assert!(!failed.text.contains("secret_table"));
    let forbidden = server.ask("{ forbidden }").await;
    assert_eq!((forbidden.status, forbidden.code().as_str()), (200, "FORBIDDEN"));
    let panicked = server.ask("{ hello panicking }").await;
    assert_eq!((panicked.status, panicked.code().as_str()), (500, "INTERNAL"));
    let extensions = &panicked.json()["errors"][0]["extensions"];
    assert_eq!(extensions, &json!({ "code": "INTERNAL", "requestId": panicked.header("x-request-id") }));
    assert!(panicked.json().get("data").is_none());
    assert_eq!(server.ask("{ hello }").await.status, 200);
}

#[tokio::test]
async fn who_is_asking_decides_before_any_resolver() {
    let server = serve(calm()).await;
    let ask = |header: &'static str, value: &'static str| {
        server.send(server.post(&json!({ "query": "mutation { bump }" })).header(header, value))
    };
    let denied = [
        ("authorization", "Bearer bad", 401, "UNAUTHENTICATED"),
        ("x-tenant", "closed", 403, "FORBIDDEN"),
        ("x-tenant", "nowhere", 400, "TENANT_REQUIRED"),
        ("x-tenant", "busy", 503, "UNAVAILABLE"),
    ];
    for (header, value, status, code) in denied {
        let answer = ask(header, value).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
    }
    assert!(!ask("x-tenant", "busy").await.header("retry-after").is_empty());
    assert_eq!(ask("authorization", "Bearer bad").await.header("www-authenticate"), "Bearer");
    assert_eq!(server.toy.executed.load(SeqCst), 0);
    assert_eq!(ask("authorization", "Bearer good").await.status, 200);
}

#[tokio::test]
async fn a_slow_query_is_answered_and_a_hung_up_mutation_still_commits() {
    let server = serve(Limits { request_time: Duration::from_millis(100), ..calm() }).await;
    let slow = server.ask("{ slow(ms: 400) }").await;
    assert_eq!((slow.status, slow.code().as_str()), (503, "UNAVAILABLE"));
    let begun = Instant::now();
    while server.toy.completed.load(SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the query was cancelled");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let body = r#"{"query":"mutation { slowBump(ms: 300) }"}"#;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let mut stream = TcpStream::connect(server.at).await.unwrap();
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    while server.toy.executed.load(SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    drop(stream);
    let begun = Instant::now();
    while server.toy.bumps.load(SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the mutation was cancelled");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn shutdown_waits_for_what_runs() {
    let mut server = serve(calm()).await;
    let request = server.post(&json!({ "query": "mutation { slowBump(ms: 300) }" }));
    let asked = tokio::spawn(request.send());
    while server.toy.executed.load(SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.stopped().await;
    assert_eq!(server.toy.bumps.load(SeqCst), 1);
    assert_eq!(asked.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn shutdown_waits_only_so_long() {
    let mut server = serve(Limits { drain_time: Duration::from_millis(200), ..calm() }).await;
    let asked = tokio::spawn(server.post(&json!({ "query": "mutation { slowBump(ms: 60000) }" })).send());
    while server.toy.executed.load(SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    server.stopped().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    asked.abort();
}

#[tokio::test]
async fn get_head_options_and_the_rest() {
    let server = serve_edge(calm(), |edge| edge.origins(["https://shop.example".into()])).await;
    let get = server.send(server.http.get(format!("{}?query=%7Bhello%7D", server.url()))).await;
    assert_eq!((get.status, get.json()["data"]["hello"].clone()), (200, json!("world")));
    let head = server.send(server.http.head(format!("{}?query=%7Bhello%7D", server.url()))).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    let put = server.send(server.http.patch(server.url())).await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, HEAD, POST, OPTIONS"));
    assert_eq!(put.header("content-type"), "application/problem+json");
    let page = server.send(server.http.get(server.url()).header("accept", "text/html,*/*;q=0.8")).await;
    assert!(
        page.text.contains("schema.graphql")
            && page.header("content-security-policy").contains("default-src 'none'")
    );
    let not_acceptable =
        server.send(server.post(&json!({ "query": "{ hello }" })).header("accept", "image/png")).await;
    assert_eq!(not_acceptable.status, 200, "two Accept headers: the first one counts");
    let preflight = |origin: &'static str| {
        let request = server.http.request(reqwest::Method::OPTIONS, server.url());
        server.send(request.header("origin", origin).header("access-control-request-method", "POST"))
    };
    let allowed = preflight("https://shop.example").await;
    assert_eq!(
        (allowed.status, allowed.header("access-control-allow-origin")),
        (204, "https://shop.example")
    );
    assert!(allowed.header("access-control-allow-headers").contains("x-tenant"));
    let foreign = preflight("https://evil.example").await;
    assert_eq!(foreign.header("access-control-allow-origin"), "");
    assert_eq!(foreign.header("access-control-allow-headers"), "");
    assert!(foreign.header("vary").contains("Origin"));
}

#[tokio::test]
async fn health_schema_and_unknown_paths() {
    let mut server = serve(calm()).await;
    let get = |path: &str| server.http.get(format!("http://{}{path}", server.at));
    assert_eq!(server.send(get("/healthz")).await.status, 200);
    assert_eq!(server.send(get("/readyz")).await.status, 200);
    server.toy.ready.send_replace(false);
    let unready = server.send(get("/readyz")).await;
    assert_eq!((unready.status, unready.json()["code"].clone()), (503, json!("SERVICE_UNAVAILABLE")));
    let schema = server.send(get("/schema.graphql")).await;
    assert!(schema.text.contains("type Query"));
    let etag = schema.header("etag");
    assert!(etag.starts_with('"'));
    assert_eq!(server.send(get("/schema.graphql").header("if-none-match", etag)).await.status, 304);
    let unknown = server.send(get("/nowhere")).await;
    assert_eq!((unknown.status, unknown.header("content-type")), (404, "application/problem+json"));
    assert_eq!(unknown.json()["requestId"], unknown.header("x-request-id"));
    server.stopped().await;
}

#[tokio::test]
async fn the_introspection_query_of_common_clients_passes() {
    let server = serve(calm()).await;
    let answer = server.ask(include_str!("introspection.graphql")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["data"]["__schema"]["types"].as_array().is_some_and(|types| types.len() > 10));
    assert_ne!(answer.json()["data"], Value::Null);
}

#[tokio::test]
async fn public_pages_are_read_without_a_token_and_pay_for_their_address() {
    let server = serve(calm()).await;
    let url = |path: &str| format!("http://{}{path}", server.at);
    for path in ["/log/x/checkpoint", "/receipts/x", "/receipts/x/file"] {
        let answer = server.http.get(url(path)).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 404, "the toy has none");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        let posted = server.http.post(url(path)).body("x").send().await.unwrap();
        assert_eq!(
            (posted.status().as_u16(), posted.headers()["allow"].to_str().unwrap()),
            (405, "GET, HEAD")
        );
    }
    let long = server.http.get(url(&format!("/log/{}", "x".repeat(2_000)))).send().await.unwrap();
    assert_eq!(long.status().as_u16(), 404);
    let one = Rate { per_minute: 1, burst: 1 };
    let rates = Rates { credential: one, address: one, sign_in: one };
    let server = serve(Limits { rates: Some(rates), ..Limits::default() }).await;
    let ask = || server.http.get(format!("http://{}/log/x/checkpoint", server.at)).send();
    assert_eq!(ask().await.unwrap().status().as_u16(), 404);
    let late = ask().await.unwrap();
    assert_eq!((late.status().as_u16(), late.headers().contains_key("retry-after")), (429, true));
}
