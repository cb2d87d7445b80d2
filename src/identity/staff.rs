//! A tenant's staff, its own roles, and who holds what where.

use super::{ApiKeyId, GrantId, RoleId, User, UserKind, password, store};
use crate::{
    access::{MATRIX, Permit, Role},
    foundation::{
        Conn, Db, Fault, No, RefusalCode, Tx,
        id::{NetworkId, TenantId, UserId},
        text,
    },
    tenancy,
};

/// Adds a member of staff to the caller's tenant, with a role there.
///
/// # Errors
/// CONFLICT where the address is taken at this tenant; INVALID_INPUT.
pub async fn create_staff(
    db: &Db,
    permit: Permit,
    email: &str,
    display_name: &str,
    password: &str,
    role: &str,
) -> Result<User, No> {
    let email = text::email(email, "email")?;
    let display_name = text::line(display_name, 60, "displayName")?;
    password::acceptable(password, "password")?;
    let hash = password::hash(password).await?;
    let mut tx = db.begin(permit.work()).await?;
    let (builtin, role_id) = parse_role(&mut tx, &permit, role).await?;
    let user = store::NewUser {
        tenant: permit.tenant(),
        kind: UserKind::Staff,
        email: &email,
        display_name: &display_name,
        password_hash: &hash,
    };
    let id = store::insert(&mut tx, permit.network(), user)
        .await?
        .ok_or_else(|| No::because(RefusalCode::Conflict, "this address is taken here", "email"))?;
    let grant = store::Grant {
        grant_id: GrantId::fresh(),
        principal_id: id.0,
        tenant_id: permit.tenant(),
        builtin,
        role_id,
        subtree: false,
    };
    store::insert_grant(&mut tx, permit.network(), &grant, Some(permit.actor().id())).await?;
    let user = store::find_many(&mut tx, permit.network(), &[id]).await;
    tenancy::store::bump_policy(&mut tx, permit.network()).await?;
    tx.commit().await?;
    user?.pop().ok_or_else(|| Fault::new("a user that was just added is not there").into())
}

/// Disables a member of the caller's staff: every session ends within a second.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION for oneself, and where nobody would be the tenant's owner any more.
pub async fn disable_staff(db: &Db, permit: Permit, user: UserId) -> Result<User, No> {
    if permit.actor().id() == user.0 {
        return Err(No::because(
            RefusalCode::InvalidTransition,
            "nobody disables their own account",
            "userId",
        ));
    }
    let mut tx = db.begin(permit.work()).await?;
    // As where a grant is taken back: two at once don't disable each the other's last owner.
    tenancy::store::lock(&mut tx, permit.network(), permit.tenant()).await?;
    let owned = owners(&mut tx, permit.network(), permit.tenant()).await?;
    if !store::disable(&mut tx, permit.network(), permit.tenant(), user).await? {
        return Err(No::not_found("userId"));
    }
    if owned > 0 && owners(&mut tx, permit.network(), permit.tenant()).await? == 0 {
        return Err(No::because(
            RefusalCode::InvalidTransition,
            "a tenant keeps at least one owner",
            "userId",
        ));
    }
    tenancy::store::bump_policy(&mut tx, permit.network()).await?;
    let found = store::find_many(&mut tx, permit.network(), &[user]).await?.pop();
    tx.commit().await?;
    found.ok_or_else(|| No::not_found("userId"))
}

/// Makes a role of the tenant's own out of actions that its owner has.
///
/// # Errors
/// CONFLICT where the name is taken; INVALID_INPUT for an action that this kind of tenant does not have.
pub async fn create_role(
    db: &Db,
    permit: Permit,
    name: &str,
    actions: Vec<String>,
) -> Result<store::OwnRole, No> {
    let name = text::line(name, 60, "name")?;
    let owners = MATRIX.of_role(Role::Owner, permit.place().kind);
    let mut actions = actions;
    actions.sort();
    actions.dedup();
    if actions.is_empty() {
        return Err(No::invalid("must not be empty", "actions"));
    }
    for (at, action) in actions.iter().enumerate() {
        if !MATRIX.action(action).is_some_and(|action| owners.contains(&action)) {
            return Err(No::invalid("is no action of this tenant", &format!("actions.{at}")));
        }
        if !permit.viewer().can_do(action) {
            return Err(more_than_own(&format!("actions.{at}")));
        }
    }
    let mut tx = db.begin(permit.work()).await?;
    let role = store::OwnRole { role_id: RoleId::fresh(), name, actions };
    let done = sqlx::query(
        "insert into role (network_id, role_id, tenant_id, name, actions) values ($1, $2, $3, $4, $5)
         on conflict on constraint role_name do nothing",
    )
    .bind(permit.network())
    .bind(role.role_id)
    .bind(permit.tenant())
    .bind(&role.name)
    .bind(&role.actions)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if done.rows_affected() == 0 {
        return Err(No::because(RefusalCode::Conflict, "a role of this name exists", "name"));
    }
    tx.commit().await?;
    Ok(role)
}

/// Who gets a grant.
#[derive(Clone, Copy, Debug)]
pub enum Principal {
    /// A member of staff of the caller's tenant.
    User(UserId),
    /// A key of the caller's tenant.
    Key(ApiKeyId),
}

/// Grants a role at the caller's tenant or one below, there alone or with its subtree.
///
/// # Errors
/// NOT_FOUND for a principal, tenant or role that is not the caller's; INVALID_INPUT.
pub async fn create_grant(
    db: &Db,
    permit: Permit,
    principal: Principal,
    role: &str,
    at: Option<TenantId>,
    subtree: bool,
) -> Result<store::Grant, No> {
    let mut tx = db.begin(permit.work()).await?;
    let network = permit.network();
    let at = at.unwrap_or(permit.tenant());
    let tenant = tenancy::store::find(&mut tx, network, at).await?;
    if !tenant.is_some_and(|tenant| tenant.lineage.contains(&permit.tenant())) {
        return Err(No::not_found("tenantId"));
    }
    // What a role means below depends on who is there: only whoever has everything here may give any of it.
    let here = at == permit.tenant() && !subtree;
    let owns = |kind| MATRIX.of_role(Role::Owner, kind).into_iter().all(|action| permit.viewer().can(action));
    if !here && !owns(permit.place().kind) {
        return Err(more_than_own(if subtree { "subtree" } else { "tenantId" }));
    }
    let principal_id = match principal {
        Principal::User(id) if is_staff(&mut tx, network, permit.tenant(), id).await? => id.0,
        Principal::Key(id) if is_key(&mut tx, network, permit.tenant(), id).await? => id.0,
        _ => return Err(No::not_found("principalId")),
    };
    let (builtin, role_id) = parse_role(&mut tx, &permit, role).await?;
    if matches!(principal, Principal::Key(_)) && builtin.as_deref() == Some(Role::Owner.word()) {
        return Err(No::invalid("is no role for a key", "role"));
    }
    let grant =
        store::Grant { grant_id: GrantId::fresh(), principal_id, tenant_id: at, builtin, role_id, subtree };
    store::insert_grant(&mut tx, network, &grant, Some(permit.actor().id())).await?;
    tenancy::store::bump_policy(&mut tx, network).await?;
    tx.commit().await?;
    Ok(grant)
}

/// Takes a grant back: it ends on the next request, and on every socket within a second.
///
/// # Errors
/// NOT_FOUND for a grant that is not at the caller's tenant or below; INVALID_TRANSITION where nobody
/// would be the tenant's owner any more.
pub async fn revoke_grant(db: &Db, permit: Permit, id: GrantId) -> Result<(), No> {
    let mut tx = db.begin(permit.work()).await?;
    let network = permit.network();
    let found: Option<(TenantId, Option<String>)> = sqlx::query_as(
        "update role_grant g set revoked_at = now()
           from tenant t
          where g.network_id = $1 and g.grant_id = $2 and g.revoked_at is null
            and t.network_id = g.network_id and t.tenant_id = g.tenant_id and $3 = any(t.lineage)
         returning g.tenant_id, g.builtin",
    )
    .bind(network)
    .bind(id)
    .bind(permit.tenant())
    .fetch_optional(&mut *tx)
    .await
    .map_err(Fault::from)?;
    let (at, builtin) = found.ok_or_else(|| No::not_found("grantId"))?;
    // The row of the tenant that it was held at serialises whoever revokes there, from above or within: two
    // cannot each leave the other as the last owner.
    tenancy::store::lock(&mut tx, network, at).await?;
    if builtin.as_deref() == Some(Role::Owner.word()) && owners(&mut tx, network, at).await? == 0 {
        return Err(No::because(
            RefusalCode::InvalidTransition,
            "a tenant keeps at least one owner",
            "grantId",
        ));
    }
    tenancy::store::bump_policy(&mut tx, network).await?;
    tx.commit().await?;
    Ok(())
}

// How many people who may sign in own a tenant.
async fn owners(db: &mut Conn, network: NetworkId, tenant: TenantId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from role_grant g join app_user u on u.network_id = g.network_id and u.user_id = g.principal_id
          where g.network_id = $1 and g.tenant_id = $2 and g.builtin = 'owner' and g.revoked_at is null
            and u.status = 'ACTIVE'",
    )
    .bind(network)
    .bind(tenant)
    .fetch_one(db)
    .await?)
}

// A built-in role that staff may hold, or one of the tenant's own by its id.
async fn parse_role(
    tx: &mut Tx,
    permit: &Permit,
    role: &str,
) -> Result<(Option<String>, Option<RoleId>), No> {
    if let Some(builtin) = Role::of(role) {
        if matches!(builtin, Role::Anonymous | Role::Buyer) {
            return Err(No::invalid("is no role of staff", "role"));
        }
        let actions = MATRIX.of_role(builtin, permit.place().kind);
        if !actions.into_iter().all(|action| permit.viewer().can(action)) {
            return Err(more_than_own("role"));
        }
        return Ok((Some(builtin.word().into()), None));
    }
    let id: RoleId = role.parse().map_err(|_| No::not_found("role"))?;
    let actions: Option<Vec<String>> = sqlx::query_scalar(
        "select actions from role where network_id = $1 and role_id = $2 and tenant_id = $3",
    )
    .bind(permit.network())
    .bind(id)
    .bind(permit.tenant())
    .fetch_optional(&mut **tx)
    .await
    .map_err(Fault::from)?;
    let actions = actions.ok_or_else(|| No::not_found("role"))?;
    if !actions.iter().all(|action| permit.viewer().can_do(action)) {
        return Err(more_than_own("role"));
    }
    Ok((None, Some(id)))
}

// Nobody gives what they do not have: a role that may hire would otherwise be every role.
fn more_than_own(path: &str) -> No {
    No::invalid("may do more than you may here", path)
}

async fn is_staff(db: &mut Conn, network: NetworkId, tenant: TenantId, user: UserId) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from app_user where network_id = $1 and user_id = $2 and tenant_id = $3 and kind = 'STAFF')",
    )
    .bind(network)
    .bind(user)
    .bind(tenant)
    .fetch_one(db)
    .await?)
}

async fn is_key(db: &mut Conn, network: NetworkId, tenant: TenantId, key: ApiKeyId) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from api_key where network_id = $1 and api_key_id = $2 and tenant_id = $3 and revoked_at is null)",
    )
    .bind(network)
    .bind(key)
    .bind(tenant)
    .fetch_one(db)
    .await?)
}

/// The caller's tenant's staff.
///
/// # Errors
/// [`Fault`].
pub async fn list_staff(db: &Db, permit: &Permit) -> Result<Vec<User>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let page = crate::foundation::PageRequest { first: 1_000, after: None };
    Ok(store::page(&mut tx, permit.network(), permit.tenant(), UserKind::Staff, None, &page).await?)
}

/// The caller's tenant's own roles.
///
/// # Errors
/// [`Fault`].
pub async fn list_roles(db: &Db, permit: &Permit) -> Result<Vec<store::OwnRole>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let roles = sqlx::query_as(
        "select role_id, name, actions from role where network_id = $1 and tenant_id = $2 order by role_id limit 1000",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .fetch_all(&mut *tx)
    .await?;
    Ok(roles)
}

/// The grants at the caller's tenant.
///
/// # Errors
/// [`Fault`].
pub async fn list_grants(db: &Db, permit: &Permit) -> Result<Vec<store::Grant>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let grants = sqlx::query_as(
        "select grant_id, principal_id, tenant_id, builtin, role_id, subtree from role_grant
          where network_id = $1 and tenant_id = $2 and revoked_at is null order by grant_id limit 1000",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .fetch_all(&mut *tx)
    .await?;
    Ok(grants)
}
