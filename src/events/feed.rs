//! Says when logs grow: one feed a process, and in it a tail for each tenant whose log somebody follows.

use super::{
    EventRow, Filter, LogId, log,
    numbers::Numbered,
    pump,
    tail::{Next, Tail},
};
use crate::foundation::{Db, Fault, Scope};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The process's feed. Holds nothing for a tenant whose log nobody follows.
#[derive(Clone, Default)]
pub struct Feed(Arc<Inner>);

struct Inner {
    // What this process calls itself where others hear of its work.
    name: String,
    tails: Mutex<HashMap<LogId, Arc<Tail>>>,
    poked: Notify,
}

impl Default for Inner {
    fn default() -> Self {
        Self { name: Uuid::now_v7().to_string(), tails: Mutex::default(), poked: Notify::new() }
    }
}

impl Feed {
    /// A feed that nobody follows yet.
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    /// Reads what the followed logs have grown by, until shutdown: at once when poked or notified by another
    /// process, and twice a second whatever signal was lost. Outlives any outage of the database.
    pub async fn run(&self, db: Db, shutdown: CancellationToken) {
        tokio::join!(pump::run(self, &db, &shutdown), pump::listen(self, &db, &shutdown));
    }

    /// A hint that logs may have grown; may be lost without harm.
    pub fn poke(&self) {
        self.0.poked.notify_one();
    }

    /// Hands on what this process has just numbered and committed: who follows it need not read it from the database. A
    /// tail that lacks what another process numbered before is read on for.
    pub(super) fn grow(&self, numbered: &[Numbered]) {
        let mut grown: HashMap<LogId, (Arc<Tail>, Vec<EventRow>)> = HashMap::new();
        {
            let tails = self.tails();
            for (log, row) in numbered.iter().flat_map(|event| event.rows(|log| tails.contains_key(log))) {
                let Some(tail) = tails.get(&log) else { continue };
                grown.entry(log).or_insert_with(|| (Arc::clone(tail), Vec::new())).1.push(row);
            }
        }
        let lacking = grown.into_values().filter_map(|(tail, rows)| (!tail.join(rows)).then_some(())).count();
        if lacking > 0 {
            self.poke();
        }
    }

    pub(super) async fn poked(&self) {
        self.0.poked.notified().await;
    }

    // Follows a tenant's log, or in it one order. Whether the reader may is for the caller to say.
    pub(super) async fn subscribe(&self, db: &Db, id: LogId, filter: Filter) -> Result<Subscription, Fault> {
        let seat = self.seat(id);
        let mut tx = db.begin(Scope::Tenant(id.network, id.tenant)).await?;
        let last = log::as_of(&mut tx, id.network, id.tenant).await?;
        tx.commit().await?;
        let grown = seat.tail.tap(last, filter.order());
        let tap = filter.order().map(|order| Tap { tail: Arc::clone(&seat.tail), order });
        Ok(Subscription { filter, grown, last, _tap: tap, seat })
    }

    /// How many tenants' logs are followed here.
    pub fn followed(&self) -> usize {
        self.tails().len()
    }

    /// The tails that know where they are, and where that is.
    pub(super) fn positions(&self) -> Vec<(LogId, Arc<Tail>, i64)> {
        let tails = self.tails();
        tails.iter().filter_map(|(id, tail)| Some((*id, Arc::clone(tail), tail.last()?))).collect()
    }

    fn seat(&self, id: LogId) -> Seat {
        let mut tails = self.tails();
        let tail = Arc::clone(tails.entry(id).or_insert_with(|| Arc::new(Tail::new())));
        tail.enter();
        Seat { feed: self.clone(), id, tail }
    }

    fn tails(&self) -> MutexGuard<'_, HashMap<LogId, Arc<Tail>>> {
        self.0.tails.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// One follower's place. Dropped, it is given back, and with the last one the tail.
pub(super) struct Subscription {
    filter: Filter,
    grown: watch::Receiver<i64>,
    last: i64,
    _tap: Option<Tap>,
    seat: Seat,
}

impl Subscription {
    // The last number in the log when the subscription began.
    pub(super) fn last(&self) -> i64 {
        self.last
    }

    // What of the log is followed.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    // Waits until there may be more than was looked at.
    pub(super) async fn grown(&mut self) {
        if self.grown.changed().await.is_err() {
            // The sender lives in the tail, which this subscription holds.
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn next(&self, at: i64, limit: usize) -> Next {
        self.seat.tail.next(at, &self.filter, limit)
    }
}

struct Seat {
    feed: Feed,
    id: LogId,
    tail: Arc<Tail>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The map first, so that nobody takes a seat between the last leaving and the tail's end.
        let mut tails = self.feed.tails();
        if self.tail.leave() {
            tails.remove(&self.id);
        }
    }
}

struct Tap {
    tail: Arc<Tail>,
    order: Uuid,
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.tail.untap(self.order);
    }
}
