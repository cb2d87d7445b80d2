//! Numbers what the outbox holds, for each tenant concerned.
//!
//! Every process runs one; a lock that the transaction holds lets one at a time work, so that when a process
//! dies the next batch is simply another's. Because numbers and rows are committed together by one writer at
//! a time, a reader that sees number n sees every number below it.

use super::Feed;
use crate::foundation::{Db, Fault, Scope, Turn};
use sqlx::SqlStr;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How many events one transaction numbers.
const BATCH: i64 = 1_000;
/// Let a little gather, so that a busy shop costs few commits; what comes while a batch is numbered gathers too.
const LINGER: Duration = Duration::from_millis(2);
/// The first look after something was there, doubled each time there is nothing …
const SOON: Duration = Duration::from_millis(10);
/// … up to this: what another process records is found this late at worst.
const IDLE: Duration = Duration::from_millis(250);
/// The longest pause while the database is away.
const AWAY: Duration = Duration::from_secs(3);
/// An event that waits longer than this is worth a warning …
const LATE: Duration = Duration::from_secs(5);
/// … this often.
const WARN_EVERY: Duration = Duration::from_secs(10);

/// Where the sequencers of an installation listen for each other's batches.
pub const CHANNEL: &str = "cardamom_events";

/// Numbering events.
pub const TURN: Turn = Turn::named(*b"\0\0events");

// Takes the oldest rows up to the first that is not yet below the snapshot's xmin: stopping there keeps the
// order by id across batches too (see 0009_events.sql). One statement, hence one snapshot.
pub(super) const NUMBER: &str = "
with head as materialized (
       select network_id, id, xid from outbox order by id limit $1),
     cut as (
       select min(id) as id from head where xid >= pg_snapshot_xmin(pg_current_snapshot())),
     taken as (
       delete from outbox o using head h, cut
        where o.network_id = h.network_id and o.id = h.id and (cut.id is null or h.id < cut.id)
       returning o.*),
     fan as (
       select t.*, a.tenant_id,
              row_number() over (partition by t.network_id, a.tenant_id order by t.id) as place,
              count(*) over (partition by t.network_id, a.tenant_id) as count
         from taken t cross join lateral (select distinct unnest(t.audience) as tenant_id) a),
     grown as (
       insert into event_log as l (network_id, tenant_id, last_seq)
       select network_id, tenant_id, count(*) from fan group by network_id, tenant_id
       on conflict (network_id, tenant_id) do update set last_seq = l.last_seq + excluded.last_seq
       returning network_id, tenant_id, last_seq),
     written as (
       insert into event (network_id, tenant_id, seq, event_id, type, subject_id, order_id, buyer_id,
                          order_status, claim_status, occurred_at)
       select f.network_id, f.tenant_id, g.last_seq - f.count + f.place, f.event_id, f.type, f.subject_id,
              f.order_id, f.buyer_id, f.order_status, f.claim_status, f.occurred_at
         from fan f
         join grown g on g.network_id = f.network_id and g.tenant_id = f.tenant_id)
select (select count(*) from taken)";

/// Numbers one batch and answers how many events were in it; none where another process is at work.
///
/// # Errors
/// [`Fault`] when the database refuses; then nothing has happened.
pub async fn sequence_once(db: &Db) -> Result<usize, Fault> {
    number(db, SqlStr::from_static(NUMBER)).await
}

// Apart, so that a test can show what becomes of the log without the bound.
pub(super) async fn number(db: &Db, sql: SqlStr) -> Result<usize, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let taken: i64 = sqlx::query_scalar(sql).bind(BATCH).fetch_one(&mut *tx).await?;
    if taken > 0 {
        // Here and not where events are recorded: it holds a lock of the whole cluster until the commit.
        sqlx::query("select pg_notify($1, '')").bind(CHANNEL).execute(&mut *tx).await?;
    }
    tx.commit().await?;
    Ok(usize::try_from(taken).unwrap_or(0))
}

/// How long the oldest event that has no number yet has waited.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn lag(db: &Db) -> Result<Duration, Fault> {
    let mut tx = db.begin(Scope::Installation).await?;
    let seconds: Option<f64> = sqlx::query_scalar(
        "select extract(epoch from clock_timestamp() - occurred_at)::float8 from outbox order by id limit 1",
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default())
}

/// Numbers events until shutdown; outlives any outage of the database.
pub async fn run(db: Db, feed: Feed, shutdown: CancellationToken) {
    let recorded = db.recorded();
    let mut pause = SOON;
    let mut away = false;
    let mut late = Instant::now();
    while !shutdown.is_cancelled() {
        match sequence_once(&db).await {
            Ok(taken) => {
                if away {
                    tracing::info!("events are numbered again");
                }
                away = false;
                if taken > 0 {
                    feed.poke();
                    pause = SOON;
                } else {
                    pause = (pause * 2).min(IDLE);
                    late = warn_if_late(&db, late).await;
                }
                if i64::try_from(taken) == Ok(BATCH) {
                    continue;
                }
            }
            Err(fault) => {
                if !away {
                    tracing::warn!(%fault, "events can't be numbered");
                }
                away = true;
                pause = (pause * 2).min(AWAY);
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = recorded.notified(), if !away => {
                pause = SOON;
                tokio::time::sleep(LINGER).await;
            }
            () = tokio::time::sleep(pause) => {}
        }
    }
}

// Looks once a second while nothing could be numbered, and answers when to look again.
async fn warn_if_late(db: &Db, due: Instant) -> Instant {
    if Instant::now() < due {
        return due;
    }
    match lag(db).await {
        Ok(lag) if lag >= LATE => {
            tracing::warn!(
                seconds = lag.as_secs(),
                "events wait to be numbered: is a transaction open for long?"
            );
            Instant::now() + WARN_EVERY
        }
        _ => Instant::now() + Duration::from_secs(1),
    }
}
