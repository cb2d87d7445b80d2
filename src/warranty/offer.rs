//! Offers to settle: one side proposes a remedy, the other accepts it, and it is done at once.

use super::{
    MAX_NOTE,
    approve_claim::{self, Granted, Terms, name_bearer},
    claim::{Action, Actor, Claim, ClaimDesk, ClaimId, ClaimStatus},
    step_claim::another_decides,
    store::{self, offers},
    thread::Party,
    work::{Work, refuse},
};
use crate::{
    access::{Permit, Viewer},
    catalogue::RemedyKind,
    events::EventType,
    foundation::{Db, Fault, Moment, No, RefusalCode, text},
};
use uuid::Uuid;

crate::id!(
    /// An offer to settle a claim.
    OfferId, "cof"
);

crate::words! {
    /// Where an offer stands.
    pub enum OfferStatus {
        /// The other side may accept it.
        Open = "OPEN",
        /// It was, and is done.
        Accepted = "ACCEPTED",
        /// It was not.
        Declined = "DECLINED",
        /// The claim moved on, or another offer took its place.
        Lapsed = "LAPSED",
    }
}

crate::row! {
    /// An offer.
    pub struct Offer {
        /// The offer.
        pub offer_id: OfferId,
        /// On which claim.
        pub claim_id: ClaimId,
        /// Who made it.
        pub party: Party,
        /// Where it stands.
        pub status: OfferStatus,
        /// What the buyer would get.
        pub remedy: RemedyKind,
        /// How much; minor units.
        pub amount: Option<i64>,
        /// Who would pay, where a desk made it.
        pub bearer: Option<ClaimDesk>,
        /// What is said.
        pub note: Option<String>,
        /// When.
        pub made_at: Moment,
        /// When it was accepted or not.
        pub ended_at: Option<Moment>,
    }
}

/// An offer as it is written.
pub struct NewOffer<'a> {
    /// Its id.
    pub id: OfferId,
    /// On which claim.
    pub claim: ClaimId,
    /// Who makes it.
    pub party: Party,
    /// The person.
    pub author: Uuid,
    /// What the buyer would get.
    pub remedy: RemedyKind,
    /// How much; minor units.
    pub amount: Option<i64>,
    /// Who would pay.
    pub bearer: Option<ClaimDesk>,
    /// What is said.
    pub note: Option<&'a str>,
}

/// What somebody offers.
#[derive(Clone, Debug)]
pub struct MakeOffer {
    /// On which claim.
    pub claim: ClaimId,
    /// What the buyer would get.
    pub remedy: RemedyKind,
    /// How much; minor units.
    pub amount: Option<i64>,
    /// Who would pay: a desk's word alone.
    pub bearer: Option<ClaimDesk>,
    /// What is said.
    pub note: Option<String>,
}

/// The most offers on a claim.
const MOST: i64 = 50;

/// Proposes a remedy: the buyer to the present desk, or the desk to the buyer. It takes the place of the one that was
/// open. A desk's offer binds it, and is its first answer; nothing is checked against stock or funds before it is
/// accepted.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION where no desk decides now, or it is another's; INVALID_INPUT for what the terms do not
/// offer, and for amounts; LIMIT_EXCEEDED.
pub async fn make_offer(db: &Db, permit: Permit, input: MakeOffer) -> Result<Offer, No> {
    let note = input.note.as_deref().map(|note| text::note(note, MAX_NOTE, "note")).transpose()?;
    let mut work = Work::begin(db, &permit, input.claim).await?;
    let desk = deciding(&work)?;
    let party = work.party()?;
    let by_desk = party.desk() == desk;
    if !by_desk && party != Party::Buyer {
        return Err(refuse("the claim is at another desk"));
    }
    let bearer = if by_desk {
        another_decides(&mut work).await?;
        Some(name_bearer(desk, input.bearer)?)
    } else if input.bearer.is_some() {
        return Err(No::invalid("who pays is for the desk to say", "bearer"));
    } else {
        None
    };
    let unit = approve_claim::unit(&mut work).await?;
    approve_claim::offered(&unit, input.remedy, bearer == Some(desk) || bearer.is_none())?;
    approve_claim::sensible(&unit, input.remedy, input.amount)?;
    let network = work.network;
    if offers::count(&mut work.tx, network, input.claim).await? >= MOST {
        return Err(No::because(RefusalCode::LimitExceeded, "a claim has at most 50 offers", "claimId"));
    }
    offers::lapse(&mut work.tx, network, input.claim).await?;
    let new = NewOffer {
        id: OfferId::fresh(),
        claim: input.claim,
        party,
        author: permit.actor().id(),
        remedy: input.remedy,
        amount: input.amount,
        bearer,
        note: note.as_deref(),
    };
    let offer = offers::insert(&mut work.tx, network, &new).await?;
    if by_desk {
        work.claim = store::answered(&mut work.tx, network, input.claim).await?;
    }
    work.tell(EventType::WarrantyClaimOffer, input.claim.to_string(), None).await?;
    work.done().await?;
    Ok(offer)
}

/// Accepts the other side's offer; what it says is done at once. The desk that made it, or that accepts it, decides by
/// it, at the expense of whom the offer (or `bearer`, by the operator's desk) names.
///
/// # Errors
/// NOT_FOUND at `input.offerId`; INVALID_TRANSITION for one's own offer, one that is not open, or at another desk; as
/// approving, for what can't be done.
pub async fn accept_offer(
    db: &Db,
    permit: Permit,
    id: OfferId,
    bearer: Option<ClaimDesk>,
) -> Result<Claim, No> {
    let (mut work, offer) = begin(db, &permit, id).await?;
    let desk = deciding(&work)?;
    let action = match (work.actor, offer.party) {
        (Actor::Buyer, Party::Buyer) => return Err(refuse("an offer is for the other side to accept")),
        (Actor::Buyer, party) if party.desk() == desk => Action::Settle,
        (_, Party::Buyer) if desk.is(work.actor) => Action::Approve,
        _ => return Err(refuse("an offer is between the buyer and the present desk")),
    };
    let bearer = match offer.bearer {
        Some(_) if bearer.is_some() => return Err(No::invalid("the offer says who pays", "bearer")),
        Some(bearer) => bearer,
        None => name_bearer(desk, bearer)?,
    };
    if action == Action::Approve {
        another_decides(&mut work).await?;
    }
    let network = work.network;
    offers::end(&mut work.tx, network, id, OfferStatus::Accepted).await?;
    let granted = Granted { remedy: offer.remedy, amount: offer.amount, bearer, terms: Terms::Sold };
    let done = approve_claim::grant(&mut work, action, desk, &granted, offer.note.as_deref()).await;
    match done {
        // What the desk's tenant has is not for the buyer to know.
        Err(No::Refused(refusals))
            if action == Action::Settle
                && refusals.iter().any(|one| one.code == RefusalCode::InsufficientFunds) =>
        {
            let message = "whoever offered it can't pay it at present";
            return Err(No::because(RefusalCode::InvalidTransition, message, "offerId"));
        }
        other => other?,
    }
    work.done().await
}

/// Declines the other side's offer, or takes one's own back.
///
/// # Errors
/// NOT_FOUND at `input.offerId`; INVALID_TRANSITION for one that is not open, and for whoever is no side of it.
pub async fn decline_offer(db: &Db, permit: Permit, id: OfferId) -> Result<Offer, No> {
    let (mut work, offer) = begin(db, &permit, id).await?;
    let desk = deciding(&work)?;
    if work.actor != Actor::Buyer && !desk.is(work.actor) {
        return Err(refuse("an offer is between the buyer and the present desk"));
    }
    let network = work.network;
    offers::end(&mut work.tx, network, id, OfferStatus::Declined).await?;
    let claim = offer.claim_id;
    work.tell(EventType::WarrantyClaimOffer, claim.to_string(), None).await?;
    let offer = offers::find(&mut work.tx, network, claim, id).await?;
    work.done().await?;
    offer.ok_or_else(|| No::not_found("offerId"))
}

/// The offers on those claims as far as the viewer may see them, the first first.
///
/// # Errors
/// [`Fault`].
pub async fn offers_on(db: &Db, viewer: &Viewer, claims: &[ClaimId]) -> Result<Vec<Offer>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    offers::of_claims(&mut tx, viewer.place.network, claims).await
}

async fn begin(db: &Db, permit: &Permit, id: OfferId) -> Result<(Work, Offer), No> {
    let missing = || No::not_found("offerId");
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let claim = offers::claim_of(&mut tx, network, id).await?.ok_or_else(missing)?;
    drop(tx);
    // What is wrong with the claim is wrong with the offer.
    let mut work = match Work::begin(db, permit, claim).await {
        Err(No::Refused(_)) => return Err(missing()),
        other => other?,
    };
    if work.actor == Actor::Chain {
        return Err(missing());
    }
    let offer = offers::find(&mut work.tx, network, claim, id).await?.ok_or_else(missing)?;
    if offer.status != OfferStatus::Open {
        return Err(No::because(RefusalCode::InvalidTransition, "the offer is not open", "offerId"));
    }
    Ok((work, offer))
}

// The desk that could decide now.
fn deciding(work: &Work) -> Result<ClaimDesk, No> {
    match (work.claim.status, work.claim.desk) {
        (ClaimStatus::Submitted | ClaimStatus::Appealed, Some(desk)) => Ok(desk),
        _ => Err(refuse("no desk can decide the claim now")),
    }
}
