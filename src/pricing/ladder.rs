//! What a tenant pays for a variant, what it asks, and what each of its children pays.

use super::{
    chain::Unpriced,
    rulebook::{self, Rulebook},
    store::{Candidate, RuleRow},
    view::{Shelf, Views},
};
use crate::{
    access::Permit,
    catalogue::VariantId,
    foundation::{Db, No, UnitPrice, id::TenantId},
    tenancy,
};

/// How many children are told of.
pub const MOST_CHILDREN: i64 = 200;

/// What somebody pays, asked by one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the tenant pays for one.
    pub cost: UnitPrice,
    /// What it asks; where that is below its cost nothing is sold.
    pub price: UnitPrice,
    /// It is.
    pub below_cost: bool,
}

/// What the last of a lineage asks of an audience: its own buyers (who go by its own id) or a child. `None` where
/// somebody above it sells nothing, or its price is none at all.
pub fn asked(
    item: &Candidate,
    lineage: &[TenantId],
    audience: TenantId,
    book: &impl Rulebook,
) -> Option<Asked> {
    let tenant = *lineage.last()?;
    match rulebook::price_for(item, lineage, audience, book) {
        Ok(links) => {
            let link = links.last()?;
            Some(Asked { cost: link.unit_cost, price: link.unit_price, below_cost: false })
        }
        Err(Unpriced::BelowCost { tenant: who, cost, asked }) if who == tenant => {
            Some(Asked { cost, price: asked, below_cost: true })
        }
        Err(_) => None,
    }
}

/// What a child pays.
#[derive(Clone, Debug)]
pub struct Step {
    /// The child.
    pub child: TenantId,
    /// What it is asked.
    pub asked: Asked,
    /// By which rule; none is the cost itself.
    pub rule: Option<RuleRow>,
}

/// A variant's prices around a tenant.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// The variant.
    pub variant: VariantId,
    /// As the tenant calls it.
    pub title: String,
    /// What its own buyers are asked.
    pub own: Asked,
    /// By which rule; none is the cost itself.
    pub rule: Option<RuleRow>,
    /// The brand's minimum, for buyers.
    pub minimum: Option<UnitPrice>,
    /// What its children are asked, by handle; those alone who can be asked something.
    pub children: Vec<Step>,
}

/// A variant's prices around the caller's tenant; `None` where the tenant can't sell it. One statement, beside what
/// the lists need.
///
/// # Errors
/// [`No`].
pub async fn ladder(
    db: &Db,
    views: &Views,
    permit: &Permit,
    variant: VariantId,
) -> Result<Option<Ladder>, No> {
    let (place, tenant) = (permit.place(), permit.tenant());
    let shelf = views.shelf(place, permit.actor()).await?;
    let Some(good) = shelf.good(variant) else { return Ok(None) };
    let Some(own) = asked(&good.item, &place.lineage, tenant, shelf.as_ref()) else { return Ok(None) };
    let mut tx = db.begin(permit.scope()).await?;
    let children = tenancy::store::child_sites(&mut tx, place.network, tenant, MOST_CHILDREN).await?;
    tx.commit().await?;
    let rule = |audience| rule_of(&shelf, tenant, audience, &good.item);
    let step = |child: TenantId| {
        let asked = asked(&good.item, &place.lineage, child, shelf.as_ref())?;
        Some(Step { child, asked, rule: rule(child) })
    };
    Ok(Some(Ladder {
        variant,
        title: shelf.title(tenant, good).to_owned(),
        own,
        rule: rule(tenant),
        minimum: good.item.minimum_price.map(UnitPrice),
        children: children.into_iter().filter_map(step).collect(),
    }))
}

fn rule_of(shelf: &Shelf, tenant: TenantId, audience: TenantId, item: &Candidate) -> Option<RuleRow> {
    shelf.rules(tenant)?.row(tenant, audience, item.product_id, item.variant_id)
}
