//! Takes a file that was announced. No transaction is open while it arrives, and nothing is kept of one that does
//! not arrive whole: the same link may be used again until it has worked once.

use super::{
    Linked, MediaType, UploadId,
    media::Unfit,
    open_link,
    prepare::{self, Prepared},
    store,
};
use crate::foundation::{Db, Fault, Scope, blobs::Blobs, id::NetworkId, seal::Sealer};
use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

/// A file that has arrived.
#[derive(Clone, Debug)]
pub struct Received {
    /// What it is called when it is submitted.
    pub id: UploadId,
    /// What it is.
    pub media: MediaType,
    /// Its length as kept; bytes.
    pub byte_size: usize,
    /// SHA-256 as kept.
    pub sha256: [u8; 32],
}

/// Why a file was not taken; except for the first three the link may be used again.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    /// The link is not one of ours.
    #[error("the link leads nowhere")]
    Unknown,
    /// Its time has passed.
    #[error("the link is over")]
    Over,
    /// It arrived before.
    #[error("the file has arrived already")]
    Done,
    /// It has another length than was announced.
    #[error("the file is longer than was announced")]
    TooLong,
    /// It ended early.
    #[error("the file did not arrive whole")]
    Cut,
    /// It has another hash than was announced.
    #[error("the file is not the one that was announced: its SHA-256 is another")]
    Another,
    /// It is no evidence.
    #[error("the file {0}")]
    Unfit(Unfit),
    /// It can't be kept now.
    #[error("the file can't be kept now")]
    Storage(Fault),
    /// Something else of ours failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Takes a file at a link that [`create_upload`](super::create_upload()) gave out.
///
/// # Errors
/// [`NotReceived`].
pub async fn receive(
    db: &Db,
    blobs: &Blobs,
    sealer: &Sealer,
    token: &str,
    content: impl AsyncRead + Send + Unpin,
) -> Result<Received, NotReceived> {
    let link = open_link(sealer, &[Linked::Upload], token).ok_or(NotReceived::Unknown)?;
    let network = link.network;
    let mut tx = db.begin(Scope::Network(network)).await?;
    let leave = store::leave(&mut tx, network, link.id).await?.ok_or(NotReceived::Unknown)?;
    drop(tx);
    if leave.done {
        return Err(NotReceived::Done);
    }
    if !leave.open {
        return Err(NotReceived::Over);
    }
    let size = usize::try_from(leave.byte_size).map_err(|_| Fault::new("a file has a length below zero"))?;
    let bytes = take(content, size).await?;
    if leave.expected.is_some_and(|expected| prepare::hash(&bytes).as_slice() != expected) {
        return Err(NotReceived::Another);
    }
    let prepared = prepare::prepare(bytes).await?.map_err(NotReceived::Unfit)?;
    keep(db, blobs, network, link.id, prepared).await
}

async fn take(mut content: impl AsyncRead + Send + Unpin, size: usize) -> Result<Bytes, NotReceived> {
    // Grows as it arrives: who announces much and sends nothing takes nothing.
    let mut bytes = BytesMut::new();
    while bytes.len() <= size {
        bytes.reserve(64 << 10);
        match content.read_buf(&mut bytes).await {
            Ok(0) => break,
            Ok(_) => {}
            Err(_) => return Err(NotReceived::Cut),
        }
    }
    match bytes.len().cmp(&size) {
        std::cmp::Ordering::Greater => Err(NotReceived::TooLong),
        std::cmp::Ordering::Less => Err(NotReceived::Cut),
        std::cmp::Ordering::Equal => Ok(bytes.freeze()),
    }
}

// The row of the content first, then the content, then the upload: whatever ends in between leaves nothing that
// the sweep does not find, and no upload whose content is not there.
async fn keep(
    db: &Db,
    blobs: &Blobs,
    network: NetworkId,
    id: uuid::Uuid,
    prepared: Prepared,
) -> Result<Received, NotReceived> {
    let Prepared { bytes, media, sha256, original, dhash } = prepared;
    let byte_size = bytes.len();
    let kept_size = i32::try_from(byte_size).map_err(|_| Fault::new("a file is too long"))?;
    let mut tx = db.begin(Scope::Network(network)).await?;
    store::expect_blob(&mut tx, network, &sha256, kept_size, "2 days").await?;
    tx.commit().await?;
    blobs.put(network, &sha256, bytes).await.map_err(NotReceived::Storage)?;
    let mut tx = db.begin(Scope::Network(network)).await?;
    let kept = (sha256.as_slice(), kept_size, media);
    let dhash = dhash.map(u64::cast_signed);
    if !store::set_stored(&mut tx, network, id, kept, &original, dhash).await? {
        return Err(NotReceived::Done);
    }
    tx.commit().await?;
    Ok(Received { id: UploadId(id), media, byte_size, sha256 })
}
