//! Every sealed secret opens in its own place, with its own key, and is the one that its fingerprint names.

use super::run::{Broken, Found};
use crate::{
    foundation::{Conn, Fault, id::NetworkId},
    inventory::{CardId, Vault, vault::Place},
};
use uuid::Uuid;

pub(super) const NAME: &str = "I36_every_seal_opens";

// Read and opened so many at a time: memory stays the same however many there are.
const PAGE: i64 = 1_000;

type Card = (NetworkId, CardId, Uuid, Uuid, Vec<u8>, Option<Vec<u8>>);
type Delivery = (NetworkId, Uuid, Option<Uuid>, Vec<u8>);

/// Opens all that the transaction sees.
pub(super) async fn open_all(db: &mut Conn, vault: &Vault, found: &mut Found) -> Result<(), Fault> {
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let cards: Vec<Card> = sqlx::query_as(
            "select network_id, card_id, variant_id, key_id, sealed, coalesce(fingerprint, clash) from card
              where (network_id, card_id) > ($1, $2) order by network_id, card_id limit $3",
        )
        .bind(after.0)
        .bind(after.1)
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        let Some((network, card, ..)) = cards.last() else { break };
        after = (network.0, card.0);
        for (network, card, variant, key, sealed, hash) in cards {
            let detail = match vault.key(db, network, key).await {
                Err(_) => "its key is not there, or not of this master key",
                Ok(key) => match key.open(Place::Card { card, variant }, &sealed) {
                    Err(_) => "does not open",
                    Ok(secret) if hash != Some(vault.fingerprint(network, &secret)) => {
                        "is another than its fingerprint names"
                    }
                    Ok(_) => continue,
                },
            };
            add(found, network, format!("card {}", card.0), detail);
        }
    }
    let mut after = (Uuid::nil(), Uuid::nil());
    loop {
        let deliveries: Vec<Delivery> = sqlx::query_as(
            "select network_id, delivery_id, key_id, sealed from delivery
              where (network_id, delivery_id) > ($1, $2) and sealed is not null
              order by network_id, delivery_id limit $3",
        )
        .bind(after.0)
        .bind(after.1)
        .bind(PAGE)
        .fetch_all(&mut *db)
        .await?;
        let Some((network, delivery, ..)) = deliveries.last() else { return Ok(()) };
        after = (network.0, *delivery);
        for (network, delivery, key, sealed) in deliveries {
            let key = key.unwrap_or_default();
            if vault.open_delivery(db, network, key, delivery, &sealed).await.is_err() {
                add(found, network, format!("delivery {delivery}"), "does not open");
            }
        }
    }
}

fn add(found: &mut Found, network: NetworkId, subject: String, detail: &str) {
    found.add(NAME, Broken { network: Some(network), subject, detail: detail.to_owned() });
}
