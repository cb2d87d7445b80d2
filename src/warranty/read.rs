//! Claims as their parties see them: row security decides which.

use super::{
    claim::{Claim, ClaimDesk, ClaimId, ClaimStatus, Step},
    store,
};
use crate::{
    access::{Permit, Viewer},
    catalogue::ProductKind,
    foundation::{Db, Fault, Moment, Page, PageRequest, id::UserId},
};
use uuid::Uuid;

/// Which claims a list shows.
#[derive(Clone, Debug, Default)]
pub struct Which {
    /// Those that stand there.
    pub status: Option<ClaimStatus>,
    /// Those at that desk.
    pub desk: Option<ClaimDesk>,
    /// Those on goods of that kind.
    pub kind: Option<ProductKind>,
    /// Those on goods of that brand.
    pub brand: Option<String>,
    /// Those that somebody has in hand.
    pub assignee: Option<UserId>,
    /// Those that nobody has in hand.
    pub unassigned: bool,
    /// Those that are due by then.
    pub due_before: Option<Moment>,
    /// Which comes first.
    pub order: Order,
}

/// Which claim comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The one that was opened last.
    #[default]
    Newest,
    /// The one that is due first; behind all, those that are not.
    Due,
}

/// A page of the claims that the caller may see.
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
    store::page(&mut tx, permit.network(), buyer, &which, &page).await
}

/// The claim with that id, if the viewer may see it.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn claim(db: &Db, viewer: &Viewer, id: ClaimId) -> Result<Option<Claim>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::find(&mut tx, viewer.place.network, id).await
}

/// The claims with those ids that the viewer may see.
///
/// # Errors
/// When the database fails.
pub async fn find_claims(db: &Db, viewer: &Viewer, ids: &[ClaimId]) -> Result<Vec<Claim>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::find_many(&mut tx, viewer.place.network, ids).await
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
