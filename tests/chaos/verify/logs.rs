//! Everybody who followed a log has seen all of it, once and in order.

use crate::{
    followers::{Followers, Seen, content},
    run::Run,
};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long the last of them may take to come to the end.
const PATIENCE: Duration = Duration::from_mins(5);

/// Waits until each is at the end of its log, then compares.
pub async fn followed(run: &Run, followers: &Followers) {
    let started = Instant::now();
    let mut logs: BTreeMap<&str, (Vec<u64>, &Seen)> = BTreeMap::new();
    for seen in &followers.seen {
        let log = log(run, &seen.tenant).await;
        while seen.count() < log.len() {
            if started.elapsed() > PATIENCE {
                run.violation(format!("{}, and its log has {}", seen.told(), log.len()));
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        run.history.note(&seen.told());
        // Whatever came meanwhile stands behind.
        let contents: Vec<u64> = seen.contents().into_iter().take(log.len()).collect();
        if contents != log {
            let at = contents.iter().zip(&log).position(|(a, b)| a != b);
            run.violation(format!("{} says something else than the database: {at:?}", seen.name));
        }
        match logs.get(&*seen.tenant) {
            None => drop(logs.insert(&seen.tenant, (log, seen))),
            Some((log, other)) => {
                let end = log.len().min(seen.count());
                if seen.ids()[..end] != other.ids()[..end.min(other.count())] {
                    run.violation(format!("{} and {} know events by other ids", seen.name, other.name));
                }
            }
        }
    }
}

// Number, type, subject, the order's status, the claim's.
type Row = (i64, String, Option<String>, Option<String>, Option<String>);

// A tenant's log as it is in the database; its numbers have no gap.
async fn log(run: &Run, tenant: &str) -> Vec<u64> {
    let mut connection = run.cluster.patient().await;
    let rows: Vec<Row> = sqlx::query_as(
        "select e.seq, e.type, e.subject_id, e.order_status, e.claim_status
           from event_log e join tenant t on t.network_id = e.network_id and t.tenant_id = e.tenant_id
          where t.handle = $1 order by e.seq",
    )
    .bind(tenant)
    .fetch_all(&mut connection)
    .await
    .unwrap();
    for ((seq, ..), expected) in rows.iter().zip(1..) {
        if *seq != expected {
            run.violation(format!("the log of {tenant} has {seq} where {expected} should be"));
            break;
        }
    }
    let text = |field: Option<String>| field.unwrap_or_default();
    rows.into_iter()
        .map(|(_, kind, subject, order, claim)| content(&kind, &text(subject), &text(order), &text(claim)))
        .collect()
}
