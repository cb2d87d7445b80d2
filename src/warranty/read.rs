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

/// The claims of those orders that the viewer may see, the first first.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn claims_of_orders(db: &Db, viewer: &Viewer, orders: &[Uuid]) -> Result<Vec<Claim>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::of_orders(&mut tx, viewer.place.network, orders).await
}

/// The histories of those claims as far as the viewer may see them, each in order.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn histories(db: &Db, viewer: &Viewer, ids: &[ClaimId]) -> Result<Vec<(ClaimId, Step)>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::steps(&mut tx, viewer.place.network, ids).await
}
