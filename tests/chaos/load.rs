//! The load: an open loop of seeded arrivals, bounded in how many are under way.

use crate::{flows, run::Run};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task::JoinSet};

/// Arrivals that are measured before the run, to find out what this machine can do; fewer where they take long.
const MEASURED: u64 = 60;
/// How long that is.
const LONG: Duration = Duration::from_secs(10);
/// How many of them at once.
const HANDS: usize = 8;
/// Nothing faster than this, however fast the machine: server, database and harness share it.
const FASTEST: u32 = 200;

/// Lets some arrivals through as fast as they go, and answers how many a second are well within reach.
pub async fn measure(run: &Arc<Run>) -> u32 {
    let started = Instant::now();
    let mut under_way = JoinSet::new();
    let mut measured = 0;
    while measured < MEASURED && started.elapsed() < LONG {
        if under_way.len() >= HANDS {
            under_way.join_next().await.unwrap().unwrap();
        }
        under_way.spawn(flows::arrive(Arc::clone(run), measured));
        measured += 1;
    }
    while let Some(ended) = under_way.join_next().await {
        ended.unwrap();
    }
    let each = started.elapsed() / u32::try_from(measured).unwrap();
    let most = Duration::from_secs(1).as_micros() / each.as_micros().max(1);
    (u32::try_from(most).unwrap() * 6 / 10).clamp(1, FASTEST)
}

/// How many may be under way at once.
pub fn at_once(rate: u32) -> usize {
    (rate as usize * 4).clamp(16, 96)
}

/// Arrivals at that rate until the run is stopped, then until the last of them is done with.
pub async fn run(run: Arc<Run>, rate: u32) {
    let places = Arc::new(Semaphore::new(at_once(rate)));
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / rate);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut under_way = JoinSet::new();
    for number in MEASURED.. {
        ticks.tick().await;
        let place = Arc::clone(&places).acquire_owned().await.unwrap();
        if run.is_stopped() {
            break;
        }
        let arrival = flows::arrive(Arc::clone(&run), number);
        under_way.spawn(async move {
            let _place = place;
            arrival.await;
        });
        while let Some(ended) = under_way.try_join_next() {
            ended.unwrap();
        }
    }
    while let Some(ended) = under_way.join_next().await {
        ended.unwrap();
    }
    run.history.note(&format!("{} requests were sent", run.history.counts.sent.load(Ordering::SeqCst)));
}
