//! What the parties of a claim say to each other, what a desk notes for itself, and who has a claim in hand.

use super::{
    MAX_NOTE,
    claim::{Claim, ClaimDesk, ClaimId},
    store::{self, thread},
    work::{Work, refuse},
};
use crate::{
    access::{Permit, Viewer},
    events::EventType,
    foundation::{
        Db, Fault, Moment, No, RefusalCode,
        id::{TenantId, UserId},
        text,
    },
};
use uuid::Uuid;

crate::id!(
    /// A message about a claim.
    MessageId, "cmm"
);

crate::words! {
    /// Whose word it is.
    pub enum Party {
        /// The buyer's.
        Buyer = "BUYER",
        /// The selling site's.
        Site = "SITE",
        /// The supplier's.
        Supplier = "SUPPLIER",
        /// The operator's.
        Operator = "OPERATOR",
    }
}

impl Party {
    /// The party at a desk.
    pub const fn at(desk: ClaimDesk) -> Self {
        match desk {
            ClaimDesk::Buyer => Self::Buyer,
            ClaimDesk::Site => Self::Site,
            ClaimDesk::Supplier => Self::Supplier,
            ClaimDesk::Operator => Self::Operator,
        }
    }

    /// The desk of a party.
    pub const fn desk(self) -> ClaimDesk {
        match self {
            Self::Buyer => ClaimDesk::Buyer,
            Self::Site => ClaimDesk::Site,
            Self::Supplier => ClaimDesk::Supplier,
            Self::Operator => ClaimDesk::Operator,
        }
    }
}

crate::row! {
    /// A message.
    pub struct Message {
        /// The message.
        pub message_id: MessageId,
        /// About which claim.
        pub claim_id: ClaimId,
        /// Whose word it is.
        pub party: Party,
        /// What is said.
        pub body: String,
        /// When.
        pub at: Moment,
        /// The parties that have read it, the one that wrote it apart.
        pub read_by: Vec<Party>,
    }
}

crate::row! {
    /// What a desk's own people note.
    pub struct InternalNote {
        /// About which claim.
        pub claim_id: ClaimId,
        /// Who.
        pub author_id: Uuid,
        /// What.
        pub body: String,
        /// When.
        pub at: Moment,
    }
}

/// The most messages of a claim, and the most notes of a tenant on one.
pub const MOST: i64 = 200;

/// Says something to the other parties. The desk's own word is its first answer where it had not answered yet.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION for a tier between the parties, and once the claim has ended; LIMIT_EXCEEDED.
pub async fn post_message(db: &Db, permit: Permit, claim: ClaimId, body: &str) -> Result<Message, No> {
    let body = text::note(body, MAX_NOTE, "body")?;
    let mut work = Work::begin(db, &permit, claim).await?;
    let party = work.party()?;
    if !work.claim.status.is_open() {
        return Err(refuse("the claim has ended"));
    }
    let network = work.network;
    if thread::count(&mut work.tx, network, claim).await? >= MOST {
        return Err(limit());
    }
    let (id, author) = (MessageId::fresh(), permit.actor().id());
    let message = thread::insert(&mut work.tx, network, claim, id, party, author, &body).await?;
    thread::read_to(&mut work.tx, network, claim, party, id).await?;
    if work.claim.desk.map(Party::at) == Some(party) && party != Party::Buyer {
        work.claim = store::answered(&mut work.tx, network, claim).await?;
    }
    work.tell(EventType::WarrantyClaimMessage, id.to_string(), None).await?;
    work.done().await?;
    Ok(message)
}

/// Says that the caller's party has read the thread up to a message; it never goes back.
///
/// # Errors
/// NOT_FOUND, for the claim and for a message that is none of it; INVALID_TRANSITION for a tier between the parties.
pub async fn read_message(db: &Db, permit: Permit, claim: ClaimId, message: MessageId) -> Result<Claim, No> {
    let mut work = Work::begin(db, &permit, claim).await?;
    let party = work.party()?;
    let network = work.network;
    if !thread::is_of(&mut work.tx, network, claim, message).await? {
        return Err(No::not_found("messageId"));
    }
    if thread::read_to(&mut work.tx, network, claim, party, message).await? {
        work.tell(EventType::WarrantyClaimRead, message.to_string(), None).await?;
    }
    work.done().await
}

/// Notes something for the caller's own colleagues: neither the buyer nor another tenant reads it.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION for a tier between the parties; LIMIT_EXCEEDED.
pub async fn add_note(db: &Db, permit: Permit, claim: ClaimId, body: &str) -> Result<Claim, No> {
    let body = text::note(body, MAX_NOTE, "note")?;
    let mut work = Work::begin(db, &permit, claim).await?;
    let (network, tenant) = (work.network, permit.tenant());
    if work.party()? == Party::Buyer {
        return Err(No::Forbidden);
    }
    if thread::count_notes(&mut work.tx, network, claim, tenant).await? >= MOST {
        return Err(limit());
    }
    thread::insert_note(&mut work.tx, network, claim, tenant, permit.actor().id(), &body).await?;
    work.tell(EventType::WarrantyClaimNoted, claim.to_string(), Some(tenant)).await?;
    work.done().await
}

/// Puts a claim into a colleague's hands, or with nobody back into the desk's queue. It binds nobody: any of the desk
/// may still act.
///
/// # Errors
/// NOT_FOUND, for the claim and for who is no colleague; INVALID_TRANSITION where it is at another desk.
pub async fn assign_claim(
    db: &Db,
    permit: Permit,
    claim: ClaimId,
    assignee: Option<UserId>,
) -> Result<Claim, No> {
    let mut work = Work::begin(db, &permit, claim).await?;
    let (network, tenant) = (work.network, permit.tenant());
    let desk = work.claim.asking_desk.or(work.claim.desk);
    if !desk.is_some_and(|desk| desk.is(work.actor)) {
        return Err(refuse("the claim is not at your desk"));
    }
    if let Some(user) = assignee
        && !store::is_colleague(&mut work.tx, network, tenant, user).await?
    {
        return Err(No::not_found("userId"));
    }
    if work.claim.assignee_id != assignee {
        work.claim = store::assign(&mut work.tx, network, claim, assignee).await?;
        work.tell(EventType::WarrantyClaimAssigned, claim.to_string(), Some(tenant)).await?;
    }
    work.done().await
}

/// The messages of those claims as far as the viewer may read them, the first first.
///
/// # Errors
/// [`Fault`].
pub async fn messages(db: &Db, viewer: &Viewer, claims: &[ClaimId]) -> Result<Vec<Message>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    thread::of_claims(&mut tx, viewer.place.network, claims).await
}

/// A message, if the viewer may read it.
///
/// # Errors
/// [`Fault`].
pub async fn message(db: &Db, viewer: &Viewer, id: MessageId) -> Result<Option<Message>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    thread::find(&mut tx, viewer.place.network, id).await
}

/// The notes of the viewer's tenant on those claims, the first first.
///
/// # Errors
/// [`Fault`].
pub async fn notes(db: &Db, viewer: &Viewer, claims: &[ClaimId]) -> Result<Vec<InternalNote>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    let tenant: TenantId = viewer.place.tenant;
    thread::notes(&mut tx, viewer.place.network, tenant, claims).await
}

fn limit() -> No {
    No::because(RefusalCode::LimitExceeded, "a claim has at most 200 of these", "claimId")
}
