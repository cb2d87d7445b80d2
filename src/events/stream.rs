//! Follows one log from a position on: gapless and in order, because it always goes on from its own position.

use super::{EventRow, EventType, Feed, Filter, LogId, log, tail::Next};
use crate::foundation::{self, Db, Moment, No, Scope};
use futures_util::Stream;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

/// The longest silence; the contract promises 15 s.
pub const HEARTBEAT: Duration = Duration::from_secs(12);

/// How many events are taken at a time.
const PAGE: u32 = 100;

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what happens from now on.
    Now,
    /// Behind that number.
    After(i64),
}

/// One event, or a heartbeat that only moves the position.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The position: everything up to here has been sent or is not asked for.
    pub seq: i64,
    /// The event; `None` on a heartbeat.
    pub event: Option<Arc<EventRow>>,
    /// When it happened; on a heartbeat, now.
    pub at: Moment,
}

impl Envelope {
    /// An event.
    pub fn event(row: impl Into<Arc<EventRow>>) -> Self {
        let row = row.into();
        Self { seq: row.seq, at: row.occurred_at, event: Some(row) }
    }

    fn heartbeat(seq: i64) -> Self {
        Self { seq, event: None, at: foundation::now() }
    }
}

/// What is followed of a log.
#[derive(Clone, Debug)]
pub struct Follow {
    /// From where on.
    pub start: Start,
    /// Only these types.
    pub types: Option<Vec<EventType>>,
    /// Only this order.
    pub order: Option<Uuid>,
    /// The longest silence.
    pub heartbeat: Duration,
}

impl Follow {
    /// Everything from there on.
    pub fn from(start: Start) -> Self {
        Self { start, types: None, order: None, heartbeat: HEARTBEAT }
    }
}

/// Follows the log of the scope's own tenant, as far as the scope may see it. It is pulled: for a reader that
/// does not read, nothing is done and nothing is kept. After an error it ends; the reader comes back with its
/// last position.
///
/// # Errors
/// FORBIDDEN for a scope without a log; BAD_REQUEST for a position that the log has not reached; [`No::Fault`]
/// when the database refuses.
pub async fn stream(
    db: Db,
    feed: Feed,
    scope: Scope,
    follow: Follow,
) -> Result<impl Stream<Item = Result<Envelope, No>> + Send + 'static, No> {
    // Tails hold whole logs: here, and by no argument, is decided whose and what of it.
    let id = LogId::of(scope).ok_or(No::Forbidden)?;
    let Follow { start, types, order, heartbeat } = follow;
    let filter = Filter::of(scope, types, order);
    let mut subscription = feed.subscribe(&db, id, filter).await?;
    let mut at = match start {
        Start::Now => subscription.last(),
        Start::After(seq) if seq > subscription.last() => {
            return Err(No::BadRequest("the cursor is ahead of the log"));
        }
        Start::After(seq) => seq,
    };
    Ok(async_stream::try_stream! {
        let mut due = Instant::now() + heartbeat;
        loop {
            let from = at;
            let limit = usize::try_from(PAGE).unwrap_or(usize::MAX);
            match subscription.next(at, limit) {
                Next::Rows(rows, to) => {
                    for row in rows {
                        yield Envelope::event(row);
                        due = Instant::now() + heartbeat;
                    }
                    at = to;
                }
                Next::Behind => {
                    // Apart: most streams never fall behind, and keep no room for it.
                    let page = Box::pin(log::read(&db, scope, id, at, PAGE, subscription.filter())).await?;
                    for row in page.rows {
                        yield Envelope::event(row);
                        due = Instant::now() + heartbeat;
                    }
                    at = page.to;
                }
            }
            if Instant::now() >= due {
                yield Envelope::heartbeat(at);
                due = Instant::now() + heartbeat;
            }
            if at == from {
                tokio::select! {
                    () = subscription.grown() => {}
                    () = sleep_until(due) => {}
                }
            }
        }
    })
}
