//! Warranty terms, through GraphQL.

use super::{
    catalogue::{ClaimReason, ProductKind, RemedyKind, answer},
    evidence::EvidenceKind,
    pricing::{ListingSetPayload, visible_listing},
    session::{Ask, id, nullable, read},
};
use crate::{
    catalogue::{self, Terms, set_terms},
    foundation::No,
    pricing::{ListingId, set_price},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// Warranty terms.
#[derive(Clone)]
pub struct WarrantyTerms(pub catalogue::Terms);

/// A language that terms can be read in.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "catalogue::terms::Language")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Warranty terms.
#[Object]
impl WarrantyTerms {
    /// Seconds after delivery during which a claim may be opened.
    async fn duration_seconds(&self) -> i32 {
        self.0.duration_seconds
    }
    /// What is covered.
    async fn covered_reasons(&self) -> Vec<ClaimReason> {
        self.0.covered_reasons.iter().map(|reason| (*reason).into()).collect()
    }
    /// What is not covered.
    async fn excluded_reasons(&self) -> Vec<ClaimReason> {
        self.0.excluded_reasons().into_iter().map(Into::into).collect()
    }
    /// What may be got, in order.
    async fn remedies(&self) -> Vec<RemedyKind> {
        self.0.remedies.iter().map(|remedy| (*remedy).into()).collect()
    }
    /// Seconds within which a claim is first answered.
    async fn answer_within_seconds(&self) -> i32 {
        self.0.answer_seconds
    }
    /// Seconds within which a claim gets its first decision.
    async fn decision_within_seconds(&self) -> i32 {
        self.0.decision_seconds
    }
    /// How often one unit may be replaced.
    async fn replacement_limit(&self) -> i32 {
        self.0.replacement_limit
    }
    /// Seconds after a rejection during which the buyer may appeal.
    async fn appeal_within_seconds(&self) -> i32 {
        self.0.appeal_seconds
    }
    /// Files of these kinds have to come with a claim, unless it is NOT_DELIVERED; PURCHASE_PROOF is there by itself.
    async fn required_evidence(&self) -> Vec<EvidenceKind> {
        self.0.required_evidence.iter().map(|kind| (*kind).into()).collect()
    }
    /// Which terms these are: the same clauses have the same version.
    async fn version(&self) -> String {
        self.0.version()
    }
    /// The terms as sentences, a clause a line.
    async fn text(
        &self,
        #[graphql(desc = "In which language.", default_with = "Language::Zh")] language: Language,
    ) -> String {
        self.0.text(language.into())
    }
}

/// Warranty terms to sell under.
#[derive(InputObject)]
pub struct WarrantyTermsInput {
    /// Seconds after delivery during which a claim may be opened; 1 to 10 years.
    duration_seconds: i32,
    /// NOT_DELIVERED, INVALID and NOT_AS_DESCRIBED are covered whether they are named or not.
    covered_reasons: Vec<ClaimReason>,
    /// In order; at least one.
    remedies: Vec<RemedyKind>,
    /// Seconds within which a claim gets its first decision; 1 to 90 days.
    decision_within_seconds: i32,
    /// Seconds within which a claim is first answered, at most the time to decide; null is a third of that.
    answer_within_seconds: Option<i32>,
    /// How often one unit may be replaced, 0 to 100; null is 3.
    replacement_limit: Option<i32>,
    /// Seconds after a rejection during which the buyer may appeal, 1 to 365 days; null is 7 days.
    appeal_within_seconds: Option<i32>,
    /// Files of these kinds have to come with a claim, unless it is NOT_DELIVERED; not OTHER. Null is none.
    required_evidence: Option<Vec<EvidenceKind>>,
}

impl From<WarrantyTermsInput> for Terms {
    fn from(terms: WarrantyTermsInput) -> Self {
        Self {
            duration_seconds: terms.duration_seconds,
            covered_reasons: terms.covered_reasons.into_iter().map(Into::into).collect(),
            remedies: terms.remedies.into_iter().map(Into::into).collect(),
            answer_seconds: terms.answer_within_seconds.unwrap_or((terms.decision_within_seconds / 3).max(1)),
            decision_seconds: terms.decision_within_seconds,
            replacement_limit: terms.replacement_limit.unwrap_or(catalogue::terms::REPLACEMENTS),
            appeal_seconds: terms.appeal_within_seconds.unwrap_or(catalogue::terms::APPEAL),
            required_evidence: terms
                .required_evidence
                .unwrap_or_default()
                .into_iter()
                .map(Into::into)
                .collect(),
        }
    }
}

/// The least that goods of a kind are sold under in this network.
#[derive(SimpleObject, Clone)]
pub struct WarrantyMinimum {
    /// Which kind.
    kind: ProductKind,
    /// The least.
    warranty: WarrantyTerms,
}

/// A network's minimum for a kind of good.
#[derive(InputObject)]
pub struct WarrantyMinimumSetInput {
    /// Which kind.
    kind: ProductKind,
    /// The least.
    warranty: WarrantyTermsInput,
}

/// A product's terms.
#[derive(InputObject)]
pub struct ProductWarrantySetInput {
    /// One of the caller's.
    product_id: ID,
    /// No clause worse than the network's minimum for its kind.
    warranty: WarrantyTermsInput,
}

/// A site's own terms for a variant.
#[derive(InputObject)]
pub struct ListingWarrantySetInput {
    /// What.
    variant_id: ID,
    /// No clause worse than the product's; null takes the product's again.
    warranty: Option<WarrantyTermsInput>,
}

crate::payload! {
    /// The minimum, or why it was not set.
    WarrantyMinimumPayload {
        /// As it is now.
        minimum: WarrantyMinimum
    }
}

/// Warranty terms to read.
#[derive(Default)]
pub struct TermsQuery;

#[Object]
impl TermsQuery {
    /// The least that goods are sold under in this network, for each kind that the operator has set one; at most one a
    /// kind.
    async fn warranty_minimums(&self, ctx: &Context<'_>) -> Option<Result<Vec<WarrantyMinimum>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let found = set_terms::minimums(&ctx.services().db, &permit).await;
            let found = read(found.map_err(No::Fault))?.into_iter();
            let shown = found
                .map(|(kind, terms)| WarrantyMinimum { kind: kind.into(), warranty: WarrantyTerms(terms) });
            Ok(Some(shown.collect()))
        })
        .await
    }
}

/// Warranty terms to set.
#[derive(Default)]
pub struct TermsMutation;

#[Object]
impl TermsMutation {
    /// Sets the least that goods of a kind are sold under; products below it are lifted to it, clause by clause. What
    /// was sold keeps its terms. Operator only.
    async fn warranty_minimum_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The minimum.")] input: WarrantyMinimumSetInput,
    ) -> Result<WarrantyMinimumPayload> {
        let permit = ctx.permit()?;
        let (db, kind) = (&ctx.services().db, input.kind);
        let done = set_terms::set_minimum(db, permit, kind.into(), input.warranty.into()).await;
        WarrantyMinimumPayload::of(done.map(|terms| WarrantyMinimum { kind, warranty: WarrantyTerms(terms) }))
    }

    /// Sets what a product of the caller's is sold under from now on. A clause below the network's minimum is refused by
    /// name.
    async fn product_warranty_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The terms.")] input: ProductWarrantySetInput,
    ) -> Result<super::catalogue::ProductPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let product = id(&input.product_id, "productId")?;
            set_terms::set_product_terms(&ctx.services().db, permit, product, input.warranty.into()).await
        };
        answer(ctx, done.await).await
    }

    /// Sets a site's own terms for a variant: better than the product's, never worse. A worse clause is refused by name.
    async fn listing_warranty_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The terms.")] input: ListingWarrantySetInput,
    ) -> Result<ListingSetPayload> {
        let permit = ctx.permit()?;
        let site = permit.tenant();
        let done = async {
            let variant = id(&input.variant_id, "variantId")?;
            let terms = input.warranty.map(Into::into);
            set_price::set_site_terms(&ctx.services().db, permit, variant, terms).await?;
            Ok(variant)
        };
        let (variant, errors) = super::error::split(done.await)?;
        let listing = match variant {
            Some(variant) => visible_listing(ctx.session(), ListingId { site, variant }).await?,
            None => None,
        };
        Ok(ListingSetPayload { listing, errors })
    }
}
