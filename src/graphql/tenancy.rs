//! Tenants, through GraphQL.

use super::{
    audit, error,
    ledger::Wallet,
    loader::{HostsOf, TenantKey, WalletIdOf, WalletOf},
    qualification::{self, Qualification},
    scalar::CurrencyCode,
    session::{Ask, Session, id, nullable, read},
    settings::TenantSettings,
    standing::{self, ReviewConnection, Standing},
};
use crate::{
    access,
    foundation::{Currency, Fault, id::TenantId},
    identity::open_tenant::{self, OpenTenant},
    payload,
    tenancy::{self, decide::Decision},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// What a tenant is in its network.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::access::TenantKind")]
pub enum TenantKind {
    /// Runs the network.
    Operator,
    /// Owns goods and stock.
    Supplier,
    /// Resells under its own name and prices.
    Site,
}

/// Whether a tenant may act.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::access::TenantStatus")]
pub enum TenantStatus {
    /// Waits for the operator's decision.
    PendingReview,
    /// Trades.
    Active,
    /// Sells nothing; its buyers still see their orders and claims.
    Suspended,
    /// Was not admitted.
    Rejected,
    /// Has ended.
    Closed,
}

/// A party of a network: its operator, a supplier, or a site at any depth of the reseller tree.
#[derive(Clone)]
pub struct Tenant(pub tenancy::Tenant);

/// A party of a network: its operator, a supplier, or a site at any depth of the reseller tree.
#[Object]
impl Tenant {
    /// Opaque and stable (`ten_…`).
    pub async fn id(&self) -> ID {
        ID(self.0.tenant_id.to_string())
    }
    /// What it is in its network.
    async fn kind(&self) -> TenantKind {
        self.0.kind.into()
    }
    /// Unique, lower-case; names the tenant in the X-Tenant header and in its storefront's address.
    async fn handle(&self) -> &str {
        &self.0.handle
    }
    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Whether it may act.
    async fn status(&self) -> TenantStatus {
        self.0.status.into()
    }
    /// Null for the operator, and for a parent that the caller may not see.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Tenant>> {
        nullable(async {
            let (viewer, Some(parent)) = (ctx.viewer(), self.0.parent_id) else { return Ok(None) };
            let found = ctx.loaders().tenants.load_one(TenantKey(parent)).await?;
            // The caller's own tenant and those below it; everybody for the operator.
            let seen = |tenant: &Tenant| tenant.0.lineage.contains(&viewer.place.tenant);
            Ok(found.filter(|tenant| viewer.actor.is_staff() && seen(tenant)))
        })
        .await
    }
    /// Its face, for everybody.
    async fn settings(&self) -> TenantSettings {
        let tenancy::Tenant { announcement, accent, contact, .. } = self.0.clone();
        TenantSettings { announcement, accent, contact }
    }
    /// What it is qualified for, as far as the operator has verified it; the newest first, at most 20.
    async fn qualifications(&self, ctx: &Context<'_>) -> Result<Vec<Qualification>> {
        qualification::verified_of(ctx, self.0.tenant_id).await
    }
    /// 0 for the operator, 1 for a supplier or a site directly under it, and so on.
    async fn depth(&self) -> i32 {
        self.0.depth
    }
    /// Null unless the caller is that tenant's staff or its operator's.
    async fn wallet(&self, ctx: &Context<'_>) -> Option<Result<Wallet>> {
        nullable(async {
            let viewer = ctx.viewer();
            let own =
                viewer.place.tenant == self.0.tenant_id || viewer.place.kind == access::TenantKind::Operator;
            if !viewer.actor.is_staff() || !own || !viewer.can_do("wallet:read") {
                return Ok(None);
            }
            ctx.loaders().wallets.load_one(WalletOf(self.0.tenant_id.0)).await
        })
        .await
    }
    /// Where money for it goes (`walletTransfer`, `walletCredit`): for its own staff and those above it who may send some.
    async fn wallet_id(&self, ctx: &Context<'_>) -> Option<Result<ID>> {
        nullable(async {
            let viewer = ctx.viewer();
            let above = self.0.lineage.contains(&viewer.place.tenant);
            let pays = viewer.can_do("wallet:transfer") || viewer.can_do("wallet:credit");
            if !viewer.actor.is_staff() || !above || !pays {
                return Ok(None);
            }
            let found = ctx.loaders().wallet_ids.load_one(WalletIdOf(self.0.tenant_id)).await?;
            Ok(found.map(|wallet| ID(wallet.to_string())))
        })
        .await
    }
    /// Hosts of its own by name, at most 100: null unless the caller is that tenant's staff or its operator's.
    async fn hosts(&self, ctx: &Context<'_>) -> Option<Result<Vec<String>>> {
        nullable(async {
            let viewer = ctx.viewer();
            let own =
                viewer.place.tenant == self.0.tenant_id || viewer.place.kind == access::TenantKind::Operator;
            if !viewer.actor.is_staff() || !own || !viewer.can_do("tenant:read") {
                return Ok(None);
            }
            Ok(Some(ctx.loaders().hosts.load_one(HostsOf(self.0.tenant_id)).await?.unwrap_or_default()))
        })
        .await
    }
    /// What happened there, computed and edited by nobody.
    async fn standing(&self, ctx: &Context<'_>) -> Option<Result<Standing>> {
        nullable(standing::standing_of(ctx, &self.0)).await
    }
    /// What buyers say of its sales, or of a supplier's goods, as far as the caller may read it; the newest first.
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "How many, 1 to 100.")] first: Option<i32>,
        #[graphql(desc = "Go on behind this cursor.")] after: Option<String>,
    ) -> Option<Result<ReviewConnection>> {
        Some(standing::reviews_of(ctx, &self.0, first, after).await)
    }
    /// The most that it may add to its cost, set by its parent; basis points. Null: no bound, or not the caller's to see.
    async fn markup_cap_basis_points(&self, ctx: &Context<'_>) -> Option<i32> {
        let viewer = ctx.viewer();
        // Its own, and whoever stands above it: an order names its site to its suppliers too.
        let above = self.0.lineage.contains(&viewer.place.tenant);
        self.0.markup_cap_bp.filter(|_| above && viewer.actor.is_staff())
    }
}

/// A tenant by its id, whoever it is: for objects that name it. Its private fields guard themselves.
pub async fn tenant(ctx: &Context<'_>, id: TenantId) -> Result<Tenant> {
    let found = ctx.loaders().tenants.load_one(TenantKey(id)).await?;
    found.ok_or_else(|| error::internal(&Fault::new("a tenant that is named is not there")))
}

/// A tenant by its id, if the caller may see it.
pub async fn visible_tenant(session: &Session, id: TenantId) -> Result<Option<Tenant>> {
    let found = async {
        let mut tx = session.read().await?;
        tenancy::store::find(&mut tx, session.viewer.place.network, id).await
    };
    Ok(read(found.await.map_err(Into::into))?.map(Tenant))
}

/// Tenants to read.
#[derive(Default)]
pub struct TenancyQuery;

#[Object]
impl TenancyQuery {
    /// The tenant that the request is addressed to, as the public sees it.
    async fn storefront(&self, ctx: &Context<'_>) -> Result<Tenant> {
        let permit = ctx.permit()?;
        tenant(ctx, permit.tenant()).await
    }

    /// The caller's subtree, the caller's tenant first.
    async fn tenants(&self, ctx: &Context<'_>) -> Option<Result<Vec<Tenant>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let found = async {
                let mut tx = ctx.session().read().await?;
                tenancy::store::subtree(&mut tx, permit.network(), permit.tenant()).await
            };
            Ok(Some(read(found.await.map_err(Into::into))?.into_iter().map(Tenant).collect()))
        })
        .await
    }
}

/// A supplier or a site to be opened.
#[derive(InputObject)]
pub struct TenantCreateInput {
    /// SUPPLIER or SITE.
    kind: TenantKind,
    /// 2 to 40 of a-z, 0-9 and single hyphens inside; unique in the whole installation.
    handle: String,
    /// Its name, 1 to 80 characters.
    name: String,
    /// Null puts it under the caller's tenant.
    parent_id: Option<ID>,
    /// Its owner's e-mail address.
    owner_email: String,
    /// Its owner's password, 8 to 200 characters.
    owner_password: String,
}

/// A decision on a tenant.
#[derive(InputObject)]
pub struct TenantDecisionInput {
    /// The tenant, below the caller's.
    tenant_id: ID,
    /// Why; for whoever asks later.
    note: Option<String>,
}

/// A tenant and a host of its own.
#[derive(InputObject)]
pub struct TenantHostInput {
    /// Any tenant of the network.
    tenant_id: ID,
    /// A host name without a port, e.g. "shop.example".
    host: String,
}

/// The most that a child site may add to its cost.
#[derive(InputObject)]
pub struct TenantMarkupCapSetInput {
    /// A child site of the caller's.
    tenant_id: ID,
    /// Hundredths of a percent; null lifts the bound.
    cap_basis_points: Option<i32>,
}

/// What an operator may set for its network; what is left out stays.
#[derive(InputObject)]
pub struct NetworkSettingsSetInput {
    /// How deep the reseller tree may grow, 1 to 16.
    depth_limit: Option<i32>,
    /// The longest that profit is held after a delivery; seconds, 0 to a year.
    hold_seconds: Option<i32>,
    /// A claim that the record proves (never delivered and never revealed, revealed to somebody else) is granted at
    /// once, at the supplier's expense. Nothing is ever refused by itself.
    claims_proved: Option<bool>,
    /// Where its buyers live, which says who takes their complaints: two letters of ISO 3166, or EU. An empty text takes
    /// that back: it follows the currency then.
    region: Option<String>,
}

/// A network's settings.
#[derive(SimpleObject)]
pub struct NetworkSettings {
    /// How deep the reseller tree may grow.
    depth_limit: i32,
    /// The longest that profit is held after a delivery; seconds.
    hold_seconds: i32,
    /// A claim that the record proves is granted at once, at the supplier's expense.
    claims_proved: bool,
    /// Where its buyers live; null follows the currency.
    region: Option<String>,
    /// What the network settles in.
    currency: CurrencyCode,
}

impl NetworkSettings {
    /// As the API shows them.
    pub fn of(settings: tenancy::network::Settings, currency: Currency) -> Self {
        Self {
            depth_limit: settings.depth_limit,
            hold_seconds: settings.hold_seconds,
            claims_proved: settings.claims_proved,
            region: settings.region,
            currency: CurrencyCode(currency.code().to_owned()),
        }
    }
}

payload! {
    /// The tenant, or why not.
    TenantPayload {
        /// The tenant as it is now.
        tenant: Tenant
    }
}

payload! {
    /// The settings, or why not.
    NetworkSettingsPayload {
        /// The settings as they are now.
        settings: NetworkSettings
    }
}

/// Tenants to open and decide on.
#[derive(Default)]
pub struct TenancyMutation;

#[Object]
impl TenancyMutation {
    /// Opens a supplier or a site with its owner. What the operator opens is active at once; what a site opens waits for the operator.
    async fn tenant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A supplier or a site to be opened.")] input: TenantCreateInput,
    ) -> Result<TenantPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let request = OpenTenant {
                kind: input.kind.into(),
                handle: input.handle,
                name: input.name,
                parent: input.parent_id.map(|parent| id(&parent, "parentId")).transpose()?,
                owner_email: input.owner_email,
                owner_password: input.owner_password,
            };
            let opened = open_tenant::open_tenant(&ctx.services().db, permit, request).await?;
            audit::made(&opened.tenant_id);
            Ok(opened)
        };
        TenantPayload::of(done.await.map(Tenant))
    }

    /// Lets a tenant trade. Operator only.
    async fn tenant_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a tenant.")] input: TenantDecisionInput,
    ) -> Result<TenantPayload> {
        decide(ctx, input, Decision::Approve).await
    }

    /// Does not admit a tenant. Operator only.
    async fn tenant_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a tenant.")] input: TenantDecisionInput,
    ) -> Result<TenantPayload> {
        decide(ctx, input, Decision::Reject).await
    }

    /// Stops a tenant's sales, and those of everyone below it, from the next request on.
    async fn tenant_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a tenant.")] input: TenantDecisionInput,
    ) -> Result<TenantPayload> {
        decide(ctx, input, Decision::Suspend).await
    }

    /// Lets a suspended tenant trade again.
    async fn tenant_reinstate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A decision on a tenant.")] input: TenantDecisionInput,
    ) -> Result<TenantPayload> {
        decide(ctx, input, Decision::Reinstate).await
    }

    /// Sets the most that a child site may add to its cost.
    async fn tenant_markup_cap_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The most that a child site may add to its cost.")] input: TenantMarkupCapSetInput,
    ) -> Result<TenantPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let child = id(&input.tenant_id, "tenantId")?;
            tenancy::decide::set_markup_cap(&ctx.services().db, permit, child, input.cap_basis_points).await
        };
        TenantPayload::of(done.await.map(Tenant))
    }

    /// Gives a host to a tenant: requests to it are addressed to the tenant. The operator vouches that the host is the tenant's.
    async fn tenant_host_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant and a host of its own.")] input: TenantHostInput,
    ) -> Result<TenantPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let tenant = id(&input.tenant_id, "tenantId")?;
            tenancy::host::add_host(&ctx.services().db, permit, tenant, &input.host).await
        };
        TenantPayload::of(done.await.map(Tenant))
    }

    /// Takes a host away from a tenant. Operator only.
    async fn tenant_host_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A tenant and a host of its own.")] input: TenantHostInput,
    ) -> Result<TenantPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let tenant = id(&input.tenant_id, "tenantId")?;
            tenancy::host::remove_host(&ctx.services().db, permit, tenant, &input.host).await
        };
        TenantPayload::of(done.await.map(Tenant))
    }

    /// Sets how deep the tree may grow, how long profit is held, whether proved claims are granted at once, and the
    /// region. Operator only.
    async fn network_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What an operator may set for its network.")] input: NetworkSettingsSetInput,
    ) -> Result<NetworkSettingsPayload> {
        let permit = ctx.permit()?;
        let currency = permit.place().currency;
        let change = tenancy::network::Change {
            depth_limit: input.depth_limit,
            hold_seconds: input.hold_seconds,
            claims_proved: input.claims_proved,
            region: input.region,
        };
        let done = tenancy::network::set(&ctx.services().db, permit, change).await;
        NetworkSettingsPayload::of(done.map(|settings| NetworkSettings::of(settings, currency)))
    }
}

async fn decide(ctx: &Context<'_>, input: TenantDecisionInput, decision: Decision) -> Result<TenantPayload> {
    let permit = ctx.permit()?;
    let done = async {
        let tenant = id(&input.tenant_id, "tenantId")?;
        tenancy::decide::decide_tenant(&ctx.services().db, permit, tenant, decision, input.note).await
    };
    TenantPayload::of(done.await.map(Tenant))
}
