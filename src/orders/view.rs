//! Orders as their readers see them: row security decides which rows, the caller's tenant which tier.

use super::{DeliveryId, DeliveryStatus, LineId, OrderId, OrderStatus};
use crate::{
    access::Permit,
    catalogue::{Field, Fulfilment, Plan, ProductKind, Terms},
    foundation::{
        Conn, Db, Fault, Moment, No, Page, PageRequest,
        id::{self, NetworkId, TenantId, UserId},
    },
};
use std::collections::HashMap;

crate::row! {
    /// An order's head.
    pub struct Head {
        /// Its id.
        pub order_id: OrderId,
        /// Where.
        pub site_id: TenantId,
        /// Who bought; its site's to know.
        pub buyer_id: UserId,
        /// For people.
        pub number: String,
        /// Where it stands.
        pub status: OrderStatus,
        /// Minor units.
        pub total: i64,
        /// Minor units.
        pub refunded: i64,
        /// What its coupon took off; minor units.
        pub discount: i64,
        /// The coupon's code.
        pub coupon_code: Option<String>,
        /// When.
        pub placed_at: Moment,
        /// The last number of the caller's tenant's log, in the same snapshot.
        pub as_of: i64,
    }
}

crate::row! {
    /// A line.
    pub struct Line {
        /// Of which order.
        pub order_id: OrderId,
        /// Which.
        pub line_no: i32,
        /// Its id.
        pub line_id: LineId,
        /// As it was at the sale.
        pub title: String,
        /// What kind of good it was.
        pub kind: ProductKind,
        /// Its brand then.
        pub brand: Option<String>,
        /// How it reaches its buyer.
        pub fulfilment: Fulfilment,
        /// How many.
        pub quantity: i32,
        /// Micro-units.
        pub unit_price: i64,
        /// What of the coupon was taken off it; minor units.
        pub discount: i64,
        /// Minor units.
        pub total: i64,
        /// Which terms it was sold under.
        pub terms_version: String,
        /// The buyer named them with the order.
        pub terms_acknowledged: bool,
        /// The buyer's answers.
        pub fields: sqlx::types::Json<std::collections::BTreeMap<String, String>>,
        /// What the product asks now, where the reader may see the product and something was answered.
        pub questions: sqlx::types::Json<Vec<Field>>,
        /// The extended plan that each unit was sold with; its price is in the others.
        pub plan: Option<sqlx::types::Json<Plan>>,
        /// The caller's tier: what it paid for one; micro-units.
        pub tier_cost: Option<i64>,
        /// What it asked for one; micro-units.
        pub tier_price: Option<i64>,
        /// What it asked for the line; minor units.
        pub tier_total: Option<i64>,
        /// What refunds that undid the sale gave back of the line; minor units.
        pub undone: i64,
    }
    with {
        /// The terms that it was sold under.
        pub terms: Terms,
    }
}

crate::row! {
    /// A unit that was handed over.
    pub struct Delivery {
        /// Of which order.
        pub order_id: OrderId,
        /// Of which line.
        pub line_no: i32,
        /// Its id.
        pub delivery_id: DeliveryId,
        /// Where it stands.
        pub status: DeliveryStatus,
        /// When.
        pub delivered_at: Moment,
        /// Until when a claim may be opened.
        pub warranty_ends_at: Moment,
        /// When the buyer first opened it.
        pub revealed_at: Option<Moment>,
        /// When the buyer said that it works.
        pub tested_at: Option<Moment>,
        /// What took its place.
        pub replaced_by_id: Option<DeliveryId>,
    }
}

/// An order with its lines and deliveries.
#[derive(Clone, Debug)]
pub struct Order {
    /// Its head.
    pub head: Head,
    /// Its lines, in order, each with its deliveries by unit.
    pub lines: Vec<(Line, Vec<Delivery>)>,
}

/// Amounts of an order as one reader may see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eyes {
    /// The buyer, the selling site and the operator: what the buyer paid.
    Whole,
    /// Every other tier: what it asked itself. What those below added is theirs to know.
    OwnTier,
}

impl Order {
    /// Whose amounts a reader of that kind sees.
    pub fn eyes(&self, place: &crate::access::Place) -> Eyes {
        if place.kind == crate::access::TenantKind::Operator || place.tenant == self.head.site_id {
            Eyes::Whole
        } else {
            Eyes::OwnTier
        }
    }

    /// The total and what of it went back, as those eyes see them; minor units.
    pub fn amounts(&self, eyes: Eyes) -> (i64, i64) {
        match eyes {
            Eyes::Whole => (self.head.total, self.head.refunded),
            // What undid the sale of each line, at this tier's own price: what somebody below paid alone, and
            // what became of others' lines, is not its money.
            Eyes::OwnTier => self.lines.iter().fold((0, 0), |(own, back), (line, _)| {
                let asked = line.tier_total.unwrap_or_default();
                let (part, total) = (i128::from(line.undone), i128::from(line.total.max(1)));
                let undone = (2 * i128::from(asked) * part + total) / (2 * total);
                (own + asked, back + i64::try_from(undone).unwrap_or(asked))
            }),
        }
    }
}

impl Line {
    /// What the buyer was asked, as people say it; a question that the product does not ask any more, by its name.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.questions.iter().find(|field| field.name == name).map_or(name, |field| &field.label)
    }

    /// The unit price (micro-units) and the total (minor units) as those eyes see them.
    pub fn amounts(&self, eyes: Eyes) -> (i64, i64) {
        match eyes {
            Eyes::Whole => (self.unit_price, self.total),
            Eyes::OwnTier => (self.tier_price.unwrap_or_default(), self.tier_total.unwrap_or_default()),
        }
    }
}

const HEAD: &str =
    "select order_id, site_id, buyer_id, number, status, total, refunded, discount, coupon_code, placed_at,
    coalesce((select max(p.last_seq) from event_page p where p.network_id = orders.network_id
                 and p.tenant_id = (select app_tenant())), 0) as as_of
  from orders where network_id = $1";

/// The orders with those ids that the transaction's scope may see. Four statements, however many there are.
///
/// # Errors
/// [`Fault`].
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[OrderId]) -> Result<Vec<Order>, Fault> {
    let heads: Vec<Head> = sqlx::query_as(sqlx::AssertSqlSafe(format!("{HEAD} and order_id = any($2)")))
        .bind(network)
        .bind(ids)
        .fetch_all(&mut *db)
        .await?;
    fill(db, network, heads).await
}

/// Which orders: all that is said must be so.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// They stand at one of these.
    pub statuses: Option<Vec<OrderStatus>>,
    /// They have exactly this number.
    pub number: Option<String>,
    /// They were placed then or later,
    pub from: Option<Moment>,
    /// and before this.
    pub to: Option<Moment>,
    /// They were placed there.
    pub site: Option<TenantId>,
    /// That buyer placed them: known to itself and to its site alone, so nobody else finds any by it.
    pub buyer: Option<UserId>,
}

// An order's id is made by a server's clock and its time by the database's: further apart than this they never are.
const SKEW: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// How many orders of one number are looked at: one a site.
const SAME: i64 = 1_000;

/// One page of the orders that the caller may read, the newest first. Three statements, and one more for a number.
///
/// # Errors
/// [`No`].
pub async fn page(
    db: &Db,
    permit: &Permit,
    which: &Which,
    request: &PageRequest<uuid::Uuid>,
) -> Result<Page<Order>, No> {
    let numbered = match &which.number {
        Some(number) => Some(numbered(db, permit, number).await?),
        None => None,
    };
    let mut tx = db.begin(permit.scope()).await?;
    let heads: Vec<Head> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{HEAD} and ($2::text[] is null or status = any($2)) and ($3::uuid is null or order_id < $3)
            and ($5::uuid[] is null or order_id = any($5)) and ($6::uuid is null or site_id = $6)
            and ($7::timestamptz is null or placed_at >= $7 and order_id >= $8)
            and ($9::timestamptz is null or placed_at < $9 and order_id < $10)
            and ($11::uuid is null or buyer_id = $11
                 and ((select app_scope()) = 'buyer' or site_id = (select app_tenant())))
          order by order_id desc limit $4"
    )))
    .bind(permit.network())
    .bind(&which.statuses)
    .bind(request.after)
    .bind(request.first + 1)
    .bind(numbered)
    .bind(which.site)
    .bind(which.from)
    .bind(which.from.map(|from| id::first_at(from - SKEW)))
    .bind(which.to)
    .bind(which.to.map(|to| id::first_at(to + SKEW)))
    .bind(which.buyer)
    .fetch_all(&mut *tx)
    .await?;
    let orders = fill(&mut tx, permit.network(), heads).await?;
    tx.commit().await?;
    Ok(Page::of(orders, request.first, request.after.is_some()))
}

// Found by each site's own index, and read afterwards as the caller may: a number alone names no order of anybody's.
async fn numbered(db: &Db, permit: &Permit, number: &str) -> Result<Vec<OrderId>, Fault> {
    if !number.bytes().all(|one| one.is_ascii_alphanumeric()) {
        return Ok(Vec::new());
    }
    let mut tx = db.begin(permit.work()).await?;
    let found = sqlx::query_scalar(
        "select o.order_id from tenant t
           join orders o on o.network_id = t.network_id and o.site_id = t.tenant_id and o.number = $2
          where t.network_id = $1 and t.kind = 'SITE' limit $3",
    )
    .bind(permit.network())
    .bind(number)
    .bind(SAME)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

async fn fill(db: &mut Conn, network: NetworkId, heads: Vec<Head>) -> Result<Vec<Order>, Fault> {
    if heads.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrderId> = heads.iter().map(|head| head.order_id).collect();
    // What a buyer answered is an account or an address: for whoever serves it, not for the tiers between.
    let lines: Vec<Line> = sqlx::query_as(
        "select l.order_id, l.line_no, l.line_id, l.title, l.kind, l.brand, l.fulfilment, l.quantity, l.unit_price, l.discount,
                l.total,
                l.warranty_seconds, l.covered_reasons, l.remedies, l.decision_seconds,
                l.answer_seconds, l.replacement_limit, l.appeal_seconds, l.required_evidence,
                l.terms_version, l.terms_acknowledged, l.plan,
                case when (select app_scope()) <> 'tenant' or (select app_tenant()) in (o.site_id, l.supplier_id)
                     then l.fields else '{}' end as fields,
                case when l.fields = '{}' then '[]'
                     else coalesce((select p.fields from product p
                                     where p.network_id = l.network_id and p.product_id = l.product_id), '[]')
                end as questions,
                t.unit_cost as tier_cost, t.unit_price as tier_price, t.price as tier_total,
                coalesce((select sum(r.amount)::bigint from refund r
                            join delivery d on d.network_id = r.network_id and d.delivery_id = r.delivery_id
                           where r.network_id = l.network_id and r.order_id = l.order_id and d.line_no = l.line_no
                             and r.kind <> 'BORNE'), 0) as undone
           from order_line l
           join orders o on o.network_id = l.network_id and o.order_id = l.order_id
           left join order_tier t on t.network_id = l.network_id and t.order_id = l.order_id and t.line_no = l.line_no
                and t.tenant_id = (select app_tenant())
          where l.network_id = $1 and l.order_id = any($2) order by l.order_id, l.line_no",
    )
    .bind(network)
    .bind(&ids)
    .fetch_all(&mut *db)
    .await?;
    let mut deliveries: HashMap<(OrderId, i32), Vec<Delivery>> = HashMap::new();
    for delivery in deliveries_of(db, network, &ids).await? {
        deliveries.entry((delivery.order_id, delivery.line_no)).or_default().push(delivery);
    }
    let mut by_order: HashMap<OrderId, Vec<(Line, Vec<Delivery>)>> = HashMap::new();
    for line in lines {
        let units = deliveries.remove(&(line.order_id, line.line_no)).unwrap_or_default();
        by_order.entry(line.order_id).or_default().push((line, units));
    }
    Ok(heads
        .into_iter()
        .map(|head| {
            let lines = by_order.remove(&head.order_id).unwrap_or_default();
            Order { head, lines }
        })
        .collect())
}

const DELIVERY: &str =
    "select order_id, line_no, delivery_id, status, delivered_at, warranty_ends_at, revealed_at,
    tested_at, replaced_by_id
  from delivery where network_id = $1 and delivered_at is not null";

/// The deliveries made on those orders that the transaction's scope may see, by unit.
///
/// # Errors
/// [`Fault`].
pub async fn deliveries_of(
    db: &mut Conn,
    network: NetworkId,
    orders: &[OrderId],
) -> Result<Vec<Delivery>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{DELIVERY} and order_id = any($2) order by order_id, line_no, unit_no, delivery_id"
    )))
    .bind(network)
    .bind(orders)
    .fetch_all(db)
    .await?)
}

/// The deliveries with those ids that the transaction's scope may see.
///
/// # Errors
/// [`Fault`].
pub async fn deliveries(
    db: &mut Conn,
    network: NetworkId,
    ids: &[DeliveryId],
) -> Result<Vec<Delivery>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{DELIVERY} and delivery_id = any($2)")))
        .bind(network)
        .bind(ids)
        .fetch_all(db)
        .await?)
}

/// The order of a line, if the transaction's scope may see it.
///
/// # Errors
/// [`Fault`].
pub async fn find_by_line(db: &mut Conn, network: NetworkId, id: LineId) -> Result<Option<Order>, Fault> {
    let order: Option<OrderId> =
        sqlx::query_scalar("select order_id from order_line where network_id = $1 and line_id = $2")
            .bind(network)
            .bind(id)
            .fetch_optional(&mut *db)
            .await?;
    let Some(order) = order else { return Ok(None) };
    Ok(find_many(db, network, &[order]).await?.pop())
}
