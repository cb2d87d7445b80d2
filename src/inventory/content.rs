//! An import's content on its way: looked over, kept in the database, and read from there by whoever is at it.

use super::{
    import_store::{self as store, Work},
    vault::{DataKey, Place},
};
use crate::foundation::{Db, Fault, Scope};
use sha2::{Digest, Sha256};
use std::io::SeekFrom;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};
use zeroize::Zeroizing;

/// Bytes of a piece that is kept.
const PIECE: usize = 256 * 1024;
/// Pieces that one transaction stores.
const TOGETHER: usize = 8;
const READ: usize = 64 * 1024;

/// Content, a piece after the other.
pub(super) trait Pieces: Send {
    /// The next one; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Zeroizing<Vec<u8>>>, Fault>> + Send;
}

/// Content as it was sent.
pub(super) struct Read<R>(pub(super) R);

impl<R: AsyncRead + Send + Unpin> Pieces for Read<R> {
    async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        full(&mut self.0, READ).await
    }
}

// So many bytes unless they are the last; none at the end.
async fn full<R>(content: &mut R, length: usize) -> Result<Option<Zeroizing<Vec<u8>>>, Fault>
where
    R: AsyncRead + Send + Unpin,
{
    let mut piece = Zeroizing::new(vec![0; length]);
    let mut filled = 0;
    while filled < length {
        match content.read(&mut piece[filled..]).await? {
            0 => break,
            count => filled += count,
        }
    }
    piece.truncate(filled);
    Ok((filled > 0).then_some(piece))
}

/// The content's digest and how many lines it has at most. Leaves the reader at the beginning again.
pub(super) async fn survey<R>(content: &mut R) -> Result<(Vec<u8>, usize), Fault>
where
    R: AsyncRead + AsyncSeek + Send + Unpin,
{
    let mut piece = Zeroizing::new(vec![0; READ]);
    let (mut hash, mut lines) = (Sha256::new(), 1);
    loop {
        let count = content.read(&mut piece).await?;
        if count == 0 {
            break;
        }
        hash.update(&piece[..count]);
        lines += piece[..count].split(|byte| *byte == b'\n').count() - 1;
    }
    content.seek(SeekFrom::Start(0)).await?;
    Ok((hash.finalize().to_vec(), lines))
}

/// Keeps the content, sealed, so that any process can go on with the import; false when it is not ours any more.
pub(super) async fn keep<R>(db: &Db, work: &Work, key: &DataKey, content: &mut R) -> Result<bool, Fault>
where
    R: AsyncRead + Send + Unpin,
{
    let mut place = 0;
    loop {
        let mut pieces = Vec::with_capacity(TOGETHER);
        while pieces.len() < TOGETHER
            && let Some(piece) = full(content, PIECE).await?
        {
            let at = place + i32::try_from(pieces.len()).unwrap_or(i32::MAX);
            pieces.push(key.seal_bytes(Place::Piece { import: work.import_id, place: at }, &piece)?);
        }
        let whole = pieces.len() < TOGETHER;
        let mut tx = db.begin(Scope::Network(work.network_id)).await?;
        if !store::keep(&mut tx, work, place, &pieces, whole).await? {
            return Ok(false);
        }
        tx.commit().await?;
        if whole {
            return Ok(true);
        }
        place += i32::try_from(pieces.len()).unwrap_or(i32::MAX);
    }
}

/// Content as it is kept.
pub(super) struct Kept<'a> {
    pub(super) db: &'a Db,
    pub(super) work: &'a Work,
    pub(super) key: &'a DataKey,
    pub(super) place: i32,
}

impl Pieces for Kept<'_> {
    async fn next(&mut self) -> Result<Option<Zeroizing<Vec<u8>>>, Fault> {
        let mut tx = self.db.begin(Scope::Network(self.work.network_id)).await?;
        let sealed = store::piece(&mut tx, self.work, self.place).await?;
        tx.commit().await?;
        let place = Place::Piece { import: self.work.import_id, place: self.place };
        self.place += 1;
        sealed.map(|sealed| self.key.open_bytes(place, &sealed)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[tokio::test]
    async fn the_survey_leaves_the_content_as_it_was() {
        let mut content = Cursor::new(b"a\nb\nc".to_vec());
        let (first, lines) = survey(&mut content).await.unwrap();
        assert_eq!((lines, content.position()), (3, 0));
        assert_eq!(survey(&mut content).await.unwrap().0, first);
        assert_ne!(survey(&mut Cursor::new(b"a\nb\nd".to_vec())).await.unwrap().0, first);
    }
}
