//! Appends events to the outbox, in the caller's transaction.

use super::EventType;
use crate::foundation::{
    Fault, Tx,
    id::{NetworkId, TenantId, UserId},
};
use sqlx::{Postgres, QueryBuilder};

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

/// How many events one statement writes: well below what a statement's parameters allow.
const CHUNK: usize = 1_000;

/// Records events, in their order. They become visible with the transaction, or not at all.
///
/// Call it last, when everything that the events speak of is locked or written: two events of one thing are
/// then recorded in the order in which it changed, and that is the order in which they are numbered.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn record(tx: &mut Tx, network: NetworkId, events: &[Event]) -> Result<(), Fault> {
    for events in events.chunks(CHUNK) {
        let mut insert = QueryBuilder::<Postgres>::new(
            "insert into outbox (network_id, event_id, type, audience, subject_id, order_id, buyer_id, \
             order_status, claim_status) ",
        );
        insert.push_values(events, |mut row, event| {
            row.push_bind(network)
                .push_bind(uuid::Uuid::now_v7())
                .push_bind(event.kind)
                .push_bind(&event.audience)
                .push_bind(&event.subject)
                .push_bind(event.order)
                .push_bind(event.buyer)
                .push_bind(event.order_status)
                .push_bind(event.claim_status);
        });
        insert.build().execute(&mut **tx).await?;
        tx.has_news();
    }
    Ok(())
}
