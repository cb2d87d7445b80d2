//! What clients send about claims, and the mutations that take it.

use super::{
    super::catalogue::{ClaimReason, ProductKind, RemedyKind},
    super::{
        Ask, evidence,
        scalar::{DateTime, MoneyInput},
    },
    ClaimDesk, ClaimStatus, RejectReason, WarrantyClaim, WarrantyClaimPayload,
    before::SelfCheckOutcome,
};
use crate::{
    catalogue::self_check::Said,
    foundation::{Currency, No, id::UserId, text},
    orders::DeliveryId,
    warranty::{
        self, ApproveClaim, ClaimId, Note, OpenClaim, RejectClaim,
        read::{Order, Which},
    },
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

/// Which claims a list shows.
#[derive(InputObject)]
pub struct WarrantyClaimWhere {
    /// Those that stand there.
    pub status: Option<ClaimStatus>,
    /// Those at that desk.
    pub desk: Option<ClaimDesk>,
    /// Those on goods of that kind.
    pub kind: Option<ProductKind>,
    /// Those on goods of that brand.
    pub brand: Option<String>,
    /// Those that this colleague has in hand.
    pub assignee_id: Option<ID>,
    /// Those that nobody has in hand.
    #[graphql(default)]
    pub unassigned: bool,
    /// Those that are due by then.
    pub due_before: Option<DateTime>,
}

/// Which claim comes first.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum WarrantyClaimOrder {
    /// The one that was opened last.
    Newest,
    /// The one that is due first; behind all, those that are not.
    Due,
}

/// What came of a step of the self-check.
#[derive(InputObject)]
pub struct SelfCheckSaidInput {
    /// Which step, from 1.
    pub step: i32,
    /// What came of it.
    pub outcome: SelfCheckOutcome,
    /// In words, at most 500 characters.
    pub note: Option<String>,
}

impl WarrantyClaimWhere {
    /// What a list is to show. An id that is none is nobody's.
    ///
    /// # Errors
    /// BAD_REQUEST for a brand that can be none.
    pub fn which(self, order: WarrantyClaimOrder) -> Result<Which, No> {
        check_brand(self.brand.as_deref())?;
        Ok(Which {
            status: self.status.map(Into::into),
            desk: self.desk.map(Into::into),
            kind: self.kind.map(Into::into),
            brand: self.brand,
            assignee: self.assignee_id.map(|id| id.parse().unwrap_or(UserId(uuid::Uuid::nil()))),
            unassigned: self.unassigned,
            due_before: self.due_before.map(|at| at.0),
            order: order.of(),
        })
    }
}

/// A brand that something can have.
///
/// # Errors
/// BAD_REQUEST.
pub(super) fn check_brand(brand: Option<&str>) -> Result<(), No> {
    match brand.map(|brand| text::line(brand, 60, "brand")) {
        Some(Err(_)) => Err(No::BadRequest("a brand has 1 to 60 characters, all of them visible")),
        _ => Ok(()),
    }
}

impl WarrantyClaimOrder {
    /// The order of a list.
    pub const fn of(self) -> Order {
        match self {
            Self::Newest => Order::Newest,
            Self::Due => Order::Due,
        }
    }
}

/// A new claim.
#[derive(InputObject)]
pub struct WarrantyClaimOpenInput {
    /// Names the call, 1 to 128 visible ASCII characters: the same key and input again answer the first claim.
    pub idempotency_key: String,
    /// What it is about; delivered, within its warranty, without an open claim.
    pub delivery_id: ID,
    /// Why. INVALID, NOT_AS_DESCRIBED and NOT_DELIVERED are always covered, the others as the terms say.
    pub reason: ClaimReason,
    /// In words, at most 2,000 characters.
    pub description: String,
    /// What the buyer would like; one of the remedies that the terms offer.
    pub wanted: Option<RemedyKind>,
    /// What the buyer tried before, of the steps of selfCheck; those that are not named were skipped.
    pub self_check: Option<Vec<SelfCheckSaidInput>>,
    /// Files that were sent before (`uploadCreate`, then PUT); submitted with the claim, at most 20.
    pub evidence_upload_ids: Option<Vec<ID>>,
}

/// A claim, and what is said about it.
#[derive(InputObject)]
pub struct WarrantyClaimNoteInput {
    /// The claim.
    pub claim_id: ID,
    /// What is said, at most 2,000 characters; kept in the claim's history.
    pub note: String,
}

/// What a desk grants.
#[derive(InputObject)]
pub struct WarrantyClaimApproveInput {
    /// The claim.
    pub claim_id: ID,
    /// What the buyer gets: one that the terms offer; COMPENSATE at the desk's own expense always.
    pub remedy: RemedyKind,
    /// For COMPENSATE (at most what the unit cost), and for a partial REFUND; null refunds the unit in full.
    pub amount: Option<MoneyInput>,
    /// Who pays. The operator's desk alone may name another than itself; null is the desk that decides, and SUPPLIER there.
    pub bearer: Option<ClaimDesk>,
    /// What is said, at most 2,000 characters.
    pub note: Option<String>,
}

/// A refusal.
#[derive(InputObject)]
pub struct WarrantyClaimRejectInput {
    /// The claim.
    pub claim_id: ID,
    /// Why.
    pub reason: RejectReason,
    /// In words, for the buyer; at most 2,000 characters.
    pub note: String,
}

impl WarrantyClaimOpenInput {
    fn parse(self) -> Result<OpenClaim, No> {
        Ok(OpenClaim {
            key: self.idempotency_key,
            delivery: self.delivery_id.parse::<DeliveryId>().map_err(|_| No::not_found("deliveryId"))?,
            reason: self.reason.into(),
            description: self.description,
            wanted: self.wanted.map(Into::into),
            self_check: self
                .self_check
                .unwrap_or_default()
                .into_iter()
                .map(|said| Said { step: said.step, outcome: said.outcome.into(), note: said.note })
                .collect(),
            evidence: evidence::upload_ids(
                self.evidence_upload_ids.unwrap_or_default(),
                "evidenceUploadIds",
            )?,
        })
    }
}

impl WarrantyClaimNoteInput {
    fn parse(self) -> Result<Note, No> {
        Ok(Note { claim: claim_id(&self.claim_id)?, note: self.note })
    }
}

impl WarrantyClaimApproveInput {
    fn parse(self, currency: Currency) -> Result<ApproveClaim, No> {
        let amount = self.amount.map(|amount| amount.parse(currency, "amount")).transpose()?;
        Ok(ApproveClaim {
            claim: claim_id(&self.claim_id)?,
            remedy: self.remedy.into(),
            amount: amount.map(|amount| amount.minor),
            bearer: self.bearer.map(Into::into),
            note: self.note,
        })
    }
}

impl WarrantyClaimRejectInput {
    fn parse(self) -> Result<RejectClaim, No> {
        Ok(RejectClaim { claim: claim_id(&self.claim_id)?, reason: self.reason.into(), note: self.note })
    }
}

// What is no id of a claim looks like a claim that is not there.
pub(super) fn claim_id(id: &ID) -> Result<ClaimId, No> {
    id.parse().map_err(|_| No::not_found("claimId"))
}

pub(super) fn payload(
    ctx: &Context<'_>,
    result: Result<warranty::Claim, No>,
) -> Result<WarrantyClaimPayload> {
    WarrantyClaimPayload::of(result.map(|claim| WarrantyClaim::of(ctx.session(), claim)))
}

// Permit, input, use case, payload: the same for every step.
macro_rules! step {
    ($ctx:ident, $use_case:path, $input:expr) => {{
        let permit = $ctx.permit()?;
        let result = match $input {
            Ok(input) => $use_case(&$ctx.services().db, permit, input).await,
            Err(no) => Err(no),
        };
        payload($ctx, result)
    }};
}

/// Takes steps on warranty claims.
#[derive(Default)]
pub struct WarrantyMutation;

/// Takes steps on warranty claims.
#[Object]
impl WarrantyMutation {
    /// Opens a claim on one of the caller's own deliveries, at the site's desk. What was earned on that unit is
    /// held until the claim ends. A foreign delivery looks like a missing one.
    async fn warranty_claim_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim.")] input: WarrantyClaimOpenInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::open_claim, input.parse())
    }

    /// Asks the buyer for more; the desk's clock stands still until the answer.
    async fn warranty_claim_request_info(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the question.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::request_info, input.parse())
    }

    /// Answers what the buyer was asked; the desk that asked goes on with what was left of its time.
    async fn warranty_claim_provide_info(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the answer.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::provide_info, input.parse())
    }

    /// Passes the claim from the caller's desk to the next one up.
    async fn warranty_claim_hand_over(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and why.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::hand_over, input.parse())
    }

    /// Grants the claim and carries the remedy out at once. Who decides, pays: at SUPPLIER's expense a refund
    /// undoes the sale on every tier; another bearer pays alone, and buys a replacement again at its cost.
    async fn warranty_claim_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is granted.")] input: WarrantyClaimApproveInput,
    ) -> Result<WarrantyClaimPayload> {
        let currency = ctx.viewer().place.currency;
        step!(ctx, warranty::approve_claim, input.parse(currency))
    }

    /// Refuses the claim. The buyer may appeal within the terms' window; refused on appeal, it is closed.
    async fn warranty_claim_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The refusal.")] input: WarrantyClaimRejectInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::reject_claim, input.parse())
    }

    /// Asks the operator to decide a refused claim anew: once, within the window, by somebody else.
    async fn warranty_claim_appeal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and why.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::appeal_claim, input.parse())
    }

    /// Gives an open claim up.
    async fn warranty_claim_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and why.")] input: WarrantyClaimNoteInput,
    ) -> Result<WarrantyClaimPayload> {
        step!(ctx, warranty::withdraw_claim, input.parse())
    }
}
