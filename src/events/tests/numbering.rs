//! What the sequencer promises.

use super::{Ground, event};
use crate::{
    events::{EventRow, Feed, Filter, log, record, sequencer},
    foundation::{Db, Scope, id::TenantId},
};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use std::{
    collections::{HashMap, HashSet},
    sync::Mutex,
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const WRITERS: u64 = 24;
const ENTITIES: usize = 7;

/// What was committed: for each tenant the subjects, and how often each entity changed.
#[derive(Default)]
struct Told {
    subjects: HashMap<TenantId, HashSet<String>>,
    changes: [u32; ENTITIES],
}

// Pseudo-random and the same each time; how transactions interleave is not.
fn dice(state: &mut u64, sides: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % sides
}

/// Transactions of varying length. Like an order's use case, each takes its xid with a first row (there the
/// idempotency key), then waits for the lock of the entity that it changes, and records the change.
async fn write(ground: &Ground, told: &Mutex<Told>, writer: u64, until: Instant) {
    let mut seed = writer + 1;
    while Instant::now() < until {
        let mut tx = ground.begin().await;
        sqlx::query("select pg_current_xact_id()").execute(&mut *tx).await.unwrap();
        tokio::time::sleep(Duration::from_millis(dice(&mut seed, 12))).await;
        let entity = usize::try_from(dice(&mut seed, ENTITIES as u64)).unwrap();
        sqlx::query("select pg_advisory_xact_lock(1, $1)")
            .bind(i32::try_from(entity).unwrap())
            .execute(&mut *tx)
            .await
            .unwrap();
        if dice(&mut seed, 20) == 0 {
            record(&mut tx, ground.network, &[event(&ground.tenants, "rolled back")]).await.unwrap();
            drop(tx);
            continue;
        }
        // The lock is held until the commit is visible, so this counts in the order of commits.
        let change = {
            let mut told = told.lock().unwrap();
            told.changes[entity] += 1;
            told.changes[entity]
        };
        let subject = format!("{entity}:{change}");
        let mut audience = vec![ground.tenants[0]];
        audience.extend(ground.tenants[1..].iter().filter(|_| dice(&mut seed, 2) == 0));
        record(&mut tx, ground.network, &[event(&audience, &subject)]).await.unwrap();
        if dice(&mut seed, 4) == 0 {
            tokio::time::sleep(Duration::from_millis(dice(&mut seed, 25))).await;
        }
        tx.commit().await.unwrap();
        let mut told = told.lock().unwrap();
        for tenant in audience {
            assert!(told.subjects.entry(tenant).or_default().insert(subject.clone()));
        }
    }
}

async fn write_all(ground: &Ground, length: Duration) -> Told {
    let told = Mutex::new(Told::default());
    let until = Instant::now() + length;
    futures_util::future::join_all((0..WRITERS).map(|writer| write(ground, &told, writer, until))).await;
    told.into_inner().unwrap()
}

/// Reads a log page by page, each time from where it stopped, until it is told that no more will come.
async fn read(ground: &Ground, at: usize, done: &CancellationToken) -> Vec<EventRow> {
    let (mut rows, mut after) = (Vec::new(), 0);
    loop {
        let last_round = done.is_cancelled();
        let page = log::read(&ground.db, ground.staff(at), ground.log(at), after, 50, &Filter::default())
            .await
            .unwrap();
        after = page.to;
        rows.extend(page.rows);
        if !page.more {
            if last_round {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }
}

async fn drained(db: &Db) {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let mut tx = db.begin(Scope::Installation).await.unwrap();
        let left: i64 = sqlx::query_scalar("select count(*) from outbox").fetch_one(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        if left == 0 {
            return;
        }
        assert!(Instant::now() < deadline, "{left} events were never numbered");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn causal<'a>(subjects: impl Iterator<Item = &'a str>) -> usize {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut inversions = 0;
    for subject in subjects {
        let (entity, change) = subject.split_once(':').unwrap();
        let change: u32 = change.parse().unwrap();
        let last = seen.entry(entity).or_default();
        if change < *last {
            inversions += 1;
        }
        *last = change.max(*last);
    }
    inversions
}

fn check(rows: &[EventRow], told: &HashSet<String>) {
    let numbers: Vec<i64> = rows.iter().map(|row| row.seq).collect();
    assert_eq!(numbers, (1..=i64::try_from(told.len()).unwrap()).collect::<Vec<_>>());
    let subjects: Vec<&str> = rows.iter().map(|row| row.subject.as_deref().unwrap()).collect();
    assert_eq!(subjects.iter().copied().collect::<HashSet<_>>(), told.iter().map(String::as_str).collect());
    assert_eq!(rows.iter().map(|row| row.event).collect::<HashSet<_>>().len(), rows.len());
    assert_eq!(causal(subjects.into_iter()), 0, "what happened to one thing is in the order in which it did");
}

async fn everything_once(ground: &Ground, sequencers: &[Db]) -> (usize, Duration) {
    let (stop, done) = (CancellationToken::new(), CancellationToken::new());
    let running: Vec<_> = sequencers
        .iter()
        .map(|db| tokio::spawn(sequencer::run(db.clone(), Feed::new(), stop.clone())))
        .collect();
    let began = Instant::now();
    let writing = async {
        let told = write_all(ground, Duration::from_secs(3)).await;
        drained(&ground.db).await;
        done.cancel();
        told
    };
    let (told, one, two, three) =
        tokio::join!(writing, read(ground, 0, &done), read(ground, 1, &done), read(ground, 2, &done));
    let took = began.elapsed();
    for (rows, tenant) in [one, two, three].iter().zip(ground.tenants) {
        check(rows, &told.subjects[&tenant]);
    }
    stop.cancel();
    futures_util::future::join_all(running).await.into_iter().for_each(|end| end.unwrap());
    (told.subjects.values().map(HashSet::len).sum(), took)
}

#[tokio::test]
async fn each_event_is_numbered_once_without_gaps_in_order_under_24_writers() {
    let ground = Ground::new().await;
    let (rows, took) = Box::pin(everything_once(&ground, std::slice::from_ref(&ground.db))).await;
    eprintln!("{rows} rows in {took:?}");
    ground.close().await;
}

#[tokio::test]
async fn two_sequencers_at_once_leave_no_gap_and_repeat_nothing() {
    let ground = Ground::new().await;
    let other = ground.another().await;
    Box::pin(everything_once(&ground, &[ground.db.clone(), other.clone()])).await;
    other.close().await;
    ground.close().await;
}

/// Reads the outbox itself, behind a cursor: how an event gets lost.
async fn naive(ground: &Ground, done: &CancellationToken) -> HashSet<String> {
    const BEHIND: &str =
        "select o.id, f.value ->> 'subject_id' from outbox o, jsonb_array_elements(o.facts) f
        where o.id > $1 order by o.id limit 500";
    let (mut seen, mut after) = (HashSet::new(), 0_i64);
    loop {
        let last_round = done.is_cancelled();
        let mut tx = ground.db.begin(Scope::Installation).await.unwrap();
        let rows: Vec<(i64, String)> = sqlx::query_as(BEHIND).bind(after).fetch_all(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        if rows.is_empty() && last_round {
            return seen;
        }
        after = rows.last().map_or(after, |row| row.0);
        seen.extend(rows.into_iter().map(|row| row.1));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn a_cursor_on_the_outbox_loses_events_and_the_order_of_xids_is_not_that_of_changes() {
    let ground = Ground::new().await;
    let done = CancellationToken::new();
    let writing = async {
        let told = write_all(&ground, Duration::from_secs(3)).await;
        done.cancel();
        told
    };
    let (told, naive) = tokio::join!(writing, naive(&ground, &done));
    let all = &told.subjects[&ground.tenants[0]];
    assert!(naive.len() < all.len(), "the trap that the outbox's order sets was not sprung");
    let mut tx = ground.db.begin(Scope::Installation).await.unwrap();
    let mut inversions = [0, 0];
    for (found, order) in inversions.iter_mut().zip(["xid, id", "id"]) {
        let sql = format!(
            "select f.value ->> 'subject_id' from outbox, jsonb_array_elements(facts) f order by {order}"
        );
        let subjects: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut *tx).await.unwrap();
        *found = causal(subjects.iter().map(String::as_str));
    }
    tx.commit().await.unwrap();
    eprintln!(
        "lost {} of {}; inversions by (xid, id) and by id: {inversions:?}",
        all.len() - naive.len(),
        all.len()
    );
    assert!(inversions[0] > 0);
    assert_eq!(inversions[1], 0);
    ground.close().await;
}

#[tokio::test]
async fn a_transaction_that_stays_open_delays_and_loses_nothing() {
    let ground = Ground::new().await;
    let mut slow = ground.begin().await;
    record(&mut slow, ground.network, &[event(&ground.tenants, "slow")]).await.unwrap();
    for at in 0..5 {
        ground.tell(&[event(&ground.tenants, &format!("quick {at}"))]).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(sequencer::sequence_once(&ground.db).await.unwrap(), 0);
    let lag = sequencer::lag(&ground.db).await.unwrap();
    assert!(lag >= Duration::from_millis(300) && lag < Duration::from_mins(1), "{lag:?}");

    // Without the bound they are numbered ahead of what began before them.
    let unbounded = sequencer::TAKE.replace("xid >= pg_snapshot_xmin(pg_current_snapshot())", "false");
    assert_ne!(unbounded, sequencer::TAKE);
    let number = |sql: String| sequencer::number(&ground.db, AssertSqlSafe(sql).into_sql_str(), "");
    let mut one = ground.begin().await;
    record(&mut one, ground.network, &[event(&ground.tenants, "later")]).await.unwrap();
    one.commit().await.unwrap();
    assert_eq!(number(unbounded).await.unwrap().len(), 6);

    slow.commit().await.unwrap();
    // Transactions of other tests' databases hold up the horizon as well, for their moment.
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut numbered = 0;
    while numbered == 0 && Instant::now() < deadline {
        numbered = sequencer::sequence_once(&ground.db).await.unwrap();
    }
    assert_eq!(numbered, 1);
    assert_eq!(sequencer::lag(&ground.db).await.unwrap(), Duration::ZERO);
    let done = CancellationToken::new();
    done.cancel();
    let rows = read(&ground, 0, &done).await;
    assert_eq!(rows.len(), 7);
    ground.close().await;
}
