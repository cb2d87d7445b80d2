//! The inventory's statements.

use super::CardId;
use crate::foundation::{Conn, Fault, id::NetworkId};
use uuid::Uuid;

/// Takes `count` available cards of a variant for a sale, in the variant's order of allocation.
///
/// `skip locked` lets two buyers take different cards at once instead of queueing for the same ones.
/// `None` when too few are free; the caller then gives up the transaction.
pub async fn take(
    db: &mut Conn,
    network: NetworkId,
    variant: Uuid,
    count: i32,
) -> Result<Option<Vec<CardId>>, Fault> {
    let taken: Vec<CardId> = sqlx::query_scalar(
        "with free as materialized (
           select c.card_id from card c join variant v on v.network_id = c.network_id and v.variant_id = c.variant_id
            where c.network_id = $1 and c.variant_id = $2 and c.state = 'AVAILABLE'
              and (c.expires_at is null or c.expires_at > now())
            order by case when v.allocation = 'NEAREST_EXPIRY' then c.expires_at end nulls last,
                     case when v.allocation = 'NEWEST' then c.card_id end desc, c.card_id
            limit $3 for no key update of c skip locked)
         update card set state = 'SOLD'
          where network_id = $1 and card_id in (select card_id from free) and state = 'AVAILABLE'
         returning card_id",
    )
    .bind(network)
    .bind(variant)
    .bind(count)
    .fetch_all(db)
    .await?;
    Ok((i32::try_from(taken.len()) == Ok(count)).then_some(taken))
}

/// The same, waiting for cards that others are about to take or give back: for when too few are free, yet
/// there seem to be enough.
pub async fn take_waiting(
    db: &mut Conn,
    network: NetworkId,
    variant: Uuid,
    count: i32,
) -> Result<Option<Vec<CardId>>, Fault> {
    if available(db, network, variant).await? < i64::from(count) {
        return Ok(None);
    }
    sqlx::query(
        "select card_id from card where network_id = $1 and variant_id = $2 and state = 'AVAILABLE'
          order by card_id for no key update",
    )
    .bind(network)
    .bind(variant)
    .execute(&mut *db)
    .await?;
    take(db, network, variant, count).await
}

/// How many cards of a variant could be sold now.
pub async fn available(db: &mut Conn, network: NetworkId, variant: Uuid) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from card where network_id = $1 and variant_id = $2 and state = 'AVAILABLE'
            and (expires_at is null or expires_at > now())",
    )
    .bind(network)
    .bind(variant)
    .fetch_one(db)
    .await?)
}
