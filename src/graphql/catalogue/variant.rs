//! Variants, through GraphQL: what they are, and what their supplier knows of them beside that.

use super::{
    super::{
        loader::{ProductOf, StockOf},
        scalar::Money,
        session::{Ask, Session, nullable, read},
    },
    Fulfilment, Product,
};
use crate::{
    catalogue::{ProductId, VariantId, store},
    foundation::{Currency, No, UnitPrice},
    inventory::Stock,
};
use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};

/// What is stocked, priced and sold of a product.
#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Variant {
    /// Opaque and stable (`var_…`).
    #[graphql(owned)]
    pub id: ID,
    /// Unique with its supplier.
    sku: String,
    /// What it is called.
    title: String,
    /// How it reaches its buyer.
    fulfilment: Fulfilment,
    /// What the operator pays the supplier for one. Null unless the caller is the supplier or the operator.
    settlement_price: Option<Money>,
    #[graphql(skip)]
    variant_id: VariantId,
    #[graphql(skip)]
    product_id: ProductId,
    #[graphql(skip)]
    low_stock: i32,
}

impl Variant {
    pub(super) fn of(row: store::Variant, currency: Currency) -> Self {
        Self {
            id: ID(row.variant_id.to_string()),
            sku: row.sku,
            title: row.title,
            fulfilment: row.fulfilment.into(),
            settlement_price: row.settlement_price.map(|price| Money::unit(UnitPrice(price), currency)),
            variant_id: row.variant_id,
            product_id: row.product_id,
            low_stock: row.low_stock,
        }
    }
}

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

/// The variants with those ids that the caller may see.
pub async fn visible_variants(session: &Session, ids: &[VariantId]) -> Result<Vec<(VariantId, Variant)>> {
    if !session.viewer.can_do("product:read") {
        return Ok(Vec::new());
    }
    let place = &session.viewer.place;
    let found = async {
        let mut tx = session.read().await?;
        store::variants(&mut tx, place.network, &[], ids).await
    };
    let found = read(found.await.map_err(No::from))?;
    Ok(found.into_iter().map(|row| (row.variant_id, Variant::of(row, place.currency))).collect())
}

/// A variant by its id, if the caller may see it.
pub async fn visible_variant(session: &Session, id: VariantId) -> Result<Option<Variant>> {
    Ok(visible_variants(session, &[id]).await?.pop().map(|(_, variant)| variant))
}
