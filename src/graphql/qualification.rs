//! What suppliers are qualified for, through GraphQL.

use super::{
    audit,
    loader::QualificationsOf,
    scalar::DateTime,
    session::{Ask, id, nullable, read},
    tenancy::{Tenant, tenant},
};
use crate::{
    access::{TenantKind, Viewer},
    foundation::{No, id::TenantId, now},
    payload,
    tenancy::qualification::{self, QualificationStatus as Status, Submit},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result};

/// Where a qualification stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "Status")]
pub enum QualificationStatus {
    /// Waits for the operator.
    Pending,
    /// The operator has seen proof.
    Verified,
    /// The operator has not been convinced.
    Rejected,
    /// It was verified, and its time is over.
    Expired,
}

/// What a supplier is qualified for.
#[derive(Clone)]
pub struct Qualification(pub qualification::Qualification);

impl Qualification {
    // The supplier and the operator are told everything of it; others what was verified, and never of whom.
    fn concerns(&self, viewer: &Viewer) -> bool {
        let place = &viewer.place;
        let theirs = place.kind == TenantKind::Operator || place.tenant == self.0.tenant_id;
        viewer.actor.is_staff() && theirs
    }
}

/// What a supplier is qualified for.
#[Object]
impl Qualification {
    /// Opaque and stable (`qua_…`).
    async fn id(&self) -> ID {
        ID(self.0.qualification_id.to_string())
    }
    /// What for.
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// Who says so.
    async fn issuer(&self) -> &str {
        &self.0.issuer
    }
    /// By which number; null where there is none.
    async fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }
    /// Where it stands.
    async fn status(&self) -> QualificationStatus {
        self.0.stands(now()).into()
    }
    /// When it was submitted.
    async fn submitted_at(&self) -> DateTime {
        DateTime(self.0.submitted_at)
    }
    /// When the operator saw proof; null unless it is, or was, verified.
    async fn verified_at(&self) -> Option<DateTime> {
        self.0.decided_at.filter(|_| self.0.status == Status::Verified).map(DateTime)
    }
    /// Until when it is good; null: for ever.
    async fn valid_until(&self) -> Option<DateTime> {
        self.0.valid_until.map(DateTime)
    }
    /// What the operator said. Null unless the caller is the supplier or the operator.
    async fn note(&self, ctx: &Context<'_>) -> Option<&str> {
        self.0.note.as_deref().filter(|_| self.concerns(ctx.viewer()))
    }
    /// Whose it is. Null unless the caller is the supplier or the operator.
    async fn tenant(&self, ctx: &Context<'_>) -> Option<Result<Tenant>> {
        nullable(async {
            if !self.concerns(ctx.viewer()) {
                return Ok(None);
            }
            tenant(ctx, self.0.tenant_id).await.map(Some)
        })
        .await
    }
}

/// What was verified of a tenant, for everybody who may name it.
///
/// # Errors
/// When the database fails.
pub async fn verified_of(ctx: &Context<'_>, of: TenantId) -> Result<Vec<Qualification>> {
    Ok(ctx.loaders().qualifications.load_one(QualificationsOf(of)).await?.unwrap_or_default())
}

/// What a supplier submits.
#[derive(InputObject)]
pub struct QualificationSubmitInput {
    /// What for, 1 to 120 characters.
    title: String,
    /// Who says so, 1 to 120 characters.
    issuer: String,
    /// By which number, 1 to 60 characters.
    number: Option<String>,
    /// Until when it is good; null: for ever.
    valid_until: Option<DateTime>,
}

/// What the operator thinks of it.
#[derive(InputObject)]
pub struct QualificationDecideInput {
    /// Which.
    qualification_id: ID,
    /// True: it has seen proof. False: it has not been convinced, or is not any more.
    verified: bool,
    /// Why, for the supplier; at most 500 characters.
    note: Option<String>,
}

payload! {
    /// The qualification, or why not.
    QualificationPayload {
        /// The qualification as it is now.
        qualification: Qualification
    }
}

/// Qualifications to read.
#[derive(Default)]
pub struct QualificationQuery;

#[Object]
impl QualificationQuery {
    /// A supplier's own, everyone's for the operator; the newest first, at most 500.
    async fn qualifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that stand there.")] status: Option<QualificationStatus>,
    ) -> Option<Result<Vec<Qualification>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let found = qualification::list(&ctx.services().db, &permit, status.map(Into::into)).await;
            Ok(Some(read(found.map_err(No::Fault))?.into_iter().map(Qualification).collect()))
        })
        .await
    }
}

/// Qualifications to submit and to decide on.
#[derive(Default)]
pub struct QualificationMutation;

#[Object]
impl QualificationMutation {
    /// Submits what the caller's tenant is qualified for; it is shown once the operator has verified it.
    async fn qualification_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What for, and who says so.")] input: QualificationSubmitInput,
    ) -> Result<QualificationPayload> {
        let permit = ctx.permit()?;
        let QualificationSubmitInput { title, issuer, number, valid_until } = input;
        let request = Submit { title, issuer, number, valid_until: valid_until.map(|until| until.0) };
        let done = qualification::submit(&ctx.services().db, permit, request).await;
        if let Ok(made) = &done {
            audit::made(&made.qualification_id);
        }
        QualificationPayload::of(done.map(Qualification))
    }

    /// Verifies one, or does not. Operator only. Shown by every listing of its supplier's from the next request on.
    async fn qualification_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What the operator thinks of it.")] input: QualificationDecideInput,
    ) -> Result<QualificationPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let which = id(&input.qualification_id, "qualificationId")?;
            qualification::decide(&ctx.services().db, permit, which, input.verified, input.note).await
        };
        QualificationPayload::of(done.await.map(Qualification))
    }
}
