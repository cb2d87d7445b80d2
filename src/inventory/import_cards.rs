//! Imports cards: streamed, a transaction a batch, continued where it was cut off.

use super::{
    CardFormat, ImportId,
    batch::{Batch, Candidate, Lines, Press, Unreadable, survey},
    import::{Import, ImportStatus, MAX_PROBLEMS, Problem},
    import_store::{self as store, Lot, Progress},
    vault::{DataKey, Vault},
};
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    foundation::{
        Db, Fault, No, RefusalCode, Scope, Tx,
        id::{NetworkId, TenantId},
        idempotency::{self, Key},
        seal, text,
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio::io::{AsyncRead, AsyncSeek};
use uuid::Uuid;

/// Most lines in one import.
pub const MAX_LINES: usize = 2_000_000;
// How often a batch is tried that only another transaction stands in the way of.
const TRIES: u32 = 3;

/// What to import. The content is read twice, once for its digest, so that a key names one content: text in
/// memory, or a file.
pub struct ImportRequest<R> {
    /// What the cards are units of.
    pub variant: Uuid,
    /// How they are written down.
    pub format: CardFormat,
    /// Them.
    pub content: R,
    /// Only report what would happen.
    pub dry_run: bool,
    /// Names this import; used again with the same content, it answers or continues it.
    pub idempotency_key: String,
}

/// Imports every card of the content that is new, and reports on the others by line.
///
/// A card that another supplier holds is quarantined and reported to the operator alone; to the uploader it
/// counts as accepted, now and whenever it sends it again, so that an import tells nobody what others hold. What
/// a batch has stored stays stored: a cut-off import is continued by the same call.
///
/// # Errors
/// IDEMPOTENCY_KEY_REUSED, NOT_FOUND or INVALID_INPUT at `variantId`, INVALID_INPUT or LIMIT_EXCEEDED at `content`.
pub async fn import<R>(
    db: &Db,
    vault: &Arc<Vault>,
    permit: &Permit,
    request: ImportRequest<R>,
) -> Result<Import, No>
where
    R: AsyncRead + AsyncSeek + Send + Unpin,
{
    import_telling(db, vault, permit, request, |_| {}).await
}

/// As [`import`]; `begun` is told the import as soon as it has one, for whoever watches its progress.
///
/// # Errors
/// As [`import`]; once `begun` was told, only [`No::Fault`].
pub async fn import_telling<R>(
    db: &Db,
    vault: &Arc<Vault>,
    permit: &Permit,
    request: ImportRequest<R>,
    begun: impl FnOnce(ImportId),
) -> Result<Import, No>
where
    R: AsyncRead + AsyncSeek + Send + Unpin,
{
    let ImportRequest { variant, format, mut content, dry_run, idempotency_key } = request;
    let key = text::idempotency_key(&idempotency_key)?;
    let (network, supplier) = (permit.network(), permit.tenant());

    let (digest, lines) = survey(&mut content).await?;
    if lines > MAX_LINES {
        let message = format!("must have at most {MAX_LINES} lines");
        return Err(No::because(RefusalCode::LimitExceeded, message, "content"));
    }
    let mut content = Lines::new(content, format);
    let ahead = content.next().await.map_err(|why| match why {
        Unreadable::Content(reason) => No::invalid(format!("the content {reason}"), "content"),
        Unreadable::Fault(fault) => No::Fault(fault),
    })?;
    if ahead.is_empty() {
        return Err(No::invalid("the content holds no card", "content"));
    }

    // Keyed, because the plain digest of a short content could be searched for.
    let input = seal::digest(&[
        variant.as_bytes(),
        format.word().as_bytes(),
        if dry_run { b"dry" } else { b"wet" },
        &digest,
    ]);
    let claim = Key {
        tenant: supplier,
        actor: permit.actor().id(),
        operation: "cardsImport",
        key: &key,
        hash: &vault.keyed(network, &input),
    };
    let mut tx = db.begin(permit.work()).await?;
    let (import, data_key) = match begin(&mut tx, vault, network, &claim, variant, format, dry_run).await? {
        Begun::Ours(import, key) => (import, key),
        Begun::Another(import) => return Ok(import),
    };
    let now = store::now(&mut tx).await?;
    tx.commit().await?;
    begun(import.import_id);

    let lot = Lot { network, supplier, import: import.import_id, variant, key: data_key.id() };
    let press = Press { vault: Arc::clone(vault), network, variant, key: data_key, dry_run, now };
    // The operator is the root of every lineage.
    let operator = permit.place().lineage.first().copied().unwrap_or(supplier);
    let mut run = Run { db, lot, operator, dry_run, seen: HashSet::new(), progress: progress_of(&import) };
    match run.all(&press, &mut content, ahead).await {
        Ok(()) => {}
        Err(fault) => {
            run.give_up().await;
            return Err(fault.into());
        }
    }
    find(db, permit, import.import_id).await?.ok_or_else(|| Fault::new("an import vanished").into())
}

/// The import, for its supplier and the operator; `None` when it is missing or another's.
///
/// # Errors
/// [`No::Fault`] when the database refuses.
pub async fn find(db: &Db, permit: &Permit, import: ImportId) -> Result<Option<Import>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    Ok(store::find(&mut tx, permit.network(), import).await?)
}

/// Marks imports that were cut off as failed, in every network; answers how many. For a timer.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn fail_stuck(db: &Db) -> Result<u64, Fault> {
    let mut tx = db.begin(Scope::Installation).await?;
    let failed = store::fail_stuck(&mut tx).await?;
    tx.commit().await?;
    Ok(failed)
}

enum Begun {
    /// Ours to carry out, from its `processed` on, with the supplier's key.
    Ours(Import, DataKey),
    /// Done, or somebody is at it.
    Another(Import),
}

async fn begin(
    tx: &mut Tx,
    vault: &Vault,
    network: NetworkId,
    claim: &Key<'_>,
    variant: Uuid,
    format: CardFormat,
    dry_run: bool,
) -> Result<Begun, No> {
    let fresh = ImportId::fresh();
    if let Some(first) = idempotency::claim_key(tx, network, claim, fresh.0).await? {
        if let Some(import) = store::take_up(tx, network, ImportId(first)).await? {
            return Ok(Begun::Ours(import, vault.key_of(tx, network, claim.tenant).await?));
        }
        let import = store::find(tx, network, ImportId(first)).await?;
        return Ok(Begun::Another(import.ok_or_else(|| Fault::new("an import vanished"))?));
    }
    match store::fulfilment(tx, network, claim.tenant, variant).await?.as_deref() {
        Some("STOCK") => {}
        Some(_) => return Err(No::invalid("is delivered by hand and has no stock", "variantId")),
        None => return Err(No::not_found("variantId")),
    }
    let key = vault.key_of(tx, network, claim.tenant).await?;
    let import = store::insert(tx, network, claim, fresh, variant, key.id(), format, dry_run).await?;
    Ok(Begun::Ours(import, key))
}

fn progress_of(import: &Import) -> Progress {
    Progress {
        processed: import.processed,
        accepted: import.accepted,
        duplicates: import.duplicates,
        rejected: import.rejected,
        problems: import.problems.0.clone(),
    }
}

struct Run<'a> {
    db: &'a Db,
    lot: Lot,
    operator: TenantId,
    dry_run: bool,
    // A dry run stores nothing that a later batch could clash with: the first half of each fingerprint is kept.
    seen: HashSet<[u8; 16]>,
    progress: Progress,
}

/// What a batch came to: the fingerprints taken, and the lines whose card was there before.
type Outcome = (Vec<[u8; 16]>, Vec<Problem>);

impl Run<'_> {
    // The next batch is read, parsed and sealed while the database stores this one.
    async fn all<R>(
        &mut self,
        press: &Press,
        content: &mut Lines<R>,
        ahead: Vec<super::parse::Line>,
    ) -> Result<(), Fault>
    where
        R: AsyncRead + Send + Unpin,
    {
        let done = usize::try_from(self.progress.processed).unwrap_or(0);
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
        let (network, import) = (self.lot.network, self.lot.import);
        let mut tx = self.db.begin(Scope::Network(network)).await?;
        store::finish(&mut tx, network, import, self.progress.processed, None).await?;
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
        if self.dry_run {
            self.seen.extend(taken);
        }
        Ok(true)
    }

    async fn attempt(&self, batch: &Batch) -> Result<Option<(Progress, Vec<[u8; 16]>)>, Fault> {
        let (network, import) = (self.lot.network, self.lot.import);
        let mut tx = self.db.begin(Scope::Network(network)).await?;
        if !store::hold(&mut tx, network, import, self.progress.processed).await? {
            return Ok(None);
        }
        let (taken, known) =
            if self.dry_run { self.look(&mut tx, batch).await? } else { self.put(&mut tx, batch).await? };
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
        store::advance(&mut tx, network, import, &progress).await?;
        tx.commit().await?;
        Ok(Some((progress, taken)))
    }

    async fn put(&self, tx: &mut Tx, batch: &Batch) -> Result<Outcome, Fault> {
        let all: Vec<&Candidate> = batch.cards.iter().collect();
        if store::insert_available(tx, &self.lot, &all).await? == all.len() {
            return Ok((all.into_iter().map(half).collect(), vec![]));
        }
        let new: HashSet<_> = store::stored(tx, self.lot.network, &all).await?.into_iter().collect();
        let rest: Vec<&Candidate> = all.iter().copied().filter(|card| !new.contains(&card.card)).collect();
        let own = self.own(tx, &rest).await?;
        let foreign: Vec<&Candidate> =
            rest.iter().copied().filter(|card| !own.contains_key(&card.fingerprint)).collect();
        let quarantined = if foreign.is_empty() {
            Vec::new()
        } else {
            store::insert_quarantined(tx, &self.lot, &foreign).await?
        };
        let events: Vec<Event> = quarantined
            .iter()
            .map(|card| Event {
                kind: EventType::CardQuarantined,
                audience: vec![self.operator],
                subject: card.to_string(),
                order: None,
                buyer: None,
                order_status: None,
                claim_status: None,
            })
            .collect();
        if !events.is_empty() {
            events::record(tx, self.lot.network, &events).await?;
        }
        let quarantined: HashSet<_> = quarantined.into_iter().collect();
        let (taken, known): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|card| new.contains(&card.card) || quarantined.contains(&card.card));
        Ok((
            taken.into_iter().map(half).collect(),
            known.into_iter().map(|card| self.known(card, &own)).collect(),
        ))
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
        store::own(tx, self.lot.network, self.lot.supplier, &fingerprints).await
    }

    fn known(&self, card: &Candidate, own: &HashMap<Vec<u8>, ImportId>) -> Problem {
        let before = own.get(&card.fingerprint).is_some_and(|import| *import != self.lot.import);
        let reason = if before { "was imported before" } else { "is the same card as an earlier line" };
        Problem { line: card.line, reason: reason.into() }
    }

    // As well as can be: where it can't be, the lease runs out and `fail_stuck` says the same.
    async fn give_up(&self) {
        let (network, import, lines) = (self.lot.network, self.lot.import, self.progress.processed);
        let again = if self.dry_run { "begins it again" } else { "continues it" };
        let failure = format!(
            "It failed after {lines} lines. Sending the same content with the same idempotencyKey {again}."
        );
        let marked = async {
            let mut tx = self.db.begin(Scope::Network(network)).await?;
            store::finish(&mut tx, network, import, lines, Some(&failure)).await?;
            tx.commit().await
        };
        if let Err(fault) = marked.await {
            tracing::warn!(%fault, %import, "an import that failed could not be marked");
        }
    }
}

fn half(card: &Candidate) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&card.fingerprint[..16]);
    half
}

/// Takes an import's unsold cards out of stock for good; sold ones stay sold.
///
/// # Errors
/// NOT_FOUND at `importId`; INVALID_TRANSITION while it runs, and for a dry run.
pub async fn withdraw_import(db: &Db, permit: &Permit, import: ImportId) -> Result<Import, No> {
    let (network, supplier): (NetworkId, TenantId) = (permit.network(), permit.tenant());
    let mut tx = db.begin(permit.work()).await?;
    let found = super::store::lock_import(&mut tx, network, supplier, import).await?;
    let found = found.ok_or_else(|| No::not_found("importId"))?;
    let refuse = |message: &str| No::because(RefusalCode::InvalidTransition, message, "importId");
    if found.dry_run {
        return Err(refuse("a dry run has stored nothing"));
    }
    if found.status == ImportStatus::Running {
        return Err(refuse("the import is still running"));
    }
    if found.withdrawn_at.is_some() {
        return Ok(found);
    }
    let withdrawn = super::store::withdraw(&mut tx, network, supplier, import).await?;
    tx.commit().await?;
    Ok(withdrawn)
}
