//! Who is asking, through GraphQL.

use super::{
    account::{self, SessionInfo},
    ledger::Wallet,
    scalar::DateTime,
    session::{Ask, Session, nullable, read},
    tenancy::{Tenant, tenant},
};
use crate::{
    access::{Actor, Viewer as Seen},
    connection,
    foundation::{Fault, No, Scope, id::UserId, page},
    identity::{self, UserKind, store},
    ledger,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// A person who signs in.
#[derive(SimpleObject, Clone)]
pub struct User {
    /// Opaque and stable (`usr_…`).
    #[graphql(owned)]
    pub id: ID,
    /// As it was given.
    email: String,
    /// What it is called.
    display_name: String,
}

impl From<identity::User> for User {
    fn from(user: identity::User) -> Self {
        Self { id: ID(user.user_id.to_string()), email: user.email, display_name: user.display_name }
    }
}

/// A customer account of one site. The same e-mail at two sites is two buyers.
#[derive(SimpleObject, Clone)]
pub struct Buyer {
    /// Opaque and stable (`buy_…`).
    #[graphql(owned)]
    pub id: ID,
    /// As it was given.
    email: String,
    /// What it is called.
    display_name: String,
    /// What it has.
    wallet: Wallet,
}

connection!(Buyer, BuyerEdge, BuyerConnection);

/// A buyer's id outside.
pub fn buyer_id(user: UserId) -> String {
    format!("buy_{}", user.0.simple())
}

/// Who is asking.
pub struct Viewer(pub Seen);

/// Who is asking.
#[Object]
impl Viewer {
    /// The person; for an API key, who made it.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        user(ctx.session(), &self.0).await
    }
    /// The tenant that this request is about.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        tenant(ctx, self.0.place.tenant).await
    }
    /// Actions the viewer may perform at that tenant, e.g. "order:place". Sorted.
    async fn permissions(&self) -> Vec<&'static str> {
        self.0.permissions()
    }
    /// The tenants that the viewer may name, by depth and handle, at most 10,000: those at which it holds a role, or at one
    /// above with everything below it. None for a buyer.
    async fn tenants(&self, ctx: &Context<'_>) -> Result<Vec<Tenant>> {
        let found = identity::reach(&ctx.session().services.db, &self.0).await;
        Ok(read(found.map_err(Into::into))?.into_iter().map(Tenant).collect())
    }
    /// Where the person is signed in, the newest first, at most 100; none for an API key.
    async fn sessions(&self, ctx: &Context<'_>) -> Result<Vec<SessionInfo>> {
        account::sessions_of(ctx, &self.0).await
    }
    /// Null for staff: staff act on their tenant's wallet.
    async fn wallet(&self, ctx: &Context<'_>) -> Option<Result<Wallet>> {
        nullable(async {
            let Some(buyer) = self.0.actor.buyer() else { return Ok(None) };
            super::ledger::wallet_of(ctx.session(), self.0.scope(), buyer.0).await
        })
        .await
    }
}

async fn user(session: &Session, viewer: &Seen) -> Result<User> {
    let found = async {
        let network = viewer.place.network;
        let mut tx = session.services.db.begin(Scope::Network(network)).await?;
        let id = match viewer.actor {
            Actor::Key(key) => UserId(
                sqlx::query_scalar(
                    "select created_by from api_key where network_id = $1 and api_key_id = $2",
                )
                .bind(network)
                .bind(key)
                .fetch_one(&mut *tx)
                .await?,
            ),
            actor => UserId(actor.id()),
        };
        store::find_many(&mut tx, network, &[id])
            .await?
            .pop()
            .ok_or_else(|| Fault::new("the viewer is not there"))
    };
    Ok(read(found.await.map_err(No::from))?.into())
}

/// A user by its id, if the caller may see it: itself, or its tenant's staff.
pub async fn visible_user(session: &Session, id: UserId) -> Result<Option<User>> {
    let viewer = &session.viewer;
    if !viewer.actor.is_staff() && viewer.actor.buyer() != Some(id) {
        return Ok(None);
    }
    let found = async {
        let mut tx = session.read().await?;
        store::find_many(&mut tx, viewer.place.network, &[id]).await
    };
    let user = read(found.await.map_err(No::from))?.pop();
    let own = viewer.actor.id() == id.0;
    Ok(user
        .filter(|user| own || (user.kind == UserKind::Staff && viewer.can_do("staff:read")))
        .map(User::from))
}

/// Buyers by their ids, if the caller may see them: itself, or those of its site.
pub async fn visible_buyers(session: &Session, ids: &[UserId]) -> Result<Vec<(UserId, Buyer)>> {
    let viewer = &session.viewer;
    if !viewer.can_do("buyer:read") && viewer.actor.buyer().is_none() {
        return Ok(Vec::new());
    }
    let users = async {
        let mut tx = session.read().await?;
        store::find_many(&mut tx, viewer.place.network, ids).await
    };
    let mut users = read(users.await.map_err(No::from))?;
    users.retain(|user| user.kind == UserKind::Buyer);
    with_wallets(session, users).await
}

async fn with_wallets(session: &Session, users: Vec<identity::User>) -> Result<Vec<(UserId, Buyer)>> {
    let place = &session.viewer.place;
    let wallets = async {
        let owners: Vec<uuid::Uuid> = users.iter().map(|user| user.user_id.0).collect();
        // Row security shows a buyer's wallet to the buyer; its site has just been shown the buyer itself.
        let mut tx = session.work().await?;
        ledger::store::wallets_of(&mut tx, place.network, &owners).await
    };
    let wallets = read(wallets.await.map_err(No::from))?;
    Ok(users
        .into_iter()
        .filter_map(|user| {
            let row = wallets.iter().find(|wallet| wallet.owner_id == user.user_id.0)?.clone();
            let wallet = Wallet { row, currency: place.currency };
            let id = ID(buyer_id(user.user_id));
            Some((user.user_id, Buyer { id, email: user.email, display_name: user.display_name, wallet }))
        })
        .collect())
}

/// Who is asking, and a site's buyers.
#[derive(Default)]
pub struct IdentityQuery;

#[Object]
impl IdentityQuery {
    /// Null for an anonymous caller.
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Result<Viewer>> {
        nullable(async {
            let permit = ctx.permit()?;
            Ok((permit.actor() != Actor::Anonymous).then(|| Viewer(permit.viewer().clone())))
        })
        .await
    }

    /// Buyers of the caller's tenant. Staff with buyer:read.
    async fn buyers(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Exactly this address, in any case.")] email: Option<String>,
    ) -> Option<Result<BuyerConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "buyers", first.unwrap_or(20), after.as_deref()))?;
            let found = async {
                let mut tx = ctx.session().read().await?;
                let tenant = permit.tenant();
                // What is no address is nobody's.
                let email = match email.map(|email| crate::foundation::text::email(&email, "email")) {
                    None => None,
                    Some(Ok((_, key))) => Some(key),
                    Some(Err(_)) => return Ok(Vec::new()),
                };
                store::page(&mut tx, permit.network(), tenant, UserKind::Buyer, email.as_deref(), &request)
                    .await
            };
            let users = read(found.await.map_err(No::from))?;
            let users = crate::foundation::Page::of(users, request.first, request.after.is_some());
            let (more, earlier) = (users.more, users.earlier);
            let rows = with_wallets(ctx.session(), users.rows).await?;
            let rows = rows.into_iter().map(|(id, buyer)| (id.0, buyer)).collect();
            Ok(Some(BuyerConnection::of(sealer, "buyers", crate::foundation::Page { rows, more, earlier })))
        })
        .await
    }
}

/// A session.
#[derive(SimpleObject)]
#[graphql(name = "Session")]
pub struct IssuedSession {
    /// Sent back as `Authorization: Bearer <token>`. Shown once.
    token: String,
    /// When it ends.
    expires_at: DateTime,
}

/// The session with its viewer, or why not.
#[derive(SimpleObject)]
pub struct SessionCreatePayload {
    /// The session.
    session: Option<IssuedSession>,
    /// Who is signed in.
    viewer: Option<Viewer>,
    /// Why not; empty when it was done.
    errors: Vec<super::error::UserError>,
}

/// Nothing, or why not.
#[derive(SimpleObject)]
pub struct SessionRevokePayload {
    /// Why not; empty when it was done.
    pub errors: Vec<super::error::UserError>,
}

/// An account's e-mail address and password.
#[derive(InputObject)]
pub struct SessionCreateInput {
    /// The account's address at the tenant that the request is addressed to.
    email: String,
    /// Its password.
    password: String,
    /// Six digits, where the account has a second factor.
    totp: Option<String>,
}

/// A buyer's new account.
#[derive(InputObject)]
pub struct BuyerRegisterInput {
    /// Unique at this site.
    email: String,
    /// 8 to 200 characters.
    password: String,
    /// 1 to 60 characters.
    display_name: String,
}

/// Signing in and out.
#[derive(Default)]
pub struct IdentityMutation;

#[Object]
impl IdentityMutation {
    /// Signs in at the tenant that the request is addressed to.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An account's e-mail address and password.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let permit = ctx.permit()?;
        let done = identity::session::create(&ctx.services().db, permit, &input.email, &input.password).await;
        // No account has a second factor yet, so a code is never asked for and one that is sent is not looked at.
        let _ = input.totp;
        opened(done)
    }

    /// Ends the session or key that the request came with, on every open socket within a second.
    async fn session_revoke(&self, ctx: &Context<'_>) -> Result<SessionRevokePayload> {
        let permit = ctx.permit()?;
        let (_, errors) = super::error::split(identity::session::revoke(&ctx.services().db, permit).await)?;
        Ok(SessionRevokePayload { errors })
    }

    /// Opens a buyer's account at the site that the request is addressed to.
    async fn buyer_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A buyer's new account.")] input: BuyerRegisterInput,
    ) -> Result<SessionCreatePayload> {
        let permit = ctx.permit()?;
        let db = &ctx.services().db;
        opened(
            identity::register::register_buyer(
                db,
                permit,
                &input.email,
                &input.password,
                &input.display_name,
            )
            .await,
        )
    }
}

fn opened(done: Result<identity::session::Session, No>) -> Result<SessionCreatePayload> {
    let (session, errors) = super::error::split(done)?;
    let (session, viewer) = match session {
        None => (None, None),
        Some(opened) => {
            let session = IssuedSession {
                token: opened.token.as_str().to_owned(),
                expires_at: DateTime(opened.expires_at),
            };
            (Some(session), Some(Viewer(opened.viewer)))
        }
    };
    Ok(SessionCreatePayload { session, viewer, errors })
}
