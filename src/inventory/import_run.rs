//! Carries imports out: a transaction a batch, read from what is kept, taken over where a process was cut off.

use super::{
    CardId, ImportId,
    batch::{Batch, Candidate, Lines, Press},
    content::Kept,
    import::{MAX_PROBLEMS, Problem},
    import_store::{self as store, Progress, Work},
    vault::{DataKey, Vault},
};
use crate::{
    events::{self, Event, EventType},
    foundation::{Db, Fault, Scope, Tx, id::TenantId},
    provenance::{self, Step, StepKind},
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Semaphore;

// How often a batch is tried that only another transaction stands in the way of.
const TRIES: u32 = 3;
// How often we say that we are still at it; the lease is some times as long.
const RENEW_EVERY: Duration = Duration::from_secs(1);

/// What of others a process carries on at once.
#[derive(Clone)]
pub struct Successor(Arc<Semaphore>);

impl Default for Successor {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(4)))
    }
}

impl Successor {
    /// Takes over what no process is at any more, in every network, and carries it out beside the caller; marks
    /// as failed what nobody can go on with. Answers how many imports it was.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn take_over(&self, db: &Db, vault: &Arc<Vault>) -> Result<u64, Fault> {
        let mut tx = db.begin(Scope::Installation).await?;
        let mut done = store::fail_stuck(&mut tx).await?;
        tx.commit().await?;
        while let Ok(place) = Arc::clone(&self.0).try_acquire_owned() {
            let mut tx = db.begin(Scope::Installation).await?;
            let Some(work) = store::take_over(&mut tx).await? else { break };
            tx.commit().await?;
            tracing::info!(import = %work.import_id, lines = work.processed, "an import goes on here");
            let (db, vault) = (db.clone(), Arc::clone(vault));
            tokio::spawn(async move {
                let _place = place;
                let carried_out = async {
                    let mut tx = db.begin(Scope::Network(work.network_id)).await?;
                    let key = vault.key(&mut tx, work.network_id, work.key_id).await?;
                    tx.commit().await?;
                    carry_out(&db, &vault, &work, key).await
                };
                if let Err(fault) = carried_out.await {
                    tracing::error!(%fault, import = %work.import_id, "an import failed");
                    give_up(&db, &work, &fault).await;
                }
            });
            done += 1;
        }
        Ok(done)
    }
}

/// Goes through what is kept of an import that is ours, from where it stands. Ends early, and without a word,
/// where another has taken it over.
pub(super) async fn carry_out(db: &Db, vault: &Arc<Vault>, work: &Work, key: DataKey) -> Result<(), Fault> {
    let mut tx = db.begin(Scope::Network(work.network_id)).await?;
    let (now, operator) = (store::now(&mut tx).await?, store::operator(&mut tx, work.network_id).await?);
    tx.commit().await?;
    let (network, variant, dry_run) = (work.network_id, work.variant_id, work.dry_run);
    let press = Press { vault: Arc::clone(vault), network, variant, key: key.clone(), dry_run, now };
    let mut content = Lines::new(Kept { db, work, key: &key, place: 0 }, work.format);
    let progress = Progress {
        processed: work.processed,
        accepted: work.accepted,
        duplicates: work.duplicates,
        rejected: work.rejected,
        problems: work.problems.0.clone(),
    };
    let mut run = Run { db, work, operator, seen: HashSet::new(), progress };
    tokio::select! {
        done = run.all(&press, &mut content) => done,
        () = renew(db, work) => Ok(()),
    }
}

// Until the import is another's.
async fn renew(db: &Db, work: &Work) {
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let renewed = async {
            let mut tx = db.begin(Scope::Network(work.network_id)).await?;
            let ours = store::renew(&mut tx, work).await?;
            tx.commit().await?;
            Ok::<_, Fault>(ours)
        };
        // A database that is away, or a batch that takes long: it is for the batch to say.
        if let Ok(false) = renewed.await {
            return;
        }
    }
}

/// Marks an import that failed, as well as can be. Where only the database was away, it is left to whoever takes
/// it over when that is back.
pub(super) async fn give_up(db: &Db, work: &Work, why: &Fault) {
    if why.is_unavailable() {
        return;
    }
    let (again, import) = (if work.dry_run { "begins it again" } else { "continues it" }, work.import_id);
    let marked = async {
        let mut tx = db.begin(Scope::Network(work.network_id)).await?;
        if let Some(found) = store::find(&mut tx, work.network_id, import).await? {
            let lines = found.processed;
            let failure = format!(
                "It failed after {lines} lines. Sending the same content with the same idempotencyKey {again}."
            );
            store::finish(&mut tx, work, lines, Some(&failure)).await?;
        }
        tx.commit().await
    };
    if let Err(fault) = marked.await {
        tracing::warn!(%fault, %import, "an import that failed could not be marked");
    }
}

struct Run<'a> {
    db: &'a Db,
    work: &'a Work,
    operator: TenantId,
    // A dry run stores nothing that a later batch could clash with: the first half of each fingerprint is kept.
    seen: HashSet<[u8; 16]>,
    progress: Progress,
}

/// What a batch came to: the fingerprints taken, and the lines whose card was there before.
type Outcome = (Vec<[u8; 16]>, Vec<Problem>);

impl Run<'_> {
    // The next batch is read, parsed and sealed while the database stores this one.
    async fn all(&mut self, press: &Press, content: &mut Lines<Kept<'_>>) -> Result<(), Fault> {
        let done = usize::try_from(self.progress.processed).unwrap_or(0);
        let ahead = content.next().await?;
        let ahead = content.skip(ahead, done).await?;
        let mut batch = press.batch(ahead).await?;
        while let Some(current) = batch {
            let next = async { press.batch(content.next().await?).await };
            let (stored, next) = tokio::join!(self.store(&current), next);
            if !stored? {
                return Ok(());
            }
            batch = next?;
        }
        let mut tx = self.db.begin(Scope::Network(self.work.network_id)).await?;
        store::finish(&mut tx, self.work, self.progress.processed, None).await?;
        tx.commit().await
    }

    // False when the import is not ours any more.
    async fn store(&mut self, batch: &Batch) -> Result<bool, Fault> {
        let mut tries = 1;
        let stored = loop {
            match self.attempt(batch).await {
                Err(fault) if fault.is_transient() && tries < TRIES => {
                    tokio::time::sleep(Duration::from_millis(50 * u64::from(tries))).await;
                    tries += 1;
                }
                other => break other?,
            }
        };
        let Some((progress, taken)) = stored else { return Ok(false) };
        self.progress = progress;
        if self.work.dry_run {
            self.seen.extend(taken);
        }
        Ok(true)
    }

    async fn attempt(&self, batch: &Batch) -> Result<Option<(Progress, Vec<[u8; 16]>)>, Fault> {
        let mut tx = self.db.begin(Scope::Network(self.work.network_id)).await?;
        if !store::hold(&mut tx, self.work, self.progress.processed).await? {
            return Ok(None);
        }
        let (taken, known) = if self.work.dry_run {
            self.look(&mut tx, batch).await?
        } else {
            self.put(&mut tx, batch).await?
        };
        let count = |length: usize| i32::try_from(length).map_err(|_| Fault::new("a batch is too long"));
        let mut progress = self.progress.clone();
        progress.processed += batch.lines;
        progress.accepted += count(taken.len())?;
        progress.duplicates += count(known.len() + batch.repeated.len())?;
        progress.rejected += count(batch.rejected.len())?;
        let mut problems: Vec<Problem> = known
            .into_iter()
            .chain([&batch.rejected, &batch.repeated].into_iter().flatten().cloned())
            .collect();
        problems.sort_by_key(|problem| problem.line);
        let room = MAX_PROBLEMS.saturating_sub(progress.problems.len());
        progress.problems.extend(problems.into_iter().take(room));
        store::advance(&mut tx, self.work, &progress).await?;
        tx.commit().await?;
        Ok(Some((progress, taken)))
    }

    async fn put(&self, tx: &mut Tx, batch: &Batch) -> Result<Outcome, Fault> {
        let all: Vec<&Candidate> = batch.cards.iter().collect();
        if store::insert_available(tx, self.work, &all).await? == all.len() {
            self.write_down(tx, StepKind::Imported, all.iter().map(|card| card.card)).await?;
            return Ok((all.into_iter().map(half).collect(), vec![]));
        }
        let new: HashSet<_> = store::stored(tx, self.work.network_id, &all).await?.into_iter().collect();
        let rest: Vec<&Candidate> = all.iter().copied().filter(|card| !new.contains(&card.card)).collect();
        let own = self.own(tx, &rest).await?;
        let foreign: Vec<&Candidate> =
            rest.iter().copied().filter(|card| !own.contains_key(&card.fingerprint)).collect();
        let quarantined = if foreign.is_empty() {
            Vec::new()
        } else {
            store::insert_quarantined(tx, self.work, &foreign).await?
        };
        let events: Vec<Event> = quarantined
            .iter()
            .map(|card| Event::about(EventType::CardQuarantined, vec![self.operator], card.to_string()))
            .collect();
        if !events.is_empty() {
            events::record(tx, self.work.network_id, &events).await?;
        }
        self.write_down(tx, StepKind::Imported, new.iter().copied()).await?;
        self.write_down(tx, StepKind::Quarantined, quarantined.iter().copied()).await?;
        let quarantined: HashSet<_> = quarantined.into_iter().collect();
        let (taken, known): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|card| new.contains(&card.card) || quarantined.contains(&card.card));
        Ok((
            taken.into_iter().map(half).collect(),
            known.into_iter().map(|card| self.known(card, &own)).collect(),
        ))
    }

    async fn write_down(
        &self,
        tx: &mut Tx,
        kind: StepKind,
        cards: impl Iterator<Item = CardId>,
    ) -> Result<(), Fault> {
        let mut steps: Vec<Step> = cards.map(|card| Step::alone(card.0)).collect();
        steps.sort_unstable_by_key(|step| step.item);
        provenance::record(tx, self.work.network_id, kind, &steps).await
    }

    // What `put` would come to. Another supplier's card counts as accepted here as there.
    async fn look(&self, tx: &mut Tx, batch: &Batch) -> Result<Outcome, Fault> {
        let all: Vec<&Candidate> = batch.cards.iter().collect();
        let own = self.own(tx, &all).await?;
        let (known, taken): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|card| own.contains_key(&card.fingerprint) || self.seen.contains(&half(card)));
        Ok((
            taken.into_iter().map(half).collect(),
            known.into_iter().map(|card| self.known(card, &own)).collect(),
        ))
    }

    async fn own(&self, tx: &mut Tx, cards: &[&Candidate]) -> Result<HashMap<Vec<u8>, ImportId>, Fault> {
        let fingerprints: Vec<&[u8]> = cards.iter().map(|card| card.fingerprint.as_slice()).collect();
        store::own(tx, self.work.network_id, self.work.tenant_id, &fingerprints).await
    }

    fn known(&self, card: &Candidate, own: &HashMap<Vec<u8>, ImportId>) -> Problem {
        let before = own.get(&card.fingerprint).is_some_and(|import| *import != self.work.import_id);
        let reason = if before { "was imported before" } else { "is the same card as an earlier line" };
        Problem { line: card.line, reason: reason.into() }
    }
}

fn half(card: &Candidate) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&card.fingerprint[..16]);
    half
}
