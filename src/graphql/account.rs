//! One's own account, through GraphQL.

use super::{
    error,
    identity::SessionRevokePayload,
    scalar::DateTime,
    session::{Ask, id, read},
};
use crate::{
    access::Viewer,
    foundation::No,
    identity::account::{self, OpenSession},
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// Where somebody is signed in.
#[derive(SimpleObject)]
pub struct SessionInfo {
    /// Opaque and stable (`ses_…`); not what the session is used by.
    id: ID,
    /// When it began.
    created_at: DateTime,
    /// When it ends by itself.
    expires_at: DateTime,
    /// The program that it began with, as that calls itself, cut at 200 characters; null where it did not say.
    user_agent: Option<String>,
    /// It is the one that this request came with.
    current: bool,
}

impl From<OpenSession> for SessionInfo {
    fn from(session: OpenSession) -> Self {
        Self {
            id: ID(session.session_id.to_string()),
            created_at: DateTime(session.created_at),
            expires_at: DateTime(session.expires_at),
            user_agent: session.user_agent,
            current: session.current,
        }
    }
}

/// The viewer's own sessions.
///
/// # Errors
/// When the database fails.
pub async fn sessions_of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Vec<SessionInfo>> {
    let found = account::sessions(&ctx.services().db, viewer).await;
    Ok(read(found.map_err(No::Fault))?.into_iter().map(SessionInfo::from).collect())
}

/// Which session to end.
#[derive(InputObject)]
pub struct SessionEndInput {
    /// One of the caller's own.
    session_id: ID,
}

/// A new password.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The present one.
    current: String,
    /// 8 to 200 characters.
    new: String,
}

/// What one changes of one's own account.
#[derive(Default)]
pub struct AccountMutation;

#[Object]
impl AccountMutation {
    /// Ends one of the caller's own sessions, on the next request and on every open socket within a second.
    async fn session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: SessionEndInput,
    ) -> Result<SessionRevokePayload> {
        let permit = ctx.permit()?;
        let done = async {
            let session = id(&input.session_id, "sessionId")?;
            account::end_session(&ctx.services().db, permit, session).await
        };
        let (_, errors) = error::split(done.await)?;
        Ok(SessionRevokePayload { errors })
    }

    /// Sets the caller's password. Its other sessions end, on the next request and on every open socket within a
    /// second; this one stays.
    async fn password_change(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The present password and the new one.")] input: PasswordChangeInput,
    ) -> Result<SessionRevokePayload> {
        let permit = ctx.permit()?;
        let done = account::change_password(&ctx.services().db, permit, &input.current, &input.new).await;
        let (_, errors) = error::split(done)?;
        Ok(SessionRevokePayload { errors })
    }
}
