//! Signing in and out.

use super::{Credentials, Denied, UserKind, identify, identify::Handles, password, store};
use crate::{
    access::{Permit, Viewer},
    foundation::{Db, Fault, Moment, No, RefusalCode, id::UserId, seal, text},
    tenancy,
};
use zeroize::Zeroizing;

const BUYER_SECONDS: i32 = 30 * 24 * 3600;
const STAFF_SECONDS: i32 = 12 * 3600;

/// A session as its holder gets it: shown once.
pub struct Session {
    /// The bearer token.
    pub token: Zeroizing<String>,
    /// When it ends.
    pub expires_at: Moment,
    /// Who is signed in, where.
    pub viewer: Viewer,
}

/// Signs in at the tenant that the request is addressed to. An unknown address and a wrong password look
/// the same and take the same time.
///
/// # Errors
/// INVALID_CREDENTIALS.
pub async fn create(db: &Db, permit: Permit, email: &str, password: &str) -> Result<Session, No> {
    let wrong = || {
        No::because(
            RefusalCode::InvalidCredentials,
            "the e-mail address or the password is wrong",
            "password",
        )
    };
    let key = text::email(email, "email").map(|(_, key)| key).unwrap_or_default();
    let mut tx = db.begin(permit.work()).await?;
    let found = store::find_by_email(&mut tx, permit.network(), permit.tenant(), &key).await?;
    tx.commit().await?;
    let stored = found.as_ref().map(|(.., hash)| hash.clone());
    let right = password.len() <= 1_000 && password::verify(password, stored).await?;
    match found {
        Some((user, kind, true, _)) if right => open(db, &permit, user, kind).await,
        _ => Err(wrong()),
    }
}

/// Opens a session for a user whose identity is proven.
pub(super) async fn open(db: &Db, permit: &Permit, user: UserId, kind: UserKind) -> Result<Session, No> {
    let token = seal::fresh_token("cds");
    let seconds = if kind == UserKind::Buyer { BUYER_SECONDS } else { STAFF_SECONDS };
    let mut tx = db.begin(permit.work()).await?;
    let hash = seal::token_hash(&token);
    // Bounded where it is read.
    let agent = permit.viewer().user_agent.as_deref();
    let expires_at = store::insert_session(&mut tx, permit.network(), user, &hash, seconds, agent).await?;
    let place = permit.place();
    let tenant = tenancy::store::find(&mut tx, place.network, place.tenant).await?;
    tx.commit().await?;
    let authorization = format!("Bearer {}", token.as_str());
    let credentials = Credentials {
        authorization: Some(&authorization),
        tenant: tenant.as_ref().map(|tenant| tenant.handle.as_str()),
        ..Credentials::default()
    };
    let viewer =
        identify(db, &Handles::default(), None, credentials).await.map_err(|denied| match denied {
            Denied::Fault(fault) => No::Fault(fault),
            Denied::Forbidden => No::because(
                RefusalCode::InvalidCredentials,
                "the account holds no role at this tenant",
                "email",
            ),
            other => No::Fault(Fault::new(format!("a new session does not hold: {other}"))),
        })?;
    Ok(Session { token, expires_at, viewer })
}

/// Ends the credential that the request came with, here and on every socket within a second.
///
/// # Errors
/// [`No::Forbidden`] without a credential.
pub async fn revoke(db: &Db, permit: Permit) -> Result<(), No> {
    let Some((hash, _)) = &permit.viewer().credential else { return Err(No::Forbidden) };
    let mut tx = db.begin(permit.work()).await?;
    store::revoke_credential(&mut tx, permit.network(), hash).await?;
    tenancy::store::bump_policy(&mut tx, permit.network()).await?;
    tx.commit().await?;
    Ok(())
}
