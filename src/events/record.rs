//! Appends events to the outbox, in the caller's transaction.

use super::EventType;
use crate::foundation::{
    Fault, Together, Tx,
    id::{NetworkId, TenantId, UserId},
};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::borrow::Cow;
use uuid::Uuid;

/// One fact, before it has a number. The sequencer numbers it for the log of each tenant of the audience.
#[derive(Clone, Debug)]
pub struct Event {
    /// What kind of fact.
    pub kind: EventType,
    /// Whose logs it belongs in; never empty.
    pub audience: Vec<TenantId>,
    /// The outside id of what it is about, e.g. `ord_…`.
    pub subject: String,
    /// The order that it is part of: what `orderEvents` selects by.
    pub order: Option<Uuid>,
    /// The buyer that may see it in its site's log.
    pub buyer: Option<UserId>,
    /// The order's status after it.
    pub order_status: Option<&'static str>,
    /// The claim's status after it.
    pub claim_status: Option<&'static str>,
}

impl Event {
    /// A fact that is no order's and no buyer's.
    pub const fn about(kind: EventType, audience: Vec<TenantId>, subject: String) -> Self {
        Self { kind, audience, subject, order: None, buyer: None, order_status: None, claim_status: None }
    }
}

/// An event as the outbox keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Fact<'a> {
    pub(super) event_id: Uuid,
    #[serde(rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) audience: Cow<'a, [Uuid]>,
    pub(super) subject_id: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) order_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) buyer_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) order_status: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) claim_status: Option<Cow<'a, str>>,
}

impl<'a> Fact<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            event_id: Uuid::now_v7(),
            kind: event.kind.word().into(),
            audience: event.audience.iter().map(|tenant| tenant.0).collect(),
            subject_id: Some((&*event.subject).into()),
            order_id: event.order,
            buyer_id: event.buyer.map(|buyer| buyer.0),
            order_status: event.order_status.map(Cow::from),
            claim_status: event.claim_status.map(Cow::from),
        }
    }
}

/// How many events share a row: few enough that it stays in its table's own pages.
const A_ROW: usize = 4;
/// How many rows one statement writes.
const CHUNK: usize = 500;

/// Records events, in their order. They become visible with the transaction, or not at all.
///
/// Call it last, when everything that the events speak of is locked or written: two events of one thing are
/// then recorded in the order in which it changed, and that is the order in which they are numbered.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn record(tx: &mut Tx, network: NetworkId, events: &[Event]) -> Result<(), Fault> {
    for events in events.chunks(A_ROW * CHUNK) {
        let mut writes = Together::of(network);
        record_with(&mut writes, tx, events);
        writes.run(tx).await?;
    }
    Ok(())
}

/// As [`record()`], together with what else is written.
pub fn record_with(writes: &mut Together, tx: &mut Tx, events: &[Event]) {
    let rows: Vec<Json<Vec<Fact<'_>>>> =
        events.chunks(A_ROW).map(|row| Json(row.iter().map(Fact::of).collect())).collect();
    // Ids are given in the order in which the rows come.
    writes
        .part(
            "insert into outbox (network_id, facts)
             select $1, r.facts from unnest($2::jsonb[]) with ordinality as r (facts, place) order by r.place",
        )
        .bind(rows)
        .end();
    tx.has_news();
}
