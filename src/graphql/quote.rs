//! What a buyer wants and what it would cost, through GraphQL.

use super::{
    plans::WarrantyPlan,
    pricing::Listing,
    scalar::Money,
    session::{Ask, id, nullable, read},
    terms::WarrantyTerms,
};
use crate::{
    foundation::No,
    pricing::listing::{self, WantedLine},
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// A line of a quote or an order.
#[derive(InputObject, Clone)]
pub struct ListingLineInput {
    /// What.
    listing_id: ID,
    /// 1 to 1000.
    quantity: i32,
    /// Answers to the product's own questions, e.g. the account to top up.
    fields: Option<Vec<FieldInput>>,
    /// The version of the warranty terms that the buyer was shown (WarrantyTerms.version) and agrees to: with another
    /// one in force it is TERMS_CHANGED and nothing happens. Null agrees to none in particular. With a plan it is
    /// still the version of the listing's terms; the plan is named by its id.
    terms_version: Option<String>,
    /// An extended plan to be bought with each unit, one of the listing's.
    plan_id: Option<ID>,
}

/// An answer to a product's question.
#[derive(InputObject, Clone)]
pub struct FieldInput {
    /// Which question.
    name: String,
    /// The answer.
    value: String,
}

/// Reads the lines of a quote or an order.
///
/// # Errors
/// NOT_FOUND for a text that is no listing's id.
pub fn lines(input: Vec<ListingLineInput>) -> Result<Vec<WantedLine>, No> {
    input
        .into_iter()
        .enumerate()
        .map(|(at, line)| {
            Ok(WantedLine {
                listing: id(&line.listing_id, &format!("lines.{at}.listingId"))?,
                quantity: line.quantity,
                fields: line
                    .fields
                    .unwrap_or_default()
                    .into_iter()
                    .map(|field| (field.name, field.value))
                    .collect(),
                terms_version: line.terms_version,
                plan: line.plan_id.map(|plan| id(&plan, &format!("lines.{at}.planId"))).transpose()?,
            })
        })
        .collect()
}

/// What lines cost now.
#[derive(SimpleObject)]
pub struct Quote {
    /// In the order that they were asked in.
    lines: Vec<QuoteLine>,
    /// What the coupon takes off, all in all.
    discount: Money,
    /// The sum of the lines: an order's expectedTotal.
    total: Money,
}

/// A line of a quote.
#[derive(SimpleObject)]
pub struct QuoteLine {
    /// What.
    listing: Listing,
    /// How many.
    quantity: i32,
    /// The extended plan that was asked for.
    plan: Option<WarrantyPlan>,
    /// The terms that they would be sold under, the plan's days and remedies among them.
    warranty: WarrantyTerms,
    /// What one costs, its plan with it.
    unit_price: Money,
    /// What of the coupon is taken off this line.
    discount: Money,
    /// What they cost together, rounded once and less the discount.
    total: Money,
}

/// Quotes to read.
#[derive(Default)]
pub struct QuoteQuery;

#[Object]
impl QuoteQuery {
    /// Null with an error (NOT_SELLABLE, OUT_OF_STOCK, COUPON_NOT_APPLICABLE …) where it can't be priced.
    async fn quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What, and how many; 1 to 20.")] lines: Vec<ListingLineInput>,
        #[graphql(desc = "A coupon of the site's to be taken off.")] coupon_code: Option<String>,
    ) -> Option<Result<Quote>> {
        nullable(async {
            let permit = ctx.permit()?;
            let currency = permit.place().currency;
            let done = async {
                let code = coupon_code.as_deref();
                listing::quote(&ctx.services().db, &permit, &self::lines(lines)?, code).await
            };
            let quoted = read(done.await)?;
            let lines = quoted
                .lines
                .into_iter()
                .filter_map(|line| {
                    Some(QuoteLine {
                        quantity: line.quantity,
                        plan: line.plan.as_ref().map(|plan| WarrantyPlan::of(plan, currency)),
                        unit_price: Money::unit(line.unit_price(), currency),
                        discount: Money::minor(line.discount, currency),
                        total: Money::minor(line.total(), currency),
                        warranty: WarrantyTerms(line.terms),
                        listing: Listing::of(line.offer, ctx.viewer())?,
                    })
                })
                .collect();
            Ok(Some(Quote { lines, discount: quoted.discount.into(), total: quoted.total.into() }))
        })
        .await
    }
}
