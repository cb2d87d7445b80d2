//! Orders, through GraphQL.

mod mutation;

pub use mutation::{OrderPayload, OrderPlacePayload, OrdersMutation};

use super::{
    catalogue::{Fulfilment, ProductKind},
    dossier::{self, Dossier},
    identity::Buyer,
    loader::{BuyerOf, ClaimsOf, ReviewedOf},
    plans::WarrantyPlan,
    pricing::SupplyView,
    scalar::{DateTime, EventCursor, Money},
    session::{Ask, Session, nullable, read},
    tenancy::{Tenant, tenant},
    terms::WarrantyTerms,
    warranty::WarrantyClaim,
};
use crate::{
    access::Place,
    connection, events,
    foundation::{
        self, Currency, No, Page, UnitPrice,
        id::{TenantId, UserId},
        page,
    },
    orders::{
        self, DeliveryId, LineId, OrderId,
        view::{self, Eyes},
    },
};
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use std::collections::HashMap;

/// Where an order stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "crate::orders::OrderStatus")]
pub enum OrderStatus {
    /// Placed, not yet paid.
    AwaitingPayment,
    /// Held for a review.
    OnHold,
    /// Paid, nothing delivered yet.
    Paid,
    /// The supplier is at work.
    Fulfilling,
    /// Some units are delivered.
    PartiallyDelivered,
    /// Every unit is delivered.
    Delivered,
    /// Delivered, and its warranty is over.
    Completed,
    /// Given up before it was paid.
    Canceled,
    /// Not paid in time.
    Expired,
    /// Part of the money went back.
    PartiallyRefunded,
    /// All the money went back.
    Refunded,
}

/// Where a unit that was handed over stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum DeliveryStatus {
    /// Handed over.
    Delivered,
    /// A claim on it is open.
    UnderClaim,
    /// Another took its place.
    Replaced,
    /// Its money went back.
    Refunded,
}

/// A purchase.
#[derive(Clone)]
pub struct Order {
    view: view::Order,
    currency: Currency,
    /// Whose log `asOf` is a position of.
    reader: TenantId,
    /// Whose amounts it shows.
    eyes: Eyes,
}

impl Order {
    fn of(view: view::Order, place: &Place) -> Self {
        let eyes = view.eyes(place);
        Self { view, currency: place.currency, reader: place.tenant, eyes }
    }
}

/// A purchase.
#[Object]
impl Order {
    /// Opaque and stable (`ord_…`).
    pub async fn id(&self) -> ID {
        ID(self.view.head.order_id.to_string())
    }
    /// Short number for people, unique within the site.
    async fn number(&self) -> &str {
        &self.view.head.number
    }
    /// Where it stands.
    async fn status(&self) -> OrderStatus {
        self.view.head.status.into()
    }
    /// Where it was bought.
    async fn site(&self, ctx: &Context<'_>) -> Result<Tenant> {
        tenant(ctx, self.view.head.site_id).await
    }
    /// Who bought. Null unless the caller is that buyer, or the selling site's with buyer:read: whoever is above a
    /// site, and whose goods it sells, is not told of its buyers.
    async fn buyer(&self, ctx: &Context<'_>) -> Option<Result<Buyer>> {
        nullable(async { ctx.loaders().buyers.load_one(BuyerOf(self.view.head.buyer_id)).await }).await
    }
    /// What the buyer paid; for a tier above the selling site, what it asked itself.
    async fn total(&self) -> Money {
        Money::minor(self.view.amounts(self.eyes).0, self.currency)
    }
    /// What of that went back.
    async fn refunded(&self) -> Money {
        Money::minor(self.view.amounts(self.eyes).1, self.currency)
    }
    /// What a coupon took off: the total is less that. The selling site bore it. Null for whoever does not see what
    /// the buyer paid.
    async fn discount(&self) -> Option<Money> {
        (self.eyes == Eyes::Whole).then(|| Money::minor(self.view.head.discount, self.currency))
    }
    /// The coupon's code, where there was one. Null for whoever does not see what the buyer paid.
    async fn coupon_code(&self) -> Option<&str> {
        self.view.head.coupon_code.as_deref().filter(|_| self.eyes == Eyes::Whole)
    }
    /// When.
    async fn placed_at(&self) -> DateTime {
        DateTime(self.view.head.placed_at)
    }
    /// What was bought: all of it for the buyer and its sellers, its own lines for a supplier.
    async fn lines(&self) -> Vec<OrderLine> {
        self.view
            .lines
            .iter()
            .map(|(line, units)| OrderLine::of(line, units, self.eyes, self.currency))
            .collect()
    }
    /// The warranty claims on its deliveries, the oldest first.
    async fn claims(&self, ctx: &Context<'_>) -> Result<Vec<WarrantyClaim>> {
        Ok(ctx.loaders().claims.load_one(ClaimsOf(self.view.head.order_id)).await?.unwrap_or_default())
    }
    /// The signed archives of it that the caller has made and that are still kept, the newest first.
    async fn dossiers(&self, ctx: &Context<'_>) -> Result<Vec<Dossier>> {
        dossier::dossiers_of(ctx, self.view.head.order_id).await
    }
    /// Subscribe from here to miss nothing that happens after this answer.
    async fn as_of(&self, ctx: &Context<'_>) -> EventCursor {
        EventCursor(events::log::cursor(&ctx.services().sealer, self.reader, self.view.head.as_of))
    }
}

/// One kind of good in an order.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct OrderLine {
    #[graphql(skip)]
    line: LineId,
    /// Opaque and stable (`lin_…`).
    #[graphql(owned)]
    pub id: ID,
    /// As it was at the sale.
    title: String,
    /// What kind of good it was.
    kind: ProductKind,
    /// Its brand then.
    brand: Option<String>,
    /// How many.
    quantity: i32,
    /// The extended plan that each was sold with.
    plan: Option<WarrantyPlan>,
    /// What one cost, its plan with it; for a tier above the selling site, what it asked itself.
    unit_price: Money,
    /// What of the coupon was taken off the total; null for whoever does not see what the buyer paid.
    discount: Option<Money>,
    /// What they cost together, rounded once, less the discount.
    total: Money,
    /// How it reaches its buyer.
    fulfilment: Fulfilment,
    /// One per unit delivered so far.
    deliveries: Vec<Delivery>,
    /// The terms in force when the order was placed, with the days and remedies of its plan.
    warranty: WarrantyTerms,
    /// The buyer named these very terms with the order.
    terms_acknowledged: bool,
    /// The buyer's answers to the product's own questions. Empty for the tiers between the selling site and
    /// the operator.
    answers: Vec<FieldAnswer>,
    /// The caller's tenant's own part of the price; null for buyers.
    supply: Option<SupplyView>,
}

#[ComplexObject]
impl OrderLine {
    /// Its buyer has reviewed it; there is one review a line.
    async fn reviewed(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.loaders().reviewed.load_one(ReviewedOf(self.line)).await?.is_some())
    }
}

/// An answer to a product's question.
#[derive(Clone, SimpleObject)]
pub struct FieldAnswer {
    /// Which question.
    name: String,
    /// The question as the product puts it to people now; its name where it does not ask it any more.
    label: String,
    /// The answer.
    value: String,
}

impl OrderLine {
    fn of(line: &view::Line, units: &[view::Delivery], eyes: Eyes, currency: Currency) -> Self {
        let (unit_price, total) = line.amounts(eyes);
        let supply = line
            .tier_cost
            .zip(line.tier_price)
            .map(|(cost, price)| SupplyView::of(UnitPrice(cost), UnitPrice(price), currency));
        Self {
            line: line.line_id,
            id: ID(line.line_id.to_string()),
            title: line.title.clone(),
            kind: line.kind.into(),
            brand: line.brand.clone(),
            quantity: line.quantity,
            plan: line.plan.as_ref().map(|plan| WarrantyPlan::of(plan, currency)),
            unit_price: Money::unit(UnitPrice(unit_price), currency),
            discount: (eyes == Eyes::Whole).then(|| Money::minor(line.discount, currency)),
            total: Money::minor(total, currency),
            fulfilment: line.fulfilment.into(),
            deliveries: units.iter().cloned().map(Delivery).collect(),
            warranty: WarrantyTerms(line.terms.clone()),
            terms_acknowledged: line.terms_acknowledged,
            answers: line
                .fields
                .iter()
                .map(|(name, value)| FieldAnswer {
                    name: name.clone(),
                    label: line.label(name).to_owned(),
                    value: value.clone(),
                })
                .collect(),
            supply,
        }
    }
}

/// One unit that was handed over.
#[derive(Clone)]
pub struct Delivery(pub view::Delivery);

/// One unit that was handed over.
#[Object]
impl Delivery {
    /// Opaque and stable (`dlv_…`).
    pub async fn id(&self) -> ID {
        ID(self.0.delivery_id.to_string())
    }
    /// Where it stands.
    async fn status(&self) -> DeliveryStatus {
        match self.0.status {
            orders::DeliveryStatus::Pending | orders::DeliveryStatus::Delivered => DeliveryStatus::Delivered,
            orders::DeliveryStatus::UnderClaim => DeliveryStatus::UnderClaim,
            orders::DeliveryStatus::Replaced => DeliveryStatus::Replaced,
            orders::DeliveryStatus::Refunded => DeliveryStatus::Refunded,
        }
    }
    /// When.
    async fn delivered_at(&self) -> DateTime {
        DateTime(self.0.delivered_at)
    }
    /// Until when a claim may be opened.
    async fn warranty_ends_at(&self) -> DateTime {
        DateTime(self.0.warranty_ends_at)
    }
    /// Set once the buyer has revealed it; the content itself comes from deliveryReveal alone.
    async fn revealed_at(&self) -> Option<DateTime> {
        self.0.revealed_at.map(DateTime)
    }
    /// When the buyer said that it works; null before that.
    async fn tested_at(&self) -> Option<DateTime> {
        self.0.tested_at.map(DateTime)
    }
    /// The delivery that replaced this one.
    async fn replaced_by(&self, ctx: &Context<'_>) -> Option<Result<Delivery>> {
        nullable(async {
            match self.0.replaced_by_id {
                Some(id) => ctx.loaders().deliveries.load_one(id).await,
                None => Ok(None),
            }
        })
        .await
    }
}

connection!(Order, OrderEdge, OrderConnection);

/// The orders with those ids that the viewer may see.
pub async fn visible_orders(session: &Session, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>> {
    let place = &session.viewer.place;
    if !session.viewer.can_do("order:read") {
        return Ok(HashMap::new());
    }
    let found = async {
        let mut tx = session.read().await?;
        view::find_many(&mut tx, place.network, ids).await
    };
    let views = read(found.await.map_err(No::from))?;
    Ok(views.into_iter().map(|view| (view.head.order_id, Order::of(view, place))).collect())
}

/// An order by its id, if the viewer may see it.
pub async fn order(session: &Session, id: OrderId) -> Result<Option<Order>> {
    Ok(visible_orders(session, &[id]).await?.remove(&id))
}

/// The deliveries with those ids that the viewer may see.
pub async fn visible_deliveries(
    session: &Session,
    ids: &[DeliveryId],
) -> Result<HashMap<DeliveryId, Delivery>> {
    if !session.viewer.can_do("order:read") {
        return Ok(HashMap::new());
    }
    let found = async {
        let mut tx = session.read().await?;
        view::deliveries(&mut tx, session.viewer.place.network, ids).await
    };
    let found = read(found.await.map_err(No::from))?;
    Ok(found.into_iter().map(|delivery| (delivery.delivery_id, Delivery(delivery))).collect())
}

/// A delivery by its id, if the viewer may see it.
pub async fn delivery(session: &Session, id: DeliveryId) -> Result<Option<Delivery>> {
    Ok(visible_deliveries(session, &[id]).await?.remove(&id))
}

/// A line by its id, if the caller may see it.
pub async fn line(session: &Session, id: orders::LineId) -> Result<Option<OrderLine>> {
    let place = &session.viewer.place;
    if !session.viewer.can_do("order:read") {
        return Ok(None);
    }
    let found = async {
        let mut tx = session.read().await?;
        view::find_by_line(&mut tx, place.network, id).await
    };
    let order = read(found.await.map_err(No::from))?;
    Ok(order.and_then(|order| {
        let (line, units) = order.lines.iter().find(|(line, _)| line.line_id == id)?;
        Some(OrderLine::of(line, units, order.eyes(place), place.currency))
    }))
}

/// Orders to read.
#[derive(Default)]
pub struct OrdersQuery;

/// Which orders.
#[derive(InputObject)]
pub struct OrderWhere {
    /// Only those that stand there.
    status: Option<OrderStatus>,
    /// Only those that stand at one of these; with status, at one that both say.
    statuses: Option<Vec<OrderStatus>>,
    /// Only those of exactly this number.
    number: Option<String>,
    /// Only those placed then or later.
    from: Option<DateTime>,
    /// Only those placed before then.
    to: Option<DateTime>,
    /// Only those placed at this site.
    site_id: Option<ID>,
    /// Only those of this buyer (`buy_…`): for the buyer's own site.
    buyer: Option<ID>,
}

impl OrderWhere {
    // `None` where it can't be any order.
    fn parse(self) -> Option<view::Which> {
        let word = |status: OrderStatus| orders::OrderStatus::from(status);
        let mut statuses: Option<Vec<_>> =
            self.statuses.map(|statuses| statuses.into_iter().map(word).collect());
        if let Some(status) = self.status.map(word) {
            let both = statuses.is_none_or(|statuses| statuses.contains(&status));
            statuses = Some(if both { vec![status] } else { Vec::new() });
        }
        let site = self.site_id.map(|site| site.parse()).transpose().ok()?;
        let buyer =
            self.buyer.map(|buyer| foundation::id::parse("buy", &buyer).map(UserId)).transpose().ok()?;
        let (from, to) = (self.from.map(|from| from.0), self.to.map(|to| to.0));
        Some(view::Which { statuses, number: self.number, from, to, site, buyer })
    }
}

#[Object]
impl OrdersQuery {
    /// Null where it does not exist or the caller may not see it.
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An `ord_…` id.")] id: ID,
    ) -> Option<Result<Order>> {
        nullable(async {
            ctx.permit()?;
            let Ok(id) = id.parse() else { return Ok(None) };
            order(ctx.session(), id).await
        })
        .await
    }

    /// A buyer sees its own orders; staff with order:read see their tenant's. The newest first.
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<OrderWhere>,
    ) -> Option<Result<OrderConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "orders", first.unwrap_or(20), after.as_deref()))?;
            let which = filter.map_or_else(|| Some(view::Which::default()), OrderWhere::parse);
            let page = match which {
                Some(which) => read(view::page(&ctx.services().db, &permit, &which, &request).await)?,
                // What is no site's id is like one that nobody has.
                None => Page::of(Vec::new(), request.first, request.after.is_some()),
            };
            let Page { rows, more, earlier } = page;
            let rows = rows
                .into_iter()
                .map(|view| (view.head.order_id.0, Order::of(view, permit.place())))
                .collect();
            Ok(Some(OrderConnection::of(sealer, "orders", Page { rows, more, earlier })))
        })
        .await
    }
}
