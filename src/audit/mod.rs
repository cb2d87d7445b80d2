//! What members of staff and API keys did, by mutation: written down before it is begun and when it has ended, so that
//! nothing that was committed can be missing. Buyers' own acts are not in it.

use crate::{
    access::{Actor, Permit, Viewer},
    foundation::{
        Db, Fault, Moment, No, Page, PageRequest, Scope,
        id::{self, UserId},
    },
};
use uuid::Uuid;

crate::id!(
    /// Something that was done.
    AuditId, "aud"
);

crate::words! {
    /// What did it.
    pub enum ActorKind {
        /// A person with a role.
        Staff = "STAFF",
        /// A program with a key.
        Key = "KEY",
    }
}

crate::words! {
    /// How it ended.
    pub enum Outcome {
        /// It was done.
        Done = "DONE",
        /// It was not allowed, or not possible; nothing has changed.
        Refused = "REFUSED",
        /// It broke.
        Failed = "FAILED",
    }
}

crate::row! {
    /// Something that was done.
    pub struct Entry {
        /// Which.
        pub audit_id: AuditId,
        /// When it was begun.
        pub at: Moment,
        /// What did it,
        pub actor_kind: ActorKind,
        /// and which.
        pub actor_id: Uuid,
        /// The mutation.
        pub operation: String,
        /// What it is about: what it made, or the id that the caller named.
        pub subject_id: Option<String>,
        /// How it ended; none where that was not said.
        pub outcome: Option<Outcome>,
        /// The request that it came with.
        pub request_id: String,
    }
}

impl Entry {
    /// The member of staff, if it was one.
    pub fn user(&self) -> Option<UserId> {
        (self.actor_kind == ActorKind::Staff).then_some(UserId(self.actor_id))
    }

    /// The key, if it was one.
    pub fn key(&self) -> Option<Uuid> {
        (self.actor_kind == ActorKind::Key).then_some(self.actor_id)
    }
}

/// The longest texts that are kept, in characters; as the tables have them.
const SUBJECT: usize = 100;
const REQUEST: usize = 200;

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// Writes down what a member of staff or a key is about to do; `None` for anybody else.
///
/// # Errors
/// [`Fault`]: then it must not be begun.
pub async fn begin(
    db: &Db,
    viewer: &Viewer,
    operation: &str,
    subject: Option<&str>,
    request_id: &str,
) -> Result<Option<AuditId>, Fault> {
    let (kind, actor) = match viewer.actor {
        Actor::Staff(user) => (ActorKind::Staff, user.0),
        Actor::Key(key) => (ActorKind::Key, key),
        Actor::Anonymous | Actor::Buyer(_) => return Ok(None),
    };
    let id = AuditId::fresh();
    let mut tx = db.begin(Scope::Network(viewer.place.network)).await?;
    sqlx::query(
        "insert into audit (network_id, audit_id, tenant_id, actor_kind, actor_id, operation, subject_id, request_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(viewer.place.network)
    .bind(id)
    .bind(viewer.place.tenant)
    .bind(kind)
    .bind(actor)
    .bind(cut(operation, SUBJECT))
    .bind(subject.map(|subject| cut(subject, SUBJECT)))
    .bind(cut(request_id, REQUEST))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(id))
}

/// Writes down how it ended, and what it made.
///
/// # Errors
/// [`Fault`]: then it stays unsaid.
pub async fn end(
    db: &Db,
    viewer: &Viewer,
    id: AuditId,
    outcome: Outcome,
    made: Option<&str>,
) -> Result<(), Fault> {
    let mut tx = db.begin(Scope::Network(viewer.place.network)).await?;
    sqlx::query(
        "insert into audit_end (network_id, audit_id, tenant_id, outcome, subject_id) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
    )
    .bind(viewer.place.network)
    .bind(id)
    .bind(viewer.place.tenant)
    .bind(outcome)
    .bind(made.map(|made| cut(made, SUBJECT)))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Which entries: all that is said must be so.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// This person or key did it.
    pub actor: Option<Uuid>,
    /// It was this mutation.
    pub operation: Option<String>,
    /// It was begun then or later,
    pub from: Option<Moment>,
    /// and before this.
    pub to: Option<Moment>,
}

// An entry's id is made by a server's clock and its time by the database's: further apart than this they never are.
const SKEW: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// A page of what was done at the caller's tenant, the newest first. One statement.
///
/// # Errors
/// [`No::Fault`].
pub async fn page(
    db: &Db,
    permit: &Permit,
    which: &Which,
    request: &PageRequest<Uuid>,
) -> Result<Page<Entry>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let rows = sqlx::query_as(
        "select a.audit_id, a.at, a.actor_kind, a.actor_id, a.operation, coalesce(e.subject_id, a.subject_id) as subject_id,
                e.outcome, a.request_id
           from audit a
           left join audit_end e on e.network_id = a.network_id and e.audit_id = a.audit_id
          where a.network_id = $1 and a.tenant_id = $2 and ($3::uuid is null or a.audit_id < $3)
            and ($5::uuid is null or a.actor_id = $5) and ($6::text is null or a.operation = $6)
            and ($7::timestamptz is null or a.at >= $7 and a.audit_id >= $8)
            and ($9::timestamptz is null or a.at < $9 and a.audit_id < $10)
          order by a.audit_id desc limit $4",
    )
    .bind(permit.network())
    .bind(permit.tenant())
    .bind(request.after)
    .bind(request.first + 1)
    .bind(which.actor)
    .bind(&which.operation)
    .bind(which.from)
    .bind(which.from.map(|from| id::first_at(from - SKEW)))
    .bind(which.to)
    .bind(which.to.map(|to| id::first_at(to + SKEW)))
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Page::of(rows, request.first, request.after.is_some()))
}
