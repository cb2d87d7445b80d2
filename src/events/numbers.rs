//! Gives events their numbers, and writes them to the logs.

use super::{EventRow, EventType, LogId, record::Fact};
use crate::foundation::{
    Conn, Fault, Moment,
    id::{NetworkId, TenantId, UserId},
};
use sqlx::types::Json;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
};
use uuid::Uuid;

/// The most events in one page of a log; as in 0009_events.sql.
pub(super) const PAGE: usize = 128;

crate::row! {
    /// Some events of one transaction, taken from the outbox.
    pub(super) struct Taken {
        network_id: NetworkId,
        /// In their order.
        pub(super) facts: Json<Vec<Fact<'static>>>,
        occurred_at: Moment,
    }
}

/// Whose log: network and tenant.
type LogKey = (Uuid, Uuid);

/// An event with its number in each log that it is in.
pub(super) struct Numbered {
    network: NetworkId,
    fact: Fact<'static>,
    // In the order of the logs' tenants.
    numbers: Vec<(Uuid, i64)>,
    occurred_at: Moment,
}

impl Numbered {
    /// Its row in each of those logs that somebody wants.
    pub(super) fn rows(&self, wanted: impl Fn(&LogId) -> bool) -> impl Iterator<Item = (LogId, EventRow)> {
        self.numbers
            .iter()
            .map(|(tenant, seq)| (LogId { network: self.network, tenant: TenantId(*tenant) }, *seq))
            .filter(move |(log, _)| wanted(log))
            .map(|(log, seq)| (log, self.row(seq)))
    }

    fn row(&self, seq: i64) -> EventRow {
        let fact = &self.fact;
        EventRow {
            seq,
            event: fact.event_id,
            kind: EventType::of(&fact.kind),
            subject: fact.subject_id.as_deref().map(String::from),
            order: fact.order_id,
            buyer: fact.buyer_id.map(UserId),
            order_status: fact.order_status.as_deref().map(String::from),
            claim_status: fact.claim_status.as_deref().map(String::from),
            occurred_at: self.occurred_at,
        }
    }
}

/// Numbers events, in the order given, for each tenant of their audiences, and writes them. `by` is whose work it is,
/// as the other processes are told.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub(super) async fn give(db: &mut Conn, taken: Vec<Taken>, by: &str) -> Result<Vec<Numbered>, Fault> {
    let logs: BTreeSet<LogKey> = taken
        .iter()
        .flat_map(|row| {
            row.facts.iter().flat_map(|fact| fact.audience.iter().map(|to| (row.network_id.0, *to)))
        })
        .collect();
    let mut last = ends(db, &logs).await?;
    let mut events = Vec::new();
    let mut grown: BTreeMap<LogKey, (i64, Vec<Uuid>)> = BTreeMap::new();
    for row in taken {
        for fact in row.facts.0 {
            let tenants: BTreeSet<Uuid> = fact.audience.iter().copied().collect();
            let mut numbers = Vec::with_capacity(tenants.len());
            for tenant in tenants {
                let log = (row.network_id.0, tenant);
                let last =
                    last.get_mut(&log).ok_or_else(|| Fault::new("an event for a log not asked for"))?;
                *last += 1;
                grown.entry(log).or_insert_with(|| (*last, Vec::new())).1.push(fact.event_id);
                numbers.push((tenant, *last));
            }
            let (network, occurred_at) = (row.network_id, row.occurred_at);
            events.push(Numbered { network, fact, numbers, occurred_at });
        }
    }
    write(db, &EventRows::of(&events), PageRows::of(grown), by).await?;
    Ok(events)
}

// The last number of each log.
async fn ends(db: &mut Conn, logs: &BTreeSet<LogKey>) -> Result<BTreeMap<LogKey, i64>, Fault> {
    let (networks, tenants): (Vec<Uuid>, Vec<Uuid>) = logs.iter().copied().unzip();
    let rows: Vec<(Uuid, Uuid, i64)> = sqlx::query_as(
        "select l.network_id, l.tenant_id,
                coalesce((select p.last_seq from event_page p
                           where p.network_id = l.network_id and p.tenant_id = l.tenant_id
                           order by p.last_seq desc limit 1), 0)
           from unnest($1::uuid[], $2::uuid[]) as l (network_id, tenant_id)",
    )
    .bind(networks)
    .bind(tenants)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|(network, tenant, last)| ((network, tenant), last)).collect())
}

#[derive(Default)]
struct EventRows<'a> {
    network: Vec<NetworkId>,
    event: Vec<Uuid>,
    kind: Vec<&'a str>,
    // Lists, a text each: an array of arrays would have to be rectangular.
    tenants: Vec<String>,
    seqs: Vec<String>,
    subject: Vec<Option<&'a str>>,
    order: Vec<Option<Uuid>>,
    buyer: Vec<Option<Uuid>>,
    order_status: Vec<Option<&'a str>>,
    claim_status: Vec<Option<&'a str>>,
    occurred_at: Vec<Moment>,
}

impl<'a> EventRows<'a> {
    fn of(events: &'a [Numbered]) -> Self {
        let mut rows = Self::default();
        for Numbered { network, fact, numbers, occurred_at } in events {
            rows.network.push(*network);
            rows.event.push(fact.event_id);
            rows.kind.push(&fact.kind);
            rows.tenants.push(array(numbers.iter().map(|(tenant, _)| tenant)));
            rows.seqs.push(array(numbers.iter().map(|(_, seq)| seq)));
            rows.subject.push(fact.subject_id.as_deref());
            rows.order.push(fact.order_id);
            rows.buyer.push(fact.buyer_id);
            rows.order_status.push(fact.order_status.as_deref());
            rows.claim_status.push(fact.claim_status.as_deref());
            rows.occurred_at.push(*occurred_at);
        }
        rows
    }
}

#[derive(Default)]
struct PageRows {
    network: Vec<Uuid>,
    tenant: Vec<Uuid>,
    first: Vec<i64>,
    events: Vec<String>,
}

impl PageRows {
    fn of(grown: BTreeMap<LogKey, (i64, Vec<Uuid>)>) -> Self {
        let mut rows = Self::default();
        for ((network, tenant), (first, added)) in grown {
            for (first, page) in (first..).step_by(PAGE).zip(added.chunks(PAGE)) {
                rows.network.push(network);
                rows.tenant.push(tenant);
                rows.first.push(first);
                rows.events.push(array(page));
            }
        }
        rows
    }
}

// And wakes the other processes: here and not where events are recorded, since it holds a lock of the whole cluster
// until the commit.
async fn write(db: &mut Conn, events: &EventRows<'_>, pages: PageRows, by: &str) -> Result<(), Fault> {
    sqlx::query(
        "with told as (
           insert into event (network_id, event_id, type, tenants, seqs, subject_id, order_id, buyer_id,
                order_status, claim_status, occurred_at)
           select e.network_id, e.event_id, e.type, e.tenants::uuid[], e.seqs::bigint[], e.subject_id, e.order_id,
                  e.buyer_id, e.order_status, e.claim_status, e.occurred_at
             from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[],
                         $8::uuid[], $9::text[], $10::text[], $11::timestamptz[])
                    as e(network_id, event_id, type, tenants, seqs, subject_id, order_id, buyer_id, order_status,
                         claim_status, occurred_at)),
         paged as (
           insert into event_page (network_id, tenant_id, first_seq, last_seq, events)
           select p.network_id, p.tenant_id, p.first_seq, p.first_seq + cardinality(p.events::uuid[]) - 1,
                  p.events::uuid[]
             from unnest($12::uuid[], $13::uuid[], $14::bigint[], $15::text[])
                    as p(network_id, tenant_id, first_seq, events))
         select pg_notify($16, $17)",
    )
    .bind(&events.network)
    .bind(&events.event)
    .bind(&events.kind)
    .bind(&events.tenants)
    .bind(&events.seqs)
    .bind(&events.subject)
    .bind(&events.order)
    .bind(&events.buyer)
    .bind(&events.order_status)
    .bind(&events.claim_status)
    .bind(&events.occurred_at)
    .bind(pages.network)
    .bind(pages.tenant)
    .bind(pages.first)
    .bind(pages.events)
    .bind(super::sequencer::CHANNEL)
    .bind(by)
    .execute(db)
    .await?;
    Ok(())
}

// As PostgreSQL writes an array of what needs no quotes.
fn array<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    use std::fmt::Write;
    let mut text = String::from("{");
    for (at, item) in items.into_iter().enumerate() {
        let comma = if at == 0 { "" } else { "," };
        // Writing to a string does not fail.
        let _ = write!(text, "{comma}{item}");
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn lists_are_written_as_arrays() {
        assert_eq!(super::array([1_i64, 22, 3]), "{1,22,3}");
        assert_eq!(super::array::<i64>([]), "{}");
    }
}
