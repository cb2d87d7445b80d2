//! Announces a file: who may send it, for which claim, how long it is.

use super::{
    BYTES_PER_DAY, EvidenceKind, Linked, MAX_BYTES, PER_DAY, UploadId, link,
    store::{self, NewUpload},
};
use crate::{
    access::{Permit, TenantKind},
    foundation::{Db, Moment, No, RefusalCode, seal::Sealer, text},
};
use uuid::Uuid;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A claim that is open.
    Claim(Uuid),
    /// A claim that a buyer is about to open on its delivery.
    Delivery(Uuid),
}

/// A file that is about to be sent.
#[derive(Clone, Debug)]
pub struct CreateUpload {
    /// What it is for.
    pub about: About,
    /// What it is meant to show.
    pub kind: EvidenceKind,
    /// As its sender calls it.
    pub file_name: String,
    /// Bytes.
    pub byte_size: i32,
    /// SHA-256 of what will be sent, in hex.
    pub sha256: Option<String>,
}

/// Leave to send it.
#[derive(Clone, Debug)]
pub struct Created {
    /// What it is called when it is submitted.
    pub id: UploadId,
    /// Where to send it: a path at the address of the API.
    pub path: String,
    /// Until when.
    pub expires_at: Moment,
}

/// Gives leave to send one file within an hour.
///
/// # Errors
/// NOT_FOUND for a claim or delivery that is missing or not the caller's; INVALID_INPUT; LIMIT_EXCEEDED for a file
/// that is too long, and when the day is full.
pub async fn create_upload(
    db: &Db,
    sealer: &Sealer,
    permit: Permit,
    input: CreateUpload,
) -> Result<Created, No> {
    let file_name = text::line(&input.file_name, 255, "fileName")?;
    if input.byte_size < 1 {
        return Err(No::invalid("must be at least 1", "byteSize"));
    }
    if u32::try_from(input.byte_size).is_ok_and(|size| size > MAX_BYTES) {
        let message = format!("a file has at most {MAX_BYTES} bytes");
        return Err(No::because(RefusalCode::LimitExceeded, message, "byteSize"));
    }
    let expected = input.sha256.as_deref().map(read_hash).transpose()?;
    let (network, tenant, actor) = (permit.network(), permit.tenant(), permit.actor());
    // Whether the caller may see what it is about is settled in the caller's own scope.
    let mut seen = db.begin(permit.scope()).await?;
    let (delivery, claim) = match input.about {
        About::Claim(claim) => {
            let whole = actor.buyer().is_some() || permit.place().kind == TenantKind::Operator;
            let delivery = store::delivery_of_claim(&mut seen, network, claim, tenant, whole).await?;
            (delivery.ok_or_else(|| No::not_found("claimId"))?, Some(claim))
        }
        About::Delivery(delivery) => {
            if actor.buyer().is_none() || !store::sees_delivery(&mut seen, network, delivery).await? {
                return Err(No::not_found("deliveryId"));
            }
            (delivery, None)
        }
    };
    drop(seen);
    let mut tx = db.begin(permit.work()).await?;
    let most = (PER_DAY, BYTES_PER_DAY);
    if !store::take_quota(&mut tx, network, actor.id(), "EVIDENCE", input.byte_size.into(), most).await? {
        return Err(No::because(RefusalCode::LimitExceeded, "no more files today", "byteSize"));
    }
    let new = NewUpload {
        id: UploadId::fresh(),
        tenant,
        owner: actor.id(),
        delivery,
        claim,
        kind: input.kind,
        file_name: &file_name,
        byte_size: input.byte_size,
        expected: expected.as_deref(),
    };
    let (expires_at, now) = store::insert_upload(&mut tx, network, &new).await?;
    tx.commit().await?;
    let path = link(sealer, Linked::Upload, network, new.id.0, now);
    Ok(Created { id: new.id, path, expires_at })
}

fn read_hash(text: &str) -> Result<Vec<u8>, No> {
    let bytes: Option<Vec<u8>> = (text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| (0..64).step_by(2).map_while(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect());
    bytes.ok_or_else(|| No::invalid("must be 64 hex digits", "sha256"))
}
