//! Warranty terms to set, through GraphQL.

use super::{
    catalogue::{ProductKind, WarrantyTerms, WarrantyTermsInput, answer},
    pricing::{ListingSetPayload, visible_listing},
    session::{Ask, id, nullable, read},
};
use crate::{
    catalogue::set_terms,
    foundation::No,
    pricing::{ListingId, set_price},
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

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
