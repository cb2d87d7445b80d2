//! The selling site answers a review, and may change its answer; what it said before stays.

use super::{MAX_REPLIES, MAX_TEXT, Review, ReviewId, post_review::finish, store};
use crate::{
    access::Permit,
    events::EventType,
    foundation::{Db, No, RefusalCode, text},
};

/// What a site answers.
#[derive(Clone, Debug)]
pub struct ReplyReview {
    /// The review.
    pub review: ReviewId,
    /// In words.
    pub text: String,
}

/// Answers a review of the caller's own sales.
///
/// # Errors
/// NOT_FOUND for a review that is missing or another site's; LIMIT_EXCEEDED after ten versions; CONFLICT when
/// somebody else was quicker.
pub async fn reply_review(db: &Db, permit: Permit, input: ReplyReview) -> Result<Review, No> {
    let text = text::note(&input.text, MAX_TEXT, "text")?;
    let network = permit.network();
    let mut tx = db.begin(permit.work()).await?;
    let review = store::review(&mut tx, network, input.review).await?;
    review.filter(|review| review.site_id == permit.tenant()).ok_or_else(|| No::not_found("reviewId"))?;
    let by = permit.actor().id();
    if let Err(fault) = store::insert_reply(&mut tx, network, input.review, by, &text).await {
        return Err(match fault.constraint() {
            Some("review_reply_version_check") => {
                let message = format!("a reply has at most {MAX_REPLIES} versions");
                No::because(RefusalCode::LimitExceeded, message, "reviewId")
            }
            Some("review_reply_pkey") => {
                No::because(RefusalCode::Conflict, "somebody else has just answered", "reviewId")
            }
            _ => fault.into(),
        });
    }
    let review = finish(&mut tx, network, input.review, EventType::ReviewReplied).await?;
    tx.commit().await?;
    Ok(review)
}
