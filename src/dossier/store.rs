//! The slice's statements.

use super::DossierId;
use crate::foundation::{
    Conn, Fault, Moment,
    id::{NetworkId, TenantId, UserId},
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

crate::row! {
    /// An archive that was made.
    pub struct Dossier {
        /// Its id.
        pub dossier_id: DossierId,
        /// The order.
        pub order_id: Uuid,
        /// Its length; bytes.
        pub byte_size: i32,
        /// SHA-256.
        pub sha256: Vec<u8>,
        /// When it was made.
        pub created_at: Moment,
        /// Until when it is kept.
        pub expires_at: Moment,
        /// The database's time when this was read.
        pub now: Moment,
    }
}

crate::row! {
    /// Who sold to whom.
    pub(super) struct Seller {
        pub(super) network: String,
        pub(super) name: String,
        pub(super) handle: String,
        pub(super) buyer: String,
        pub(super) email: String,
        pub(super) region: Option<String>,
        pub(super) now: Moment,
    }
}

crate::row! {
    /// Money that went into the buyer's wallet or out of it.
    pub(super) struct Payment {
        pub(super) at: Moment,
        pub(super) what: String,
        pub(super) amount: i64,
    }
}

/// The network, the site and the buyer by their names. The transaction is of the whole network.
pub(super) async fn seller(
    db: &mut Conn,
    network: NetworkId,
    site: TenantId,
    buyer: UserId,
) -> Result<Option<Seller>, Fault> {
    Ok(sqlx::query_as(
        "select n.name as network, t.name, t.handle, u.display_name as buyer, u.email, n.region, now() as now
           from network n
           join tenant t on t.network_id = n.network_id and t.tenant_id = $2
           join app_user u on u.network_id = n.network_id and u.user_id = $3
          where n.network_id = $1",
    )
    .bind(network)
    .bind(site)
    .bind(buyer)
    .fetch_optional(db)
    .await?)
}

/// What the buyer's wallet paid and got for an order, its refunds and its claims, in order. The transaction is the
/// buyer's: no other account is seen.
pub(super) async fn payments(
    db: &mut Conn,
    network: NetworkId,
    buyer: UserId,
    order: Uuid,
) -> Result<Vec<Payment>, Fault> {
    Ok(sqlx::query_as(
        "with fact as (
           select 'order:' || $3::text as key, 'order' as what
           union all
           select 'refund:' || r.refund_id, 'refund' from refund r where r.network_id = $1 and r.order_id = $3
           union all
           select 'claim:' || c.claim_id || ':compensate', 'compensation' from claim c
            where c.network_id = $1 and c.order_id = $3)
         select e.occurred_at as at, f.what, p.amount
           from fact f
           join journal_entry e on e.network_id = $1 and e.key = f.key
           join posting p on p.network_id = $1 and p.entry_id = e.entry_id
           join account a on a.network_id = $1 and a.account_id = p.account_id
          where a.kind = 'BUYER_WALLET' and a.owner_id = $2
          order by e.occurred_at, p.position",
    )
    .bind(network)
    .bind(buyer)
    .bind(order)
    .fetch_all(db)
    .await?)
}

/// Writes an archive that is kept for a week.
pub(super) async fn insert(
    db: &mut Conn,
    network: NetworkId,
    id: DossierId,
    of: (TenantId, UserId, Uuid, Option<Uuid>),
    sha256: &[u8],
    byte_size: i32,
) -> Result<Dossier, Fault> {
    Ok(sqlx::query_as(
        "insert into dossier (network_id, dossier_id, tenant_id, owner_id, order_id, claim_id, sha256, byte_size, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, now() + interval '7 days')
         returning dossier_id, order_id, byte_size, sha256, created_at, expires_at, now() as now",
    )
    .bind(network)
    .bind(id)
    .bind(of.0)
    .bind(of.1)
    .bind(of.2)
    .bind(of.3)
    .bind(sha256)
    .bind(byte_size)
    .fetch_one(db)
    .await?)
}

const DOSSIER: &str =
    "select dossier_id, order_id, byte_size, sha256, created_at, expires_at, now() as now from dossier
    where network_id = $1 and expires_at > now()";

/// The archives of those orders that are still kept and that the scope may see, the newest first.
pub(super) async fn of_orders(
    db: &mut Conn,
    network: NetworkId,
    orders: &[Uuid],
) -> Result<Vec<Dossier>, Fault> {
    let sql = format!("{DOSSIER} and order_id = any($2) order by dossier_id desc limit 100");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(orders).fetch_all(db).await?)
}

/// One archive, while a link to it is good until `until` (seconds since 1970, by the database's clock).
pub(super) async fn linked(
    db: &mut Conn,
    network: NetworkId,
    id: Uuid,
    until: i64,
) -> Result<Option<Dossier>, Fault> {
    let sql = format!("{DOSSIER} and dossier_id = $2 and to_timestamp($3) >= now()");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(id).bind(until).fetch_optional(db).await?)
}

/// The region that a network names.
pub(super) async fn region(db: &mut Conn, network: NetworkId) -> Result<Option<String>, Fault> {
    let found: Option<Option<String>> =
        sqlx::query_scalar("select region from network where network_id = $1")
            .bind(network)
            .fetch_optional(db)
            .await?;
    Ok(found.flatten())
}
