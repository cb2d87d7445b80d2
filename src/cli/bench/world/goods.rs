//! What is sold, and for how much: rules at three tiers, prices in whole cents.

use super::{Making, Plan, Tenant, World, fresh};
use crate::{
    catalogue::{ProductKind, Terms, VariantId},
    cli::{
        bench::child::Child,
        client::{Client, list, text},
    },
    foundation::id::TenantId,
};
use anyhow::Result;
use serde_json::json;
use uuid::Uuid;

/// One of something, in micro-units.
const YUAN: i64 = 1_000_000;

/// A variant.
#[derive(Clone, Copy)]
pub(in crate::cli::bench) struct Variant {
    /// Its id.
    pub(in crate::cli::bench) id: VariantId,
    /// Whose it is.
    pub(in crate::cli::bench) supplier: TenantId,
}

/// What a site asks for one of something.
pub(in crate::cli::bench) struct Offer {
    /// The listing's id.
    pub(in crate::cli::bench) listing: String,
    /// Its price, a decimal.
    pub(in crate::cli::bench) amount: String,
}

/// Every supplier's goods, approved.
pub(super) async fn publish(making: &mut Making<'_>, plan: &Plan, world: &mut World) -> Result<()> {
    let terms = Terms::default_for(ProductKind::Card);
    let owners: Vec<TenantId> =
        world.suppliers.iter().flat_map(|supplier| vec![supplier.id; plan.products]).collect();
    let products = fresh(owners.len());
    let titles: Vec<String> = (1..=owners.len()).map(|number| format!("Game credit {number}")).collect();
    sqlx::query(
        "insert into product (network_id, product_id, supplier_id, title, description, kind, status, warranty_seconds,
                              covered_reasons, remedies, decision_seconds)
         select $1, u.product_id, u.supplier_id, u.title, 'A code that adds credit to an account.', $2, 'APPROVED', $3,
                $4, $5, $6
           from unnest($7::uuid[], $8::uuid[], $9::text[]) as u (product_id, supplier_id, title)",
    )
    .bind(making.network)
    .bind(ProductKind::Card)
    .bind(terms.duration_seconds)
    .bind(terms.covered_reasons)
    .bind(terms.remedies)
    .bind(terms.decision_seconds)
    .bind(&products)
    .bind(&owners)
    .bind(&titles)
    .execute(&mut *making.db)
    .await?;

    let of: Vec<Uuid> = products.iter().flat_map(|product| vec![*product; plan.variants]).collect();
    let suppliers: Vec<TenantId> = owners.iter().flat_map(|owner| vec![*owner; plan.variants]).collect();
    let ids = fresh(of.len());
    let skus: Vec<String> = (1..=ids.len()).map(|number| format!("BENCH-{number}")).collect();
    // Twenty yuan or a multiple: with every rule below, each tier's price is a whole number of cents.
    let prices: Vec<i64> = (0..).zip(&ids).map(|(at, _)| 20 * YUAN * (1 + at % 10)).collect();
    sqlx::query(
        "with made as (
           select * from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[])
             as u (variant_id, product_id, supplier_id, sku, price)),
         priced as (
           insert into supply_price (network_id, variant_id, supplier_id, settlement_price)
           select $1, variant_id, supplier_id, price from made)
         insert into variant (network_id, variant_id, product_id, supplier_id, sku, title, fulfilment)
         select $1, variant_id, product_id, supplier_id, sku, 'Card ' || sku, 'STOCK' from made",
    )
    .bind(making.network)
    .bind(&ids)
    .bind(&of)
    .bind(&suppliers)
    .bind(&skus)
    .bind(&prices)
    .execute(&mut *making.db)
    .await?;
    let variant = |(id, supplier)| Variant { id: VariantId(id), supplier };
    world.variants = ids.into_iter().zip(suppliers).map(variant).collect();
    Ok(())
}

/// Each tier's rules: 5 % by the operator and 10 % by the parents, for everyone; 3.00 by the sites for their own
/// buyers, and 4.00 for some variants.
pub(super) async fn price(making: &mut Making<'_>, plan: &Plan, world: &World) -> Result<()> {
    let mut rows = Rows::default();
    rows.add(world.operator.id, None, None, "MARKUP", 500);
    for parent in &world.parents {
        rows.add(parent.id, None, None, "MARKUP", 1_000);
    }
    for (at, site) in world.sites.iter().enumerate() {
        rows.add(site.id, Some(site.id), None, "ADD", 3 * YUAN);
        for rule in 0..plan.rules.min(world.variants.len()) {
            let variant = world.variants[(at + rule * 97) % world.variants.len()];
            if !rows.has(site.id, variant.id) {
                rows.add(site.id, Some(site.id), Some(variant.id), "ADD", 4 * YUAN);
            }
        }
    }
    sqlx::query(
        "insert into price_rule (network_id, rule_id, tenant_id, audience_id, variant_id, kind, value)
         select $1, u.rule_id, u.tenant_id, u.audience_id, u.variant_id, u.kind, u.value
           from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[])
             as u (rule_id, tenant_id, audience_id, variant_id, kind, value)",
    )
    .bind(making.network)
    .bind(fresh(rows.tenants.len()))
    .bind(&rows.tenants)
    .bind(&rows.audiences)
    .bind(&rows.variants)
    .bind(&rows.kinds)
    .bind(&rows.values)
    .execute(&mut *making.db)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Rows {
    tenants: Vec<TenantId>,
    audiences: Vec<Option<TenantId>>,
    variants: Vec<Option<VariantId>>,
    kinds: Vec<&'static str>,
    values: Vec<i64>,
    special: std::collections::HashSet<(TenantId, VariantId)>,
}

impl Rows {
    fn has(&self, tenant: TenantId, variant: VariantId) -> bool {
        self.special.contains(&(tenant, variant))
    }

    fn add(
        &mut self,
        tenant: TenantId,
        audience: Option<TenantId>,
        variant: Option<VariantId>,
        kind: &'static str,
        value: i64,
    ) {
        self.tenants.push(tenant);
        self.audiences.push(audience);
        self.variants.push(variant);
        self.kinds.push(kind);
        self.values.push(value);
        self.special.extend(variant.map(|variant| (tenant, variant)));
    }
}

/// What is in stock of the first hundred that a site shows.
pub(super) async fn offers(server: &Child, site: &Tenant) -> Result<Vec<Offer>> {
    let buyer = Client::new(&server.url(), &site.handle, false)?.with_token(&site.buyers[0]);
    let document = "{ listings(first: 100) { nodes { id inStock price { amount } } } }";
    let page = buyer.get(document, json!({})).await?;
    let offer = |node: &serde_json::Value| {
        Ok(Offer { listing: text(node, "/id")?.to_owned(), amount: text(node, "/price/amount")?.to_owned() })
    };
    list(&page, "/nodes")?.iter().filter(|node| node["inStock"] == true).map(offer).collect()
}
