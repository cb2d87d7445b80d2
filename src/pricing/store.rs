//! Pricing's statements.

use super::chain::Rule;
use crate::{
    catalogue::{Field, Fulfilment, Plan, ProductId, ProductKind, Terms, VariantId, terms::Written},
    foundation::{
        BasisPoints, Conn, Fault, UnitPrice,
        id::{NetworkId, TenantId},
        text,
    },
};

crate::words! {
    /// What kind of rule a row holds.
    pub enum RuleKind {
        /// The cost.
        Inherit = "INHERIT",
        /// The cost and a share of it.
        Markup = "MARKUP",
        /// The cost and an amount.
        Add = "ADD",
        /// This price.
        Fixed = "FIXED",
    }
}

crate::row! {
    /// A price rule. `audience_id`: a child site; the tenant itself for its own buyers; none for everyone.
    pub struct RuleRow {
        /// Its id.
        pub rule_id: uuid::Uuid,
        /// Whose it is.
        pub tenant_id: TenantId,
        /// For whom.
        pub audience_id: Option<TenantId>,
        /// For one product,
        pub product_id: Option<ProductId>,
        /// or one variant, or (neither) everything.
        pub variant_id: Option<VariantId>,
        /// What kind.
        pub kind: RuleKind,
        /// Basis points or micro-units.
        pub value: i64,
    }
}

impl RuleRow {
    /// The rule of the row.
    pub const fn rule(&self) -> Rule {
        match self.kind {
            RuleKind::Inherit => Rule::Inherit,
            RuleKind::Markup => Rule::Markup(BasisPoints(self.value)),
            RuleKind::Add => Rule::Add(UnitPrice(self.value)),
            RuleKind::Fixed => Rule::Fixed(UnitPrice(self.value)),
        }
    }
}

impl Rule {
    /// The row's two columns.
    pub const fn columns(self) -> (RuleKind, i64) {
        match self {
            Self::Inherit => (RuleKind::Inherit, 0),
            Self::Markup(points) => (RuleKind::Markup, points.0),
            Self::Add(amount) => (RuleKind::Add, amount.0),
            Self::Fixed(price) => (RuleKind::Fixed, price.0),
        }
    }
}

crate::row! {
    /// A variant that a site could sell, before it has a price.
    pub struct Candidate {
        /// The variant.
        pub variant_id: VariantId,
        /// Its product.
        pub product_id: ProductId,
        /// Its supplier.
        pub supplier_id: TenantId,
        /// As the site calls it.
        pub title: String,
        /// Whose good it is to the buyer.
        pub brand: Option<String>,
        /// More about it, as the supplier writes; empty where it was not asked for.
        pub description: std::sync::Arc<str>,
        /// There are more than its alarm level.
        pub plenty: bool,
        /// What it is.
        pub kind: ProductKind,
        /// How it reaches its buyer.
        pub fulfilment: Fulfilment,
        /// What the operator pays; micro-units.
        pub settlement_price: i64,
        /// The brand's minimum; micro-units.
        pub minimum_price: Option<i64>,
        /// The site's own terms, until [`settled`](Self::settled) has made them the candidate's.
        pub site_terms: Option<sqlx::types::Json<Written>>,
        /// What the buyer is asked.
        pub fields: sqlx::types::Json<Vec<Field>>,
        /// The extended plans that may be bought with it.
        pub plans: sqlx::types::Json<Vec<Plan>>,
        /// There is one to sell now.
        pub in_stock: bool,
    }
    with {
        /// The terms that it would be sold under.
        pub terms: Terms,
    }
}

impl Candidate {
    /// Takes a site's own terms in, clause by clause where they are better.
    pub fn improve(&mut self, site: &Terms) {
        self.terms = site.best_of(&self.terms);
    }

    // With the site's terms as its own.
    fn settled(mut self) -> Result<Self, Fault> {
        if let Some(written) = self.site_terms.take() {
            self.improve(&Terms::try_from(written.0)?);
        }
        Ok(self)
    }
}

crate::row! {
    /// A variant that a site does not show.
    pub struct HiddenRow {
        /// The variant.
        pub variant_id: VariantId,
        /// As the site would call it.
        pub title: String,
        /// The site's own title for it, if it has one.
        pub own_title: Option<String>,
        /// What it is.
        pub kind: ProductKind,
        /// Whose good it is to the buyer.
        pub brand: Option<String>,
    }
}

/// Variants of approved products that a site hides, by title.
pub async fn hidden_of(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    most: i64,
) -> Result<Vec<HiddenRow>, Fault> {
    Ok(sqlx::query_as(
        "select v.variant_id, l.title as own_title, p.kind, p.brand,
                coalesce(l.title, case when v.title = p.title then p.title else p.title || ' · ' || v.title end) as title
           from listing_setting l
           join variant v on v.network_id = l.network_id and v.variant_id = l.variant_id
           join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
          where l.network_id = $1 and l.tenant_id = $2 and l.hidden order by title, v.variant_id limit $3",
    )
    .bind(network)
    .bind(site)
    .bind(most)
    .fetch_all(db)
    .await?)
}

/// Which variants to look at.
#[derive(Clone, Debug)]
pub struct Select<'a> {
    /// Only these.
    pub variants: Option<&'a [VariantId]>,
    /// Only these products.
    pub products: Option<&'a [ProductId]>,
    /// Title has it, in any case.
    pub search: Option<&'a str>,
    /// Of this kind.
    pub kind: Option<ProductKind>,
    /// Of exactly this brand.
    pub brand: Option<&'a str>,
    /// Behind this one.
    pub after: Option<uuid::Uuid>,
    /// At most so many.
    pub limit: i64,
}

/// Variants that a site shows: approved, of an active supplier, not hidden by the site itself; by id.
pub async fn candidates(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    select: &Select<'_>,
) -> Result<Vec<Candidate>, Fault> {
    let pattern = select.search.map(text::containing);
    let found: Vec<Candidate> = sqlx::query_as(
        "with shown as (
           select v.network_id, v.variant_id, v.product_id, v.supplier_id, p.brand, p.description, v.low_stock,
                  p.kind, v.fulfilment, v.minimum_price,
                  p.warranty_seconds, p.covered_reasons, p.remedies, p.decision_seconds, p.answer_seconds,
                  p.replacement_limit, p.appeal_seconds, p.required_evidence, l.terms as site_terms, p.fields, p.plans,
                  coalesce(l.title, case when v.title = p.title then p.title else p.title || ' · ' || v.title end) as title
             from variant v
             join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
             join tenant s on s.network_id = v.network_id and s.tenant_id = v.supplier_id and s.status = 'ACTIVE'
                  and s.sales_paused is null
             left join listing_setting l
                    on l.network_id = v.network_id and l.variant_id = v.variant_id and l.tenant_id = $2
            where v.network_id = $1 and not coalesce(l.hidden, false)
              and ($3::uuid[] is null or v.variant_id = any($3))
              and ($4::uuid[] is null or v.product_id = any($4))
              and ($5::text is null or p.kind = $5)
              and ($6::uuid is null or v.variant_id > $6)
              and ($9::text is null or p.brand = $9))
         select shown.variant_id, shown.product_id, shown.supplier_id, shown.title, shown.brand, shown.description,
                shown.fulfilment = 'MANUAL' or shown.low_stock < (
                  select count(*) from (
                    select from card where card.network_id = shown.network_id and card.variant_id = shown.variant_id
                       and card.state = 'AVAILABLE' and (card.expires_at is null or card.expires_at > now())
                     limit shown.low_stock + 1) few) as plenty,
                shown.kind, shown.fulfilment,
                c.settlement_price, shown.minimum_price, shown.warranty_seconds, shown.covered_reasons, shown.remedies,
                shown.decision_seconds, shown.answer_seconds, shown.replacement_limit, shown.appeal_seconds,
                shown.required_evidence,
                shown.site_terms, shown.fields, shown.plans,
                shown.fulfilment = 'MANUAL' or exists (
                  select from card where card.network_id = shown.network_id and card.variant_id = shown.variant_id
                     and card.state = 'AVAILABLE' and (card.expires_at is null or card.expires_at > now())) as in_stock
           from shown
           join supply_price c on c.network_id = shown.network_id and c.variant_id = shown.variant_id
          where $7::text is null or shown.title ilike $7
          order by shown.variant_id limit $8",
    )
    .bind(network)
    .bind(site)
    .bind(select.variants)
    .bind(select.products)
    .bind(select.kind)
    .bind(select.after)
    .bind(pattern)
    .bind(select.limit)
    .bind(select.brand)
    .fetch_all(db)
    .await?;
    found.into_iter().map(Candidate::settled).collect()
}

/// The rules and caps of the tenants on a lineage, as far as they concern those variants.
pub async fn rules(
    db: &mut Conn,
    network: NetworkId,
    lineage: &[TenantId],
    products: &[ProductId],
    variants: &[VariantId],
) -> Result<Vec<RuleRow>, Fault> {
    Ok(sqlx::query_as(
        "select rule_id, tenant_id, audience_id, product_id, variant_id, kind, value from price_rule
          where network_id = $1 and tenant_id = any($2) and (audience_id is null or audience_id = any($2))
            and (product_id is null or product_id = any($3)) and (variant_id is null or variant_id = any($4))",
    )
    .bind(network)
    .bind(lineage)
    .bind(products)
    .bind(variants)
    .fetch_all(db)
    .await?)
}

/// The caps that were set for the tenants on a lineage; basis points.
pub async fn caps(
    db: &mut Conn,
    network: NetworkId,
    lineage: &[TenantId],
) -> Result<Vec<(TenantId, i32)>, Fault> {
    Ok(sqlx::query_as(
        "select tenant_id, markup_cap_bp from tenant
          where network_id = $1 and tenant_id = any($2) and markup_cap_bp is not null",
    )
    .bind(network)
    .bind(lineage)
    .fetch_all(db)
    .await?)
}

/// Sets a rule in its place.
pub async fn put_rule(db: &mut Conn, network: NetworkId, rule: &RuleRow) -> Result<(), Fault> {
    sqlx::query(
        "insert into price_rule (network_id, rule_id, tenant_id, audience_id, product_id, variant_id, kind, value)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict on constraint price_rule_place
         do update set kind = excluded.kind, value = excluded.value, rule_id = excluded.rule_id, updated_at = now()",
    )
    .bind(network)
    .bind(rule.rule_id)
    .bind(rule.tenant_id)
    .bind(rule.audience_id)
    .bind(rule.product_id)
    .bind(rule.variant_id)
    .bind(rule.kind)
    .bind(rule.value)
    .execute(db)
    .await?;
    Ok(())
}

/// Takes a tenant's rule away; false where there is none.
pub async fn delete_rule(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    audience: Option<TenantId>,
    product: Option<ProductId>,
    variant: Option<VariantId>,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "delete from price_rule
          where network_id = $1 and tenant_id = $2 and audience_id is not distinct from $3
            and product_id is not distinct from $4 and variant_id is not distinct from $5",
    )
    .bind(network)
    .bind(tenant)
    .bind(audience)
    .bind(product)
    .bind(variant)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Every rule of a tenant that the scope may see.
pub async fn rules_of(db: &mut Conn, network: NetworkId, tenant: TenantId) -> Result<Vec<RuleRow>, Fault> {
    Ok(sqlx::query_as(
        "select rule_id, tenant_id, audience_id, product_id, variant_id, kind, value from price_rule
          where network_id = $1 and tenant_id = $2 order by updated_at, rule_id limit 1000",
    )
    .bind(network)
    .bind(tenant)
    .fetch_all(db)
    .await?)
}

/// Whether each of those tenants is ACTIVE, and the cap that was set for it; basis points.
pub async fn standings(
    db: &mut Conn,
    network: NetworkId,
    tenants: &[TenantId],
) -> Result<Vec<(TenantId, bool, Option<i32>)>, Fault> {
    Ok(sqlx::query_as(
        "select tenant_id, status = 'ACTIVE', markup_cap_bp from tenant
          where network_id = $1 and tenant_id = any($2)",
    )
    .bind(network)
    .bind(tenants)
    .fetch_all(db)
    .await?)
}

/// A variant of an approved product, as one site would sell it.
#[derive(Clone, Debug)]
pub struct Sellable {
    /// The site.
    pub site_id: TenantId,
    /// The variant.
    pub candidate: Candidate,
    /// Its supplier may not trade at present.
    pub paused: bool,
    /// The site does not show it.
    pub hidden: bool,
}

impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for Sellable {
    fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
        use sqlx::Row;
        Ok(Self {
            site_id: row.try_get("site_id")?,
            candidate: Candidate::from_row(row)?
                .settled()
                .map_err(|fault| sqlx::Error::Decode(fault.to_string().into()))?,
            paused: row.try_get("paused")?,
            hidden: row.try_get("hidden")?,
        })
    }
}

/// Those variants at those sites, pair by pair; a variant that is none of an approved product is left out.
/// Without `count_stock`, as for an order, which is not shown, every one counts as in stock and describes nothing.
pub async fn sellables(
    db: &mut Conn,
    network: NetworkId,
    pairs: &[(TenantId, VariantId)],
    count_stock: bool,
) -> Result<Vec<Sellable>, Fault> {
    let (sites, variants): (Vec<TenantId>, Vec<VariantId>) = pairs.iter().copied().unzip();
    Ok(sqlx::query_as(
        "select w.site_id, v.variant_id, v.product_id, v.supplier_id, p.brand,
                case when $4 then p.description else '' end as description,
                not $4 or v.fulfilment = 'MANUAL' or v.low_stock < (
                  select count(*) from (
                    select from card where card.network_id = v.network_id and card.variant_id = v.variant_id
                       and card.state = 'AVAILABLE' and (card.expires_at is null or card.expires_at > now())
                     limit v.low_stock + 1) few) as plenty,
                p.kind, v.fulfilment, v.minimum_price,
                p.warranty_seconds, p.covered_reasons, p.remedies, p.decision_seconds, p.answer_seconds,
                p.replacement_limit, p.appeal_seconds, p.required_evidence, l.terms as site_terms, p.fields, p.plans,
                c.settlement_price,
                coalesce(l.title, case when v.title = p.title then p.title else p.title || ' · ' || v.title end) as title,
                s.status <> 'ACTIVE' or s.sales_paused is not null as paused, coalesce(l.hidden, false) as hidden,
                not $4 or v.fulfilment = 'MANUAL' or exists (
                  select from card where card.network_id = v.network_id and card.variant_id = v.variant_id
                     and card.state = 'AVAILABLE' and (card.expires_at is null or card.expires_at > now())) as in_stock
           from unnest($2::uuid[], $3::uuid[]) as w(site_id, variant_id)
           join variant v on v.network_id = $1 and v.variant_id = w.variant_id
           join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
           join tenant s on s.network_id = v.network_id and s.tenant_id = v.supplier_id
           join supply_price c on c.network_id = v.network_id and c.variant_id = v.variant_id
           left join listing_setting l
                  on l.network_id = v.network_id and l.variant_id = v.variant_id and l.tenant_id = w.site_id",
    )
    .bind(network)
    .bind(sites)
    .bind(variants)
    .bind(count_stock)
    .fetch_all(db)
    .await?)
}
