//! Price rules, found by what they are for: the same answer from a few rows or from a whole network's.

use super::{
    chain::{self, Link, Rule, Step, Unpriced},
    store::{Candidate, RuleRow},
};
use crate::{
    catalogue::{ProductId, VariantId},
    foundation::{BasisPoints, UnitPrice, id::TenantId},
};
use std::collections::{BTreeSet, HashMap};

/// What a rule is for, the closest fit last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Target {
    All,
    Product(ProductId),
    Variant(VariantId),
}

impl Target {
    fn of(product: Option<ProductId>, variant: Option<VariantId>) -> Self {
        match (product, variant) {
            (_, Some(variant)) => Self::Variant(variant),
            (Some(product), None) => Self::Product(product),
            (None, None) => Self::All,
        }
    }
}

/// One tenant's rules.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    by_place: HashMap<(Option<TenantId>, Target), (uuid::Uuid, Rule)>,
}

impl Rules {
    /// Puts a rule in its place.
    pub fn put(&mut self, row: &RuleRow) {
        let place = (row.audience_id, Target::of(row.product_id, row.variant_id));
        self.by_place.insert(place, (row.rule_id, row.rule()));
    }

    /// Takes away the rules for one product, one variant or (neither) everything, whoever they are for.
    pub fn clear(&mut self, product: Option<ProductId>, variant: Option<VariantId>) {
        let target = Target::of(product, variant);
        self.by_place.retain(|(_, its), _| *its != target);
    }

    /// The rule that [`pick`](Self::pick) finds, as its tenant's row.
    pub fn row(
        &self,
        tenant: TenantId,
        audience: TenantId,
        product: ProductId,
        variant: VariantId,
    ) -> Option<RuleRow> {
        let (rule_id, rule) = self.pick(audience, product, variant)?;
        let place = self.by_place.iter().find(|(_, (id, _))| *id == rule_id)?.0;
        let (product_id, variant_id) = match place.1 {
            Target::All => (None, None),
            Target::Product(product) => (Some(product), None),
            Target::Variant(variant) => (None, Some(variant)),
        };
        let (kind, value) = rule.columns();
        Some(RuleRow {
            rule_id,
            tenant_id: tenant,
            audience_id: place.0,
            product_id,
            variant_id,
            kind,
            value,
        })
    }

    /// Whom it has rules of their own for, its own buyers (who go by its id) among them.
    pub fn audiences(&self) -> BTreeSet<TenantId> {
        self.by_place.keys().filter_map(|(audience, _)| *audience).collect()
    }

    /// The most specific that applies: (audience, variant) > (audience, product) > (audience, all)
    /// > (everyone, variant) > (everyone, product) > (everyone, all).
    pub fn pick(
        &self,
        audience: TenantId,
        product: ProductId,
        variant: VariantId,
    ) -> Option<(uuid::Uuid, Rule)> {
        if self.by_place.is_empty() {
            return None;
        }
        [Some(audience), None].into_iter().find_map(|audience| {
            [Target::Variant(variant), Target::Product(product), Target::All]
                .into_iter()
                .find_map(|target| self.by_place.get(&(audience, target)).copied())
        })
    }
}

/// The rules and caps of many tenants.
pub trait Rulebook {
    /// A tenant's rules, if it has any.
    fn rules(&self, tenant: TenantId) -> Option<&Rules>;

    /// The most that a tenant may add to its cost, if its parent says so.
    fn cap(&self, tenant: TenantId) -> Option<BasisPoints>;
}

/// A rulebook of rows, as far as they were read.
#[derive(Debug, Default)]
pub struct Extract {
    rules: HashMap<TenantId, Rules>,
    caps: HashMap<TenantId, BasisPoints>,
}

impl Extract {
    /// From rows.
    pub fn of(rules: &[RuleRow], caps: &[(TenantId, i32)]) -> Self {
        let mut extract = Self {
            rules: HashMap::new(),
            caps: caps.iter().map(|(tenant, cap)| (*tenant, BasisPoints(i64::from(*cap)))).collect(),
        };
        for row in rules {
            extract.rules.entry(row.tenant_id).or_default().put(row);
        }
        extract
    }
}

impl Rulebook for Extract {
    fn rules(&self, tenant: TenantId) -> Option<&Rules> {
        self.rules.get(&tenant)
    }

    fn cap(&self, tenant: TenantId) -> Option<BasisPoints> {
        self.caps.get(&tenant).copied()
    }
}

/// The chain of one variant down a lineage to the last one's own buyers, from the rules and caps of everyone on it.
///
/// # Errors
/// [`Unpriced`].
pub fn price(item: &Candidate, lineage: &[TenantId], book: &impl Rulebook) -> Result<Vec<Link>, Unpriced> {
    match lineage.last() {
        Some(last) => price_for(item, lineage, *last, book),
        None => chain::chain(item.supplier_id, UnitPrice(item.settlement_price), None, &[]),
    }
}

/// The same down to what the last one's `audience` pays: its own buyers, who go by its own id, or a child of its,
/// whose own rules do not matter then. The brand's minimum is for buyers alone.
///
/// # Errors
/// [`Unpriced`].
pub fn price_for(
    item: &Candidate,
    lineage: &[TenantId],
    audience: TenantId,
    book: &impl Rulebook,
) -> Result<Vec<Link>, Unpriced> {
    let minimum = item.minimum_price.map(UnitPrice).filter(|_| lineage.last() == Some(&audience));
    let steps: Vec<Step> = lineage
        .iter()
        .enumerate()
        .map(|(at, tenant)| {
            let audience = *lineage.get(at + 1).unwrap_or(&audience);
            let rules = book.rules(*tenant);
            let rule = rules.and_then(|rules| rules.pick(audience, item.product_id, item.variant_id));
            Step {
                tenant: *tenant,
                rule: rule.map_or(Rule::Inherit, |(_, rule)| rule),
                rule_id: rule.map(|(id, _)| id),
                cap: book.cap(*tenant),
            }
        })
        .collect();
    chain::chain(item.supplier_id, UnitPrice(item.settlement_price), minimum, &steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pricing::store::RuleKind;

    #[test]
    fn the_most_specific_rule_wins() {
        let (tenant, child) = (TenantId::fresh(), TenantId::fresh());
        let (product, variant) = (ProductId::fresh(), VariantId::fresh());
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
            rule(Some(child), None, Some(variant), 1),
            rule(Some(child), Some(product), None, 2),
            rule(Some(child), None, None, 3),
            rule(None, None, Some(variant), 4),
            rule(None, Some(product), None, 5),
            rule(None, None, None, 6),
        ];
        let others = [
            rule(Some(tenant), None, Some(variant), 90),
            rule(Some(child), None, Some(VariantId::fresh()), 91),
            rule(Some(child), Some(ProductId::fresh()), None, 92),
            RuleRow { tenant_id: child, ..rule(None, None, None, 93) },
        ];
        let pick = |rows: &[RuleRow]| {
            let book = Extract::of(rows, &[]);
            let rules = book.rules(tenant)?;
            rules.pick(child, product, variant).map(|(_, rule)| rule)
        };
        for want in 1..=6 {
            let all: Vec<_> = rules.iter().chain(&others).cloned().rev().collect();
            assert_eq!(pick(&all), Some(Rule::Markup(BasisPoints(want))));
            rules.remove(0);
        }
        assert_eq!(pick(&others), None);
    }

    #[test]
    fn what_is_cleared_is_cleared_for_everyone_and_nothing_else_is() {
        let (tenant, child) = (TenantId::fresh(), TenantId::fresh());
        let (product, variant) = (ProductId::fresh(), VariantId::fresh());
        let row = |audience, variant, value| RuleRow {
            rule_id: uuid::Uuid::now_v7(),
            tenant_id: tenant,
            audience_id: audience,
            product_id: None,
            variant_id: variant,
            kind: RuleKind::Add,
            value,
        };
        let mut rules = Rules::default();
        for row in [
            row(Some(child), Some(variant), 1),
            row(None, Some(variant), 2),
            row(Some(child), None, 3),
            row(None, None, 4),
        ] {
            rules.put(&row);
        }
        rules.clear(None, Some(variant));
        let picked = |rules: &Rules, who| rules.pick(who, product, variant).map(|(_, rule)| rule);
        assert_eq!(picked(&rules, child), Some(Rule::Add(UnitPrice(3))));
        assert_eq!(picked(&rules, tenant), Some(Rule::Add(UnitPrice(4))));
        rules.clear(None, None);
        assert_eq!(picked(&rules, child), None);
    }
}
