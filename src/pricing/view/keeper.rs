//! What goes on beside the requests: bringing on what is asked for, and sweeping up what everyone has read.

use super::{Kept, Seen, Views, rows};
use crate::foundation::{Db, Fault, Scope, id::NetworkId, now};
use futures_util::future;
use sqlx::Row;
use std::{
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How often the database is asked what has changed, for all networks at once.
const POLL: Duration = Duration::from_millis(150);
/// The longest pause while the database is away.
const AWAY: Duration = Duration::from_secs(3);
/// A network that nobody has asked for is kept this long.
const IDLE: Duration = Duration::from_mins(5);

// The lock's number: "lists" in ASCII, so that no other lock is likely to be the same.
const LOCK: i64 = 0x6c_6973_7473;

impl Views {
    /// Follows the database until shutdown; outlives any outage of it.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut pause = POLL;
        while !shutdown.is_cancelled() {
            match self.round().await {
                Ok(()) => pause = POLL,
                Err(fault) => {
                    // Said once an outage, not at every try.
                    if pause == POLL {
                        tracing::warn!(%fault, "listings can't be followed");
                    }
                    pause = (pause * 2).min(AWAY);
                }
            }
            tokio::select! { () = tokio::time::sleep(pause) => {}, () = shutdown.cancelled() => {} }
        }
    }

    // Brings on every network that is kept; drops those that nobody asks for any more.
    async fn round(&self) -> Result<(), Fault> {
        let watched = self.watched();
        if watched.is_empty() {
            return Ok(());
        }
        let changed = self.changed(&watched).await?;
        let looks = changed.into_iter().map(|kept| async move {
            let _turn = kept.turn.lock().await;
            self.look(&kept).await.map(drop)
        });
        future::try_join_all(looks).await.map(drop)
    }

    fn watched(&self) -> Vec<(Arc<Kept>, Arc<Seen>)> {
        let mut networks = self.inner.networks.write().unwrap_or_else(PoisonError::into_inner);
        networks.retain(|_, kept| {
            let asked = *kept.asked.lock().unwrap_or_else(PoisonError::into_inner);
            asked.elapsed() < IDLE
        });
        networks.values().filter_map(|kept| Some((Arc::clone(kept), kept.seen()?))).collect()
    }

    // Those that something has changed in, in one statement for all; the others are as new as this now.
    async fn changed(&self, watched: &[(Arc<Kept>, Arc<Seen>)]) -> Result<Vec<Arc<Kept>>, Fault> {
        let (count, at) = (self.inner.count.load(Ordering::SeqCst), Instant::now());
        let ids: Vec<NetworkId> = watched.iter().map(|(kept, _)| kept.network).collect();
        let snapshots: Vec<&str> = watched.iter().map(|(_, seen)| seen.mark.snapshot.as_str()).collect();
        let mut tx = self.inner.db.begin(Scope::Installation).await?;
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!(
            "select {}, exists (select from listing_feed f
                                 where f.network_id = w.network_id and f.swept > pg_snapshot_xmin(w.snapshot))
                     or exists (select from listing_change c
                                 where c.network_id = w.network_id and c.xid >= pg_snapshot_xmin(w.snapshot)
                                   and not pg_visible_in_snapshot(c.xid, w.snapshot)) as changed
               from unnest($1::uuid[], $2::pg_snapshot[]) with ordinality as w (network_id, snapshot, place)
              order by w.place",
            rows::MARK
        )))
        .bind(ids)
        .bind(snapshots)
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let soon = now() + super::AHEAD;
        let mut changed = Vec::new();
        for (row, (kept, seen)) in rows.iter().zip(watched) {
            let mark: rows::Mark = sqlx::FromRow::from_row(row)?;
            let same = !row.try_get::<bool, _>("changed")? && mark.life == seen.mark.life;
            if same && seen.shelf.due(soon).next().is_none() {
                kept.confirm(seen, Seen { shelf: Arc::clone(&seen.shelf), mark, count, at });
            } else {
                changed.push(Arc::clone(kept));
            }
        }
        Ok(changed)
    }
}

impl Kept {
    // Unless somebody has looked meanwhile.
    fn confirm(&self, was: &Arc<Seen>, is: Seen) {
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, was)) {
            *seen = Some(Arc::new(is));
        }
    }
}

/// Removes changes that every reader has had time to read. One process at a time does it; each keeps in mind
/// since when it has been waiting.
#[derive(Clone, Default)]
pub struct Sweeper {
    // Every transaction before this one had ended at the last call.
    before: Arc<Mutex<Option<String>>>,
}

impl Sweeper {
    /// Removes the changes of transactions that had ended by the last call, and says so to who comes later;
    /// answers how many. The time between two calls is the time to read in: who sleeps for longer reads everything.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn sweep(&self, db: &Db) -> Result<u64, Fault> {
        let mut tx = db.begin(Scope::Installation).await?;
        let (alone, ended): (bool, String) = sqlx::query_as(
            "select pg_try_advisory_xact_lock($1), pg_snapshot_xmin(pg_current_snapshot())::text",
        )
        .bind(LOCK)
        .fetch_one(&mut *tx)
        .await?;
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).replace(ended);
        let Some(before) = before.filter(|_| alone) else { return Ok(0) };
        let swept: i64 = sqlx::query_scalar(
            "with gone as (
               delete from listing_change where xid < $1::xid8 returning network_id),
             told as (
               insert into listing_feed as f (network_id, swept)
               select distinct network_id, $1::xid8 from gone
               on conflict (network_id) do update set swept = greatest(f.swept, excluded.swept))
             select count(*) from gone",
        )
        .bind(before)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(u64::try_from(swept).unwrap_or(0))
    }
}
