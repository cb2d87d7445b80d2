//! The slice's statements.

use super::ReviewId;
use crate::{
    access::TenantKind,
    foundation::{
        Conn, Fault, Moment, Page, PageRequest,
        id::{NetworkId, TenantId, UserId},
    },
    orders::LineId,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

crate::row! {
    /// What was counted of a tenant.
    pub struct Standing {
        /// Whose.
        pub tenant_id: TenantId,
        /// When it was opened.
        pub opened_at: Moment,
        /// When this was counted; none where it has not been yet.
        pub computed_at: Option<Moment>,
        /// Orders ever, counted up to 10,001.
        pub orders: i32,
        /// The newest 10,000 orders of a year.
        pub recent_orders: i32,
        /// The newest 10,000 claims of a year.
        pub claims: i32,
        /// Of these, refused or with a remedy.
        pub decided: i32,
        /// Of these, with a remedy.
        pub approved: i32,
        /// Of these, by an appeal.
        pub overturned: i32,
        /// Claims that were answered.
        pub answered: i32,
        /// Their median time to that.
        pub first_answer_seconds: Option<i64>,
        /// Claims that are over.
        pub resolved: i32,
        /// Their median time to that.
        pub resolution_seconds: Option<i64>,
        /// The newest 10,000 reviews that stand.
        pub reviews: i32,
        /// The sum of their stars.
        pub stars: i32,
        /// Of them, with stars for the warranty.
        pub warranty_reviews: i32,
        /// The sum of those.
        pub warranty_stars: i32,
    }
}

crate::row! {
    /// A review with its reply and what was decided on it.
    pub struct Review {
        /// Its id.
        pub review_id: ReviewId,
        /// Where it was bought.
        pub site_id: TenantId,
        /// Whose goods.
        pub supplier_id: TenantId,
        /// The order.
        pub order_id: Uuid,
        /// By whom.
        pub buyer_id: UserId,
        /// What was bought.
        pub title: String,
        /// 1 to 5.
        pub stars: i32,
        /// 1 to 5.
        pub warranty_stars: Option<i32>,
        /// In words.
        pub text: Option<String>,
        /// When.
        pub posted_at: Moment,
        /// What the site answers.
        pub reply: Option<String>,
        /// How often it has changed that, counting the first.
        pub reply_version: Option<i32>,
        /// When.
        pub replied_at: Option<Moment>,
        /// The operator has removed it.
        pub removed: bool,
        /// Why, or why it is back.
        pub reason: Option<String>,
        /// When.
        pub decided_at: Option<Moment>,
    }
}

/// Tenants whose log has grown since they were counted at least fifteen seconds ago, those that wait longest first,
/// and the end of their log.
pub async fn due(db: &mut Conn, limit: i64) -> Result<Vec<(NetworkId, TenantId, i64)>, Fault> {
    Ok(sqlx::query_as(
        "select s.network_id, s.tenant_id, l.log_end from standing s
          cross join lateral (select p.last_seq as log_end from event_page p
                 where p.network_id = s.network_id and p.tenant_id = s.tenant_id
                 order by p.last_seq desc limit 1) l
          where s.computed_at < now() - interval '15 seconds' and l.log_end > s.log_end
          order by s.computed_at limit $1",
    )
    .bind(limit)
    .fetch_all(db)
    .await?)
}

/// What a tenant is.
pub async fn kind(db: &mut Conn, network: NetworkId, tenant: TenantId) -> Result<Option<TenantKind>, Fault> {
    Ok(sqlx::query_scalar("select kind from tenant where network_id = $1 and tenant_id = $2")
        .bind(network)
        .bind(tenant)
        .fetch_optional(db)
        .await?)
}

// Ids begin with their time: what is a year old is known without looking at it.
const YEAR_AGO: &str =
    "(lpad(to_hex((extract(epoch from now() - interval '365 days') * 1000)::bigint), 12, '0')
    || repeat('0', 20))::uuid";

/// Counts a tenant anew: at most 10,001 orders, 10,000 claims with their steps, and 10,000 reviews, each by an index.
/// The transaction is of the whole network.
pub async fn compute(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    kind: TenantKind,
    log_end: i64,
) -> Result<(), Fault> {
    let (orders, whose, reviewed) = match kind {
        // Its own buyers' orders, not those of the sites below it.
        TenantKind::Site => {
            ("orders o where o.network_id = $1 and o.site_id = $2", "c.site_id = $2", "r.site_id = $2")
        }
        TenantKind::Supplier => (
            "order_tier o where o.network_id = $1 and o.tenant_id = $2",
            "c.supplier_id = $2",
            "r.supplier_id = $2",
        ),
        TenantKind::Operator => ("order_tier o where o.network_id = $1 and o.tenant_id = $2", "true", "true"),
    };
    // A supplier's time begins when the claim comes to its desk.
    let from = if kind == TenantKind::Supplier {
        "(select min(s.at) from claim_step s where s.network_id = $1 and s.claim_id = c.claim_id and s.desk = 'SUPPLIER')"
    } else {
        "c.opened_at"
    };
    // A word or an offer answers as a step does.
    let party = match kind {
        TenantKind::Site => "'SITE'",
        TenantKind::Supplier => "'SUPPLIER'",
        TenantKind::Operator => "'SITE', 'SUPPLIER', 'OPERATOR'",
    };
    let sql = format!(
        "with ever as (select count(*)::int as n from (select distinct o.order_id from {orders} limit 10001) o),
         recent as (select count(*)::int as n from (
           select distinct o.order_id from {orders} and o.order_id > {YEAR_AGO} order by o.order_id desc limit 10000) o),
         claimed as (
           select c.claim_id, c.status, c.appealed, c.opened_at, c.buyer_id, {from} as since from claim c
            where c.network_id = $1 and {whose} and c.claim_id > {YEAR_AGO} order by c.claim_id desc limit 10000),
         timed as (
           select c.*,
                  (select extract(epoch from min(said.at) - c.since) from (
                     select s.at from claim_step s
                      where s.network_id = $1 and s.claim_id = c.claim_id and s.step_no > 1
                        and s.actor_id is not null and s.actor_id <> c.buyer_id
                     union all
                     select m.at from claim_message m
                      where m.network_id = $1 and m.claim_id = c.claim_id and m.party in ({party})
                     union all
                     select o.made_at from claim_offer o
                      where o.network_id = $1 and o.claim_id = c.claim_id and o.party in ({party})) said
                    where said.at > c.since) as answer,
                  (select extract(epoch from max(s.at) - c.opened_at) from claim_step s
                    where s.network_id = $1 and s.claim_id = c.claim_id and s.to_status in ('RESOLVED', 'CLOSED')
                      and c.status in ('RESOLVED', 'CLOSED')) as over
             from claimed c),
         claims as (
           select count(*)::int as n, count(*) filter (where status in ('RESOLVED', 'CLOSED', 'REJECTED'))::int as decided,
                  count(*) filter (where status = 'RESOLVED')::int as approved,
                  count(*) filter (where status = 'RESOLVED' and appealed)::int as overturned,
                  count(answer)::int as answered, count(over)::int as resolved,
                  round(percentile_cont(0.5) within group (order by answer::float8))::bigint as answer,
                  round(percentile_cont(0.5) within group (order by over::float8))::bigint as over
             from timed),
         reviewed as (
           select count(*)::int as n, coalesce(sum(stars), 0)::int as stars, count(warranty_stars)::int as warranty_n,
                  coalesce(sum(warranty_stars), 0)::int as warranty_stars
             from (select r.stars, r.warranty_stars from review r
                    where r.network_id = $1 and {reviewed}
                      and not coalesce((select d.removed from review_decision d
                            where d.network_id = $1 and d.review_id = r.review_id order by d.version desc limit 1), false)
                    order by r.review_id desc limit 10000) r)
         update standing s
            set computed_at = now(), log_end = $3, orders = ever.n, recent_orders = recent.n, claims = claims.n,
                decided = claims.decided, approved = claims.approved, overturned = claims.overturned,
                answered = claims.answered, first_answer_seconds = claims.answer, resolved = claims.resolved,
                resolution_seconds = claims.over, reviews = reviewed.n, stars = reviewed.stars,
                warranty_reviews = reviewed.warranty_n, warranty_stars = reviewed.warranty_stars
           from ever, recent, claims, reviewed
          where s.network_id = $1 and s.tenant_id = $2"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(network).bind(tenant).bind(log_end).execute(db).await?;
    Ok(())
}

/// What was counted of those tenants.
pub async fn find_many(
    db: &mut Conn,
    network: NetworkId,
    tenants: &[TenantId],
) -> Result<Vec<Standing>, Fault> {
    Ok(sqlx::query_as(
        "select tenant_id, opened_at, nullif(computed_at, '-infinity') as computed_at, orders, recent_orders, claims,
                decided, approved, overturned, answered, first_answer_seconds, resolved, resolution_seconds, reviews,
                stars, warranty_reviews, warranty_stars
           from standing where network_id = $1 and tenant_id = any($2)",
    )
    .bind(network)
    .bind(tenants)
    .fetch_all(db)
    .await?)
}

crate::row! {
    /// A line as its reviewer bought it.
    pub struct Bought {
        /// Its order.
        pub order_id: Uuid,
        /// Which line.
        pub line_no: i32,
        /// Whose goods.
        pub supplier_id: TenantId,
        /// Which.
        pub product_id: Uuid,
        /// What it was called.
        pub title: String,
        /// Something of it was handed over.
        pub delivered: bool,
    }
}

/// A line of a buyer's own order at that site.
pub async fn bought(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    buyer: UserId,
    line: Uuid,
) -> Result<Option<Bought>, Fault> {
    Ok(sqlx::query_as(
        "select l.order_id, l.line_no, l.supplier_id, l.product_id, l.title,
                exists (select from delivery d where d.network_id = l.network_id and d.order_id = l.order_id
                           and d.line_no = l.line_no and d.delivered_at is not null) as delivered
           from order_line l
           join orders o on o.network_id = l.network_id and o.order_id = l.order_id
          where l.network_id = $1 and l.line_id = $4 and o.site_id = $2 and o.buyer_id = $3",
    )
    .bind(network)
    .bind(site)
    .bind(buyer)
    .bind(line)
    .fetch_optional(db)
    .await?)
}

/// Writes a review.
///
/// # Errors
/// A fault of constraint `review_line` when the line has one.
pub async fn insert_review(
    db: &mut Conn,
    network: NetworkId,
    id: ReviewId,
    site: TenantId,
    buyer: UserId,
    bought: &Bought,
    said: (i32, Option<i32>, Option<&str>),
) -> Result<(), Fault> {
    sqlx::query(
        "insert into review (network_id, review_id, order_id, line_no, site_id, supplier_id, product_id, buyer_id, title,
                             stars, warranty_stars, text)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(network)
    .bind(id)
    .bind(bought.order_id)
    .bind(bought.line_no)
    .bind(site)
    .bind(bought.supplier_id)
    .bind(bought.product_id)
    .bind(buyer)
    .bind(&bought.title)
    .bind(said.0)
    .bind(said.1)
    .bind(said.2)
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the next version of a reply; which it is. A fault of constraint `review_reply_version_check` where there
/// were as many as there may be, of `review_reply_pkey` where another was quicker.
pub async fn insert_reply(
    db: &mut Conn,
    network: NetworkId,
    id: ReviewId,
    by: Uuid,
    text: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into review_reply (network_id, review_id, version, actor_id, text)
         select $1, $2, coalesce(max(version), 0) + 1, $3, $4 from review_reply where network_id = $1 and review_id = $2",
    )
    .bind(network)
    .bind(id)
    .bind(by)
    .bind(text)
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the next decision on a review; faults as [`insert_reply`].
pub async fn insert_decision(
    db: &mut Conn,
    network: NetworkId,
    id: ReviewId,
    by: Uuid,
    removed: bool,
    reason: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into review_decision (network_id, review_id, version, removed, reason, actor_id)
         select $1, $2, coalesce(max(version), 0) + 1, $4, $5, $3 from review_decision
          where network_id = $1 and review_id = $2",
    )
    .bind(network)
    .bind(id)
    .bind(by)
    .bind(removed)
    .bind(reason)
    .execute(db)
    .await?;
    Ok(())
}

const REVIEW: &str = "select r.review_id, r.site_id, r.supplier_id, r.order_id, r.buyer_id, r.title, r.stars,
    r.warranty_stars, r.text, r.posted_at, y.text as reply, y.version as reply_version, y.at as replied_at,
    coalesce(d.removed, false) as removed, d.reason, d.at as decided_at
  from review r
  left join lateral (select y.text, y.version, y.at from review_reply y
       where y.network_id = r.network_id and y.review_id = r.review_id order by y.version desc limit 1) y on true
  left join lateral (select d.removed, d.reason, d.at from review_decision d
       where d.network_id = r.network_id and d.review_id = r.review_id order by d.version desc limit 1) d on true
 where r.network_id = $1";

/// A review that the transaction's scope may see.
pub async fn review(db: &mut Conn, network: NetworkId, id: ReviewId) -> Result<Option<Review>, Fault> {
    let sql = format!("{REVIEW} and r.review_id = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(id).fetch_optional(db).await?)
}

/// A page of what is said of a site or a supplier, the newest first, as far as the scope may see it.
pub async fn reviews(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    of_supplier: bool,
    page: &PageRequest<Uuid>,
) -> Result<Page<Review>, Fault> {
    let whose = if of_supplier { "supplier_id" } else { "site_id" };
    let sql = format!(
        "{REVIEW} and r.{whose} = $2 and ($3::uuid is null or r.review_id < $3) order by r.review_id desc limit $4"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(tenant)
        .bind(page.after)
        .bind(page.first + 1)
        .fetch_all(db)
        .await?;
    Ok(Page::of(rows, page.first, page.after.is_some()))
}

/// The network's operator.
pub async fn operator(db: &mut Conn, network: NetworkId) -> Result<TenantId, Fault> {
    Ok(sqlx::query_scalar("select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// Those of the lines that have a review which the scope may see.
pub async fn reviewed(db: &mut Conn, network: NetworkId, lines: &[LineId]) -> Result<Vec<LineId>, Fault> {
    Ok(sqlx::query_scalar(
        "select l.line_id from order_line l
           join review r on r.network_id = l.network_id and r.order_id = l.order_id and r.line_no = l.line_no
          where l.network_id = $1 and l.line_id = any($2)",
    )
    .bind(network)
    .bind(lines)
    .fetch_all(db)
    .await?)
}
