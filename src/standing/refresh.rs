//! Counts tenants anew when something has happened to them. One process at a time does it.

use super::store;
use crate::foundation::{Db, Fault, Scope, Turn};
use std::time::{Duration, Instant};

/// Counting.
pub const TURN: Turn = Turn::named(*b"standing");

// Each is at most some 40,000 rows by their indexes …
const BATCH: i64 = 20;
// … and a call begins no other after this long, so that where everyone is busy counting them takes a small part of the
// database, and those who waited longest come first.
const LONG: Duration = Duration::from_millis(60);

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
    let begun = Instant::now();
    for (network, tenant, log_end) in due {
        if done > 0 && begun.elapsed() > LONG {
            break;
        }
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
