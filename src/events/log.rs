//! Reads the logs of tenants.

use super::EventType;
use crate::foundation::{
    Conn, Db, Fault, Moment, No, Scope,
    id::{NetworkId, TenantId, UserId},
    seal::Sealer,
};
use sqlx::{FromRow, Row, postgres::PgRow};
use std::collections::HashMap;
use uuid::Uuid;

/// How many numbers one page looks through for types that are rare, so that no page costs a whole log.
const SCAN: i64 = 5_000;

/// What a cursor is sealed for.
const PURPOSE: &str = "event";

/// Whose log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LogId {
    /// Its network.
    pub network: NetworkId,
    /// Whose.
    pub tenant: TenantId,
}

impl LogId {
    /// The log that a reader of that scope reads: its own tenant's, whole or in part.
    pub fn of(scope: Scope) -> Option<Self> {
        match scope {
            Scope::Operator(network, tenant)
            | Scope::Tenant(network, tenant)
            | Scope::Buyer(network, tenant, _) => Some(Self { network, tenant }),
            Scope::Network(_) | Scope::Public(..) | Scope::Installation => None,
        }
    }
}

/// One event in one tenant's log.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Its number: 1 for the log's first, no gaps.
    pub seq: i64,
    /// The same in the log of every tenant concerned; never shown as it is.
    pub event: Uuid,
    /// What kind of fact; `None` for one that only a newer version knows.
    pub kind: Option<EventType>,
    /// The outside id of what it is about.
    pub subject: Option<String>,
    /// The order that it is part of.
    pub order: Option<Uuid>,
    /// The buyer that may see it.
    pub buyer: Option<UserId>,
    /// The order's status after it.
    pub order_status: Option<String>,
    /// The claim's status after it.
    pub claim_status: Option<String>,
    /// When its transaction began.
    pub occurred_at: Moment,
}

impl<'r> FromRow<'r, PgRow> for EventRow {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            seq: row.try_get("seq")?,
            event: row.try_get("event_id")?,
            // A newer version may write types that this one does not know: they must not stop the log.
            kind: EventType::of(row.try_get("type")?),
            subject: row.try_get("subject_id")?,
            order: row.try_get("order_id")?,
            buyer: row.try_get("buyer_id")?,
            order_status: row.try_get("order_status")?,
            claim_status: row.try_get("claim_status")?,
            occurred_at: row.try_get("occurred_at")?,
        })
    }
}

impl EventRow {
    /// The event's id in that tenant's log: always the same there, and unlike in any other tenant's.
    pub fn id(&self, tenant: TenantId) -> Uuid {
        let hash = crate::foundation::seal::digest(&[self.event.as_bytes(), tenant.0.as_bytes()]);
        Uuid::from_slice(&hash[..16]).unwrap_or_default()
    }
}

/// Which events of a log.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    types: Option<Vec<EventType>>,
    order: Option<Uuid>,
    buyer: Option<UserId>,
}

impl Filter {
    /// What of the log is asked for, within what the scope may see: a buyer its own events alone.
    pub fn of(scope: Scope, types: Option<Vec<EventType>>, order: Option<Uuid>) -> Self {
        let buyer = if let Scope::Buyer(_, _, buyer) = scope { Some(buyer) } else { None };
        Self { types, order, buyer }
    }

    fn takes_all(&self) -> bool {
        self.types.is_none() && self.order.is_none() && self.buyer.is_none()
    }

    /// The order, where only one is asked for.
    pub fn order(&self) -> Option<Uuid> {
        self.order
    }

    /// The event is asked for.
    pub fn takes(&self, row: &EventRow) -> bool {
        self.types.as_ref().is_none_or(|types| row.kind.is_some_and(|kind| types.contains(&kind)))
            && self.order.is_none_or(|order| row.order == Some(order))
            && self.buyer.is_none_or(|buyer| row.buyer == Some(buyer))
    }
}

/// A stretch of a log.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The events asked for, in order.
    pub rows: Vec<EventRow>,
    /// The log was looked through up to here.
    pub to: i64,
    /// There may be more behind.
    pub more: bool,
}

// A log's events from its pages: what is behind $3 and not behind $4. A page that ends a whole page's length behind
// $4 begins behind it too. Events are looked up one by one: a plan made while there were few would read them all.
const PAGED: &str = "
select n.seq, e.event_id, e.type, e.subject_id, e.order_id, e.buyer_id, e.order_status, e.claim_status, e.occurred_at
  from event_page p
 cross join lateral (
       select i.event_id, p.first_seq + i.place - 1 as seq
         from unnest(p.events) with ordinality as i (event_id, place)) n
 cross join lateral (
       select * from event where network_id = $1 and event_id = n.event_id offset 0) e
 where p.network_id = $1 and p.tenant_id = $2 and p.last_seq > $3 and p.last_seq < $4 + 128 and p.first_seq <= $4
   and n.seq > $3 and n.seq <= $4
   and ($5::text[] is null or e.type = any ($5)) and ($6::uuid is null or e.buyer_id = $6) and $7::uuid is null
 order by n.seq limit $8";

// One order's events, however far they lie apart in the log.
const OF_ORDER: &str = "
select n.seq, e.event_id, e.type, e.subject_id, e.order_id, e.buyer_id, e.order_status, e.claim_status, e.occurred_at
  from event e
 cross join lateral (select e.seqs[array_position(e.tenants, $2)] as seq) n
 where e.network_id = $1 and e.order_id = $7 and n.seq > $3 and n.seq <= $4
   and ($5::text[] is null or e.type = any ($5)) and ($6::uuid is null or e.buyer_id = $6)
 order by n.seq limit $8";

/// Reads on behind `after`: up to `limit` of the events that the filter takes.
///
/// # Errors
/// BAD_REQUEST for a position that the log has not reached (it was restored from an older copy: to wait
/// there would be to miss what comes until then); [`Fault`] when the database refuses.
pub async fn read(
    db: &Db,
    scope: Scope,
    log: LogId,
    after: i64,
    limit: u32,
    filter: &Filter,
) -> Result<Stretch, No> {
    let mut tx = db.begin(scope).await?;
    // Before the rows: what is committed between the two statements belongs to the next page.
    let last = as_of(&mut tx, log.network, log.tenant).await?;
    if after > last {
        return Err(No::BadRequest("the cursor is ahead of the log"));
    }
    let (sql, to) = if filter.order.is_some() {
        (OF_ORDER, last)
    } else {
        let scan = if filter.takes_all() { i64::from(limit) + 1 } else { SCAN };
        (PAGED, last.min(after.saturating_add(scan)))
    };
    let mut rows: Vec<EventRow> = sqlx::query_as(sql)
        .bind(log.network)
        .bind(log.tenant)
        .bind(after)
        .bind(to)
        .bind(filter.types.as_deref())
        .bind(filter.buyer)
        .bind(filter.order)
        .bind(i64::from(limit) + 1)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rows.len() > limit {
        rows.truncate(limit);
        let to = rows.last().map_or(after, |row| row.seq);
        return Ok(Stretch { rows, to, more: true });
    }
    Ok(Stretch { rows, to, more: to < last })
}

/// The last number in a tenant's log; 0 for an empty one.
///
/// Whoever reads a state to follow it from there reads this *first*, in the same transaction: an event that
/// is numbered later may already show in the state, and is harmlessly repeated; asked for afterwards, it
/// would be missed.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn as_of(conn: &mut Conn, network: NetworkId, tenant: TenantId) -> Result<i64, Fault> {
    let last: Option<i64> = sqlx::query_scalar(
        "select last_seq from event_page where network_id = $1 and tenant_id = $2 order by last_seq desc limit 1",
    )
    .bind(network)
    .bind(tenant)
    .fetch_optional(conn)
    .await?;
    Ok(last.unwrap_or(0))
}

/// The transaction's time, and the last number in each of those tenants' logs; 0 for an empty one. As [`as_of`],
/// for whoever is about to write.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn ends(
    conn: &mut Conn,
    network: NetworkId,
    tenants: &[TenantId],
) -> Result<(Moment, HashMap<TenantId, i64>), Fault> {
    let rows: Vec<(Moment, TenantId, i64)> = sqlx::query_as(
        "select now(), t.tenant_id,
                coalesce((select p.last_seq from event_page p where p.network_id = $1 and p.tenant_id = t.tenant_id
                           order by p.last_seq desc limit 1), 0)
           from unnest($2::uuid[]) as t(tenant_id)",
    )
    .bind(network)
    .bind(tenants)
    .fetch_all(conn)
    .await?;
    let now = rows.first().map(|(now, _, _)| *now).ok_or_else(|| Fault::new("nobody's log was asked for"))?;
    Ok((now, rows.into_iter().map(|(_, tenant, last)| (tenant, last)).collect()))
}

/// The order is there and the transaction's scope may see it.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn sees_order(conn: &mut Conn, network: NetworkId, order: Uuid) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar("select exists (select from orders where network_id = $1 and order_id = $2)")
        .bind(network)
        .bind(order)
        .fetch_one(conn)
        .await?)
}

/// A position in a tenant's log, as it is given out.
pub fn cursor(sealer: &Sealer, tenant: TenantId, seq: i64) -> String {
    let mut bytes = tenant.0.as_bytes().to_vec();
    bytes.extend_from_slice(&seq.to_be_bytes());
    sealer.seal_token(PURPOSE, &bytes)
}

/// The position that [`cursor`] gave out for the same tenant.
///
/// # Errors
/// BAD_REQUEST for anything else.
pub fn open_cursor(sealer: &Sealer, tenant: TenantId, text: &str) -> Result<i64, No> {
    sealer
        .open_token(PURPOSE, text)
        .and_then(|bytes| {
            let (owner, seq) = bytes.split_at_checked(16)?;
            let seq = i64::from_be_bytes(seq.try_into().ok()?);
            (owner == tenant.0.as_bytes() && seq >= 0).then_some(seq)
        })
        .ok_or(No::BadRequest("the cursor is not one of this log"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer() -> Sealer {
        Sealer::new(&[3; 32]).unwrap()
    }

    #[test]
    fn a_cursor_is_good_for_its_own_log_and_unaltered() {
        let (sealer, tenant) = (sealer(), TenantId::fresh());
        for seq in [0, 1, 100, i64::MAX] {
            let text = cursor(&sealer, tenant, seq);
            assert_eq!(text, cursor(&sealer, tenant, seq), "one position, one text");
            assert_eq!(open_cursor(&sealer, tenant, &text).unwrap(), seq);
            assert!(open_cursor(&sealer, TenantId::fresh(), &text).is_err());
            for at in 0..text.len() {
                let mut altered = text.clone().into_bytes();
                altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
                assert!(open_cursor(&sealer, tenant, &String::from_utf8(altered).unwrap()).is_err());
            }
        }
        for bad in
            [String::new(), "1".into(), cursor(&sealer, tenant, -1), sealer.seal_token("orders", &[0; 24])]
        {
            assert!(matches!(open_cursor(&sealer, tenant, &bad), Err(No::BadRequest(_))), "{bad}");
        }
    }

    #[test]
    fn an_events_id_differs_from_log_to_log() {
        let row = super::super::tail::testing::row(1, None, None);
        let (one, other) = (TenantId::fresh(), TenantId::fresh());
        assert_eq!(row.id(one), row.id(one));
        assert_ne!(row.id(one), row.id(other));
    }

    #[test]
    fn a_buyer_is_given_its_own_events_alone() {
        let (network, site, buyer) = (NetworkId::fresh(), TenantId::fresh(), UserId::fresh());
        let filter = Filter::of(Scope::Buyer(network, site, buyer), None, None);
        let row = |buyer| super::super::tail::testing::row(1, None, buyer);
        assert!(filter.takes(&row(Some(buyer))));
        assert!(!filter.takes(&row(Some(UserId::fresh()))));
        assert!(!filter.takes(&row(None)));
        let staff = Filter::of(Scope::Tenant(network, site), Some(vec![EventType::OrderPlaced]), None);
        assert!(staff.takes(&row(Some(buyer))));
        assert!(!staff.takes(&EventRow { kind: Some(EventType::StockLow), ..row(None) }));
        assert!(!staff.takes(&EventRow { kind: None, ..row(None) }));
    }
}
