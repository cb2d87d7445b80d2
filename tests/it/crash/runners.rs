//! What runs beside the requests has one runner over all processes, and another when that one is gone: killed, or
//! stopped in the middle of its work.

use super::{
    assert_sound,
    storm::superuser,
    together::{second, url_of},
};
use crate::support::{Client, ORDER_PLACE, Server, Shop, Terms, delivery, fresh, id, wait_until};
use cardamom::{events::sequencer, foundation::Turn, orders::release, provenance::runner, warranty::clock};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use std::time::{Duration, Instant};

/// Others are at work within this; with what a busy machine adds before it is seen.
const TAKEN_OVER: Duration = Duration::from_secs(5);
const SEEN: Duration = Duration::from_secs(5);

const SECOND: &str = "the-second";

struct Pair {
    first: Server,
    second: Server,
    shop: Shop,
    /// A buyer with one delivered card.
    mei: Client,
    bought: String,
}

impl Pair {
    async fn start(name: &str) -> Self {
        let first = Server::own(name);
        let shop = Shop::on(&first, Terms::default()).await;
        shop.stock(20).await;
        let mei = shop.buyer(1_000_000).await;
        let order = mei.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
        let bought = delivery(&order["order"]);
        let url = format!("{}&application_name={SECOND}", url_of(&first, "postgres", "cardamom"));
        let second = second(&first, &format!("{name}-second"), &url);
        Self { first, second, shop, mei, bought }
    }

    async fn database(&self) -> PgConnection {
        superuser(&self.first, "cardamom").await
    }

    /// Holds up whoever has the turn, by a lock on a table that it needs, and makes some work for it; waits until
    /// that is the second server, sends it the signal, and lets go.
    async fn strike(&self, turn: Turn, table: &str, work: &str, signal: i32) -> Instant {
        let (mut lock, mut look) = (self.database().await, self.database().await);
        let deadline = Instant::now() + Duration::from_secs(40);
        let mut tx = lock.begin().await.unwrap();
        let sql = format!("lock table {table} in exclusive mode");
        tx.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.unwrap();
        look.execute(sqlx::raw_sql(AssertSqlSafe(work.to_owned()))).await.unwrap();
        loop {
            let caught: bool = sqlx::query_scalar(
                "select exists (select from pg_locks l join pg_stat_activity a using (pid)
                                 where l.locktype = 'advisory' and l.granted and a.application_name = $1
                                   and (l.classid::bigint << 32 | l.objid::bigint) = $2
                                   and a.wait_event_type = 'Lock')",
            )
            .bind(SECOND)
            .bind(turn.number())
            .fetch_one(&mut look)
            .await
            .unwrap();
            if caught {
                break;
            }
            assert!(Instant::now() < deadline, "the second server never had that turn");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.second.signal(signal);
        tx.rollback().await.unwrap();
        Instant::now()
    }

    /// The second goes on, if it can, and does no harm.
    async fn end(self) {
        self.second.signal(libc::SIGCONT);
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert_sound(&self.first);
        self.second.signal(libc::SIGKILL);
        let left = self.second.wait();
        let _ = std::fs::remove_dir_all(left);
    }
}

async fn number(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

fn assert_taken_over(struck: Instant) {
    let took = struck.elapsed();
    assert!(took < TAKEN_OVER + SEEN, "it took {took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_its_runner_did_not_end_is_anothers() {
    for (name, signal) in [("release-killed", libc::SIGKILL), ("release-stopped", libc::SIGSTOP)] {
        let pair = Pair::start(name).await;
        let mut database = pair.database().await;
        let due = "update delivery set release_at = now() - interval '1 second'";
        let struck = pair.strike(release::TURN, "journal_entry", due, signal).await;
        wait_until("the release", async || {
            let left = number(&mut database, "select count(*) from delivery where released_at is null").await;
            (left == 0).then_some(())
        })
        .await;
        assert_taken_over(struck);
        let entries = "select count(*) from journal_entry where key like 'release:%'";
        assert_eq!(number(&mut database, entries).await, 1, "{name}");
        database.close().await.unwrap();
        pair.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_claim_that_its_runner_did_not_move_on_is_moved_by_another() {
    for (name, signal) in [("claim-killed", libc::SIGKILL), ("claim-stopped", libc::SIGSTOP)] {
        let pair = Pair::start(name).await;
        pair.mei.claim(&pair.bought).await;
        let mut database = pair.database().await;
        let steps = "select count(*) from claim_step";
        let before = number(&mut database, steps).await;
        let due = "update claim set due_at = now() - interval '1 second'";
        let struck = pair.strike(clock::TURN, "claim_step", due, signal).await;
        wait_until("the step", async || (number(&mut database, steps).await > before).then_some(())).await;
        assert_taken_over(struck);
        assert_eq!(number(&mut database, steps).await, before + 1, "{name}");
        database.close().await.unwrap();
        pair.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_one_sequencer_did_not_number_are_numbered_by_another() {
    for (name, signal) in [("events-killed", libc::SIGKILL), ("events-stopped", libc::SIGSTOP)] {
        let pair = Pair::start(name).await;
        let mut database = pair.database().await;
        wait_until("nothing to number", async || {
            (number(&mut database, "select count(*) from outbox").await == 0).then_some(())
        })
        .await;
        let striking = pair.strike(sequencer::TURN, "event_page", "select", signal);
        // The orders go to the first; whose sequencer numbers them is as it happens.
        let ordering = async {
            let mut orders = Vec::new();
            for _ in 0..3 {
                let placed = pair.mei.done(ORDER_PLACE, pair.shop.order(1, "95.40", &fresh("key"))).await;
                orders.push(id(&placed["order"]));
            }
            orders
        };
        let (struck, orders) = tokio::join!(striking, ordering);
        wait_until("every number", async || {
            (number(&mut database, "select count(*) from outbox").await == 0).then_some(())
        })
        .await;
        assert_taken_over(struck);
        let log = pair.shop.b.owner.log().await;
        let placed = |order: &String| {
            let about =
                |event: &&Value| event["type"] == "ORDER_PLACED" && event["subjectId"] == order.as_str();
            log.iter().filter(about).count()
        };
        assert_eq!(orders.iter().map(placed).collect::<Vec<_>>(), [1, 1, 1], "{name}");
        database.close().await.unwrap();
        pair.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_that_one_runner_did_not_write_to_their_log_are_written_by_another() {
    for (name, signal) in [("steps-killed", libc::SIGKILL), ("steps-stopped", libc::SIGSTOP)] {
        let pair = Pair::start(name).await;
        let mut database = pair.database().await;
        let waiting = "select count(*) from provenance_queue";
        wait_until("nothing to write", async || (number(&mut database, waiting).await == 0).then_some(()))
            .await;
        let sold = "select count(*) from provenance_leaf where data like '%\"SOLD\"%'";
        let before = number(&mut database, sold).await;
        let striking = pair.strike(runner::TURN, "provenance_leaf", "select", signal);
        let ordering = async {
            for _ in 0..3 {
                pair.mei.done(ORDER_PLACE, pair.shop.order(1, "95.40", &fresh("key"))).await;
            }
        };
        let (struck, ()) = tokio::join!(striking, ordering);
        wait_until("every step", async || (number(&mut database, waiting).await == 0).then_some(())).await;
        assert_taken_over(struck);
        assert_eq!(number(&mut database, sold).await, before + 3, "{name}");
        database.close().await.unwrap();
        pair.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_its_server_did_not_end_goes_on_at_another() {
    const LINES: i64 = 40_000;
    for (name, signal) in [("import-killed", libc::SIGKILL), ("import-stopped", libc::SIGSTOP)] {
        let pair = Pair::start(name).await;
        let mut database = pair.database().await;
        let before = number(&mut database, "select count(*) from card").await;
        let content: String = (0..LINES).map(|n| format!("TAKEN-OVER-{n:08}\n")).collect();
        let sent = reqwest::Client::new()
            .post(format!("{}/imports/cards?variant={}&format=LINES", pair.second.url, pair.shop.variant))
            .header("x-tenant", &pair.shop.supplier.handle)
            .header("idempotency-key", fresh("file"))
            .bearer_auth(pair.shop.supplier.owner.token.as_ref().unwrap())
            .body(content)
            .send();
        let answer: Value = sent.await.unwrap().json().await.unwrap();
        let import = id(&answer["import"]);
        let lines = "select max(processed)::bigint from card_import";
        wait_until("its first lines", async || (number(&mut database, lines).await >= 2_000).then_some(()))
            .await;
        pair.second.signal(signal);
        let (struck, stood) = (Instant::now(), number(&mut database, lines).await);
        assert!(stood < LINES, "it was over before it was struck");
        wait_until("more lines", async || (number(&mut database, lines).await > stood + 2_000).then_some(()))
            .await;
        assert_taken_over(struck);
        let report = wait_until("its end", async || {
            let asked =
                "query($id: ID!) { cardImport(id: $id) { status processed accepted duplicates rejected } }";
            let report = pair.shop.supplier.owner.get(asked, json!({"id": import})).await;
            (report["status"] != "RUNNING").then_some(report)
        })
        .await;
        let want =
            json!({"status": "DONE", "processed": LINES, "accepted": LINES, "duplicates": 0, "rejected": 0});
        assert_eq!(report, want, "{name}");
        // Its cards are there once, and nothing is left of what it was read from.
        assert_eq!(number(&mut database, "select count(*) from card").await, before + LINES);
        assert_eq!(number(&mut database, "select count(*) from import_piece").await, 0);
        database.close().await.unwrap();
        pair.end().await;
    }
}
