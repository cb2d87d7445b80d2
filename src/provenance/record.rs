//! Queues steps, in the caller's transaction.

use super::{StepKind, merkle::Hash};
use crate::foundation::{Conn, Fault, Together, id::NetworkId};
use std::sync::atomic::{AtomicBool, Ordering};
use uuid::Uuid;

/// One step of one item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The card, or the delivery of what was handed over by hand.
    pub item: Uuid,
    /// What it was for: a delivery, a claim.
    pub subject: Option<Uuid>,
    /// The hash of the terms that it was sold under.
    pub terms: Option<Hash>,
}

impl Step {
    /// A step of an item for something.
    pub const fn of(item: Uuid, subject: Uuid) -> Self {
        Self { item, subject: Some(subject), terms: None }
    }

    /// A step of an item that was for nothing in particular.
    pub const fn alone(item: Uuid) -> Self {
        Self { item, subject: None, terms: None }
    }
}

static LEFT_OUT: AtomicBool = AtomicBool::new(false);

/// From here on this process queues nothing: for measuring what it costs, and for nothing else. A database that was
/// written so is not sound, and `cardamom check` says so.
pub fn leave_out() {
    LEFT_OUT.store(true, Ordering::Relaxed);
}

/// How many steps a row of the queue has at most: what the runner takes at once is not much more.
const CHUNK: usize = 2_000;

/// Queues steps of one kind, in their order; nothing where there are none. They become part of the log after the
/// transaction has become lasting, or never.
///
/// Call it when the items are locked or written: two steps of one item are then queued in the order in which they
/// were taken. All of them have a subject and terms, or none has.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn record(db: &mut Conn, network: NetworkId, kind: StepKind, steps: &[Step]) -> Result<(), Fault> {
    let mut writes = Together::of(network);
    record_with(&mut writes, kind, steps);
    writes.run(db).await
}

/// As [`record()`], together with what else is written.
pub fn record_with(writes: &mut Together, kind: StepKind, steps: &[Step]) {
    if LEFT_OUT.load(Ordering::Relaxed) {
        return;
    }
    for steps in steps.chunks(CHUNK) {
        let items: Vec<Uuid> = steps.iter().map(|step| step.item).collect();
        let subjects: Option<Vec<Uuid>> = steps.iter().map(|step| step.subject).collect();
        let terms: Option<Vec<Hash>> = steps.iter().map(|step| step.terms).collect();
        writes
            .part(
                "insert into provenance_queue (network_id, kind, items, subjects, terms) values ($1, $2, $3, $4, $5)",
            )
            .bind(kind)
            .bind(items)
            .bind(subjects)
            .bind(terms)
            .end();
    }
}
