//! What becomes of a sold card when another takes its place.

use super::CardId;
use crate::foundation::{Conn, Fault, id::NetworkId};

/// Marks a sold card as replaced; the database lets nothing lead from there.
///
/// # Errors
/// [`Fault`] when the card is not a sold one.
pub async fn replaced(db: &mut Conn, network: NetworkId, card: CardId) -> Result<(), Fault> {
    let done = sqlx::query(
        "update card set state = 'REPLACED' where network_id = $1 and card_id = $2 and state = 'SOLD'",
    )
    .bind(network)
    .bind(card)
    .execute(db)
    .await?
    .rows_affected();
    if done == 1 { Ok(()) } else { Err(Fault::new("a card that is to be replaced is not a sold one")) }
}
