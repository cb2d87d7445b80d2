//! Content to batches: read, parsed, fingerprinted and sealed, off the threads that serve requests.

use super::{
    CardFormat, CardId,
    content::Pieces,
    import::Problem,
    parse::{Line, Parser},
    secret::Reason,
    vault::{DataKey, Place, Vault},
};
use crate::foundation::{Fault, Moment, id::NetworkId};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// Lines in a batch, which is one transaction: as few as its begin and commit allow, because events of others are
/// not numbered before it ends.
pub const BATCH: usize = 2_000;

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
pub(super) struct Lines<P> {
    pieces: P,
    parser: Parser,
    ready: Vec<Line>,
    ended: bool,
}

impl<P: Pieces> Lines<P> {
    pub(super) fn new(pieces: P, format: CardFormat) -> Self {
        Self { pieces, parser: Parser::new(format), ready: Vec::new(), ended: false }
    }

    /// The next lines, [`BATCH`] of them unless they are the last; none at the end.
    pub(super) async fn next(&mut self) -> Result<Vec<Line>, Unreadable> {
        while !self.ended && self.ready.len() < BATCH {
            let parsed = if let Some(piece) = self.pieces.next().await.map_err(Unreadable::Fault)? {
                self.parser.feed(&piece, &mut self.ready)
            } else {
                self.ended = true;
                self.parser.end(&mut self.ready)
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

#[cfg(test)]
mod tests {
    use super::{super::content::Read, *};
    use crate::foundation::seal::Sealer;

    fn read(content: &str, format: CardFormat) -> Lines<Read<&[u8]>> {
        Lines::new(Read(content.as_bytes()), format)
    }

    async fn rest(content: &str, done: usize) -> Vec<i32> {
        let mut lines = read(content, CardFormat::Lines);
        let ahead = lines.next().await.ok().unwrap();
        let mut next = lines.skip(ahead, done).await.ok().unwrap();
        let mut numbers = Vec::new();
        while !next.is_empty() {
            assert!(next.len() <= BATCH);
            numbers.extend(next.iter().map(|line| line.number));
            next = lines.next().await.ok().unwrap();
        }
        numbers
    }

    #[tokio::test]
    async fn going_on_begins_behind_the_last_line_dealt_with() {
        let content = (1..=3500).map(|n| format!("card-{n}\n\n")).collect::<Vec<_>>().concat();
        let all = rest(&content, 0).await;
        assert_eq!((all.len(), all[0], all[3499]), (3500, 1, 6999));
        for done in [1, 999, 1999, 2000, 2001, 3499, 3500, 9999] {
            assert_eq!(rest(&content, done).await, all[done.min(3500)..], "{done}");
        }
    }

    #[tokio::test]
    async fn a_batch_tells_repeats_and_expired_cards_and_stands_in_the_order_of_its_fingerprints() {
        let sealer = Arc::new(Sealer::new(&[5; 32]).unwrap());
        let vault = Arc::new(Vault::new(sealer));
        let (network, variant) = (NetworkId::fresh(), Uuid::now_v7());
        let key = vault.loose_key(network);
        let now = chrono::DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000);
        let press = Press { vault, network, variant, key: key.clone(), dry_run: false, now };
        let content =
            "secret,expires_at\nA-1,2030-01-01\nB-1,2024-10-03\na1,\nB-1,2024-10-04\nC-1,\n,2030-01-01\n";
        let mut lines = read(content, CardFormat::Csv);
        let batch = press.batch(lines.next().await.ok().unwrap()).await.unwrap().unwrap();
        let seen = |problems: &[Problem]| {
            problems.iter().map(|one| format!("{} {}", one.line, one.reason)).collect::<Vec<_>>()
        };
        assert_eq!(batch.lines, 6);
        assert_eq!(seen(&batch.repeated), ["4 is the same card as line 2"]);
        assert_eq!(seen(&batch.rejected), ["3 has expired already", "7 has no secret"]);
        assert!(batch.cards.is_sorted_by(|a, b| a.fingerprint < b.fingerprint));
        let mut cards: Vec<_> = batch.cards.iter().map(|card| (card.card, card.line)).collect();
        cards.sort_unstable();
        // The first line is the oldest card.
        assert_eq!(cards.iter().map(|card| card.1).collect::<Vec<_>>(), [2, 5, 6]);
        for card in &batch.cards {
            assert!(key.open(Place::Card { card: card.card, variant }, &card.sealed).is_ok());
        }
        assert!(press.batch(Vec::new()).await.unwrap().is_none());
    }
}
