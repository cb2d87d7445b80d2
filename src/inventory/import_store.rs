//! The statements of imports.

use super::{
    CardFormat, CardId, ImportId,
    batch::Candidate,
    import::{Import, Problem},
};
use crate::foundation::{
    Conn, Fault, Moment,
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

/// A new import, running.
pub(super) async fn insert(
    db: &mut Conn,
    network: NetworkId,
    claim: &Key<'_>,
    import: ImportId,
    variant: Uuid,
    key: Uuid,
    format: CardFormat,
    dry_run: bool,
) -> Result<Import, Fault> {
    Ok(sqlx::query_as(
        "insert into card_import
           (network_id, import_id, tenant_id, variant_id, actor_id, key_id, format, dry_run, status, lease_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'RUNNING', now() + interval '60 seconds') returning *",
    )
    .bind(network)
    .bind(import)
    .bind(claim.tenant)
    .bind(variant)
    .bind(claim.actor)
    .bind(key)
    .bind(format)
    .bind(dry_run)
    .fetch_one(db)
    .await?)
}

/// Takes up an import that failed or was cut off; `None` when nobody may or somebody does. A dry run has kept
/// nothing to continue from and begins again.
pub(super) async fn take_up(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
) -> Result<Option<Import>, Fault> {
    Ok(sqlx::query_as(
        "update card_import
            set status = 'RUNNING', failure = null, finished_at = null, lease_until = now() + interval '60 seconds',
                processed = case when dry_run then 0 else processed end,
                accepted = case when dry_run then 0 else accepted end,
                duplicates = case when dry_run then 0 else duplicates end,
                rejected = case when dry_run then 0 else rejected end,
                problems = case when dry_run then '[]' else problems end
          where network_id = $1 and import_id = $2 and withdrawn_at is null
            and (status = 'FAILED' or (status = 'RUNNING' and lease_until < now()))
         returning *",
    )
    .bind(network)
    .bind(import)
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

/// The database's clock.
pub(super) async fn now(db: &mut Conn) -> Result<Moment, Fault> {
    Ok(sqlx::query_scalar("select now()").fetch_one(db).await?)
}

/// Locks the import for one batch; false when it is not at that line any more: somebody else has taken it up, or
/// has given it up for us.
pub(super) async fn hold(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
    processed: i32,
) -> Result<bool, Fault> {
    let held = sqlx::query(
        "select from card_import
          where network_id = $1 and import_id = $2 and status = 'RUNNING' and processed = $3 for no key update",
    )
    .bind(network)
    .bind(import)
    .bind(processed)
    .fetch_optional(db)
    .await?;
    Ok(held.is_some())
}

/// What all cards of a batch share.
#[derive(Clone, Copy)]
pub(super) struct Lot {
    pub(super) network: NetworkId,
    pub(super) supplier: TenantId,
    pub(super) import: ImportId,
    pub(super) variant: Uuid,
    pub(super) key: Uuid,
}

/// Puts cards in stock, those whose fingerprint nobody had; answers how many.
pub(super) async fn insert_available(db: &mut Conn, lot: &Lot, cards: &[&Candidate]) -> Result<usize, Fault> {
    let done = storing(
        "insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed,
                           fingerprint, expires_at, cost, note)
         select $1, u.card_id, $2, $3, $4, 'AVAILABLE', $5, u.sealed, u.hash, u.expires_at, u.cost, u.note
           from unnest($6::uuid[], $7::bytea[], $8::bytea[], $9::timestamptz[], $10::bigint[], $11::text[])
                as u (card_id, sealed, hash, expires_at, cost, note)
         on conflict on constraint card_fingerprint do nothing",
        lot,
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
    lot: &Lot,
    cards: &[&Candidate],
) -> Result<Vec<CardId>, Fault> {
    let rows = storing(
        "insert into card (network_id, card_id, variant_id, supplier_id, import_id, state, key_id, sealed,
                           clash, expires_at, cost, note)
         select $1, u.card_id, $2, $3, $4, 'QUARANTINED', $5, u.sealed, u.hash, u.expires_at, u.cost, u.note
           from unnest($6::uuid[], $7::bytea[], $8::bytea[], $9::timestamptz[], $10::bigint[], $11::text[])
                as u (card_id, sealed, hash, expires_at, cost, note)
         on conflict (network_id, supplier_id, clash) where clash is not null do nothing returning card_id",
        lot,
        cards,
    );
    Ok(rows.fetch_all(db).await?.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
}

fn storing<'q>(
    sql: &'static str,
    lot: &Lot,
    cards: &'q [&Candidate],
) -> sqlx::query::Query<'q, Postgres, PgArguments> {
    sqlx::query(sql)
        .bind(lot.network)
        .bind(lot.variant)
        .bind(lot.supplier)
        .bind(lot.import)
        .bind(lot.key)
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
pub(super) async fn advance(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
    progress: &Progress,
) -> Result<(), Fault> {
    sqlx::query(
        "update card_import
            set processed = $3, accepted = $4, duplicates = $5, rejected = $6, problems = $7,
                lease_until = now() + interval '60 seconds'
          where network_id = $1 and import_id = $2",
    )
    .bind(network)
    .bind(import)
    .bind(progress.processed)
    .bind(progress.accepted)
    .bind(progress.duplicates)
    .bind(progress.rejected)
    .bind(Json(&progress.problems))
    .execute(db)
    .await?;
    Ok(())
}

/// Ends an import that stands at that line: done, or failed for a reason.
pub(super) async fn finish(
    db: &mut Conn,
    network: NetworkId,
    import: ImportId,
    processed: i32,
    failure: Option<&str>,
) -> Result<(), Fault> {
    sqlx::query(
        "update card_import
            set status = case when $4::text is null then 'DONE' else 'FAILED' end, failure = $4,
                total = case when $4::text is null then processed else total end, finished_at = now()
          where network_id = $1 and import_id = $2 and status = 'RUNNING' and processed = $3",
    )
    .bind(network)
    .bind(import)
    .bind(processed)
    .bind(failure)
    .execute(db)
    .await?;
    Ok(())
}

/// Marks every import that nobody is at any more; answers how many.
pub(super) async fn fail_stuck(db: &mut Conn) -> Result<u64, Fault> {
    let failed = sqlx::query(
        "update card_import
            set status = 'FAILED', finished_at = now(),
                failure = 'It was cut off after ' || processed || ' lines. Sending the same content with the same '
                  || 'idempotencyKey ' || case when dry_run then 'begins it again.' else 'continues it.' end
          where status = 'RUNNING' and lease_until < now()",
    )
    .execute(db)
    .await?;
    Ok(failed.rows_affected())
}
