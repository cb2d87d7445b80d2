//! A buyer opens a claim on one delivery.

use super::{
    MAX_NOTE,
    approve_claim::{Granted, Terms, grant},
    claim::{Action, Actor, Claim, ClaimDesk, ClaimId},
    deadline,
    store::{self, NewClaim, facts},
    triage,
    work::Work,
};
use crate::{
    access::Permit,
    catalogue::{
        ClaimReason, RemedyKind,
        self_check::{self, Said},
    },
    events::EventType,
    evidence::{self, Attach, Party, UploadId},
    foundation::{Db, No, RefusalCode, idempotency, seal, text},
    orders::{
        DeliveryId, DeliveryStatus, release,
        unit::{self, Unit},
    },
    provenance::{self, Step, StepKind},
};
use sqlx::Executor;

/// What a buyer sends.
#[derive(Clone, Debug)]
pub struct OpenClaim {
    /// Names the call: the same key again answers the first claim.
    pub key: String,
    /// The delivery.
    pub delivery: DeliveryId,
    /// Why.
    pub reason: ClaimReason,
    /// In words.
    pub description: String,
    /// What the buyer would like.
    pub wanted: Option<RemedyKind>,
    /// What the buyer tried before.
    pub self_check: Vec<Said>,
    /// Files that were sent before; submitted with it.
    pub evidence: Vec<UploadId>,
}

/// Opens a claim on the caller's own delivery, at the site's desk. The unit's earnings are held until it ends.
///
/// # Errors
/// NOT_FOUND for a missing delivery and for another's; CLAIM_ALREADY_OPEN; OUT_OF_WARRANTY after its end;
/// REASON_NOT_COVERED; EVIDENCE_MISSING, naming the kinds of files that the terms ask for; IDEMPOTENCY_KEY_REUSED; for
/// its files as [`evidence::attach()`].
pub async fn open_claim(db: &Db, permit: Permit, input: OpenClaim) -> Result<Claim, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    text::idempotency_key(&input.key)?;
    let description = text::note(&input.description, MAX_NOTE, "description")?;
    let (network, site, id) = (permit.network(), permit.tenant(), ClaimId::fresh());
    let told: Vec<String> = input
        .self_check
        .iter()
        .map(|said| format!("{} {} {:?}", said.step, said.outcome, said.note))
        .collect();
    let told = told.join("\n");
    let hash = seal::digest(&[
        input.delivery.0.as_bytes(),
        input.reason.word().as_bytes(),
        description.as_bytes(),
        input.wanted.map_or("", RemedyKind::word).as_bytes(),
        told.as_bytes(),
        &input.evidence.iter().flat_map(|upload| *upload.0.as_bytes()).collect::<Vec<u8>>(),
    ]);
    let mut tx = db.begin(permit.work()).await?;
    let operation = "warrantyClaimOpen";
    let used = idempotency::Key { tenant: site, actor: buyer.0, operation, key: &input.key, hash: &hash };
    let missing = || No::not_found("deliveryId");
    if let Some(first) = idempotency::claim_key(&mut tx, network, &used, id.0).await? {
        return store::find(&mut tx, network, ClaimId(first)).await?.ok_or_else(missing);
    }
    let order = unit::order_of(&mut tx, network, input.delivery.0).await?.ok_or_else(missing)?;
    // A stranger's order is not even locked.
    if !unit::is_of(&mut tx, network, order, site, buyer).await? {
        return Err(missing());
    }
    let order = unit::lock_order(&mut tx, network, order).await?.ok_or_else(missing)?;
    let unit = unit::lock(&mut tx, network, input.delivery.0).await?.ok_or_else(missing)?;
    check(&unit, &input)?;
    let (kind, brand, _) = facts::goods(&mut tx, network, unit.delivery_id).await?.ok_or_else(missing)?;
    let steps = self_check::steps(&mut tx, network, kind, brand.as_deref()).await?;
    let tried = self_check::tried(steps, &input.self_check)?;
    let new = NewClaim {
        id,
        delivery: unit.delivery_id,
        reason: input.reason,
        description: &description,
        wanted: input.wanted,
        desk: ClaimDesk::Site,
        self_check: &tried,
        recall: None,
    };
    let due = deadline::opening(&mut tx, network, unit.delivery_id, ClaimDesk::Site).await?;
    let claim = match store::insert(&mut tx, network, &new, &due).await {
        Ok(claim) => claim,
        Err(fault) if fault.constraint() == Some("claim_one_open") => return Err(already_open()),
        Err(fault) => return Err(fault.into()),
    };
    let files = Attach {
        claim: claim.claim_id.0,
        delivery: claim.delivery_id,
        by: buyer.0,
        party: Party::Buyer,
        uploads: &input.evidence,
        path: "evidenceUploadIds",
    };
    evidence::attach(&mut tx, network, files).await?;
    let wanting = match input.reason {
        // There is nothing to show.
        ClaimReason::NotDelivered => Vec::new(),
        _ => evidence::wanting(&mut tx, network, id.0, &unit.required_evidence).await?,
    };
    if !wanting.is_empty() {
        let kinds = wanting.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ");
        let message = format!("the terms ask for files of these kinds with a claim: {kinds}");
        return Err(No::because(RefusalCode::EvidenceMissing, message, "evidenceUploadIds"));
    }
    unit::set_status(
        &mut tx,
        network,
        unit.delivery_id,
        DeliveryStatus::Delivered,
        DeliveryStatus::UnderClaim,
    )
    .await?;
    release::hold_again(&mut tx, network, &unit, id.0).await?;
    let item = unit.card_id.map_or(unit.delivery_id, |card| card.0);
    provenance::record(&mut tx, network, StepKind::Claimed, &[Step::of(item, id.0)]).await?;
    let audience = unit::audience(&mut tx, network, unit.order_id, Some(unit.line_no)).await?;
    let (by, order_status) = (Some(buyer.0), order.status);
    let actor = Actor::Buyer;
    let mut work = Work { tx, network, claim, actor, by, order_status, audience, late: None };
    work.write_down(None, Some(ClaimDesk::Site), None, EventType::WarrantyClaimOpened).await?;
    if facts::grants_what_is_proved(&mut work.tx, network).await? {
        prove(&mut work, &unit, input.reason, input.wanted).await?;
    }
    work.done().await
}

// Where the record proves the claim, the first remedy that can be had is granted at the supplier's expense: what the
// buyer would like before the terms' own order. Where none can, the desks decide as ever. It is one that takes the whole
// unit back: what is given back in part stays with the buyer, to be looked at.
async fn prove(
    work: &mut Work,
    unit: &Unit,
    reason: ClaimReason,
    wanted: Option<RemedyKind>,
) -> Result<(), No> {
    let found = facts::facts(&mut work.tx, work.network, &[work.claim.claim_id]).await?;
    let claim = work.claim.claim_id.0;
    let reused = !evidence::reuse::reused(&mut work.tx, work.network, &[claim]).await?.is_empty();
    let Some(proof) = found.first().and_then(|facts| triage::proof(reason, facts, reused)) else {
        return Ok(());
    };
    let note = format!("Granted at once, because the record proves it: {}", proof.text());
    let (buyer, by) = (work.actor, work.by);
    (work.actor, work.by) = (Actor::Record, None);
    let before = work.claim.clone();
    let whole = |remedy: &RemedyKind| matches!(remedy, RemedyKind::Replace | RemedyKind::Refund);
    let choices = wanted.into_iter().chain(unit.remedies.iter().copied()).filter(whole);
    for remedy in choices {
        let granted = Granted { remedy, amount: None, bearer: ClaimDesk::Supplier, terms: Terms::Sold };
        work.tx.execute("savepoint proof").await?;
        match grant(work, Action::Prove, ClaimDesk::Operator, &granted, Some(&note)).await {
            Ok(()) => return Ok(()),
            Err(No::Refused(_)) => {
                work.tx.execute("rollback to savepoint proof").await?;
                work.claim = before.clone();
            }
            Err(no) => return Err(no),
        }
    }
    (work.actor, work.by) = (buyer, by);
    Ok(())
}

fn check(unit: &Unit, input: &OpenClaim) -> Result<(), No> {
    use RefusalCode as Code;
    match unit.status {
        DeliveryStatus::Delivered => {}
        DeliveryStatus::UnderClaim => return Err(already_open()),
        DeliveryStatus::Pending | DeliveryStatus::Replaced | DeliveryStatus::Refunded => {
            let message = "only what was delivered, and neither replaced nor refunded, can be claimed";
            return Err(No::because(Code::InvalidTransition, message, "deliveryId"));
        }
    }
    if unit.out_of_warranty {
        return Err(No::because(Code::OutOfWarranty, "the warranty on this delivery is over", "deliveryId"));
    }
    // What no terms can exclude.
    let always = matches!(
        input.reason,
        ClaimReason::NotDelivered | ClaimReason::Invalid | ClaimReason::NotAsDescribed
    );
    if !always && !unit.covered_reasons.contains(&input.reason) {
        return Err(No::because(Code::ReasonNotCovered, "the terms do not cover this reason", "reason"));
    }
    if input.wanted.is_some_and(|wanted| !unit.remedies.contains(&wanted)) {
        return Err(No::invalid("the terms do not offer this remedy", "wanted"));
    }
    Ok(())
}

fn already_open() -> No {
    No::because(RefusalCode::ClaimAlreadyOpen, "this delivery already has an open claim", "deliveryId")
}
