//! Archives that were made, and where a buyer goes.

use super::{
    escalation::{Escalation, route},
    store::{self, Dossier},
};
use crate::{
    access::Viewer,
    evidence::FileLink,
    foundation::{
        Db, Fault, Scope,
        blobs::{Blobs, Outgoing},
    },
};
use uuid::Uuid;

/// The viewer's own archives of those orders, the newest first.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn of_orders(db: &Db, viewer: &Viewer, orders: &[Uuid]) -> Result<Vec<Dossier>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::of_orders(&mut tx, viewer.place.network, orders).await
}

/// The archive that a link leads to, and its bytes; none inside where they are not there. The link is the right to it.
///
/// # Errors
/// [`Fault`] when the database or the object store fails.
pub async fn fetch(
    db: &Db,
    blobs: &Blobs,
    link: FileLink,
) -> Result<Option<(Dossier, Option<Outgoing>)>, Fault> {
    let mut tx = db.begin(Scope::Network(link.network)).await?;
    let Some(dossier) = store::linked(&mut tx, link.network, link.id, link.until).await? else {
        return Ok(None);
    };
    drop(tx);
    let found = blobs.get(link.network, &dossier.sha256).await?;
    Ok(Some((dossier, found)))
}

/// Where a buyer of the viewer's network goes.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn escalation(db: &Db, viewer: &Viewer) -> Result<&'static Escalation, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    let region = store::region(&mut tx, viewer.place.network).await?;
    Ok(route(region.as_deref(), viewer.place.currency))
}
