//! The provenance logs say what happened, all of it and nothing else: what each row means for the history of its card
//! is written again and looked for among the leaves, and what waits to become one.

use super::run::{Broken, Found};
use crate::{
    foundation::{Conn, Fault, Moment, id::NetworkId},
    orders::{OrderId, terms},
    provenance::{Hash, Leaf, LogKey, LogKeys, StepKind, leaf},
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use uuid::Uuid;

pub(super) const NAME: &str = "I28c_logs_say_what_happened";

// Items looked at at a time.
const PAGE: i64 = 1_000;

// A step of the queue: what, when, to what, for what, under which terms.
type Waiting = (StepKind, Moment, Uuid, Option<Uuid>, Option<Vec<u8>>);
// What makes two leaves the same step.
type Step = (&'static str, Moment, Option<Hash>, Option<Hash>);

/// Looks through everything that was ever in stock or handed over in a network.
pub(super) async fn look(
    db: &mut Conn,
    keys: &LogKeys,
    network: NetworkId,
    found: &mut Found,
) -> Result<(), Fault> {
    let size: Option<i64> = sqlx::query_scalar("select size from provenance_log where network_id = $1")
        .bind(network)
        .fetch_optional(&mut *db)
        .await?;
    // A key that is not there, or another's, is said by the look at the log itself.
    let Ok(key) = keys.find(db, network).await else { return Ok(()) };
    let mut look =
        Look { network, key, seen: Seen(vec![0; usize::try_from(size.unwrap_or(0) / 64 + 1).unwrap_or(0)]) };
    for pages in [CARDS, BY_HAND] {
        let mut after = Uuid::nil();
        loop {
            let items: Vec<Uuid> =
                sqlx::query_scalar(pages).bind(network).bind(after).bind(PAGE).fetch_all(&mut *db).await?;
            let Some(last) = items.last() else { break };
            after = *last;
            look.page(db, &items, found).await?;
        }
    }
    if let Some(index) = look.seen.first_missing(size.unwrap_or(0)) {
        let detail = "is about nothing that was ever in stock or handed over".to_owned();
        found.add(NAME, Broken { network: Some(network), subject: format!("leaf {index}"), detail });
    }
    Ok(())
}

const CARDS: &str =
    "select card_id from card where network_id = $1 and card_id > $2 order by card_id limit $3";
const BY_HAND: &str =
    "select delivery_id from delivery where network_id = $1 and delivery_id > $2 and card_id is null
  order by delivery_id limit $3";

// What the rows say of items: when which step was taken, and for what.
const HAPPENED: &str = "
with handed as materialized (
  select coalesce(card_id, delivery_id) as item, delivery_id, order_id, line_no, status, delivered_at, replaced_by_id
    from delivery where network_id = $1 and card_id = any($2)
  union all
  select delivery_id, delivery_id, order_id, line_no, status, delivered_at, replaced_by_id
    from delivery where network_id = $1 and delivery_id = any($2) and card_id is null)
select card_id as item, case when clash is null then 'IMPORTED' else 'QUARANTINED' end as kind, imported_at as at,
       null::uuid as subject, null::uuid as order_id, null::int as line_no
  from card where network_id = $1 and card_id = any($2)
union all
select c.card_id, 'VOIDED', i.withdrawn_at, null, null, null
  from card c join card_import i on i.network_id = c.network_id and i.import_id = c.import_id
 where c.network_id = $1 and c.card_id = any($2) and c.state = 'VOIDED'
union all
-- What a recall found unsold.
select c.card_id, 'QUARANTINED', min(r.confirmed_at), null, null, null
  from card c
  join recall r on r.network_id = c.network_id and r.import_id = c.import_id
  join card_import i on i.network_id = c.network_id and i.import_id = c.import_id
 where c.network_id = $1 and c.card_id = any($2) and c.clash is null and r.confirmed_at is not null
   and (c.state = 'QUARANTINED' or c.state = 'VOIDED' and i.withdrawn_at > r.confirmed_at)
 group by c.card_id
union all
select item, 'SOLD', delivered_at, delivery_id, order_id, line_no from handed where delivered_at is not null
union all
select h.item, 'REVEALED', r.revealed_at, h.delivery_id, null, null
  from handed h join reveal r on r.network_id = $1 and r.delivery_id = h.delivery_id
union all
select h.item, 'CLAIMED', c.opened_at, c.claim_id, null, null
  from handed h join claim c on c.network_id = $1 and c.order_id = h.order_id and c.delivery_id = h.delivery_id
union all
select h.item, 'REPLACED', n.delivered_at, h.replaced_by_id, null, null
  from handed h join delivery n on n.network_id = $1 and n.delivery_id = h.replaced_by_id
union all
select h.item, 'REFUNDED', max(r.created_at), h.delivery_id, null, null
  from handed h join refund r on r.network_id = $1 and r.order_id = h.order_id and r.delivery_id = h.delivery_id
 where h.status = 'REFUNDED' and r.kind <> 'CANCELED'
 group by h.item, h.delivery_id";

crate::row! {
    /// A step that was taken, as the rows have it.
    pub struct Happened {
        /// To what.
        pub item: Uuid,
        /// What.
        pub kind: StepKind,
        /// When; never absent in a sound database.
        pub at: Option<Moment>,
        /// For what.
        pub subject: Option<Uuid>,
        /// Of a sale: its order.
        pub order_id: Option<Uuid>,
        /// Of a sale: its line.
        pub line_no: Option<i32>,
    }
}

// A bit a leaf: a million are 128 KiB.
struct Seen(Vec<u64>);

impl Seen {
    fn add(&mut self, index: i64) {
        let Ok(index) = usize::try_from(index) else { return };
        if let Some(word) = self.0.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }

    fn first_missing(&self, size: i64) -> Option<i64> {
        (0..size).find(|index| {
            usize::try_from(*index)
                .is_ok_and(|index| self.0.get(index / 64).is_none_or(|word| word >> (index % 64) & 1 == 0))
        })
    }
}

struct Look {
    network: NetworkId,
    key: Option<Arc<LogKey>>,
    seen: Seen,
}

impl Look {
    async fn page(&mut self, db: &mut Conn, items: &[Uuid], found: &mut Found) -> Result<(), Fault> {
        let happened: Vec<Happened> =
            sqlx::query_as(HAPPENED).bind(self.network).bind(items).fetch_all(&mut *db).await?;
        let terms = self.terms(db, &happened).await?;
        // What should be there and is not counts up, what is there and should not be counts down.
        let mut open: BTreeMap<(Uuid, Step), (i64, Option<i64>)> = BTreeMap::new();
        for step in happened {
            let line = step.order_id.zip(step.line_no);
            let terms = line.and_then(|line| terms.get(&line).copied());
            let key = (step.item, self.step(step.kind, step.at.unwrap_or_default(), step.subject, terms));
            open.entry(key).or_default().0 += 1;
        }
        for (item, step, index) in self.written(db, items).await? {
            let entry = open.entry((item, step)).or_default();
            entry.0 -= 1;
            entry.1 = index.or(entry.1);
        }
        for ((item, (kind, at, ..)), (left, index)) in open {
            let detail = match (left, index) {
                (0, _) => continue,
                (1.., _) => format!("has no leaf of {kind} at {at}, or another was written"),
                (_, Some(index)) => format!("was never {kind} as leaf {index} says, at {at}"),
                (_, None) => format!("was never {kind} at {at}, as a step that waits says"),
            };
            found.add(NAME, Broken { network: Some(self.network), subject: format!("item {item}"), detail });
        }
        Ok(())
    }

    fn step(&self, kind: StepKind, at: Moment, subject: Option<Uuid>, terms: Option<Hash>) -> Step {
        let Some(key) = &self.key else {
            // No log yet: what waits is compared by its ids alone.
            return (kind.word(), at, subject.map(plain), terms);
        };
        let Some(subject) = subject else { return (kind.word(), at, None, None) };
        let salt = key.subject_salt(subject);
        let terms = terms.map(|terms| leaf::commit_terms(&salt, &terms));
        (kind.word(), at, Some(leaf::commit_subject(&salt, subject)), terms)
    }

    // The hash of the terms of each line that something was sold of.
    async fn terms(&self, db: &mut Conn, happened: &[Happened]) -> Result<HashMap<(Uuid, i32), Hash>, Fault> {
        let orders: Vec<OrderId> = happened.iter().filter_map(|step| step.order_id.map(OrderId)).collect();
        let mut hashes = HashMap::new();
        for line in terms::lines(db, self.network, &orders).await? {
            hashes.insert((line.order_id.0, line.line_no), line.terms()?.hash()?);
        }
        Ok(hashes)
    }

    // The steps of items that are leaves, with their index, and those that wait to become some.
    async fn written(
        &mut self,
        db: &mut Conn,
        items: &[Uuid],
    ) -> Result<Vec<(Uuid, Step, Option<i64>)>, Fault> {
        let mut written = Vec::new();
        if let Some(key) = &self.key {
            let of: HashMap<Hash, Uuid> = items.iter().map(|item| (key.item(*item), *item)).collect();
            let leaves: Vec<(i64, Vec<u8>, String)> = sqlx::query_as(
                "select leaf_index, item, data from provenance_leaf where network_id = $1 and item = any($2)",
            )
            .bind(self.network)
            .bind(of.keys().collect::<Vec<_>>())
            .fetch_all(&mut *db)
            .await?;
            for (index, item, data) in leaves {
                self.seen.add(index);
                let item = <Hash>::try_from(item).ok().and_then(|item| of.get(&item));
                if let (Some(item), Some(leaf)) = (item, Leaf::parse(&data)) {
                    let step = (leaf.kind.word(), leaf.at, leaf.subject, leaf.terms);
                    written.push((*item, step, Some(index)));
                }
            }
        }
        let waiting: Vec<Waiting> = sqlx::query_as(
            "select q.kind, q.at, s.item, s.subject, s.terms
               from provenance_queue q
              cross join lateral unnest(q.items, q.subjects, q.terms) as s (item, subject, terms)
              where q.network_id = $1 and q.items && $2 and s.item = any($2)",
        )
        .bind(self.network)
        .bind(items)
        .fetch_all(db)
        .await?;
        for (kind, at, item, subject, terms) in waiting {
            let terms = terms.and_then(|terms| Hash::try_from(terms).ok());
            written.push((item, self.step(kind, at, subject, terms), None));
        }
        Ok(written)
    }
}

fn plain(id: Uuid) -> Hash {
    let mut hash = [0; 32];
    hash[..16].copy_from_slice(id.as_bytes());
    hash
}
