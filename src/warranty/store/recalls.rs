//! Statements on recalls.

use crate::{
    foundation::{
        Conn, Fault, PageRequest,
        id::{NetworkId, TenantId},
    },
    inventory::ImportId,
    provenance::{self, Step, StepKind},
    warranty::{
        claim::{ClaimDesk, ClaimId},
        recall::{CreateRecall, Recall, RecallId, RecallStatus, UnitStatus},
    },
};
use uuid::Uuid;

// What a draft would come to is counted now, what was confirmed as it was then.
const UNIT: &str = "delivery d join card k on k.network_id = d.network_id and k.card_id = d.card_id
   where k.network_id = r.network_id and k.import_id = r.import_id and d.status in ('DELIVERED', 'UNDER_CLAIM')";

/// Whose a batch is, and whether it is still being imported.
pub async fn batch(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
) -> Result<Option<(TenantId, bool)>, Fault> {
    Ok(sqlx::query_as(
        "select tenant_id, status = 'RUNNING' from card_import
          where network_id = $1 and import_id = $2 and not dry_run",
    )
    .bind(network)
    .bind(import)
    .fetch_optional(db)
    .await?)
}

/// A new draft.
#[expect(clippy::too_many_arguments, reason = "a row")]
pub async fn insert(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
    supplier: TenantId,
    author: Uuid,
    desk: ClaimDesk,
    recall: &CreateRecall,
    note: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into recall (network_id, recall_id, import_id, supplier_id, author_id, desk, reason, remedy, note, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'DRAFT')",
    )
    .bind(network)
    .bind(id)
    .bind(recall.import)
    .bind(supplier)
    .bind(author)
    .bind(desk)
    .bind(recall.reason)
    .bind(recall.remedy)
    .bind(note)
    .execute(db)
    .await?;
    Ok(())
}

/// The scope may see it.
pub async fn sees(db: &mut Conn, network: NetworkId, id: RecallId) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar("select exists (select from recall where network_id = $1 and recall_id = $2)")
        .bind(network)
        .bind(id)
        .fetch_one(db)
        .await?)
}

/// The recalls that the scope may see, the newest first.
pub async fn page(
    db: &mut Conn,
    network: NetworkId,
    page: &PageRequest<Uuid>,
) -> Result<Vec<RecallId>, Fault> {
    Ok(sqlx::query_scalar(
        "select recall_id from recall where network_id = $1 and ($2::uuid is null or recall_id < $2)
          order by recall_id desc limit $3",
    )
    .bind(network)
    .bind(page.after)
    .bind(page.first + 1)
    .fetch_all(db)
    .await?)
}

/// A recall with its figures, as a use case sees it.
pub async fn find(db: &mut Conn, network: NetworkId, id: RecallId) -> Result<Option<Recall>, Fault> {
    Ok(find_many(db, network, &[id]).await?.pop())
}

/// Those recalls with their figures, the newest first.
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[RecallId]) -> Result<Vec<Recall>, Fault> {
    let sql = format!(
        "select r.recall_id, r.import_id, r.supplier_id, r.author_id, r.desk, r.reason, r.remedy, r.note, r.status,
                r.created_at, r.confirmed_at, r.finished_at, i.variant_id, f.*,
                (select count(*) from card k where k.network_id = r.network_id and k.import_id = r.import_id
                    and k.state = 'AVAILABLE') as unsold
           from recall r
           join card_import i on i.network_id = r.network_id and i.import_id = r.import_id
          cross join lateral (
            select count(*) as units, count(*) filter (where status = 'WAITING') as waiting,
                   count(*) filter (where status = 'REPLACED') as replaced,
                   count(*) filter (where status = 'REFUNDED') as refunded,
                   count(*) filter (where status = 'LEFT') as left_over,
                   coalesce(sum(amount), 0)::bigint as amount
              from (select u.status, case when u.status = 'WAITING' then d.paid - d.refunded end as amount
                      from recall_unit u
                      join delivery d on d.network_id = u.network_id and d.delivery_id = u.delivery_id
                     where u.network_id = r.network_id and u.recall_id = r.recall_id
                    union all
                    select 'WAITING', d.paid - d.refunded from {UNIT} and r.status = 'DRAFT') one) f
          where r.network_id = $1 and r.recall_id = any($2) order by r.recall_id desc"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(network).bind(ids).fetch_all(db).await?)
}

/// A recall under its lock: whose, and where it stands.
pub async fn lock(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
) -> Result<Option<(TenantId, RecallStatus)>, Fault> {
    Ok(sqlx::query_as(
        "select supplier_id, status from recall where network_id = $1 and recall_id = $2 for no key update",
    )
    .bind(network)
    .bind(id)
    .fetch_optional(db)
    .await?)
}

/// Keeps the batch from sale, and writes down every unit that buyers have of it. A card that is being sold meanwhile is
/// waited for, and is among the units then.
pub async fn confirm(db: &mut Conn, network: NetworkId, id: RecallId) -> Result<(), Fault> {
    let kept: Vec<uuid::Uuid> = sqlx::query_scalar(
        "update card set state = 'QUARANTINED'
           from recall r
          where r.network_id = $1 and r.recall_id = $2 and card.network_id = r.network_id
            and card.import_id = r.import_id and card.state = 'AVAILABLE'
         returning card.card_id",
    )
    .bind(network)
    .bind(id)
    .fetch_all(&mut *db)
    .await?;
    let steps: Vec<Step> = kept.into_iter().map(Step::alone).collect();
    provenance::record(db, network, StepKind::Quarantined, &steps).await?;
    let sql = format!(
        "insert into recall_unit (network_id, recall_id, delivery_id, order_id)
         select r.network_id, r.recall_id, u.delivery_id, u.order_id
           from recall r cross join lateral (select d.delivery_id, d.order_id from {UNIT}) u
          where r.network_id = $1 and r.recall_id = $2"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(network).bind(id).execute(&mut *db).await?;
    sqlx::query(
        "update recall set status = 'RUNNING', confirmed_at = now() where network_id = $1 and recall_id = $2",
    )
    .bind(network)
    .bind(id)
    .execute(db)
    .await?;
    Ok(())
}

/// Confirmed recalls, in every network.
pub async fn running(db: &mut Conn) -> Result<Vec<(NetworkId, RecallId)>, Fault> {
    Ok(sqlx::query_as(
        "select network_id, recall_id from recall where status = 'RUNNING' order by confirmed_at limit 100",
    )
    .fetch_all(db)
    .await?)
}

/// The next units to be made good: order and delivery.
pub async fn waiting(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
    limit: i64,
) -> Result<Vec<(Uuid, Uuid)>, Fault> {
    Ok(sqlx::query_as(
        "select order_id, delivery_id from recall_unit
          where network_id = $1 and recall_id = $2 and status = 'WAITING' order by tries, delivery_id limit $3",
    )
    .bind(network)
    .bind(id)
    .bind(limit)
    .fetch_all(db)
    .await?)
}

/// The unit is still to be made good; its row is locked.
pub async fn still_waiting(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
    delivery: Uuid,
) -> Result<bool, Fault> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "select delivery_id from recall_unit
          where network_id = $1 and recall_id = $2 and delivery_id = $3 and status = 'WAITING' for no key update",
    )
    .bind(network)
    .bind(id)
    .bind(delivery)
    .fetch_optional(db)
    .await?;
    Ok(found.is_some())
}

/// The open claim on a delivery.
pub async fn open_claim_on(
    db: &mut Conn,
    network: NetworkId,
    delivery: Uuid,
) -> Result<Option<ClaimId>, Fault> {
    Ok(sqlx::query_scalar(
        "select claim_id from claim where network_id = $1 and delivery_id = $2
            and status in ('SUBMITTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'APPEALED')",
    )
    .bind(network)
    .bind(delivery)
    .fetch_optional(db)
    .await?)
}

/// What became of a unit.
pub async fn seen_to(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
    delivery: Uuid,
    status: UnitStatus,
    claim: Option<ClaimId>,
    detail: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query(
        "update recall_unit set status = $4, claim_id = $5, detail = $6
          where network_id = $1 and recall_id = $2 and delivery_id = $3 and status = 'WAITING'",
    )
    .bind(network)
    .bind(id)
    .bind(delivery)
    .bind(status)
    .bind(claim)
    .bind(detail)
    .execute(db)
    .await?;
    Ok(())
}

/// A unit could not be made good this time; after so many times it is left.
pub async fn failed(
    db: &mut Conn,
    network: NetworkId,
    id: RecallId,
    delivery: Uuid,
    tries: i32,
) -> Result<(), Fault> {
    sqlx::query(
        "update recall_unit set tries = tries + 1, detail = 'it failed; see the server''s log',
                status = case when tries + 1 >= $4 then 'LEFT' else status end
          where network_id = $1 and recall_id = $2 and delivery_id = $3 and status = 'WAITING'",
    )
    .bind(network)
    .bind(id)
    .bind(delivery)
    .bind(tries)
    .execute(db)
    .await?;
    Ok(())
}

/// Ends a recall of which nothing waits any more: whose it was, where it was running.
pub async fn finish(db: &mut Conn, network: NetworkId, id: RecallId) -> Result<Option<TenantId>, Fault> {
    Ok(sqlx::query_scalar(
        "update recall set status = 'DONE', finished_at = now()
          where network_id = $1 and recall_id = $2 and status = 'RUNNING'
            and not exists (select from recall_unit u where u.network_id = $1 and u.recall_id = $2
                               and u.status = 'WAITING')
         returning supplier_id",
    )
    .bind(network)
    .bind(id)
    .fetch_optional(db)
    .await?)
}
