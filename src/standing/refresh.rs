//! Counts tenants anew when something has happened to them. One process at a time does it.

use super::store;
use crate::foundation::{Db, Fault, Scope, Turn};

/// Counting.
pub const TURN: Turn = Turn::named(*b"standing");

// Each is at most some 40,000 rows by their indexes: a call takes a second or two when everyone is busy.
const BATCH: i64 = 20;

/// Counts tenants whose log has grown; answers how many. What the page of a tenant shows is this row and nothing
/// else, so nobody who looks pays for it.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn refresh_due(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(0);
    }
    let due = store::due(&mut tx, BATCH).await?;
    tx.commit().await?;
    let mut done = 0;
    for (network, tenant, log_end) in due {
        let mut tx = db.begin(Scope::Network(network)).await?;
        if !TURN.take(&mut tx).await? {
            break;
        }
        if let Some(kind) = store::kind(&mut tx, network, tenant).await? {
            store::compute(&mut tx, network, tenant, kind, log_end).await?;
        }
        tx.commit().await?;
        done += 1;
    }
    Ok(done)
}
