//! The slice's statements.

pub mod facts;
pub mod offers;
pub mod recalls;
pub mod thread;

use super::{
    claim::{Action, Claim, ClaimDesk, ClaimId, ClaimStatus, Step},
    deadline::Due,
    read::{Order, Which},
};
use crate::{
    catalogue::self_check::Tried,
    foundation::{
        Conn, Fault, Page, PageRequest,
        id::{NetworkId, TenantId, UserId},
    },
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

const CLAIM: &str = "claim_id, delivery_id, order_id, line_no, site_id, supplier_id, buyer_id, kind, brand, status,
    desk, asking_desk, reason, description, wanted, due_at, decide_by, answered_at, paused_left, assignee_id, self_check,
    recall_id, overdue, reject_reason, reject_note, rejected_by,
    appeal_until, appealed, remedy, bearer, remedy_amount, replacement_id, version, opened_at";

/// The claim, as far as the transaction's scope may see it.
pub async fn find(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<Option<Claim>, Fault> {
    let sql = format!("select {CLAIM} from claim where network_id = $1 and claim_id = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).fetch_optional(db).await?)
}

/// The claims with those ids that the scope may see.
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[ClaimId]) -> Result<Vec<Claim>, Fault> {
    let sql = format!("select {CLAIM} from claim where network_id = $1 and claim_id = any($2)");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(ids).fetch_all(db).await?)
}

/// The claim under its lock. The caller holds its order's.
pub async fn lock(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<Option<Claim>, Fault> {
    let sql = format!("select {CLAIM} from claim where network_id = $1 and claim_id = $2 for no key update");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).fetch_optional(db).await?)
}

/// Every claim of those orders that the scope may see, the first first.
pub async fn of_orders(db: &mut Conn, network: NetworkId, orders: &[Uuid]) -> Result<Vec<Claim>, Fault> {
    let sql =
        format!("select {CLAIM} from claim where network_id = $1 and order_id = any($2) order by claim_id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(orders).fetch_all(db).await?)
}

/// A page of claims, the newest first or the most urgent first: those that the scope may see, of one buyer where it
/// is one. By urgency a page goes on behind the place where the last row stands now.
pub async fn page(
    db: &mut Conn,
    network: NetworkId,
    buyer: Option<UserId>,
    which: &Which,
    page: &PageRequest<Uuid>,
) -> Result<Page<Claim>, Fault> {
    let (behind, order) = match which.order {
        Order::Newest => ("claim_id < $3", "claim_id desc"),
        Order::Due => (
            "(coalesce(due_at, 'infinity'), claim_id) > (select coalesce(l.due_at, 'infinity'), l.claim_id from claim l
                where l.network_id = $1 and l.claim_id = $3)",
            "coalesce(due_at, 'infinity'), claim_id",
        ),
    };
    let sql = format!(
        "select {CLAIM} from claim
          where network_id = $1 and ($2::uuid is null or buyer_id = $2) and ($3::uuid is null or {behind})
            and ($5::text is null or status = $5) and ($6::text is null or desk = $6)
            and ($7::text is null or kind = $7) and ($8::text is null or brand = $8)
            and ($9::uuid is null or assignee_id = $9) and (not $10 or assignee_id is null)
            and ($11::timestamptz is null or due_at <= $11)
          order by {order} limit $4"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(buyer)
        .bind(page.after)
        .bind(page.first + 1)
        .bind(which.status)
        .bind(which.desk)
        .bind(which.kind)
        .bind(which.brand.as_deref())
        .bind(which.assignee)
        .bind(which.unassigned)
        .bind(which.due_before)
        .fetch_all(db)
        .await?;
    Ok(Page::of(rows, page.first, page.after.is_some()))
}

/// The histories of claims, each in order, as far as the scope may see them.
pub async fn steps(
    db: &mut Conn,
    network: NetworkId,
    claims: &[ClaimId],
) -> Result<Vec<(ClaimId, Step)>, Fault> {
    let steps: Vec<Step> = sqlx::query_as(
        "select claim_id, at, from_status, to_status, desk, note from claim_step
          where network_id = $1 and claim_id = any($2) order by claim_id, step_no",
    )
    .bind(network)
    .bind(claims)
    .fetch_all(db)
    .await?;
    Ok(steps.into_iter().map(|step| (step.claim_id, step)).collect())
}

/// A new claim, at a desk whose time begins.
///
/// # Errors
/// A fault of constraint `claim_one_open` when the delivery has an open one.
pub async fn insert(
    db: &mut Conn,
    network: NetworkId,
    claim: &NewClaim<'_>,
    due: &Due,
) -> Result<Claim, Fault> {
    let sql = format!(
        "insert into claim (network_id, claim_id, delivery_id, order_id, line_no, site_id, supplier_id, buyer_id,
                            kind, brand, status, desk, reason, description, wanted, due_at, decide_by, self_check,
                            recall_id)
         select d.network_id, $3, d.delivery_id, d.order_id, d.line_no, o.site_id, l.supplier_id, o.buyer_id,
                l.kind, p.brand, 'SUBMITTED', $7, $4, $5, $6, $8, $9, $10, $11
           from delivery d
           join orders o on o.network_id = d.network_id and o.order_id = d.order_id
           join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
           join product p on p.network_id = l.network_id and p.product_id = l.product_id
          where d.network_id = $1 and d.delivery_id = $2
         returning {CLAIM}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(claim.delivery)
        .bind(claim.id)
        .bind(claim.reason)
        .bind(claim.description)
        .bind(claim.wanted)
        .bind(claim.desk)
        .bind(due.due_at)
        .bind(due.decide_by)
        .bind(sqlx::types::Json(claim.self_check))
        .bind(claim.recall)
        .fetch_one(db)
        .await?)
}

/// What a buyer says in a new claim.
#[derive(Clone, Copy, Debug)]
pub struct NewClaim<'a> {
    /// Its id.
    pub id: ClaimId,
    /// The delivery.
    pub delivery: Uuid,
    /// Why.
    pub reason: crate::catalogue::ClaimReason,
    /// In words.
    pub description: &'a str,
    /// What the buyer would like.
    pub wanted: Option<crate::catalogue::RemedyKind>,
    /// The desk that it begins at.
    pub desk: ClaimDesk,
    /// What the buyer tried before.
    pub self_check: &'a [Tried],
    /// The recall that opens it.
    pub recall: Option<Uuid>,
}

/// Saves a claim one step on. Guarded by the version that was read; times are the database's. Whoever had it in hand
/// has no more where the desk is another.
///
/// # Errors
/// [`Fault`] when the claim has moved on meanwhile: it was not locked.
pub async fn save(db: &mut Conn, network: NetworkId, claim: &Claim, due: &Due) -> Result<Claim, Fault> {
    let sql = format!(
        "update claim set status = $4, desk = $5, asking_desk = $6, reject_reason = $7, reject_note = $8,
                rejected_by = $9, appealed = $10, remedy = $11, bearer = $12, remedy_amount = $13,
                replacement_id = $14, overdue = $15, version = version + 1,
                due_at = $16, decide_by = $17, paused_left = $18, recall_id = $19,
                answered_at = case when $4 in ('INFO_REQUESTED', 'APPROVED', 'REJECTED') then coalesce(answered_at, now())
                                   else answered_at end,
                assignee_id = case when $5 = 'BUYER'
                                     or $5 is not distinct from case when desk = 'BUYER' then asking_desk else desk end
                                   then assignee_id end,
                appeal_until = case
                  when $4 = 'REJECTED' then now() + (select l.appeal_seconds * interval '1 second' from order_line l
                    where l.network_id = claim.network_id and l.order_id = claim.order_id and l.line_no = claim.line_no)
                  when $4 in ('CLOSED', 'WITHDRAWN') then null
                  else appeal_until end
          where network_id = $1 and claim_id = $2 and version = $3
         returning {CLAIM}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(claim.claim_id)
        .bind(claim.version)
        .bind(claim.status)
        .bind(claim.desk)
        .bind(claim.asking_desk)
        .bind(claim.reject_reason)
        .bind(claim.reject_note.as_deref())
        .bind(claim.rejected_by)
        .bind(claim.appealed)
        .bind(claim.remedy)
        .bind(claim.bearer)
        .bind(claim.remedy_amount)
        .bind(claim.replacement_id)
        .bind(claim.overdue)
        .bind(due.due_at)
        .bind(due.decide_by)
        .bind(due.paused_left)
        .bind(claim.recall_id)
        .fetch_one(db)
        .await?)
}

/// The desk has answered: from now on it has until `decide_by`. Answers the claim.
pub async fn answered(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<Claim, Fault> {
    let sql = format!(
        "update claim set due_at = case when answered_at is null and not overdue then decide_by else due_at end,
                answered_at = coalesce(answered_at, now())
          where network_id = $1 and claim_id = $2 returning {CLAIM}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).fetch_one(db).await?)
}

/// Puts a claim into somebody's hands, or back into the queue. Answers it.
pub async fn assign(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    assignee: Option<UserId>,
) -> Result<Claim, Fault> {
    let sql = format!(
        "update claim set assignee_id = $3 where network_id = $1 and claim_id = $2 returning {CLAIM}"
    );
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).bind(assignee).fetch_one(db).await?)
}

/// Somebody of a tenant's own staff, who may still sign in.
pub async fn is_colleague(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from app_user where network_id = $1 and tenant_id = $2 and user_id = $3
                           and kind = 'STAFF' and status = 'ACTIVE')",
    )
    .bind(network)
    .bind(tenant)
    .bind(user)
    .fetch_one(db)
    .await?)
}

/// Whether two accounts are one person's: the same address, wherever it signs in.
pub async fn is_same_person(
    db: &mut Conn,
    network: NetworkId,
    one: Uuid,
    other: Uuid,
) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from app_user s
           join app_user b on b.network_id = s.network_id and b.email_key = s.email_key
          where s.network_id = $1 and s.user_id = $2 and b.user_id = $3)",
    )
    .bind(network)
    .bind(one)
    .bind(other)
    .fetch_one(db)
    .await?)
}

/// A line of a claim's history; its number is the claim's version. `by` is who acts, and the desk that was late.
pub async fn insert_step(
    db: &mut Conn,
    network: NetworkId,
    claim: &Claim,
    from: Option<ClaimStatus>,
    desk: Option<ClaimDesk>,
    note: Option<&str>,
    by: (Option<Uuid>, Option<ClaimDesk>),
) -> Result<(), Fault> {
    sqlx::query(
        "insert into claim_step (network_id, claim_id, step_no, from_status, to_status, desk, note, actor_id, late_desk)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(network)
    .bind(claim.claim_id)
    .bind(claim.version)
    .bind(from)
    .bind(claim.status)
    .bind(desk)
    .bind(note)
    .bind(by.0)
    .bind(by.1)
    .execute(db)
    .await?;
    Ok(())
}

/// The time for an appeal has not passed; its end is inside.
pub async fn may_appeal(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select coalesce(appeal_until >= now(), false) from claim where network_id = $1 and claim_id = $2",
    )
    .bind(network)
    .bind(claim)
    .fetch_one(db)
    .await?)
}

/// How much of the warranty was left when the claim was opened, in seconds.
pub async fn left_seconds(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select floor(extract(epoch from d.warranty_ends_at - c.opened_at))::bigint
           from claim c join delivery d on d.network_id = c.network_id and d.delivery_id = c.delivery_id
          where c.network_id = $1 and c.claim_id = $2",
    )
    .bind(network)
    .bind(claim)
    .fetch_one(db)
    .await?)
}

/// The person behind an actor: of an API key, whoever made it.
pub async fn person(db: &mut Conn, network: NetworkId, actor: Uuid) -> Result<Uuid, Fault> {
    let maker: Option<Uuid> =
        sqlx::query_scalar("select created_by from api_key where network_id = $1 and api_key_id = $2")
            .bind(network)
            .bind(actor)
            .fetch_optional(db)
            .await?;
    Ok(maker.unwrap_or(actor))
}

/// The network's operator.
pub async fn operator(db: &mut Conn, network: NetworkId) -> Result<TenantId, Fault> {
    Ok(sqlx::query_scalar("select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// Claims whose desk's time or appeal window has passed, by the database's clock.
pub async fn due(db: &mut Conn, limit: i64) -> Result<Vec<(NetworkId, ClaimId, Uuid)>, Fault> {
    Ok(sqlx::query_as(
        "(select network_id, claim_id, order_id from claim
           where due_at <= now() and not overdue and status in ('SUBMITTED', 'INFO_REQUESTED', 'APPEALED')
           order by due_at limit $1)
         union all
         (select network_id, claim_id, order_id from claim
           where status = 'REJECTED' and appeal_until < now() order by appeal_until limit $1)",
    )
    .bind(limit)
    .fetch_all(db)
    .await?)
}

/// The claim under its lock if it is still due, and what for. Its order's row is taken first, and whoever
/// else has it is left to its work.
pub async fn lock_due(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
    claim: ClaimId,
) -> Result<Option<(Claim, Action)>, Fault> {
    let free: Option<Uuid> = sqlx::query_scalar(
        "select order_id from orders where network_id = $1 and order_id = $2 for no key update skip locked",
    )
    .bind(network)
    .bind(order)
    .fetch_optional(&mut *db)
    .await?;
    if free.is_none() {
        return Ok(None);
    }
    let up: Option<bool> = sqlx::query_scalar(
        "select status <> 'REJECTED' from claim
          where network_id = $1 and claim_id = $2
            and ((due_at <= now() and not overdue and status in ('SUBMITTED', 'INFO_REQUESTED', 'APPEALED'))
              or (status = 'REJECTED' and appeal_until < now()))
            for no key update skip locked",
    )
    .bind(network)
    .bind(claim)
    .fetch_optional(&mut *db)
    .await?;
    let Some(up) = up else { return Ok(None) };
    let claim = lock(db, network, claim).await?;
    Ok(claim.map(|claim| (claim, if up { Action::TimeUp } else { Action::WindowEnd })))
}
