//! Listings: what a site shows its caller, computed, never stored.

use super::{
    chain::{self, Link},
    offer::{self, Offer},
    prices::{self, Prices},
    set_coupon,
    store::Select,
    view::{Order, Sight, Spot, Views},
};
use crate::{
    access::{Actor, Permit, Place},
    catalogue::{Plan, PlanId, ProductKind, Terms, VariantId},
    foundation::{
        Db, Money, No, Page, PageRequest, RefusalCode, Scope, UnitPrice,
        id::{self, TenantId},
        now,
        refusal::Detail,
        text,
    },
    inventory, tenancy,
};
use std::fmt;

/// A listing's id outside: the site and the variant (`lst_…`), since a listing is no row of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListingId {
    /// The selling site.
    pub site: TenantId,
    /// What it sells.
    pub variant: VariantId,
}

impl fmt::Display for ListingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lst_{}{}", self.site.0.simple(), self.variant.0.simple())
    }
}

impl std::str::FromStr for ListingId {
    type Err = id::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (site, variant) = text
            .strip_prefix("lst_")
            .filter(|rest| rest.is_ascii())
            .and_then(|rest| rest.split_at_checked(32))
            .ok_or(id::BadId)?;
        Ok(Self {
            site: TenantId(id::parse("lst", &format!("lst_{site}"))?),
            variant: VariantId(id::parse("lst", &format!("lst_{variant}"))?),
        })
    }
}

// How many variants are looked at beyond a page's own, and how often, for the sake of those with a price.
const LOOK: i64 = 500;
const LOOKS: i64 = 40;

/// What to show.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Title has it, in any case.
    pub search: Option<String>,
    /// Of this kind.
    pub kind: Option<ProductKind>,
    /// Of exactly this brand.
    pub brand: Option<String>,
    /// Whether there is one to sell now.
    pub in_stock: Option<bool>,
}

impl Filter {
    /// What the title has to have, if anything.
    pub fn text(&self) -> Option<&str> {
        text::sought(self.search.as_deref()).unwrap_or_default()
    }

    fn check(&self) -> Result<(), No> {
        text::sought(self.search.as_deref())?;
        if self.brand.as_ref().is_some_and(|brand| brand.len() > 400) {
            return Err(No::BadRequest("a brand has at most 60 characters"));
        }
        Ok(())
    }
}

/// The offer of a variant as the place shows it to the caller, whether priced or not.
///
/// # Errors
/// [`No`].
pub async fn shown(
    views: &Views,
    place: &Place,
    actor: Actor,
    variant: VariantId,
) -> Result<Option<Offer>, No> {
    Ok(views.shelf(place, actor).await?.find(place, variant, now()))
}

/// One page of what the site shows, in that order: priced and sellable, and what it was made from. A site that may
/// not trade shows nothing.
///
/// # Errors
/// [`No`].
pub async fn page(
    views: &Views,
    permit: &Permit,
    filter: &Filter,
    order: Order,
    request: &PageRequest<Spot>,
) -> Result<(Page<(Spot, Offer)>, Sight), No> {
    filter.check()?;
    let (shelf, now) = (views.shelf(permit.place(), permit.actor()).await?, now());
    Ok((shelf.page(permit.place(), filter, order, request, now), shelf.sight(now)))
}

/// The same from the database, the oldest first, a look at a time: what [`page`] has to show, and its oracle.
///
/// # Errors
/// [`No`].
pub async fn page_of_rows(
    db: &Db,
    place: &Place,
    filter: &Filter,
    request: &PageRequest<uuid::Uuid>,
) -> Result<Page<Offer>, No> {
    filter.check()?;
    let search = filter.text();
    let mut tx = db.begin(Scope::Network(place.network)).await?;
    if !tenancy::store::trades(&mut tx, place.network, &place.lineage).await? {
        return Ok(Page::of(Vec::new(), request.first, false));
    }
    let wanted = usize::try_from(request.first).unwrap_or_default() + 1;
    let mut rows: Vec<Offer> = Vec::with_capacity(wanted);
    let mut after = request.after;
    // Unpriced ones are left out, so a page may take several looks: the first as large as the page, the others
    // larger, and not for ever. A site that has priced so little ends its list early.
    for look in 0..LOOKS {
        let limit = if look == 0 { request.first + 1 } else { LOOK };
        let (kind, brand) = (filter.kind, filter.brand.as_deref());
        let select = Select { variants: None, products: None, search, kind, brand, after, limit };
        let found = offer::offers(&mut tx, place.network, &place.lineage, &select).await?;
        let last = i64::try_from(found.len()).unwrap_or(limit) < limit;
        after = found.last().map(|offer| offer.item.variant_id.0).or(after);
        let wanted_one = |offer: &Offer| {
            offer.price().is_some() && filter.in_stock.is_none_or(|wanted| wanted == offer.item.in_stock)
        };
        rows.extend(found.into_iter().filter(wanted_one).take(wanted - rows.len()));
        if last || rows.len() == wanted {
            break;
        }
    }
    tx.commit().await?;
    Ok(Page::of(rows, request.first, request.after.is_some()))
}

/// A line of a quote or an order, as the client wrote it.
#[derive(Clone, Debug)]
pub struct WantedLine {
    /// What.
    pub listing: ListingId,
    /// How many, 1 to 1000.
    pub quantity: i32,
    /// Answers to what the product asks.
    pub fields: Vec<(String, String)>,
    /// The version of the warranty terms that the buyer was shown and agrees to.
    pub terms_version: Option<String>,
    /// The extended plan that is bought with each unit.
    pub plan: Option<PlanId>,
}

/// A priced line.
#[derive(Clone, Debug)]
pub struct PricedLine {
    /// What, as it is without a plan.
    pub offer: Offer,
    /// How many.
    pub quantity: i32,
    /// The extended plan that each unit is sold with.
    pub plan: Option<Plan>,
    /// The terms that it is sold under, the plan's days and remedies among them.
    pub terms: Terms,
    /// What each tier pays and asks for one with its plan, from the supplier down to the selling site.
    pub links: Vec<Link>,
    /// Per tier, from the supplier down.
    pub tiers: Vec<chain::TierAmounts>,
    /// What a coupon has taken off it, and off the last tier's price and profit; minor units.
    pub discount: i64,
    /// Answers to what the product asks.
    pub answers: std::collections::BTreeMap<String, String>,
    /// The buyer named its terms' version.
    pub acknowledged: bool,
}

impl PricedLine {
    /// What one costs the buyer, its plan with it.
    pub fn unit_price(&self) -> UnitPrice {
        self.links.last().map_or(UnitPrice(0), |link| link.unit_price)
    }

    /// What the buyer pays for the line.
    pub fn total(&self) -> i64 {
        self.tiers.last().map_or(0, |tier| tier.price)
    }

    /// Takes so much off: the last tier asks and earns less, at most what it earned.
    pub fn lower(&mut self, by: i64) {
        if let Some(last) = self.tiers.last_mut() {
            last.price -= by;
            last.profit -= by;
            self.discount += by;
        }
    }
}

/// What lines cost now.
#[derive(Clone, Debug)]
pub struct Quoted {
    /// Each line.
    pub lines: Vec<PricedLine>,
    /// What a coupon takes off.
    pub discount: Money,
    /// Their sum.
    pub total: Money,
}

/// A quote: what the lines cost now, less a coupon, and that there is enough of each.
///
/// # Errors
/// Those of [`Prices::lines`], OUT_OF_STOCK, and those of [`set_coupon::named`] and of taking it off.
pub async fn quote(
    db: &Db,
    permit: &Permit,
    lines: &[WantedLine],
    coupon: Option<&str>,
) -> Result<Quoted, No> {
    let place = permit.place();
    prices::check_lines(place, lines)?;
    let mut tx = db.begin(permit.work()).await?;
    let prices = Prices::read(&mut tx, place.network, [(place, lines)], true).await?;
    let (mut priced, mut total) = prices.lines(place, lines)?;
    let mut discount = Money::new(0, place.currency);
    if let Some(code) = coupon {
        let buyer = permit.actor().buyer();
        let coupon = set_coupon::named(&mut tx, place.network, place.tenant, buyer, code).await?;
        discount.minor = coupon.take_off(&mut priced, place.currency)?;
        total.minor -= discount.minor;
    }
    for (at, line) in priced.iter().enumerate() {
        if line.offer.item.fulfilment == crate::catalogue::Fulfilment::Stock {
            let variant = line.offer.item.variant_id;
            let wanted: i64 = priced
                .iter()
                .filter(|other| other.offer.item.variant_id == variant)
                .map(|other| i64::from(other.quantity))
                .sum();
            let available = inventory::store::available(&mut tx, place.network, variant.0).await?;
            if available < wanted {
                return Err(out_of_stock(at, available));
            }
        }
    }
    tx.commit().await?;
    Ok(Quoted { lines: priced, discount, total })
}

/// OUT_OF_STOCK at a line.
pub fn out_of_stock(line: usize, available: i64) -> No {
    crate::foundation::Refusal::new(RefusalCode::OutOfStock, format!("only {available} are in stock"))
        .at(&format!("lines.{line}.quantity"))
        .with(Detail::Available(available))
        .into()
}
