//! Provenance: what became of every card, step by step, in a log that anyone can verify.
//!
//! [`record()`] queues steps in the transaction that took them; the [`runner`] writes them to the network's log, a
//! Merkle tree in the shapes of RFC 9162, and signs its head; [`read`] proves what is in it. The log is public and
//! holds commitments: who has a salt can show what a leaf is about, who has none can only see that nothing was
//! altered, taken out or put in between, and that nothing was sold twice.
//!
//! It knows no order and no card: what is sold is an item, what a step was for its subject, both ids of others.

pub mod keys;
pub mod leaf;
pub mod merkle;
pub mod note;
pub mod read;
mod record;
pub mod runner;
mod store;
#[cfg(test)]
mod tests;
pub mod tiles;

pub use keys::{LogKey, LogKeys};
pub use leaf::{Leaf, Salt};
pub use merkle::Hash;
pub use note::{Checkpoint, Vkey};
pub use record::{Step, leave_out, record, record_with};

crate::words! {
    /// What happened to a card, or to what was handed over by hand.
    pub enum StepKind {
        /// A supplier put it in stock.
        Imported = "IMPORTED",
        /// It is kept apart: another supplier holds the same, or its batch was recalled.
        Quarantined = "QUARANTINED",
        /// It was sold and handed over; the subject is the delivery.
        Sold = "SOLD",
        /// Its buyer opened it; the subject is the delivery.
        Revealed = "REVEALED",
        /// Its buyer claimed; the subject is the claim.
        Claimed = "CLAIMED",
        /// Another took its place; the subject is the delivery of that one.
        Replaced = "REPLACED",
        /// All that was paid for it went back; the subject is the delivery.
        Refunded = "REFUNDED",
        /// It was taken out of stock unsold.
        Voided = "VOIDED",
    }
}
