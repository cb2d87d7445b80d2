//! The identity's statements.

use super::{ApiKeyId, GrantId, RoleId, UserKind};
use crate::{
    access::{Holding, TenantKind, TenantStatus},
    foundation::{
        Conn, Fault, Moment, PageRequest,
        id::{NetworkId, TenantId, UserId},
    },
};

crate::row! {
    /// A person.
    pub struct User {
        /// Its id.
        pub user_id: UserId,
        /// Where it belongs.
        pub tenant_id: TenantId,
        /// Staff or buyer.
        pub kind: UserKind,
        /// As it was given.
        pub email: String,
        /// What it is called.
        pub display_name: String,
        /// DISABLED ones can't sign in.
        pub active: bool,
    }
}

const USER: &str = "select user_id, tenant_id, kind, email, display_name, status = 'ACTIVE' as active from app_user where network_id = $1";

/// The users with those ids that the transaction's scope may see.
pub async fn find_many(db: &mut Conn, network: NetworkId, ids: &[UserId]) -> Result<Vec<User>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!("{USER} and user_id = any($2)")))
        .bind(network)
        .bind(ids)
        .fetch_all(db)
        .await?)
}

/// The user of that address at a tenant, with what is stored of its password.
pub async fn find_by_email(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    email_key: &str,
) -> Result<Option<(UserId, UserKind, bool, String)>, Fault> {
    Ok(sqlx::query_as(
        "select user_id, kind, status = 'ACTIVE', password_hash from app_user
          where network_id = $1 and tenant_id = $2 and email_key = $3",
    )
    .bind(network)
    .bind(tenant)
    .bind(email_key)
    .fetch_optional(db)
    .await?)
}

/// What is needed to add a user.
pub struct NewUser<'a> {
    /// Where.
    pub tenant: TenantId,
    /// Staff or buyer.
    pub kind: UserKind,
    /// The address as given, and folded.
    pub email: &'a (String, String),
    /// What it is called.
    pub display_name: &'a str,
    /// What is stored of its password.
    pub password_hash: &'a str,
}

/// Adds a user; `None` when the address is taken at that tenant.
pub async fn insert(db: &mut Conn, network: NetworkId, user: NewUser<'_>) -> Result<Option<UserId>, Fault> {
    Ok(sqlx::query_scalar(
        "insert into app_user (network_id, user_id, tenant_id, kind, email, email_key, display_name, password_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint user_email do nothing returning user_id",
    )
    .bind(network)
    .bind(UserId::fresh())
    .bind(user.tenant)
    .bind(user.kind)
    .bind(&user.email.0)
    .bind(&user.email.1)
    .bind(user.display_name)
    .bind(user.password_hash)
    .fetch_optional(db)
    .await?)
}

/// Users of one kind at a tenant, the oldest first; `email` matches exactly, folded.
pub async fn page(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    kind: UserKind,
    email_key: Option<&str>,
    page: &PageRequest<uuid::Uuid>,
) -> Result<Vec<User>, Fault> {
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{USER} and tenant_id = $2 and kind = $3 and ($4::text is null or email_key = $4)
            and ($5::uuid is null or user_id > $5) order by user_id limit $6"
    )))
    .bind(network)
    .bind(tenant)
    .bind(kind)
    .bind(email_key)
    .bind(page.after)
    .bind(page.first + 1)
    .fetch_all(db)
    .await?)
}

/// Disables a user and ends its sessions; whether there was one.
pub async fn disable(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    user: UserId,
) -> Result<bool, Fault> {
    let found = sqlx::query(
        "update app_user set status = 'DISABLED'
          where network_id = $1 and tenant_id = $2 and user_id = $3 and kind = 'STAFF'",
    )
    .bind(network)
    .bind(tenant)
    .bind(user)
    .execute(&mut *db)
    .await?
    .rows_affected();
    sqlx::query(
        "update session set revoked_at = now() where network_id = $1 and user_id = $2 and revoked_at is null",
    )
    .bind(network)
    .bind(user)
    .execute(db)
    .await?;
    Ok(found == 1)
}

/// Adds a session that ends after `seconds`; answers when.
pub async fn insert_session(
    db: &mut Conn,
    network: NetworkId,
    user: UserId,
    token_hash: &[u8],
    seconds: i32,
    user_agent: Option<&str>,
) -> Result<Moment, Fault> {
    Ok(sqlx::query_scalar(
        "insert into session (network_id, token_hash, session_id, user_id, expires_at, user_agent)
         values ($1, $2, $3, $4, now() + make_interval(secs => $5), $6) returning expires_at",
    )
    .bind(network)
    .bind(token_hash)
    .bind(uuid::Uuid::now_v7())
    .bind(user)
    .bind(f64::from(seconds))
    .bind(user_agent)
    .fetch_one(db)
    .await?)
}

/// Ends the session or key with that hash.
pub async fn revoke_credential(db: &mut Conn, network: NetworkId, token_hash: &[u8]) -> Result<(), Fault> {
    sqlx::query("update session set revoked_at = now() where network_id = $1 and token_hash = $2 and revoked_at is null")
        .bind(network)
        .bind(token_hash)
        .execute(&mut *db)
        .await?;
    sqlx::query("update api_key set revoked_at = now() where network_id = $1 and token_hash = $2 and revoked_at is null")
        .bind(network)
        .bind(token_hash)
        .execute(db)
        .await?;
    Ok(())
}

// Whose live credential has the hash $2 in the network $1: a session's user, or a key.
macro_rules! live {
    () => {
        "select u.user_id as principal, u.kind, u.tenant_id, s.expires_at
           from session s join app_user u on u.network_id = s.network_id and u.user_id = s.user_id
          where s.network_id = $1 and s.token_hash = $2 and s.revoked_at is null and s.expires_at > now()
            and u.status = 'ACTIVE'
         union all
         select k.api_key_id, null, k.tenant_id, coalesce(k.expires_at, timestamptz '9999-01-01 00:00:00+00')
           from api_key k
          where k.network_id = $1 and k.token_hash = $2 and k.revoked_at is null
            and (k.expires_at is null or k.expires_at > now())"
    };
}

/// Whose live credential that is: a session's user, or a key. `None` for an unknown, ended or revoked one.
pub async fn find_credential(
    db: &mut Conn,
    network: NetworkId,
    token_hash: &[u8],
) -> Result<Option<Credential>, Fault> {
    Ok(sqlx::query_as(live!()).bind(network).bind(token_hash).fetch_optional(db).await?)
}

/// Where a request is addressed to, and whose live credential it brings, if it brings one: one statement, because
/// nothing else can begin before. `None` for an unknown tenant.
pub async fn find_caller(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    token_hash: Option<&[u8]>,
) -> Result<Option<Caller>, Fault> {
    Ok(sqlx::query_as(concat!(
        "select t.kind, t.status, t.lineage, n.currency, p.version, now() as now, c.principal, c.kind as user_kind,
                c.tenant_id as home, c.expires_at
           from tenant t
           join network n on n.network_id = t.network_id
           join policy_version p on p.network_id = t.network_id
           left join (",
        live!(),
        ") c on true
          where t.network_id = $1 and t.tenant_id = $3"
    ))
    .bind(network)
    .bind(token_hash)
    .bind(tenant)
    .fetch_optional(db)
    .await?)
}

crate::row! {
    /// A tenant that is addressed, and whoever a credential is of.
    pub struct Caller {
        /// The tenant's kind.
        pub kind: TenantKind,
        /// Its status.
        pub status: TenantStatus,
        /// From the operator down to it.
        pub lineage: Vec<TenantId>,
        /// The network's currency.
        pub currency: String,
        /// The network's policy version.
        pub version: i64,
        /// The database's time.
        pub now: Moment,
        /// The user or key; none without a live credential, like what follows.
        pub principal: Option<uuid::Uuid>,
        /// Of a user; none for a key.
        pub user_kind: Option<UserKind>,
        /// Where it belongs.
        pub home: Option<TenantId>,
        /// When the credential ends.
        pub expires_at: Option<Moment>,
    }
}

crate::row! {
    /// A live credential.
    pub struct Credential {
        /// The user or key.
        pub principal: uuid::Uuid,
        /// Of a user; none for a key.
        pub kind: Option<UserKind>,
        /// Where it belongs.
        pub tenant_id: TenantId,
        /// When it ends.
        pub expires_at: Moment,
    }
}

/// Every role that a principal holds.
pub async fn holdings(
    db: &mut Conn,
    network: NetworkId,
    principal: uuid::Uuid,
) -> Result<Vec<Holding>, Fault> {
    type Row = (Option<String>, Option<RoleId>, Option<Vec<String>>, TenantId, bool);
    let rows: Vec<Row> = sqlx::query_as(
        "select g.builtin, g.role_id, r.actions, g.tenant_id, g.subtree
           from role_grant g left join role r on r.network_id = g.network_id and r.role_id = g.role_id
          where g.network_id = $1 and g.principal_id = $2 and g.revoked_at is null order by g.grant_id",
    )
    .bind(network)
    .bind(principal)
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(builtin, role, actions, at, subtree)| Holding {
            role: builtin.or_else(|| role.map(|role| role.to_string())).unwrap_or_default(),
            actions: actions.unwrap_or_default(),
            at,
            subtree,
        })
        .collect())
}

crate::row! {
    /// A role held by somebody somewhere.
    pub struct Grant {
        /// Its id.
        pub grant_id: GrantId,
        /// The user or key that holds it.
        pub principal_id: uuid::Uuid,
        /// Where.
        pub tenant_id: TenantId,
        /// A built-in role,
        pub builtin: Option<String>,
        /// or a tenant's own.
        pub role_id: Option<RoleId>,
        /// Reaches below.
        pub subtree: bool,
    }
}

crate::row! {
    /// A role that a tenant made itself.
    pub struct OwnRole {
        /// Its id.
        pub role_id: RoleId,
        /// What it is called.
        pub name: String,
        /// What it may do.
        pub actions: Vec<String>,
    }
}

crate::row! {
    /// A program's key, without its token.
    pub struct ApiKey {
        /// Its id.
        pub api_key_id: ApiKeyId,
        /// What it is called.
        pub name: String,
        /// When it ends.
        pub expires_at: Option<Moment>,
        /// When it was revoked.
        pub revoked_at: Option<Moment>,
    }
}

/// The keys with those ids that the transaction's scope may see.
pub async fn keys(db: &mut Conn, network: NetworkId, ids: &[ApiKeyId]) -> Result<Vec<ApiKey>, Fault> {
    Ok(sqlx::query_as(
        "select api_key_id, name, expires_at, revoked_at from api_key
          where network_id = $1 and api_key_id = any($2)",
    )
    .bind(network)
    .bind(ids)
    .fetch_all(db)
    .await?)
}

/// Grants a role; answers the grant.
pub async fn insert_grant(
    db: &mut Conn,
    network: NetworkId,
    grant: &Grant,
    granted_by: Option<uuid::Uuid>,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into role_grant (network_id, grant_id, principal_id, tenant_id, builtin, role_id, subtree, granted_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(network)
    .bind(grant.grant_id)
    .bind(grant.principal_id)
    .bind(grant.tenant_id)
    .bind(&grant.builtin)
    .bind(grant.role_id)
    .bind(grant.subtree)
    .bind(granted_by)
    .execute(db)
    .await?;
    Ok(())
}
