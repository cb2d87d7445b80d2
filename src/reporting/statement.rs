//! A wallet's statement: what moved in it, the newest first, and what of a tenant's earnings is still held.

use crate::{
    access::Viewer,
    foundation::{
        Db, Fault, Moment, Page, PageRequest,
        id::{NetworkId, TenantId},
    },
    ledger::{self, AccountId},
    orders::{DeliveryId, OrderId},
    warranty::ClaimId,
};
use sqlx::Row;
use uuid::Uuid;

crate::words! {
    /// What moved money.
    pub enum EntryKind {
        /// It arrived outside the platform.
        Credit = "CREDIT",
        /// A purchase.
        Order = "ORDER",
        /// Money back for one.
        Refund = "REFUND",
        /// A warranty claim: what is held for it, and what it costs.
        Claim = "CLAIM",
        /// What was earned became spendable.
        Release = "RELEASE",
        /// From one wallet to another.
        Transfer = "TRANSFER",
        /// Into a supplier's deposit, or out of it.
        Deposit = "DEPOSIT",
        /// Into the network's buyer-protection fund, or out of it.
        Fund = "FUND",
        /// Anything else.
        Other = "OTHER",
    }
}

impl EntryKind {
    /// From the business fact that an entry's key names.
    fn of_key(key: &str) -> Self {
        match key.split_once(':').map(|(fact, _)| fact) {
            Some("credit") => Self::Credit,
            Some("order") => Self::Order,
            Some("refund") => Self::Refund,
            Some("claim") => Self::Claim,
            Some("release") => Self::Release,
            Some("transfer") => Self::Transfer,
            Some("deposit" | "deposit-back") => Self::Deposit,
            Some("fund" | "fund-back") => Self::Fund,
            _ => Self::Other,
        }
    }
}

/// Where a movement stands in its statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    // Movements are in the order of their transactions, as their account's index has them.
    xid: i64,
    /// The entry,
    pub entry: Uuid,
    /// and which posting of it.
    pub position: i32,
}

impl Spot {
    /// As a cursor holds it.
    pub fn to_bytes(self) -> Vec<u8> {
        [&self.xid.to_be_bytes()[..], self.entry.as_bytes(), &self.position.to_be_bytes()].concat()
    }

    /// From a cursor; `None` for bytes that are none.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let (xid, rest) = bytes.split_at_checked(8)?;
        let (entry, position) = rest.split_at_checked(16)?;
        Some(Self {
            xid: i64::from_be_bytes(xid.try_into().ok()?),
            entry: Uuid::from_slice(entry).ok()?,
            position: i32::from_be_bytes(position.try_into().ok()?),
        })
    }
}

/// One movement of a wallet.
#[derive(Clone, Debug)]
pub struct Movement {
    /// Where it stands.
    pub spot: Spot,
    /// When.
    pub at: Moment,
    /// What moved it.
    pub kind: EntryKind,
    /// Minor units; negative where it went out.
    pub amount: i64,
    /// Of what is earned and not yet spendable.
    pub held: bool,
    /// What whoever moved it calls it.
    pub memo: Option<String>,
    /// The order that it is about, if the scope may see it.
    pub order: Option<OrderId>,
    /// The claim that it is about, if the scope may see it.
    pub claim: Option<ClaimId>,
}

/// A page of a wallet's movements, the newest first; `None` for a wallet that the viewer may not see. Two statements.
///
/// # Errors
/// [`Fault`].
pub async fn movements(
    db: &Db,
    viewer: &Viewer,
    wallet: AccountId,
    request: &PageRequest<Spot>,
) -> Result<Option<Page<Movement>>, Fault> {
    let network = viewer.place.network;
    let mut tx = db.begin(viewer.scope()).await?;
    if ledger::store::wallet(&mut tx, network, wallet).await?.is_none() {
        return Ok(None);
    }
    let after = request.after;
    // From the front of each account's own index, however long it is.
    let rows = sqlx::query(
        "select p.xid::text as xid, p.entry_id, p.position, e.occurred_at, e.key, e.memo, p.amount,
                a.kind = 'TENANT_HELD' as held, coalesce(r.claim_id, c.claim_id) as claim_id,
                case when e.key like 'order:%' then substr(e.key, 7, 36)::uuid
                     else coalesce(r.order_id, d.order_id, c.order_id) end as order_id
           from account w
           join account a on a.network_id = w.network_id and a.owner_id = w.owner_id
                and (a.account_id = w.account_id or a.kind = 'TENANT_HELD')
          cross join lateral (
            select s.xid, s.entry_id, s.position, s.amount from posting s
             where s.network_id = $1 and s.account_id = a.account_id
               and ($3::text is null or (s.xid, s.entry_id, s.position) < ($3::xid8, $4::uuid, $5::int))
             order by s.xid desc, s.entry_id desc, s.position desc limit $6) p
           join journal_entry e on e.network_id = $1 and e.entry_id = p.entry_id
           left join refund r on r.network_id = $1
                and r.refund_id = case when e.key like 'refund:%' then substr(e.key, 8, 36)::uuid end
           left join delivery d on d.network_id = $1
                and d.delivery_id = case when e.key like 'release:%' then substr(e.key, 9, 36)::uuid end
           left join claim c on c.network_id = $1
                and c.claim_id = case when e.key like 'claim:%' then substr(e.key, 7, 36)::uuid end
          where w.network_id = $1 and w.account_id = $2
          order by p.xid desc, p.entry_id desc, p.position desc limit $6",
    )
    .bind(network)
    .bind(wallet)
    .bind(after.map(|spot| spot.xid.to_string()))
    .bind(after.map(|spot| spot.entry))
    .bind(after.map(|spot| spot.position))
    .bind(request.first + 1)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let movement = |row: &sqlx::postgres::PgRow| -> Result<Movement, Fault> {
        let xid: String = row.try_get("xid")?;
        let xid = xid.parse().map_err(|_| Fault::new("a transaction's number is none"))?;
        let spot = Spot { xid, entry: row.try_get("entry_id")?, position: row.try_get("position")? };
        Ok(Movement {
            spot,
            at: row.try_get("occurred_at")?,
            kind: EntryKind::of_key(row.try_get("key")?),
            amount: row.try_get("amount")?,
            held: row.try_get("held")?,
            memo: row.try_get("memo")?,
            order: row.try_get("order_id")?,
            claim: row.try_get("claim_id")?,
        })
    };
    let rows = rows.iter().map(movement).collect::<Result<_, _>>()?;
    Ok(Some(Page::of(rows, request.first, after.is_some())))
}

crate::row! {
    /// What a tenant earned on one unit and may not yet spend.
    pub struct Held {
        /// The unit's delivery.
        pub delivery_id: DeliveryId,
        /// Its order.
        pub order_id: OrderId,
        /// Minor units.
        pub held: i64,
        /// When it becomes spendable; none before it is delivered.
        pub release_at: Option<Moment>,
        /// A claim on the unit is open: it waits for that.
        pub disputed: bool,
    }
}

/// How many orders are looked through at once for what is held on them, and how often for one page.
const LOOK: i64 = 500;
const LOOKS: u32 = 40;

/// A page of what is held of a wallet's owner, the newest orders first; `None` for a wallet that the viewer may not
/// see. At most the owner's newest 20,000 orders behind the cursor are looked through for a page. Two statements, and
/// one more for every 500 orders on which nothing is held any more.
///
/// # Errors
/// [`Fault`].
pub async fn held(
    db: &Db,
    viewer: &Viewer,
    wallet: AccountId,
    request: &PageRequest<(OrderId, DeliveryId)>,
) -> Result<Option<Page<Held>>, Fault> {
    let network = viewer.place.network;
    let mut tx = db.begin(viewer.scope()).await?;
    let Some(wallet) = ledger::store::wallet(&mut tx, network, wallet).await? else { return Ok(None) };
    let owner = TenantId(wallet.owner_id);
    let wanted = usize::try_from(request.first + 1).unwrap_or_default();
    let (mut rows, mut below): (Vec<Held>, Option<OrderId>) = (Vec::new(), None);
    for _ in 0..LOOKS {
        let limit = request.first + 1;
        let (found, reached) = look(&mut tx, network, owner, request.after, below, limit).await?;
        rows.extend(found.into_iter().take(wanted - rows.len()));
        below = reached;
        if below.is_none() || rows.len() == wanted {
            break;
        }
    }
    tx.commit().await?;
    Ok(Some(Page::of(rows, request.first, request.after.is_some())))
}

// What is held on the next orders, and the last of those, where there may be more.
async fn look(
    db: &mut crate::foundation::Conn,
    network: NetworkId,
    owner: TenantId,
    after: Option<(OrderId, DeliveryId)>,
    below: Option<OrderId>,
    limit: i64,
) -> Result<(Vec<Held>, Option<OrderId>), Fault> {
    let rows = sqlx::query(
        "with looked as (
           select t.order_id from order_tier t
            where t.network_id = $1 and t.tenant_id = $2
              and ($3::uuid is null or t.order_id <= $3) and ($5::uuid is null or t.order_id < $5)
            group by t.order_id order by t.order_id desc limit $7)
         select m.orders, m.reached, h.*
           from (select count(*) as orders, (array_agg(order_id order by order_id))[1] as reached from looked) m
           left join lateral (
             select d.delivery_id, d.order_id, e.held, d.release_at,
                    exists (select from delivery s where s.network_id = d.network_id and s.order_id = d.order_id
                       and s.line_no = d.line_no and s.unit_no = d.unit_no and s.status = 'UNDER_CLAIM') as disputed
               from looked l
               join delivery d on d.network_id = $1 and d.order_id = l.order_id
               join earning e on e.network_id = $1 and e.delivery_id = d.delivery_id and e.tenant_id = $2 and e.held > 0
              where $3::uuid is null or (d.order_id, d.delivery_id) < ($3, $4)
              order by d.order_id desc, d.delivery_id desc limit $6) h on true
          order by h.order_id desc, h.delivery_id desc",
    )
    .bind(network)
    .bind(owner)
    .bind(after.map(|(order, _)| order))
    .bind(after.map(|(_, delivery)| delivery))
    .bind(below)
    .bind(limit)
    .bind(LOOK)
    .fetch_all(db)
    .await?;
    let Some(first) = rows.first() else { return Ok((Vec::new(), None)) };
    let full = first.try_get::<i64, _>("orders")? == LOOK;
    let reached: Option<OrderId> = first.try_get("reached")?;
    let there = rows.iter().filter(|row| !matches!(row.try_get::<Option<Uuid>, _>("delivery_id"), Ok(None)));
    let found = there.map(sqlx::FromRow::from_row).collect::<Result<_, _>>()?;
    Ok((found, reached.filter(|_| full)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_says_what_moved_the_money_and_a_cursor_reads_back() {
        for (key, kind) in [
            ("order:0192", EntryKind::Order),
            ("credit:a:b:c", EntryKind::Credit),
            ("claim:0192:hold", EntryKind::Claim),
            ("deposit-back:a:b:c", EntryKind::Deposit),
            ("fund:a:b:c", EntryKind::Fund),
            ("something:else", EntryKind::Other),
            ("order", EntryKind::Other),
        ] {
            assert_eq!(EntryKind::of_key(key), kind, "{key}");
        }
        let spot = Spot { xid: 77, entry: Uuid::now_v7(), position: 3 };
        assert_eq!(Spot::of(&spot.to_bytes()), Some(spot));
        assert_eq!(Spot::of(&[0; 27]), None);
        assert_eq!(Spot::of(&[0; 29]), None);
    }
}
