//! A sale: an order that has been decided, with everything that is written and told when it is made. Pure.

use super::{
    DeliveryId, DeliveryStatus, LineId, OrderId, OrderStatus,
    place_order::PlaceOrder,
    terms::{self, Terms},
    view::{self, Delivery, Head, Line},
};
use crate::{
    access::Place,
    catalogue::Fulfilment,
    events::{Event, EventType},
    foundation::{
        Fault, Moment, Money,
        id::{TenantId, UserId},
        seal,
    },
    inventory::CardId,
    ledger::{AccountId, Entry, split},
    pricing::{CouponId, listing::PricedLine},
};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// An order as it is about to be written.
pub struct Sale {
    /// Its id.
    pub id: OrderId,
    /// Where.
    pub site: TenantId,
    /// Who buys.
    pub buyer: UserId,
    /// For people.
    pub number: String,
    /// Where it stands once it is written.
    pub status: OrderStatus,
    /// What the buyer pays, less the discounts of the lines.
    pub total: Money,
    /// The coupon that takes them off, with its code.
    pub coupon: Option<(CouponId, String)>,
    /// What is bought, each with its id.
    pub lines: Vec<(LineId, PricedLine)>,
    /// Every unit of every line.
    pub units: Vec<Unit>,
}

/// One unit of a line: what each tier earns on it.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its delivery.
    pub delivery: DeliveryId,
    /// Which line, from 0.
    pub line_no: i32,
    /// Which of the line, from 0.
    pub unit_no: i32,
    /// What it is a unit of.
    pub variant: Uuid,
    /// It comes from stock and is handed over with the order.
    pub stocked: bool,
    /// The card, once there is one; every stocked unit needs one.
    pub card: Option<CardId>,
    /// Warranty after delivery; seconds.
    pub warranty_seconds: i32,
    /// Each tier with what it earns, the supplier first; minor units.
    pub earned: Vec<(TenantId, i64)>,
}

impl Unit {
    /// What the buyer pays for it; minor units.
    pub fn paid(&self) -> i64 {
        self.earned.iter().map(|(_, part)| part).sum()
    }
}

impl Sale {
    /// The sale of priced lines to a buyer at a place.
    pub fn new(id: OrderId, place: &Place, buyer: UserId, lines: Vec<PricedLine>, total: Money) -> Self {
        let lines: Vec<(LineId, PricedLine)> =
            lines.into_iter().map(|line| (LineId::fresh(), line)).collect();
        let units = (0..).zip(&lines).flat_map(|(line_no, (_, line))| units(line_no, line)).collect();
        Self {
            id,
            site: place.tenant,
            buyer,
            number: number(),
            status: status(&lines),
            total,
            coupon: None,
            lines,
            units,
        }
    }

    /// What the coupon takes off; minor units.
    pub fn discount(&self) -> i64 {
        self.lines.iter().map(|(_, line)| line.discount).sum()
    }

    /// How many cards of each variant it takes, by ascending variant, so that two orders never wait crosswise.
    pub fn cards_wanted(&self) -> BTreeMap<Uuid, i64> {
        let mut wanted = BTreeMap::new();
        for unit in self.units.iter().filter(|unit| unit.stocked) {
            *wanted.entry(unit.variant).or_default() += 1;
        }
        wanted
    }

    /// Hands cards to the units that need them, the first ones first.
    pub fn hand_out(&mut self, variant: Uuid, cards: impl IntoIterator<Item = CardId>) {
        let needing = self.units.iter_mut().filter(|unit| unit.stocked && unit.variant == variant);
        for (unit, card) in needing.zip(cards) {
            unit.card = Some(card);
        }
    }

    /// The first line that takes from the variant's stock.
    pub fn line_of(&self, variant: Uuid) -> usize {
        self.lines.iter().position(|(_, line)| line.offer.item.variant_id.0 == variant).unwrap_or_default()
    }

    /// What is agreed about each line, in their order.
    pub fn terms(&self) -> impl Iterator<Item = Terms> + '_ {
        let currency = self.total.currency;
        self.lines.iter().map(move |(_, line)| {
            let (item, terms) = (&line.offer.item, &line.terms);
            Terms {
                acknowledged: line.acknowledged,
                answer_seconds: terms.answer_seconds,
                appeal_seconds: terms.appeal_seconds,
                covered_reasons: terms.covered_reasons.iter().map(|reason| reason.word()).collect(),
                currency: currency.code().to_owned(),
                decision_seconds: terms.decision_seconds,
                discount: Money::new(line.discount, currency).decimal(),
                fulfilment: item.fulfilment.word(),
                kind: item.kind.word(),
                plan: line.plan.as_ref().map(|plan| terms::PlanTerms::of(plan, currency)),
                quantity: line.quantity,
                remedies: terms.remedies.iter().map(|remedy| remedy.word()).collect(),
                replacement_limit: terms.replacement_limit,
                required_evidence: terms.required_evidence.iter().map(|kind| kind.word()).collect(),
                terms_version: terms.version(),
                title: item.title.clone(),
                total: Money::new(line.total(), currency).decimal(),
                unit_price: line.unit_price().decimal(currency),
                warranty_seconds: terms.duration_seconds,
            }
        })
    }

    /// Everyone who earns on it.
    pub fn earners(&self) -> impl Iterator<Item = TenantId> + '_ {
        self.lines.iter().flat_map(|(_, line)| tiers(line)).map(|(tenant, _)| tenant)
    }

    /// One entry: the buyer's wallet pays, each tier is credited what it earns, held.
    ///
    /// # Errors
    /// [`Fault`] when a tenant has no account for what it earns, or the parts are not the whole.
    pub fn entry(&self, wallet: AccountId, held: &HashMap<Uuid, AccountId>) -> Result<Entry, Fault> {
        let mut movements = vec![(wallet, -self.total.minor)];
        for (tenant, profit) in self.lines.iter().flat_map(|(_, line)| tiers(line)) {
            let account =
                held.get(&tenant.0).ok_or_else(|| Fault::new("a tenant has no account for what it earns"))?;
            movements.push((*account, profit));
        }
        Entry::new(format!("order:{}", self.id.0), movements)
    }

    /// What everyone concerned is told of it, in this order.
    pub fn events(&self, wallet: AccountId) -> Vec<Event> {
        let mut audience: Vec<TenantId> = self.earners().collect();
        audience.sort_unstable();
        audience.dedup();
        let of = |kind, subject: String, audience: Vec<TenantId>, status: OrderStatus| Event {
            kind,
            audience,
            subject,
            order: Some(self.id.0),
            buyer: Some(self.buyer),
            order_status: Some(status.word()),
            claim_status: None,
        };
        let placed = of(EventType::OrderPlaced, self.id.to_string(), audience.clone(), OrderStatus::Paid);
        let mut news = vec![placed];
        // A supplier hears of its own lines alone; everyone else has a part in every line.
        for unit in self.units.iter().filter(|unit| unit.stocked) {
            let audience = unit.earned.iter().map(|(tenant, _)| *tenant).collect();
            news.push(of(EventType::DeliveryMade, unit.delivery.to_string(), audience, self.status));
        }
        if self.status != OrderStatus::Paid {
            news.push(of(EventType::OrderStatusChanged, self.id.to_string(), audience, self.status));
        }
        news.push(Event {
            order: None,
            order_status: None,
            ..of(EventType::WalletChanged, wallet.to_string(), vec![self.site], self.status)
        });
        news
    }

    /// The order as its buyer sees it right after it was written at `at`; `as_of` is a number of the site's log
    /// that none of the order's events is at or below.
    pub fn seen_by_buyer(&self, at: Moment, as_of: i64) -> view::Order {
        let head = Head {
            order_id: self.id,
            site_id: self.site,
            buyer_id: self.buyer,
            number: self.number.clone(),
            status: self.status,
            total: self.total.minor,
            refunded: 0,
            discount: self.discount(),
            coupon_code: self.coupon.as_ref().map(|(_, code)| code.clone()),
            placed_at: at,
            as_of,
        };
        let lines = (0..)
            .zip(&self.lines)
            .map(|(line_no, (line_id, line))| {
                let item = &line.offer.item;
                let seen = Line {
                    order_id: self.id,
                    line_no,
                    line_id: *line_id,
                    title: item.title.clone(),
                    kind: item.kind,
                    brand: item.brand.clone(),
                    fulfilment: item.fulfilment,
                    quantity: line.quantity,
                    unit_price: line.unit_price().0,
                    discount: line.discount,
                    total: line.total(),
                    terms_version: line.terms.version(),
                    terms_acknowledged: line.acknowledged,
                    fields: sqlx::types::Json(line.answers.clone()),
                    questions: sqlx::types::Json(if line.answers.is_empty() {
                        Vec::new()
                    } else {
                        item.fields.0.clone()
                    }),
                    tier_cost: None,
                    tier_price: None,
                    tier_total: None,
                    undone: 0,
                    plan: line.plan.clone().map(sqlx::types::Json),
                    terms: line.terms.clone(),
                };
                let units = self.units.iter().filter(|unit| unit.stocked && unit.line_no == line_no);
                let deliveries = units.map(|unit| Delivery {
                    order_id: self.id,
                    line_no,
                    delivery_id: unit.delivery,
                    status: DeliveryStatus::Delivered,
                    delivered_at: at,
                    warranty_ends_at: at + chrono::Duration::seconds(i64::from(unit.warranty_seconds)),
                    revealed_at: None,
                    tested_at: None,
                    replaced_by_id: None,
                });
                (seen, deliveries.collect())
            })
            .collect();
        view::Order { head, lines }
    }
}

/// What makes two requests the same one.
pub fn fingerprint(request: &PlaceOrder) -> Vec<u8> {
    let mut parts = vec![request.expected_total.decimal(), request.expected_total.currency.code().to_owned()];
    parts.push(request.coupon.clone().unwrap_or_default());
    for line in &request.lines {
        parts.push(line.listing.to_string());
        parts.push(line.quantity.to_string());
        parts.push(line.terms_version.clone().unwrap_or_default());
        parts.push(line.plan.map(|plan| plan.to_string()).unwrap_or_default());
        parts.push(line.fields.len().to_string());
        parts.extend(line.fields.iter().flat_map(|(name, value)| [name.clone(), value.clone()]));
    }
    let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
    seal::digest(&parts)
}

// The tiers of a line with what each earns on it, the supplier first.
fn tiers(line: &PricedLine) -> impl Iterator<Item = (TenantId, i64)> + '_ {
    line.links.iter().zip(&line.tiers).map(|(link, tier)| (link.tenant, tier.profit))
}

// Each tier's profit on a line is divided over the units, so that the parts sum to the line exactly.
fn units(line_no: i32, line: &PricedLine) -> Vec<Unit> {
    let mut parts: Vec<(TenantId, Vec<i64>)> = tiers(line)
        .map(|(tenant, profit)| (tenant, split::over_units(profit, i64::from(line.quantity)).collect()))
        .collect();
    (0..line.quantity)
        .map(|unit_no| Unit {
            delivery: DeliveryId::fresh(),
            line_no,
            unit_no,
            variant: line.offer.item.variant_id.0,
            stocked: line.offer.item.fulfilment == Fulfilment::Stock,
            card: None,
            warranty_seconds: line.terms.duration_seconds,
            // Taken from the end: the vector is consumed without an index that could miss.
            earned: parts
                .iter_mut()
                .map(|(tenant, parts)| (*tenant, parts.pop().unwrap_or_default()))
                .collect(),
        })
        .collect()
}

fn status(lines: &[(LineId, PricedLine)]) -> OrderStatus {
    let stocked = lines.iter().filter(|(_, line)| line.offer.item.fulfilment == Fulfilment::Stock).count();
    match stocked {
        0 => OrderStatus::Paid,
        all if all == lines.len() => OrderStatus::Delivered,
        _ => OrderStatus::PartiallyDelivered,
    }
}

// For people: ten signs without those that look alike. Random, because a counter would tell how much is sold.
fn number() -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    seal::random::<10>().iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)])).collect()
}
