//! Takes content to import, once for a key, and keeps it for whoever carries it out.

use super::{
    CardFormat, ImportId,
    batch::{Lines, Unreadable},
    content::{Read, keep, survey},
    import::{Import, ImportStatus},
    import_run,
    import_store::{self as store, Work},
    vault::{DataKey, Vault},
};
use crate::{
    access::Permit,
    foundation::{
        Db, Fault, No, Page, PageRequest, RefusalCode, Tx,
        id::{NetworkId, TenantId},
        idempotency::{self, Key},
        seal, text,
    },
};
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncSeek, AsyncSeekExt};
use uuid::Uuid;

/// Most lines in one import.
pub const MAX_LINES: usize = 2_000_000;

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
/// a batch has stored stays stored: where this process ends, another goes on, and one that failed is continued by
/// the same call.
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
    let first = Lines::new(Read(&mut content), format).next().await.map_err(|why| match why {
        Unreadable::Content(reason) => No::invalid(format!("the content {reason}"), "content"),
        Unreadable::Fault(fault) => No::Fault(fault),
    })?;
    if first.is_empty() {
        return Err(No::invalid("the content holds no card", "content"));
    }
    drop(first);
    content.rewind().await.map_err(Fault::from)?;

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
    let (work, key) = match begin(&mut tx, vault, network, &claim, variant, format, dry_run).await? {
        Begun::Ours(work, key) => (work, key),
        Begun::Another(import) => return Ok(import),
    };
    tx.commit().await?;
    let id = work.import_id;
    // Kept first, answered then: from here on it goes on whatever becomes of this process.
    let carried_out = async {
        if keep(db, &work, &key, &mut content).await? {
            drop(content);
            begun(id);
            import_run::carry_out(db, vault, &work, key).await?;
        }
        Ok(())
    };
    if let Err(fault) = carried_out.await {
        import_run::give_up(db, &work, &fault).await;
        return Err(fault.into());
    }
    find(db, permit, id).await?.ok_or_else(|| Fault::new("an import vanished").into())
}

/// The import, for its supplier and the operator; `None` when it is missing or another's.
///
/// # Errors
/// [`No::Fault`] when the database refuses.
pub async fn find(db: &Db, permit: &Permit, import: ImportId) -> Result<Option<Import>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    Ok(store::find(&mut tx, permit.network(), import).await?)
}

/// A page of the imports that the caller may see, the newest first: those of a variant, or all. One statement.
///
/// # Errors
/// [`No::Fault`] when the database refuses.
pub async fn list(
    db: &Db,
    permit: &Permit,
    variant: Option<Uuid>,
    request: &PageRequest<Uuid>,
) -> Result<Page<Import>, No> {
    let mut tx = db.begin(permit.scope()).await?;
    let rows = store::page(&mut tx, permit.network(), variant, request).await?;
    Ok(Page::of(rows, request.first, request.after.is_some()))
}

enum Begun {
    /// Ours to carry out, with the supplier's key.
    Ours(Work, DataKey),
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
        if let Some(work) = store::take_up(tx, network, ImportId(first)).await? {
            return Ok(Begun::Ours(work, vault.key_of(tx, network, claim.tenant).await?));
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
    let work = store::insert(tx, network, claim, fresh, variant, key.id(), format, dry_run).await?;
    Ok(Begun::Ours(work, key))
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
