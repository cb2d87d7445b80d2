//! What prices rest on, as the database has it now: for any number of sites at once, so that one buyer's order
//! and sixty-four buyers' orders are priced by the same statements and the same arithmetic.

use super::{
    chain::{self, Link},
    listing::{PricedLine, WantedLine},
    offer::Offer,
    rulebook::{self, Extract},
    store::{self, Candidate, Sellable},
};
use crate::{
    access::Place,
    catalogue::{Plan, PlanId, Terms, VariantId},
    foundation::{
        Conn, Fault, Money, No, RefusalCode,
        id::{NetworkId, TenantId},
        money::{Invalid, MAX_MINOR},
    },
};
use std::collections::{BTreeSet, HashMap};

/// A line has 1 to so many units.
const MOST_UNITS: i32 = 1_000;
/// An order has 1 to so many lines.
const MOST_LINES: usize = 20;

/// Checks what can be told of lines without asking anybody.
///
/// # Errors
/// INVALID_INPUT; NOT_FOUND for another site's listing, which looks like none. Each at its line.
pub fn check_lines(place: &Place, lines: &[WantedLine]) -> Result<(), No> {
    if !(1..=MOST_LINES).contains(&lines.len()) {
        return Err(No::invalid("1 to 20 lines", "lines"));
    }
    for (at, line) in lines.iter().enumerate() {
        if !(1..=MOST_UNITS).contains(&line.quantity) {
            return Err(No::invalid("must be between 1 and 1000", &format!("lines.{at}.quantity")));
        }
        if line.listing.site != place.tenant {
            return Err(No::not_found(&format!("lines.{at}.listingId")));
        }
    }
    Ok(())
}

/// Everything that the prices of some variants at some sites depend on.
pub struct Prices {
    active: HashMap<TenantId, bool>,
    book: Extract,
    items: HashMap<(TenantId, VariantId), Sellable>,
}

impl Prices {
    /// Reads it, in three statements however many there are. `count_stock`: also whether there is one to sell.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn read<'a>(
        db: &mut Conn,
        network: NetworkId,
        wanted: impl IntoIterator<Item = (&'a Place, &'a [WantedLine])>,
        count_stock: bool,
    ) -> Result<Self, Fault> {
        let mut tenants = BTreeSet::new();
        let mut pairs = BTreeSet::new();
        for (place, lines) in wanted {
            tenants.extend(place.lineage.iter().copied());
            pairs.extend(lines.iter().map(|line| (place.tenant, line.listing.variant)));
        }
        let tenants: Vec<TenantId> = tenants.into_iter().collect();
        let pairs: Vec<(TenantId, VariantId)> = pairs.into_iter().collect();
        let standings = store::standings(db, network, &tenants).await?;
        let items = store::sellables(db, network, &pairs, count_stock).await?;
        let products: BTreeSet<_> = items.iter().map(|item| item.candidate.product_id).collect();
        let variants: BTreeSet<_> = items.iter().map(|item| item.candidate.variant_id).collect();
        let products: Vec<_> = products.into_iter().collect();
        let variants: Vec<_> = variants.into_iter().collect();
        let rules = store::rules(db, network, &tenants, &products, &variants).await?;
        let caps: Vec<(TenantId, i32)> =
            standings.iter().filter_map(|(tenant, _, cap)| Some((*tenant, (*cap)?))).collect();
        Ok(Self {
            active: standings.iter().map(|(tenant, active, _)| (*tenant, *active)).collect(),
            book: Extract::of(&rules, &caps),
            items: items.into_iter().map(|item| ((item.site_id, item.candidate.variant_id), item)).collect(),
        })
    }

    /// Everyone who may earn on what was read.
    pub fn earners(&self) -> BTreeSet<TenantId> {
        let suppliers = self.items.values().map(|item| item.candidate.supplier_id);
        self.active.keys().copied().chain(suppliers).collect()
    }

    /// Prices lines at a place: the same function for a quote and for an order.
    ///
    /// # Errors
    /// Those of [`check_lines`]; NOT_FOUND, NOT_SELLABLE, INVALID_INPUT; each at its line.
    pub fn lines(&self, place: &Place, lines: &[WantedLine]) -> Result<(Vec<PricedLine>, Money), No> {
        check_lines(place, lines)?;
        let not_sellable = |message: &str, path: &str| No::because(RefusalCode::NotSellable, message, path);
        if place.lineage.iter().any(|tenant| self.active.get(tenant) != Some(&true)) {
            return Err(not_sellable("this site sells nothing at present", "lines"));
        }
        let mut priced = Vec::with_capacity(lines.len());
        let mut total: i64 = 0;
        for (at, line) in lines.iter().enumerate() {
            let path = format!("lines.{at}.listingId");
            let item = self.items.get(&(place.tenant, line.listing.variant));
            let item = item.ok_or_else(|| No::not_found(&path))?;
            if item.paused {
                return Err(not_sellable("this is not on sale at present", &path));
            }
            if item.hidden {
                return Err(No::not_found(&path));
            }
            let links = rulebook::price(&item.candidate, &place.lineage, &self.book)
                .map_err(|_| not_sellable("this is not on sale at present", &path))?;
            let plan = item.plan(line.plan).ok_or_else(|| No::not_found(&format!("lines.{at}.planId")))?;
            let (terms, sold) = with_plan(&item.candidate, plan.as_ref(), &links, place)
                .map_err(|why| No::invalid(why.to_string(), &format!("lines.{at}.planId")))?;
            let tiers = chain::line(&sold, i64::from(line.quantity), place.currency)
                .map_err(|why| No::invalid(why.to_string(), &format!("lines.{at}.quantity")))?;
            let answers = crate::catalogue::product::answers(
                &item.candidate.fields,
                &line.fields,
                &format!("lines.{at}.fields"),
            )?;
            let offer = Offer { item: item.candidate.clone(), links: Ok(links) };
            let acknowledged = line.terms_version.is_some();
            // A plan is named whole by its id: with the good's own terms, those with the plan are named too.
            let known = |shown: &String| *shown == offer.item.terms.version() || *shown == terms.version();
            if line.terms_version.as_ref().is_some_and(|shown| !known(shown)) {
                return Err(No::because(
                    RefusalCode::TermsChanged,
                    "the warranty terms are not those that were shown",
                    &format!("lines.{at}.termsVersion"),
                ));
            }
            let (quantity, links) = (line.quantity, sold);
            let line =
                PricedLine { offer, quantity, plan, terms, links, tiers, discount: 0, answers, acknowledged };
            if line.total() < 1 {
                return Err(not_sellable("so few cost nothing", &format!("lines.{at}.quantity")));
            }
            total = total
                .checked_add(line.total())
                .filter(|total| *total <= MAX_MINOR)
                .ok_or_else(|| No::invalid("the total is too large", "lines"))?;
            priced.push(line);
        }
        Ok((priced, Money::new(total, place.currency)))
    }
}

impl Sellable {
    // The plan of that id; none where none was wanted, nothing where there is no such plan.
    #[expect(clippy::option_option, reason = "no plan, a plan, and a plan that is not there")]
    fn plan(&self, wanted: Option<PlanId>) -> Option<Option<Plan>> {
        let Some(wanted) = wanted else { return Some(None) };
        let found = self.candidate.plans.iter().find(|plan| plan.id() == wanted);
        found.cloned().map(Some)
    }
}

// The terms and the chain of something that is sold with a plan, or without.
fn with_plan(
    item: &Candidate,
    plan: Option<&Plan>,
    links: &[Link],
    place: &Place,
) -> Result<(Terms, Vec<Link>), Invalid> {
    let Some(plan) = plan else { return Ok((item.terms.clone(), links.to_vec())) };
    let on_top = Money::new(plan.price, place.currency).unit()?;
    Ok((plan.extend(&item.terms), chain::with_plan(links, on_top)?))
}
