//! The one function that resolves a price: lists, quotes and orders all call it. Pure, integer, exact.

use crate::foundation::{
    BasisPoints, Currency, Money, UnitPrice,
    id::TenantId,
    money::{Invalid, MAX_UNIT},
};

/// How a tenant makes its price from its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The cost.
    Inherit,
    /// The cost and a share of it.
    Markup(BasisPoints),
    /// The cost and an amount.
    Add(UnitPrice),
    /// This price.
    Fixed(UnitPrice),
}

/// One reseller on the way from the operator to the buyer: the rule that applies to whom it sells to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who sells.
    pub tenant: TenantId,
    /// The rule that applies.
    pub rule: Rule,
    /// Its row; none for the default, inherit.
    pub rule_id: Option<uuid::Uuid>,
    /// The most it may add to its cost, set by its parent.
    pub cap: Option<BasisPoints>,
}

/// What one tier pays and asks for one of something. The first link of a chain is the supplier's, whose
/// cost is zero and whose price is the settlement price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The tier.
    pub tenant: TenantId,
    /// The rule's row, if a rule was set.
    pub rule_id: Option<uuid::Uuid>,
    /// What it pays.
    pub unit_cost: UnitPrice,
    /// What it asks.
    pub unit_price: UnitPrice,
}

/// Why there is no price: who would sell against which bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unpriced {
    /// The tenant would sell below what it pays.
    #[error("the price would be below cost")]
    BelowCost {
        /// Who.
        tenant: TenantId,
        /// What it pays for one.
        cost: UnitPrice,
        /// What it would ask.
        asked: UnitPrice,
    },
    /// The brand's minimum is above what the tenant may ask.
    #[error("the brand's minimum is above the parent's cap")]
    AboveCap(TenantId),
    /// The price is too large to be one.
    #[error("the price is out of range")]
    OutOfRange(TenantId),
}

/// The price of one of something, tier by tier.
///
/// `settlement` is what the operator pays the supplier; `steps` go from the operator down to the selling
/// site, whose step is towards its own buyers; `minimum` is the brand's, for the last price. A price is
/// lowered to its tenant's cap and the last one raised to the minimum.
///
/// # Errors
/// [`Unpriced`]: then nothing is shown or sold.
pub fn chain(
    supplier: TenantId,
    settlement: UnitPrice,
    minimum: Option<UnitPrice>,
    steps: &[Step],
) -> Result<Vec<Link>, Unpriced> {
    let mut links = Vec::with_capacity(steps.len() + 1);
    links.push(Link { tenant: supplier, rule_id: None, unit_cost: UnitPrice(0), unit_price: settlement });
    let mut cost = settlement;
    for (at, step) in steps.iter().enumerate() {
        let floor = if at + 1 == steps.len() { minimum } else { None };
        let price = price(cost, step, floor)?;
        links.push(Link { tenant: step.tenant, rule_id: step.rule_id, unit_cost: cost, unit_price: price });
        cost = price;
    }
    Ok(links)
}

/// The chain of what is sold with something on top that its supplier earns and every tier passes on as it is.
///
/// # Errors
/// [`Invalid`] when a price would be too large to be one.
pub fn with_plan(links: &[Link], on_top: UnitPrice) -> Result<Vec<Link>, Invalid> {
    let raised = |price: UnitPrice| {
        let price = price.0.checked_add(on_top.0).filter(|price| *price <= MAX_UNIT);
        price.map(UnitPrice).ok_or(Invalid("is too large"))
    };
    let links = links.iter().enumerate().map(|(at, link)| {
        // Nobody sells to the supplier.
        let unit_cost = if at == 0 { link.unit_cost } else { raised(link.unit_cost)? };
        Ok(Link { unit_cost, unit_price: raised(link.unit_price)?, ..link.clone() })
    });
    links.collect()
}

fn price(cost: UnitPrice, step: &Step, floor: Option<UnitPrice>) -> Result<UnitPrice, Unpriced> {
    let raised = |points: BasisPoints| {
        (i128::from(cost.0) * (10_000 + i128::from(points.0)) + 5_000).div_euclid(10_000)
    };
    let asked = match step.rule {
        Rule::Inherit => i128::from(cost.0),
        Rule::Markup(points) => raised(points),
        Rule::Add(amount) => i128::from(cost.0) + i128::from(amount.0),
        Rule::Fixed(price) => i128::from(price.0),
    };
    let cap = step.cap.map_or(i128::from(MAX_UNIT), raised);
    let floor = floor.map_or(0, |floor| i128::from(floor.0));
    if floor > cap {
        return Err(Unpriced::AboveCap(step.tenant));
    }
    let price = asked.clamp(floor, cap.max(floor));
    if asked > i128::from(MAX_UNIT) || price > i128::from(MAX_UNIT) {
        return Err(Unpriced::OutOfRange(step.tenant));
    }
    if price < i128::from(cost.0) {
        let asked = UnitPrice(i64::try_from(price).unwrap_or_default());
        return Err(Unpriced::BelowCost { tenant: step.tenant, cost, asked });
    }
    i64::try_from(price).map(UnitPrice).map_err(|_| Unpriced::OutOfRange(step.tenant))
}

/// What one tier pays, asks and earns on a line; minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TierAmounts {
    /// What it pays.
    pub cost: i64,
    /// What it asks.
    pub price: i64,
    /// The difference.
    pub profit: i64,
}

/// The amounts of a line, tier by tier: each tier's price is rounded to minor units once, half up, and
/// everything else derives from those, so that the profits sum to the last price exactly.
///
/// # Errors
/// [`Invalid`] when the line is out of range.
pub fn line(links: &[Link], quantity: i64, currency: Currency) -> Result<Vec<TierAmounts>, Invalid> {
    let mut cost = 0;
    links
        .iter()
        .map(|link| {
            let Money { minor: price, .. } = link.unit_price.line(quantity, currency)?;
            let tier = TierAmounts { cost, price, profit: price - cost };
            cost = price;
            Ok(tier)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tenant() -> TenantId {
        TenantId::fresh()
    }

    fn step(rule: Rule) -> Step {
        Step { tenant: tenant(), rule, rule_id: None, cap: None }
    }

    const YUAN: i64 = 1_000_000;

    #[test]
    fn the_fixture_is_right_to_the_cent() {
        let steps = [
            step(Rule::Markup(BasisPoints(500))),
            step(Rule::Markup(BasisPoints(1_000))),
            step(Rule::Add(UnitPrice(3 * YUAN))),
        ];
        let links = chain(tenant(), UnitPrice(80 * YUAN), None, &steps).unwrap();
        let tiers = line(&links, 1, Currency::CNY).unwrap();
        assert_eq!(tiers.iter().map(|tier| tier.price).collect::<Vec<_>>(), [8000, 8400, 9240, 9540]);
        assert_eq!(tiers.iter().map(|tier| tier.profit).collect::<Vec<_>>(), [8000, 400, 840, 300]);
    }

    #[test]
    fn what_is_on_top_is_the_suppliers_and_nobody_else_earns_a_cent_more() {
        let steps = [step(Rule::Markup(BasisPoints(333))), step(Rule::Add(UnitPrice(3_333)))];
        let links = chain(tenant(), UnitPrice(7_777_777), None, &steps).unwrap();
        let with = with_plan(&links, UnitPrice(YUAN * 99 / 10)).unwrap();
        for quantity in 1..=100 {
            let plain = line(&links, quantity, Currency::CNY).unwrap();
            let more = line(&with, quantity, Currency::CNY).unwrap();
            assert_eq!(more[0].profit, plain[0].profit + 990 * quantity);
            assert!(plain.iter().zip(&more).skip(1).all(|(plain, more)| plain.profit == more.profit));
        }
        assert!(with_plan(&links, UnitPrice(MAX_UNIT)).is_err());
    }

    #[test]
    fn a_negotiated_price_replaces_the_childs_cost_and_is_marked_up_once() {
        let steps = [step(Rule::Fixed(UnitPrice(82 * YUAN))), step(Rule::Markup(BasisPoints(1_000)))];
        let links = chain(tenant(), UnitPrice(80 * YUAN), None, &steps).unwrap();
        assert_eq!(links[2].unit_cost, UnitPrice(82 * YUAN));
        assert_eq!(links[2].unit_price, UnitPrice(90_200_000));
    }

    #[test]
    fn nobody_sells_below_cost_and_caps_and_minimums_hold() {
        let below = step(Rule::Fixed(UnitPrice(79 * YUAN)));
        assert_eq!(
            chain(tenant(), UnitPrice(80 * YUAN), None, std::slice::from_ref(&below)),
            Err(Unpriced::BelowCost {
                tenant: below.tenant,
                cost: UnitPrice(80 * YUAN),
                asked: UnitPrice(79 * YUAN)
            })
        );
        let capped = Step { cap: Some(BasisPoints(500)), ..step(Rule::Markup(BasisPoints(5_000))) };
        let priced = |minimum| chain(tenant(), UnitPrice(80 * YUAN), minimum, std::slice::from_ref(&capped));
        assert_eq!(priced(None).unwrap()[1].unit_price, UnitPrice(84 * YUAN));
        assert_eq!(priced(Some(UnitPrice(85 * YUAN))), Err(Unpriced::AboveCap(capped.tenant)));
        let plain = [step(Rule::Inherit)];
        let raised = chain(tenant(), UnitPrice(80 * YUAN), Some(UnitPrice(85 * YUAN)), &plain).unwrap();
        assert_eq!(raised[1].unit_price, UnitPrice(85 * YUAN));
    }

    fn any_rule() -> impl Strategy<Value = Rule> {
        prop_oneof![
            Just(Rule::Inherit),
            (0..200_000i64).prop_map(|points| Rule::Markup(BasisPoints(points))),
            (0..1_000 * YUAN).prop_map(|amount| Rule::Add(UnitPrice(amount))),
            (1..10_000 * YUAN).prop_map(|price| Rule::Fixed(UnitPrice(price))),
        ]
    }

    fn any_step() -> impl Strategy<Value = Step> {
        (any_rule(), proptest::option::of(0..50_000i64))
            .prop_map(|(rule, cap)| Step { cap: cap.map(BasisPoints), ..step(rule) })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn nobody_sells_below_cost_and_the_sums_telescope(
            settlement in 1..1_000 * YUAN,
            minimum in proptest::option::of(1..2_000 * YUAN),
            steps in proptest::collection::vec(any_step(), 1..8),
            quantity in 1..=1_000i64,
        ) {
            let Ok(links) = chain(tenant(), UnitPrice(settlement), minimum.map(UnitPrice), &steps) else {
                return Ok(());
            };
            prop_assert_eq!(links.len(), steps.len() + 1);
            let Ok(tiers) = line(&links, quantity, Currency::CNY) else { return Ok(()) };
            for (link, tier) in links.iter().zip(&tiers) {
                prop_assert!(link.unit_price >= link.unit_cost);
                prop_assert!(tier.profit >= 0 && tier.profit == tier.price - tier.cost);
            }
            for pair in links.windows(2) {
                prop_assert_eq!(pair[0].unit_price, pair[1].unit_cost);
            }
            let last = tiers.last().unwrap().price;
            prop_assert_eq!(tiers.iter().map(|tier| tier.profit).sum::<i64>(), last);
            if let Some(minimum) = minimum {
                prop_assert!(links.last().unwrap().unit_price >= UnitPrice(minimum));
            }
            // Dearer settlement never makes a marked-up chain cheaper.
            if steps.iter().all(|step| !matches!(step.rule, Rule::Fixed(_))) {
                let dearer = chain(tenant(), UnitPrice(settlement + 1), minimum.map(UnitPrice), &steps);
                if let Ok(dearer) = dearer {
                    prop_assert!(dearer.last().unwrap().unit_price >= links.last().unwrap().unit_price);
                }
            }
        }
    }
}
