//! What is broken, in what order: timed by how much has happened, never by a clock.

use crate::{plan::Dice, run::Run};
use std::collections::BTreeMap;

/// One way to break something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// `kill -9` of a server, which is started again.
    KillServer(usize),
    /// `kill -9` of every process of PostgreSQL.
    KillPostgres,
}

/// How often each came.
pub type Tally = BTreeMap<String, u64>;

impl Fault {
    /// Every kind there is.
    pub fn all(_run: &Run) -> Vec<Self> {
        vec![Self::KillServer(0), Self::KillServer(1), Self::KillPostgres]
    }
}

/// Breaks one thing after the other until the run has lasted and has done enough: how often each came.
pub async fn rage(run: &Run) -> Tally {
    let mut tally = Tally::new();
    let started = std::time::Instant::now();
    let mut dice = Dice::of(run.plan.seed, "faults", 0);
    for _round in 0.. {
        let mut faults = Fault::all(run);
        dice.shuffle(&mut faults);
        for fault in faults {
            run.history.wait_for_done(run.plan.between + dice.below(run.plan.between)).await;
            run.history.note(&format!("{fault:?}"));
            happen(run, fault).await;
            *tally.entry(format!("{fault:?}")).or_default() += 1;
        }
        if started.elapsed() > run.plan.lasts {
            break;
        }
    }
    tally
}

async fn happen(run: &Run, fault: Fault) {
    match fault {
        Fault::KillServer(which) => {
            tokio::task::block_in_place(|| run.nodes[which].kill());
            run.history.wait_for_sent(20).await;
            run.nodes[which].ensure(&run.history).await;
        }
        Fault::KillPostgres => {
            let killed = tokio::task::block_in_place(|| run.cluster.kill());
            run.history.note(&format!("{killed} processes of PostgreSQL killed"));
            run.cluster.ensure(&run.history).await;
        }
    }
}
