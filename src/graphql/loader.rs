//! Objects that other objects name, gathered over a whole answer: one statement per kind and level, however
//! many name them. Made per request and bound to its viewer, so no id opens another's row; nothing is kept.

mod goods;
mod marks;

pub use goods::{BuyerOf, ClaimKey, ProductOf, QualificationsOf, StockOf, VariantOf};
pub use marks::{HostsOf, ReviewedOf, WalletIdOf};

use super::{
    error,
    ledger::Wallet,
    orders,
    session::Session,
    tenancy::Tenant,
    warranty::{self, WarrantyClaim},
};
use crate::{
    foundation::{
        Fault,
        id::{NetworkId, TenantId},
    },
    orders::{DeliveryId, OrderId},
    warranty::ClaimId,
};
use async_graphql::{
    Error,
    dataloader::{DataLoader, Loader},
    runtime::{Timer, TokioSpawner},
};
use futures_util::{FutureExt, future::BoxFuture};
use std::{collections::HashMap, sync::Arc, time::Duration};

/// Every loader of one request.
pub struct Loaders {
    /// Tenants, whoever they are: their private fields guard themselves.
    pub tenants: DataLoader<Of<TenantKey>>,
    /// Wallets of tenants and buyers that the viewer may see.
    pub wallets: DataLoader<Of<WalletOf>>,
    /// Orders that the viewer may see.
    pub orders: DataLoader<Of<OrderId>>,
    /// Deliveries that the viewer may see.
    pub deliveries: DataLoader<Of<DeliveryId>>,
    /// The claims of an order that the viewer may see.
    pub claims: DataLoader<Of<ClaimsOf>>,
    /// The history of a claim that the viewer may see.
    pub histories: DataLoader<Of<ClaimId>>,
    /// The messages about a claim that the viewer may read.
    pub messages: DataLoader<Of<MessagesOf>>,
    /// The viewer's tenant's notes on a claim.
    pub notes: DataLoader<Of<NotesOf>>,
    /// The offers on a claim that the viewer may see.
    pub offers: DataLoader<Of<OffersOf>>,
    /// What could be granted on a claim that the viewer sees.
    pub remedies: DataLoader<Of<RemediesOf>>,
    /// What the record says about a claim that the viewer sees.
    pub triages: DataLoader<Of<TriageOf>>,
    /// What each claim's remedy was paid from.
    pub payments: DataLoader<Of<PaymentsOf>>,
    /// What was submitted for a claim, as far as the viewer may see it.
    pub evidence: DataLoader<Of<EvidenceOf>>,
    /// What was counted of a tenant.
    pub standings: DataLoader<Of<StandingOf>>,
    /// The viewer's own archives of an order.
    pub dossiers: DataLoader<Of<DossiersOf>>,
    /// Where a network's buyers go with a complaint.
    pub routes: DataLoader<Of<RouteOf>>,
    /// What of that is like another claim's.
    pub matches: DataLoader<Of<MatchesOf>>,
    /// Claims that the viewer may see.
    pub claim_ids: DataLoader<Of<ClaimKey>>,
    /// Buyers that the viewer may see.
    pub buyers: DataLoader<Of<BuyerOf>>,
    /// Products that the viewer may see.
    pub products: DataLoader<Of<ProductOf>>,
    /// Variants that the viewer may see.
    pub variants: DataLoader<Of<VariantOf>>,
    /// What was verified of tenants.
    pub qualifications: DataLoader<Of<QualificationsOf>>,
    /// What there is of variants, for their suppliers.
    pub stocks: DataLoader<Of<StockOf>>,
    /// Tenants' own hosts.
    pub hosts: DataLoader<Of<HostsOf>>,
    /// What tenants' wallets are called.
    pub wallet_ids: DataLoader<Of<WalletIdOf>>,
    /// Lines with a review that the viewer may read.
    pub reviewed: DataLoader<Of<ReviewedOf>>,
}

/// A claim's key in the loader of its messages.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MessagesOf(pub ClaimId);

/// A claim's key in the loader of notes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotesOf(pub ClaimId);

/// A claim's key in the loader of offers.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OffersOf(pub ClaimId);

/// A claim's key in the loader of remedies.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RemediesOf(pub ClaimId);

/// A claim's key in the loader of what its remedy was paid from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PaymentsOf(pub ClaimId);

/// A claim's key in the loader of triages.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TriageOf(pub ClaimId);

/// A tenant's key in its loader.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TenantKey(pub TenantId);

/// An owner's key in the loader of wallets.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WalletOf(pub uuid::Uuid);

/// An order's key in the loader of its claims.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClaimsOf(pub OrderId);

/// A claim's key in the loader of what was submitted for it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct EvidenceOf(pub uuid::Uuid);

/// A claim's key in the loader of what of that is like another claim's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MatchesOf(pub uuid::Uuid);

/// A tenant's key in the loader of what was counted of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StandingOf(pub TenantId);

/// An order's key in the loader of its archives.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DossiersOf(pub OrderId);

/// A network's key in the loader of where its buyers go; there is one, the viewer's.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RouteOf(pub NetworkId);

/// Loads by keys of that kind, as the session's viewer.
pub struct Of<K> {
    session: Session,
    kind: std::marker::PhantomData<fn() -> K>,
}

impl Loaders {
    /// For one request.
    pub fn new(session: &Session) -> Self {
        Self {
            tenants: loader(session),
            wallets: loader(session),
            orders: loader(session),
            deliveries: loader(session),
            claims: loader(session),
            histories: loader(session),
            messages: loader(session),
            notes: loader(session),
            offers: loader(session),
            remedies: loader(session),
            triages: loader(session),
            payments: loader(session),
            standings: loader(session),
            dossiers: loader(session),
            routes: loader(session),
            evidence: loader(session),
            matches: loader(session),
            claim_ids: loader(session),
            buyers: loader(session),
            products: loader(session),
            variants: loader(session),
            stocks: loader(session),
            hosts: loader(session),
            wallet_ids: loader(session),
            reviewed: loader(session),
            qualifications: loader(session),
        }
    }
}

fn loader<K>(session: &Session) -> DataLoader<Of<K>>
where
    Of<K>: Loader<K>,
    K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
{
    let of = Of { session: session.clone(), kind: std::marker::PhantomData };
    DataLoader::new(of, TokioSpawner::current(), Soon)
}

// Waits until everything that is ready to ask has asked, and no longer: a millisecond of sleep would be most
// of a short answer's time.
struct Soon;

impl Timer for Soon {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        async {
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
        }
        .boxed()
    }
}

fn told(fault: &Fault) -> Error {
    error::internal(fault)
}

impl Loader<TenantKey> for Of<TenantKey> {
    type Value = Tenant;
    type Error = Error;
    async fn load(&self, keys: &[TenantKey]) -> Result<HashMap<TenantKey, Tenant>, Error> {
        let ids: Vec<TenantId> = keys.iter().map(|key| key.0).collect();
        let found = async {
            let mut tx = self.session.work().await?;
            crate::tenancy::store::find_many(&mut tx, self.session.viewer.place.network, &ids).await
        };
        let found = found.await.map_err(|fault| told(&fault))?;
        Ok(found.into_iter().map(|tenant| (TenantKey(tenant.tenant_id), Tenant(tenant))).collect())
    }
}

impl Loader<WalletOf> for Of<WalletOf> {
    type Value = Wallet;
    type Error = Error;
    async fn load(&self, keys: &[WalletOf]) -> Result<HashMap<WalletOf, Wallet>, Error> {
        let (place, owners) = (&self.session.viewer.place, keys.iter().map(|key| key.0).collect::<Vec<_>>());
        let found = async {
            let mut tx = self.session.read().await?;
            crate::ledger::store::wallets_of(&mut tx, place.network, &owners).await
        };
        let found = found.await.map_err(|fault| told(&fault))?;
        Ok(found
            .into_iter()
            .map(|row| (WalletOf(row.owner_id), Wallet { row, currency: place.currency }))
            .collect())
    }
}

impl Loader<OrderId> for Of<OrderId> {
    type Value = orders::Order;
    type Error = Error;
    async fn load(&self, ids: &[OrderId]) -> Result<HashMap<OrderId, orders::Order>, Error> {
        orders::visible_orders(&self.session, ids).await
    }
}

impl Loader<DeliveryId> for Of<DeliveryId> {
    type Value = orders::Delivery;
    type Error = Error;
    async fn load(&self, ids: &[DeliveryId]) -> Result<HashMap<DeliveryId, orders::Delivery>, Error> {
        orders::visible_deliveries(&self.session, ids).await
    }
}

impl Loader<ClaimsOf> for Of<ClaimsOf> {
    type Value = Vec<WarrantyClaim>;
    type Error = Error;
    async fn load(&self, keys: &[ClaimsOf]) -> Result<HashMap<ClaimsOf, Vec<WarrantyClaim>>, Error> {
        let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0.0).collect();
        let mut found: HashMap<ClaimsOf, Vec<WarrantyClaim>> = HashMap::new();
        for (order, claim) in warranty::claims_of_orders(&self.session, &ids).await? {
            found.entry(ClaimsOf(OrderId(order))).or_default().push(claim);
        }
        Ok(found)
    }
}

impl Loader<ClaimId> for Of<ClaimId> {
    type Value = Arc<Vec<crate::warranty::Step>>;
    type Error = Error;
    async fn load(&self, ids: &[ClaimId]) -> Result<HashMap<ClaimId, Self::Value>, Error> {
        let services = &self.session.services;
        let found = crate::warranty::read::histories(&services.db, &self.session.viewer, ids).await;
        let mut histories: HashMap<ClaimId, Vec<crate::warranty::Step>> = HashMap::new();
        for (claim, step) in found.map_err(|fault| told(&fault))? {
            histories.entry(claim).or_default().push(step);
        }
        Ok(histories.into_iter().map(|(claim, steps)| (claim, Arc::new(steps))).collect())
    }
}

// Rows of many claims, gathered by claim.
fn gathered<K, R, V>(rows: Vec<R>, key: impl Fn(&R) -> K, shown: impl Fn(R) -> V) -> HashMap<K, Vec<V>>
where
    K: std::hash::Hash + Eq,
{
    let mut found: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        found.entry(key(&row)).or_default().push(shown(row));
    }
    found
}

impl Loader<MessagesOf> for Of<MessagesOf> {
    type Value = Vec<warranty::ClaimMessage>;
    type Error = Error;
    async fn load(&self, keys: &[MessagesOf]) -> Result<HashMap<MessagesOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::thread::messages(db, viewer, &ids).await;
        let found = found.map_err(|fault| told(&fault))?;
        Ok(gathered(found, |row| MessagesOf(row.claim_id), warranty::ClaimMessage))
    }
}

impl Loader<NotesOf> for Of<NotesOf> {
    type Value = Vec<warranty::ClaimNote>;
    type Error = Error;
    async fn load(&self, keys: &[NotesOf]) -> Result<HashMap<NotesOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::thread::notes(db, viewer, &ids).await;
        let found = found.map_err(|fault| told(&fault))?;
        Ok(gathered(found, |row| NotesOf(row.claim_id), warranty::ClaimNote))
    }
}

impl Loader<OffersOf> for Of<OffersOf> {
    type Value = Vec<warranty::ClaimOffer>;
    type Error = Error;
    async fn load(&self, keys: &[OffersOf]) -> Result<HashMap<OffersOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::offer::offers_on(db, viewer, &ids).await;
        let (found, currency) = (found.map_err(|fault| told(&fault))?, viewer.place.currency);
        Ok(gathered(found, |row| OffersOf(row.claim_id), |offer| warranty::ClaimOffer { offer, currency }))
    }
}

impl Loader<RemediesOf> for Of<RemediesOf> {
    type Value = Vec<warranty::RemedyOption>;
    type Error = Error;
    async fn load(&self, keys: &[RemediesOf]) -> Result<HashMap<RemediesOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::remedies::read(db, viewer, &ids).await;
        let (found, currency) = (found.map_err(|fault| told(&fault))?, viewer.place.currency);
        let shown = |options: Vec<_>| {
            options.into_iter().map(|option| warranty::RemedyOption::of(option, currency)).collect()
        };
        Ok(found.into_iter().map(|(claim, options)| (RemediesOf(claim), shown(options))).collect())
    }
}

impl Loader<TriageOf> for Of<TriageOf> {
    type Value = warranty::Triage;
    type Error = Error;
    async fn load(&self, keys: &[TriageOf]) -> Result<HashMap<TriageOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::remedies::weigh(db, viewer, &ids).await;
        let found = found.map_err(|fault| told(&fault))?;
        Ok(found.into_iter().map(|(claim, triage)| (TriageOf(claim), triage.into())).collect())
    }
}

impl Loader<PaymentsOf> for Of<PaymentsOf> {
    type Value = Vec<crate::warranty::payments::Payment>;
    type Error = Error;
    async fn load(&self, keys: &[PaymentsOf]) -> Result<HashMap<PaymentsOf, Self::Value>, Error> {
        let ids: Vec<ClaimId> = keys.iter().map(|key| key.0).collect();
        let (db, viewer) = (&self.session.services.db, &self.session.viewer);
        let found = crate::warranty::payments::of_claims(db, viewer, &ids).await;
        let mut payments: HashMap<PaymentsOf, Self::Value> = HashMap::new();
        for one in found.map_err(|fault| told(&fault))? {
            payments.entry(PaymentsOf(one.claim_id)).or_default().push(one);
        }
        Ok(payments)
    }
}

impl Loader<EvidenceOf> for Of<EvidenceOf> {
    type Value = Arc<Vec<crate::evidence::Evidence>>;
    type Error = Error;
    async fn load(&self, keys: &[EvidenceOf]) -> Result<HashMap<EvidenceOf, Self::Value>, Error> {
        let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0).collect();
        let found =
            crate::evidence::read::of_claims(&self.session.services.db, &self.session.viewer, &ids).await;
        let mut files: HashMap<EvidenceOf, Vec<crate::evidence::Evidence>> = HashMap::new();
        for file in found.map_err(|fault| told(&fault))? {
            files.entry(EvidenceOf(file.claim_id)).or_default().push(file);
        }
        Ok(files.into_iter().map(|(claim, files)| (claim, Arc::new(files))).collect())
    }
}

impl Loader<MatchesOf> for Of<MatchesOf> {
    type Value = Arc<Vec<crate::evidence::Match>>;
    type Error = Error;
    async fn load(&self, keys: &[MatchesOf]) -> Result<HashMap<MatchesOf, Self::Value>, Error> {
        let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0).collect();
        let found =
            crate::evidence::read::matches(&self.session.services.db, &self.session.viewer, &ids).await;
        let mut matches: HashMap<MatchesOf, Vec<crate::evidence::Match>> = HashMap::new();
        for one in found.map_err(|fault| told(&fault))? {
            matches.entry(MatchesOf(one.of_claim)).or_default().push(one);
        }
        Ok(matches.into_iter().map(|(claim, matches)| (claim, Arc::new(matches))).collect())
    }
}

impl Loader<StandingOf> for Of<StandingOf> {
    type Value = crate::standing::Standing;
    type Error = Error;
    async fn load(&self, keys: &[StandingOf]) -> Result<HashMap<StandingOf, Self::Value>, Error> {
        let ids: Vec<TenantId> = keys.iter().map(|key| key.0).collect();
        let found =
            crate::standing::read::standings(&self.session.services.db, &self.session.viewer, &ids).await;
        let found = found.map_err(|fault| told(&fault))?;
        Ok(found.into_iter().map(|one| (StandingOf(one.tenant_id), one)).collect())
    }
}

impl Loader<DossiersOf> for Of<DossiersOf> {
    type Value = Vec<super::dossier::Dossier>;
    type Error = Error;
    async fn load(&self, keys: &[DossiersOf]) -> Result<HashMap<DossiersOf, Self::Value>, Error> {
        let ids: Vec<uuid::Uuid> = keys.iter().map(|key| key.0.0).collect();
        let found =
            crate::dossier::read::of_orders(&self.session.services.db, &self.session.viewer, &ids).await;
        let mut dossiers: HashMap<DossiersOf, Self::Value> = HashMap::new();
        for one in found.map_err(|fault| told(&fault))? {
            dossiers.entry(DossiersOf(OrderId(one.order_id))).or_default().push(super::dossier::Dossier(one));
        }
        Ok(dossiers)
    }
}

impl Loader<RouteOf> for Of<RouteOf> {
    type Value = &'static crate::dossier::Escalation;
    type Error = Error;
    async fn load(&self, keys: &[RouteOf]) -> Result<HashMap<RouteOf, Self::Value>, Error> {
        let route = crate::dossier::read::escalation(&self.session.services.db, &self.session.viewer).await;
        let route = route.map_err(|fault| told(&fault))?;
        Ok(keys.iter().map(|key| (*key, route)).collect())
    }
}
