//! Claims as their parties see them: row security decides which.

use super::{
    claim::{Claim, ClaimDesk, ClaimId, ClaimStatus, Step},
    store,
};
use crate::{
    access::{Permit, Viewer},
    foundation::{Db, Fault, Page, PageRequest},
};
use uuid::Uuid;

/// Which claims a list shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Which {
    /// Those that stand there.
    pub status: Option<ClaimStatus>,
    /// Those at that desk.
    pub desk: Option<ClaimDesk>,
}

/// A page of the claims that the caller may see, the newest first.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn claims(
    db: &Db,
    permit: Permit,
    which: Which,
    page: PageRequest<Uuid>,
) -> Result<Page<Claim>, Fault> {
    let mut tx = db.begin(permit.scope()).await?;
    let buyer = permit.actor().buyer();
    store::page(&mut tx, permit.network(), buyer, which.status, which.desk, &page).await
}

/// The claim with that id, if the viewer may see it.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn claim(db: &Db, viewer: &Viewer, id: ClaimId) -> Result<Option<Claim>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::find(&mut tx, viewer.place.network, id).await
}

/// The claims of an order that the viewer may see, the first first.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn claims_of_order(db: &Db, viewer: &Viewer, order: Uuid) -> Result<Vec<Claim>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::of_order(&mut tx, viewer.place.network, order).await
}

/// A claim's history, if the viewer may see it.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn history(db: &Db, viewer: &Viewer, id: ClaimId) -> Result<Vec<Step>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::steps(&mut tx, viewer.place.network, id).await
}
