//! Who waits for a connection, and whether it is any use to wait as well.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// As many as the connections serve in a tenth of a second when all is well; beyond it, nobody joins.
const MOST: usize = 384;
/// Nobody joins a queue that has not moved for so long, or whose last one had to wait for so long.
const LONG: Duration = Duration::from_secs(2);

/// The queue in front of a pool of connections.
pub(super) struct Queue(Mutex<State>);

struct State {
    waiting: usize,
    // When somebody got what it waited for, or began to wait alone.
    moved: Instant,
    // How long the last one had to wait.
    waited: Duration,
    // Somebody waited in vain, and nobody has had a connection since.
    away: bool,
    looking: bool,
}

impl Default for Queue {
    fn default() -> Self {
        Self(Mutex::new(State {
            waiting: 0,
            moved: Instant::now(),
            waited: Duration::ZERO,
            away: false,
            looking: false,
        }))
    }
}

/// One of those who wait; who gives up is not counted any more.
pub(super) struct Waiting<'a> {
    queue: &'a Queue,
    since: Instant,
}

impl Waiting<'_> {
    /// It has what it waited for, or will not get it.
    pub(super) fn over<T>(self, had: &Result<T, sqlx::Error>) {
        let mut state = self.queue.state();
        match had {
            Ok(_) => {
                state.moved = Instant::now();
                state.waited = state.moved.duration_since(self.since);
                state.away = false;
            }
            Err(sqlx::Error::PoolTimedOut) => state.away = true,
            // A connection that broke says nothing about the next one.
            Err(_) => {}
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.queue.state().waiting -= 1;
    }
}

impl Queue {
    /// Begins to wait.
    pub(super) fn join(&self) -> Waiting<'_> {
        let since = Instant::now();
        let mut state = self.state();
        if state.waiting == 0 {
            (state.moved, state.waited) = (since, Duration::ZERO);
        }
        state.waiting += 1;
        Waiting { queue: self, since }
    }

    /// Whether nobody else should join.
    pub(super) fn is_long(&self) -> bool {
        let state = self.state();
        state.waiting >= MOST || (state.waiting > 0 && (state.waited > LONG || state.moved.elapsed() > LONG))
    }

    /// Whether the last one waited in vain.
    pub(super) fn is_away(&self) -> bool {
        self.state().away
    }

    /// Whether somebody should look if it is still so: said to one at a time, who then says what it has
    /// [`seen`](Self::seen).
    pub(super) fn looks_again(&self) -> bool {
        let mut state = self.state();
        state.away && !std::mem::replace(&mut state.looking, true)
    }

    /// Takes what somebody saw who looked.
    pub(super) fn seen(&self, there: bool) {
        let mut state = self.state();
        state.looking = false;
        state.away &= !there;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_VAIN: Result<(), sqlx::Error> = Err(sqlx::Error::PoolTimedOut);

    #[test]
    fn nobody_joins_a_queue_that_is_full_and_everybody_may_once_some_have_left() {
        let queue = Queue::default();
        let mut waiting: Vec<_> = (0..MOST).map(|_| queue.join()).collect();
        assert!(queue.is_long());
        waiting.pop();
        assert!(!queue.is_long(), "who gives up does not wait any more");
    }

    #[test]
    fn nobody_joins_a_queue_that_stands_still() {
        let queue = Queue::default();
        let first = queue.join();
        assert!(!queue.is_long());
        queue.state().moved -= LONG * 2;
        assert!(queue.is_long());
        queue.join().over(&Ok(()));
        assert!(!queue.is_long(), "it has moved");
        queue.state().waited = LONG * 2;
        assert!(queue.is_long());
        drop(first);
        assert!(!queue.is_long(), "nobody waits");
        let _next = queue.join();
        assert!(!queue.is_long(), "what was before is over");
    }

    #[test]
    fn who_waited_in_vain_says_so_and_one_looks_until_it_is_over() {
        let queue = Queue::default();
        queue.join().over(&Err::<(), _>(sqlx::Error::WorkerCrashed));
        assert!(!queue.is_away() && !queue.looks_again());
        queue.join().over(&IN_VAIN);
        assert!(queue.is_away() && !queue.is_long());
        assert!(queue.looks_again() && !queue.looks_again(), "one at a time");
        queue.seen(false);
        assert!(queue.is_away() && queue.looks_again());
        queue.seen(true);
        assert!(!queue.is_away());
        queue.join().over(&IN_VAIN);
        assert!(queue.is_away());
        queue.join().over(&Ok(()));
        assert!(!queue.is_away(), "somebody else had a connection");
    }
}
