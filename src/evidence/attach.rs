//! Submits uploads for a claim, in the transaction of whoever works on the claim.

use super::{
    EvidenceId, EvidenceKind, PER_CLAIM, Party, UploadId, picture,
    store::{self, Submitted},
};
use crate::foundation::{Fault, No, RefusalCode, Tx, id::NetworkId};
use uuid::Uuid;

/// What is submitted, by whom, for which claim.
#[derive(Clone, Copy, Debug)]
pub struct Attach<'a> {
    /// The claim; its row is locked, or was made in this transaction.
    pub claim: Uuid,
    /// What it is about.
    pub delivery: Uuid,
    /// Who sent the files and submits them.
    pub by: Uuid,
    /// What they are to the claim.
    pub party: Party,
    /// The files.
    pub uploads: &'a [UploadId],
    /// Where the mutation names them: `uploadIds`.
    pub path: &'a str,
}

/// Submits uploads, in their order; answers what they are called from now on. One that was submitted for the same
/// claim before is left as it is.
///
/// # Errors
/// NOT_FOUND for an upload that is missing, over, or somebody else's; INVALID_TRANSITION for one that has not
/// arrived yet; LIMIT_EXCEEDED beyond what a claim may have.
pub async fn attach(tx: &mut Tx, network: NetworkId, what: Attach<'_>) -> Result<Vec<EvidenceId>, No> {
    let Attach { claim, delivery, by, party, uploads, path } = what;
    if uploads.len() > usize::try_from(PER_CLAIM).unwrap_or_default() {
        return Err(full(path));
    }
    let mut place = if uploads.is_empty() { 0 } else { store::count(tx, network, claim).await? };
    let mut added = Vec::with_capacity(uploads.len());
    for (at, upload) in uploads.iter().enumerate() {
        let path = format!("{path}.{at}");
        let Some(stored) = store::take_upload(tx, network, *upload, by, delivery, claim).await? else {
            match store::state_of(tx, network, *upload, by, delivery).await? {
                Some((state, Some(of))) if state == "ATTACHED" && of == claim => continue,
                Some((state, _)) if state == "OPEN" => {
                    let message = "the file has not arrived yet";
                    return Err(No::because(RefusalCode::InvalidTransition, message, &path));
                }
                _ => return Err(No::not_found(&path)),
            }
        };
        place += 1;
        if place > PER_CLAIM {
            return Err(full(&path));
        }
        let id = EvidenceId::fresh();
        let new = Submitted { id, upload: *upload, claim, place, by, party };
        let bands = stored.dhash.map(|hash| picture::bands(hash.cast_unsigned()));
        store::insert_evidence(tx, network, new, &stored, bands).await?;
        added.push(id);
    }
    Ok(added)
}

/// Those of the kinds that no file of a claim's is of. That it was bought is known without one.
///
/// # Errors
/// [`Fault`].
pub async fn wanting(
    tx: &mut Tx,
    network: NetworkId,
    claim: Uuid,
    kinds: &[EvidenceKind],
) -> Result<Vec<EvidenceKind>, Fault> {
    let mut wanting: Vec<EvidenceKind> =
        kinds.iter().copied().filter(|kind| *kind != EvidenceKind::PurchaseProof).collect();
    if !wanting.is_empty() {
        let there = store::kinds(tx, network, claim).await?;
        wanting.retain(|kind| !there.contains(kind));
    }
    Ok(wanting)
}

fn full(path: &str) -> No {
    No::because(RefusalCode::LimitExceeded, format!("a claim has at most {PER_CLAIM} files"), path)
}
