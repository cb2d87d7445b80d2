//! The terms of a line as they were at the sale: what a receipt shows, and what the history of each unit holds a
//! commitment to, so that nobody can show others later.

use super::{LineId, OrderId, sale::Sale};
use crate::{
    catalogue::{self, Fulfilment, Plan, ProductKind},
    foundation::{Conn, Currency, Fault, Moment, Money, Together, UnitPrice, id::NetworkId},
    inventory::CardId,
    provenance::{self, Hash, Step, StepKind},
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What was agreed about a line. Serialised, it is canonical JSON (RFC 8785): its fields are in the order of their
/// names, and none is a fraction. It is every clause that the line keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// The buyer named these very terms with the order.
    pub acknowledged: bool,
    /// How long a desk may take to answer; seconds.
    pub answer_seconds: i32,
    /// How long a rejection may be appealed; seconds.
    pub appeal_seconds: i32,
    /// The reasons for which a claim may be made.
    pub covered_reasons: Vec<&'static str>,
    /// ISO 4217.
    pub currency: String,
    /// How long a desk may take to decide; seconds.
    pub decision_seconds: i32,
    /// What of a coupon was taken off; decimal.
    pub discount: String,
    /// From stock, or by hand.
    pub fulfilment: &'static str,
    /// What kind of good.
    pub kind: &'static str,
    /// The extended plan that each was sold with.
    pub plan: Option<PlanTerms>,
    /// How many.
    pub quantity: i32,
    /// What may be got, in this order.
    pub remedies: Vec<&'static str>,
    /// How often each may be replaced.
    pub replacement_limit: i32,
    /// The files that have to come with a claim.
    pub required_evidence: Vec<&'static str>,
    /// Which terms they are: what listings and order lines call them.
    pub terms_version: String,
    /// The good's name.
    pub title: String,
    /// What they cost together, less the discount; decimal.
    pub total: String,
    /// What one cost, its plan with it; decimal.
    pub unit_price: String,
    /// How long the warranty is after delivery, the plan's days among them; seconds.
    pub warranty_seconds: i32,
}

/// What was agreed about an extended plan; as [`Terms`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlanTerms {
    /// Added to the warranty.
    pub days: i32,
    /// For each unit; decimal.
    pub price: String,
    /// Its name.
    pub title: String,
}

impl PlanTerms {
    /// Of a plan.
    pub fn of(plan: &Plan, currency: Currency) -> Self {
        let price = Money::new(plan.price, currency).decimal();
        Self { days: plan.days, price, title: plan.title.clone() }
    }
}

impl Terms {
    /// SHA-256 of the canonical JSON.
    ///
    /// # Errors
    /// [`Fault`] when it can't be written.
    pub fn hash(&self) -> Result<Hash, Fault> {
        Ok(Sha256::digest(serde_json::to_vec(self)?).into())
    }
}

crate::row! {
    /// A line with what was agreed about it.
    pub struct LineRow {
        /// Its order.
        pub order_id: OrderId,
        /// Its place.
        pub line_no: i32,
        /// Its id.
        pub line_id: LineId,
        /// The network's.
        pub currency: String,
        /// As sold.
        pub title: String,
        /// As sold.
        pub kind: ProductKind,
        /// As sold.
        pub fulfilment: Fulfilment,
        /// How many.
        pub quantity: i32,
        /// Micro-units.
        pub unit_price: i64,
        /// Minor units.
        pub discount: i64,
        /// Minor units.
        pub total: i64,
        /// Which terms it was sold under.
        pub terms_version: String,
        /// The buyer named them with the order.
        pub terms_acknowledged: bool,
        /// As sold.
        pub plan: Option<sqlx::types::Json<Plan>>,
    }
    with {
        /// The terms that it was sold under.
        pub warranty: catalogue::Terms,
    }
}

impl LineRow {
    /// The terms.
    ///
    /// # Errors
    /// [`Fault`] when the network's currency is not one.
    pub fn terms(&self) -> Result<Terms, Fault> {
        let currency = Currency::of(&self.currency).map_err(|why| Fault::new(why.0))?;
        let warranty = &self.warranty;
        Ok(Terms {
            acknowledged: self.terms_acknowledged,
            answer_seconds: warranty.answer_seconds,
            appeal_seconds: warranty.appeal_seconds,
            covered_reasons: warranty.covered_reasons.iter().map(|reason| reason.word()).collect(),
            currency: currency.code().to_owned(),
            decision_seconds: warranty.decision_seconds,
            discount: Money::new(self.discount, currency).decimal(),
            fulfilment: self.fulfilment.word(),
            kind: self.kind.word(),
            plan: self.plan.as_ref().map(|plan| PlanTerms::of(plan, currency)),
            quantity: self.quantity,
            remedies: warranty.remedies.iter().map(|remedy| remedy.word()).collect(),
            replacement_limit: warranty.replacement_limit,
            required_evidence: warranty.required_evidence.iter().map(|kind| kind.word()).collect(),
            terms_version: self.terms_version.clone(),
            title: self.title.clone(),
            total: Money::new(self.total, currency).decimal(),
            unit_price: UnitPrice(self.unit_price).decimal(currency),
            warranty_seconds: warranty.duration_seconds,
        })
    }
}

/// The lines of orders that the transaction's scope may see, each order's in their order.
///
/// # Errors
/// [`Fault`].
pub async fn lines(db: &mut Conn, network: NetworkId, orders: &[OrderId]) -> Result<Vec<LineRow>, Fault> {
    Ok(sqlx::query_as(
        "select l.order_id, l.line_no, l.line_id, n.currency, l.title, l.kind, l.fulfilment, l.quantity, l.unit_price,
                l.discount, l.total, l.warranty_seconds, l.covered_reasons, l.remedies, l.decision_seconds, l.answer_seconds,
                l.replacement_limit, l.appeal_seconds, l.required_evidence, l.terms_version, l.terms_acknowledged, l.plan
           from order_line l join network n on n.network_id = l.network_id
          where l.network_id = $1 and l.order_id = any($2) order by l.order_id, l.line_no",
    )
    .bind(network)
    .bind(orders)
    .fetch_all(db)
    .await?)
}

/// Queues the step of each unit that these sales hand over.
///
/// # Errors
/// [`Fault`].
pub fn record_sales(writes: &mut Together, sales: &[Sale]) -> Result<(), Fault> {
    let mut steps = Vec::new();
    for sale in sales {
        let hashes = sale.terms().map(|terms| terms.hash()).collect::<Result<Vec<Hash>, Fault>>()?;
        for unit in &sale.units {
            let line = usize::try_from(unit.line_no).ok().and_then(|line| hashes.get(line));
            if let (Some(card), Some(terms)) = (unit.card, line) {
                steps.push(Step { terms: Some(*terms), ..Step::of(card.0, unit.delivery.0) });
            }
        }
    }
    provenance::record_with(writes, StepKind::Sold, &steps);
    Ok(())
}

/// Queues the step of units of one line that are handed over after the sale: each item with its delivery.
///
/// # Errors
/// [`Fault`].
pub async fn record_sold(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
    line_no: i32,
    handed: &[(Uuid, Uuid)],
) -> Result<(), Fault> {
    let lines = lines(db, network, &[OrderId(order)]).await?;
    let line = lines.iter().find(|line| line.line_no == line_no);
    let hash = line.ok_or_else(|| Fault::new("a unit of no line was handed over"))?.terms()?.hash()?;
    let steps: Vec<Step> = handed
        .iter()
        .map(|(item, delivery)| Step { terms: Some(hash), ..Step::of(*item, *delivery) })
        .collect();
    provenance::record(db, network, StepKind::Sold, &steps).await
}

crate::row! {
    /// A unit that was handed over.
    pub struct Handed {
        /// Its delivery.
        pub delivery_id: super::DeliveryId,
        /// Its line.
        pub line_no: i32,
        /// Where it stands.
        pub status: super::DeliveryStatus,
        /// The card; none where it was handed over by hand.
        pub card_id: Option<CardId>,
        /// When.
        pub delivered_at: Moment,
        /// Until when a claim may be opened.
        pub warranty_ends_at: Moment,
        /// The delivery that it took the place of.
        pub replaces_id: Option<super::DeliveryId>,
    }
}

impl Handed {
    /// What the log knows it by.
    pub fn item(&self) -> Uuid {
        self.card_id.map_or(self.delivery_id.0, |card| card.0)
    }
}

/// The units of an order that were handed over, and those deliveries that were replaced since, by line and unit.
///
/// # Errors
/// [`Fault`].
pub async fn handed(db: &mut Conn, network: NetworkId, order: OrderId) -> Result<Vec<Handed>, Fault> {
    Ok(sqlx::query_as(
        "select delivery_id, line_no, status, card_id, delivered_at, warranty_ends_at, replaces_id from delivery
          where network_id = $1 and order_id = $2 and delivered_at is not null
          order by line_no, unit_no, delivered_at, delivery_id",
    )
    .bind(network)
    .bind(order)
    .fetch_all(db)
    .await?)
}

/// What the log knows a delivery by, if the transaction's scope may see the delivery and it was handed over.
///
/// # Errors
/// [`Fault`].
pub async fn item_of(
    db: &mut Conn,
    network: NetworkId,
    delivery: super::DeliveryId,
) -> Result<Option<Uuid>, Fault> {
    Ok(sqlx::query_scalar(
        "select coalesce(card_id, delivery_id) from delivery
          where network_id = $1 and delivery_id = $2 and delivered_at is not null",
    )
    .bind(network)
    .bind(delivery)
    .fetch_optional(db)
    .await?)
}
