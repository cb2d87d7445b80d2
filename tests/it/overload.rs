//! A database that stands still: who comes then is told so at once, and all is well as soon as it goes on. And what a
//! server that only waits takes up.

use crate::support::{Client, ORDER_PLACE, Server, Shop, Terms, fresh, signal_to, superuser, wait_until};
use serde_json::{Value, json};
use sqlx::Connection;
use std::time::{Duration, Instant};

/// More than there are connections.
const MANY: usize = 60;

/// Those who were there when it began wait for this long; who comes later must not wait for anything like it.
const WAIT: Duration = Duration::from_secs(3);

// Every process of a server's PostgreSQL, stopped until this value goes out of scope.
struct Standstill(Vec<i32>);

impl Standstill {
    async fn of(server: &Server) -> Self {
        let folder = server.folder().join("data/postgres");
        let head = std::fs::read_to_string(folder.join("postmaster.pid")).unwrap();
        let mut all: Vec<i32> = vec![head.lines().next().unwrap().trim().parse().unwrap()];
        let mut connection = superuser(server).await;
        let backends = sqlx::query_scalar("select pid from pg_stat_activity where pid <> pg_backend_pid()");
        let backends: Vec<i32> = backends.fetch_all(&mut connection).await.unwrap();
        all.extend(backends);
        connection.close().await.unwrap();
        // The head first: it makes no other one then.
        for pid in &all {
            signal_to(*pid, libc::SIGSTOP);
        }
        Self(all)
    }
}

impl Drop for Standstill {
    fn drop(&mut self) {
        for pid in &self.0 {
            signal_to(*pid, libc::SIGCONT);
        }
    }
}

// Status, `retry-after`, the answer, and how long it took.
async fn timed(client: &Client, document: &str, variables: &Value) -> (u16, Option<String>, Value, Duration) {
    let began = Instant::now();
    let request = client.request(reqwest::Method::POST, "").header("x-tenant", &client.tenant);
    let request = request.header("accept", "application/graphql-response+json");
    let request = request.bearer_auth(client.token.as_ref().unwrap());
    let response = request.json(&json!({"query": document, "variables": variables})).send().await.unwrap();
    let status = response.status().as_u16();
    let after = response.headers().get("retry-after").map(|after| after.to_str().unwrap().to_owned());
    (status, after, response.json().await.unwrap(), began.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_stands_still_nobody_waits_in_vain_for_long() {
    let server = Server::own("overload");
    let shop = Shop::on(&server, Terms::default()).await;
    shop.stock(MANY + 2).await;
    let mei = shop.buyer(100_000_000).await;
    let place = |key: &str| shop.order(1, "95.40", key);
    mei.place(place(&fresh("key"))).await;
    let keys: Vec<String> = (0..MANY).map(|_| fresh("key")).collect();

    let standstill = Standstill::of(&server).await;
    let caught: Vec<_> = keys
        .iter()
        .map(|key| {
            let (mei, input) = (mei.clone(), place(key));
            tokio::spawn(async move { timed(&mei, ORDER_PLACE, &input).await })
        })
        .collect();
    // As soon as it is known …
    let refused = wait_until("somebody turned away", async || {
        let answer = timed(&mei, "{ wallet { id } }", &Value::Null).await;
        (answer.0 == 503 && answer.3 < WAIT / 3).then_some(answer)
    })
    .await;
    assert_eq!(refused.2["errors"][0]["extensions"]["code"], "UNAVAILABLE");
    // … it is told to everybody, for as long as it lasts.
    for turn in 0..40 {
        let key = fresh("late");
        let (status, after, answer, took) = match turn % 2 {
            0 => timed(&mei, ORDER_PLACE, &place(&key)).await,
            _ => timed(&shop.operator, "{ trialBalance { balanced } }", &Value::Null).await,
        };
        assert_eq!(status, 503, "{answer}");
        assert!(after.unwrap().parse::<u64>().unwrap() > 0);
        assert!(answer["errors"][0]["extensions"]["retryAfterMs"].as_u64().unwrap() > 0, "{answer}");
        assert!(took < WAIT / 3, "it took {took:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let ready = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
    assert_eq!(ready.status(), 503);

    drop(standstill);
    // It recovers by itself, for those who were caught too.
    let order = wait_until("an order", async || {
        let (status, _, answer, _) = timed(&mei, ORDER_PLACE, &place("afterwards")).await;
        assert!(status == 200 || status == 503, "{answer}");
        answer["data"]["orderPlace"]["order"]["id"].as_str().map(str::to_owned)
    })
    .await;
    assert!(!order.is_empty());
    for caught in caught {
        let (status, _, answer, _) = caught.await.unwrap();
        assert!(status == 200 || status == 503, "{answer}");
    }
    // Whatever was told them, each key buys once.
    for key in &keys {
        wait_until("an answer", async || {
            let answer = mei.ask(ORDER_PLACE, place(key)).await;
            answer["data"]["orderPlace"]["order"]["id"].as_str().map(str::to_owned)
        })
        .await;
    }
    wait_until("readiness", async || {
        let ready = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
        (ready.status() == 200).then_some(())
    })
    .await;
    let (code, out, error) = server.command(&["check"], "");
    assert_eq!(code, 0, "{out}{error}");
}

#[tokio::test]
async fn memory_is_taken_as_it_is_needed_and_never_by_huge_pages() {
    let server = Server::shared();
    let head = std::fs::read_to_string(server.folder().join("data/postgres/postmaster.pid")).unwrap();
    for pid in [server.pid(), head.lines().next().unwrap().trim().parse().unwrap()] {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
        // Older kernels do not say.
        let said = status.lines().find_map(|line| line.strip_prefix("THP_enabled:"));
        assert!(said.is_none_or(|said| said.trim() == "0"), "{pid}: {said:?}");
    }
}
