//! The tenancy's statements.

use super::{TenantKind, TenantStatus};
use crate::foundation::{
    Conn, Fault, Tx,
    id::{NetworkId, TenantId},
};

crate::row! {
    /// A party of a network.
    pub struct Tenant {
        /// Its id.
        pub tenant_id: TenantId,
        /// What it is.
        pub kind: TenantKind,
        /// Its name in addresses.
        pub handle: String,
        /// Its name.
        pub name: String,
        /// Whether it may act.
        pub status: TenantStatus,
        /// Who is above it.
        pub parent_id: Option<TenantId>,
        /// How far below the operator.
        pub depth: i32,
        /// From the operator down to it, both included.
        pub lineage: Vec<TenantId>,
        /// The most it may add to its cost; basis points.
        pub markup_cap_bp: Option<i32>,
        /// What it says to everybody.
        pub announcement: Option<String>,
        /// Its colour, `#rrggbb`.
        pub accent: Option<String>,
        /// How to reach it.
        pub contact: Option<String>,
    }
}

const TENANT: &str = "select tenant_id, kind, handle, name, status, parent_id, depth, lineage,
    announcement, accent, contact, markup_cap_bp from tenant";

/// Where a handle leads.
pub async fn find_handle(db: &mut Conn, handle: &str) -> Result<Option<(NetworkId, TenantId)>, Fault> {
    Ok(sqlx::query_as("select network_id, tenant_id from directory where handle = $1")
        .bind(handle)
        .fetch_optional(db)
        .await?)
}

/// Where a host leads.
pub async fn find_host(db: &mut Conn, host: &str) -> Result<Option<(NetworkId, TenantId)>, Fault> {
    Ok(sqlx::query_as("select network_id, tenant_id from directory_host where host = $1")
        .bind(host)
        .fetch_optional(db)
        .await?)
}

/// The tenants with those ids that the transaction's scope may see.
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[TenantId]) -> Result<Vec<Tenant>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{TENANT} where network_id = $1 and tenant_id = any($2)")))
        .bind(network)
        .bind(ids)
        .fetch_all(db)
        .await?)
}

/// One tenant, if the transaction's scope may see it.
pub async fn find(db: &mut Conn, network: NetworkId, id: TenantId) -> Result<Option<Tenant>, Fault> {
    Ok(find_many(db, network, &[id]).await?.pop())
}

/// A tenant and everyone below it, the tenant first, then by depth and handle.
pub async fn subtree(db: &mut Conn, network: NetworkId, root: TenantId) -> Result<Vec<Tenant>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{TENANT} where network_id = $1 and $2 = any(lineage) order by depth, handle limit 10000"
    )))
    .bind(network)
    .bind(root)
    .fetch_all(db)
    .await?)
}

/// The tenants at which somebody holds a role, or at one above it with its subtree, by depth and handle: at most `most`.
pub async fn held_by(
    db: &mut Conn,
    network: NetworkId,
    principal: uuid::Uuid,
    most: i64,
) -> Result<Vec<Tenant>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{TENANT} where network_id = $1 and exists (
           select from role_grant g
            where g.network_id = $1 and g.principal_id = $2 and g.revoked_at is null
              and (g.tenant_id = tenant.tenant_id or (g.subtree and g.tenant_id = any(tenant.lineage))))
          order by depth, handle limit $3"
    )))
    .bind(network)
    .bind(principal)
    .bind(most)
    .fetch_all(db)
    .await?)
}

/// The sites directly under a tenant, by handle: at most `most`.
pub async fn child_sites(
    db: &mut Conn,
    network: NetworkId,
    parent: TenantId,
    most: i64,
) -> Result<Vec<TenantId>, Fault> {
    Ok(sqlx::query_scalar(
        "select tenant_id from tenant
          where network_id = $1 and parent_id = $2 and kind = 'SITE' order by handle limit $3",
    )
    .bind(network)
    .bind(parent)
    .bind(most)
    .fetch_all(db)
    .await?)
}

/// One tenant, its row locked until the end of the transaction.
pub async fn lock(db: &mut Conn, network: NetworkId, id: TenantId) -> Result<Option<Tenant>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{TENANT} where network_id = $1 and tenant_id = $2 for no key update"
    )))
    .bind(network)
    .bind(id)
    .fetch_optional(db)
    .await?)
}

/// Adds a tenant and its handle. A fault of constraint `directory_pkey` means that the handle is taken.
pub async fn insert(db: &mut Conn, network: NetworkId, tenant: &Tenant) -> Result<(), Fault> {
    sqlx::query("insert into directory (handle, network_id, tenant_id) values ($1, $2, $3)")
        .bind(&tenant.handle)
        .bind(network)
        .bind(tenant.tenant_id)
        .execute(&mut *db)
        .await?;
    sqlx::query(
        "insert into tenant (network_id, tenant_id, kind, handle, name, status, parent_id, depth, lineage)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(network)
    .bind(tenant.tenant_id)
    .bind(tenant.kind)
    .bind(&tenant.handle)
    .bind(&tenant.name)
    .bind(tenant.status)
    .bind(tenant.parent_id)
    .bind(tenant.depth)
    .bind(&tenant.lineage)
    .execute(db)
    .await?;
    Ok(())
}

/// Sets a status; the note is for whoever asks why.
pub async fn set_status(
    db: &mut Conn,
    network: NetworkId,
    id: TenantId,
    status: TenantStatus,
    note: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query("update tenant set status = $3, status_note = $4 where network_id = $1 and tenant_id = $2")
        .bind(network)
        .bind(id)
        .bind(status)
        .bind(note)
        .execute(db)
        .await?;
    Ok(())
}

/// Says to everyone who caches a decision that it may be another now.
pub async fn bump_policy(tx: &mut Tx, network: NetworkId) -> Result<(), Fault> {
    sqlx::query("update policy_version set version = version + 1 where network_id = $1")
        .bind(network)
        .execute(&mut **tx)
        .await?;
    tx.changes_policy(network);
    Ok(())
}

/// The version that [`bump_policy`] raises.
pub async fn policy_version(db: &mut Conn, network: NetworkId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar("select version from policy_version where network_id = $1")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// The operator of the network.
pub async fn operator(db: &mut Conn, network: NetworkId) -> Result<TenantId, Fault> {
    Ok(sqlx::query_scalar("select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// How deep the reseller tree may grow.
pub async fn depth_limit(db: &mut Conn, network: NetworkId) -> Result<i32, Fault> {
    Ok(sqlx::query_scalar("select depth_limit from network where network_id = $1")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// Every tenant of the lineage is ACTIVE: the last one may sell.
pub async fn trades(db: &mut Conn, network: NetworkId, lineage: &[TenantId]) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select not exists (select from tenant where network_id = $1 and tenant_id = any($2) and status <> 'ACTIVE')",
    )
    .bind(network)
    .bind(lineage)
    .fetch_one(db)
    .await?)
}

/// Who suspended a tenant, if anybody did.
pub async fn suspended_by(
    db: &mut Conn,
    network: NetworkId,
    id: TenantId,
) -> Result<Option<TenantId>, Fault> {
    Ok(sqlx::query_scalar("select suspended_by from tenant where network_id = $1 and tenant_id = $2")
        .bind(network)
        .bind(id)
        .fetch_one(db)
        .await?)
}

/// Says who suspended a tenant, or that nobody has.
pub async fn set_suspended_by(
    db: &mut Conn,
    network: NetworkId,
    id: TenantId,
    by: Option<TenantId>,
) -> Result<(), Fault> {
    sqlx::query("update tenant set suspended_by = $3 where network_id = $1 and tenant_id = $2")
        .bind(network)
        .bind(id)
        .bind(by)
        .execute(db)
        .await?;
    Ok(())
}
