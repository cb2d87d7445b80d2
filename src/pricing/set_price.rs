//! Setting a price rule, and telling what it pushes below cost.

use super::{
    chain::{Rule, Unpriced},
    offer::{self, Offer},
    store::{self, RuleRow, Select},
};
use crate::{
    access::Permit,
    catalogue::{
        ProductId, Terms, VariantId,
        set_terms::{self, Level, Set},
        terms::Written,
    },
    foundation::{BasisPoints, Db, Fault, No, Tx, UnitPrice, id::TenantId},
    tenancy::{self, TenantKind},
};

/// For whom a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The tenant's own buyers.
    OwnBuyers,
    /// One child site.
    Child(TenantId),
    /// Every child and the own buyers, unless something more specific is set.
    Everyone,
}

/// Where a rule stands: there is one at most for whom and what it is.
#[derive(Clone, Copy, Debug)]
pub struct RulePlace {
    /// For whom.
    pub audience: Audience,
    /// For one product,
    pub product: Option<ProductId>,
    /// or one variant, or (neither) everything.
    pub variant: Option<VariantId>,
}

/// A rule to be set.
#[derive(Clone, Debug)]
pub struct SetPrice {
    /// For whom.
    pub audience: Audience,
    /// For one product,
    pub product: Option<ProductId>,
    /// or one variant, or (neither) everything.
    pub variant: Option<VariantId>,
    /// The rule.
    pub rule: Rule,
}

/// What is told of a rule's harm, at most.
const TOLD: usize = 100;

/// Sets a rule of the caller's tenant; seen by the next request. Answers the offers that it pushes below
/// cost, to the caller's own buyers or (for a child's price) to the caller: they are hidden until it changes.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT.
pub async fn set_price(db: &Db, permit: Permit, request: SetPrice) -> Result<Vec<Offer>, No> {
    let mut tx = db.begin(permit.work()).await?;
    let rule = checked(&mut tx, &permit, &request).await?;
    store::put_rule(&mut tx, permit.network(), &rule).await?;
    let harmed = below_cost(&mut tx, &permit, rule.audience_id, request.product, request.variant).await?;
    tx.commit().await?;
    Ok(harmed)
}

/// Takes a rule of the caller's tenant away; seen by the next request, as a rule that is set. What it applied to falls
/// back to the next less specific rule, or to the cost. Answers what that pushes below cost, as [`set_price`] does.
///
/// # Errors
/// NOT_FOUND where there is no such rule.
pub async fn delete_price(db: &Db, permit: Permit, place: RulePlace) -> Result<Vec<Offer>, No> {
    let RulePlace { audience, product, variant } = place;
    let audience_id = match audience {
        Audience::Everyone => None,
        Audience::OwnBuyers => Some(permit.tenant()),
        Audience::Child(id) => Some(id),
    };
    let mut tx = db.begin(permit.work()).await?;
    let (network, tenant) = (permit.network(), permit.tenant());
    if !store::delete_rule(&mut tx, network, tenant, audience_id, product, variant).await? {
        return Err(No::not_found(match (variant, product, audience) {
            (Some(_), ..) => "variantId",
            (None, Some(_), _) => "productId",
            (None, None, Audience::Child(_)) => "childTenantId",
            (None, None, _) => "forEveryone",
        }));
    }
    let harmed = below_cost(&mut tx, &permit, audience_id, product, variant).await?;
    tx.commit().await?;
    Ok(harmed)
}

/// The row that a rule would be, with a new id: what is asked can be set.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT.
pub(super) async fn checked(tx: &mut Tx, permit: &Permit, request: &SetPrice) -> Result<RuleRow, No> {
    match request.rule {
        Rule::Markup(BasisPoints(points)) if !(0..=1_000_000).contains(&points) => {
            return Err(No::invalid("must be between 0 and 1000000", "rule.markupBasisPoints"));
        }
        _ => {}
    }
    if request.product.is_some() && request.variant.is_some() {
        return Err(No::invalid("name a product or a variant, not both", "variantId"));
    }
    let (network, tenant) = (permit.network(), permit.tenant());
    let audience_id = match request.audience {
        Audience::Everyone => None,
        Audience::OwnBuyers => Some(tenant),
        Audience::Child(id) => {
            let child = tenancy::store::find(tx, network, id).await?;
            let child =
                child.filter(|child| child.parent_id == Some(tenant) && child.kind == TenantKind::Site);
            Some(child.ok_or_else(|| No::not_found("childTenantId"))?.tenant_id)
        }
    };
    sold_here(tx, permit, request.product, request.variant).await?;
    let (kind, value) = request.rule.columns();
    Ok(RuleRow {
        rule_id: uuid::Uuid::now_v7(),
        tenant_id: tenant,
        audience_id,
        product_id: request.product,
        variant_id: request.variant,
        kind,
        value,
    })
}

// What a rule names must be something that this tenant could sell.
async fn sold_here(
    tx: &mut Tx,
    permit: &Permit,
    product: Option<ProductId>,
    variant: Option<VariantId>,
) -> Result<(), No> {
    if product.is_none() && variant.is_none() {
        return Ok(());
    }
    let known: bool = sqlx::query_scalar(
        "select exists (select from variant v
            join product p on p.network_id = v.network_id and p.product_id = v.product_id and p.status = 'APPROVED'
           where v.network_id = $1 and ($2::uuid is null or v.product_id = $2) and ($3::uuid is null or v.variant_id = $3))",
    )
    .bind(permit.network())
    .bind(product)
    .bind(variant)
    .fetch_one(&mut **tx)
    .await
    .map_err(Fault::from)?;
    match (known, product) {
        (true, _) => Ok(()),
        (false, Some(_)) => Err(No::not_found("productId")),
        (false, None) => Err(No::not_found("variantId")),
    }
}

// The offers that the rule concerns and that the caller would now sell below its cost.
async fn below_cost(
    tx: &mut Tx,
    permit: &Permit,
    audience: Option<TenantId>,
    product: Option<ProductId>,
    variant: Option<VariantId>,
) -> Result<Vec<Offer>, Fault> {
    let tenant = permit.tenant();
    let mut lineage = permit.place().lineage.clone();
    // A child's price is judged on the child's chain: it ends with the child, whose own rules do not matter here.
    if let Some(child) = audience.filter(|id| *id != tenant) {
        lineage.push(child);
    }
    let products = product.map(|id| vec![id]);
    let variants = variant.map(|id| vec![id]);
    let mut after = None;
    let mut harmed = Vec::new();
    loop {
        let limit = 500;
        let select = Select {
            variants: variants.as_deref(),
            products: products.as_deref(),
            search: None,
            kind: None,
            brand: None,
            after,
            limit,
        };
        let found = offer::offers(tx, permit.network(), &lineage, &select).await?;
        let last = found.len() < 500;
        after = found.last().map(|offer| offer.item.variant_id.0);
        harmed.extend(found.into_iter().filter(
            |offer| matches!(&offer.links, Err(Unpriced::BelowCost { tenant: who, .. }) if *who == tenant),
        ));
        if last || harmed.len() >= TOLD {
            harmed.truncate(TOLD);
            return Ok(harmed);
        }
    }
}

/// The caller's tenant's rules, the oldest first, at most 1,000.
///
/// # Errors
/// [`No`].
pub async fn list_rules(db: &Db, permit: &Permit) -> Result<Vec<RuleRow>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    Ok(store::rules_of(&mut tx, permit.network(), permit.tenant()).await?)
}

/// A site's own title for a variant, and whether it shows it.
///
/// # Errors
/// NOT_FOUND, INVALID_INPUT.
pub async fn set_listing(
    db: &Db,
    permit: Permit,
    variant: VariantId,
    title: Option<String>,
    hidden: bool,
) -> Result<(), No> {
    let title = title.map(|title| crate::foundation::text::line(&title, 120, "title")).transpose()?;
    let mut tx = db.begin(permit.work()).await?;
    sold_here(&mut tx, &permit, None, Some(variant)).await?;
    sqlx::query(
        "insert into listing_setting (network_id, tenant_id, variant_id, title, hidden) values ($1, $2, $3, $4, $5)
         on conflict (network_id, tenant_id, variant_id) do update set title = excluded.title, hidden = excluded.hidden",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .bind(variant)
    .bind(title)
    .bind(hidden)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(())
}

/// How many variants that a site hides are told at most.
const HIDDEN: i64 = 1_000;

/// What the caller's site could sell and does not show, by its title, at most 1,000.
///
/// # Errors
/// [`No`].
pub async fn list_hidden(db: &Db, permit: &Permit) -> Result<Vec<store::HiddenRow>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    Ok(store::hidden_of(&mut tx, permit.network(), permit.tenant(), HIDDEN).await?)
}

/// Sets a site's own warranty terms for a variant, or with none takes the product's again. They may only improve on
/// the product's; placed orders keep what they were sold under.
///
/// # Errors
/// NOT_FOUND; INVALID_INPUT, for worse terms at the clause.
pub async fn set_site_terms(
    db: &Db,
    permit: Permit,
    variant: VariantId,
    terms: Option<Terms>,
) -> Result<(), No> {
    let terms = terms.map(Terms::checked).transpose()?;
    let (network, site) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    sold_here(&mut tx, &permit, None, Some(variant)).await?;
    if let Some(terms) = &terms {
        let above = set_terms::of_variant(&mut tx, network, variant).await?;
        terms.improve_on(&above.ok_or_else(|| No::not_found("variantId"))?, "the product's")?;
        let set = Set { level: Level::Site, tenant: site, place: variant.to_string(), terms };
        set_terms::record(&mut tx, network, permit.actor().id(), &set).await?;
    }
    sqlx::query(
        "insert into listing_setting (network_id, tenant_id, variant_id, terms) values ($1, $2, $3, $4)
         on conflict (network_id, tenant_id, variant_id) do update set terms = excluded.terms",
    )
    .bind(network)
    .bind(site)
    .bind(variant)
    .bind(terms.as_ref().map(|terms| sqlx::types::Json(Written::from(terms))))
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(())
}

/// What one unit earns a tier.
pub fn unit_profit(cost: UnitPrice, price: UnitPrice) -> UnitPrice {
    UnitPrice(price.0 - cost.0)
}
