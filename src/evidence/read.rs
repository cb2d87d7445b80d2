//! Evidence as a claim's parties see it: row security decides whose.

use super::{
    FileLink,
    store::{self, Evidence, Match},
};
use crate::{
    access::Viewer,
    foundation::{
        Conn, Db, Fault, Scope,
        blobs::{Blobs, Outgoing},
        id::NetworkId,
    },
};
use uuid::Uuid;

/// What was submitted for those claims, in order, as far as the viewer may see it.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn of_claims(db: &Db, viewer: &Viewer, claims: &[Uuid]) -> Result<Vec<Evidence>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::of_claims(&mut tx, viewer.place.network, claims).await
}

/// What was submitted for claims on an order, as far as the transaction's scope may see it: claim and SHA-256 of each,
/// in order.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn hashes(db: &mut Conn, network: NetworkId, order: Uuid) -> Result<Vec<(Uuid, Vec<u8>)>, Fault> {
    store::hashes(db, network, order).await
}

/// Files of other claims within the viewer's sight that are the same as those claims' or look the same.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn matches(db: &Db, viewer: &Viewer, claims: &[Uuid]) -> Result<Vec<Match>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::matches(&mut tx, viewer.place.network, claims).await
}

/// The file that a link leads to, and its bytes; none inside where they are not there. The link is the right to it.
///
/// # Errors
/// [`Fault`] when the database or the object store fails.
pub async fn fetch(
    db: &Db,
    blobs: &Blobs,
    link: FileLink,
) -> Result<Option<(Evidence, Option<Outgoing>)>, Fault> {
    let mut tx = db.begin(Scope::Network(link.network)).await?;
    let Some(evidence) = store::linked(&mut tx, link.network, link.id, link.until).await? else {
        return Ok(None);
    };
    drop(tx);
    let found = blobs.get(link.network, &evidence.sha256).await?;
    Ok(Some((evidence, found)))
}
