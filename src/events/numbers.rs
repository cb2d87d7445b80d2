//! Gives events their numbers, and writes them to the logs.

use super::record::Fact;
use crate::foundation::{Conn, Fault, Moment, id::NetworkId};
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

/// Numbers events, in the order given, for each tenant of their audiences, and writes them.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub(super) async fn give(db: &mut Conn, taken: Vec<Taken>) -> Result<(), Fault> {
    let logs: BTreeSet<LogKey> = taken
        .iter()
        .flat_map(|row| {
            row.facts.iter().flat_map(|fact| fact.audience.iter().map(|to| (row.network_id.0, *to)))
        })
        .collect();
    let mut last = ends(db, &logs).await?;
    let mut events = EventRows::default();
    let mut grown: BTreeMap<LogKey, (i64, Vec<Uuid>)> = BTreeMap::new();
    for row in taken {
        for fact in row.facts.0 {
            let tenants: BTreeSet<Uuid> = fact.audience.iter().copied().collect();
            let mut numbers = Vec::with_capacity(tenants.len());
            for tenant in &tenants {
                let log = (row.network_id.0, *tenant);
                let last =
                    last.get_mut(&log).ok_or_else(|| Fault::new("an event for a log not asked for"))?;
                *last += 1;
                grown.entry(log).or_insert_with(|| (*last, Vec::new())).1.push(fact.event_id);
                numbers.push(*last);
            }
            events.push(row.network_id, fact, &tenants, &numbers, row.occurred_at);
        }
    }
    events.insert(db).await?;
    insert_pages(db, grown).await
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
struct EventRows {
    network: Vec<NetworkId>,
    event: Vec<Uuid>,
    kind: Vec<String>,
    // Lists, a text each: an array of arrays would have to be rectangular.
    tenants: Vec<String>,
    seqs: Vec<String>,
    subject: Vec<Option<String>>,
    order: Vec<Option<Uuid>>,
    buyer: Vec<Option<Uuid>>,
    order_status: Vec<Option<String>>,
    claim_status: Vec<Option<String>>,
    occurred_at: Vec<Moment>,
}

impl EventRows {
    fn push(
        &mut self,
        network: NetworkId,
        fact: Fact<'static>,
        tenants: &BTreeSet<Uuid>,
        seqs: &[i64],
        occurred_at: Moment,
    ) {
        self.network.push(network);
        self.event.push(fact.event_id);
        self.kind.push(fact.kind.into_owned());
        self.tenants.push(array(tenants));
        self.seqs.push(array(seqs));
        self.subject.push(fact.subject_id.map(Into::into));
        self.order.push(fact.order_id);
        self.buyer.push(fact.buyer_id);
        self.order_status.push(fact.order_status.map(Into::into));
        self.claim_status.push(fact.claim_status.map(Into::into));
        self.occurred_at.push(occurred_at);
    }

    async fn insert(self, db: &mut Conn) -> Result<(), Fault> {
        sqlx::query(
            "insert into event (network_id, event_id, type, tenants, seqs, subject_id, order_id, buyer_id,
                order_status, claim_status, occurred_at)
             select e.network_id, e.event_id, e.type, e.tenants::uuid[], e.seqs::bigint[], e.subject_id, e.order_id,
                    e.buyer_id, e.order_status, e.claim_status, e.occurred_at
               from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[],
                           $8::uuid[], $9::text[], $10::text[], $11::timestamptz[])
                      as e(network_id, event_id, type, tenants, seqs, subject_id, order_id, buyer_id, order_status,
                           claim_status, occurred_at)",
        )
        .bind(self.network)
        .bind(self.event)
        .bind(self.kind)
        .bind(self.tenants)
        .bind(self.seqs)
        .bind(self.subject)
        .bind(self.order)
        .bind(self.buyer)
        .bind(self.order_status)
        .bind(self.claim_status)
        .bind(self.occurred_at)
        .execute(db)
        .await?;
        Ok(())
    }
}

async fn insert_pages(db: &mut Conn, grown: BTreeMap<LogKey, (i64, Vec<Uuid>)>) -> Result<(), Fault> {
    let (mut networks, mut tenants, mut firsts, mut events) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ((network, tenant), (first, added)) in grown {
        for (first, page) in (first..).step_by(PAGE).zip(added.chunks(PAGE)) {
            networks.push(network);
            tenants.push(tenant);
            firsts.push(first);
            events.push(array(page));
        }
    }
    sqlx::query(
        "insert into event_page (network_id, tenant_id, first_seq, last_seq, events)
         select p.network_id, p.tenant_id, p.first_seq, p.first_seq + cardinality(p.events::uuid[]) - 1,
                p.events::uuid[]
           from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[]) as p(network_id, tenant_id, first_seq, events)",
    )
    .bind(networks)
    .bind(tenants)
    .bind(firsts)
    .bind(events)
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
