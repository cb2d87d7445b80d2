//! Throws away what nobody submitted. One process at a time does it.

use super::store;
use crate::foundation::{Db, Fault, Scope, Turn, blobs::Blobs};

/// Throwing away.
pub const TURN: Turn = Turn::named(*b"\0\0\0files");

const BATCH: i64 = 20;
// What one call does at most; the rest waits for the next.
const PASSES: u32 = 50;

/// Ends uploads whose time has passed, and throws away contents on which nothing rests; answers how many of those.
/// A content's row is locked until it is gone: whoever is about to keep the same again waits, and then does.
///
/// # Errors
/// [`Fault`] when the database or the object store refuses.
pub async fn sweep(db: &Db, blobs: &Blobs) -> Result<u64, Fault> {
    let mut swept = 0;
    for _ in 0..PASSES {
        let mut tx = db.begin(Scope::Installation).await?;
        if !TURN.take(&mut tx).await? {
            break;
        }
        let expired = store::expire_uploads(&mut tx, BATCH).await?;
        let gone = store::lock_sweepable(&mut tx, BATCH).await?;
        for (network, sha256) in &gone {
            blobs.delete(*network, sha256).await?;
            store::forget_blob(&mut tx, *network, sha256).await?;
        }
        tx.commit().await?;
        swept += u64::try_from(gone.len()).unwrap_or_default();
        if expired == 0 && gone.is_empty() {
            break;
        }
    }
    Ok(swept)
}
