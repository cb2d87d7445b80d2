//! The slice's statements.

use super::{EvidenceId, EvidenceKind, MediaType, Party, UploadId};
use crate::foundation::{
    Conn, Fault, Moment,
    id::{NetworkId, TenantId},
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

crate::row! {
    /// A file submitted for a claim.
    pub struct Evidence {
        /// Its id.
        pub evidence_id: EvidenceId,
        /// The claim.
        pub claim_id: Uuid,
        /// What it is meant to show.
        pub kind: EvidenceKind,
        /// As its sender calls it.
        pub file_name: String,
        /// What it is.
        pub media_type: MediaType,
        /// Its length as kept; bytes.
        pub byte_size: i32,
        /// SHA-256 as kept.
        pub sha256: Vec<u8>,
        /// SHA-256 as it arrived.
        pub original_sha256: Vec<u8>,
        /// Who submitted it.
        pub party: Party,
        /// When.
        pub submitted_at: Moment,
        /// The database's time when this was read.
        pub now: Moment,
    }
}

crate::row! {
    /// Two files that are the same or look the same.
    pub struct Match {
        /// The claim that was asked about.
        pub of_claim: Uuid,
        /// Its file.
        pub evidence_id: EvidenceId,
        /// The other claim.
        pub claim_id: Uuid,
        /// The other claim's file.
        pub other_id: EvidenceId,
        /// When that was submitted.
        pub submitted_at: Moment,
        /// In how many of 64 bits they look different; none where they are the same, byte for byte.
        pub distance: Option<i32>,
    }
}

crate::row! {
    /// Leave to send a file, as whoever receives it needs it.
    pub struct Leave {
        /// OPEN, and not over yet.
        pub open: bool,
        /// It arrived before.
        pub done: bool,
        /// What was announced; bytes.
        pub byte_size: i32,
        /// The SHA-256 that was announced.
        pub expected: Option<Vec<u8>>,
    }
}

crate::row! {
    /// An upload that is about to be evidence.
    pub struct Stored {
        /// What it is meant to show.
        pub kind: EvidenceKind,
        /// As its sender calls it.
        pub file_name: String,
        /// What it is.
        pub media_type: MediaType,
        /// Bytes, as kept.
        pub kept_size: i32,
        /// As kept.
        pub sha256: Vec<u8>,
        /// As it arrived.
        pub original_sha256: Vec<u8>,
        /// How it looks.
        pub dhash: Option<i64>,
    }
}

/// A new upload.
#[derive(Clone, Debug)]
pub struct NewUpload<'a> {
    /// Its id.
    pub id: UploadId,
    /// Where.
    pub tenant: TenantId,
    /// By whom.
    pub owner: Uuid,
    /// For a claim on this delivery.
    pub delivery: Uuid,
    /// That claim, where it is open already.
    pub claim: Option<Uuid>,
    /// What it is meant to show.
    pub kind: EvidenceKind,
    /// As its sender calls it.
    pub file_name: &'a str,
    /// Bytes.
    pub byte_size: i32,
    /// SHA-256.
    pub expected: Option<&'a [u8]>,
}

/// The delivery of a claim that the transaction's scope shows; none unless `tenant` is its selling site or supplier,
/// or `whole` says that the reader is its buyer or the operator.
pub async fn delivery_of_claim(
    db: &mut Conn,
    network: NetworkId,
    claim: Uuid,
    tenant: TenantId,
    whole: bool,
) -> Result<Option<Uuid>, Fault> {
    Ok(sqlx::query_scalar(
        "select delivery_id from claim
          where network_id = $1 and claim_id = $2 and ($4 or site_id = $3 or supplier_id = $3)",
    )
    .bind(network)
    .bind(claim)
    .bind(tenant)
    .bind(whole)
    .fetch_optional(db)
    .await?)
}

/// The delivery is there and the transaction's scope shows it.
pub async fn sees_delivery(db: &mut Conn, network: NetworkId, delivery: Uuid) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar("select exists (select from delivery where network_id = $1 and delivery_id = $2)")
        .bind(network)
        .bind(delivery)
        .fetch_one(db)
        .await?)
}

/// Takes so much of somebody's day; false where that would be more than it holds.
pub async fn take_quota(
    db: &mut Conn,
    network: NetworkId,
    owner: Uuid,
    purpose: &'static str,
    bytes: i64,
    most: (i32, i64),
) -> Result<bool, Fault> {
    let taken: Option<i32> = sqlx::query_scalar(
        "insert into file_quota as q (network_id, owner_id, purpose, day, files, bytes)
         values ($1, $2, $3, (now() at time zone 'utc')::date, 1, $4)
         on conflict (network_id, owner_id, purpose, day) do update
            set files = q.files + 1, bytes = q.bytes + excluded.bytes
          where q.files < $5 and q.bytes + excluded.bytes <= $6
         returning files",
    )
    .bind(network)
    .bind(owner)
    .bind(purpose)
    .bind(bytes)
    .bind(most.0)
    .bind(most.1)
    .fetch_optional(db)
    .await?;
    Ok(taken.is_some())
}

/// Writes leave to send a file, for an hour; answers until when, and the database's time.
pub async fn insert_upload(
    db: &mut Conn,
    network: NetworkId,
    new: &NewUpload<'_>,
) -> Result<(Moment, Moment), Fault> {
    Ok(sqlx::query_as(
        "insert into upload (network_id, upload_id, purpose, tenant_id, owner_id, delivery_id, claim_id, kind,
                             file_name, byte_size, expected, state, expires_at)
         values ($1, $2, 'EVIDENCE', $3, $4, $5, $6, $7, $8, $9, $10, 'OPEN', now() + interval '1 hour')
         returning expires_at, now()",
    )
    .bind(network)
    .bind(new.id)
    .bind(new.tenant)
    .bind(new.owner)
    .bind(new.delivery)
    .bind(new.claim)
    .bind(new.kind)
    .bind(new.file_name)
    .bind(new.byte_size)
    .bind(new.expected)
    .fetch_one(db)
    .await?)
}

/// The leave of that id.
pub async fn leave(db: &mut Conn, network: NetworkId, id: Uuid) -> Result<Option<Leave>, Fault> {
    Ok(sqlx::query_as(
        "select state = 'OPEN' and expires_at > now() as open, state in ('STORED', 'ATTACHED') as done, byte_size,
                expected
           from upload where network_id = $1 and upload_id = $2",
    )
    .bind(network)
    .bind(id)
    .fetch_optional(db)
    .await?)
}

/// Says what is about to be kept; whoever would throw the same away is waited for. Until `keep` (an interval) has
/// passed it stays, unless something rests on it by then.
pub async fn expect_blob(
    db: &mut Conn,
    network: NetworkId,
    sha256: &[u8],
    byte_size: i32,
    keep: &'static str,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into blob as b (network_id, sha256, byte_size, sweep_at)
         values ($1, $2, $3, now() + $4::text::interval)
         on conflict (network_id, sha256) do update
            set sweep_at = case when b.sweep_at is not null then greatest(b.sweep_at, excluded.sweep_at) end",
    )
    .bind(network)
    .bind(sha256)
    .bind(byte_size)
    .bind(keep)
    .execute(db)
    .await?;
    Ok(())
}

/// The upload has arrived and may be submitted for a day; false where it had before, or is over.
pub async fn set_stored(
    db: &mut Conn,
    network: NetworkId,
    id: Uuid,
    kept: (&[u8], i32, MediaType),
    original: &[u8],
    dhash: Option<i64>,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "update upload set state = 'STORED', sha256 = $3, kept_size = $4, media_type = $5, original_sha256 = $6,
                dhash = $7, expires_at = now() + interval '1 day'
          where network_id = $1 and upload_id = $2 and state = 'OPEN'",
    )
    .bind(network)
    .bind(id)
    .bind(kept.0)
    .bind(kept.1)
    .bind(kept.2)
    .bind(original)
    .bind(dhash)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes an upload of that owner's for a claim on that delivery; none where there is none that has arrived and is
/// not used.
pub async fn take_upload(
    db: &mut Conn,
    network: NetworkId,
    id: UploadId,
    owner: Uuid,
    delivery: Uuid,
    claim: Uuid,
) -> Result<Option<Stored>, Fault> {
    Ok(sqlx::query_as(
        "update upload set state = 'ATTACHED', claim_id = $5
          where network_id = $1 and upload_id = $2 and owner_id = $3 and delivery_id = $4
            and coalesce(claim_id, $5) = $5 and state = 'STORED' and expires_at > now()
         returning kind, file_name, media_type, kept_size, sha256, original_sha256, dhash",
    )
    .bind(network)
    .bind(id)
    .bind(owner)
    .bind(delivery)
    .bind(claim)
    .fetch_optional(db)
    .await?)
}

/// Where an upload of that owner's for a claim on that delivery stands, and the claim that it is of.
pub async fn state_of(
    db: &mut Conn,
    network: NetworkId,
    id: UploadId,
    owner: Uuid,
    delivery: Uuid,
) -> Result<Option<(String, Option<Uuid>)>, Fault> {
    Ok(sqlx::query_as(
        "select state, claim_id from upload
          where network_id = $1 and upload_id = $2 and owner_id = $3 and delivery_id = $4",
    )
    .bind(network)
    .bind(id)
    .bind(owner)
    .bind(delivery)
    .fetch_optional(db)
    .await?)
}

/// How many files a claim has. Its row is locked by whoever is about to add one.
pub async fn count(db: &mut Conn, network: NetworkId, claim: Uuid) -> Result<i32, Fault> {
    Ok(sqlx::query_scalar(
        "select coalesce(max(place), 0) from evidence where network_id = $1 and claim_id = $2",
    )
    .bind(network)
    .bind(claim)
    .fetch_one(db)
    .await?)
}

/// What the files of a claim are meant to show.
pub async fn kinds(db: &mut Conn, network: NetworkId, claim: Uuid) -> Result<Vec<EvidenceKind>, Fault> {
    Ok(sqlx::query_scalar("select distinct kind from evidence where network_id = $1 and claim_id = $2")
        .bind(network)
        .bind(claim)
        .fetch_all(db)
        .await?)
}

/// Who submits what.
#[derive(Clone, Copy, Debug)]
pub struct Submitted {
    /// The new id.
    pub id: EvidenceId,
    /// What it was sent as.
    pub upload: UploadId,
    /// The claim.
    pub claim: Uuid,
    /// Which of its files.
    pub place: i32,
    /// By whom.
    pub by: Uuid,
    /// What they are to the claim.
    pub party: Party,
}

/// Writes a submitted file, and keeps its content for good.
pub async fn insert_evidence(
    db: &mut Conn,
    network: NetworkId,
    new: Submitted,
    stored: &Stored,
    bands: Option<Vec<i32>>,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into evidence (network_id, evidence_id, claim_id, place, upload_id, uploader_id, party, kind, file_name,
                               media_type, byte_size, sha256, original_sha256, dhash, bands)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(network)
    .bind(new.id)
    .bind(new.claim)
    .bind(new.place)
    .bind(new.upload)
    .bind(new.by)
    .bind(new.party)
    .bind(stored.kind)
    .bind(&stored.file_name)
    .bind(stored.media_type)
    .bind(stored.kept_size)
    .bind(&stored.sha256)
    .bind(&stored.original_sha256)
    .bind(stored.dhash)
    .bind(bands)
    .execute(&mut *db)
    .await?;
    sqlx::query("update blob set sweep_at = null where network_id = $1 and sha256 = $2")
        .bind(network)
        .bind(&stored.sha256)
        .execute(db)
        .await?;
    Ok(())
}

const EVIDENCE: &str =
    "select evidence_id, claim_id, kind, file_name, media_type, byte_size, sha256, original_sha256,
    party, submitted_at, now() as now from evidence where network_id = $1";

/// The claim and the SHA-256 of each file of an order's claims, in order.
pub(super) async fn hashes(
    db: &mut Conn,
    network: NetworkId,
    order: Uuid,
) -> Result<Vec<(Uuid, Vec<u8>)>, Fault> {
    Ok(sqlx::query_as(
        "select e.claim_id, e.sha256
           from claim c join evidence e on e.network_id = c.network_id and e.claim_id = c.claim_id
          where c.network_id = $1 and c.order_id = $2 order by e.claim_id, e.place",
    )
    .bind(network)
    .bind(order)
    .fetch_all(db)
    .await?)
}

/// What was submitted for those claims, in order, as far as the scope may see it.
pub async fn of_claims(db: &mut Conn, network: NetworkId, claims: &[Uuid]) -> Result<Vec<Evidence>, Fault> {
    let sql = format!("{EVIDENCE} and claim_id = any($2) order by claim_id, place");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claims).fetch_all(db).await?)
}

/// One file, while a link to it is good until `until` (seconds since 1970, by the database's clock).
pub async fn linked(
    db: &mut Conn,
    network: NetworkId,
    id: Uuid,
    until: i64,
) -> Result<Option<Evidence>, Fault> {
    let sql = format!("{EVIDENCE} and evidence_id = $2 and to_timestamp($3) >= now()");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(id).bind(until).fetch_optional(db).await?)
}

/// Files of other claims that are the same as one of those claims', or look the same, as far as the scope may see
/// them: the nearest first, at most 20 a claim and 100 in all.
pub async fn matches(db: &mut Conn, network: NetworkId, claims: &[Uuid]) -> Result<Vec<Match>, Fault> {
    Ok(sqlx::query_as(
        "select of_claim, evidence_id, claim_id, other_id, submitted_at, distance from (
           select m.*, row_number() over (partition by of_claim order by distance nulls first, other_id) as n from (
             select distinct on (e.claim_id, o.evidence_id) e.claim_id as of_claim, e.evidence_id, o.claim_id,
                    o.evidence_id as other_id, o.submitted_at, o.distance
               from evidence e
               cross join lateral (
                 (select s.evidence_id, s.claim_id, s.submitted_at, null::int as distance from evidence s
                   where s.network_id = $1 and s.sha256 = e.sha256 and s.claim_id <> e.claim_id limit 20)
                 union all
                 (select s.evidence_id, s.claim_id, s.submitted_at, null from evidence s
                   where s.network_id = $1 and s.original_sha256 = e.original_sha256 and s.claim_id <> e.claim_id
                   limit 20)
                 union all
                 (select s.evidence_id, s.claim_id, s.submitted_at, bit_count((s.dhash # e.dhash)::bit(64))::int
                    from evidence s
                   where s.network_id = $1 and s.bands && e.bands and s.claim_id <> e.claim_id
                     and bit_count((s.dhash # e.dhash)::bit(64)) <= 6 limit 20)
               ) o
              where e.network_id = $1 and e.claim_id = any($2)
              order by e.claim_id, o.evidence_id, o.distance nulls first, e.place) m) ranked
          where n <= 20 order by of_claim, n limit 100",
    )
    .bind(network)
    .bind(claims)
    .fetch_all(db)
    .await?)
}

/// Ends leaves to send and files that nobody submitted in time; answers how many.
pub async fn expire_uploads(db: &mut Conn, limit: i64) -> Result<u64, Fault> {
    Ok(sqlx::query(
        "update upload set state = 'EXPIRED', sha256 = null
          where (network_id, upload_id) in (
            select network_id, upload_id from upload
             where state in ('OPEN', 'STORED') and expires_at < now() order by expires_at limit $1
               for update skip locked)",
    )
    .bind(limit)
    .execute(db)
    .await?
    .rows_affected())
}

/// Contents on which nothing rests any more, their rows locked.
pub async fn lock_sweepable(db: &mut Conn, limit: i64) -> Result<Vec<(NetworkId, Vec<u8>)>, Fault> {
    Ok(sqlx::query_as(
        "select network_id, sha256 from blob b
          where sweep_at < now() and not exists (select from upload u
                  where u.network_id = b.network_id and u.sha256 = b.sha256)
          order by sweep_at limit $1 for update skip locked",
    )
    .bind(limit)
    .fetch_all(db)
    .await?)
}

/// Forgets a content that is gone.
pub async fn forget_blob(db: &mut Conn, network: NetworkId, sha256: &[u8]) -> Result<(), Fault> {
    sqlx::query("delete from blob where network_id = $1 and sha256 = $2")
        .bind(network)
        .bind(sha256)
        .execute(db)
        .await?;
    Ok(())
}
