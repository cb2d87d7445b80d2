//! Keys for programs.

use super::{ApiKeyId, GrantId, store};
use crate::{
    access::{Actor, MATRIX, Permit, Role},
    foundation::{Db, Fault, No, RefusalCode, seal, text},
    tenancy,
};
use zeroize::Zeroizing;

/// Makes a key of the caller's tenant with a built-in role there; its token is shown once.
///
/// # Errors
/// INVALID_INPUT; LIMIT_EXCEEDED past 100 live keys.
pub async fn create_key(
    db: &Db,
    permit: Permit,
    name: &str,
    role: &str,
    expires_in_seconds: Option<i32>,
) -> Result<(store::ApiKey, Zeroizing<String>), No> {
    const LIVE: i64 = 100;
    let name = text::line(name, 60, "name")?;
    let builtin = Role::of(role)
        .filter(|role| !matches!(role, Role::Anonymous | Role::Buyer | Role::Owner))
        .ok_or_else(|| No::invalid("is no role for a key", "role"))?;
    if !MATRIX.of_role(builtin, permit.place().kind).into_iter().all(|action| permit.viewer().can(action)) {
        return Err(No::invalid("may do more than you may here", "role"));
    }
    if expires_in_seconds.is_some_and(|seconds| seconds < 1) {
        return Err(No::invalid("must be at least 1 second", "expiresInSeconds"));
    }
    // A key acts with what its maker could give, and is a person's doing.
    let Actor::Staff(user) = permit.actor() else { return Err(No::Forbidden) };
    let token = seal::fresh_token("cdk");
    let mut tx = db.begin(permit.work()).await?;
    let network = permit.network();
    tenancy::store::lock(&mut tx, network, permit.tenant()).await?;
    let live: i64 = sqlx::query_scalar(
        "select count(*) from api_key where network_id = $1 and tenant_id = $2 and revoked_at is null",
    )
    .bind(network)
    .bind(permit.tenant())
    .fetch_one(&mut *tx)
    .await?;
    if live >= LIVE {
        return Err(No::because(
            RefusalCode::LimitExceeded,
            format!("a tenant has at most {LIVE} live keys"),
            "name",
        ));
    }
    let key: store::ApiKey = sqlx::query_as(
        "insert into api_key (network_id, api_key_id, tenant_id, name, token_hash, created_by, expires_at)
         values ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))
         returning api_key_id, name, expires_at, revoked_at",
    )
    .bind(network)
    .bind(ApiKeyId::fresh())
    .bind(permit.tenant())
    .bind(&name)
    .bind(seal::token_hash(&token))
    .bind(user)
    .bind(expires_in_seconds.map(f64::from))
    .fetch_one(&mut *tx)
    .await?;
    let grant = store::Grant {
        grant_id: GrantId::fresh(),
        principal_id: key.api_key_id.0,
        tenant_id: permit.tenant(),
        builtin: Some(builtin.word().into()),
        role_id: None,
        subtree: false,
    };
    store::insert_grant(&mut tx, network, &grant, Some(user.0)).await?;
    tx.commit().await?;
    Ok((key, token))
}

/// Ends a key of the caller's tenant.
///
/// # Errors
/// NOT_FOUND.
pub async fn revoke_key(db: &Db, permit: Permit, id: ApiKeyId) -> Result<store::ApiKey, No> {
    let mut tx = db.begin(permit.work()).await?;
    let key = sqlx::query_as(
        "update api_key set revoked_at = coalesce(revoked_at, now())
          where network_id = $1 and api_key_id = $2 and tenant_id = $3
         returning api_key_id, name, expires_at, revoked_at",
    )
    .bind(permit.network())
    .bind(id)
    .bind(permit.tenant())
    .fetch_optional(&mut *tx)
    .await
    .map_err(Fault::from)?
    .ok_or_else(|| No::not_found("apiKeyId"))?;
    tenancy::store::bump_policy(&mut tx, permit.network()).await?;
    tx.commit().await?;
    Ok(key)
}

/// The caller's tenant's keys, without their tokens.
///
/// # Errors
/// [`Fault`].
pub async fn list_keys(db: &Db, permit: &Permit) -> Result<Vec<store::ApiKey>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let keys = sqlx::query_as(
        "select api_key_id, name, expires_at, revoked_at from api_key
          where network_id = $1 and tenant_id = $2 order by api_key_id limit 1000",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .fetch_all(&mut *tx)
    .await?;
    Ok(keys)
}
