//! What staff and keys did, through GraphQL; and the root of every mutation, which has it written down.

use super::{
    Mutation, error,
    identity::User,
    scalar::DateTime,
    session::{Ask, Session, nullable, read},
    staff::ApiKey,
};
use crate::{
    audit::{self, Entry, Outcome},
    connection,
    foundation::{No, Page, id::UserId, page},
    identity::{ApiKeyId, UserKind, store},
};
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Enum, ID, InputObject, Object, ObjectType, OutputType,
    Positioned, Result, ServerError, ServerResult, SimpleObject, Value, parser::types::Field,
    registry::Registry, resolver_utils::resolve_container,
};
use std::{borrow::Cow, cell::RefCell};

// What is noted while a mutation of staff's or a key's runs.
#[derive(Default)]
struct Note {
    outcome: Option<Outcome>,
    made: Option<String>,
}

tokio::task_local! {
    static NOTE: RefCell<Note>;
}

/// Notes what came of the running mutation; the first word counts, so that what fails while its answer is put
/// together has been done all the same.
pub fn came_of<T>(result: &std::result::Result<T, No>) {
    let outcome = match result {
        Ok(_) => Outcome::Done,
        Err(No::Fault(_)) => Outcome::Failed,
        Err(No::Refused(_) | No::Unauthenticated | No::Forbidden | No::BadRequest(_)) => Outcome::Refused,
    };
    // Nobody listens to a buyer's.
    let _ = NOTE.try_with(|note| note.borrow_mut().outcome.get_or_insert(outcome).to_owned());
}

/// Notes what the running mutation has made.
pub fn made(id: &impl ToString) {
    let _ = NOTE.try_with(|note| note.borrow_mut().made = Some(id.to_string()));
}

/// The root of every mutation: what staff and keys do is written down before it is begun and when it has ended.
#[derive(Default)]
pub struct Audited(Mutation);

impl ContainerType for Audited {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let session = ctx.session();
        if !session.viewer.actor.is_staff() {
            return Box::pin(self.0.resolve_field(ctx)).await;
        }
        let (db, viewer) = (&session.services.db, &session.viewer);
        let subject = subject(ctx);
        let field = ctx.field().name();
        let begun = audit::begin(db, viewer, field, subject.as_deref(), &session.request_id).await;
        let unsaid = |fault| ctx.set_error_path(error::internal(&fault).into_server_error(ctx.item.pos));
        let Some(id) = begun.map_err(unsaid)? else {
            return Box::pin(self.0.resolve_field(ctx)).await;
        };
        let (resolved, note) = NOTE
            .scope(RefCell::default(), async {
                let resolved = Box::pin(self.0.resolve_field(ctx)).await;
                (resolved, NOTE.with(RefCell::take))
            })
            .await;
        let outcome = note.outcome.unwrap_or_else(|| match &resolved {
            Ok(_) => Outcome::Done,
            Err(error) if refused(error) => Outcome::Refused,
            Err(_) => Outcome::Failed,
        });
        let made = note.made.as_deref().filter(|_| outcome == Outcome::Done);
        if let Err(fault) = audit::end(db, viewer, id, outcome, made).await {
            // What was begun is written down; how it ended stays unsaid.
            tracing::warn!(%fault, audit = %id, "how a mutation ended could not be written down");
        }
        resolved
    }
}

impl OutputType for Audited {
    fn type_name() -> Cow<'static, str> {
        Mutation::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Mutation::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for Audited {}

// Refused before the use case was asked: it was not allowed.
fn refused(error: &ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(code, Some(Value::String(code)) if ["FORBIDDEN", "UNAUTHENTICATED", "BAD_REQUEST"].contains(&code.as_str()))
}

// Named beside what a mutation is about, and what it is about only where nothing else is named.
const BESIDE: &[&str] = &["userId", "tenantId", "parentId", "messageId", "childTenantId"];

// The id that the input names first.
fn subject(ctx: &Context<'_>) -> Option<String> {
    let arguments = ctx.field().arguments().ok()?;
    let input = arguments.into_iter().find_map(|(name, value)| (name == "input").then_some(value))?;
    let Value::Object(fields) = input else { return None };
    let mut ids = fields.iter().filter_map(|(name, value)| match value {
        Value::String(id) if name.ends_with("Id") && is_id(id) => Some((name.as_str(), id)),
        _ => None,
    });
    let first = ids.clone().find(|(name, _)| !BESIDE.contains(name));
    first.or_else(|| ids.next()).map(|(_, id)| id.clone())
}

// An id of ours and no other text: what somebody wrote into an id's place is not kept.
fn is_id(text: &str) -> bool {
    text.len() <= 80
        && text.split_once('_').is_some_and(|(prefix, hex)| {
            prefix.len() == 3 && hex.len() >= 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// How a mutation ended.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// It was not allowed, or not possible; nothing has changed.
    Refused,
    /// It broke; nothing has changed, unless the database was lost in the middle.
    Failed,
    /// It has not said: it is running, or its server ended before it could say.
    Unknown,
}

impl From<Option<Outcome>> for AuditOutcome {
    fn from(outcome: Option<Outcome>) -> Self {
        match outcome {
            Some(Outcome::Done) => Self::Done,
            Some(Outcome::Refused) => Self::Refused,
            Some(Outcome::Failed) => Self::Failed,
            None => Self::Unknown,
        }
    }
}

/// A mutation that a member of staff or an API key asked for at the caller's tenant.
#[derive(SimpleObject, Clone)]
pub struct AuditEntry {
    /// Opaque and stable (`aud_…`).
    id: ID,
    /// When it was begun.
    at: DateTime,
    /// Who; null for a key, and for somebody of another tenant.
    user: Option<User>,
    /// Which key; null for a person, and for a key of another tenant.
    api_key: Option<ApiKey>,
    /// The mutation, e.g. "priceRuleSet"; a file of cards that was uploaded counts as "cardsImport".
    operation: String,
    /// What it is about: what it made, or the id that its input names first.
    subject_id: Option<ID>,
    /// How it ended.
    outcome: AuditOutcome,
    /// The request that it came with.
    request_id: String,
}

connection!(AuditEntry, AuditEdge, AuditConnection);

/// Which entries of the audit: all that is said must be so.
#[derive(InputObject)]
pub struct AuditWhere {
    /// Only what this person (`usr_…`) or key (`key_…`) did.
    actor_id: Option<ID>,
    /// Only this mutation, e.g. "priceRuleSet".
    operation: Option<String>,
    /// Only what was begun then or later.
    from: Option<DateTime>,
    /// Only what was begun before then.
    to: Option<DateTime>,
}

impl AuditWhere {
    // `None` where nobody can have done it.
    fn parse(self) -> Option<audit::Which> {
        let actor = |id: ID| {
            let user = id.parse().map(|user: UserId| user.0);
            user.or_else(|_| id.parse().map(|key: ApiKeyId| key.0)).ok()
        };
        let actor = match self.actor_id {
            Some(id) => Some(actor(id)?),
            None => None,
        };
        // A mutation's name and nothing else: the database takes no other texts either.
        if self.operation.as_ref().is_some_and(|name| !name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            return None;
        }
        let (from, to) = (self.from.map(|from| from.0), self.to.map(|to| to.0));
        Some(audit::Which { actor, operation: self.operation, from, to })
    }
}

/// What was done, to read.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What members of staff and API keys did at the caller's tenant, the newest first: every mutation, also those
    /// that were refused. What buyers do is in their orders and claims.
    async fn audit(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(name = "where", desc = "Which ones.")] filter: Option<AuditWhere>,
    ) -> Option<Result<AuditConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "audit", first.unwrap_or(20), after.as_deref()))?;
            let page = match filter.map_or_else(|| Some(audit::Which::default()), AuditWhere::parse) {
                Some(which) => read(audit::page(&ctx.services().db, &permit, &which, &request).await)?,
                // What is nobody's id is like one that nobody has.
                None => Page::of(Vec::new(), request.first, request.after.is_some()),
            };
            let (users, keys) = actors(ctx.session(), &page.rows).await?;
            let page = page.map(|entry| {
                let user = entry.user().and_then(|id| users.iter().find(|user| user.user_id == id));
                let key = entry.key().and_then(|id| keys.iter().find(|key| key.api_key_id.0 == id));
                let shown = AuditEntry {
                    id: ID(entry.audit_id.to_string()),
                    at: DateTime(entry.at),
                    user: user.cloned().map(User::from),
                    api_key: key.cloned().map(ApiKey::from),
                    operation: entry.operation,
                    subject_id: entry.subject_id.map(ID),
                    outcome: entry.outcome.into(),
                    request_id: entry.request_id,
                };
                (entry.audit_id.0, shown)
            });
            Ok(Some(AuditConnection::of(sealer, "audit", page)))
        })
        .await
    }
}

// Row security shows a tenant its own alone: who came from above is nobody here.
async fn actors(session: &Session, entries: &[Entry]) -> Result<(Vec<store::User>, Vec<store::ApiKey>)> {
    let users: Vec<_> = entries.iter().filter_map(Entry::user).collect();
    let keys: Vec<_> = entries.iter().filter_map(Entry::key).map(ApiKeyId).collect();
    let network = session.viewer.place.network;
    let found = async {
        let mut tx = session.read().await?;
        let mut users =
            if users.is_empty() { Vec::new() } else { store::find_many(&mut tx, network, &users).await? };
        users.retain(|user| user.kind == UserKind::Staff);
        let keys = if keys.is_empty() { Vec::new() } else { store::keys(&mut tx, network, &keys).await? };
        Ok::<_, crate::foundation::Fault>((users, keys))
    };
    read(found.await.map_err(No::Fault))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_not_kept() {
        let hex = "0".repeat(32);
        for (text, kept) in [
            (format!("ten_{hex}"), true),
            (format!("lst_{hex}{hex}"), true),
            (format!("ten_{hex}<script>"), false),
            ("my password".into(), false),
            ("ten_".into(), false),
            (format!("ten_{}", "0".repeat(77)), false),
        ] {
            assert_eq!(is_id(&text), kept, "{text}");
        }
    }
}
