//! What a variant's supplier knows of it beside its name.

use super::{
    super::{
        loader::{ProductOf, StockOf},
        session::{Ask, nullable},
    },
    Product, Variant,
};
use crate::inventory::Stock;
use async_graphql::{ComplexObject, Context, Result, SimpleObject};

/// How many cards of a variant there are, by what became of them.
#[derive(SimpleObject)]
pub struct VariantStock {
    /// May be sold now.
    available: i32,
    /// Set aside for somebody.
    reserved: i32,
    /// Handed over, those that were given back or replaced among them.
    sold: i32,
    /// Kept from sale until somebody looks.
    quarantined: i32,
    /// Out of stock for good: taken back, or past their own end.
    voided: i32,
}

impl From<Stock> for VariantStock {
    fn from(stock: Stock) -> Self {
        let count = |cards: i64| i32::try_from(cards).unwrap_or(i32::MAX);
        Self {
            available: count(stock.available),
            reserved: count(stock.reserved),
            sold: count(stock.sold),
            quarantined: count(stock.quarantined),
            voided: count(stock.voided),
        }
    }
}

#[ComplexObject]
impl Variant {
    /// How many cards there are. Null unless the caller is the supplier or the operator, with stock:read; null too
    /// for what is delivered by hand.
    async fn stock(&self, ctx: &Context<'_>) -> Option<Result<VariantStock>> {
        nullable(async {
            if !ctx.viewer().can_do("stock:read") {
                return Ok(None);
            }
            let found = ctx.loaders().stocks.load_one(StockOf(self.variant_id)).await?;
            Ok(found.map(VariantStock::from))
        })
        .await
    }

    /// How many are left when STOCK_LOW is told. Null unless the caller is the supplier or the operator, with
    /// stock:read.
    async fn low_stock(&self, ctx: &Context<'_>) -> Option<i32> {
        // Only theirs is the settlement price to see.
        let theirs = self.settlement_price.is_some() && ctx.viewer().can_do("stock:read");
        theirs.then_some(self.low_stock)
    }

    /// What it is of; null where the caller may not see it.
    async fn product(&self, ctx: &Context<'_>) -> Option<Result<Product>> {
        nullable(async { ctx.loaders().products.load_one(ProductOf(self.product_id)).await }).await
    }
}
