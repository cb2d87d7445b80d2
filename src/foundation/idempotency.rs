//! The same call twice has one effect: keys, kept in the transaction that has it.

use super::{
    Conn, Fault, No, RefusalCode, Together,
    id::{NetworkId, TenantId},
};
use std::collections::HashMap;

/// A use of an idempotency key.
pub struct Key<'a> {
    /// Where.
    pub tenant: TenantId,
    /// By whom.
    pub actor: uuid::Uuid,
    /// For what.
    pub operation: &'a str,
    /// The client's key.
    pub key: &'a str,
    /// Of the whole input.
    pub hash: &'a [u8],
}

/// Claims a key for the effect that this transaction has. A rival with the same key waits here for our end.
/// Answers the first use's result where there was one.
///
/// # Errors
/// IDEMPOTENCY_KEY_REUSED where the first use had another input.
pub async fn claim_key(
    db: &mut Conn,
    network: NetworkId,
    key: &Key<'_>,
    result: uuid::Uuid,
) -> Result<Option<uuid::Uuid>, No> {
    let done = sqlx::query(
        "insert into idempotency (network_id, tenant_id, actor_id, operation, key, input_hash, result_id)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(network)
    .bind(key.tenant)
    .bind(key.actor)
    .bind(key.operation)
    .bind(key.key)
    .bind(key.hash)
    .bind(result)
    .execute(&mut *db)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(None);
    }
    let (hash, first): (Vec<u8>, uuid::Uuid) = sqlx::query_as(
        "select input_hash, result_id from idempotency
          where network_id = $1 and tenant_id = $2 and actor_id = $3 and operation = $4 and key = $5",
    )
    .bind(network)
    .bind(key.tenant)
    .bind(key.actor)
    .bind(key.operation)
    .bind(key.key)
    .fetch_one(db)
    .await?;
    key.first(&hash, first).map(Some)
}

impl Key<'_> {
    /// The first use's result, where its input was this one.
    ///
    /// # Errors
    /// IDEMPOTENCY_KEY_REUSED.
    pub fn first(&self, input_hash: &[u8], result: uuid::Uuid) -> Result<uuid::Uuid, No> {
        if input_hash == self.hash {
            Ok(result)
        } else {
            Err(No::because(
                RefusalCode::IdempotencyKeyReused,
                "the key was used with another input",
                "idempotencyKey",
            ))
        }
    }
}

/// What is known of keys of one operation: each one's place in `keys`, its first input's hash, its result.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn find_keys(
    db: &mut Conn,
    network: NetworkId,
    operation: &str,
    keys: &[Key<'_>],
) -> Result<HashMap<usize, (Vec<u8>, uuid::Uuid)>, Fault> {
    let rows: Vec<(i64, Vec<u8>, uuid::Uuid)> = sqlx::query_as(
        "select k.place, i.input_hash, i.result_id
           from unnest($3::uuid[], $4::uuid[], $5::text[]) with ordinality as k(tenant_id, actor_id, key, place)
           join idempotency i on i.network_id = $1 and i.tenant_id = k.tenant_id and i.actor_id = k.actor_id
                and i.operation = $2 and i.key = k.key",
    )
    .bind(network)
    .bind(operation)
    .bind(keys.iter().map(|key| key.tenant).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.actor).collect::<Vec<_>>())
    .bind(keys.iter().map(|key| key.key).collect::<Vec<_>>())
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(place, hash, result)| Some((usize::try_from(place - 1).ok()?, (hash, result))))
        .collect())
}

/// Writes keys of one operation with their results, for the effects that this transaction has. The database refuses
/// one that is there already: whoever calls holds what all who would use it lock first.
pub fn insert_keys(writes: &mut Together, operation: &str, keys: &[(Key<'_>, uuid::Uuid)]) {
    writes
        .part(
            "insert into idempotency (network_id, tenant_id, actor_id, operation, key, input_hash, result_id)
             select $1, k.tenant_id, k.actor_id, $2, k.key, k.input_hash, k.result_id
               from unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::uuid[])
                      as k(tenant_id, actor_id, key, input_hash, result_id)",
        )
        .bind(operation)
        .bind(keys.iter().map(|(key, _)| key.tenant).collect::<Vec<_>>())
        .bind(keys.iter().map(|(key, _)| key.actor).collect::<Vec<_>>())
        .bind(keys.iter().map(|(key, _)| key.key).collect::<Vec<_>>())
        .bind(keys.iter().map(|(key, _)| key.hash).collect::<Vec<_>>())
        .bind(keys.iter().map(|(_, result)| *result).collect::<Vec<_>>())
        .end();
}
