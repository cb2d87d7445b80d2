//! The operator removes a review, or puts it back: with a reason, and never without a trace.

use super::{MAX_DECISIONS, MAX_TEXT, Review, ReviewId, post_review::finish, store};
use crate::{
    access::Permit,
    events::EventType,
    foundation::{Db, No, RefusalCode, text},
};

/// What is decided on a review.
#[derive(Clone, Debug)]
pub struct ModerateReview {
    /// The review.
    pub review: ReviewId,
    /// It goes; else it comes back.
    pub removed: bool,
    /// Why; shown in its place.
    pub reason: String,
}

/// Decides on a review. What is removed does not count any more, and its place says that and why.
///
/// # Errors
/// NOT_FOUND; INVALID_TRANSITION when it is so already; LIMIT_EXCEEDED after a hundred decisions; CONFLICT when
/// somebody else was quicker.
pub async fn moderate_review(db: &Db, permit: Permit, input: ModerateReview) -> Result<Review, No> {
    let reason = text::note(&input.reason, MAX_TEXT, "reason")?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let review =
        store::review(&mut tx, network, input.review).await?.ok_or_else(|| No::not_found("reviewId"))?;
    if review.removed == input.removed {
        let message = if review.removed { "it is removed already" } else { "it is not removed" };
        return Err(No::because(RefusalCode::InvalidTransition, message, "reviewId"));
    }
    let by = permit.actor().id();
    let written = store::insert_decision(&mut tx, network, input.review, by, input.removed, &reason).await;
    if let Err(fault) = written {
        return Err(match fault.constraint() {
            Some("review_decision_version_check") => {
                let message = format!("there are at most {MAX_DECISIONS} decisions on a review");
                No::because(RefusalCode::LimitExceeded, message, "reviewId")
            }
            Some("review_decision_pkey") => {
                No::because(RefusalCode::Conflict, "somebody else has just decided", "reviewId")
            }
            _ => fault.into(),
        });
    }
    let review = finish(&mut tx, network, input.review, EventType::ReviewModerated).await?;
    tx.commit().await?;
    Ok(review)
}
