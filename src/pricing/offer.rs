//! An offer: a variant as one site sells it, with the whole price chain. Lists, quotes and orders all come here.

use super::{
    chain::{self, Link, Rule, Step, Unpriced},
    store::{self, Candidate, RuleRow, Select},
};
use crate::foundation::{
    BasisPoints, Conn, Fault, UnitPrice,
    id::{NetworkId, TenantId},
};

/// A variant as a site sells it to its buyers, or why it does not.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The variant.
    pub item: Candidate,
    /// From the supplier down to the selling site.
    pub links: Result<Vec<Link>, Unpriced>,
}

impl Offer {
    /// What the buyer pays for one, where there is a price.
    pub fn price(&self) -> Option<UnitPrice> {
        self.links.as_ref().ok().and_then(|links| links.last()).map(|link| link.unit_price)
    }

    /// What one tier pays and asks.
    pub fn link_of(&self, tenant: TenantId) -> Option<&Link> {
        self.links.as_ref().ok().and_then(|links| links.iter().skip(1).find(|link| link.tenant == tenant))
    }
}

/// The offers of the site at the end of `lineage`, priced or not, by variant id: at most `select.limit`.
/// Three statements, however many there are.
///
/// # Errors
/// [`Fault`].
pub async fn offers(
    db: &mut Conn,
    network: NetworkId,
    lineage: &[TenantId],
    select: &Select<'_>,
) -> Result<Vec<Offer>, Fault> {
    let Some(site) = lineage.last() else { return Ok(Vec::new()) };
    let candidates = store::candidates(db, network, *site, select).await?;
    if candidates.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<_> = candidates.iter().map(|item| item.product_id).collect();
    let variants: Vec<_> = candidates.iter().map(|item| item.variant_id).collect();
    let rules = store::rules(db, network, lineage, &products, &variants).await?;
    let caps = store::caps(db, network, lineage).await?;
    Ok(candidates
        .into_iter()
        .map(|item| {
            let links = price(&item, lineage, &rules, &caps);
            Offer { item, links }
        })
        .collect())
}

/// The chain of one variant down a lineage, from the rules and caps of everyone on it.
///
/// # Errors
/// [`Unpriced`].
pub fn price(
    item: &Candidate,
    lineage: &[TenantId],
    rules: &[RuleRow],
    caps: &[(TenantId, i32)],
) -> Result<Vec<Link>, Unpriced> {
    let steps: Vec<Step> = lineage
        .iter()
        .enumerate()
        .map(|(at, tenant)| {
            // The last one sells to its own buyers, who go by its own id.
            let audience = *lineage.get(at + 1).unwrap_or(tenant);
            let rule = pick(rules, *tenant, audience, item);
            Step {
                tenant: *tenant,
                rule: rule.map_or(Rule::Inherit, RuleRow::rule),
                rule_id: rule.map(|rule| rule.rule_id),
                cap: caps.iter().find(|(id, _)| id == tenant).map(|(_, cap)| BasisPoints(i64::from(*cap))),
            }
        })
        .collect();
    chain::chain(
        item.supplier_id,
        UnitPrice(item.settlement_price),
        item.minimum_price.map(UnitPrice),
        &steps,
    )
}

// The most specific that applies: (audience, variant) > (audience, product) > (audience, all)
// > (everyone, variant) > (everyone, product) > (everyone, all).
fn pick<'a>(
    rules: &'a [RuleRow],
    tenant: TenantId,
    audience: TenantId,
    item: &Candidate,
) -> Option<&'a RuleRow> {
    rules
        .iter()
        .filter(|rule| rule.tenant_id == tenant && rule.audience_id.is_none_or(|id| id == audience))
        .filter(|rule| rule.product_id.is_none_or(|id| id == item.product_id))
        .filter(|rule| rule.variant_id.is_none_or(|id| id == item.variant_id))
        .max_by_key(|rule| (rule.audience_id.is_some(), rule.variant_id.is_some(), rule.product_id.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue::{Fulfilment, ProductId, ProductKind, VariantId},
        pricing::store::RuleKind,
    };

    #[test]
    fn the_most_specific_rule_wins() {
        let (tenant, child) = (TenantId::fresh(), TenantId::fresh());
        let item = Candidate {
            variant_id: VariantId::fresh(),
            product_id: ProductId::fresh(),
            supplier_id: TenantId::fresh(),
            title: String::new(),
            kind: ProductKind::Card,
            fulfilment: Fulfilment::Stock,
            settlement_price: 1,
            minimum_price: None,
            warranty_seconds: 1,
            covered_reasons: vec![],
            remedies: vec![],
            decision_seconds: 1,
            fields: sqlx::types::Json(vec![]),
            in_stock: true,
        };
        let rule = |audience, product, variant, value| RuleRow {
            rule_id: uuid::Uuid::now_v7(),
            tenant_id: tenant,
            audience_id: audience,
            product_id: product,
            variant_id: variant,
            kind: RuleKind::Markup,
            value,
        };
        // In the order of precedence, and others' rules that never apply.
        let mut rules = vec![
            rule(Some(child), None, Some(item.variant_id), 1),
            rule(Some(child), Some(item.product_id), None, 2),
            rule(Some(child), None, None, 3),
            rule(None, None, Some(item.variant_id), 4),
            rule(None, Some(item.product_id), None, 5),
            rule(None, None, None, 6),
        ];
        let others = [
            rule(Some(tenant), None, Some(item.variant_id), 90),
            rule(Some(child), None, Some(VariantId::fresh()), 91),
            rule(Some(child), Some(ProductId::fresh()), None, 92),
            RuleRow { tenant_id: child, ..rule(None, None, None, 93) },
        ];
        for want in 1..=6 {
            let all: Vec<_> = rules.iter().chain(&others).cloned().rev().collect();
            assert_eq!(pick(&all, tenant, child, &item).unwrap().value, want);
            rules.remove(0);
        }
        assert!(pick(&others, tenant, child, &item).is_none());
    }
}
