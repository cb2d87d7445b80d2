//! Statements on messages, receipts and notes.

use crate::{
    foundation::{
        Conn, Fault,
        id::{NetworkId, TenantId},
    },
    warranty::{
        claim::ClaimId,
        thread::{InternalNote, Message, MessageId, Party},
    },
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

const MESSAGE: &str = "select m.message_id, m.claim_id, m.party, m.body, m.at,
       coalesce((select array_agg(r.party order by r.party) from claim_read r
                  where r.network_id = m.network_id and r.claim_id = m.claim_id and r.message_id >= m.message_id
                    and r.party <> m.party), '{}') as read_by
  from claim_message m where m.network_id = $1";

/// How many messages a claim has.
pub async fn count(db: &mut Conn, network: NetworkId, claim: ClaimId) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar("select count(*) from claim_message where network_id = $1 and claim_id = $2")
        .bind(network)
        .bind(claim)
        .fetch_one(db)
        .await?)
}

/// A new message.
pub async fn insert(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    id: MessageId,
    party: Party,
    author: Uuid,
    body: &str,
) -> Result<Message, Fault> {
    Ok(sqlx::query_as(
        "insert into claim_message (network_id, message_id, claim_id, party, author_id, body)
         values ($1, $2, $3, $4, $5, $6)
         returning message_id, claim_id, party, body, at, '{}'::text[] as read_by",
    )
    .bind(network)
    .bind(id)
    .bind(claim)
    .bind(party)
    .bind(author)
    .bind(body)
    .fetch_one(db)
    .await?)
}

/// A party has read up to a message; answers whether that is news.
pub async fn read_to(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    party: Party,
    message: MessageId,
) -> Result<bool, Fault> {
    let done = sqlx::query(
        "insert into claim_read (network_id, claim_id, party, message_id) values ($1, $2, $3, $4)
         on conflict (network_id, claim_id, party)
         do update set message_id = excluded.message_id, read_at = now()
          where claim_read.message_id < excluded.message_id",
    )
    .bind(network)
    .bind(claim)
    .bind(party)
    .bind(message)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The message is one of the claim's.
pub async fn is_of(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    message: MessageId,
) -> Result<bool, Fault> {
    Ok(sqlx::query_scalar(
        "select exists (select from claim_message where network_id = $1 and claim_id = $2 and message_id = $3)",
    )
    .bind(network)
    .bind(claim)
    .bind(message)
    .fetch_one(db)
    .await?)
}

/// The messages of claims that the scope may see, the first first.
pub async fn of_claims(db: &mut Conn, network: NetworkId, claims: &[ClaimId]) -> Result<Vec<Message>, Fault> {
    let sql = format!("{MESSAGE} and m.claim_id = any($2) order by m.claim_id, m.message_id");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(claims).fetch_all(db).await?)
}

/// A message that the scope may see.
pub async fn find(db: &mut Conn, network: NetworkId, id: MessageId) -> Result<Option<Message>, Fault> {
    let sql = format!("{MESSAGE} and m.message_id = $2");
    Ok(sqlx::query_as(AssertSqlSafe(sql)).bind(network).bind(id).fetch_optional(db).await?)
}

/// How many notes a tenant has on a claim.
pub async fn count_notes(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    tenant: TenantId,
) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(
        "select count(*) from claim_note where network_id = $1 and claim_id = $2 and tenant_id = $3",
    )
    .bind(network)
    .bind(claim)
    .bind(tenant)
    .fetch_one(db)
    .await?)
}

/// A new note.
pub async fn insert_note(
    db: &mut Conn,
    network: NetworkId,
    claim: ClaimId,
    tenant: TenantId,
    author: Uuid,
    body: &str,
) -> Result<(), Fault> {
    sqlx::query(
        "insert into claim_note (network_id, note_id, claim_id, tenant_id, author_id, body)
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(network)
    .bind(Uuid::now_v7())
    .bind(claim)
    .bind(tenant)
    .bind(author)
    .bind(body)
    .execute(db)
    .await?;
    Ok(())
}

/// A tenant's notes on claims, the first first.
pub async fn notes(
    db: &mut Conn,
    network: NetworkId,
    tenant: TenantId,
    claims: &[ClaimId],
) -> Result<Vec<InternalNote>, Fault> {
    Ok(sqlx::query_as(
        "select claim_id, author_id, body, at from claim_note
          where network_id = $1 and tenant_id = $2 and claim_id = any($3) order by claim_id, note_id",
    )
    .bind(network)
    .bind(tenant)
    .bind(claims)
    .fetch_all(db)
    .await?)
}
