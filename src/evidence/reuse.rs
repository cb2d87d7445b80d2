//! Whether a buyer shows what was shown before, for another purchase.

use crate::foundation::{Conn, Fault, id::NetworkId};
use uuid::Uuid;

/// Those of the claims for which their buyer submitted a file that is the same as one that a buyer had submitted for a
/// claim on another order, or looks the same, as far as the transaction's scope may see both. That several units of
/// one order are shown by one picture says nothing.
///
/// # Errors
/// [`Fault`].
pub async fn reused(db: &mut Conn, network: NetworkId, claims: &[Uuid]) -> Result<Vec<Uuid>, Fault> {
    // A lookup for each way of being the same, so that each goes by its own index.
    Ok(sqlx::query_scalar(
        "select distinct e.claim_id
           from evidence e
           join claim c on c.network_id = e.network_id and c.claim_id = e.claim_id
           cross join lateral (
             select s.claim_id, s.party, s.submitted_at from evidence s
              where s.network_id = $1 and s.sha256 = e.sha256
             union all
             select s.claim_id, s.party, s.submitted_at from evidence s
              where s.network_id = $1 and s.original_sha256 = e.original_sha256
             union all
             select s.claim_id, s.party, s.submitted_at from evidence s
              where s.network_id = $1 and s.bands && e.bands and bit_count((s.dhash # e.dhash)::bit(64)) <= 6) s
           join claim o on o.network_id = e.network_id and o.claim_id = s.claim_id
          where e.network_id = $1 and e.claim_id = any($2) and e.party = 'BUYER' and s.party = 'BUYER'
            and s.submitted_at < e.submitted_at and o.order_id <> c.order_id",
    )
    .bind(network)
    .bind(claims)
    .fetch_all(db)
    .await?)
}
