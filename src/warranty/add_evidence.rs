//! A party of a claim adds files to it.

use super::{
    claim::{Actor, Claim, ClaimId},
    work::{Work, refuse},
};
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    evidence::{self, Attach, Party, UploadId},
    foundation::{Db, No},
};

/// Files for a claim.
#[derive(Clone, Debug)]
pub struct AddEvidence {
    /// The claim.
    pub claim: ClaimId,
    /// What was sent before.
    pub uploads: Vec<UploadId>,
}

/// Adds files to a claim that is open, and tells its parties. Files that were added before are left as they are.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION for a claim that has ended and for a file that has not arrived; LIMIT_EXCEEDED.
pub async fn add_evidence(db: &Db, permit: Permit, input: AddEvidence) -> Result<Claim, No> {
    if input.uploads.is_empty() {
        return Err(No::invalid("must name at least one file", "uploadIds"));
    }
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let party = match work.actor {
        Actor::Buyer => Party::Buyer,
        Actor::Site => Party::Site,
        Actor::Supplier => Party::Supplier,
        Actor::Operator => Party::Operator,
        Actor::Chain | Actor::Clock | Actor::Record => {
            return Err(refuse("only a party of the claim adds to it"));
        }
    };
    if !work.claim.status.is_open() {
        return Err(refuse("the claim has ended"));
    }
    let (network, claim) = (work.network, work.claim.clone());
    let what = Attach {
        claim: claim.claim_id.0,
        delivery: claim.delivery_id,
        by: permit.actor().id(),
        party,
        uploads: &input.uploads,
        path: "uploadIds",
    };
    let added = evidence::attach(&mut work.tx, network, what).await?;
    if !added.is_empty() {
        // Those who see it: not the tiers between the selling site and the operator.
        let operator = super::store::operator(&mut work.tx, network).await?;
        let event = Event {
            kind: EventType::EvidenceAdded,
            audience: vec![claim.site_id, claim.supplier_id, operator],
            subject: claim.claim_id.to_string(),
            order: Some(claim.order_id),
            buyer: Some(claim.buyer_id),
            order_status: Some(work.order_status.word()),
            claim_status: Some(claim.status.word()),
        };
        events::record(&mut work.tx, network, &[event]).await?;
    }
    work.done().await
}
