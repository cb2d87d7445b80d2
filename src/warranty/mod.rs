//! Warranty: a buyer's claim on one delivery, the desks that decide it, and what comes of it.
//!
//! The slice owns claims and their history. The money and the units belong to the orders, which undo,
//! replace and hold at its word. Who decides, pays: a desk binds itself, the operator's names the bearer.

pub mod add_evidence;
pub mod approve_claim;
pub mod calendar;
pub mod claim;
pub mod clock;
mod deadline;
pub mod guard;
pub mod offer;
pub mod open_claim;
pub mod payments;
pub mod read;
pub mod recall;
pub mod remedies;
pub mod remind;
pub mod set_aside;
pub mod step_claim;
mod store;
pub mod thread;
pub mod triage;
mod work;

pub use add_evidence::{AddEvidence, add_evidence};
pub use approve_claim::{ApproveClaim, approve_claim};
pub use claim::{Claim, ClaimDesk, ClaimId, ClaimStatus, RejectReason, Step};
pub use clock::step_due;
pub use open_claim::{OpenClaim, open_claim};
pub use step_claim::{
    Note, RejectClaim, appeal_claim, hand_over, provide_info, reject_claim, request_info, withdraw_claim,
};

/// The longest description or note, in characters.
pub const MAX_NOTE: usize = 2_000;
