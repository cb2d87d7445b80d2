//! A tenant's staff, roles, grants and keys, through GraphQL.

use super::{
    audit,
    identity::User,
    scalar::DateTime,
    session::{Ask, id, nullable, read},
};
use crate::{
    access::{self, MATRIX},
    foundation::No,
    identity::{api_key, staff, store},
    payload,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// A role that a tenant made itself.
#[derive(SimpleObject, Clone)]
pub struct Role {
    /// Opaque and stable (`rol_…`).
    id: ID,
    /// What it is called.
    name: String,
    /// What it may do, e.g. "order:read". Sorted.
    actions: Vec<String>,
}

impl From<store::OwnRole> for Role {
    fn from(role: store::OwnRole) -> Self {
        Self { id: ID(role.role_id.to_string()), name: role.name, actions: role.actions }
    }
}

/// A role held by somebody somewhere.
#[derive(SimpleObject, Clone)]
pub struct Grant {
    /// Opaque and stable (`grt_…`).
    id: ID,
    /// The user or key that holds it, by its uuid.
    principal_id: ID,
    /// The tenant that it is held at.
    tenant_id: ID,
    /// A built-in role's name, or the id of a tenant's own.
    role: String,
    /// It reaches every tenant below.
    subtree: bool,
}

impl From<store::Grant> for Grant {
    fn from(grant: store::Grant) -> Self {
        let role = grant.builtin.or_else(|| grant.role_id.map(|role| role.to_string())).unwrap_or_default();
        Self {
            id: ID(grant.grant_id.to_string()),
            principal_id: ID(grant.principal_id.simple().to_string()),
            tenant_id: ID(grant.tenant_id.to_string()),
            role,
            subtree: grant.subtree,
        }
    }
}

/// A program's key, without its token.
#[derive(SimpleObject, Clone)]
pub struct ApiKey {
    /// Opaque and stable (`key_…`).
    id: ID,
    /// What it is called.
    name: String,
    /// When it ends; null: when it is revoked.
    expires_at: Option<DateTime>,
    /// When it was revoked.
    revoked_at: Option<DateTime>,
}

impl From<store::ApiKey> for ApiKey {
    fn from(key: store::ApiKey) -> Self {
        Self {
            id: ID(key.api_key_id.to_string()),
            name: key.name,
            expires_at: key.expires_at.map(DateTime),
            revoked_at: key.revoked_at.map(DateTime),
        }
    }
}

/// Something that may be allowed.
#[derive(SimpleObject)]
pub struct Permission {
    /// e.g. "order:read"; what permissions and a role's actions say.
    name: String,
    /// The built-in roles that have it at a tenant like the caller's; none has what is not done there.
    roles: Vec<String>,
}

/// Staff, roles, grants and keys to read.
#[derive(Default)]
pub struct StaffQuery;

#[Object]
impl StaffQuery {
    /// Every action that there is, by name, and which built-in roles have it at a tenant like the caller's.
    async fn permission_catalogue(&self, ctx: &Context<'_>) -> Option<Result<Vec<Permission>>> {
        nullable(async {
            let kind = ctx.permit()?.place().kind;
            let held: Vec<_> =
                access::Role::ALL.iter().map(|role| (role, MATRIX.of_role(*role, kind))).collect();
            let catalogue = MATRIX.actions().iter().filter_map(|name| {
                let action = MATRIX.action(name)?;
                let having = held.iter().filter(|(_, actions)| actions.contains(&action));
                let roles = having.map(|(role, _)| role.word().to_owned()).collect();
                Some(Permission { name: (*name).to_owned(), roles })
            });
            Ok(Some(catalogue.collect()))
        })
        .await
    }

    /// The caller's tenant's staff, at most 1,000.
    async fn staff(&self, ctx: &Context<'_>) -> Option<Result<Vec<User>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let users = read(staff::list_staff(&ctx.services().db, &permit).await)?;
            Ok(Some(users.into_iter().map(User::from).collect()))
        })
        .await
    }

    /// The roles that the caller's tenant made itself, at most 1,000.
    async fn roles(&self, ctx: &Context<'_>) -> Option<Result<Vec<Role>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let roles = read(staff::list_roles(&ctx.services().db, &permit).await)?;
            Ok(Some(roles.into_iter().map(Role::from).collect()))
        })
        .await
    }

    /// The grants at the caller's tenant, at most 1,000.
    async fn grants(&self, ctx: &Context<'_>) -> Option<Result<Vec<Grant>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let grants = read(staff::list_grants(&ctx.services().db, &permit).await)?;
            Ok(Some(grants.into_iter().map(Grant::from).collect()))
        })
        .await
    }

    /// The caller's tenant's keys without their tokens, at most 1,000.
    async fn api_keys(&self, ctx: &Context<'_>) -> Option<Result<Vec<ApiKey>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let keys = read(api_key::list_keys(&ctx.services().db, &permit).await)?;
            Ok(Some(keys.into_iter().map(ApiKey::from).collect()))
        })
        .await
    }
}

/// A member of staff to be added to the caller's tenant.
#[derive(InputObject)]
pub struct StaffCreateInput {
    /// Unique at this tenant.
    email: String,
    /// 1 to 60 characters.
    display_name: String,
    /// 8 to 200 characters.
    password: String,
    /// A built-in role (owner, manager, support, warranty_agent, finance, auditor, integrator) or the id of the tenant's own.
    role: String,
}

/// A member of the caller's staff.
#[derive(InputObject)]
pub struct StaffDisableInput {
    /// Not the caller itself.
    user_id: ID,
}

/// A role to be made.
#[derive(InputObject)]
pub struct RoleCreateInput {
    /// Unique at this tenant, 1 to 60 characters.
    name: String,
    /// Actions that the tenant's owner has, e.g. "order:read".
    actions: Vec<String>,
}

/// A role to be granted.
#[derive(InputObject)]
pub struct GrantCreateInput {
    /// A member of the caller's staff (`usr_…`) or a key of the caller's tenant (`key_…`).
    principal_id: ID,
    /// A built-in role's name or the id of the tenant's own.
    role: String,
    /// The caller's tenant or one below; null is the caller's.
    tenant_id: Option<ID>,
    /// It reaches every tenant below too.
    #[graphql(default)]
    subtree: bool,
}

/// A grant to be taken back.
#[derive(InputObject)]
pub struct GrantRevokeInput {
    /// At the caller's tenant or below.
    grant_id: ID,
}

/// A key to be made.
#[derive(InputObject)]
pub struct ApiKeyCreateInput {
    /// 1 to 60 characters.
    name: String,
    /// A built-in role other than owner.
    role: String,
    /// Null: until it is revoked.
    expires_in_seconds: Option<i32>,
}

/// A key to be revoked.
#[derive(InputObject)]
pub struct ApiKeyRevokeInput {
    /// Of the caller's tenant.
    api_key_id: ID,
}

payload! {
    /// The member of staff, or why not.
    StaffPayload {
        /// The person.
        user: User
    }
}
payload! {
    /// The role, or why not.
    RolePayload {
        /// The role.
        role: Role
    }
}
payload! {
    /// The grant, or why not.
    GrantPayload {
        /// The grant.
        grant: Grant
    }
}
payload! {
    /// The key, or why not.
    ApiKeyPayload {
        /// The key.
        api_key: ApiKey
    }
}

/// Nothing, or why not.
#[derive(SimpleObject)]
pub struct GrantRevokePayload {
    /// Why not; empty when it was done.
    errors: Vec<super::error::UserError>,
}

/// The key with its token, or why not.
#[derive(SimpleObject)]
pub struct ApiKeyCreatePayload {
    /// The key.
    api_key: Option<ApiKey>,
    /// Sent as `Authorization: Bearer <token>`. Shown once.
    token: Option<String>,
    /// Why not; empty when it was done.
    errors: Vec<super::error::UserError>,
}

/// Staff, roles, grants and keys to change.
#[derive(Default)]
pub struct StaffMutation;

#[Object]
impl StaffMutation {
    /// Adds a member of staff to the caller's tenant, with a role there.
    async fn staff_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A member of staff to be added to the caller's tenant.")] input: StaffCreateInput,
    ) -> Result<StaffPayload> {
        let permit = ctx.permit()?;
        let StaffCreateInput { email, display_name, password, role } = input;
        let done =
            staff::create_staff(&ctx.services().db, permit, &email, &display_name, &password, &role).await;
        if let Ok(user) = &done {
            audit::made(&user.user_id);
        }
        StaffPayload::of(done.map(User::from))
    }

    /// Disables a member of staff; every session of theirs ends within a second.
    async fn staff_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A member of the caller's staff.")] input: StaffDisableInput,
    ) -> Result<StaffPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let user = id(&input.user_id, "userId")?;
            staff::disable_staff(&ctx.services().db, permit, user).await
        };
        StaffPayload::of(done.await.map(User::from))
    }

    /// Makes a role of the tenant's own.
    async fn role_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A role to be made.")] input: RoleCreateInput,
    ) -> Result<RolePayload> {
        let permit = ctx.permit()?;
        let done = staff::create_role(&ctx.services().db, permit, &input.name, input.actions).await;
        if let Ok(role) = &done {
            audit::made(&role.role_id);
        }
        RolePayload::of(done.map(Role::from))
    }

    /// Grants a role at the caller's tenant or one below, there alone or with its subtree.
    async fn grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A role to be granted.")] input: GrantCreateInput,
    ) -> Result<GrantPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let principal = if let Ok(user) = input.principal_id.parse() {
                staff::Principal::User(user)
            } else {
                staff::Principal::Key(input.principal_id.parse().map_err(|_| No::not_found("principalId"))?)
            };
            let at = input.tenant_id.map(|tenant| id(&tenant, "tenantId")).transpose()?;
            staff::create_grant(&ctx.services().db, permit, principal, &input.role, at, input.subtree).await
        };
        GrantPayload::of(done.await.map(Grant::from))
    }

    /// Takes a grant back, on the next request and on every open socket within a second.
    async fn grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A grant to be taken back.")] input: GrantRevokeInput,
    ) -> Result<GrantRevokePayload> {
        let permit = ctx.permit()?;
        let done = async {
            let grant = id(&input.grant_id, "grantId")?;
            staff::revoke_grant(&ctx.services().db, permit, grant).await
        };
        let (_, errors) = super::error::split(done.await)?;
        Ok(GrantRevokePayload { errors })
    }

    /// Makes a key for a program of the caller's tenant.
    async fn api_key_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A key to be made.")] input: ApiKeyCreateInput,
    ) -> Result<ApiKeyCreatePayload> {
        let permit = ctx.permit()?;
        let db = &ctx.services().db;
        let done = api_key::create_key(db, permit, &input.name, &input.role, input.expires_in_seconds).await;
        if let Ok((key, _)) = &done {
            audit::made(&key.api_key_id);
        }
        let (made, errors) = super::error::split(done)?;
        let (api_key, token) = made.map(|(key, token)| (key.into(), token.as_str().to_owned())).unzip();
        Ok(ApiKeyCreatePayload { api_key, token, errors })
    }

    /// Ends a key, on the next request and on every open socket within a second.
    async fn api_key_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A key to be revoked.")] input: ApiKeyRevokeInput,
    ) -> Result<ApiKeyPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let key = id(&input.api_key_id, "apiKeyId")?;
            api_key::revoke_key(&ctx.services().db, permit, key).await
        };
        ApiKeyPayload::of(done.await.map(ApiKey::from))
    }
}
