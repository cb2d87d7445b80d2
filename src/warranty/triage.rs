//! What the record says about a claim, for those who decide it: reasons with weights, never a verdict. Pure.
//!
//! Nothing here refuses a buyer anything. What speaks against a claim is shown to staff beside what speaks for it;
//! only what speaks for it, and is written down, can decide anything by itself.

use super::claim::{Claim, ClaimId};
use crate::{
    catalogue::{ClaimReason, self_check::Outcome},
    foundation::Moment,
};
use chrono::Duration;

crate::row! {
    /// What is written down about a claim's unit and its buyer.
    pub struct Facts {
        /// The claim.
        pub claim_id: ClaimId,
        /// When the unit was handed over.
        pub delivered_at: Moment,
        /// When its warranty ends.
        pub warranty_ends_at: Moment,
        /// When its content was first shown.
        pub revealed_at: Option<Moment>,
        /// When the buyer said that it works.
        pub tested_at: Option<Moment>,
        /// How often somebody other than the buyer was shown it, before the claim.
        pub strangers: i64,
        /// Other claims on units of the same import.
        pub batch_claims: i64,
        /// The buyer's claims of 30 days, this one included.
        pub buyer_claims: i64,
        /// Every unit that the buyer ever had.
        pub buyer_units: i64,
        /// What was handed over is shown here alone: it came from stock, and it is the unit's first.
        pub only_here: bool,
    }
}

impl Facts {
    // Of thirty days' claims at least three, and of everything bought at least half.
    const fn of_serial_claimant(&self) -> bool {
        self.buyer_claims >= 3 && self.buyer_claims * 2 >= self.buyer_units
    }
}

crate::words! {
    /// Why a claim is likelier to be right, or less.
    pub enum Hint {
        /// NOT_DELIVERED, and its content was never shown.
        NeverRevealed = "NEVER_REVEALED",
        /// Somebody other than the buyer was shown its content.
        RevealedToAnother = "REVEALED_TO_ANOTHER",
        /// Others of the same import are claimed.
        BatchClaimed = "BATCH_CLAIMED",
        /// A step of the self-check failed.
        SelfCheckFailed = "SELF_CHECK_FAILED",
        /// Claimed within an hour of being shown.
        ClaimedSoon = "CLAIMED_SOON",
        /// Claimed in the last tenth of the time, though it was shown in the first half.
        ClaimedLate = "CLAIMED_LATE",
        /// The buyer said that it works.
        SaidToWork = "SAID_TO_WORK",
        /// NOT_DELIVERED, and its content was shown to the buyer.
        RevealedToBuyer = "REVEALED_TO_BUYER",
        /// The buyer claims half of what it buys, three times or more in 30 days.
        SerialClaimant = "SERIAL_CLAIMANT",
        /// A file of the buyer's, or one that looks the same, was shown before for another order.
        EvidenceReused = "EVIDENCE_REUSED",
    }
}

/// A score of 0 to 100, and every reason for it with its weight; 50 where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Triage {
    /// Higher is likelier right.
    pub score: i32,
    /// Why, the weightiest first.
    pub hints: Vec<(Hint, i32)>,
}

/// What its reader may know beside the facts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sight {
    /// Of other claims on the batch.
    pub of_batch: bool,
    /// That a file was shown before.
    pub reused: bool,
}

/// Weighs what is known.
pub fn triage(claim: &Claim, facts: &Facts, sight: Sight) -> Triage {
    let mut hints = Vec::new();
    let mut add = |holds: bool, hint: Hint, weight: i32| {
        if holds {
            hints.push((hint, weight));
        }
    };
    let missing = claim.reason == ClaimReason::NotDelivered;
    add(missing && facts.revealed_at.is_none(), Hint::NeverRevealed, 40);
    add(facts.strangers > 0, Hint::RevealedToAnother, 40);
    let batch = i32::try_from(facts.batch_claims.min(6)).unwrap_or(6);
    add(sight.of_batch && batch >= 2, Hint::BatchClaimed, 5 * batch);
    let failed = claim.self_check.iter().any(|tried| tried.outcome == Outcome::Failed.word());
    add(failed, Hint::SelfCheckFailed, 10);
    let shown = |test: &dyn Fn(Moment) -> bool| facts.revealed_at.is_some_and(test);
    add(
        shown(&|at| at <= claim.opened_at && claim.opened_at - at <= Duration::hours(1)),
        Hint::ClaimedSoon,
        10,
    );
    let period = facts.warranty_ends_at - facts.delivered_at;
    let late = claim.opened_at >= facts.warranty_ends_at - period / 10;
    add(late && shown(&|at| at <= facts.delivered_at + period / 2), Hint::ClaimedLate, -10);
    add(facts.tested_at.is_some(), Hint::SaidToWork, -20);
    add(missing && facts.revealed_at.is_some(), Hint::RevealedToBuyer, -30);
    add(facts.of_serial_claimant(), Hint::SerialClaimant, -25);
    add(sight.reused, Hint::EvidenceReused, -30);
    hints.sort_by_key(|(_, weight)| -weight.abs());
    let score = hints.iter().fold(50, |score, (_, weight)| score + weight).clamp(0, 100);
    Triage { score, hints }
}

/// What of the record proves the claim, if anything does: never shown to anybody though it is said not to have come,
/// or shown to somebody else though it is said to be used. What is done by hand need not be looked at to be had, and
/// whoever was given another one unseen has had it proved once; for who claims too often, or shows again what was
/// shown before, somebody decides.
pub fn proof(reason: ClaimReason, facts: &Facts, reused: bool) -> Option<Hint> {
    if reused || facts.of_serial_claimant() {
        return None;
    }
    match reason {
        ClaimReason::NotDelivered if facts.revealed_at.is_none() && facts.only_here => {
            Some(Hint::NeverRevealed)
        }
        ClaimReason::AlreadyUsed | ClaimReason::Invalid | ClaimReason::Revoked if facts.strangers > 0 => {
            Some(Hint::RevealedToAnother)
        }
        _ => None,
    }
}

impl Hint {
    /// The hint as a sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NeverRevealed => "Its content was never shown to anybody.",
            Self::RevealedToAnother => "Its content was shown to somebody other than its buyer.",
            Self::BatchClaimed => "Other units of the same import are claimed.",
            Self::SelfCheckFailed => "A step of the self-check failed.",
            Self::ClaimedSoon => "It was claimed within an hour of being shown.",
            Self::ClaimedLate => "It was shown early and claimed at the end of its warranty.",
            Self::SaidToWork => "The buyer had said that it works.",
            Self::RevealedToBuyer => "It is said not to have come, and its content was shown to the buyer.",
            Self::SerialClaimant => "The buyer claims at least half of what it buys.",
            Self::EvidenceReused => "A file of the buyer's was shown before, for another order.",
        }
    }
}
