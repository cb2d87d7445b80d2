//! Opens what was delivered, for its buyer alone, and writes down that it did.

use super::{
    secret::Secret,
    store,
    vault::{Place, Vault},
};
use crate::{
    access::Permit,
    foundation::{Db, Fault, No, RefusalCode},
};
use uuid::Uuid;

/// What a buyer gets to see.
pub struct Revealed {
    /// Of which delivery.
    pub delivery: Uuid,
    /// What was delivered.
    pub content: Secret,
}

/// Reveals a delivery to its buyer. The record is committed before anything is opened, so that no secret is seen
/// without one.
///
/// A replaced or refunded delivery may be read again by whoever has read it, and by nobody else: what was given
/// back unseen stays unseen.
///
/// # Errors
/// NOT_FOUND at `deliveryId` for anybody else's; INVALID_TRANSITION before it is delivered, and after it was
/// given back unseen. A seal that does not open is a fault, never an empty secret.
pub async fn reveal(db: &Db, vault: &Vault, permit: &Permit, delivery: Uuid) -> Result<Revealed, No> {
    let network = permit.network();
    let buyer = permit.actor().buyer().ok_or(No::Forbidden)?;
    let mut tx = db.begin(permit.work()).await?;
    let handed = store::lock_delivery(&mut tx, network, permit.tenant(), buyer, delivery).await?;
    let handed = handed.ok_or_else(|| No::not_found("deliveryId"))?;
    let refuse = |message: &str| No::because(RefusalCode::InvalidTransition, message, "deliveryId");
    match handed.status.as_str() {
        "DELIVERED" | "UNDER_CLAIM" => {}
        "REPLACED" | "REFUNDED" if handed.revealed => {}
        "REPLACED" => return Err(refuse("was replaced before it was revealed")),
        "REFUNDED" => return Err(refuse("was refunded before it was revealed")),
        _ => return Err(refuse("is not delivered yet")),
    }
    let (Some(key), Some(sealed)) = (handed.key_id, handed.sealed) else {
        return Err(Fault::new("a delivery without content").into());
    };
    let place = match (handed.card_id, handed.variant_id) {
        (Some(card), Some(variant)) => Place::Card { card, variant },
        _ => Place::Delivery(delivery),
    };
    let key = vault.key(&mut tx, network, key).await?;
    let viewer = permit.viewer();
    let (address, agent) = (viewer.address.map(|address| address.to_string()), viewer.user_agent.as_deref());
    store::record_reveal(&mut tx, network, delivery, handed.card_id, buyer.0, address.as_deref(), agent)
        .await?;
    tx.commit().await?;
    Ok(Revealed { delivery, content: key.open(place, &sealed)? })
}
