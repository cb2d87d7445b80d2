//! A supplier hands over what does not come from stock.

use super::{LineId, OrderId, OrderStatus, terms, unit};
use crate::{
    access::Permit,
    catalogue::Fulfilment,
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, No, RefusalCode, Tx,
        id::{NetworkId, TenantId},
        idempotency::{self, Key},
        seal, text,
    },
    inventory::{Secret, Vault},
};
use uuid::Uuid;
use zeroize::Zeroize;

/// What a buyer gets for one unit, as the supplier wrote it.
pub struct Content {
    /// A code, or what was done.
    pub secret: String,
    /// A number that belongs to it.
    pub number: Option<String>,
    /// A password that belongs to it.
    pub password: Option<String>,
}

impl Content {
    fn parts(&self) -> [&[u8]; 3] {
        let (number, password) = (self.number.as_deref(), self.password.as_deref());
        [&self.secret, number.unwrap_or_default(), password.unwrap_or_default()].map(str::as_bytes)
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        self.secret.zeroize();
        self.number.zeroize();
        self.password.zeroize();
    }
}

/// What a supplier hands over.
pub struct DeliverLine {
    /// Of its own goods.
    pub line: LineId,
    /// One for each unit.
    pub contents: Vec<Content>,
    /// The same key hands over once.
    pub idempotency_key: Option<String>,
}

/// Hands over as many units of a line as there are contents, the first ones first.
///
/// # Errors
/// NOT_FOUND for a line of somebody else's goods; INVALID_INPUT for a content that can't be, or for more
/// than are waiting; INVALID_TRANSITION for a line that comes from stock or an order that was given up.
pub async fn deliver_line(
    db: &Db,
    vault: &Vault,
    permit: Permit,
    request: DeliverLine,
) -> Result<OrderId, No> {
    let DeliverLine { line, contents, idempotency_key } = request;
    if !(1..=100).contains(&contents.len()) {
        return Err(No::invalid("1 to 100 at a time", "contents"));
    }
    let mut secrets = Vec::with_capacity(contents.len());
    for (at, content) in contents.iter().enumerate() {
        let secret =
            Secret::new(&content.secret, content.number.as_deref(), content.password.as_deref(), None);
        secrets.push(secret.map_err(|reason| No::invalid(reason, &format!("contents.{at}")))?);
    }
    let (network, supplier) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    if let Some(key) = idempotency_key {
        let key = text::idempotency_key(&key)?;
        // Keyed, because the plain digest of a short content could be searched for.
        let parts: Vec<&[u8]> = contents.iter().flat_map(Content::parts).collect();
        let hash = vault
            .keyed(network, &seal::digest(&[&[line.0.as_bytes().as_slice()], parts.as_slice()].concat()));
        let claim = Key {
            tenant: supplier,
            actor: permit.actor().id(),
            operation: "orderLineDeliver",
            key: &key,
            hash: &hash,
        };
        if idempotency::claim_key(&mut tx, network, &claim, line.0).await?.is_some() {
            return order_of(&mut tx, network, line).await;
        }
    }
    let found: Option<(OrderId, i32, Fulfilment)> = sqlx::query_as(
        "select order_id, line_no, fulfilment from order_line
          where network_id = $1 and line_id = $2 and supplier_id = $3",
    )
    .bind(network)
    .bind(line)
    .bind(supplier)
    .fetch_optional(&mut *tx)
    .await
    .map_err(Fault::from)?;
    let (id, line_no, fulfilment) = found.ok_or_else(|| No::not_found("orderLineId"))?;
    let closed = |message: String| No::because(RefusalCode::InvalidTransition, message, "orderLineId");
    if fulfilment == Fulfilment::Stock {
        return Err(closed("this line is delivered from stock".into()));
    }
    let order =
        unit::lock_order(&mut tx, network, id.0).await?.ok_or_else(|| No::not_found("orderLineId"))?;
    if !matches!(
        order.status,
        OrderStatus::Paid
            | OrderStatus::Fulfilling
            | OrderStatus::PartiallyDelivered
            | OrderStatus::PartiallyRefunded
    ) {
        return Err(closed(format!("the order is {}", order.status)));
    }
    let waiting: Vec<Uuid> = sqlx::query_scalar(
        "select delivery_id from delivery
          where network_id = $1 and order_id = $2 and line_no = $3 and status = 'PENDING'
          order by unit_no limit 100 for no key update",
    )
    .bind(network)
    .bind(id)
    .bind(line_no)
    .fetch_all(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if waiting.len() < secrets.len() {
        return Err(No::invalid(format!("only {} are waiting", waiting.len()), "contents"));
    }
    let delivered = &waiting[..secrets.len()];
    for (delivery, secret) in delivered.iter().zip(&secrets) {
        let (key, sealed) = vault.seal_delivery(&mut tx, network, supplier, *delivery, secret).await?;
        hand_over(&mut tx, network, *delivery, key, &sealed).await?;
    }
    let handed: Vec<(Uuid, Uuid)> = delivered.iter().map(|delivery| (*delivery, *delivery)).collect();
    terms::record_sold(&mut tx, network, id.0, line_no, &handed).await?;
    let status = advance(&mut tx, network, id, order.status).await?;
    announce(&mut tx, network, id, line_no, order.buyer_id, (order.status, status), delivered).await?;
    tx.commit().await?;
    Ok(id)
}

async fn order_of(tx: &mut Tx, network: NetworkId, line: LineId) -> Result<OrderId, No> {
    let order = sqlx::query_scalar("select order_id from order_line where network_id = $1 and line_id = $2")
        .bind(network)
        .bind(line)
        .fetch_one(&mut **tx)
        .await?;
    Ok(order)
}

async fn hand_over(
    tx: &mut Tx,
    network: NetworkId,
    delivery: Uuid,
    key: Uuid,
    sealed: &[u8],
) -> Result<(), Fault> {
    sqlx::query(
        "update delivery d
            set status = 'DELIVERED', key_id = $3, sealed = $4, delivered_at = now(),
                warranty_ends_at = now() + make_interval(secs => l.warranty_seconds),
                release_at = now() + make_interval(secs => least(l.warranty_seconds, n.hold_seconds))
           from order_line l, network n
          where d.network_id = $1 and d.delivery_id = $2 and d.status = 'PENDING'
            and l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
            and n.network_id = d.network_id",
    )
    .bind(network)
    .bind(delivery)
    .bind(key)
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

// PARTIALLY_DELIVERED or DELIVERED by what still waits; a part that was refunded stays said.
async fn advance(
    tx: &mut Tx,
    network: NetworkId,
    id: OrderId,
    from: OrderStatus,
) -> Result<OrderStatus, Fault> {
    let waits: bool = sqlx::query_scalar(
        "select exists (select from delivery where network_id = $1 and order_id = $2 and status = 'PENDING')",
    )
    .bind(network)
    .bind(id)
    .fetch_one(&mut **tx)
    .await?;
    let to = match (from, waits) {
        (OrderStatus::PartiallyRefunded, _) => return Ok(from),
        (_, true) => OrderStatus::PartiallyDelivered,
        (_, false) => OrderStatus::Delivered,
    };
    if to != from {
        let done = sqlx::query(
            "update orders set status = $4, version = version + 1
              where network_id = $1 and order_id = $2 and status = $3",
        )
        .bind(network)
        .bind(id)
        .bind(from)
        .bind(to)
        .execute(&mut **tx)
        .await?;
        if done.rows_affected() != 1 {
            return Err(Fault::new("a locked order changed its status"));
        }
    }
    Ok(to)
}

async fn announce(
    tx: &mut Tx,
    network: NetworkId,
    id: OrderId,
    line_no: i32,
    buyer: crate::foundation::id::UserId,
    (from, to): (OrderStatus, OrderStatus),
    delivered: &[Uuid],
) -> Result<(), Fault> {
    let event = |kind, subject: String, audience: Vec<TenantId>| Event {
        kind,
        audience,
        subject,
        order: Some(id.0),
        buyer: Some(buyer),
        order_status: Some(to.word()),
        claim_status: None,
    };
    let mut news = Vec::new();
    let of_line = unit::audience(tx, network, id.0, Some(line_no)).await?;
    for delivery in delivered {
        let subject = super::DeliveryId(*delivery).to_string();
        news.push(event(EventType::DeliveryMade, subject, of_line.clone()));
    }
    if from != to {
        let all = unit::audience(tx, network, id.0, None).await?;
        news.push(event(EventType::OrderStatusChanged, id.to_string(), all));
    }
    events::record(tx, network, &news).await
}
