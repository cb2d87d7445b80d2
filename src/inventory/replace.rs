//! What becomes of a sold card when another takes its place.

use super::CardId;
use crate::{
    foundation::{Conn, Fault, id::NetworkId},
    provenance::{self, Step, StepKind},
};
use uuid::Uuid;

/// Marks a sold card as replaced by another, in that delivery; the database lets nothing lead from there.
///
/// # Errors
/// [`Fault`] when the card is not a sold one.
pub async fn replaced(db: &mut Conn, network: NetworkId, card: CardId, by: Uuid) -> Result<(), Fault> {
    let done = sqlx::query(
        "update card set state = 'REPLACED' where network_id = $1 and card_id = $2 and state = 'SOLD'",
    )
    .bind(network)
    .bind(card)
    .execute(&mut *db)
    .await?
    .rows_affected();
    if done != 1 {
        return Err(Fault::new("a card that is to be replaced is not a sold one"));
    }
    provenance::record(db, network, StepKind::Replaced, &[Step::of(card.0, by)]).await
}
