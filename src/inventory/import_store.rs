//! The statements of imports.

use super::{
    CardFormat, CardId, ImportId,
    batch::Candidate,
    import::{Import, Problem},
};
use crate::foundation::{
    Conn, Fault, Moment, PageRequest,
    id::{NetworkId, TenantId},
    idempotency::Key,
};
use sqlx::{Postgres, Row, postgres::PgArguments, types::Json};
use std::collections::HashMap;
use uuid::Uuid;

/// How a variant of that supplier is fulfilled; `None` for another's.
pub(super) async fn fulfilment(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
    variant: Uuid,
) -> Result<Option<String>, Fault> {
    Ok(sqlx::query_scalar(
        "select fulfilment from variant where network_id = $1 and variant_id = $2 and supplier_id = $3",
    )
    .bind(network)
    .bind(variant)
    .bind(supplier)
    .fetch_optional(db)
    .await?)
}

crate::row! {
    /// An import as whoever is at it has it.
    pub struct Work {
        /// Its network.
        pub network_id: NetworkId,
        /// Which.
        pub import_id: ImportId,
        /// Whose cards.
        pub tenant_id: TenantId,
        /// What they are units of.
        pub variant_id: Uuid,
        /// What they are sealed with.
        pub key_id: Uuid,
        /// How they are written down.
        pub format: CardFormat,
        /// It stores nothing.
        pub dry_run: bool,
        /// Who is at it.
        pub runner: Uuid,
        /// Lines looked at.
        pub processed: i32,
        /// Lines taken.
        pub accepted: i32,
        /// Lines whose card the supplier had imported before.
        pub duplicates: i32,
        /// Lines that hold no card.
        pub rejected: i32,
        /// The first lines that were not taken.
        pub problems: Json<Vec<Problem>>,
    }
}

/// A new import, running. Whoever is at it has it for three seconds after it was last heard of.
pub(super) async fn insert(
    db: &mut Conn,
    network: NetworkId,
    claim: &Key<'_>,
    import: ImportId,
    variant: Uuid,
    key: Uuid,
    format: CardFormat,
    dry_run: bool,
) -> Result<Work, Fault> {
    Ok(sqlx::query_as(
        "insert into card_import
           (network_id, import_id, tenant_id, variant_id, actor_id, key_id, format, dry_run, status, runner,
            lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'RUNNING', $9, now() + interval '3 seconds') returning *",
    )
    .bind(network)
    .bind(import)
    .bind(claim.tenant)
    .bind(variant)
    .bind(claim.actor)
    .bind(key)
    .bind(format)
    .bind(dry_run)
    .bind(Uuid::now_v7())
    .fetch_one(db)
    .await?)
}

/// Takes up an import that failed, for its content is here again; `None` when nobody may. A dry run has kept
/// nothing to continue from and begins again.
pub(super) async fn take_up(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
) -> Result<Option<Work>, Fault> {
    Ok(sqlx::query_as(
        "update card_import
            set status = 'RUNNING', failure = null, finished_at = null, kept = false, tries = 0,
                runner = $3, lease_until = now() + interval '3 seconds',
                processed = case when dry_run then 0 else processed end,
                accepted = case when dry_run then 0 else accepted end,
                duplicates = case when dry_run then 0 else duplicates end,
                rejected = case when dry_run then 0 else rejected end,
                problems = case when dry_run then '[]' else problems end
          where network_id = $1 and import_id = $2 and withdrawn_at is null and status = 'FAILED'
         returning *",
    )
    .bind(network)
    .bind(import)
    .bind(Uuid::now_v7())
    .fetch_optional(db)
    .await?)
}

/// How often an import is taken over that does not get a line further: it may be what ends those who try.
const TRIES: i32 = 5;

/// Takes over an import, of any network, that nobody is at any more.
pub(super) async fn take_over(db: &mut Conn) -> Result<Option<Work>, Fault> {
    Ok(sqlx::query_as(
        "update card_import
            set runner = $1, tries = tries + 1, lease_until = now() + interval '3 seconds',
                processed = case when dry_run then 0 else processed end,
                accepted = case when dry_run then 0 else accepted end,
                duplicates = case when dry_run then 0 else duplicates end,
                rejected = case when dry_run then 0 else rejected end,
                problems = case when dry_run then '[]' else problems end
          where (network_id, import_id) in
                (select network_id, import_id from card_import
                  where status = 'RUNNING' and lease_until < now() and kept and tries < $2
                  order by lease_until limit 1 for update skip locked)
         returning *",
    )
    .bind(Uuid::now_v7())
    .bind(TRIES)
    .fetch_optional(db)
    .await?)
}

/// Says that somebody is still at it; false when it is another, or nobody.
pub(super) async fn renew(db: &mut Conn, work: &Work) -> Result<bool, Fault> {
    let renewed = sqlx::query(
        "update card_import set lease_until = now() + interval '3 seconds'
          where network_id = $1 and import_id = $2 and status = 'RUNNING' and runner = $3",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(work.runner)
    .execute(db)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Stores pieces of the content from that place on, the last ones with `whole`; false when it is not ours any
/// more.
pub(super) async fn keep(
    db: &mut Conn,
    work: &Work,
    place: i32,
    pieces: &[Vec<u8>],
    whole: bool,
) -> Result<bool, Fault> {
    let held = sqlx::query(
        "update card_import set kept = $4, lease_until = now() + interval '3 seconds'
          where network_id = $1 and import_id = $2 and status = 'RUNNING' and runner = $3",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(work.runner)
    .bind(whole)
    .execute(&mut *db)
    .await?;
    sqlx::query(
        "insert into import_piece (network_id, import_id, place, sealed)
         select $1, $2, $3 + (u.nth - 1)::int, u.sealed from unnest($4::bytea[]) with ordinality as u (sealed, nth)",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(place)
    .bind(pieces)
    .execute(db)
    .await?;
    Ok(held.rows_affected() == 1)
}

/// A piece of the content; none behind the last.
pub(super) async fn piece(db: &mut Conn, work: &Work, place: i32) -> Result<Option<Vec<u8>>, Fault> {
    Ok(sqlx::query_scalar(
        "select sealed from import_piece where network_id = $1 and import_id = $2 and place = $3",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(place)
    .fetch_optional(db)
    .await?)
}

/// The import, where row security shows it.
pub(super) async fn find(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
) -> Result<Option<Import>, Fault> {
    Ok(sqlx::query_as("select * from card_import where network_id = $1 and import_id = $2")
        .bind(network)
        .bind(import)
        .fetch_optional(db)
        .await?)
}

/// The imports that row security shows, the newest first: those of a variant, or all.
pub(super) async fn page(
    db: &mut Conn,
    network: NetworkId,
    variant: Option<Uuid>,
    page: &PageRequest<Uuid>,
) -> Result<Vec<Import>, Fault> {
    Ok(sqlx::query_as(
        "select * from card_import
          where network_id = $1 and ($2::uuid is null or variant_id = $2) and ($3::uuid is null or import_id < $3)
          order by import_id desc limit $4",
    )
    .bind(network)
    .bind(variant)
    .bind(page.after)
    .bind(page.first + 1)
    .fetch_all(db)
    .await?)
}

/// The database's clock.
pub(super) async fn now(db: &mut Conn) -> Result<Moment, Fault> {
    Ok(sqlx::query_scalar("select now()").fetch_one(db).await?)
}

/// The network's operator.
pub(super) async fn operator(db: &mut Conn, network: NetworkId) -> Result<TenantId, Fault> {
    Ok(sqlx::query_scalar("select tenant_id from tenant where network_id = $1 and kind = 'OPERATOR'")
        .bind(network)
        .fetch_one(db)
        .await?)
}

/// Locks the import for one batch; false when it is not ours at that line any more: somebody else has taken it
/// over, or has given it up for us.
pub(super) async fn hold(db: &mut Conn, work: &Work, processed: i32) -> Result<bool, Fault> {
    let held = sqlx::query(
        "select from card_import
          where network_id = $1 and import_id = $2 and status = 'RUNNING' and runner = $3 and processed = $4
            for no key update",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(work.runner)
    .bind(processed)
    .fetch_optional(db)
    .await?;
    Ok(held.is_some())
}

/// Puts cards in stock, those whose fingerprint nobody had; answers how many.
pub(super) async fn insert_available(
    db: &mut Conn,
    work: &Work,
    cards: &[&Candidate],
) -> Result<usize, Fault> {
    let done = storing(
        "insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed,
                           fingerprint, expires_at, cost, note)
         select $1, u.card_id, $2, $3, $4, 'AVAILABLE', $5, u.sealed, u.hash, u.expires_at, u.cost, u.note
           from unnest($6::uuid[], $7::bytea[], $8::bytea[], $9::timestamptz[], $10::bigint[], $11::text[])
                as u (card_id, sealed, hash, expires_at, cost, note)
         on conflict on constraint card_fingerprint do nothing",
        work,
        cards,
    );
    Ok(usize::try_from(done.execute(db).await?.rows_affected()).unwrap_or(usize::MAX))
}

/// Which of these cards are there: those that [`insert_available`] put in stock.
pub(super) async fn stored(
    db: &mut Conn,
    network: NetworkId,
    cards: &[&Candidate],
) -> Result<Vec<CardId>, Fault> {
    Ok(sqlx::query_scalar("select card_id from card where network_id = $1 and card_id = any ($2)")
        .bind(network)
        .bind(cards.iter().map(|card| card.card).collect::<Vec<_>>())
        // Planned each time, because an import makes an empty table a large one within a connection's life.
        .persistent(false)
        .fetch_all(db)
        .await?)
}

/// Puts cards that somebody else holds in quarantine; answers those that are new to this supplier.
pub(super) async fn insert_quarantined(
    db: &mut Conn,
    work: &Work,
    cards: &[&Candidate],
) -> Result<Vec<CardId>, Fault> {
    let rows = storing(
        "insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed,
                           clash, expires_at, cost, note)
         select $1, u.card_id, $2, $3, $4, 'QUARANTINED', $5, u.sealed, u.hash, u.expires_at, u.cost, u.note
           from unnest($6::uuid[], $7::bytea[], $8::bytea[], $9::timestamptz[], $10::bigint[], $11::text[])
                as u (card_id, sealed, hash, expires_at, cost, note)
         on conflict (network_id, supplier_id, clash) where clash is not null do nothing returning card_id",
        work,
        cards,
    );
    Ok(rows.fetch_all(db).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

fn storing<'q>(
    sql: &'static str,
    work: &Work,
    cards: &'q [&Candidate],
) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    sqlx::query(sql)
        .bind(work.network_id)
        .bind(work.variant_id)
        .bind(work.tenant_id)
        .bind(work.import_id)
        .bind(work.key_id)
        .bind(cards.iter().map(|card| card.card).collect::<Vec<_>>())
        .bind(cards.iter().map(|card| card.sealed.as_slice()).collect::<Vec<_>>())
        .bind(cards.iter().map(|card| card.fingerprint.as_slice()).collect::<Vec<_>>())
        .bind(cards.iter().map(|card| card.expires_at).collect::<Vec<_>>())
        .bind(cards.iter().map(|card| card.cost).collect::<Vec<_>>())
        .bind(cards.iter().map(|card| card.note.as_deref()).collect::<Vec<_>>())
}

/// Which of these fingerprints the supplier itself has imported, and with which import.
pub(super) async fn own(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
    fingerprints: &[&[u8]],
) -> Result<HashMap<Vec<u8>, ImportId>, Fault> {
    let rows: Vec<(Vec<u8>, ImportId)> = sqlx::query_as(
        "select fingerprint, import_id from card
          where network_id = $1 and fingerprint = any ($3) and supplier_id = $2
         union all
         select clash, import_id from card
          where network_id = $1 and supplier_id = $2 and clash is not null and clash = any ($3)",
    )
    .bind(network)
    .bind(supplier)
    .bind(fingerprints)
    // Planned each time, because an import makes an empty table a large one within a connection's life.
    .persistent(false)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().collect())
}

/// How far an import has come.
#[derive(Clone, Default)]
pub(super) struct Progress {
    pub(super) processed: i32,
    pub(super) accepted: i32,
    pub(super) duplicates: i32,
    pub(super) rejected: i32,
    pub(super) problems: Vec<Problem>,
}

/// Writes how far it has come, and says that somebody is at it.
pub(super) async fn advance(db: &mut Conn, work: &Work, progress: &Progress) -> Result<(), Fault> {
    sqlx::query(
        "update card_import
            set processed = $3, accepted = $4, duplicates = $5, rejected = $6, problems = $7, tries = 0,
                lease_until = now() + interval '3 seconds'
          where network_id = $1 and import_id = $2",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(progress.processed)
    .bind(progress.accepted)
    .bind(progress.duplicates)
    .bind(progress.rejected)
    .bind(Json(&progress.problems))
    .execute(db)
    .await?;
    Ok(())
}

/// Ends an import that is ours and stands at that line: done, or failed for a reason. Its content is needed no
/// more: whoever continues a failed one sends it again.
pub(super) async fn finish(
    db: &mut Conn,
    work: &Work,
    processed: i32,
    failure: Option<&str>,
) -> Result<(), Fault> {
    let finished = sqlx::query(
        "update card_import
            set status = case when $5::text is null then 'DONE' else 'FAILED' end, failure = $5,
                total = case when $5::text is null then processed else total end, finished_at = now()
          where network_id = $1 and import_id = $2 and runner = $3 and status = 'RUNNING' and processed = $4",
    )
    .bind(work.network_id)
    .bind(work.import_id)
    .bind(work.runner)
    .bind(processed)
    .bind(failure)
    .execute(&mut *db)
    .await?;
    if finished.rows_affected() == 1 {
        sqlx::query("delete from import_piece where network_id = $1 and import_id = $2")
            .bind(work.network_id)
            .bind(work.import_id)
            .execute(db)
            .await?;
    }
    Ok(())
}

/// Marks every import that nobody is at any more and nobody can take over; answers how many.
pub(super) async fn fail_stuck(db: &mut Conn) -> Result<u64, Fault> {
    let failed = sqlx::query(
        "with failed as (
           update card_import
              set status = 'FAILED', finished_at = now(),
                  failure = 'It was cut off after ' || processed || ' lines. Sending the same content with the same '
                    || 'idempotencyKey ' || case when dry_run then 'begins it again.' else 'continues it.' end
            where (network_id, import_id) in
                  (select network_id, import_id from card_import
                    where status = 'RUNNING' and lease_until < now() and (not kept or tries >= $1)
                      for update skip locked)
           returning network_id, import_id),
         dropped as (
           delete from import_piece p using failed f where p.network_id = f.network_id and p.import_id = f.import_id)
         select from failed",
    )
    .bind(TRIES)
    .execute(db)
    .await?;
    Ok(failed.rows_affected())
}
