//! The same call twice has one effect: keys, kept in the transaction that has it.

use super::{
    Conn, No, RefusalCode,
    id::{NetworkId, TenantId},
};

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
    if hash == key.hash {
        Ok(Some(first))
    } else {
        Err(No::because(
            RefusalCode::IdempotencyKeyReused,
            "the key was used with another input",
            "idempotencyKey",
        ))
    }
}
