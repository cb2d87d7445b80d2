//! Numbers what the outbox holds, for each tenant concerned.
//!
//! Every process runs one; a lock that the transaction holds lets one at a time work, so that when a process
//! dies the next batch is simply another's. Because numbers and rows are committed together by one writer at
//! a time, a reader that sees number n sees every number below it.

use super::{
    Feed,
    numbers::{self, Numbered, Taken},
};
use crate::foundation::{Db, Fault, Scope, Turn};
use sqlx::SqlStr;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How many rows of the outbox one transaction numbers, each of a few events.
const BATCH: i64 = 500;
/// Let a little gather, so that a busy shop costs few commits …
const LINGER: Duration = Duration::from_millis(2);
/// … and more while it is busy, when a page of a log can hold many events as well as one …
const BUSY: Duration = Duration::from_millis(6);
/// … which is when a batch was of so many.
const MANY: usize = 64;
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
pub(super) const TAKE: &str = "
with head as materialized (
       select id, network_id, xid from outbox order by id limit $1),
     cut as (
       select min(id) as id from head where xid >= pg_snapshot_xmin(pg_current_snapshot())),
     taken as (
       delete from outbox o using head h, cut
        where o.network_id = h.network_id and o.id = h.id and (cut.id is null or h.id < cut.id)
       returning o.*)
select network_id, facts, occurred_at from taken order by id";

/// Numbers one batch and answers how many events were in it; none where another process is at work.
///
/// # Errors
/// [`Fault`] when the database refuses; then nothing has happened.
pub async fn sequence_once(db: &Db) -> Result<usize, Fault> {
    Ok(number(db, SqlStr::from_static(TAKE), "").await?.len())
}

// Apart, so that a test can show what becomes of the log without the bound.
pub(super) async fn number(db: &Db, sql: SqlStr, by: &str) -> Result<Vec<Numbered>, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(Vec::new());
    }
    let taken: Vec<Taken> = sqlx::query_as(sql).bind(BATCH).fetch_all(&mut *tx).await?;
    let mut numbered = Vec::new();
    if !taken.is_empty() {
        numbered = numbers::give(&mut tx, taken, by).await?;
    }
    tx.commit().await?;
    Ok(numbered)
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
    let mut linger = LINGER;
    let mut away = false;
    let mut late = Instant::now();
    while !shutdown.is_cancelled() {
        match number(&db, SqlStr::from_static(TAKE), feed.name()).await {
            Ok(numbered) => {
                let taken = numbered.len();
                if away {
                    tracing::info!("events are numbered again");
                }
                away = false;
                if taken > 0 {
                    feed.grow(&numbered);
                    pause = SOON;
                } else {
                    pause = (pause * 2).min(IDLE);
                    late = warn_if_late(&db, late).await;
                }
                linger = if taken < MANY { LINGER } else { BUSY };
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
                tokio::time::sleep(linger).await;
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
