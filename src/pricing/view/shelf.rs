//! What a network offers, as of one moment: everything that a list is made of, and no statement to make one.

use super::spot::{Order, Spot};
use crate::{
    access::Place,
    catalogue::{Fulfilment, ProductId, Terms, VariantId},
    foundation::{BasisPoints, Moment, Page, PageRequest, id::TenantId},
    pricing::{
        chain::{Link, Unpriced},
        listing::Filter,
        offer::Offer,
        rulebook::{self, Rulebook, Rules},
        store::Candidate,
    },
    tenancy::qualification::Qualification,
};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

crate::row! {
    /// How long there is one to sell.
    pub struct Stock {
        /// For as long as nobody buys it.
        pub endless: bool,
        /// Until then, if there is one now: the end of the last card that was looked at.
        pub until_at: Option<Moment>,
        /// There are more cards than were looked at: they may well last longer.
        pub more: bool,
        /// There are more than the alarm level,
        pub plenty: bool,
        /// until then at least; without an end for as long as nobody buys any.
        pub plenty_until: Option<Moment>,
    }
}

impl Good {
    // What it is called there, without case.
    fn called<'a>(&'a self, setting: Option<&'a Setting>) -> &'a str {
        let own = setting.and_then(|setting| setting.title.as_ref());
        own.map_or(&self.folded, |(_, folded)| folded)
    }
}

impl Stock {
    fn is(&self, other: &Self) -> bool {
        let lasting = |stock: &Self| (stock.endless, stock.until_at, stock.more);
        (lasting(self), self.plenty, self.plenty_until) == (lasting(other), other.plenty, other.plenty_until)
    }

    fn lasts(&self, now: Moment) -> bool {
        self.endless || self.until_at.is_some_and(|until| until > now)
    }

    fn is_plenty(&self, now: Moment) -> bool {
        self.plenty && self.plenty_until.is_none_or(|until| until > now)
    }

    fn ends(&self) -> impl Iterator<Item = Moment> {
        self.until_at.into_iter().chain(self.plenty_until)
    }

    // What was looked at ends by then, and there may be more behind it.
    fn is_due(&self, by: Moment) -> bool {
        let over = |until: Option<Moment>| until.is_some_and(|until| until <= by);
        self.more && ((!self.endless && over(self.until_at)) || (self.plenty && over(self.plenty_until)))
    }
}

/// A variant of an approved product that has a price to begin with.
#[derive(Clone, Debug)]
pub struct Good {
    /// With the supplier's title; in stock as of the moment.
    pub item: Candidate,
    /// The title without case.
    pub folded: String,
    /// How long there is one.
    pub stock: Stock,
}

/// A tenant, as far as lists care.
#[derive(Clone, Debug)]
pub struct Seller {
    /// ACTIVE.
    pub active: bool,
    /// The most that it may add to its cost.
    pub cap: Option<BasisPoints>,
    /// What was verified of it, the newest first; what has ended may be among it.
    pub qualifications: Vec<Qualification>,
}

/// A site's own word on a variant.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its title, and the same without case.
    pub title: Option<(String, String)>,
    /// Not shown.
    pub hidden: bool,
    /// Its own warranty terms.
    pub terms: Option<Terms>,
}

/// A site's words by variant.
pub type Settings = HashMap<VariantId, Setting>;

/// What a list was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The shelf's number.
    pub shelf: u64,
    /// When it may show something else without having been changed: some stock ends.
    pub until: Option<Moment>,
}

impl Sight {
    /// A list made from it would be the same from that shelf.
    pub fn holds(self, shelf: &Shelf, now: Moment) -> bool {
        self.shelf == shelf.number && self.until.is_none_or(|until| now < until)
    }
}

/// What a network offers. Parts that do not change are shared with the shelf before.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    // No two that show different things have the same.
    number: u64,
    // When some stock ends, in order.
    ends: Arc<[Moment]>,
    goods: Arc<Vec<Arc<Good>>>,
    sellers: Arc<HashMap<TenantId, Seller>>,
    rules: Arc<HashMap<TenantId, Arc<Rules>>>,
    settings: Arc<HashMap<TenantId, Arc<Settings>>>,
}

impl Rulebook for Shelf {
    fn rules(&self, tenant: TenantId) -> Option<&Rules> {
        self.rules.get(&tenant).map(AsRef::as_ref)
    }

    fn cap(&self, tenant: TenantId) -> Option<BasisPoints> {
        self.sellers.get(&tenant)?.cap
    }
}

/// A text as searches compare it: each character's lower case, where that is one character.
pub fn fold(text: &str) -> String {
    let lower = |c: char| {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    };
    text.chars().map(lower).collect()
}

impl Shelf {
    /// Ends what makes it another shelf than before.
    pub fn finish(&mut self) {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        self.number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let verified = self.sellers.values().flat_map(|seller| &seller.qualifications);
        let over = verified.filter_map(|one| one.valid_until);
        let mut ends: Vec<Moment> =
            self.goods.iter().flat_map(|good| good.stock.ends()).chain(over).collect();
        ends.sort_unstable();
        self.ends = ends.into();
    }

    /// What a list that is made now is made from.
    pub fn sight(&self, now: Moment) -> Sight {
        let next = self.ends.partition_point(|end| *end <= now);
        Sight { shelf: self.number, until: self.ends.get(next).copied() }
    }

    /// Everyone on the lineage is known: else the shelf is older than whoever asks.
    pub fn knows(&self, lineage: &[TenantId]) -> bool {
        lineage.iter().all(|tenant| self.sellers.contains_key(tenant))
    }

    /// What was verified of a tenant and has not ended.
    pub fn qualifications(&self, tenant: TenantId, now: Moment) -> impl Iterator<Item = &Qualification> {
        let verified = self.sellers.get(&tenant).map_or(&[][..], |seller| &seller.qualifications);
        verified.iter().filter(move |one| one.valid_until.is_none_or(|until| until > now))
    }

    fn is_active(&self, tenant: TenantId) -> bool {
        self.sellers.get(&tenant).is_some_and(|seller| seller.active)
    }

    /// One page of what the place shows: priced and sellable, in that order, each with its place in it.
    pub fn page(
        &self,
        place: &Place,
        filter: &Filter,
        order: Order,
        request: &PageRequest<Spot>,
        now: Moment,
    ) -> Page<(Spot, Offer)> {
        let wanted = usize::try_from(request.first).unwrap_or_default() + 1;
        let mut rows = Vec::with_capacity(wanted);
        if place.lineage.iter().all(|tenant| self.is_active(*tenant)) {
            let search = filter.text().map(fold);
            let settings = self.settings.get(&place.tenant);
            let setting = |good: &Good| settings.and_then(|settings| settings.get(&good.item.variant_id));
            let matches = |good: &&Arc<Good>| {
                let wanted = filter.kind.is_none_or(|kind| kind == good.item.kind)
                    && filter.brand.as_ref().is_none_or(|brand| good.item.brand.as_ref() == Some(brand))
                    && filter.in_stock.is_none_or(|wanted| wanted == good.stock.lasts(now));
                wanted
                    && search
                        .as_ref()
                        .is_none_or(|search| good.called(setting(good)).contains(search.as_str()))
            };
            // Most of a network may be unpriced here: nothing is copied for that.
            let priced = |good: &Arc<Good>| match self.links(place, good, setting(good)) {
                Some(Ok(links)) => Some(links),
                _ => None,
            };
            let shown = |good: &Good, links| offer(good, setting(good), Ok(links), now);
            let after = request.after.as_ref();
            match order {
                Order::Oldest | Order::Newest => {
                    for good in self.behind(order, after).filter(matches) {
                        if let Some(links) = priced(good) {
                            rows.push((Spot::plain(good.item.variant_id), shown(good, links)));
                        }
                        if rows.len() == wanted {
                            break;
                        }
                    }
                }
                Order::Title => {
                    let spot = |good: &Good| Spot::titled(good.called(setting(good)), good.item.variant_id);
                    let mut found: Vec<_> = self.goods.iter().filter(matches).map(|g| (spot(g), g)).collect();
                    found.retain(|(spot, _)| after.is_none_or(|after| spot > after));
                    found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
                    let found =
                        found.into_iter().filter_map(|(spot, good)| Some((spot, good, priced(good)?)));
                    rows.extend(found.take(wanted).map(|(spot, good, links)| (spot, shown(good, links))));
                }
                Order::PriceAsc | Order::PriceDesc => {
                    let mut found: Vec<_> = self
                        .goods
                        .iter()
                        .filter(matches)
                        .filter_map(|good| {
                            let links = priced(good)?;
                            let price = links.last()?.unit_price;
                            Some((Spot::priced(order, price, good.item.variant_id), good, links))
                        })
                        .filter(|(spot, ..)| after.is_none_or(|after| spot > after))
                        .collect();
                    found.sort_unstable_by(|a, b| a.0.cmp(&b.0));
                    found.truncate(wanted);
                    rows.extend(found.into_iter().map(|(spot, good, links)| (spot, shown(good, links))));
                }
            }
        }
        Page::of(rows, request.first, request.after.is_some())
    }

    // By variant, from where a page ended on.
    fn behind(&self, order: Order, after: Option<&Spot>) -> Box<dyn Iterator<Item = &Arc<Good>> + '_> {
        let at = |variant: VariantId| self.goods.partition_point(|good| good.item.variant_id <= variant);
        if order == Order::Newest {
            let end = after.map_or(self.goods.len(), |spot| {
                self.goods.partition_point(|good| good.item.variant_id < spot.variant)
            });
            Box::new(self.goods[..end].iter().rev())
        } else {
            Box::new(self.goods[after.map_or(0, |spot| at(spot.variant))..].iter())
        }
    }

    /// The offer of a variant at a place, whether priced or not; `None` where the place does not show it.
    pub fn find(&self, place: &Place, variant: VariantId, now: Moment) -> Option<Offer> {
        if !place.lineage.iter().all(|tenant| self.is_active(*tenant)) {
            return None;
        }
        let good = &self.goods[self.place_of(variant).ok()?];
        let setting = self.settings.get(&place.tenant).and_then(|settings| settings.get(&variant));
        Some(offer(good, setting, self.links(place, good, setting)?, now))
    }

    /// A variant of an approved product, whoever shows it.
    pub fn good(&self, variant: VariantId) -> Option<&Good> {
        self.place_of(variant).ok().map(|at| self.goods[at].as_ref())
    }

    /// Every variant of an approved product, by id.
    pub fn goods(&self) -> impl Iterator<Item = &Good> {
        self.goods.iter().map(AsRef::as_ref)
    }

    /// Variants from stock of which there are no more than their alarm level, a supplier's or all: those of which
    /// there is none first, each by id; at most `most`.
    pub fn low(&self, supplier: Option<TenantId>, most: usize, now: Moment) -> Vec<VariantId> {
        let stocked = self.goods.iter().filter(|good| {
            good.item.fulfilment == Fulfilment::Stock
                && supplier.is_none_or(|supplier| supplier == good.item.supplier_id)
        });
        let (mut none, mut few) = (Vec::new(), Vec::new());
        for good in stocked.filter(|good| !good.stock.is_plenty(now) || !good.stock.lasts(now)) {
            let those = if good.stock.lasts(now) { &mut few } else { &mut none };
            if those.len() < most {
                those.push(good.item.variant_id);
            }
        }
        none.extend(few);
        none.truncate(most);
        none
    }

    /// What a site calls it.
    pub fn title<'a>(&'a self, site: TenantId, good: &'a Good) -> &'a str {
        let setting = self.settings.get(&site).and_then(|settings| settings.get(&good.item.variant_id));
        let own = setting.and_then(|setting| setting.title.as_ref());
        own.map_or(&good.item.title, |(title, _)| title)
    }

    // The price chain, where the place shows it.
    fn links(
        &self,
        place: &Place,
        good: &Good,
        setting: Option<&Setting>,
    ) -> Option<Result<Vec<Link>, Unpriced>> {
        let shown = !setting.is_some_and(|setting| setting.hidden) && self.is_active(good.item.supplier_id);
        shown.then(|| rulebook::price(&good.item, &place.lineage, self))
    }

    fn place_of(&self, variant: VariantId) -> Result<usize, usize> {
        self.goods.binary_search_by_key(&variant, |good| good.item.variant_id)
    }

    /// Variants whose stock has to be looked at again by then.
    pub fn due(&self, by: Moment) -> impl Iterator<Item = VariantId> {
        let any = self.ends.first().is_some_and(|end| *end <= by);
        let due = move |good: &&Arc<Good>| good.stock.is_due(by);
        let goods = if any { self.goods.as_slice() } else { &[] };
        goods.iter().filter(due).map(|good| good.item.variant_id)
    }

    /// Takes away variants, and those of products.
    pub fn remove(&mut self, variants: &BTreeSet<VariantId>, products: &BTreeSet<ProductId>) {
        if variants.is_empty() && products.is_empty() {
            return;
        }
        let goods = Arc::make_mut(&mut self.goods);
        goods.retain(|good| {
            !variants.contains(&good.item.variant_id) && !products.contains(&good.item.product_id)
        });
    }

    /// Puts variants in their places.
    pub fn put(&mut self, goods: Vec<Good>) {
        let shelf = Arc::make_mut(&mut self.goods);
        shelf.extend(goods.into_iter().map(Arc::new));
        shelf.sort_unstable_by_key(|good| good.item.variant_id);
    }

    /// Writes down how long there is one of a variant; answers whether that is news.
    pub fn restock(&mut self, variant: VariantId, stock: Stock) -> bool {
        let Ok(at) = self.place_of(variant) else { return false };
        let good = &self.goods[at];
        let news = good.item.fulfilment == Fulfilment::Stock && !good.stock.is(&stock);
        if news {
            let changed = Good { stock, ..(**good).clone() };
            Arc::make_mut(&mut self.goods)[at] = Arc::new(changed);
        }
        news
    }

    /// Writes down a tenant.
    pub fn admit(&mut self, tenant: TenantId, seller: Seller) {
        Arc::make_mut(&mut self.sellers).insert(tenant, seller);
    }

    /// A tenant's rules, to be changed.
    pub fn rules_mut(&mut self, tenant: TenantId) -> &mut Rules {
        let rules = Arc::make_mut(&mut self.rules).entry(tenant).or_default();
        Arc::make_mut(rules)
    }

    /// A site's words, to be changed.
    pub fn settings_mut(&mut self, tenant: TenantId) -> &mut Settings {
        let settings = Arc::make_mut(&mut self.settings).entry(tenant).or_default();
        Arc::make_mut(settings)
    }
}

fn offer(good: &Good, setting: Option<&Setting>, links: Result<Vec<Link>, Unpriced>, now: Moment) -> Offer {
    let mut item = good.item.clone();
    item.in_stock = good.stock.lasts(now);
    item.plenty = good.stock.is_plenty(now);
    if let Some((title, _)) = setting.and_then(|setting| setting.title.as_ref()) {
        item.title.clone_from(title);
    }
    if let Some(terms) = setting.and_then(|setting| setting.terms.as_ref()) {
        item.improve(terms);
    }
    Offer { item, links }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_compared_without_case_and_lengths_stay() {
        assert_eq!(fold("Star CARD · 100"), "star card · 100");
        assert_eq!(fold("ÄÖ Ж 星"), "äö ж 星");
        // Its lower case is two characters.
        assert_eq!(fold("İ"), "İ");
    }

    #[test]
    fn stock_ends_with_its_last_card() {
        let now = chrono::DateTime::UNIX_EPOCH;
        let stock = |endless, until_at| {
            let plenty_until = until_at;
            Stock { endless, until_at, more: false, plenty: true, plenty_until }
        };
        assert!(stock(true, None).lasts(now));
        assert!(!stock(false, None).lasts(now));
        assert!(!stock(false, Some(now)).lasts(now));
        assert!(stock(false, Some(now + chrono::TimeDelta::microseconds(1))).lasts(now));
        assert!(stock(true, None).is_plenty(now) && !stock(false, Some(now)).is_plenty(now));
        assert!(!Stock { plenty: false, ..stock(true, None) }.is_plenty(now));
    }
}
