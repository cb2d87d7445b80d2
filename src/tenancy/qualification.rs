//! What a supplier is qualified for: it says so, the operator verifies it, everybody may know what was verified.

use super::TenantKind;
use crate::{
    access::Permit,
    foundation::{
        Conn, Db, Fault, Moment, No, RefusalCode, Tx,
        id::{NetworkId, TenantId},
        now, text,
    },
};

crate::id!(
    /// Something that a supplier is qualified for.
    QualificationId, "qua"
);

/// How many of a supplier's may wait for a decision at once,
const WAITING: i64 = 20;
/// and how many it may have submitted in all.
const MOST: i64 = 200;
/// How many are listed.
const LISTED: i64 = 500;
/// How many of a supplier's verified ones are shown, the newest.
pub const SHOWN: i64 = 20;

crate::words! {
    /// Where one stands.
    pub enum QualificationStatus {
        /// Waits for the operator.
        Pending = "PENDING",
        /// The operator has seen proof.
        Verified = "VERIFIED",
        /// The operator has not been convinced.
        Rejected = "REJECTED",
        /// It was verified, and its time is over.
        Expired = "EXPIRED",
    }
}

crate::row! {
    /// Something that a supplier is qualified for.
    pub struct Qualification {
        /// Which.
        pub qualification_id: QualificationId,
        /// Whose.
        pub tenant_id: TenantId,
        /// What for.
        pub title: String,
        /// Who says so.
        pub issuer: String,
        /// By which number.
        pub number: Option<String>,
        /// Where it stands, its end left out; see [`stands`](Self::stands).
        pub status: QualificationStatus,
        /// When it was submitted.
        pub submitted_at: Moment,
        /// When it was decided on last.
        pub decided_at: Option<Moment>,
        /// What the operator said.
        pub note: Option<String>,
        /// Until when it is good; none: for ever.
        pub valid_until: Option<Moment>,
    }
}

impl Qualification {
    /// Where it stands at a moment.
    pub fn stands(&self, now: Moment) -> QualificationStatus {
        let over = self.valid_until.is_some_and(|until| until <= now);
        if over && self.status == QualificationStatus::Verified {
            QualificationStatus::Expired
        } else {
            self.status
        }
    }
}

const COLUMNS: &str =
    "qualification_id, tenant_id, title, issuer, number, status, submitted_at, decided_at, note, valid_until";

/// What a supplier submits.
#[derive(Clone, Debug)]
pub struct Submit {
    /// What for.
    pub title: String,
    /// Who says so.
    pub issuer: String,
    /// By which number.
    pub number: Option<String>,
    /// Until when it is good.
    pub valid_until: Option<Moment>,
}

/// Submits what the caller's tenant is qualified for: it waits for the operator.
///
/// # Errors
/// INVALID_INPUT; LIMIT_EXCEEDED where too many wait, or too many were ever submitted.
pub async fn submit(db: &Db, permit: Permit, request: Submit) -> Result<Qualification, No> {
    let title = text::line(&request.title, 120, "title")?;
    let issuer = text::line(&request.issuer, 120, "issuer")?;
    let number = request.number.map(|number| text::line(&number, 60, "number")).transpose()?;
    if request.valid_until.is_some_and(|until| until <= now()) {
        return Err(No::invalid("must be in the future", "validUntil"));
    }
    let (network, tenant) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    // Under the tenant's lock, so that two at once count each other.
    super::store::lock(&mut tx, network, tenant).await?;
    let (waiting, all): (i64, i64) = sqlx::query_as(
        "select count(*) filter (where status = 'PENDING'), count(*) from qualification
          where network_id = $1 and tenant_id = $2",
    )
    .bind(network)
    .bind(tenant)
    .fetch_one(&mut *tx)
    .await
    .map_err(Fault::from)?;
    if waiting >= WAITING || all >= MOST {
        let message = format!("at most {WAITING} wait for the operator at once, and {MOST} in all");
        return Err(No::because(RefusalCode::LimitExceeded, message, "title"));
    }
    let sql = format!(
        "insert into qualification (network_id, qualification_id, tenant_id, title, issuer, number, valid_until)
         values ($1, $2, $3, $4, $5, $6, $7) returning {COLUMNS}"
    );
    let made = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(network)
        .bind(QualificationId::fresh())
        .bind(tenant)
        .bind(title)
        .bind(issuer)
        .bind(number)
        .bind(request.valid_until)
        .fetch_one(&mut *tx)
        .await
        .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(made)
}

/// The operator verifies one or does not, and may think again. What has ended is not verified any more.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION where it stands there already, or has ended; INVALID_INPUT.
pub async fn decide(
    db: &Db,
    permit: Permit,
    id: QualificationId,
    verified: bool,
    note: Option<String>,
) -> Result<Qualification, No> {
    let note = note.map(|note| text::note(&note, 500, "note")).transpose()?;
    let mut tx = db.begin(permit.work()).await?;
    let found = lock(&mut tx, permit.network(), id).await?.ok_or_else(|| No::not_found("qualificationId"))?;
    let status = if verified { QualificationStatus::Verified } else { QualificationStatus::Rejected };
    let refuse = |message: String| No::because(RefusalCode::InvalidTransition, message, "qualificationId");
    if found.status == status {
        return Err(refuse(format!("it is {status} already")));
    }
    if verified && found.valid_until.is_some_and(|until| until <= now()) {
        return Err(refuse("its time is over".to_owned()));
    }
    let sql = format!(
        "update qualification set status = $3, note = $4, decided_at = now(), decided_by = $5
          where network_id = $1 and qualification_id = $2 returning {COLUMNS}"
    );
    let decided = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(permit.network())
        .bind(id)
        .bind(status)
        .bind(note)
        .bind(permit.actor().id())
        .fetch_one(&mut *tx)
        .await
        .map_err(Fault::from)?;
    tx.commit().await?;
    Ok(decided)
}

async fn lock(tx: &mut Tx, network: NetworkId, id: QualificationId) -> Result<Option<Qualification>, Fault> {
    let sql = format!(
        "select {COLUMNS} from qualification where network_id = $1 and qualification_id = $2 for no key update"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(network).bind(id).fetch_optional(&mut **tx).await?)
}

/// A supplier's own, everyone's for the operator, the newest first, at most 500: those that stand there, or all. One
/// statement.
///
/// # Errors
/// [`Fault`].
pub async fn list(
    db: &Db,
    permit: &Permit,
    status: Option<QualificationStatus>,
) -> Result<Vec<Qualification>, Fault> {
    let own = (permit.place().kind != TenantKind::Operator).then_some(permit.tenant());
    let mut tx = db.begin(permit.scope()).await?;
    let sql = format!(
        "select {COLUMNS} from qualification
          where network_id = $1 and ($2::uuid is null or tenant_id = $2)
            and ($3::text is null or $3 = case when status = 'VERIFIED' and valid_until <= now() then 'EXPIRED'
                                               else status end)
          order by qualification_id desc limit $4"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(permit.network())
        .bind(own)
        .bind(status)
        .bind(LISTED)
        .fetch_all(&mut *tx)
        .await?)
}

/// What was verified of those tenants and has not ended, the newest first, at most 20 each: for everybody who may
/// name them.
pub async fn verified(
    db: &mut Conn,
    network: NetworkId,
    tenants: &[TenantId],
) -> Result<Vec<Qualification>, Fault> {
    let sql = format!(
        "select q.* from unnest($2::uuid[]) as t (tenant_id)
          cross join lateral (
            select {COLUMNS} from qualification
             where network_id = $1 and tenant_id = t.tenant_id and status = 'VERIFIED'
               and (valid_until is null or valid_until > now())
             order by qualification_id desc limit $3) q"
    );
    Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(network).bind(tenants).bind(SHOWN).fetch_all(db).await?)
}
