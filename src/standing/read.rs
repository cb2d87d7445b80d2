//! What is said of tenants, as anybody may read it.

use super::{Review, ReviewId, Standing, store};
use crate::{
    access::Viewer,
    foundation::{Db, Fault, Page, PageRequest, id::TenantId},
    orders::LineId,
};
use uuid::Uuid;

/// What was counted of those tenants.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn standings(db: &Db, viewer: &Viewer, tenants: &[TenantId]) -> Result<Vec<Standing>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::find_many(&mut tx, viewer.place.network, tenants).await
}

/// A page of the reviews of a site's sales or of a supplier's goods that the viewer may read, the newest first.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn reviews(
    db: &Db,
    viewer: &Viewer,
    tenant: TenantId,
    of_supplier: bool,
    page: &PageRequest<Uuid>,
) -> Result<Page<Review>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::reviews(&mut tx, viewer.place.network, tenant, of_supplier, page).await
}

/// Those of the lines that have a review which the viewer may read.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn reviewed(db: &Db, viewer: &Viewer, lines: &[LineId]) -> Result<Vec<LineId>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::reviewed(&mut tx, viewer.place.network, lines).await
}

/// A review, if the viewer may read it.
///
/// # Errors
/// [`Fault`] when the database fails.
pub async fn review(db: &Db, viewer: &Viewer, id: ReviewId) -> Result<Option<Review>, Fault> {
    let mut tx = db.begin(viewer.scope()).await?;
    store::review(&mut tx, viewer.place.network, id).await
}
