//! A buyer reviews a line of its own that was delivered: once.

use super::{MAX_TEXT, Review, ReviewId, store};
use crate::{
    access::Permit,
    events::{self, Event, EventType},
    foundation::{Db, Fault, No, RefusalCode, Tx, id::NetworkId, text},
};
use uuid::Uuid;

/// What a buyer says.
#[derive(Clone, Debug)]
pub struct PostReview {
    /// The line.
    pub line: Uuid,
    /// 1 to 5.
    pub stars: i32,
    /// Of the warranty, 1 to 5.
    pub warranty_stars: Option<i32>,
    /// In words.
    pub text: Option<String>,
}

/// Posts a review; it can't be changed afterwards.
///
/// # Errors
/// NOT_FOUND for a line that is missing or another's; INVALID_TRANSITION before anything of it was delivered;
/// CONFLICT for a second review; INVALID_INPUT.
pub async fn post_review(db: &Db, permit: Permit, input: PostReview) -> Result<Review, No> {
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    let within = |stars: i32, path: &str| match stars {
        1..=5 => Ok(()),
        _ => Err(No::invalid("must be between 1 and 5", path)),
    };
    within(input.stars, "stars")?;
    input.warranty_stars.map_or(Ok(()), |stars| within(stars, "warrantyStars"))?;
    let text = input.text.map(|text| text::note(&text, MAX_TEXT, "text")).transpose()?;
    let (network, site, id) = (permit.network(), permit.tenant(), ReviewId::fresh());
    let mut tx = db.begin(permit.work()).await?;
    let bought = store::bought(&mut tx, network, site, buyer, input.line).await?;
    let bought = bought.ok_or_else(|| No::not_found("orderLineId"))?;
    if !bought.delivered {
        let message = "only what was delivered can be reviewed";
        return Err(No::because(RefusalCode::InvalidTransition, message, "orderLineId"));
    }
    let said = (input.stars, input.warranty_stars, text.as_deref());
    match store::insert_review(&mut tx, network, id, site, buyer, &bought, said).await {
        Err(fault) if fault.constraint() == Some("review_line") => {
            return Err(No::because(RefusalCode::Conflict, "this line has a review already", "orderLineId"));
        }
        done => done?,
    }
    let review = finish(&mut tx, network, id, EventType::ReviewPosted).await?;
    tx.commit().await?;
    Ok(review)
}

/// Tells everyone concerned; answers the review as it is now.
pub(super) async fn finish(
    tx: &mut Tx,
    network: NetworkId,
    id: ReviewId,
    kind: EventType,
) -> Result<Review, Fault> {
    let review = store::review(tx, network, id).await?.ok_or_else(|| Fault::new("a review vanished"))?;
    let event = Event {
        kind,
        audience: vec![review.site_id, review.supplier_id, store::operator(tx, network).await?],
        subject: id.to_string(),
        order: Some(review.order_id),
        buyer: Some(review.buyer_id),
        order_status: None,
        claim_status: None,
    };
    events::record(tx, network, &[event]).await?;
    Ok(review)
}
