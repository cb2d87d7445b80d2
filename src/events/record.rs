//! Appends events to the outbox, in the caller's transaction.

use super::EventType;
use crate::foundation::{
    Fault, Tx,
    id::{NetworkId, TenantId, UserId},
};

/// One fact, before it has a number. The sequencer writes it to the log of each tenant of the audience.
#[derive(Clone, Debug)]
pub struct Event {
    /// What kind of fact.
    pub kind: EventType,
    /// Whose logs it belongs in; never empty.
    pub audience: Vec<TenantId>,
    /// The outside id of what it is about, e.g. `ord_…`.
    pub subject: String,
    /// The order that it is part of: what `orderEvents` selects by.
    pub order: Option<uuid::Uuid>,
    /// The buyer that may see it in its site's log.
    pub buyer: Option<UserId>,
    /// The order's status after it.
    pub order_status: Option<&'static str>,
    /// The claim's status after it.
    pub claim_status: Option<&'static str>,
}

/// Records events, in their order. They become visible with the transaction, or not at all.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn record(tx: &mut Tx, network: NetworkId, events: &[Event]) -> Result<(), Fault> {
    for event in events {
        sqlx::query(
            "insert into outbox (network_id, event_id, type, audience, subject_id, order_id, buyer_id, order_status, claim_status)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(network)
        .bind(uuid::Uuid::now_v7())
        .bind(event.kind)
        .bind(&event.audience)
        .bind(&event.subject)
        .bind(event.order)
        .bind(event.buyer)
        .bind(event.order_status)
        .bind(event.claim_status)
        .execute(&mut **tx)
        .await?;
    }
    tx.has_news();
    Ok(())
}
