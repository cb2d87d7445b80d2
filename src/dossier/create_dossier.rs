//! A buyer makes an archive of an order, or of one claim on it.

use super::{
    DossierId, EVIDENCE_BYTES, PER_DAY, PURPOSE, archive,
    escalation::route,
    store::{self, Dossier},
    story::{Story, Whole},
};
use crate::{
    access::Permit,
    evidence::{self, BYTES_PER_DAY, Evidence},
    foundation::{Db, Fault, No, RefusalCode, blobs::Blobs, seal::Sealer, sign::Signer},
    orders::{OrderId, view},
    warranty::{self, ClaimId, Step, thread::Message},
};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::LazyLock};
use tokio::sync::Semaphore;
use uuid::Uuid;

// One at a time: each holds its files in memory, twice.
static DESK: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(1));

/// What an archive is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// An order with all its claims.
    Order(OrderId),
    /// One claim, and its order.
    Claim(ClaimId),
}

/// Makes an archive of what the buyer may see, signs it, and keeps it for a week.
///
/// # Errors
/// NOT_FOUND for an order or claim that is missing or another's; LIMIT_EXCEEDED when the day is full;
/// TEMPORARILY_UNAVAILABLE when it can't be kept now.
pub async fn create_dossier(
    db: &Db,
    blobs: &Blobs,
    sealer: &Sealer,
    permit: Permit,
    about: About,
) -> Result<Dossier, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    let (network, site, viewer) = (permit.network(), permit.tenant(), permit.viewer());
    let (order, claim) = match about {
        About::Order(order) => (order, None),
        About::Claim(claim) => {
            let found = warranty::read::claim(db, viewer, claim).await?;
            (OrderId(found.ok_or_else(|| No::not_found("claimId"))?.order_id), Some(claim))
        }
    };
    let mut own = db.begin(permit.scope()).await?;
    let found = view::find_many(&mut own, network, &[order]).await?.pop();
    let found = found.ok_or_else(|| No::not_found("orderId"))?;
    let payments = store::payments(&mut own, network, buyer, order.0).await?;
    drop(own);
    let claims = claims_of(db, viewer, order, claim).await?;
    // Taken before anything is made; a second one of the same order is another.
    let mut tx = db.begin(permit.work()).await?;
    if !evidence::store::take_quota(&mut tx, network, buyer.0, "DOSSIER", 0, (PER_DAY, BYTES_PER_DAY)).await?
    {
        let path = if claim.is_some() { "claimId" } else { "orderId" };
        return Err(No::because(RefusalCode::LimitExceeded, "no more archives today", path));
    }
    let seller = store::seller(&mut tx, network, site, buyer).await?;
    let seller = seller.ok_or_else(|| Fault::new("a buyer has no site"))?;
    tx.commit().await?;

    let (id, currency) = (DossierId::fresh(), permit.place().currency);
    let escalation = route(seller.region.as_deref(), currency);
    let mut story = Story::of(id, seller, currency, &found, payments, claims, escalation);
    let signer = Signer::of(sealer, PURPOSE, network.0)?;
    let _place = DESK.acquire().await.map_err(|_| Fault::new("no archive is made any more"))?;
    let files = gather(blobs, &permit, &mut story).await?;
    let packed = tokio::task::spawn_blocking(move || archive::pack(&story, files, &signer)).await;
    let packed = Bytes::from(packed.map_err(Fault::from)??);

    let sha256 = Sha256::digest(&packed).to_vec();
    let byte_size = i32::try_from(packed.len()).map_err(|_| Fault::new("an archive is too long"))?;
    let mut tx = db.begin(permit.work()).await?;
    evidence::store::expect_blob(&mut tx, network, &sha256, byte_size, "8 days").await?;
    tx.commit().await?;
    if let Err(fault) = blobs.put(network, &sha256, packed).await {
        tracing::error!(%fault, "an archive could not be kept");
        let message = "the archive can't be kept now; try again";
        return Err(No::because(RefusalCode::TemporarilyUnavailable, message, "orderId"));
    }
    let mut tx = db.begin(permit.work()).await?;
    let of = (site, buyer, order.0, claim.map(|claim| claim.0));
    let dossier = store::insert(&mut tx, network, id, of, &sha256, byte_size).await?;
    tx.commit().await?;
    Ok(dossier)
}

async fn claims_of(
    db: &Db,
    viewer: &crate::access::Viewer,
    order: OrderId,
    only: Option<ClaimId>,
) -> Result<Vec<Whole>, Fault> {
    let mut claims = warranty::read::claims_of_orders(db, viewer, &[order.0]).await?;
    claims.retain(|claim| only.is_none_or(|only| only == claim.claim_id));
    let ids: Vec<ClaimId> = claims.iter().map(|claim| claim.claim_id).collect();
    let mut steps: HashMap<ClaimId, Vec<Step>> = HashMap::new();
    for (claim, step) in warranty::read::histories(db, viewer, &ids).await? {
        steps.entry(claim).or_default().push(step);
    }
    let mut messages: HashMap<ClaimId, Vec<Message>> = HashMap::new();
    for message in warranty::thread::messages(db, viewer, &ids).await? {
        messages.entry(message.claim_id).or_default().push(message);
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let mut files: HashMap<Uuid, Vec<Evidence>> = HashMap::new();
    for file in evidence::read::of_claims(db, viewer, &ids).await? {
        files.entry(file.claim_id).or_default().push(file);
    }
    Ok(claims
        .into_iter()
        .map(|claim| {
            let steps = steps.remove(&claim.claim_id).unwrap_or_default();
            let messages = messages.remove(&claim.claim_id).unwrap_or_default();
            let files = files.remove(&claim.claim_id.0).unwrap_or_default();
            Whole { claim, steps, messages, files }
        })
        .collect())
}

// The files that fit, each under a name of its own; what does not fit or is not there stays named by its hash.
async fn gather(blobs: &Blobs, permit: &Permit, story: &mut Story) -> Result<Vec<(String, Bytes)>, Fault> {
    let (mut files, mut left) = (Vec::new(), EVIDENCE_BYTES);
    for (number, file) in (1..).zip(story.files()) {
        if usize::try_from(file.bytes).map_or(true, |bytes| bytes > left) {
            continue;
        }
        let Some(bytes) = blobs.read(permit.network(), &file.key).await? else {
            tracing::error!(sha256 = file.sha256, "a submitted file is not in the object store");
            continue;
        };
        left -= bytes.len();
        let path = format!("evidence/{number:02}-{}", file.name);
        file.path = Some(path.clone());
        files.push((path, bytes));
    }
    Ok(files)
}
