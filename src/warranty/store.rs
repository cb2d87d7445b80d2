//! The slice's statements.

use super::claim::{Action, Claim, ClaimDesk, ClaimId, ClaimStatus, Step};
use crate::foundation::{
    Conn, Fault, Page, PageRequest,
    id::{NetworkId, TenantId, UserId},
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

const CLAIM: &str = "claim_id, delivery_id, order_id, line_no, site_id, supplier_id, buyer_id, status, desk,
    asking_desk, reason, description, wanted, due_at, overdue, reject_reason, reject_note, rejected_by,
    appeal_until, appealed, remedy, bearer, remedy_amount, replacement_id, version, opened_at";

/// What becomes of the desk's clock with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// It goes on.
    Keep,
    /// Nobody's time runs.
    Stop,
    /// A new desk has its third of the promised time.
    Fresh,
    /// It stands still while the buyer is asked, who has seven days to answer.
    Pause,
    /// It goes on with what was left.
    Resume,
}

impl Clock {
    const fn word(self) -> &'static str {
        match self {
            Self::Keep => "KEEP",
            Self::Stop => "STOP",
            Self::Fresh => "FRESH",
            Self::Pause => "PAUSE",
            Self::Resume => "RESUME",
        }
    }
}

/// The claim, as far as the transaction's scope may see it.
pub async fn find(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<Option<Claim>, Fault> {
    let sql = format!("select {CLAIM} from claim where network_id = $1 and claim_id = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claim).fetch_optional(db).await?)
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

/// A page of claims, the newest first: those that the scope may see, of one buyer where it is one.
pub async fn page(
    db: &mut Conn,
    network: NetworkId,
    buyer: Option<UserId>,
    status: Option<ClaimStatus>,
    desk: Option<ClaimDesk>,
    page: &PageRequest<Uuid>,
) -> Result<Page<Claim>, Fault> {
    let sql = format!(
        "select {CLAIM} from claim
          where network_id = $1 and ($2::uuid is null or buyer_id = $2) and ($3::text is null or status = $3)
            and ($4::text is null or desk = $4) and ($5::uuid is null or claim_id < $5)
          order by claim_id desc limit $6"
    );
    let rows = sqlx::query_as(AssertSqlSafe(sql))
        .bind(network)
        .bind(buyer)
        .bind(status)
        .bind(desk)
        .bind(page.after)
        .bind(page.first + 1)
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

/// A new claim, at the site's desk with its third of the promised time.
///
/// # Errors
/// A fault of constraint `claim_one_open` when the delivery has an open one.
pub async fn insert(db: &mut Conn, network: NetworkId, claim: &NewClaim<'_>) -> Result<Claim, Fault> {
    let sql = format!(
        "insert into claim (network_id, claim_id, delivery_id, order_id, line_no, site_id, supplier_id, buyer_id,
                            status, desk, reason, description, wanted, due_at)
         select d.network_id, $3, d.delivery_id, d.order_id, d.line_no, o.site_id, l.supplier_id, o.buyer_id,
                'SUBMITTED', 'SITE', $4, $5, $6,
                now() + greatest(l.decision_seconds / 3.0, 1)::float8 * interval '1 second'
           from delivery d
           join orders o on o.network_id = d.network_id and o.order_id = d.order_id
           join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
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
}

/// Saves a claim one step on. Guarded by the version that was read; times are the database's.
///
/// # Errors
/// [`Fault`] when the claim has moved on meanwhile: it was not locked.
pub async fn save(db: &mut Conn, network: NetworkId, claim: &Claim, clock: Clock) -> Result<Claim, Fault> {
    let sql = format!(
        "update claim set status = $4, desk = $5, asking_desk = $6, reject_reason = $7, reject_note = $8,
                rejected_by = $9, appealed = $10, remedy = $11, bearer = $12, remedy_amount = $13,
                replacement_id = $14, overdue = $15, version = version + 1,
                due_at = case $16
                  when 'KEEP' then due_at
                  when 'FRESH' then now() + (select greatest(l.decision_seconds / 3.0, 1)::float8
                                               from order_line l
                                              where l.network_id = claim.network_id and l.order_id = claim.order_id
                                                and l.line_no = claim.line_no) * interval '1 second'
                  when 'RESUME' then now() + coalesce(paused_left, interval '0')
                  when 'PAUSE' then now() + interval '7 days' end,
                paused_left = case $16 when 'PAUSE' then greatest(due_at - now(), interval '0') end,
                appeal_until = case
                  when $4 = 'REJECTED' then now() + (select n.appeal_seconds * interval '1 second' from network n
                                                      where n.network_id = claim.network_id)
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
        .bind(clock.word())
        .fetch_one(db)
        .await?)
}

/// A line of a claim's history; its number is the claim's version.
pub async fn insert_step(
    db: &mut Conn,
    network: NetworkId,
    claim: &Claim,
    from: Option<ClaimStatus>,
    desk: Option<ClaimDesk>,
    note: Option<&str>,
    actor: Option<Uuid>,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into claim_step (network_id, claim_id, step_no, from_status, to_status, desk, note, actor_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(network)
    .bind(claim.claim_id)
    .bind(claim.version)
    .bind(from)
    .bind(claim.status)
    .bind(desk)
    .bind(note)
    .bind(actor)
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
