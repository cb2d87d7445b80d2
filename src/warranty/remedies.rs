//! What could be granted on a claim now, in the terms' order.

use super::{
    claim::{ClaimId, prorata},
    store::{self, facts},
    triage::{Sight, Triage, triage},
};
use crate::{
    access::{TenantKind, Viewer},
    catalogue::RemedyKind,
    evidence,
    foundation::{Db, Fault, Scope},
};
use uuid::Uuid;

crate::row! {
    /// What the choice depends on.
    pub struct Choice {
        /// The claim.
        pub claim_id: ClaimId,
        /// What the terms offer, in order.
        pub remedies: Vec<RemedyKind>,
        /// How often the terms let the unit be replaced.
        pub replacement_limit: i32,
        /// The whole warranty, in seconds.
        pub warranty_seconds: i32,
        /// What was paid; minor units.
        pub paid: i64,
        /// What went back; minor units.
        pub refunded: i64,
        /// How often it was replaced.
        pub replacements: i64,
        /// There is another to give.
        pub in_stock: bool,
        /// What was left of the warranty when the claim was opened, in seconds.
        pub left_seconds: i64,
    }
}

crate::words! {
    /// Why a remedy can't be granted now.
    pub enum Hindrance {
        /// No other is in stock.
        OutOfStock = "OUT_OF_STOCK",
        /// It was replaced as often as the terms allow.
        ReplacedEnough = "REPLACED_ENOUGH",
        /// Nothing is left to give back.
        NothingLeft = "NOTHING_LEFT",
    }
}

/// A remedy of the terms, as things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemedyOption {
    /// What.
    pub kind: RemedyKind,
    /// What it comes to at most; minor units. None for a replacement.
    pub amount: Option<i64>,
    /// Why not now.
    pub hindrance: Option<Hindrance>,
}

/// What the terms offer, in their order: the first without a hindrance is the next that a buyer may expect.
pub fn options(choice: &Choice) -> Vec<RemedyOption> {
    let left = choice.paid - choice.refunded;
    let each = |kind: &RemedyKind| {
        let (amount, hindrance) = match kind {
            RemedyKind::Replace if choice.replacements >= i64::from(choice.replacement_limit) => {
                (None, Some(Hindrance::ReplacedEnough))
            }
            RemedyKind::Replace => (None, (!choice.in_stock).then_some(Hindrance::OutOfStock)),
            RemedyKind::Refund => (Some(left), (left <= 0).then_some(Hindrance::NothingLeft)),
            RemedyKind::ProrataRefund => {
                let days = prorata(choice.paid, i64::from(choice.warranty_seconds), choice.left_seconds);
                let amount = days.min(left);
                (Some(amount), (amount <= 0).then_some(Hindrance::NothingLeft))
            }
            RemedyKind::Compensate => (Some(choice.paid), None),
        };
        RemedyOption { kind: *kind, amount, hindrance }
    };
    choice.remedies.iter().map(each).collect()
}

/// What could be granted on those claims, which the viewer sees.
///
/// # Errors
/// [`Fault`].
pub async fn read(
    db: &Db,
    viewer: &Viewer,
    claims: &[ClaimId],
) -> Result<Vec<(ClaimId, Vec<RemedyOption>)>, Fault> {
    let network = viewer.place.network;
    // Stock is the supplier's to read; that there is some is for everyone with the claim.
    let mut tx = db.begin(Scope::Network(network)).await?;
    let choices = facts::choices(&mut tx, network, claims).await?;
    Ok(choices.iter().map(|choice| (choice.claim_id, options(choice))).collect())
}

/// What the record says of those claims, which the viewer sees as staff.
///
/// # Errors
/// [`Fault`].
pub async fn weigh(db: &Db, viewer: &Viewer, ids: &[ClaimId]) -> Result<Vec<(ClaimId, Triage)>, Fault> {
    let network = viewer.place.network;
    // How a batch fares is for its supplier and the operator to know.
    let of_batch = viewer.place.kind != TenantKind::Site;
    let mut tx = db.begin(viewer.scope()).await?;
    let claims = store::find_many(&mut tx, network, ids).await?;
    // Within the reader's own sight: nobody learns by this what was claimed elsewhere.
    let seen: Vec<Uuid> = claims.iter().map(|claim| claim.claim_id.0).collect();
    let reused = evidence::reuse::reused(&mut tx, network, &seen).await?;
    drop(tx);
    let mut tx = db.begin(Scope::Network(network)).await?;
    let facts = facts::facts(&mut tx, network, ids).await?;
    let weighed = claims.iter().filter_map(|claim| {
        let facts = facts.iter().find(|facts| facts.claim_id == claim.claim_id)?;
        let sight = Sight { of_batch, reused: reused.contains(&claim.claim_id.0) };
        Some((claim.claim_id, triage(claim, facts, sight)))
    });
    Ok(weighed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_terms_order_stands_and_each_says_why_not() {
        let choice = Choice {
            claim_id: ClaimId::fresh(),
            remedies: vec![
                RemedyKind::Replace,
                RemedyKind::ProrataRefund,
                RemedyKind::Refund,
                RemedyKind::Compensate,
            ],
            replacement_limit: 1,
            warranty_seconds: 30 * 86_400,
            paid: 9_540,
            refunded: 9_000,
            replacements: 0,
            in_stock: false,
            left_seconds: 15 * 86_400,
        };
        let words = |choice: &Choice| -> Vec<(Option<i64>, Option<Hindrance>)> {
            options(choice).iter().map(|one| (one.amount, one.hindrance)).collect()
        };
        assert_eq!(
            words(&choice),
            [(None, Some(Hindrance::OutOfStock)), (Some(540), None), (Some(540), None), (Some(9_540), None)]
        );
        let enough = Choice { in_stock: true, replacements: 1, refunded: 9_540, ..choice };
        assert_eq!(
            words(&enough),
            [
                (None, Some(Hindrance::ReplacedEnough)),
                (Some(0), Some(Hindrance::NothingLeft)),
                (Some(0), Some(Hindrance::NothingLeft)),
                (Some(9_540), None)
            ]
        );
    }
}
