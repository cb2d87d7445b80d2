//! What one request may use, and how often a caller may ask.

use std::{
    sync::atomic::Ordering::SeqCst,
    time::{Duration, Instant},
};

use cardamom::http::{Limits, Rate, Rates};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::server::{Running, calm, serve, serve_edge};

/// `2^doublings` selections in a few hundred bytes.
fn bomb(doublings: usize) -> String {
    let one = |fragment| {
        let next = fragment + 1;
        format!(" fragment F{fragment} on Query {{ ...F{next} ...F{next} }}")
    };
    let fragments: Vec<String> = (0..doublings).map(one).collect();
    format!("{{ ...F0 }}{}", fragments.concat())
        + format!(" fragment F{doublings} on Query {{ hello }}").as_str()
}

#[tokio::test]
async fn fragment_bombs_go_nowhere() {
    let server = serve(calm()).await;
    let begun = Instant::now();
    for doublings in [12, 22, 28, 30, 45] {
        let answer = server.ask(&bomb(doublings)).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "2^{doublings}");
    }
    // Unguarded, one of these takes minutes.
    assert!(begun.elapsed() < Duration::from_mins(1), "{:?}", begun.elapsed());
    assert_eq!(server.toy.executed.load(SeqCst), 0);
    assert_eq!(server.ask(&bomb(3)).await.status, 200);
}

#[tokio::test]
async fn hostile_documents_get_short_answers() {
    let server = serve(calm()).await;
    let many = |count: usize, one: &str| one.repeat(count);
    let nested = |levels: usize| {
        format!("{{ item {}id{} }}", "{ inner ".repeat(levels - 2) + "{", "}".repeat(levels - 1))
    };
    assert_eq!(server.ask(&nested(12)).await.status, 200);
    let documents = [
        nested(13),
        format!("{{ hello #{}\n }}", many(17_000, "x")),
        format!("{{ {} }}", many(2_001, "hello ")),
        format!("{{ item {{ {} }} }}", (0..31).map(|n| format!("a{n}: id ")).collect::<String>()),
        format!("{{ hello {} }}", many(11, "@skip(if: false) ")),
        format!("{{ {} }}", (0..11).map(|n| format!("a{n}: hello ")).collect::<String>()),
        format!("{{ sum(numbers: [{}]) }}", many(101, "1 ")),
        format!("mutation {{ {} }}", (0..5).map(|n| format!("a{n}: bump ")).collect::<String>()),
        "mutation { sessionCreate buyerRegister }".into(),
        "mutation { a: sessionCreate ...F } fragment F on Mutation { b: sessionCreate }".into(),
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".into(),
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".into(),
        format!("{{ {} }}", many(9, "hello @x ")),
        many(400, "{"),
        format!("{{ echo(text: {} }}", many(400, "[")),
        many(300, "query Q { hello } "),
        format!("{{ hello }} {}", many(60, "fragment F on Query { hello } ")),
        many(1_500, "\u{1F600}"),
        format!("{{ {} }}", many(1, &many(3_000, "x"))),
        "{ items(first: 1000000) { nodes { id } } }".into(),
        "{ items(first: 0) { nodes { id } } }".into(),
    ];
    for document in documents {
        let answer = server.ask(&document).await;
        let start: String = document.chars().take(60).collect();
        assert_eq!((answer.status, answer.code().as_str()), (400, "BAD_REQUEST"), "{start}: {}", answer.text);
        assert!(answer.text.len() < 4_000, "{start}: {}", answer.text.len());
        for error in answer.json()["errors"].as_array().unwrap() {
            assert!(error["message"].as_str().unwrap().len() < 300);
        }
    }
    assert_eq!(server.toy.executed.load(SeqCst), 1);
}

#[tokio::test]
async fn the_heaviest_documents_that_pass_are_quick_to_execute() {
    let server = serve(calm()).await;
    let doubled = |doublings: usize| {
        let one = |n| format!(" fragment F{n} on Item {{ inner {{ ...F{0} }} inner {{ ...F{0} }} }}", n + 1);
        let fragments: Vec<String> = (0..doublings).map(one).collect();
        format!("{{ item {{ ...F0 }} }}{} fragment F{doublings} on Item {{ id }}", fragments.concat())
    };
    let documents = [
        format!("{{ item {{ {} }} }}", "id ".repeat(1_900)),
        format!("{{ item {{ {} }} }}", "inner { id } ".repeat(480)),
        format!("{{ item {{ {} }} }}", "inner { inner { inner { inner { id } } } } ".repeat(150)),
        doubled(7),
        doubled(8),
    ];
    for document in documents {
        // Without the guard these never end: no machine is as slow as that.
        let answer = tokio::time::timeout(Duration::from_mins(1), server.ask(&document)).await;
        println!("{} bytes: {}", document.len(), answer.unwrap().status);
    }
}

#[tokio::test]
async fn cost_follows_pages_and_variables() {
    let server = serve(calm()).await;
    let query =
        "query($n: Int) { items(first: $n) { nodes { id items(first: 10) { edges { node { id } } } } } }";
    let cost = |answer: &crate::server::Answer| answer.json()["extensions"]["cost"]["requested"].clone();
    // 2 + n × (1 + 2 + 10 × 1)
    let ten = server.ask_with(query, json!({ "n": 10 })).await;
    assert_eq!((ten.status, cost(&ten)), (200, json!(132)));
    let usual = server.ask(query).await;
    assert_eq!((usual.status, cost(&usual)), (200, json!(262)));
    let all = server.ask_with(query, json!({ "n": 100 })).await;
    assert_eq!((all.status, all.code().as_str(), cost(&all)), (400, "COST_EXCEEDED", json!(1_302)));
    // Each list of objects without a page counts twice what it holds: nine in each other pass a thousand.
    let lists = server.ask(&format!("{{ item {{ {}id{} }} }}", "list { ".repeat(9), " }".repeat(9))).await;
    assert_eq!((lists.status, lists.code().as_str()), (400, "COST_EXCEEDED"));
    let bump = server.ask("mutation { a: bump b: bump }").await;
    assert_eq!(cost(&bump), json!(20));
}

#[tokio::test]
async fn persisted_documents_are_checked_before_they_are_kept() {
    let server = serve(calm()).await;
    let hash = |text: &str| {
        use sha2::Digest;
        sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    let apq = |text: Option<&str>, hash: &str| {
        let persisted = json!({ "version": 1, "sha256Hash": hash });
        server.send(server.post(&json!({ "query": text, "extensions": { "persistedQuery": persisted } })))
    };
    let (text, other) = ("{ hello }", "{ nothing }");
    let unknown = apq(None, &hash(text)).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (400, "PERSISTED_QUERY_NOT_FOUND"));
    assert_eq!(unknown.json()["errors"][0]["message"], "PersistedQueryNotFound");
    assert_eq!(apq(Some(text), &hash(other)).await.code(), "PERSISTED_QUERY_MISMATCH");
    assert_eq!(apq(None, &hash(text)).await.status, 400);
    assert_eq!(apq(Some(text), &hash(text)).await.status, 200);
    assert_eq!(apq(None, &hash(text)).await.json()["data"]["hello"], "world");
    let by_id = server.send(server.post(&json!({ "documentId": format!("sha256:{}", hash(text)) }))).await;
    assert_eq!(by_id.json()["data"]["hello"], "world");
    let by_get = format!(
        "{}?extensions={}",
        server.url(),
        format!(r#"{{"persistedQuery":{{"version":1,"sha256Hash":"{}"}}}}"#, hash(text)).replace('"', "%22")
    );
    assert_eq!(server.send(server.http.get(by_get)).await.json()["data"]["hello"], "world");
    assert_eq!(apq(Some(other), &hash(other)).await.code(), "BAD_REQUEST");
    assert_eq!(apq(None, &hash(other)).await.code(), "PERSISTED_QUERY_NOT_FOUND");
    for wrong in ["md5:00", "sha256:00", ""] {
        assert_eq!(server.send(server.post(&json!({ "documentId": wrong }))).await.code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn trusted_documents_may_be_the_only_ones() {
    let limits = Limits { trusted_only: true, ..calm() };
    let server = serve_edge(limits, |edge| edge.trust(["{ hello }".to_owned()]).unwrap()).await;
    assert_eq!(server.ask("{ hello }").await.status, 200);
    let free = server.ask("{ item { id } }").await;
    assert_eq!((free.status, free.code().as_str()), (403, "FORBIDDEN"));
}

fn rates(credential: u32, address: u32, sign_in: u32) -> Limits {
    let rate = |burst| Rate { per_minute: 1, burst };
    let rates = Rates { credential: rate(credential), address: rate(address), sign_in: rate(sign_in) };
    Limits { rates: Some(rates), ..Limits::default() }
}

#[tokio::test]
async fn each_credential_and_each_address_has_a_bucket() {
    let server = serve(rates(2, 7, 9)).await;
    let ask = |key: &'static str| {
        server.send(server.post(&json!({ "query": "{ hello }" })).header("authorization", key))
    };
    let first = ask("Bearer good-a").await;
    assert_eq!(first.status, 200);
    assert_eq!(first.headers.get_all("ratelimit").iter().count(), 2);
    assert!(first.header("ratelimit-policy").ends_with(";w=60"));
    assert_eq!(ask("Bearer good-a").await.status, 200);
    let third = ask("Bearer good-a").await;
    assert_eq!((third.status, third.code().as_str()), (429, "THROTTLED"));
    assert!(third.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 30));
    assert!(third.json()["errors"][0]["extensions"]["retryAfterMs"].as_u64().is_some_and(|ms| ms > 30_000));
    assert_eq!(ask("Bearer good-b").await.status, 200);
    for _ in 0..3 {
        server.ask("{ hello }").await;
    }
    assert_eq!(ask("Bearer good-c").await.status, 429);
    assert_eq!(server.ask("{ hello }").await.status, 429);
}

#[tokio::test]
async fn checking_credentials_has_a_stricter_bucket_for_each_tenant() {
    let server = serve(rates(100, 100, 2)).await;
    let sign_in = |tenant: &'static str| {
        server.send(server.post(&json!({ "query": "mutation { sessionCreate }" })).header("x-tenant", tenant))
    };
    for (tenant, status) in [("a", 200), ("a", 200), ("a", 429), ("b", 200)] {
        assert_eq!(sign_in(tenant).await.status, status);
    }
    assert_eq!(server.ask("mutation { bump }").await.status, 200);
}

#[tokio::test]
async fn other_names_of_a_tenant_have_no_bucket_of_their_own() {
    let server = serve(rates(100, 100, 2)).await;
    let sign_in = |tenant: &'static str| {
        server.send(server.post(&json!({ "query": "mutation { sessionCreate }" })).header("x-tenant", tenant))
    };
    for (tenant, status) in [("nowhere", 400), ("shop", 200), ("Shop", 200), ("SHOP", 429), ("other", 200)] {
        assert_eq!(sign_in(tenant).await.status, status, "{tenant}");
    }
    let streamed = server.http.post(server.url()).header("content-type", "application/json");
    let streamed = streamed.header("accept", "text/event-stream").header("x-tenant", "sHOP");
    let streamed = streamed.body(json!({ "query": "mutation { sessionCreate }" }).to_string());
    assert_eq!(server.send(streamed).await.status, 429);
}

#[tokio::test]
async fn whatever_hashes_a_password_is_a_sign_in() {
    for field in ["sessionCreate", "buyerRegister"] {
        let server = serve(rates(100, 100, 1)).await;
        let query = format!("mutation {{ {field} }}");
        assert_eq!(server.ask(&query).await.status, 200, "{field}");
        assert_eq!(server.ask(&query).await.status, 429, "{field}");
        let two = server.ask(&format!("mutation {{ a: {field} b: {field} }}")).await;
        assert_eq!((two.status, two.code().as_str()), (400, "BAD_REQUEST"), "{field}");
    }
}

#[tokio::test]
async fn operations_over_a_socket_pay_for_their_address() {
    // One for the upgrade, three for queries.
    let server = serve(rates(100, 4, 9)).await;
    let mut socket = server.ready().await;
    for _ in 0..3 {
        socket.subscribe("1", "{ hello }").await;
        assert_eq!(socket.hear().await["payload"]["data"]["hello"], "world");
        assert_eq!(socket.hear().await["type"], "complete");
    }
    socket.subscribe("1", "{ hello }").await;
    let heard = socket.hear().await;
    assert_eq!(
        (&heard["type"], &heard["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("THROTTLED"))
    );
    assert_eq!(server.ask("{ hello }").await.status, 429, "it is the same bucket");
}

/// An upload that has begun, and goes on for as long as the connection is kept.
async fn begun(server: &Running) -> TcpStream {
    let before = server.toy.executed.load(SeqCst);
    let mut stream = TcpStream::connect(server.at).await.unwrap();
    let head = "POST /imports/cards HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nx";
    stream.write_all(head.as_bytes()).await.unwrap();
    while server.toy.executed.load(SeqCst) == before {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stream
}

#[tokio::test]
async fn uploads_have_places_of_their_own() {
    let server = serve(Limits { uploads: 2, in_flight: 1, ..calm() }).await;
    let upload = || server.http.post(format!("http://{}/imports/cards", server.at)).body("12345");
    let done = server.send(upload()).await;
    assert_eq!((done.status, &done.json()["bytes"]), (202, &json!(5)));
    let (first, second) = (begun(&server).await, begun(&server).await);
    let third = server.send(upload()).await;
    assert_eq!((third.status, third.header("content-type")), (503, "application/problem+json"));
    assert_eq!(third.json()["code"], "SERVICE_UNAVAILABLE");
    assert_eq!(server.ask("{ hello }").await.status, 200, "operations have their own");
    drop((first, second));
    while server.toy.completed.load(SeqCst) < 4 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.send(upload()).await.status, 202, "places are given back");
}

#[tokio::test]
async fn an_upload_that_trickles_is_cut_off() {
    let server = serve(Limits { upload_time: Duration::from_millis(400), ..calm() }).await;
    let mut stream = begun(&server).await;
    let begun = Instant::now();
    // Never silent for long, and never done.
    while server.toy.completed.load(SeqCst) == 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is still read from");
        let _ = stream.write_all(b"x").await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(begun.elapsed() > Duration::from_millis(200));
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 400");
}

#[tokio::test]
async fn too_much_at_once_is_turned_away() {
    let server = serve(Limits { in_flight: 1, ..calm() }).await;
    let slow = tokio::spawn(server.post(&json!({ "query": "{ slow(ms: 500) }" })).send());
    while server.toy.executed.load(SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = server.ask("{ hello }").await;
    assert_eq!((second.status, second.code().as_str()), (503, "UNAVAILABLE"));
    assert_eq!(slow.await.unwrap().unwrap().status(), 200);
    assert_eq!(server.ask("{ hello }").await.status, 200);
}

/// How long the server keeps a connection on which `text` was sent, a byte every 50 ms where slow.
async fn kept(at: std::net::SocketAddr, text: &str, trickle: bool) -> (Duration, String) {
    let begun = Instant::now();
    let mut stream = TcpStream::connect(at).await.unwrap();
    let (mut reader, mut writer) = stream.split();
    let mut answer = String::new();
    let write = async {
        if trickle {
            for byte in text.bytes() {
                if writer.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        } else {
            let _ = writer.write_all(text.as_bytes()).await;
        }
        std::future::pending::<()>().await;
    };
    tokio::select! {
        _ = tokio::time::timeout(Duration::from_secs(10), reader.read_to_string(&mut answer)) => {}
        () = write => {}
    }
    (begun.elapsed(), answer)
}

#[tokio::test]
async fn slow_connections_are_cut() {
    let limits = Limits {
        header_time: Duration::from_millis(300),
        idle_time: Duration::from_millis(600),
        body_time: Duration::from_millis(300),
        ..calm()
    };
    let server = serve(limits).await;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    let long = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{}", "x-a: b\r\n".repeat(100));
    let (silent, cut, trickled, idle, body) = tokio::join!(
        kept(server.at, "", false),
        kept(server.at, "GET /healthz HTTP/1.1\r\nhost", false),
        kept(server.at, &long, true),
        kept(server.at, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n", false),
        kept(server.at, head, false),
    );
    for (what, (time, _)) in
        [("silent", &silent), ("headers", &cut), ("trickle", &trickled), ("idle", &idle), ("body", &body)]
    {
        // Not cut, it would still be there when we give up.
        assert!(*time < Duration::from_secs(9), "{what}: {time:?}");
    }
    assert!(idle.1.starts_with("HTTP/1.1 200"), "{}", idle.1);
    assert!(body.1.starts_with("HTTP/1.1 408"), "{}", body.1);
}

#[tokio::test]
async fn a_connection_is_not_idle_while_its_request_runs() {
    let short = Duration::from_millis(100);
    let server = serve(Limits { header_time: short, idle_time: short, ..calm() }).await;
    assert_eq!(server.ask("{ slow(ms: 600) }").await.status, 200);
}

#[tokio::test]
async fn an_address_has_only_so_many_connections() {
    let server = serve(Limits { connections_per_address: 2, ..calm() }).await;
    let first = TcpStream::connect(server.at).await.unwrap();
    let second = TcpStream::connect(server.at).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let mut third = TcpStream::connect(server.at).await.unwrap();
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_secs(2), third.read(&mut byte)).await.unwrap();
    assert!(matches!(read, Ok(0) | Err(_)), "the third is closed");
    drop((first, second));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(server.ask("{ hello }").await.status, 200);
}

#[tokio::test]
async fn ambiguous_lengths_are_refused() {
    let server = serve(calm()).await;
    let json = "content-type: application/json\r\n";
    let body = "27\r\n{\"query\":\"mutation { bump }\",\"pad\":\"xxx\"}\r\n0\r\n\r\n";
    for head in [
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\n{json}content-length: 4\r\ncontent-length: 5\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\n{json}transfer-encoding: xchunked\r\n\r\n"),
        format!("POST /graphql HTTP/1.1\r\nhost: x\r\n{json}content-length: +4\r\n\r\n"),
    ] {
        let answer = server.raw(&format!("{head}{body}")).await;
        assert!(answer.starts_with("HTTP/1.1 400") || answer.is_empty(), "{answer}");
    }
    assert_eq!(server.toy.executed.load(SeqCst), 0);
}
