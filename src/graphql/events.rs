//! Events: pages of a tenant's log, and the log as it grows.

use super::{
    Ask, error,
    node::{self, Node},
    orders::OrderStatus,
    scalar::{DateTime, Decimal, EventCursor},
    warranty::ClaimStatus,
};
use crate::{
    access::Permit,
    events::{self, Envelope, Filter, Follow, LastEventId, LogId, Start, log},
    foundation::{No, id::TenantId, seal::Sealer},
    orders::OrderId,
};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Subscription};
use futures_util::{Stream, StreamExt, stream::BoxStream};
use std::sync::Arc;
use uuid::Uuid;

// What a page of events holds where nobody says.
const PAGE: i32 = 100;

/// What kind of fact an event is.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "events::EventType")]
pub enum EventType {
    /// An order was placed.
    OrderPlaced,
    /// An order went to another status.
    OrderStatusChanged,
    /// A unit was handed over.
    DeliveryMade,
    /// A warranty claim was opened.
    WarrantyClaimOpened,
    /// A warranty claim took a step.
    WarrantyClaimChanged,
    /// Somebody said something about a claim; the subject is the message.
    WarrantyClaimMessage,
    /// A party has read what was said; the subject is the last message that it read.
    WarrantyClaimRead,
    /// A remedy was offered, or an offer declined.
    WarrantyClaimOffer,
    /// Somebody of the desk has a claim in hand, or nobody any more; in the desk's log only.
    WarrantyClaimAssigned,
    /// A desk's own people noted something; in the desk's log only.
    WarrantyClaimNoted,
    /// A delivery's warranty runs, and it was not tried yet: at a tenth of the time, and a day before its end.
    WarrantyReminder,
    /// The buyer has tried a delivery, and it works.
    DeliveryTested,
    /// A batch is taken back, or was; in the supplier's and the operator's logs.
    RecallChanged,
    /// A supplier's goods are off sale until what is wrong is mended; in its own and the operator's logs.
    SalesPaused,
    /// A supplier's goods are on sale again; in its own and the operator's logs.
    SalesResumed,
    /// Files were added to a warranty claim; in the logs of its site, its supplier and the operator only.
    EvidenceAdded,
    /// A buyer reviewed what it had bought.
    ReviewPosted,
    /// The selling site answered a review.
    ReviewReplied,
    /// The operator removed a review, or put it back.
    ReviewModerated,
    /// A wallet's balance changed.
    WalletChanged,
    /// A variant's stock fell to its alarm level.
    StockLow,
    /// A tenant's status changed.
    TenantStatusChanged,
    /// A card clashed with another supplier's and was quarantined; in the operator's log only.
    CardQuarantined,
}

/// One fact of one tenant's log. `seq` has no gaps and follows commit order within the tenant.
#[derive(Clone)]
pub struct EventEnvelope {
    id: Uuid,
    tenant: TenantId,
    cursor: String,
    envelope: Envelope,
}

/// One fact of one tenant's log. `seq` has no gaps and follows commit order within the tenant.
#[Object]
impl EventEnvelope {
    /// The same for every repeat of the event. A heartbeat has one of its own.
    async fn id(&self) -> ID {
        ID(format!("evt_{}", self.id.simple()))
    }

    /// The position behind this event: pass as `after` to go on from here.
    async fn cursor(&self) -> EventCursor {
        EventCursor(self.cursor.clone())
    }

    /// The event's number in the tenant's log; on a heartbeat, that of the last event looked at.
    async fn seq(&self) -> Decimal {
        Decimal(self.envelope.seq.to_string())
    }

    /// Null on a heartbeat, which only moves the cursor.
    #[graphql(name = "type")]
    async fn kind(&self) -> Option<EventType> {
        self.envelope.event.as_ref()?.kind.map(EventType::from)
    }

    /// Whose log it is.
    async fn tenant_id(&self) -> ID {
        ID(self.tenant.to_string())
    }

    /// What it is about.
    async fn subject_id(&self) -> Option<ID> {
        self.subject_text().map(|id| ID(id.to_owned()))
    }

    /// When it happened; on a heartbeat, when that was sent.
    async fn occurred_at(&self) -> DateTime {
        DateTime(self.envelope.at)
    }

    /// The order's status after it. Set where type is ORDER_*, DELIVERY_* or WARRANTY_*.
    async fn order_status(&self) -> Option<OrderStatus> {
        let word = self.envelope.event.as_ref()?.order_status.as_deref()?;
        crate::orders::OrderStatus::of(word).map(OrderStatus::from)
    }

    /// The claim's status after it. Set where type is WARRANTY_*.
    async fn claim_status(&self) -> Option<ClaimStatus> {
        let word = self.envelope.event.as_ref()?.claim_status.as_deref()?;
        crate::warranty::ClaimStatus::of(word).map(ClaimStatus::from)
    }

    /// The subject as it is now, authorised for the subscriber; null where that may not see it.
    async fn subject(&self, ctx: &Context<'_>) -> Option<Result<Node>> {
        node::resolve(ctx.session(), self.subject_text()?).await.transpose()
    }
}

impl EventEnvelope {
    fn of(sealer: &Sealer, tenant: TenantId, envelope: Envelope) -> Self {
        let id = envelope.event.as_ref().map_or_else(Uuid::now_v7, |row| row.id(tenant));
        Self { id, tenant, cursor: log::cursor(sealer, tenant, envelope.seq), envelope }
    }

    /// The outside id of what it is about.
    pub(super) fn subject_text(&self) -> Option<&str> {
        self.envelope.event.as_ref()?.subject.as_deref()
    }
}

/// A page of a tenant's log.
#[derive(SimpleObject)]
pub struct EventPage {
    /// The events, in order.
    nodes: Vec<EventEnvelope>,
    /// Pass as `after` to go on; equal to the argument where there was nothing new.
    end_cursor: EventCursor,
    /// There is more behind `endCursor`, though perhaps nothing of the types asked for.
    has_more: bool,
}

/// Events for those who poll.
#[derive(Default)]
pub struct EventsQuery;

#[Object]
impl EventsQuery {
    /// The tenant's log from `after` (from its beginning where null), oldest first. Every event is there
    /// once; whoever keeps `endCursor` misses none.
    async fn events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to go on: a cursor of this tenant's log.")] after: Option<EventCursor>,
        #[graphql(desc = "How many at most, 1 to 100.", default_with = "Some(PAGE)")] first: Option<i32>,
        #[graphql(desc = "Only these types; all where null.")] types: Option<Vec<EventType>>,
    ) -> Option<Result<EventPage>> {
        Some(page(ctx, after, first.unwrap_or(PAGE), types).await)
    }
}

async fn page(
    ctx: &Context<'_>,
    after: Option<EventCursor>,
    first: i32,
    types: Option<Vec<EventType>>,
) -> Result<EventPage> {
    let permit = ctx.permit()?;
    let limit = u32::try_from(first)
        .ok()
        .filter(|first| (1..=100).contains(first))
        .ok_or_else(|| error::top(No::BadRequest("first must be between 1 and 100")))?;
    let (services, id) = (ctx.services(), log_of(&permit));
    let sealer = &services.sealer;
    let after = position(sealer, id, after.as_ref())?.unwrap_or(0);
    let filter = Filter::of(permit.scope(), kinds(types), None);
    let stretch =
        log::read(&services.db, permit.scope(), id, after, limit, &filter).await.map_err(error::top)?;
    Ok(EventPage {
        nodes: stretch
            .rows
            .into_iter()
            .map(|row| EventEnvelope::of(sealer, id.tenant, Envelope::event(row)))
            .collect(),
        end_cursor: EventCursor(log::cursor(sealer, id.tenant, stretch.to)),
        has_more: stretch.more,
    })
}

/// Events as they happen.
#[derive(Default)]
pub struct EventsSubscription;

#[Subscription]
impl EventsSubscription {
    /// The tenant's log from `after` (from now on where null), then what follows it.
    /// At least once, in order, with a heartbeat at least every 15 s; a repeat carries the same id.
    async fn tenant_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to go on: a cursor of this tenant's log.")] after: Option<EventCursor>,
        #[graphql(desc = "Only these types; all where null.")] types: Option<Vec<EventType>>,
    ) -> Result<impl Stream<Item = Result<EventEnvelope>> + use<>> {
        let permit = ctx.permit()?;
        Box::pin(follow(ctx, &permit, after, kinds(types), None)).await
    }

    /// What happens to one order and its claims. For its buyer, its site and its supplier.
    async fn order_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] order_id: ID,
        #[graphql(desc = "Where to go on, e.g. the order's `asOf`; from now on where null.")] after: Option<
            EventCursor,
        >,
    ) -> Result<impl Stream<Item = Result<EventEnvelope>> + use<>> {
        let permit = ctx.permit()?;
        let order = Box::pin(visible(ctx, &permit, &order_id)).await.map_err(error::top)?;
        Box::pin(follow(ctx, &permit, after, None, Some(order))).await
    }
}

// An order that the caller may not see and one that does not exist look the same.
async fn visible(ctx: &Context<'_>, permit: &Permit, id: &ID) -> Result<Uuid, No> {
    let missing = || No::not_found("orderId");
    let order: OrderId = id.parse().map_err(|_| missing())?;
    let mut tx = ctx.services().db.begin(permit.scope()).await?;
    let seen = log::sees_order(&mut tx, permit.network(), order.0).await?;
    tx.commit().await?;
    if seen { Ok(order.0) } else { Err(missing()) }
}

// Its own future and the stream are boxed: what only the beginning needs is given back, and a stream that waits
// takes little room.
pub(super) async fn follow(
    ctx: &Context<'_>,
    permit: &Permit,
    after: Option<EventCursor>,
    types: Option<Vec<events::EventType>>,
    order: Option<Uuid>,
) -> Result<BoxStream<'static, Result<EventEnvelope>>> {
    let (services, id) = (ctx.services(), log_of(permit));
    // A stream that is resumed names what it saw last: further on than where it once began.
    let resumed = ctx.data_opt::<LastEventId>().map(|last| EventCursor(last.0.clone()));
    let start = position(&services.sealer, id, resumed.or(after).as_ref())?.map_or(Start::Now, Start::After);
    let (db, sealer) = (services.db.clone(), Arc::clone(&services.sealer));
    let follow = Follow { types, order, ..Follow::from(start) };
    let followed =
        events::stream(db, services.feed.clone(), permit.scope(), follow).await.map_err(error::top)?;
    Ok(followed
        .map(move |envelope| {
            envelope.map(|envelope| EventEnvelope::of(&sealer, id.tenant, envelope)).map_err(error::top)
        })
        .boxed())
}

fn log_of(permit: &Permit) -> LogId {
    LogId { network: permit.network(), tenant: permit.tenant() }
}

fn position(sealer: &Sealer, id: LogId, after: Option<&EventCursor>) -> Result<Option<i64>> {
    after.map(|cursor| log::open_cursor(sealer, id.tenant, &cursor.0)).transpose().map_err(error::top)
}

fn kinds(types: Option<Vec<EventType>>) -> Option<Vec<events::EventType>> {
    types.map(|types| types.into_iter().map(events::EventType::from).collect())
}
