//! Places orders: those that wait at the same moment are decided together, in one transaction.
//!
//! A lane takes what is waiting for its network and settles it; while it is at the database, the next ones gather for
//! its next round, or, when they are many, for another lane. Under load that makes large batches, without any none waits. What a batch does
//! not decide, the plain way does.

use super::{
    batch::{self, Asked, Outcome},
    place_order::{self, PlaceOrder, Placed},
};
use crate::{
    access::Permit,
    foundation::{
        Db, Fault, No,
        config::OrderEngine,
        id::{NetworkId, UserId},
    },
};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, oneshot};

/// How many transactions of one network run at once: while one waits for its commit, another is prepared.
const LANES: usize = 2;
/// How many must wait for another transaction beside one that runs. Fewer gather for the next one: what a transaction
/// costs by itself is a good part of what a few orders cost.
const MANY: usize = 20;
/// The most orders in one transaction.
const ORDERS: usize = 64;
/// The most units in one transaction, its first order's apart.
const UNITS: i64 = 2_000;
/// How many orders at once take the plain way.
const ALONE: usize = 8;

/// Places orders, in one of two ways with the same effects.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    db: Db,
    mode: OrderEngine,
    queues: Mutex<HashMap<NetworkId, Queue>>,
    alone: Semaphore,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    lanes: usize,
    // Whose wallets this process's batches hold: their next orders wait for the next batch.
    busy: HashSet<UserId>,
}

struct Job {
    asked: Asked,
    answer: oneshot::Sender<Answer>,
}

// What is to be decided alone comes back with its question.
enum Answer {
    Decided(Result<Placed, No>),
    Alone(Box<Asked>),
}

impl Engine {
    /// Over a database.
    pub fn new(db: Db, mode: OrderEngine) -> Self {
        Self(Arc::new(Inner { db, mode, queues: Mutex::default(), alone: Semaphore::new(ALONE) }))
    }

    /// Buys from the wallet; see [`place_order`](place_order::place_order). Not to be cut short: what has begun goes
    /// on without whoever asked.
    ///
    /// # Errors
    /// As [`place_order`](place_order::place_order).
    pub async fn place(&self, permit: Permit, request: PlaceOrder) -> Result<Placed, No> {
        if self.0.mode == OrderEngine::Single {
            return place_order::place_order(&self.0.db, permit, request).await;
        }
        // Everyone with the same coupon would wait for its row, and a batch waits for none.
        if request.coupon.is_some() {
            let _place = self.0.alone.acquire().await.map_err(|_| Fault::busy())?;
            return place_order::place_order(&self.0.db, permit, request).await;
        }
        let buyer = place_order::check(&permit, &request)?;
        let network = permit.network();
        let (answer, answered) = oneshot::channel();
        let job = Job { asked: Asked::new(permit, buyer, request), answer };
        if self.0.enqueue(network, job) {
            // Ends by itself once nothing waits; whoever asked waits for it, and shutdown for them.
            tokio::spawn(lane(Arc::clone(&self.0), network));
        }
        match answered.await {
            Ok(Answer::Decided(decided)) => decided,
            Ok(Answer::Alone(asked)) => {
                let _place = self.0.alone.acquire().await.map_err(|_| Fault::busy())?;
                place_order::place_order(&self.0.db, asked.permit, asked.request).await
            }
            Err(_) => Err(Fault::new("a lane of the order engine ended early").into()),
        }
    }
}

impl Inner {
    // Whether a lane is to begin.
    fn enqueue(&self, network: NetworkId, job: Job) -> bool {
        let mut queues = self.queues();
        let queue = queues.entry(network).or_default();
        queue.waiting.push_back(job);
        let more = queue.lanes == 0 || queue.lanes < LANES && queue.waiting.len() >= MANY;
        queue.lanes += usize::from(more);
        more
    }

    // The next batch, in the order in which they came; `None` ends the lane.
    fn next(&self, network: NetworkId, done: &HashSet<UserId>) -> Option<Vec<Job>> {
        let mut queues = self.queues();
        let queue = queues.get_mut(&network)?;
        queue.busy.retain(|buyer| !done.contains(buyer));
        // So few are the other lane's next round.
        if queue.lanes > 1 && queue.waiting.len() < MANY {
            queue.lanes -= 1;
            return None;
        }
        let mut batch: Vec<Job> = Vec::new();
        let mut later = VecDeque::new();
        let mut units = 0;
        {
            let mut keys = HashSet::new();
            while batch.len() < ORDERS {
                let Some(job) = queue.waiting.pop_front() else { break };
                units += job.asked.units();
                if units > UNITS && !batch.is_empty() {
                    queue.waiting.push_front(job);
                    break;
                }
                let (buyer, key) = job.asked.identity();
                if !queue.busy.contains(&buyer) && keys.insert((buyer, key.to_owned())) {
                    batch.push(job);
                } else {
                    later.push_back(job);
                }
            }
        }
        while let Some(job) = later.pop_back() {
            queue.waiting.push_front(job);
        }
        if batch.is_empty() {
            queue.lanes -= 1;
            if queue.lanes == 0 {
                queues.remove(&network);
            }
            return None;
        }
        queue.busy.extend(batch.iter().map(|job| job.asked.buyer));
        Some(batch)
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<NetworkId, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn lane(engine: Arc<Inner>, network: NetworkId) {
    let mut buyers = HashSet::new();
    while let Some(jobs) = engine.next(network, &buyers) {
        buyers = jobs.iter().map(|job| job.asked.buyer).collect();
        let (asked, answers): (Vec<Asked>, Vec<oneshot::Sender<Answer>>) =
            jobs.into_iter().map(|job| (job.asked, job.answer)).unzip();
        let outcomes = match settle(&engine.db, network, &asked).await {
            Ok(outcomes) => outcomes,
            Err(fault) if fault.is_unavailable() => {
                tracing::warn!(%fault, orders = asked.len(), "orders could not be placed");
                asked.iter().map(|_| Outcome::Decided(Err(Fault::busy().into()))).collect()
            }
            Err(fault) => {
                tracing::warn!(%fault, orders = asked.len(), "a batch failed; its orders are placed one by one");
                asked.iter().map(|_| Outcome::Alone).collect()
            }
        };
        for ((asked, answer), outcome) in asked.into_iter().zip(answers).zip(outcomes) {
            // Whoever asked may be gone; what was decided stands.
            let _ = answer.send(match outcome {
                Outcome::Decided(decided) => Answer::Decided(decided),
                Outcome::Alone => Answer::Alone(Box::new(asked)),
            });
        }
    }
}

// A panic costs its batch, not the lane.
async fn settle(db: &Db, network: NetworkId, asked: &[Asked]) -> Result<Vec<Outcome>, Fault> {
    use futures_util::FutureExt;
    std::panic::AssertUnwindSafe(batch::settle(db, network, asked))
        .catch_unwind()
        .await
        .unwrap_or_else(|_| Err(Fault::new("a batch of orders panicked")))
}
