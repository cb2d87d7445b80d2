//! What is sold, to whom, and what came of it: as far as the viewer may see it.

use super::{
    super::{
        catalogue::{self, Product, Variant},
        identity::{self, Buyer},
        qualification::Qualification,
        warranty::{self, WarrantyClaim},
    },
    Of, gathered, told,
};
use crate::{
    catalogue::{ProductId, VariantId},
    foundation::id::{TenantId, UserId},
    inventory::Stock,
    tenancy::qualification,
    warranty::ClaimId,
};
use async_graphql::{Error, dataloader::Loader};
use std::collections::HashMap;

/// A claim's key in its loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimKey(pub ClaimId);

/// A buyer's key in its loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BuyerOf(pub UserId);

/// A product's key in its loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProductOf(pub ProductId);

/// A variant's key in its loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct VariantOf(pub VariantId);

/// A tenant's key in the loader of what was verified of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct QualificationsOf(pub TenantId);

/// A variant's key in the loader of what there is of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StockOf(pub VariantId);

impl Loader<ClaimKey> for Of<ClaimKey> {
    type Value = WarrantyClaim;
    type Error = Error;
    async fn load(&self, keys: &[ClaimKey]) -> Result<HashMap<ClaimKey, WarrantyClaim>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let found = warranty::visible_claims(&self.session, &ids).await?;
        Ok(found.into_iter().map(|(id, claim)| (ClaimKey(id), claim)).collect())
    }
}

impl Loader<BuyerOf> for Of<BuyerOf> {
    type Value = Buyer;
    type Error = Error;
    async fn load(&self, keys: &[BuyerOf]) -> Result<HashMap<BuyerOf, Buyer>, Error> {
        let ids: Vec<UserId> = keys.iter().map(|key| key.0).collect();
        let found = identity::visible_buyers(&self.session, &ids).await?;
        Ok(found.into_iter().map(|(id, buyer)| (BuyerOf(id), buyer)).collect())
    }
}

impl Loader<ProductOf> for Of<ProductOf> {
    type Value = Product;
    type Error = Error;
    async fn load(&self, keys: &[ProductOf]) -> Result<HashMap<ProductOf, Product>, Error> {
        let ids: Vec<ProductId> = keys.iter().map(|key| key.0).collect();
        let found = catalogue::visible_products(&self.session, &ids).await?;
        Ok(found.into_iter().map(|(id, product)| (ProductOf(id), product)).collect())
    }
}

impl Loader<VariantOf> for Of<VariantOf> {
    type Value = Variant;
    type Error = Error;
    async fn load(&self, keys: &[VariantOf]) -> Result<HashMap<VariantOf, Variant>, Error> {
        let ids: Vec<VariantId> = keys.iter().map(|key| key.0).collect();
        let found = catalogue::visible_variants(&self.session, &ids).await?;
        Ok(found.into_iter().map(|(id, variant)| (VariantOf(id), variant)).collect())
    }
}

impl Loader<QualificationsOf> for Of<QualificationsOf> {
    type Value = Vec<Qualification>;
    type Error = Error;
    async fn load(&self, keys: &[QualificationsOf]) -> Result<HashMap<QualificationsOf, Self::Value>, Error> {
        let ids: Vec<TenantId> = keys.iter().map(|key| key.0).collect();
        let found = async {
            let mut tx = self.session.work().await?;
            qualification::verified(&mut tx, self.session.viewer.place.network, &ids).await
        };
        let found = found.await.map_err(|fault| told(&fault))?;
        Ok(gathered(found, |row| QualificationsOf(row.tenant_id), Qualification))
    }
}

impl Loader<StockOf> for Of<StockOf> {
    type Value = Stock;
    type Error = Error;
    async fn load(&self, keys: &[StockOf]) -> Result<HashMap<StockOf, Stock>, Error> {
        let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0.0).collect();
        let found = crate::inventory::stock(&self.session.services.db, &self.session.viewer, &ids).await;
        let found = found.map_err(|fault| told(&fault))?;
        Ok(found.into_iter().map(|stock| (StockOf(VariantId(stock.variant_id)), stock)).collect())
    }
}
