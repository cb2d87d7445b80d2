//! A closed loop of requests: so many connections, each asking again as soon as it has its answer.

use super::{
    ask::Outgoing,
    dice::Dice,
    samples::Samples,
    wire::{Answer, Wire},
};
use anyhow::Result;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;

/// What is asked, and what counts as done.
pub(super) trait Script: Send + Sync + 'static {
    /// Writes the next request.
    fn next(&self, dice: &mut Dice, request: &mut Outgoing);

    /// Whether an answer says that it was done: told from its bytes, cheaply.
    fn is_done(&self, body: &[u8]) -> bool;
}

/// How long, with how many connections.
#[derive(Clone, Copy)]
pub(super) struct Span {
    /// How many ask at once.
    pub(super) connections: u64,
    /// Before anything is counted.
    pub(super) warm_up: Duration,
    /// While it is counted.
    pub(super) window: Duration,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Load {
    /// Done within the window.
    pub(super) counted: u64,
    /// Done at all, warm-up and the last answers included.
    pub(super) done: u64,
    /// Answered otherwise.
    pub(super) refused: u64,
    /// The first of those.
    pub(super) first_refusal: Option<String>,
    /// How long each of those within the window took.
    pub(super) samples: Samples,
    /// The window.
    pub(super) window: Duration,
}

impl Load {
    /// Done a second.
    pub(super) fn per_second(&self) -> f64 {
        super::float(self.counted) / self.window.as_secs_f64().max(f64::EPSILON)
    }

    /// At most one of a thousand was answered otherwise.
    pub(super) fn is_served(&self) -> bool {
        self.done > 0 && self.refused * 1_000 <= self.done
    }

    // Counts an answer, and its time if it is within the window. Whether it says that it was done.
    fn count(&mut self, answer: &Answer<'_>, script: &impl Script, time: Option<Duration>) -> bool {
        let done = answer.status == 200 && script.is_done(answer.body);
        if done {
            self.done += 1;
            if let Some(time) = time {
                self.counted += 1;
                self.samples.add(time);
            }
        } else {
            self.refused += 1;
            if self.first_refusal.is_none() {
                self.first_refusal = Some(answer.text());
            }
        }
        done
    }

    /// Adds another run of the same.
    pub(super) fn join(&mut self, other: Self) {
        self.counted += other.counted;
        self.done += other.done;
        self.refused += other.refused;
        self.first_refusal = self.first_refusal.take().or(other.first_refusal);
        self.samples.join(other.samples);
        self.window += other.window;
    }
}

/// Runs a script against the server at that address. `seed` is another in each run: what was drawn before is
/// not drawn again.
pub(super) async fn run(
    server: SocketAddr,
    script: &Arc<impl Script>,
    span: Span,
    seed: u64,
) -> Result<Load> {
    let mut wires = Vec::new();
    for _ in 0..span.connections {
        wires.push(Wire::connect(server).await?);
    }
    let from = Instant::now() + span.warm_up;
    let until = from + span.window;
    let tasks: Vec<_> = (0..)
        .zip(wires)
        .map(|(number, wire)| {
            let dice = Dice::new(seed << 32 | number);
            tokio::spawn(ask(wire, Arc::clone(script), dice, from, until))
        })
        .collect();
    let mut load = Load::default();
    for task in tasks {
        load.join(task.await??);
    }
    load.window = span.window;
    Ok(load)
}

async fn ask(
    mut wire: Wire,
    script: Arc<impl Script>,
    mut dice: Dice,
    from: Instant,
    until: Instant,
) -> Result<Load> {
    let (mut load, mut request) = (Load::default(), Outgoing::default());
    let mut asked = Instant::now();
    while asked < until {
        script.next(&mut dice, &mut request);
        let answer = wire.exchange(request.bytes()).await?;
        let answered = Instant::now();
        let inside = (from..until).contains(&answered);
        if !load.count(&answer, &*script, inside.then(|| answered - asked)) {
            // Whoever is refused does not ask again at once.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        asked = Instant::now();
    }
    Ok(load)
}

/// An open loop: requests that begin when they are due, whether those before them are answered or not, as far as
/// the connections go.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// How many may be under way.
    pub(super) connections: u64,
    /// How many begin in a second.
    pub(super) per_second: u32,
    /// For how long.
    pub(super) time: Duration,
}

/// Runs a script at a pace; an answer's time is counted from when its request was due.
pub(super) async fn at_pace(
    server: SocketAddr,
    script: &Arc<impl Script>,
    pace: Pace,
    seed: u64,
) -> Result<Load> {
    let from = Instant::now();
    let begun = Arc::new(AtomicU32::new(0));
    let mut tasks = Vec::new();
    for number in 0..pace.connections {
        let (mut wire, mut dice) = (Wire::connect(server).await?, Dice::new(seed << 32 | number));
        let (script, begun) = (Arc::clone(script), Arc::clone(&begun));
        tasks.push(tokio::spawn(async move {
            let (mut load, mut request) = (Load::default(), Outgoing::default());
            loop {
                let due =
                    from + Duration::from_secs(1) * begun.fetch_add(1, Ordering::Relaxed) / pace.per_second;
                if due >= from + pace.time {
                    return anyhow::Ok(load);
                }
                script.next(&mut dice, &mut request);
                tokio::time::sleep_until(due).await;
                let answer = wire.exchange(request.bytes()).await?;
                load.count(&answer, &*script, Some(due.elapsed()));
            }
        }));
    }
    let mut load = Load::default();
    for task in tasks {
        load.join(task.await??);
    }
    load.window = from.elapsed();
    Ok(load)
}
