//! Content to batches: read, parsed, fingerprinted and sealed, off the threads that serve requests.

use super::{
    CardFormat, CardId,
    import::Problem,
    parse::{Line, Parser},
    secret::Reason,
    vault::{DataKey, Place, Vault},
};
use crate::foundation::{Fault, Moment, id::NetworkId};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, io::SeekFrom, sync::Arc};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeek, AsyncSeekExt};
use uuid::Uuid;
use zeroize::Zeroizing;

/// Lines in a batch, which is one transaction.
pub const BATCH: usize = 1_000;
const PIECE: usize = 64 * 1024;

/// The content's digest and how many lines it has at most. Leaves the reader at the beginning again.
pub(super) async fn survey<R>(content: &mut R) -> Result<(Vec<u8>, usize), Fault>
where
    R: AsyncRead + AsyncSeek + Send + Unpin,
{
    let mut piece = Zeroizing::new(vec![0; PIECE]);
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

/// Why the content could not be read on.
pub(super) enum Unreadable {
    /// It is no such file.
    Content(Reason),
    /// Reading itself failed.
    Fault(Fault),
}

impl From<Unreadable> for Fault {
    fn from(why: Unreadable) -> Self {
        match why {
            Unreadable::Content(reason) => Self::new(format!("the content {reason}")),
            Unreadable::Fault(fault) => fault,
        }
    }
}

/// Reads content a batch of lines at a time.
pub(super) struct Lines<R> {
    content: R,
    parser: Parser,
    piece: Zeroizing<Vec<u8>>,
    ready: Vec<Line>,
    ended: bool,
}

impl<R: AsyncRead + Send + Unpin> Lines<R> {
    pub(super) fn new(content: R, format: CardFormat) -> Self {
        let piece = Zeroizing::new(vec![0; PIECE]);
        Self { content, parser: Parser::new(format), piece, ready: Vec::new(), ended: false }
    }

    /// The next lines, [`BATCH`] of them unless they are the last; none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Line>, Unreadable> {
        while !self.ended && self.ready.len() < BATCH {
            let count = self.content.read(&mut self.piece).await;
            let count = count.map_err(|error| Unreadable::Fault(error.into()))?;
            let parsed = if count == 0 {
                self.ended = true;
                self.parser.end(&mut self.ready)
            } else {
                self.parser.feed(&self.piece[..count], &mut self.ready)
            };
            parsed.map_err(Unreadable::Content)?;
        }
        let count = self.ready.len().min(BATCH);
        Ok(self.ready.drain(..count).collect())
    }

    /// Passes over lines that were dealt with before.
    pub(super) async fn skip(&mut self, ahead: Vec<Line>, mut count: usize) -> Result<Vec<Line>, Unreadable> {
        let mut lines = ahead;
        while count > 0 && !lines.is_empty() {
            let passed = count.min(lines.len());
            lines.drain(..passed);
            count -= passed;
            if lines.is_empty() {
                lines = self.next().await?;
            }
        }
        Ok(lines)
    }
}

/// A card ready to be stored.
pub(super) struct Candidate {
    pub(super) line: i32,
    pub(super) card: CardId,
    pub(super) fingerprint: Vec<u8>,
    pub(super) sealed: Vec<u8>,
    pub(super) expires_at: Option<Moment>,
    pub(super) cost: Option<i64>,
    pub(super) note: Option<String>,
}

/// One transaction's worth of lines.
pub(super) struct Batch {
    /// How many lines it is made of.
    pub(super) lines: i32,
    /// In the order of their fingerprints, so that two imports of the same cards can't deadlock.
    pub(super) cards: Vec<Candidate>,
    /// Lines that hold no card.
    pub(super) rejected: Vec<Problem>,
    /// Lines that repeat another of this batch.
    pub(super) repeated: Vec<Problem>,
}

/// What every line of an import is made into a candidate with.
#[derive(Clone)]
pub(super) struct Press {
    pub(super) vault: Arc<Vault>,
    pub(super) network: NetworkId,
    pub(super) variant: Uuid,
    pub(super) key: DataKey,
    pub(super) dry_run: bool,
    pub(super) now: Moment,
}

impl Press {
    /// Fingerprints and seals, on a thread for work that computes.
    pub(super) async fn batch(&self, lines: Vec<Line>) -> Result<Option<Batch>, Fault> {
        if lines.is_empty() {
            return Ok(None);
        }
        let press = self.clone();
        tokio::task::spawn_blocking(move || press.press(lines)).await?.map(Some)
    }

    fn press(&self, lines: Vec<Line>) -> Result<Batch, Fault> {
        let count = i32::try_from(lines.len()).map_err(|_| Fault::new("a batch is too long"))?;
        let (mut cards, mut rejected, mut repeated) = (Vec::with_capacity(lines.len()), vec![], vec![]);
        let mut first: HashMap<Vec<u8>, i32> = HashMap::with_capacity(lines.len());
        for Line { number: line, card } in lines {
            let parsed = match card {
                Ok(parsed) if parsed.secret.expires_at().is_some_and(|at| at <= self.now) => {
                    Err("has expired already")
                }
                other => other,
            };
            let parsed = match parsed {
                Ok(parsed) => parsed,
                Err(reason) => {
                    rejected.push(Problem { line, reason: reason.into() });
                    continue;
                }
            };
            let fingerprint = self.vault.fingerprint(self.network, &parsed.secret);
            if let Some(same) = first.get(&fingerprint) {
                repeated.push(Problem { line, reason: format!("is the same card as line {same}") });
                continue;
            }
            first.insert(fingerprint.clone(), line);
            let card = CardId::fresh();
            let sealed = if self.dry_run {
                Vec::new()
            } else {
                self.key.seal(Place::Card { card, variant: self.variant }, &parsed.secret)?
            };
            let expires_at = parsed.secret.expires_at();
            let (cost, note) = (parsed.cost, parsed.note);
            cards.push(Candidate { line, card, fingerprint, sealed, expires_at, cost, note });
        }
        cards.sort_unstable_by(|a, b| a.fingerprint.cmp(&b.fingerprint));
        Ok(Batch { lines: count, cards, rejected, repeated })
    }
}
