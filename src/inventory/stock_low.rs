//! Tells a supplier that its stock runs out.

use super::store;
use crate::{
    catalogue::VariantId,
    events::{Event, EventType},
    foundation::{Fault, Tx, id::NetworkId},
};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The STOCK_LOW events of a sale: for every variant taken from (with how many cards) whose stock falls from above its
/// alarm level to or below it. To be recorded in the same transaction, after its takes; `sold`: they are marked as
/// sold already, not only held.
///
/// Each transaction counts what it sees: of two that cross the level at the same moment, both may tell, or
/// neither when only both together cross it.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn stock_low_events(
    tx: &mut Tx,
    network: NetworkId,
    taken: &BTreeMap<Uuid, i64>,
    sold: bool,
) -> Result<Vec<Event>, Fault> {
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    let (variants, counts): (Vec<Uuid>, Vec<i64>) = taken.iter().unzip();
    let low = store::fell_low(tx, network, &variants, &counts, sold).await?;
    Ok(low
        .into_iter()
        .map(|(variant, supplier)| {
            Event::about(EventType::StockLow, vec![supplier], VariantId(variant).to_string())
        })
        .collect())
}
