//! Before a claim: buyers are reminded to try what they bought while its warranty runs, and say that it works.

use super::store;
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, Moment, No, RefusalCode, Scope, Turn,
        id::{NetworkId, TenantId, UserId},
    },
    orders::{DeliveryId, DeliveryStatus, OrderStatus, unit},
};
use uuid::Uuid;

/// Reminding.
pub const TURN: Turn = Turn::named(*b"reminder");

// How much of a log one transaction reads: few pages, since events wait for what writes while they are numbered.
const PAGES: i64 = 16;
// What one call does at most; the rest waits for the next.
const READS: usize = 64;
const DUE: i64 = 200;

crate::words! {
    /// Which reminder.
    pub enum Stage {
        /// At a tenth of the time.
        Tenth = "TENTH",
        /// A day before its end.
        LastDay = "LAST_DAY",
    }
}

/// Reads on in the operators' logs for deliveries to be reminded of, and sends what is due: each reminder once, to the
/// buyer, unless the delivery was tried, claimed or given back. Answers how many rows were seen to.
///
/// # Errors
/// [`Fault`] when the database refuses; what was not done is done by the next call.
pub async fn run_due(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let grown: Vec<(NetworkId, TenantId, i64)> = sqlx::query_as(
        "select m.network_id, m.tenant_id, m.seq from reminder_mark m
          where exists (select from event_page p where p.network_id = m.network_id and p.tenant_id = m.tenant_id
                           and p.last_seq > m.seq) limit 100",
    )
    .fetch_all(&mut *tx)
    .await?;
    let unknown: Vec<NetworkId> = sqlx::query_scalar(
        "select n.network_id from network n
          where not exists (select from reminder_mark m where m.network_id = n.network_id) limit 100",
    )
    .fetch_all(&mut *tx)
    .await?;
    let due: Vec<(NetworkId, Uuid, Stage)> = sqlx::query_as(
        "select network_id, delivery_id, stage from reminder where due_at <= now() order by due_at limit $1",
    )
    .bind(DUE)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut done = 0;
    for network in unknown {
        let mut tx = db.begin(Scope::Network(network)).await?;
        let operator = store::operator(&mut tx, network).await?;
        sqlx::query(
            "insert into reminder_mark (network_id, tenant_id, seq) values ($1, $2, 0) on conflict do nothing",
        )
        .bind(network)
        .bind(operator)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    for (network, operator, mut seq) in grown {
        for _ in 0..READS {
            let Some((read, to)) = read_on(db, network, operator, seq).await? else { break };
            done += read;
            seq = to;
        }
    }
    for (network, delivery, stage) in due {
        done += u64::from(remind(db, network, delivery, stage).await?);
    }
    Ok(done)
}

// The log has every delivery once, in the order in which they were committed. Answers how many are to be reminded of,
// and how far was read; nothing where there was nothing to read, or somebody else has read it.
async fn read_on(
    db: &Db,
    network: NetworkId,
    operator: TenantId,
    seq: i64,
) -> Result<Option<(u64, i64)>, Fault> {
    let mut tx = db.begin_steady(Scope::Network(network)).await?;
    let to: Option<i64> = sqlx::query_scalar(
        "update reminder_mark set seq = page.last_seq
           from (select max(last_seq) as last_seq from (
                   select last_seq from event_page
                    where network_id = $1 and tenant_id = $2 and last_seq > $3 order by last_seq limit $4) pages) page
          where network_id = $1 and seq = $3 and page.last_seq is not null
         returning seq",
    )
    .bind(network)
    .bind(operator)
    .bind(seq)
    .bind(PAGES)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(to) = to else { return Ok(None) };
    // Events and deliveries are looked up one by one: a plan made for a small network would read all of a large one's.
    let read = sqlx::query(
        "insert into reminder (network_id, delivery_id, stage, due_at)
         select $1, d.delivery_id, 'TENTH', d.delivered_at + (d.warranty_ends_at - d.delivered_at) / 10
           from event_page page
          cross join lateral unnest(page.events) as n (event_id)
          cross join lateral (
            select substr(subject_id, 5)::uuid as delivery_id from event
             where network_id = $1 and event_id = n.event_id and type = 'DELIVERY_MADE' offset 0) news
          cross join lateral (
            select * from delivery
             where network_id = $1 and delivery_id = news.delivery_id and delivered_at is not null offset 0) d
          where page.network_id = $1 and page.tenant_id = $2 and page.last_seq > $3 and page.last_seq <= $4
         on conflict do nothing",
    )
    .bind(network)
    .bind(operator)
    .bind(seq)
    .bind(to)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(Some((read, to)))
}

crate::row! {
    /// What a reminder needs to know.
    pub struct Reminded {
        /// Of which order.
        pub order_id: Uuid,
        /// Where.
        pub site_id: TenantId,
        /// Whose.
        pub buyer_id: UserId,
        /// Where the unit stands.
        pub status: DeliveryStatus,
        /// Where the order stands.
        pub order_status: OrderStatus,
        /// When the buyer said that it works.
        pub tested_at: Option<Moment>,
        /// Its warranty is over.
        pub over: bool,
    }
}

async fn remind(db: &Db, network: NetworkId, delivery: Uuid, stage: Stage) -> Result<bool, Fault> {
    let mut tx = db.begin(Scope::Network(network)).await?;
    let taken = sqlx::query(
        "delete from reminder where network_id = $1 and delivery_id = $2 and stage = $3 and due_at <= now()",
    )
    .bind(network)
    .bind(delivery)
    .bind(stage)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if taken == 0 {
        return Ok(false);
    }
    let found: Option<Reminded> = sqlx::query_as(
        "select d.order_id, o.site_id, o.buyer_id, d.status, o.status as order_status, d.tested_at,
                d.warranty_ends_at <= now() as over
           from delivery d join orders o on o.network_id = d.network_id and o.order_id = d.order_id
          where d.network_id = $1 and d.delivery_id = $2",
    )
    .bind(network)
    .bind(delivery)
    .fetch_optional(&mut *tx)
    .await?;
    if let Some(found) = found
        && found.tested_at.is_none()
        && !found.over
    {
        if stage == Stage::Tenth {
            sqlx::query(
                "insert into reminder (network_id, delivery_id, stage, due_at)
                 select network_id, delivery_id, 'LAST_DAY', warranty_ends_at - interval '24 hours' from delivery
                  where network_id = $1 and delivery_id = $2 and warranty_ends_at - interval '24 hours' > now()",
            )
            .bind(network)
            .bind(delivery)
            .execute(&mut *tx)
            .await?;
        }
        if found.status == DeliveryStatus::Delivered {
            let event = Event {
                kind: EventType::WarrantyReminder,
                audience: vec![found.site_id],
                subject: DeliveryId(delivery).to_string(),
                order: Some(found.order_id),
                buyer: Some(found.buyer_id),
                order_status: Some(found.order_status.word()),
                claim_status: None,
            };
            events::record(&mut tx, network, &[event]).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// The buyer has tried a delivery, and it works: there are no more reminders, and staff see it beside a later claim.
/// Nothing is lost by it.
///
/// # Errors
/// NOT_FOUND for a missing delivery and for another's; INVALID_TRANSITION for one that is not with the buyer.
pub async fn confirm_test(db: &Db, permit: Permit, delivery: DeliveryId) -> Result<DeliveryId, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    let (network, site) = (permit.network(), permit.tenant());
    let missing = || No::not_found("deliveryId");
    let mut tx = db.begin(permit.work()).await?;
    let order = unit::order_of(&mut tx, network, delivery.0).await?.ok_or_else(missing)?;
    if !unit::is_of(&mut tx, network, order, site, buyer).await? {
        return Err(missing());
    }
    let locked = unit::lock_order(&mut tx, network, order).await?.ok_or_else(missing)?;
    let unit = unit::lock(&mut tx, network, delivery.0).await?.ok_or_else(missing)?;
    match unit.status {
        DeliveryStatus::Delivered => {}
        DeliveryStatus::Pending => return Err(missing()),
        _ => {
            let message = "only what is delivered, and neither claimed nor given back, can be said to work";
            return Err(No::because(RefusalCode::InvalidTransition, message, "deliveryId"));
        }
    }
    let first = sqlx::query(
        "update delivery set tested_at = now()
          where network_id = $1 and delivery_id = $2 and tested_at is null",
    )
    .bind(network)
    .bind(delivery)
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if first == 1 {
        let event = Event {
            kind: EventType::DeliveryTested,
            audience: unit::audience(&mut tx, network, order, Some(unit.line_no)).await?,
            subject: delivery.to_string(),
            order: Some(order),
            buyer: Some(buyer),
            order_status: Some(locked.status.word()),
            claim_status: None,
        };
        events::record(&mut tx, network, &[event]).await?;
    }
    tx.commit().await?;
    Ok(delivery)
}
