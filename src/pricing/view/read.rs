//! From the database to a shelf: all of it in three statements, or what changed since.

use super::shelf::{Good, Seller, Setting, Shelf, Stock, fold};
use crate::{
    catalogue::{ProductId, VariantId},
    foundation::{
        BasisPoints, Conn, Db, Fault, Moment,
        id::{NetworkId, TenantId},
    },
    pricing::store::{Candidate, RuleKind, RuleRow},
};
use sqlx::{AssertSqlSafe, FromRow, Row, postgres::PgRow};
use std::collections::BTreeSet;

/// More changes than this are read as everything.
const MOST: usize = 5_000;

crate::row! {
    /// A moment of the database.
    pub struct Mark {
        /// What was visible.
        pub snapshot: String,
        /// The life of the database that it belongs to: one that crashed may give a transaction's id again.
        pub life: String,
    }
}

// Statistics begin anew with every life of the database's processes, also where the postmaster stays.
pub(super) const MARK: &str = "pg_current_snapshot()::text as snapshot,
  concat_ws(' ', pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time()) as life";

// As many of a variant's cards as are looked at to see how long there is one: cards that end on many days are not
// all read for the sake of the last.
macro_rules! few {
    ($more:literal) => {
        concat!(
            "(select c.expires_at from card c
               where c.network_id = $1 and c.variant_id = v.variant_id and c.state = 'AVAILABLE'
                 and (c.expires_at is null or c.expires_at > now())",
            $more,
            " limit 16) few"
        )
    };
}

// The first says most: a card that never ends needs no second look.
macro_rules! stock {
    ($by_hand:literal) => {
        concat!(
            " cross join lateral (select ",
            $by_hand,
            " exists (select from ",
            few!(""),
            " where few.expires_at is null) as endless) e
              cross join lateral (select max(few.expires_at) as until_at, count(*) = 16 as more from ",
            few!(" and not e.endless"),
            ") s"
        )
    };
}

const GOODS: &str = concat!(
    "select v.variant_id, v.product_id, v.supplier_id, p.kind, v.fulfilment, v.minimum_price, c.settlement_price,
            p.warranty_seconds, p.covered_reasons, p.remedies, p.decision_seconds, p.fields,
            case when v.title = p.title then p.title else p.title || ' · ' || v.title end as title,
            e.endless, s.until_at, s.more, e.endless or s.until_at is not null as in_stock
       from variant v
       join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
       join supply_price c on c.network_id = v.network_id and c.variant_id = v.variant_id",
    stock!("v.fulfilment = 'MANUAL' or"),
    " where v.network_id = $1"
);

const RESTOCK: &str = concat!(
    "select v.variant_id, e.endless, s.until_at, s.more from unnest($2::uuid[]) as v (variant_id)",
    stock!(""),
);

// What tenants say: rules, and words on a listing, which have no kind.
const RULES: &str =
    "select r.tenant_id, r.rule_id, r.audience_id, r.product_id, r.variant_id, r.kind, r.value,
  null::text as title, false as hidden";
const SETTINGS: &str = "select l.tenant_id, null::uuid as rule_id, null::uuid as audience_id,
  null::uuid as product_id, l.variant_id, null::text as kind, null::bigint as value, l.title, l.hidden";

const SELLERS: &str = "select t.tenant_id, t.status = 'ACTIVE' as active, t.markup_cap_bp";

impl<'r> FromRow<'r, PgRow> for Good {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let item = Candidate::from_row(row)?;
        Ok(Self { folded: fold(&item.title), item, stock: Stock::from_row(row)? })
    }
}

crate::row! {
    /// What a tenant says: a rule, or its word on a variant, which has no rule's id.
    pub struct Said {
        /// Who.
        pub tenant_id: TenantId,
        /// The rule's id.
        pub rule_id: Option<uuid::Uuid>,
        /// For whom the rule is.
        pub audience_id: Option<TenantId>,
        /// For one product,
        pub product_id: Option<ProductId>,
        /// or one variant, or (neither) everything.
        pub variant_id: Option<VariantId>,
        /// What kind of rule.
        pub kind: Option<RuleKind>,
        /// Basis points or micro-units.
        pub value: Option<i64>,
        /// The site's title.
        pub title: Option<String>,
        /// The site does not show it.
        pub hidden: bool,
    }
}

fn note(shelf: &mut Shelf, said: Vec<Said>) {
    for said in said {
        let tenant_id = said.tenant_id;
        match (said.rule_id, said.kind, said.value, said.variant_id) {
            (Some(rule_id), Some(kind), Some(value), variant_id) => {
                let (audience_id, product_id) = (said.audience_id, said.product_id);
                shelf.rules_mut(tenant_id).put(&RuleRow {
                    rule_id,
                    tenant_id,
                    audience_id,
                    product_id,
                    variant_id,
                    kind,
                    value,
                });
            }
            (_, _, _, Some(variant)) => {
                let title = said.title.map(|title| {
                    let folded = fold(&title);
                    (title, folded)
                });
                shelf.settings_mut(tenant_id).insert(variant, Setting { title, hidden: said.hidden });
            }
            _ => {}
        }
    }
}

fn admit(shelf: &mut Shelf, rows: &[PgRow]) -> Result<(), Fault> {
    for row in rows {
        let cap: Option<i32> = row.try_get("markup_cap_bp")?;
        let cap = cap.map(|cap| BasisPoints(i64::from(cap)));
        shelf.admit(row.try_get("tenant_id")?, Seller { active: row.try_get("active")?, cap });
    }
    Ok(())
}

/// The whole network, in three statements.
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
    // The moment stands in the operator's row: every network has one.
    let sellers = sqlx::query(AssertSqlSafe(format!(
        "{SELLERS}, m.snapshot, m.life from tenant t left join (select {MARK}) m on t.kind = 'OPERATOR'
          where t.network_id = $1 order by t.kind = 'OPERATOR' desc"
    )))
    .bind(network)
    .fetch_all(&mut *db)
    .await?;
    let operator = sellers.first().ok_or_else(|| Fault::new("a network has no operator"))?;
    let mark = Mark::from_row(operator)?;
    admit(&mut shelf, &sellers)?;
    let goods = sqlx::query_as(AssertSqlSafe(GOODS)).bind(network).fetch_all(&mut *db).await?;
    shelf.put(goods);
    let said = sqlx::query_as(AssertSqlSafe(format!(
        "{RULES} from price_rule r where r.network_id = $1
         union all {SETTINGS} from listing_setting l where l.network_id = $1"
    )))
    .bind(network)
    .fetch_all(&mut *db)
    .await?;
    note(&mut shelf, said);
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
}

/// The shelf as it is now, from what it was at a moment; `None` for the shelf when nothing has changed. A
/// statement, and one more for each sort of thing that changed.
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
    let changed = read_again(&mut tx, network, shelf, &again).await?;
    tx.commit().await?;
    Ok((changed, now))
}

async fn read_again(
    db: &mut Conn,
    network: NetworkId,
    shelf: &Shelf,
    again: &Again,
) -> Result<Option<Shelf>, Fault> {
    let mut shelf = shelf.clone();
    let mut changed = false;
    if !(again.variants.is_empty() && again.products.is_empty()) {
        changed = true;
        let variants: Vec<VariantId> = again.variants.iter().copied().collect();
        let products: Vec<ProductId> = again.products.iter().copied().collect();
        let goods: Vec<Good> = sqlx::query_as(AssertSqlSafe(format!(
            "{GOODS} and (v.variant_id = any($2) or v.product_id = any($3))"
        )))
        .bind(network)
        .bind(&variants)
        .bind(&products)
        .fetch_all(&mut *db)
        .await?;
        shelf.remove(&again.variants, &again.products);
        shelf.put(goods);
    }
    if !again.stock.is_empty() {
        changed = true;
        let variants: Vec<VariantId> = again.stock.iter().copied().collect();
        let rows =
            sqlx::query(AssertSqlSafe(RESTOCK)).bind(network).bind(&variants).fetch_all(&mut *db).await?;
        for row in &rows {
            shelf.restock(row.try_get("variant_id")?, Stock::from_row(row)?);
        }
    }
    if !again.tenants.is_empty() {
        changed = true;
        let tenants: Vec<TenantId> = again.tenants.iter().copied().collect();
        let rows = sqlx::query(AssertSqlSafe(format!(
            "{SELLERS} from tenant t where t.network_id = $1 and t.tenant_id = any($2)"
        )))
        .bind(network)
        .bind(&tenants)
        .fetch_all(&mut *db)
        .await?;
        admit(&mut shelf, &rows)?;
    }
    if !(again.rules.is_empty() && again.settings.is_empty()) {
        changed = true;
        let said = said_again(db, network, again).await?;
        for (tenant, product, variant) in &again.rules {
            shelf.rules_mut(*tenant).clear(*product, *variant);
        }
        for (tenant, variant) in &again.settings {
            shelf.settings_mut(*tenant).remove(variant);
        }
        note(&mut shelf, said);
    }
    Ok(changed.then_some(shelf))
}

async fn said_again(db: &mut Conn, network: NetworkId, again: &Again) -> Result<Vec<Said>, Fault> {
    let mut rules = (Vec::new(), Vec::new(), Vec::new());
    for (tenant, product, variant) in &again.rules {
        rules.0.push(*tenant);
        rules.1.push(*product);
        rules.2.push(*variant);
    }
    let (sites, variants): (Vec<TenantId>, Vec<VariantId>) = again.settings.iter().copied().unzip();
    Ok(sqlx::query_as(AssertSqlSafe(format!(
        "{RULES} from price_rule r
           join unnest($2::uuid[], $3::uuid[], $4::uuid[]) as w (tenant_id, product_id, variant_id)
             on r.tenant_id = w.tenant_id and r.product_id is not distinct from w.product_id
            and r.variant_id is not distinct from w.variant_id
          where r.network_id = $1
         union all
         {SETTINGS} from listing_setting l
           join unnest($5::uuid[], $6::uuid[]) as w (tenant_id, variant_id)
             on l.tenant_id = w.tenant_id and l.variant_id = w.variant_id
          where l.network_id = $1"
    )))
    .bind(network)
    .bind(rules.0)
    .bind(rules.1)
    .bind(rules.2)
    .bind(sites)
    .bind(variants)
    .fetch_all(db)
    .await?)
}
