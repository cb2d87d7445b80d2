//! Warranty claims: what buyers, sites, suppliers and the operator see and do.

pub mod before;
pub mod guard;
mod input;
pub mod recall;
pub mod remedy;
pub mod talk;

pub use before::{BeforeMutation, BeforeQuery, SelfCheckTried};
pub use guard::{GuardMutation, GuardQuery};
pub use input::{
    WarrantyClaimApproveInput, WarrantyClaimNoteInput, WarrantyClaimOpenInput, WarrantyClaimOrder,
    WarrantyClaimRejectInput, WarrantyClaimWhere, WarrantyMutation,
};
pub use recall::{Recall, RecallMutation, RecallQuery, visible_recall};
pub use remedy::{Purse, Remedy, RemedyPayment};
pub use talk::{ClaimMessage, ClaimNote, ClaimOffer, RemedyOption, TalkMutation, TalkSubscription, Triage};

use super::{
    Ask, Session,
    catalogue::{ClaimReason, ProductKind, RemedyKind},
    dossier::{self, Escalation},
    error,
    evidence::{self, Evidence, EvidenceMatch},
    identity::{User, visible_user},
    loader::{MessagesOf, NotesOf, OffersOf, RemediesOf, TriageOf},
    orders::{Delivery, Order},
    scalar::{DateTime, Money},
    session::{nullable, read},
};
use crate::{
    foundation::{Currency, Fault, No, page},
    orders::{DeliveryId, OrderId},
    warranty::{self, read::Which},
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use uuid::Uuid;

/// Where a claim stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "warranty::ClaimStatus")]
pub enum ClaimStatus {
    /// A desk has to decide.
    Submitted,
    /// The buyer was asked for more; the desk's clock stands still.
    InfoRequested,
    /// Granted; the remedy is being carried out.
    Approved,
    /// Refused; the buyer may appeal until Rejection.appealUntil.
    Rejected,
    /// The operator decides anew.
    Appealed,
    /// The remedy was carried out.
    Resolved,
    /// Refused for good.
    Closed,
    /// Given up by the buyer.
    Withdrawn,
}

/// Who has to act next.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "warranty::ClaimDesk")]
pub enum ClaimDesk {
    /// The selling site.
    Site,
    /// The supplier.
    Supplier,
    /// The operator.
    Operator,
    /// The buyer, who was asked for more.
    Buyer,
}

/// Why a claim is refused.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "warranty::RejectReason")]
pub enum RejectReason {
    /// What was shown does not prove it.
    InsufficientEvidence,
    /// The warranty was over.
    OutOfPeriod,
    /// It was used in a way that the terms exclude.
    Misuse,
    /// The buyer has used it.
    UsedByBuyer,
    /// The terms exclude it.
    Excluded,
    /// It was claimed before.
    Duplicate,
    /// It looks like fraud.
    FraudSuspected,
}

/// A buyer's claim on one delivery.
#[derive(Clone)]
pub struct WarrantyClaim {
    claim: warranty::Claim,
    currency: Currency,
    party: bool,
}

impl WarrantyClaim {
    /// The claim as its viewer's place shows it.
    pub fn of(session: &Session, claim: warranty::Claim) -> Self {
        let place = &session.viewer.place;
        // Those who are told and do not decide are not told what those below them asked.
        let party = place.kind != crate::access::TenantKind::Site || place.tenant == claim.site_id;
        Self { claim, currency: place.currency, party }
    }
}

/// A buyer's claim on one delivery: seen by its buyer, its site, every tier on the line's price chain, its
/// supplier and the operator; decided by the desk that it is at.
#[Object]
impl WarrantyClaim {
    /// Opaque; begins with clm_.
    pub async fn id(&self) -> ID {
        ID(self.claim.claim_id.to_string())
    }

    /// Where it stands.
    async fn status(&self) -> ClaimStatus {
        self.claim.status.into()
    }

    /// Why the buyer claims.
    async fn reason(&self) -> ClaimReason {
        self.claim.reason.into()
    }

    /// In the buyer's words: an account or an address may be among them. Empty for the tiers between the selling site and
    /// the operator, as whatever else was written.
    async fn description(&self) -> &str {
        if self.party { &self.claim.description } else { "" }
    }

    /// What the buyer would like, as far as the buyer said so.
    async fn wanted(&self) -> Option<RemedyKind> {
        self.claim.wanted.map(Into::into)
    }

    /// What it is about.
    async fn delivery(&self, ctx: &Context<'_>) -> Result<Delivery> {
        there(ctx, ctx.loaders().deliveries.load_one(DeliveryId(self.claim.delivery_id)).await?)
    }

    /// The order that it was part of.
    async fn order(&self, ctx: &Context<'_>) -> Result<Order> {
        there(ctx, ctx.loaders().orders.load_one(OrderId(self.claim.order_id)).await?)
    }

    /// Who has to act next; null where nobody has to.
    async fn desk(&self) -> Option<ClaimDesk> {
        self.claim.desk.map(Into::into)
    }

    /// When the present desk must have acted; past it the claim moves up a desk by itself. Null while the
    /// buyer is asked: the desk's clock stands still then, for seven days at most.
    async fn due_at(&self) -> Option<DateTime> {
        let asked = self.claim.status == warranty::ClaimStatus::InfoRequested;
        self.claim.due_at.filter(|_| !asked).map(DateTime)
    }

    /// What was granted; null before that.
    async fn remedy(&self) -> Option<Remedy> {
        let claim = &self.claim;
        Some(Remedy {
            kind: claim.remedy?.into(),
            bearer: claim.bearer?.into(),
            amount: claim
                .remedy_amount
                .filter(|_| self.party)
                .map(|amount| Money::minor(amount, self.currency)),
            replacement: claim.replacement_id,
            claim: claim.claim_id,
            currency: self.currency,
        })
    }

    /// Why it was refused; null unless it was, and once an appeal has overturned that.
    async fn rejection(&self) -> Option<Rejection> {
        let claim = &self.claim;
        if claim.status == warranty::ClaimStatus::Resolved {
            return None;
        }
        Some(Rejection {
            reason: claim.reject_reason?.into(),
            note: claim.reject_note.clone().filter(|_| self.party).unwrap_or_default(),
            appeal_until: claim.appeal_until.map(DateTime),
        })
    }

    /// Every step that it has taken, the first first; its notes are for the parties.
    async fn history(&self, ctx: &Context<'_>) -> Result<Vec<ClaimStep>> {
        let steps = ctx.loaders().histories.load_one(self.claim.claim_id).await?.unwrap_or_default();
        let mut steps: Vec<ClaimStep> = steps.iter().cloned().map(Into::into).collect();
        if !self.party {
            for step in &mut steps {
                step.note = None;
            }
        }
        Ok(steps)
    }

    /// What was submitted for it, the first first: for its buyer, its site, its supplier and the operator. The tiers
    /// between them are not shown it.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
        evidence::of_claim(ctx, self.claim.claim_id.0).await
    }

    /// For those who decide: files of other claims within their sight that are the same as one of this claim's, or
    /// look the same. Null for everyone else.
    async fn evidence_matches(&self, ctx: &Context<'_>) -> Option<Result<Vec<EvidenceMatch>>> {
        evidence::matches_of_claim(ctx, self.claim.claim_id.0).await
    }

    /// Who takes the buyer's complaint, by the network's region; null unless the claim was refused for good.
    async fn escalation(&self, ctx: &Context<'_>) -> Option<Result<Escalation>> {
        dossier::escalation_of(ctx, &self.claim).await
    }

    /// When the buyer opened it.
    async fn opened_at(&self) -> DateTime {
        DateTime(self.claim.opened_at)
    }

    /// What kind of good it is about.
    async fn kind(&self) -> ProductKind {
        self.claim.kind.into()
    }

    /// Whose good that is to the buyer; null where nobody said.
    async fn brand(&self) -> Option<&str> {
        self.claim.brand.as_deref()
    }

    /// When a desk first answered: asked, offered, said something or decided.
    async fn answered_at(&self) -> Option<DateTime> {
        self.claim.answered_at.map(DateTime)
    }

    /// What the buyer tried before, step by step. Empty for the tiers between the parties.
    async fn self_check(&self) -> Vec<SelfCheckTried> {
        if !self.party {
            return Vec::new();
        }
        self.claim.self_check.iter().map(SelfCheckTried::of).collect()
    }

    /// The colleague who has it in hand. Null for everyone but the desk's own people.
    async fn assignee(&self, ctx: &Context<'_>) -> Option<Result<User>> {
        nullable(async {
            let desk = self.claim.asking_desk.or(self.claim.desk);
            let place = &ctx.viewer().place;
            let own = match desk {
                Some(warranty::ClaimDesk::Site) => place.tenant == self.claim.site_id,
                Some(warranty::ClaimDesk::Supplier) => place.tenant == self.claim.supplier_id,
                Some(warranty::ClaimDesk::Operator) => place.kind == crate::access::TenantKind::Operator,
                Some(warranty::ClaimDesk::Buyer) | None => false,
            };
            match self.claim.assignee_id.filter(|_| own && ctx.viewer().actor.is_staff()) {
                Some(user) => visible_user(ctx.session(), user).await,
                None => Ok(None),
            }
        })
        .await
    }

    /// What the buyer, the site, the supplier and the operator said to each other, the first first; at most 200. Empty
    /// for the tiers between them.
    async fn messages(&self, ctx: &Context<'_>) -> Result<Vec<ClaimMessage>> {
        Ok(ctx.loaders().messages.load_one(MessagesOf(self.claim.claim_id)).await?.unwrap_or_default())
    }

    /// What the caller's own colleagues noted, the first first; at most 200. Nobody else reads it.
    async fn notes(&self, ctx: &Context<'_>) -> Result<Vec<ClaimNote>> {
        if !ctx.viewer().actor.is_staff() {
            return Ok(Vec::new());
        }
        Ok(ctx.loaders().notes.load_one(NotesOf(self.claim.claim_id)).await?.unwrap_or_default())
    }

    /// What was offered to settle it, the first first; at most 50. Empty for the tiers between the parties.
    async fn offers(&self, ctx: &Context<'_>) -> Result<Vec<ClaimOffer>> {
        Ok(ctx.loaders().offers.load_one(OffersOf(self.claim.claim_id)).await?.unwrap_or_default())
    }

    /// What the terms offer as things stand, in their order: the first without a hindrance is what comes next. Empty for
    /// the tiers between the selling site and the operator.
    async fn remedy_options(&self, ctx: &Context<'_>) -> Result<Vec<RemedyOption>> {
        if !self.party {
            return Ok(Vec::new());
        }
        Ok(ctx.loaders().remedies.load_one(RemediesOf(self.claim.claim_id)).await?.unwrap_or_default())
    }

    /// What the record says for and against it, for whoever decides; never a verdict. Null for buyers and for the tiers
    /// between the parties.
    async fn triage(&self, ctx: &Context<'_>) -> Option<Result<Triage>> {
        if !self.party || !ctx.viewer().actor.is_staff() {
            return None;
        }
        ctx.loaders().triages.load_one(TriageOf(self.claim.claim_id)).await.transpose()
    }

    /// The recall that settled it; null where none did, and for whoever may not see that.
    async fn recall(&self, ctx: &Context<'_>) -> Option<Result<Recall>> {
        nullable(async {
            match self.claim.recall_id {
                Some(id) => visible_recall(ctx.session(), warranty::recall::RecallId(id)).await,
                None => Ok(None),
            }
        })
        .await
    }
}

/// Why a claim was refused.
#[derive(SimpleObject, Clone)]
pub struct Rejection {
    /// Why.
    pub reason: RejectReason,
    /// In words.
    pub note: String,
    /// Until when the buyer may appeal; null where no appeal is possible.
    pub appeal_until: Option<DateTime>,
}

/// One step of a claim.
#[derive(SimpleObject, Clone)]
pub struct ClaimStep {
    /// When.
    pub at: DateTime,
    /// From where; null for the first.
    pub from: Option<ClaimStatus>,
    /// To where.
    pub to: ClaimStatus,
    /// The desk that it went to, or that decided.
    pub desk: Option<ClaimDesk>,
    /// What was said.
    pub note: Option<String>,
}

impl From<warranty::Step> for ClaimStep {
    fn from(step: warranty::Step) -> Self {
        Self {
            at: DateTime(step.at),
            from: step.from_status.map(Into::into),
            to: step.to_status.into(),
            desk: step.desk.map(Into::into),
            note: step.note,
        }
    }
}

crate::connection!(WarrantyClaim, WarrantyClaimEdge, WarrantyClaimConnection);

crate::payload! {
    /// The claim after the step, or why it was not taken.
    WarrantyClaimPayload {
        /// The claim as it stands now.
        claim: WarrantyClaim
    }
}

/// Reads warranty claims.
#[derive(Default)]
pub struct WarrantyQuery;

/// Reads warranty claims.
#[Object]
impl WarrantyQuery {
    /// A claim; null where it does not exist or the caller may not see it.
    async fn warranty_claim(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim.")] id: ID,
    ) -> Option<Result<WarrantyClaim>> {
        let find = async {
            ctx.permit()?;
            match id.parse::<warranty::ClaimId>() {
                Ok(id) => claim(ctx.session(), id.0).await,
                Err(_) => Ok(None),
            }
        };
        find.await.transpose()
    }

    /// Claims, the newest or the most urgent first: a buyer's own; for staff, those on whose price chain their tenant is.
    async fn warranty_claims(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Go on behind this cursor.")] after: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<WarrantyClaimWhere>,
        #[graphql(
            desc = "Which comes first; by DUE a page goes on behind where its cursor's claim stands now.",
            default_with = "Some(WarrantyClaimOrder::Newest)"
        )]
        order_by: Option<WarrantyClaimOrder>,
    ) -> Option<Result<WarrantyClaimConnection>> {
        let list = async {
            let permit = ctx.permit()?;
            let (session, sealer) = (ctx.session(), &ctx.services().sealer);
            let request = read(page::request(sealer, LIST, first.unwrap_or(20), after.as_deref()))?;
            let order_by = order_by.unwrap_or(WarrantyClaimOrder::Newest);
            let which = match filter {
                Some(filter) => read(filter.which(order_by))?,
                None => Which { order: order_by.of(), ..Which::default() },
            };
            let page = told(warranty::read::claims(&ctx.services().db, permit, which, request).await)?;
            let page = page.map(|claim| (claim.claim_id.0, WarrantyClaim::of(session, claim)));
            Ok(WarrantyClaimConnection::of(sealer, LIST, page))
        };
        Some(list.await)
    }
}

const LIST: &str = "claims";

/// The claim with that id, as the session's viewer sees it.
///
/// # Errors
/// When the database fails.
pub async fn claim(session: &Session, id: Uuid) -> Result<Option<WarrantyClaim>> {
    if !session.viewer.can_do("claim:read") {
        return Ok(None);
    }
    let found = warranty::read::claim(&session.services.db, &session.viewer, warranty::ClaimId(id)).await;
    Ok(told(found)?.map(|claim| WarrantyClaim::of(session, claim)))
}

/// The claims with those ids that the session's viewer may see.
///
/// # Errors
/// When the database fails.
pub async fn visible_claims(
    session: &Session,
    ids: &[warranty::ClaimId],
) -> Result<Vec<(warranty::ClaimId, WarrantyClaim)>> {
    if !session.viewer.can_do("claim:read") {
        return Ok(Vec::new());
    }
    let found = warranty::read::find_claims(&session.services.db, &session.viewer, ids).await;
    Ok(told(found)?.into_iter().map(|claim| (claim.claim_id, WarrantyClaim::of(session, claim))).collect())
}

/// The claims of those orders that the session's viewer may see, each with its order, the first first.
///
/// # Errors
/// When the database fails.
pub async fn claims_of_orders(session: &Session, orders: &[Uuid]) -> Result<Vec<(Uuid, WarrantyClaim)>> {
    if !session.viewer.can_do("claim:read") {
        return Ok(Vec::new());
    }
    let found = warranty::read::claims_of_orders(&session.services.db, &session.viewer, orders).await;
    Ok(told(found)?.into_iter().map(|claim| (claim.order_id, WarrantyClaim::of(session, claim))).collect())
}

fn told<T>(result: Result<T, Fault>) -> Result<T> {
    read(result.map_err(No::Fault))
}

// Row security shows a claim's order to whoever sees the claim; a role may still not have it.
fn there<T>(ctx: &Context<'_>, found: Option<T>) -> Result<T> {
    found.ok_or_else(|| {
        if ctx.viewer().can_do("order:read") {
            error::internal(&Fault::new("what a claim is about is not to be seen"))
        } else {
            error::top(No::Forbidden)
        }
    })
}
