//! The last events of one tenant's log, in memory: read once, shared by all who follow the log.

use super::{EventRow, Filter};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};
use tokio::sync::watch;
use uuid::Uuid;

/// How many events a tail keeps; who falls further behind reads the database.
pub(super) const KEPT: usize = 1_024;

/// What a reader finds behind its position.
pub(super) enum Next {
    /// These events, and that there is nothing else up to that number.
    Rows(Vec<Arc<EventRow>>, i64),
    /// The position is older than what is kept.
    Behind,
}

/// One log's tail.
pub(super) struct Tail {
    state: RwLock<State>,
    grown: watch::Sender<i64>,
}

#[derive(Default)]
struct State {
    // The rows are those numbered base + 1 to last. `None` until somebody has read where the log ends.
    ends: Option<(i64, i64)>,
    rows: VecDeque<Arc<EventRow>>,
    readers: usize,
    orders: HashMap<Uuid, OrderTap>,
}

// Those who follow one order are woken by that order's events alone: a busy site has thousands of them.
struct OrderTap {
    // No event of the order has a greater number, as far as the tail has come.
    matched: i64,
    grown: watch::Sender<i64>,
    readers: usize,
}

impl Tail {
    pub(super) fn new() -> Self {
        Self { state: RwLock::default(), grown: watch::Sender::new(0) }
    }

    /// Counts a reader in, before anything is awaited.
    pub(super) fn enter(&self) {
        self.write().readers += 1;
    }

    /// Says where the log ends, for a tail that does not know yet, and taps it.
    pub(super) fn tap(&self, last: i64, order: Option<Uuid>) -> watch::Receiver<i64> {
        let mut state = self.write();
        let (_, last) = *state.ends.get_or_insert((last, last));
        match order {
            None => self.grown.subscribe(),
            Some(order) => {
                let tap = state.orders.entry(order).or_insert_with(|| OrderTap {
                    matched: last,
                    grown: watch::Sender::new(0),
                    readers: 0,
                });
                tap.readers += 1;
                tap.grown.subscribe()
            }
        }
    }

    /// Gives an order's tap back.
    pub(super) fn untap(&self, order: Uuid) {
        let mut state = self.write();
        if let Some(tap) = state.orders.get_mut(&order) {
            tap.readers -= 1;
            if tap.readers == 0 {
                state.orders.remove(&order);
            }
        }
    }

    /// Counts a reader out; `true` when it was the last.
    pub(super) fn leave(&self) -> bool {
        let mut state = self.write();
        state.readers -= 1;
        state.readers == 0
    }

    /// The number from which the tail wants to be told more.
    pub(super) fn last(&self) -> Option<i64> {
        self.read().ends.map(|(_, last)| last)
    }

    /// Adds what the log has grown by, in order, and wakes the readers.
    pub(super) fn grow(&self, rows: impl IntoIterator<Item = EventRow>) {
        let mut state = self.write();
        let state = &mut *state;
        let Some((base, last)) = &mut state.ends else { return };
        let before = *last;
        for row in rows {
            if row.seq <= *last {
                continue;
            }
            if row.seq != *last + 1 {
                // Never seen while the sequencer leaves no gap; then readers had better look for themselves.
                state.rows.clear();
                *base = row.seq - 1;
                state.orders.values_mut().for_each(|tap| tap.matched = row.seq);
            }
            *last = row.seq;
            if let Some(tap) = row.order.and_then(|order| state.orders.get_mut(&order)) {
                tap.matched = row.seq;
            }
            state.rows.push_back(Arc::new(row));
            if state.rows.len() > KEPT {
                state.rows.pop_front();
                *base += 1;
            }
        }
        if *last > before {
            self.grown.send_replace(*last);
            for tap in state.orders.values().filter(|tap| tap.matched > before) {
                tap.grown.send_replace(tap.matched);
            }
        }
    }

    /// Adds what the log has grown by, unless something before it is lacking, or the tail does not know yet where the log
    /// ends: then nothing, and `false`.
    pub(super) fn join(&self, rows: Vec<EventRow>) -> bool {
        let first = rows.first().map(|row| row.seq);
        // Nobody else takes anything away: what joins now joins below, too.
        let joins = self.last().zip(first).is_some_and(|(last, first)| first <= last + 1);
        if joins {
            self.grow(rows);
        }
        joins
    }

    /// Up to `limit` events behind `at` that the filter takes.
    pub(super) fn next(&self, at: i64, filter: &Filter, limit: usize) -> Next {
        let state = self.read();
        let Some((base, last)) = state.ends else { return Next::Behind };
        if at >= last {
            return Next::Rows(Vec::new(), at);
        }
        if let Some(tap) = filter.order().and_then(|order| state.orders.get(&order))
            && tap.matched <= at
        {
            return Next::Rows(Vec::new(), last);
        }
        let Ok(skip) = usize::try_from(at - base) else { return Next::Behind };
        let mut found = Vec::new();
        for row in state.rows.iter().skip(skip) {
            if filter.takes(row) {
                found.push(Arc::clone(row));
                if found.len() == limit {
                    return Next::Rows(found, row.seq);
                }
            }
        }
        Next::Rows(found, last)
    }

    // A reader that panicked has left nothing half-done here.
    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::{events::EventType, foundation::id::UserId};

    pub(in crate::events) fn row(seq: i64, order: Option<Uuid>, buyer: Option<UserId>) -> EventRow {
        EventRow {
            seq,
            event: Uuid::now_v7(),
            kind: Some(EventType::OrderPlaced),
            subject: None,
            order,
            buyer,
            order_status: None,
            claim_status: None,
            occurred_at: crate::foundation::Moment::UNIX_EPOCH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::row, *};

    fn next(tail: &Tail, at: i64, filter: &Filter, limit: usize) -> Option<(Vec<i64>, i64)> {
        match tail.next(at, filter, limit) {
            Next::Rows(rows, to) => Some((rows.iter().map(|row| row.seq).collect(), to)),
            Next::Behind => None,
        }
    }

    fn of_order(order: Uuid) -> Filter {
        let scope = crate::foundation::Scope::Installation;
        Filter::of(scope, None, Some(order))
    }

    #[test]
    fn it_gives_each_number_once_and_sends_the_late_to_the_database() {
        let (tail, all) = (Tail::new(), Filter::default());
        assert_eq!(next(&tail, 0, &all, 10), None, "not before it knows where the log ends");
        tail.enter();
        let mut grown = tail.tap(10, None);
        assert_eq!(next(&tail, 10, &all, 10), Some((vec![], 10)));
        assert_eq!(next(&tail, 9, &all, 10), None);
        assert!(!grown.has_changed().unwrap());
        tail.grow((11..=13).map(|seq| row(seq, None, None)));
        tail.grow((12..=14).map(|seq| row(seq, None, None))); // told twice, kept once
        assert!(grown.has_changed().unwrap());
        assert_eq!(*grown.borrow_and_update(), 14);
        assert_eq!(next(&tail, 10, &all, 3), Some((vec![11, 12, 13], 13)));
        assert_eq!(next(&tail, 13, &all, 3), Some((vec![14], 14)));
        let kept = i64::try_from(KEPT).unwrap();
        tail.grow((15..=14 + kept).map(|seq| row(seq, None, None)));
        assert_eq!(next(&tail, 13, &all, 3), None);
        assert_eq!(next(&tail, 14, &all, 1), Some((vec![15], 15)));
        assert!(tail.leave());
    }

    #[test]
    fn what_joins_nothing_is_left_to_the_database() {
        let (tail, all) = (Tail::new(), Filter::default());
        assert!(!tail.join(vec![row(11, None, None)]), "it does not know where the log ends");
        let _grown = tail.tap(10, None);
        assert!(!tail.join(vec![row(12, None, None)]), "11 is lacking");
        assert_eq!(next(&tail, 10, &all, 9), Some((vec![], 10)));
        assert!(tail.join(vec![row(11, None, None), row(12, None, None)]));
        assert!(tail.join(vec![row(12, None, None), row(13, None, None)]), "told twice");
        assert_eq!(next(&tail, 10, &all, 9), Some((vec![11, 12, 13], 13)));
    }

    #[test]
    fn who_follows_an_order_is_woken_by_it_alone() {
        let (tail, mine, other) = (Tail::new(), Uuid::now_v7(), Uuid::now_v7());
        tail.enter();
        let mut grown = tail.tap(5, Some(mine));
        // An older position may lie before an event of the order that the tail has not seen.
        assert_eq!(next(&tail, 3, &of_order(mine), 10), None);
        let kept = i64::try_from(KEPT).unwrap();
        tail.grow((6..=5 + 2 * kept).map(|seq| row(seq, Some(other), None)));
        assert!(!grown.has_changed().unwrap());
        assert_eq!(next(&tail, 5, &of_order(mine), 10), Some((vec![], 5 + 2 * kept)), "nothing was missed");
        tail.grow([row(6 + 2 * kept, Some(mine), None)]);
        assert!(grown.has_changed().unwrap());
        assert_eq!(*grown.borrow_and_update(), 6 + 2 * kept);
        assert_eq!(next(&tail, 5 + 2 * kept, &of_order(mine), 10), Some((vec![6 + 2 * kept], 6 + 2 * kept)));
        tail.untap(mine);
        assert!(tail.leave());
        assert!(tail.read().orders.is_empty());
    }

    #[test]
    fn a_gap_sends_every_reader_to_the_database() {
        let (tail, order) = (Tail::new(), Uuid::now_v7());
        let _grown = tail.tap(1, Some(order));
        tail.grow([row(2, None, None), row(5, None, None)]);
        assert_eq!(next(&tail, 2, &Filter::default(), 9), None);
        assert_eq!(next(&tail, 2, &of_order(order), 9), None);
        assert_eq!(next(&tail, 4, &Filter::default(), 9), Some((vec![5], 5)));
    }
}
