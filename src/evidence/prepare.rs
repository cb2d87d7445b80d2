//! From the bytes that arrived to the bytes that are kept: a few at a time, away from everything else.

use super::{
    media::{MediaType, Unfit},
    picture,
};
use crate::foundation::Fault;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

// One picture at a time: what a decoder may take is bounded, and so is what all of them may take together.
static DESK: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// A file as it is kept.
pub(super) struct Prepared {
    pub(super) bytes: Bytes,
    pub(super) media: MediaType,
    pub(super) sha256: [u8; 32],
    pub(super) original: [u8; 32],
    pub(super) dhash: Option<u64>,
}

/// SHA-256.
pub(super) fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Finds out what it is and makes what is kept of it.
///
/// # Errors
/// [`Unfit`] inside, when it is no evidence; a fault when the work was cut off.
pub(super) async fn prepare(bytes: Bytes) -> Result<Result<Prepared, Unfit>, Fault> {
    let place = DESK.acquire().await.map_err(|_| Fault::new("nothing is prepared any more"))?;
    let work = tokio::task::spawn_blocking(move || {
        let _place = place;
        let original = hash(&bytes);
        let media = MediaType::recognise(&bytes)?;
        if !media.is_picture() {
            return Ok(Prepared { bytes, media, sha256: original, original, dhash: None });
        }
        let drawn = picture::draw_anew(&bytes, media)?;
        let sha256 = hash(&drawn.bytes);
        Ok(Prepared { bytes: drawn.bytes.into(), media: drawn.media, sha256, original, dhash: drawn.dhash })
    });
    // A decoder that stops in the middle of a hostile file has found it out.
    Ok(work.await.unwrap_or(Err(Unfit("is damaged"))))
}
