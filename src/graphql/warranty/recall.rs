//! Recalls of a batch, through GraphQL.

use super::super::{
    Ask, Session,
    catalogue::{RemedyKind, Variant},
    loader::VariantOf,
    scalar::{DateTime, Money},
    session::{id, nullable, read},
    tenancy::{Tenant, tenant},
};
use crate::{
    foundation::{Currency, No, page},
    warranty::recall::{self, CreateRecall, RecallId},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

/// Why a batch is taken back.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "recall::RecallReason")]
pub enum RecallReason {
    /// It was never what it was sold as.
    Counterfeit,
    /// Its issuer took it back.
    Revoked,
}

/// Where a recall stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "recall::RecallStatus")]
pub enum RecallStatus {
    /// To be looked at, and confirmed; nothing has happened.
    Draft,
    /// Confirmed: unit after unit is made good.
    Running,
    /// Every unit was seen to.
    Done,
}

/// A batch that is taken back.
#[derive(Clone)]
pub struct Recall {
    recall: recall::Recall,
    currency: Currency,
}

/// A batch that is taken back: what is unsold is kept from sale, what buyers have is made good at its supplier's
/// expense. Seen by its supplier and the operator.
#[Object]
impl Recall {
    /// Opaque; begins with rcl_.
    async fn id(&self) -> ID {
        ID(self.recall.recall_id.to_string())
    }
    /// The import that brought the batch.
    async fn import_id(&self) -> ID {
        ID(self.recall.import_id.to_string())
    }
    /// What was in it.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<Variant>> {
        nullable(ctx.loaders().variants.load_one(VariantOf(self.recall.variant_id))).await
    }
    /// Whose batch it is.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Tenant> {
        tenant(ctx, self.recall.supplier_id).await
    }
    /// Why.
    async fn reason(&self) -> RecallReason {
        self.recall.reason.into()
    }
    /// What buyers get; their money where no other is in stock.
    async fn remedy(&self) -> RemedyKind {
        self.recall.remedy.into()
    }
    /// In words, for the buyers.
    async fn note(&self) -> &str {
        &self.recall.note
    }
    /// Where it stands.
    async fn status(&self) -> RecallStatus {
        self.recall.status.into()
    }
    /// When it was written.
    async fn created_at(&self) -> DateTime {
        DateTime(self.recall.created_at)
    }
    /// When it was confirmed.
    async fn confirmed_at(&self) -> Option<DateTime> {
        self.recall.confirmed_at.map(DateTime)
    }
    /// When the last unit was seen to.
    async fn finished_at(&self) -> Option<DateTime> {
        self.recall.finished_at.map(DateTime)
    }
    /// Cards of the batch that could be sold now; they go into quarantine when it is confirmed.
    async fn unsold(&self) -> i32 {
        count(self.recall.unsold)
    }
    /// Units that buyers have, and that are or were to be made good.
    async fn units(&self) -> i32 {
        count(self.recall.units)
    }
    /// Of these, those that wait.
    async fn waiting(&self) -> i32 {
        count(self.recall.waiting)
    }
    /// Those that were replaced.
    async fn replaced(&self) -> i32 {
        count(self.recall.replaced)
    }
    /// Those that were refunded.
    async fn refunded(&self) -> i32 {
        count(self.recall.refunded)
    }
    /// Those that were left, because they were settled before or failed again and again.
    async fn left(&self) -> i32 {
        count(self.recall.left_over)
    }
    /// What buyers paid for the units that wait and have not had back.
    async fn amount(&self) -> Money {
        Money::minor(self.recall.amount, self.currency)
    }
}

crate::connection!(Recall, RecallEdge, RecallConnection);

fn count(rows: i64) -> i32 {
    i32::try_from(rows).unwrap_or(i32::MAX)
}

/// A recall by its id, if the viewer may see it.
///
/// # Errors
/// When the database fails.
pub async fn visible_recall(session: &Session, id: RecallId) -> Result<Option<Recall>> {
    if !session.viewer.can_do("recall:read") {
        return Ok(None);
    }
    let found = recall::recall(&session.services.db, &session.viewer, id).await;
    let currency = session.viewer.place.currency;
    Ok(read(found.map_err(No::Fault))?.map(|recall| Recall { recall, currency }))
}

/// A recall to be written.
#[derive(InputObject)]
pub struct RecallCreateInput {
    /// The import that brought the batch: one of the caller's, or any for the operator.
    import_id: ID,
    /// Why.
    reason: RecallReason,
    /// REPLACE or REFUND.
    remedy: RemedyKind,
    /// In words, for the buyers; at most 2,000 characters.
    note: String,
}

/// A recall to be confirmed.
#[derive(InputObject)]
pub struct RecallConfirmInput {
    /// A draft.
    recall_id: ID,
}

crate::payload! {
    /// The recall, or why not.
    RecallPayload {
        /// The recall as it stands now.
        recall: Recall
    }
}

/// Recalls to read.
#[derive(Default)]
pub struct RecallQuery;

#[Object]
impl RecallQuery {
    /// A recall with its figures; null where it does not exist or the caller may not see it.
    async fn recall(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An `rcl_…` id.")] id: ID,
    ) -> Option<Result<Recall>> {
        nullable(async {
            ctx.permit()?;
            let Ok(id) = id.parse() else { return Ok(None) };
            visible_recall(ctx.session(), id).await
        })
        .await
    }

    /// Recalls with their figures, the newest first: a supplier's own, everyone's for the operator.
    async fn recalls(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
    ) -> Option<Result<RecallConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "recalls", first.unwrap_or(20), after.as_deref()))?;
            let found = recall::page(&ctx.services().db, ctx.viewer(), &request).await;
            let currency = permit.place().currency;
            let page = read(found.map_err(No::Fault))?
                .map(|recall| (recall.recall_id.0, Recall { recall, currency }));
            Ok(Some(RecallConnection::of(sealer, "recalls", page)))
        })
        .await
    }
}

/// Recalls to write and confirm.
#[derive(Default)]
pub struct RecallMutation;

#[Object]
impl RecallMutation {
    /// Writes a recall of a batch, with what it would come to. Nothing happens before recallConfirm.
    async fn recall_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The recall.")] input: RecallCreateInput,
    ) -> Result<RecallPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let request = CreateRecall {
                import: id(&input.import_id, "importId")?,
                reason: input.reason.into(),
                remedy: input.remedy.into(),
                note: input.note,
            };
            recall::create_recall(&ctx.services().db, permit, request).await
        };
        RecallPayload::of(done.await.map(|recall| Recall { recall, currency }))
    }

    /// Confirms a recall: what is unsold goes into quarantine at once, what buyers have is made good by and by, each
    /// unit by a claim that is opened (or taken as it stands) and granted.
    async fn recall_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The recall.")] input: RecallConfirmInput,
    ) -> Result<RecallPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let done = async {
            let recall: RecallId = id(&input.recall_id, "recallId")?;
            recall::confirm_recall(&ctx.services().db, permit, recall).await
        };
        RecallPayload::of(done.await.map(|recall| Recall { recall, currency }))
    }
}
