//! The steps that move no money: asking, answering, handing over, refusing, appealing, giving up.

use super::{
    MAX_NOTE,
    claim::{Action, Claim, ClaimDesk, ClaimId, ClaimStatus, RejectReason},
    deadline::Clock,
    store,
    work::{Work, refuse},
};
use crate::{
    access::Permit,
    foundation::{Db, Fault, No, RefusalCode, text},
    orders::{DeliveryStatus, unit},
};

/// A claim, and what is said about it.
#[derive(Clone, Debug)]
pub struct Note {
    /// The claim.
    pub claim: ClaimId,
    /// What is said.
    pub note: String,
}

/// A refusal of a claim.
#[derive(Clone, Debug)]
pub struct RejectClaim {
    /// The claim.
    pub claim: ClaimId,
    /// Why.
    pub reason: RejectReason,
    /// What is said.
    pub note: String,
}

/// The present desk asks the buyer for more; its clock stands still meanwhile.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION.
pub async fn request_info(db: &Db, permit: Permit, input: Note) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let next = work.next(Action::RequestInfo)?;
    work.claim.asking_desk = work.claim.desk;
    // The buyer's time can run out too; that the desk was late is said again when it is back there.
    work.claim.overdue = false;
    work.step(next, Clock::Pause, next.1, Some(&note)).await?;
    work.done().await
}

/// The buyer answers; the desk that asked has what was left of its time.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION.
pub async fn provide_info(db: &Db, permit: Permit, input: Note) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let (status, _) = work.next(Action::ProvideInfo)?;
    let desk = work.claim.asking_desk.take();
    work.step((status, desk), Clock::Resume, desk, Some(&note)).await?;
    work.done().await
}

/// The present desk passes the claim to the next one up, whose time begins.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION.
pub async fn hand_over(db: &Db, permit: Permit, input: Note) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let next = work.next(Action::HandOver)?;
    work.step(next, Clock::Fresh, next.1, Some(&note)).await?;
    work.done().await
}

/// The present desk refuses the claim. The buyer may appeal within the terms' window; refused on appeal,
/// it is closed.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION.
pub async fn reject_claim(db: &Db, permit: Permit, input: RejectClaim) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let next = work.next(Action::Reject)?;
    another_decides(&mut work).await?;
    let desk = work.claim.desk;
    let person = store::person(&mut work.tx, work.network, permit.actor().id()).await?;
    work.claim.reject_reason = Some(input.reason);
    work.claim.reject_note = Some(note.clone());
    work.claim.rejected_by = Some(person);
    if next.0 == ClaimStatus::Closed {
        back_to_delivered(&mut work).await?;
    }
    work.step(next, Clock::Stop, desk, Some(&note)).await?;
    work.done().await
}

/// The buyer asks the operator to decide anew: once, within the window.
///
/// # Errors
/// NOT_FOUND; APPEAL_NOT_ALLOWED a second time or after the window; INVALID_TRANSITION.
pub async fn appeal_claim(db: &Db, permit: Permit, input: Note) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let not_now = |why: &str| No::because(RefusalCode::AppealNotAllowed, why, "claimId");
    if work.claim.appealed {
        return Err(not_now("this claim was appealed before"));
    }
    if work.claim.status == ClaimStatus::Closed {
        return Err(not_now("the time for an appeal has passed"));
    }
    let next = work.next(Action::Appeal)?;
    if !store::may_appeal(&mut work.tx, work.network, input.claim).await? {
        return Err(not_now("the time for an appeal has passed"));
    }
    work.claim.appealed = true;
    work.claim.overdue = false;
    work.step(next, Clock::Fresh, next.1, Some(&note)).await?;
    work.done().await
}

/// The buyer gives the claim up.
///
/// # Errors
/// NOT_FOUND, INVALID_TRANSITION.
pub async fn withdraw_claim(db: &Db, permit: Permit, input: Note) -> Result<Claim, No> {
    let note = text::note(&input.note, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let next = work.next(Action::Withdraw)?;
    back_to_delivered(&mut work).await?;
    work.claim.asking_desk = None;
    work.step(next, Clock::Stop, Some(ClaimDesk::Buyer), Some(&note)).await?;
    work.done().await
}

/// Nobody decides a claim that they are a party to, neither by an API key nor by another account under the same address:
/// neither what they bought themselves nor the appeal of what they refused.
///
/// # Errors
/// INVALID_TRANSITION.
pub(super) async fn another_decides(work: &mut Work) -> Result<(), No> {
    let Some(by) = work.by else { return Ok(()) };
    let person = store::person(&mut work.tx, work.network, by).await?;
    if let Some(rejected_by) = work.claim.rejected_by
        && store::is_same_person(&mut work.tx, work.network, person, rejected_by).await?
    {
        return Err(refuse("whoever refused a claim does not decide its appeal"));
    }
    if store::is_same_person(&mut work.tx, work.network, person, work.claim.buyer_id.0).await? {
        return Err(refuse("nobody decides a claim of their own"));
    }
    Ok(())
}

/// The claim has ended and left the unit as it was.
///
/// # Errors
/// [`Fault`] when the delivery is not under claim.
pub(super) async fn back_to_delivered(work: &mut Work) -> Result<(), Fault> {
    let (from, to) = (DeliveryStatus::UnderClaim, DeliveryStatus::Delivered);
    unit::set_status(&mut work.tx, work.network, work.claim.delivery_id, from, to).await
}
