//! A claim in hand: locked, the actor's part in it known, each step saved, written down and told.

use super::{
    claim::{Action, Actor, Claim, ClaimDesk, ClaimId, ClaimStatus, Next, after},
    deadline::{self, Clock},
    store,
    thread::Party,
};
use crate::{
    access::{Permit, TenantKind},
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, No, RefusalCode, Tx,
        id::{NetworkId, TenantId},
    },
    orders::{
        OrderStatus,
        unit::{self, LockedOrder},
    },
};
use uuid::Uuid;

/// A claim under its locks, in the transaction that takes it on.
pub struct Work {
    /// The transaction.
    pub tx: Tx,
    /// The network.
    pub network: NetworkId,
    /// The claim as it stands.
    pub claim: Claim,
    /// What the caller is to it.
    pub actor: Actor,
    /// The caller; none is the clock.
    pub by: Option<Uuid>,
    /// Where its order stands.
    pub order_status: OrderStatus,
    /// Everyone with a price on its line.
    pub audience: Vec<TenantId>,
    /// The desk whose time has passed, where that is why a step is taken.
    pub late: Option<ClaimDesk>,
}

impl Work {
    /// Takes a claim in hand. Whether the caller may see it is settled before anything is locked.
    ///
    /// # Errors
    /// NOT_FOUND at `input.claimId`, for a missing claim and for one of others.
    pub async fn begin(db: &Db, permit: &Permit, id: ClaimId) -> Result<Self, No> {
        let network = permit.network();
        let mut tx = db.begin(permit.work()).await?;
        let missing = || No::not_found("claimId");
        let seen = store::find(&mut tx, network, id).await?.ok_or_else(missing)?;
        let audience = unit::audience(&mut tx, network, seen.order_id, Some(seen.line_no)).await?;
        let actor = part(permit, &seen, &audience).ok_or_else(missing)?;
        let order: LockedOrder =
            unit::lock_order(&mut tx, network, seen.order_id).await?.ok_or_else(missing)?;
        let claim = store::lock(&mut tx, network, id).await?.ok_or_else(missing)?;
        let by = Some(permit.actor().id());
        let order_status = order.status;
        Ok(Self { tx, network, claim, actor, by, order_status, audience, late: None })
    }

    /// Where the action leads for this caller.
    ///
    /// # Errors
    /// INVALID_TRANSITION at `input.claimId` where the table does not list it.
    pub fn next(&self, action: Action) -> Result<Next, No> {
        after(self.claim.status, self.claim.desk, action, self.actor)
            .ok_or_else(|| refuse("the claim does not allow this step to you now"))
    }

    /// Takes a step: the claim as changed by the caller goes to `next`, with a line of history and an event.
    /// `desk` is the one that the history names.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn step(
        &mut self,
        next: Next,
        clock: Clock,
        desk: Option<ClaimDesk>,
        note: Option<&str>,
    ) -> Result<(), Fault> {
        let (from, sent) = (self.claim.status, self.claim.desk);
        (self.claim.status, self.claim.desk) = next;
        let due = deadline::due(&mut self.tx, self.network, &self.claim, clock).await?;
        self.claim = store::save(&mut self.tx, self.network, &self.claim, &due).await?;
        // What a desk has offered, or was offered, is its own affair.
        let asks = next.1 == Some(ClaimDesk::Buyer) || sent == Some(ClaimDesk::Buyer);
        if !next.0.is_open() || (next.1 != sent && !asks) {
            store::offers::lapse(&mut self.tx, self.network, self.claim.claim_id).await?;
        }
        self.write_down(Some(from), desk, note, EventType::WarrantyClaimChanged).await
    }

    /// Writes the step that the claim has just taken to its history and tells everyone concerned.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn write_down(
        &mut self,
        from: Option<ClaimStatus>,
        desk: Option<ClaimDesk>,
        note: Option<&str>,
        kind: EventType,
    ) -> Result<(), Fault> {
        let (network, claim) = (self.network, &self.claim);
        store::insert_step(&mut self.tx, network, claim, from, desk, note, (self.by, self.late)).await?;
        let event = Event {
            kind,
            audience: self.audience.clone(),
            subject: claim.claim_id.to_string(),
            order: Some(claim.order_id),
            buyer: Some(claim.buyer_id),
            order_status: Some(self.order_status.word()),
            claim_status: Some(claim.status.word()),
        };
        events::record(&mut self.tx, network, &[event]).await
    }

    /// Tells the parties of something about the claim that is no step: `subject` is what it is about. The tiers between
    /// them are not told; `own` tells the desk's tenant alone.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn tell(
        &mut self,
        kind: EventType,
        subject: String,
        own: Option<TenantId>,
    ) -> Result<(), Fault> {
        let claim = &self.claim;
        let audience = if let Some(tenant) = own {
            vec![tenant]
        } else {
            let operator = store::operator(&mut self.tx, self.network).await?;
            vec![claim.site_id, claim.supplier_id, operator]
        };
        let event = Event {
            kind,
            audience,
            subject,
            order: Some(claim.order_id),
            buyer: own.is_none().then_some(claim.buyer_id),
            order_status: Some(self.order_status.word()),
            claim_status: Some(claim.status.word()),
        };
        events::record(&mut self.tx, self.network, &[event]).await
    }

    /// The party that the caller speaks for in the claim's thread.
    ///
    /// # Errors
    /// INVALID_TRANSITION for a tier between them.
    pub fn party(&self) -> Result<Party, No> {
        match self.actor {
            Actor::Buyer => Ok(Party::Buyer),
            Actor::Site => Ok(Party::Site),
            Actor::Supplier => Ok(Party::Supplier),
            Actor::Operator => Ok(Party::Operator),
            Actor::Chain | Actor::Clock | Actor::Record => {
                Err(refuse("the tiers between the site and the operator have no part in it"))
            }
        }
    }

    /// Makes it lasting.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn done(self) -> Result<Claim, No> {
        self.tx.commit().await?;
        Ok(self.claim)
    }
}

/// The present state, or who asks, does not allow the step.
pub fn refuse(message: &str) -> No {
    No::because(RefusalCode::InvalidTransition, message, "claimId")
}

// What the caller is to the claim; none where it may not even see it.
fn part(permit: &Permit, claim: &Claim, chain: &[TenantId]) -> Option<Actor> {
    let tenant = permit.tenant();
    if let Some(buyer) = permit.actor().buyer() {
        return (claim.buyer_id == buyer && claim.site_id == tenant).then_some(Actor::Buyer);
    }
    if !permit.actor().is_staff() {
        return None;
    }
    match permit.place().kind {
        TenantKind::Operator => Some(Actor::Operator),
        _ if tenant == claim.site_id => Some(Actor::Site),
        _ if tenant == claim.supplier_id => Some(Actor::Supplier),
        _ => chain.contains(&tenant).then_some(Actor::Chain),
    }
}
