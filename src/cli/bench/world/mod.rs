//! A network to measure: made by set-based statements as the database's owner, because through the API it would
//! take hours, and such that `cardamom check` finds nothing wrong with it. Cards come through the real upload.

pub(super) mod cards;
mod goods;
mod people;
mod tenants;

use super::child::Child;
use crate::{
    app,
    foundation::{
        id::{NetworkId, TenantId, UserId},
        seal,
    },
    identity::{
        open_network::{OpenNetwork, open_network},
        password,
    },
};
use anyhow::{Result, anyhow};
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

pub(super) use goods::{Offer, Variant};

/// How large it is.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    /// Its operator's handle, and what every other handle begins with.
    pub(super) handle: &'static str,
    /// Suppliers, all with the same number of goods.
    pub(super) suppliers: usize,
    /// Products of each.
    pub(super) products: usize,
    /// Variants of each.
    pub(super) variants: usize,
    /// Sites right under the operator, which sell nothing themselves.
    pub(super) parents: usize,
    /// Sites below those, which sell.
    pub(super) sites: usize,
    /// Buyers of each of those, signed in, with money.
    pub(super) buyers: usize,
    /// Signed-in staff of every tenant.
    pub(super) staff: usize,
    /// Rules for single variants that each selling site has beside its general one.
    pub(super) rules: usize,
    /// How many variants have cards: the first so many.
    pub(super) stocked: usize,
    /// Cards of each of those.
    pub(super) cards: usize,
}

/// A tenant.
#[derive(Clone)]
pub(super) struct Tenant {
    /// Its id.
    pub(super) id: TenantId,
    /// Its handle.
    pub(super) handle: String,
    /// The tokens of its staff.
    pub(super) staff: Vec<String>,
    /// The tokens of its buyers.
    pub(super) buyers: Vec<String>,
}

/// What was made.
pub(super) struct World {
    /// The network.
    pub(super) network: NetworkId,
    /// Who runs it.
    pub(super) operator: Tenant,
    /// Who owns the goods.
    pub(super) suppliers: Vec<Tenant>,
    /// Who stands between the operator and the sites.
    pub(super) parents: Vec<Tenant>,
    /// Who sells.
    pub(super) sites: Vec<Tenant>,
    /// What is sold.
    pub(super) variants: Vec<Variant>,
}

/// A transaction that fills one network.
struct Making<'a> {
    db: &'a mut PgConnection,
    network: NetworkId,
    operator: TenantId,
    owner: UserId,
    password_hash: String,
}

// What was filled, and no more: of a table that is known to be empty, plans are made and kept that read it whole.
const FILLED: &str = "analyze account, app_user, card, card_import, directory, journal_entry, posting, price_rule, product, \
                      session, supply_price, tenant, variant";

impl World {
    /// Makes it on a running server.
    pub(super) async fn make(server: &Child, plan: &Plan) -> Result<Self> {
        let settings = server.settings()?;
        let database = app::find_database(&settings, true).await?;
        let services = app::services(&database.owner, &settings, false).await?;
        let password = seal::fresh_token("bench");
        let request = OpenNetwork {
            handle: plan.handle,
            name: "A measurement",
            currency: "CNY",
            owner_email: "owner@bench.example",
            owner_password: &password,
        };
        let opened = open_network(&services.db, request).await;
        services.db.close().await;
        let opened = opened.map_err(|_| anyhow!("the network {} could not be opened", plan.handle))?;
        let mut connection = PgConnection::connect_with(&database.owner).await?;
        let mut tx = connection.begin().await?;
        let mut making = Making {
            db: &mut tx,
            network: opened.network,
            operator: opened.operator,
            owner: opened.owner,
            password_hash: password::hash(&password).await?,
        };
        let mut world = tenants::open(&mut making, plan).await?;
        people::sign_in(&mut making, plan, &mut world).await?;
        goods::publish(&mut making, plan, &mut world).await?;
        goods::price(&mut making, plan, &world).await?;
        tx.commit().await?;
        connection.execute(FILLED).await?;
        if plan.cards > 0 {
            cards::stock(server, &world, plan).await?;
            // Now, rather than by itself in the middle of what is measured.
            connection.execute("vacuum analyze card, card_import").await?;
        }
        connection.close().await?;
        Ok(world)
    }

    /// Everyone who has an event log.
    pub(super) fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        [&self.operator].into_iter().chain(&self.suppliers).chain(&self.parents).chain(&self.sites)
    }

    /// What a site shows its buyers, each with its price: asked of the server.
    pub(super) async fn offers(&self, server: &Child, site: &Tenant) -> Result<Vec<Offer>> {
        goods::offers(server, site).await
    }
}

// Ascending, as the program makes them.
fn fresh(count: usize) -> Vec<Uuid> {
    (0..count).map(|_| Uuid::now_v7()).collect()
}
