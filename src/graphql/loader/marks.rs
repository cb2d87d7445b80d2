//! What is known of tenants and order lines beside themselves.

use super::{Of, told};
use crate::{
    foundation::id::TenantId,
    ledger::{self, AccountId},
    orders::LineId,
    standing,
    tenancy::host::{self, TOLD},
};
use async_graphql::{Error, dataloader::Loader};
use std::collections::HashMap;

/// A tenant's key in the loader of its hosts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HostsOf(pub TenantId);

/// A tenant's key in the loader of what its wallet is called.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WalletIdOf(pub TenantId);

/// A line's key in the loader of whether it was reviewed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReviewedOf(pub LineId);

impl Loader<HostsOf> for Of<HostsOf> {
    type Value = Vec<String>;
    type Error = Error;
    async fn load(&self, keys: &[HostsOf]) -> Result<HashMap<HostsOf, Self::Value>, Error> {
        let ids: Vec<TenantId> = keys.iter().map(|key| key.0).collect();
        let found = async {
            let mut tx = self.session.work().await?;
            host::of_tenants(&mut tx, self.session.viewer.place.network, &ids).await
        };
        let mut hosts: HashMap<HostsOf, Self::Value> = HashMap::new();
        for (tenant, host) in found.await.map_err(|fault| told(&fault))? {
            let of = hosts.entry(HostsOf(tenant)).or_default();
            if of.len() < TOLD {
                of.push(host);
            }
        }
        Ok(hosts)
    }
}

impl Loader<WalletIdOf> for Of<WalletIdOf> {
    type Value = AccountId;
    type Error = Error;
    async fn load(&self, keys: &[WalletIdOf]) -> Result<HashMap<WalletIdOf, AccountId>, Error> {
        let owners: Vec<_> = keys.iter().map(|key| key.0.0).collect();
        // Whoever stands above a tenant sees none of its wallet's rows, and may know what it is called.
        let found = async {
            let mut tx = self.session.work().await?;
            ledger::store::wallets_of(&mut tx, self.session.viewer.place.network, &owners).await
        };
        let found = found.await.map_err(|fault| told(&fault))?;
        Ok(found.into_iter().map(|row| (WalletIdOf(TenantId(row.owner_id)), row.account_id)).collect())
    }
}

impl Loader<ReviewedOf> for Of<ReviewedOf> {
    type Value = ();
    type Error = Error;
    async fn load(&self, keys: &[ReviewedOf]) -> Result<HashMap<ReviewedOf, ()>, Error> {
        let ids: Vec<LineId> = keys.iter().map(|key| key.0).collect();
        let found = standing::read::reviewed(&self.session.services.db, &self.session.viewer, &ids).await;
        Ok(found.map_err(|fault| told(&fault))?.into_iter().map(|line| (ReviewedOf(line), ())).collect())
    }
}
