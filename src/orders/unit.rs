//! One unit of an order as after-sale sees it: its delivery, what was replaced before it, who earned on it.

use super::{DeliveryStatus, OrderStatus};
use crate::{
    catalogue::{ClaimReason, EvidenceKind, RemedyKind},
    foundation::{
        Conn, Fault, Moment,
        id::{NetworkId, TenantId, UserId},
    },
    inventory::CardId,
    pricing::{CouponId, set_coupon},
};
use uuid::Uuid;

crate::row! {
    /// A unit's present delivery with the terms that it was sold under.
    pub struct Unit {
        /// The delivery.
        pub delivery_id: Uuid,
        /// Its order.
        pub order_id: Uuid,
        /// Its line.
        pub line_no: i32,
        /// Its place in the line.
        pub unit_no: i32,
        /// Where it stands.
        pub status: DeliveryStatus,
        /// The card that was handed over.
        pub card_id: Option<CardId>,
        /// What the buyer paid; minor units.
        pub paid: i64,
        /// What the buyer has back; minor units.
        pub refunded: i64,
        /// When its warranty ends.
        pub warranty_ends_at: Option<Moment>,
        /// Its warranty has ended, by the database's clock; the end itself is inside.
        pub out_of_warranty: bool,
        /// The selling site.
        pub site_id: TenantId,
        /// The supplier.
        pub supplier_id: TenantId,
        /// The buyer.
        pub buyer_id: UserId,
        /// The variant.
        pub variant_id: Uuid,
        /// How long the warranty is, in seconds.
        pub warranty_seconds: i32,
        /// The reasons that the terms cover.
        pub covered_reasons: Vec<ClaimReason>,
        /// The remedies that the terms offer.
        pub remedies: Vec<RemedyKind>,
        /// What of the price was for an extended plan, which its supplier earned; minor units.
        pub plan_price: i64,
        /// The files that have to come with a claim.
        pub required_evidence: Vec<EvidenceKind>,
        /// How often the terms let it be replaced.
        pub replacement_limit: i32,
        /// How often it was.
        pub replacements: i64,
    }
}

crate::row! {
    /// What a tier earned on one delivery of a unit; minor units.
    pub struct Earning {
        /// The delivery: the unit's first, or a replacement that was bought again.
        pub delivery_id: Uuid,
        /// It is the unit's first delivery.
        pub original: bool,
        /// Its earnings were released.
        pub released: bool,
        /// The tier.
        pub tenant_id: Uuid,
        /// 0 is the supplier.
        pub position: i32,
        /// What it earned.
        pub earned: i64,
        /// What of it is held.
        pub held: i64,
        /// What of it went back.
        pub given_back: i64,
    }
}

crate::row! {
    /// An order under its lock.
    pub struct LockedOrder {
        /// The order.
        pub order_id: Uuid,
        /// Where it stands.
        pub status: OrderStatus,
        /// The selling site.
        pub site_id: TenantId,
        /// The buyer.
        pub buyer_id: UserId,
        /// What was paid; minor units.
        pub total: i64,
        /// What went back; minor units.
        pub refunded: i64,
        /// Its coupon.
        pub coupon_id: Option<CouponId>,
    }
}

impl LockedOrder {
    /// What else becomes of an order that stands there now: refunded whole, it counts no more among those of its
    /// coupon. The last lock of a transaction, as in [`place_order`](super::place_order).
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn turned(&self, db: &mut Conn, network: NetworkId, status: OrderStatus) -> Result<(), Fault> {
        match self.coupon_id {
            Some(coupon) if status == OrderStatus::Refunded => {
                set_coupon::give_back(db, network, coupon, self.buyer_id).await
            }
            _ => Ok(()),
        }
    }
}

/// Locks an order. Its row stands for its deliveries, earnings and claims: whoever changes one of those
/// holds it, so that nobody meets anybody on the way down.
pub async fn lock_order(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
) -> Result<Option<LockedOrder>, Fault> {
    Ok(sqlx::query_as(
        "select order_id, status, site_id, buyer_id, total, refunded, coupon_id from orders
          where network_id = $1 and order_id = $2 for no key update",
    )
    .bind(network)
    .bind(order)
    .fetch_optional(db)
    .await?)
}

/// The order of a delivery.
pub async fn order_of(db: &mut Conn, network: NetworkId, delivery: Uuid) -> Result<Option<Uuid>, Fault> {
    Ok(sqlx::query_scalar("select order_id from delivery where network_id = $1 and delivery_id = $2")
        .bind(network)
        .bind(delivery)
        .fetch_optional(db)
        .await?)
}

/// The unit of a delivery, the delivery's row locked. The caller holds the order's lock.
pub async fn lock(db: &mut Conn, network: NetworkId, delivery: Uuid) -> Result<Option<Unit>, Fault> {
    Ok(sqlx::query_as(
        "select d.delivery_id, d.order_id, d.line_no, d.unit_no, d.status, d.card_id, d.paid, d.refunded,
                d.warranty_ends_at, coalesce(now() > d.warranty_ends_at, true) as out_of_warranty,
                o.site_id, l.supplier_id, o.buyer_id, l.variant_id, l.warranty_seconds, l.covered_reasons, l.remedies,
                coalesce((l.plan->>'price')::bigint, 0) as plan_price, l.required_evidence, l.replacement_limit,
                (select count(*) from delivery r where r.network_id = d.network_id and r.order_id = d.order_id
                    and r.line_no = d.line_no and r.unit_no = d.unit_no and r.replaces_id is not null) as replacements
           from delivery d
           join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
           join orders o on o.network_id = d.network_id and o.order_id = d.order_id
          where d.network_id = $1 and d.delivery_id = $2 for no key update of d",
    )
    .bind(network)
    .bind(delivery)
    .fetch_optional(db)
    .await?)
}

/// Everything earned on a unit, locked: the original's tiers first, each delivery from the supplier down.
pub async fn lock_earnings(db: &mut Conn, network: NetworkId, unit: &Unit) -> Result<Vec<Earning>, Fault> {
    Ok(sqlx::query_as(
        "select e.delivery_id, d.replaces_id is null as original, d.released_at is not null as released,
                e.tenant_id, e.position, e.earned, e.held, e.given_back
           from delivery d join earning e on e.network_id = d.network_id and e.delivery_id = d.delivery_id
          where d.network_id = $1 and d.order_id = $2 and d.line_no = $3 and d.unit_no = $4
          order by d.replaces_id is not null, d.delivery_id, e.position for no key update of e",
    )
    .bind(network)
    .bind(unit.order_id)
    .bind(unit.line_no)
    .bind(unit.unit_no)
    .fetch_all(db)
    .await?)
}

/// Sets where a delivery stands.
pub async fn set_status(
    db: &mut Conn,
    network: NetworkId,
    delivery: Uuid,
    from: DeliveryStatus,
    to: DeliveryStatus,
) -> Result<(), Fault> {
    let done = sqlx::query(
        "update delivery set status = $4 where network_id = $1 and delivery_id = $2 and status = $3",
    )
    .bind(network)
    .bind(delivery)
    .bind(from)
    .bind(to)
    .execute(db)
    .await?
    .rows_affected();
    if done == 1 { Ok(()) } else { Err(Fault::new(format!("a delivery is not {from}"))) }
}

/// Every tenant with a price on the order, or on one of its lines: whom its events concern.
pub async fn audience(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
    line: Option<i32>,
) -> Result<Vec<TenantId>, Fault> {
    Ok(sqlx::query_scalar(
        "select tenant_id from order_tier
          where network_id = $1 and order_id = $2 and ($3::int is null or line_no = $3)
          group by tenant_id order by min(position), tenant_id",
    )
    .bind(network)
    .bind(order)
    .bind(line)
    .fetch_all(db)
    .await?)
}

/// The order is that buyer's, at that site.
pub async fn is_of(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
    site: TenantId,
    buyer: UserId,
) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from orders
                         where network_id = $1 and order_id = $2 and site_id = $3 and buyer_id = $4)",
    )
    .bind(network)
    .bind(order)
    .bind(site)
    .bind(buyer)
    .fetch_one(db)
    .await?)
}
