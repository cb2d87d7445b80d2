//! From the database to a shelf: all of it in one statement, or what changed since.

use super::{
    rows::{self, MARK, Mark, RESTOCK, Which},
    shelf::{Shelf, Stock},
};
use crate::{
    catalogue::{ProductId, VariantId},
    foundation::{
        Conn, Db, Fault, Moment,
        id::{NetworkId, TenantId},
    },
};
use sqlx::{AssertSqlSafe, FromRow, Row};
use std::collections::BTreeSet;

/// More changes than this are read as everything.
const MOST: usize = 5_000;

/// The whole network.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn load(db: &Db, network: NetworkId) -> Result<(Shelf, Mark), Fault> {
    let mut tx = db.snapshot(network).await?;
    let loaded = load_all(&mut tx, network).await?;
    tx.commit().await?;
    Ok(loaded)
}

async fn load_all(db: &mut Conn, network: NetworkId) -> Result<(Shelf, Mark), Fault> {
    let mut shelf = Shelf::default();
    let rows = sqlx::query(AssertSqlSafe(Which::default().sql())).bind(network).fetch_all(db).await?;
    let mark = rows::put(&mut shelf, &rows)?.ok_or_else(|| Fault::new("a network has no operator"))?;
    shelf.finish();
    Ok((shelf, mark))
}

crate::words! {
    /// What a change names.
    pub enum ChangeKind {
        /// Cards of variants came or went.
        Stock = "STOCK",
        /// A variant or what it costs.
        Variant = "VARIANT",
        /// A product.
        Product = "PRODUCT",
        /// A tenant.
        Tenant = "TENANT",
        /// A tenant's rule.
        Rule = "RULE",
        /// A site's word on a variant.
        Setting = "SETTING",
    }
}

crate::row! {
    /// A change; without a kind, that there was none.
    pub struct Change {
        /// What sort of thing changed.
        pub kind: Option<ChangeKind>,
        /// Whose rule or word, or which tenant.
        pub tenant_id: Option<TenantId>,
        /// Which product, or the rule's.
        pub product_id: Option<ProductId>,
        /// Which variant, or the rule's or word's.
        pub variant_id: Option<VariantId>,
        /// Whose stock.
        pub variants: Option<Vec<VariantId>>,
    }
}

/// What is to be read again.
#[derive(Debug, Default)]
struct Again {
    stock: BTreeSet<VariantId>,
    variants: BTreeSet<VariantId>,
    products: BTreeSet<ProductId>,
    tenants: BTreeSet<TenantId>,
    rules: BTreeSet<(TenantId, Option<ProductId>, Option<VariantId>)>,
    settings: BTreeSet<(TenantId, VariantId)>,
}

impl Again {
    fn add(&mut self, change: Change) {
        let Some(kind) = change.kind else { return };
        match (kind, change.tenant_id, change.variant_id) {
            (ChangeKind::Stock, ..) => self.stock.extend(change.variants.into_iter().flatten()),
            (ChangeKind::Variant, ..) => self.variants.extend(change.variant_id),
            (ChangeKind::Product, ..) => self.products.extend(change.product_id),
            (ChangeKind::Tenant, ..) => self.tenants.extend(change.tenant_id),
            (ChangeKind::Rule, Some(tenant), variant) => {
                self.rules.insert((tenant, change.product_id, variant));
            }
            (ChangeKind::Setting, Some(tenant), Some(variant)) => {
                self.settings.insert((tenant, variant));
            }
            _ => {}
        }
    }

    // But for stock, which changes all day.
    fn is_stock_alone(&self) -> bool {
        self.variants.is_empty()
            && self.products.is_empty()
            && self.tenants.is_empty()
            && self.rules.is_empty()
            && self.settings.is_empty()
    }
}

/// The shelf as it is now, from what it was at a moment; `None` for the shelf when nothing has changed. Stock that
/// ends `by` then is looked at again. One statement; one more where stock has changed, and one for all else.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn catch_up(
    db: &Db,
    network: NetworkId,
    shelf: &Shelf,
    mark: &Mark,
    by: Moment,
) -> Result<(Option<Shelf>, Mark), Fault> {
    let mut tx = db.snapshot(network).await?;
    let rows = sqlx::query(AssertSqlSafe(format!(
        "select {MARK}, c.kind, c.tenant_id, c.product_id, c.variant_id, c.variants,
                exists (select from listing_feed where network_id = $1 and swept > pg_snapshot_xmin($2::pg_snapshot))
                  as swept
           from (values (1)) as one
           left join (select kind, tenant_id, product_id, variant_id, variants from listing_change
                       where network_id = $1 and xid >= pg_snapshot_xmin($2::pg_snapshot)
                         and not pg_visible_in_snapshot(xid, $2::pg_snapshot)
                       limit $3) c on true"
    )))
    .bind(network)
    .bind(&mark.snapshot)
    .bind(i64::try_from(MOST + 1).unwrap_or(i64::MAX))
    .fetch_all(&mut *tx)
    .await?;
    let first = rows.first().ok_or_else(|| Fault::new("a moment of the database has no row"))?;
    let now = Mark::from_row(first)?;
    let swept: bool = first.try_get("swept")?;
    if swept || now.life != mark.life || rows.len() > MOST {
        let (shelf, now) = load_all(&mut tx, network).await?;
        tx.commit().await?;
        return Ok((Some(shelf), now));
    }
    let mut again = Again::default();
    for row in &rows {
        again.add(Change::from_row(row)?);
    }
    again.stock.extend(shelf.due(by));
    if again.is_stock_alone() && again.stock.is_empty() {
        tx.commit().await?;
        return Ok((None, now));
    }
    let mut shelf = shelf.clone();
    let mut news = !again.is_stock_alone();
    if news {
        read_again(&mut tx, network, &mut shelf, &again).await?;
    }
    if !again.stock.is_empty() {
        news |= restock(&mut tx, network, &mut shelf, &again).await?;
    }
    tx.commit().await?;
    shelf.finish();
    Ok((news.then_some(shelf), now))
}

async fn restock(db: &mut Conn, network: NetworkId, shelf: &mut Shelf, again: &Again) -> Result<bool, Fault> {
    let variants: Vec<VariantId> = again.stock.iter().copied().collect();
    let rows = sqlx::query(RESTOCK).bind(network).bind(&variants).fetch_all(db).await?;
    let mut news = false;
    for row in &rows {
        news |= shelf.restock(row.try_get("variant_id")?, Stock::from_row(row)?);
    }
    Ok(news)
}

async fn read_again(
    db: &mut Conn,
    network: NetworkId,
    shelf: &mut Shelf,
    again: &Again,
) -> Result<(), Fault> {
    let which = Which {
        sellers: "and t.tenant_id = any($2)",
        goods: "and (v.variant_id = any($3) or v.product_id = any($4))",
        rules: "and r.tenant_id = any($5) and exists (
                  select from unnest($5::uuid[], $6::uuid[], $7::uuid[]) as w (tenant_id, product_id, variant_id)
                   where w.tenant_id = r.tenant_id and w.product_id is not distinct from r.product_id
                     and w.variant_id is not distinct from r.variant_id)",
        settings: "and l.tenant_id = any($8) and (l.tenant_id, l.variant_id) in (
                     select w.tenant_id, w.variant_id
                       from unnest($8::uuid[], $9::uuid[]) as w (tenant_id, variant_id))",
    };
    let (mut tenants, mut of_products, mut of_variants) = (Vec::new(), Vec::new(), Vec::new());
    for (tenant, product, variant) in &again.rules {
        tenants.push(*tenant);
        of_products.push(*product);
        of_variants.push(*variant);
    }
    let (sites, variants): (Vec<TenantId>, Vec<VariantId>) = again.settings.iter().copied().unzip();
    let rows = sqlx::query(AssertSqlSafe(which.sql()))
        .bind(network)
        .bind(again.tenants.iter().copied().collect::<Vec<_>>())
        .bind(again.variants.iter().copied().collect::<Vec<_>>())
        .bind(again.products.iter().copied().collect::<Vec<_>>())
        .bind(tenants)
        .bind(of_products)
        .bind(of_variants)
        .bind(sites)
        .bind(variants)
        .fetch_all(db)
        .await?;
    for (tenant, product, variant) in &again.rules {
        shelf.rules_mut(*tenant).clear(*product, *variant);
    }
    for (tenant, variant) in &again.settings {
        shelf.settings_mut(*tenant).remove(variant);
    }
    shelf.remove(&again.variants, &again.products);
    rows::put(shelf, &rows)?;
    Ok(())
}
