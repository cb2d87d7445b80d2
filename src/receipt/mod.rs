//! Receipts: what was bought, as a signed file that anyone can verify without asking us.
//!
//! A receipt holds the order, the terms of each line as sold, and for each delivery the leaf of its sale in the
//! network's log, what opens the leaf's commitments, and the proof that leads from it to a signed head. The slice
//! owns no table: whatever a receipt says is the orders' and the log's.

pub mod canonical;
pub mod check;
pub mod file;
pub mod history;
pub mod issue;
pub mod link;
pub mod page;
#[cfg(test)]
mod tests;
pub mod verify;

pub use issue::{Receipt, issue};
pub use link::Link;
pub use verify::{Verdict, verify};
