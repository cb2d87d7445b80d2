//! One's own account: where one is signed in, and one's password.

use super::{SessionId, password};
use crate::{
    access::{Actor, Permit, Viewer},
    foundation::{Conn, Db, Fault, Moment, No, RefusalCode, Scope, id::UserId},
    tenancy,
};

/// How many sessions are listed, the newest.
const LISTED: i64 = 100;

crate::row! {
    /// Where somebody is signed in.
    pub struct OpenSession {
        /// Its id.
        pub session_id: SessionId,
        /// When it began.
        pub created_at: Moment,
        /// When it ends by itself.
        pub expires_at: Moment,
        /// The program that it began with, as that calls itself.
        pub user_agent: Option<String>,
        /// It is the one that asks.
        pub current: bool,
    }
}

// A key has no sessions and no password.
fn person(actor: Actor) -> Option<UserId> {
    match actor {
        Actor::Buyer(user) | Actor::Staff(user) => Some(user),
        Actor::Anonymous | Actor::Key(_) => None,
    }
}

/// The viewer's own sessions that have not ended, the newest first, at most 100; none for a key. One statement.
///
/// # Errors
/// [`Fault`].
pub async fn sessions(db: &Db, viewer: &Viewer) -> Result<Vec<OpenSession>, Fault> {
    let Some(user) = person(viewer.actor) else { return Ok(Vec::new()) };
    let hash = viewer.credential.as_ref().map(|(hash, _)| hash.to_vec());
    // No reader's scope sees sessions: whose they are is said here.
    let mut tx = db.begin(Scope::Network(viewer.place.network)).await?;
    let found = sqlx::query_as(
        "select session_id, created_at, expires_at, user_agent, coalesce(token_hash = $3, false) as current from session
          where network_id = $1 and user_id = $2 and revoked_at is null and expires_at > now()
          order by session_id desc limit $4",
    )
    .bind(viewer.place.network)
    .bind(user)
    .bind(hash)
    .bind(LISTED)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Ends one of the caller's own sessions, here and on every socket within a second.
///
/// # Errors
/// NOT_FOUND for another's session, and for one that has ended.
pub async fn end_session(db: &Db, permit: Permit, session: SessionId) -> Result<(), No> {
    let missing = || No::not_found("sessionId");
    let user = person(permit.actor()).ok_or_else(missing)?;
    let mut tx = db.begin(permit.work()).await?;
    let ended = sqlx::query(
        "update session set revoked_at = now()
          where network_id = $1 and user_id = $2 and session_id = $3 and revoked_at is null and expires_at > now()",
    )
    .bind(permit.network())
    .bind(user)
    .bind(session)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if ended.rows_affected() == 0 {
        return Err(missing());
    }
    tenancy::store::bump_policy(&mut tx, permit.network()).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets the caller's password and ends its other sessions, here and on every socket within a second.
///
/// # Errors
/// INVALID_INPUT for a new one that can't be, INVALID_CREDENTIALS where the present one is another.
pub async fn change_password(db: &Db, permit: Permit, current: &str, new: &str) -> Result<(), No> {
    password::acceptable(new, "new")?;
    let wrong = || No::because(RefusalCode::InvalidCredentials, "the present password is another", "current");
    let user = person(permit.actor()).ok_or_else(wrong)?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let stored: Option<String> = password_of(&mut tx, &permit, user).await?;
    tx.commit().await?;
    let right = current.len() <= 1_000 && password::verify(current, stored.clone()).await?;
    let stored = stored.filter(|_| right).ok_or_else(wrong)?;
    let hash = password::hash(new).await?;
    let mut tx = db.begin(permit.work()).await?;
    // Of two who change it at once the second no longer knows the present one.
    let changed = sqlx::query(
        "update app_user set password_hash = $4
          where network_id = $1 and user_id = $2 and password_hash = $3 and status = 'ACTIVE'",
    )
    .bind(network)
    .bind(user)
    .bind(stored)
    .bind(hash)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if changed.rows_affected() == 0 {
        return Err(wrong());
    }
    let kept = permit.viewer().credential.as_ref().map(|(hash, _)| hash.to_vec());
    sqlx::query(
        "update session set revoked_at = now()
          where network_id = $1 and user_id = $2 and revoked_at is null and token_hash is distinct from $3",
    )
    .bind(network)
    .bind(user)
    .bind(kept)
    .execute(&mut *tx)
    .await
    .map_err(Fault::from)?;
    tenancy::store::bump_policy(&mut tx, network).await?;
    tx.commit().await?;
    Ok(())
}

async fn password_of(db: &mut Conn, permit: &Permit, user: UserId) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar(
        "select password_hash from app_user where network_id = $1 and user_id = $2 and status = 'ACTIVE'",
    )
    .bind(permit.network())
    .bind(user)
    .fetch_optional(db)
    .await?)
}
