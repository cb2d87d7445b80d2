//! Where an uploaded file waits to be imported: on disk, sealed with a key that never leaves memory, under no
//! name. Whatever ends the process ends the file.

use crate::foundation::{
    Fault,
    seal::{SecretKey, random},
};
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    pin::Pin,
    task::{Context, Poll},
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, ReadBuf};
use uuid::Uuid;
use zeroize::Zeroizing;

const PIECE: usize = 256 * 1024;

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotSpooled {
    /// It is longer than is allowed.
    #[error("the file is too large")]
    TooLarge,
    /// It did not arrive whole.
    #[error("the file did not arrive whole")]
    Cut(io::Error),
    /// There was no room for it, or something else of ours failed.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A file that has arrived whole; read from its beginning, and again after seeking there.
pub struct Spool {
    file: File,
    key: SecretKey,
    piece: Zeroizing<Vec<u8>>,
    at: usize,
    pieces: u64,
}

impl Spool {
    /// Takes a file of at most `limit` bytes.
    ///
    /// # Errors
    /// [`NotSpooled`]; nothing is left of it then.
    pub async fn take(mut content: impl AsyncRead + Unpin, limit: u64) -> Result<Self, NotSpooled> {
        let path = std::env::temp_dir().join(format!("cardamom-{}", Uuid::now_v7().simple()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let mut file = file.map_err(Fault::from)?;
        std::fs::remove_file(&path).map_err(Fault::from)?;
        let key = SecretKey::new(Zeroizing::new(random::<32>()).as_slice())?;
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        let (mut pieces, mut total) = (0u64, 0u64);
        loop {
            let mut filled = 0;
            while filled < PIECE {
                match content.read(&mut piece[filled..]).await.map_err(NotSpooled::Cut)? {
                    0 => break,
                    count => filled += count,
                }
            }
            total += filled as u64;
            if total > limit {
                return Err(NotSpooled::TooLarge);
            }
            if filled == 0 {
                break;
            }
            let sealed = key.seal(&pieces.to_be_bytes(), &piece[..filled])?;
            let length = u32::try_from(sealed.len()).map_err(|_| Fault::new("a piece is too long"))?;
            file.write_all(&length.to_be_bytes())
                .and_then(|()| file.write_all(&sealed))
                .map_err(Fault::from)?;
            pieces += 1;
        }
        file.seek(SeekFrom::Start(0)).map_err(Fault::from)?;
        Ok(Self { file, key, piece: Zeroizing::default(), at: 0, pieces: 0 })
    }

    // The next piece; an empty one at the end. Reads of a file that was just written come from memory.
    fn next(&mut self) -> io::Result<()> {
        let mut length = [0; 4];
        self.at = 0;
        self.piece = Zeroizing::default();
        match self.file.read_exact(&mut length) {
            Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let mut sealed = vec![0; usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?];
        self.file.read_exact(&mut sealed)?;
        self.piece = self.key.open(&self.pieces.to_be_bytes(), &sealed).map_err(io::Error::other)?;
        self.pieces += 1;
        Ok(())
    }
}

impl AsyncRead for Spool {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at == self.piece.len() {
            self.next()?;
        }
        let count = into.remaining().min(self.piece.len() - self.at);
        into.put_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        Poll::Ready(Ok(()))
    }
}

impl AsyncSeek for Spool {
    fn start_seek(mut self: Pin<&mut Self>, position: SeekFrom) -> io::Result<()> {
        if position != SeekFrom::Start(0) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "only to the beginning"));
        }
        self.file.seek(position)?;
        (self.piece, self.at, self.pieces) = (Zeroizing::default(), 0, 0);
        Ok(())
    }

    fn poll_complete(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<u64>> {
        Poll::Ready(Ok(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncSeekExt;

    #[tokio::test]
    async fn what_was_taken_reads_back_twice() {
        let content: Vec<u8> = (0..1_000_000u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut spool = Spool::take(content.as_slice(), 1_000_000).await.unwrap();
        for _ in 0..2 {
            let mut back = Vec::new();
            spool.read_to_end(&mut back).await.unwrap();
            assert!(back == content);
            spool.seek(SeekFrom::Start(0)).await.unwrap();
        }
        assert!(matches!(Spool::take(content.as_slice(), 999_999).await, Err(NotSpooled::TooLarge)));
    }
}
