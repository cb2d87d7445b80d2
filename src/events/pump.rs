//! Brings what the followed logs have grown by from the database to their tails, once for all followers.

use super::{EventRow, Feed, sequencer::CHANNEL};
use crate::foundation::{Db, Fault, Scope};
use sqlx::{
    FromRow, Row,
    postgres::{PgListener, PgPoolOptions},
};
use std::{collections::HashMap, time::Duration};
use tokio_util::sync::CancellationToken;

/// The truth, whatever signals are lost: within the promised second, with room.
const POLL: Duration = Duration::from_millis(400);
/// Rounds keep this distance, so that signals can't make a storm: they come once a batch of the sequencer's.
const SPACING: Duration = Duration::from_millis(2);
/// The first pause while the database is away, doubled each time …
const AGAIN: Duration = Duration::from_millis(10);
/// … up to this.
const AWAY: Duration = Duration::from_secs(3);
/// How many events of one log a round brings at most.
const ROWS: usize = 128;
/// How many logs one statement asks about.
const LOGS: usize = 1_024;

/// Pumps until shutdown.
pub(super) async fn run(feed: &Feed, db: &Db, shutdown: &CancellationToken) {
    let mut pause = SPACING;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = feed.poked() => {}
            () = tokio::time::sleep(POLL) => {}
        }
        match drain(feed, db, shutdown).await {
            Ok(()) => pause = SPACING,
            Err(fault) => {
                if pause == SPACING {
                    tracing::warn!(%fault, "the logs can't be followed");
                }
                pause = (pause * 2).max(AGAIN).min(AWAY);
            }
        }
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn drain(feed: &Feed, db: &Db, shutdown: &CancellationToken) -> Result<(), Fault> {
    while round(feed, db).await? && !shutdown.is_cancelled() {}
    Ok(())
}

// Brings each followed log on by at most ROWS; `true` when there may be more.
async fn round(feed: &Feed, db: &Db) -> Result<bool, Fault> {
    let mut more = false;
    for logs in feed.positions().chunks(LOGS) {
        let networks: Vec<_> = logs.iter().map(|(id, _, _)| id.network).collect();
        let tenants: Vec<_> = logs.iter().map(|(id, _, _)| id.tenant).collect();
        let after: Vec<_> = logs.iter().map(|(_, _, last)| *last).collect();
        let mut tx = db.begin_steady(Scope::Installation).await?;
        let rows = sqlx::query(
            "select w.place, e.*
               from unnest($1::uuid[], $2::uuid[], $3::bigint[])
                    with ordinality as w (network_id, tenant_id, seq, place)
              cross join lateral (
                    select p.first_seq + n.place - 1 as seq, e.event_id, e.type, e.subject_id, e.order_id, e.buyer_id,
                           e.order_status, e.claim_status, e.occurred_at
                      from event_page p
                     cross join lateral unnest(p.events) with ordinality as n (event_id, place)
                     cross join lateral (
                           select * from event
                            where network_id = p.network_id and event_id = n.event_id offset 0) e
                     where p.network_id = w.network_id and p.tenant_id = w.tenant_id and p.last_seq > w.seq
                       and p.last_seq < w.seq + $4 + 128 and p.first_seq <= w.seq + $4) e
              where e.seq > w.seq and e.seq <= w.seq + $4
              order by w.place, e.seq",
        )
        .bind(networks)
        .bind(tenants)
        .bind(after)
        .bind(i64::try_from(ROWS).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        let mut grown: HashMap<i64, Vec<EventRow>> = HashMap::new();
        for row in rows {
            grown.entry(row.try_get("place")?).or_default().push(EventRow::from_row(&row)?);
        }
        for (place, (_, tail, _)) in (1..).zip(logs) {
            if let Some(rows) = grown.remove(&place) {
                more |= rows.len() == ROWS;
                tail.grow(rows);
            }
        }
    }
    Ok(more)
}

/// Pokes the feed when a sequencer of another process has numbered something, until shutdown. Its connection
/// is its own, because it is never given back.
pub(super) async fn listen(feed: &Feed, db: &Db, shutdown: &CancellationToken) {
    let options = (*db.pool().connect_options()).clone();
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(AWAY)
        .connect_lazy_with(options);
    let heard = async {
        let mut pause = AGAIN;
        loop {
            let Err(fault) = hear(feed, &pool, &mut pause).await;
            tracing::debug!(%fault, "not listening for other processes; polling goes on");
            feed.poke();
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(AWAY);
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = heard => {}
    }
}

async fn hear(
    feed: &Feed,
    pool: &sqlx::PgPool,
    pause: &mut Duration,
) -> Result<std::convert::Infallible, Fault> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(CHANNEL).await?;
    *pause = AGAIN;
    feed.poke();
    loop {
        // `None` means that it was reconnected and that signals may have been lost: look as well.
        let heard = listener.try_recv().await?;
        if heard.is_none_or(|signal| signal.payload() != feed.name()) {
            feed.poke();
        }
    }
}
