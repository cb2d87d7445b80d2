//! Seals and opens: one data key per supplier, made on first use and wrapped by the master key.

use super::{CardId, ImportId, secret::Secret};
use crate::foundation::{
    Conn, Fault,
    id::{NetworkId, TenantId},
    seal::{Sealer, SecretKey},
};
use moka::sync::Cache;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// Where a sealed secret belongs. It opens nowhere else: a row's bytes copied to another row stay shut.
#[derive(Clone, Copy)]
pub enum Place {
    /// A card in stock.
    Card {
        /// The card.
        card: CardId,
        /// What it is a unit of.
        variant: Uuid,
    },
    /// What a supplier handed over by hand.
    Delivery(Uuid),
    /// A piece of an import's content.
    Piece {
        /// The import.
        import: ImportId,
        /// Which, from 0.
        place: i32,
    },
}

/// One supplier's data key, ready for use.
#[derive(Clone)]
pub struct DataKey {
    network: NetworkId,
    id: Uuid,
    key: Arc<SecretKey>,
}

impl DataKey {
    /// What a sealed row names it by.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The secret, sealed for its place.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn seal(&self, place: Place, secret: &Secret) -> Result<Vec<u8>, Fault> {
        self.seal_bytes(place, &secret.to_bytes()?)
    }

    /// Bytes, sealed for their place.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn seal_bytes(&self, place: Place, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        self.key.seal(&self.bound_to(place), bytes)
    }

    /// The secret that was sealed for that place.
    ///
    /// # Errors
    /// [`Fault`] when it was sealed for another place or with another key, or was altered: never an empty secret.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Result<Secret, Fault> {
        Secret::from_bytes(&self.open_bytes(place, sealed)?)
    }

    /// The bytes that were sealed for that place.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_bytes(&self, place: Place, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        self.key.open(&self.bound_to(place), sealed)
    }

    // Purpose, network, card and variant (or delivery), key. Every part has a fixed width.
    fn bound_to(&self, place: Place) -> Vec<u8> {
        let (purpose, ids) = match place {
            Place::Card { card, variant } => (*b"crd1", [card.0, variant]),
            Place::Delivery(delivery) => (*b"dlv1", [delivery, Uuid::nil()]),
            Place::Piece { import, place } => {
                (*b"pce1", [import.0, Uuid::from_u128(u128::from(place.unsigned_abs()))])
            }
        };
        let mut out = Vec::with_capacity(4 + 4 * 16);
        out.extend_from_slice(&purpose);
        for id in [self.network.0, ids[0], ids[1], self.id] {
            out.extend_from_slice(id.as_bytes());
        }
        out
    }
}

/// Every supplier's data key, unwrapped once and kept in memory.
pub struct Vault {
    sealer: Arc<Sealer>,
    by_owner: Cache<(NetworkId, TenantId), DataKey>,
    by_id: Cache<(NetworkId, Uuid), DataKey>,
}

impl Vault {
    /// An empty vault over the master key.
    pub fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer, by_owner: Cache::new(10_000), by_id: Cache::new(10_000) }
    }

    /// The master key's keys.
    pub fn sealer(&self) -> Arc<Sealer> {
        Arc::clone(&self.sealer)
    }

    /// The keyed hash by which a card is known in its network.
    pub fn fingerprint(&self, network: NetworkId, secret: &Secret) -> Vec<u8> {
        self.sealer.fingerprint(network.0, &secret.normalised())
    }

    /// A keyed hash of a digest, where a plain one could be searched for.
    pub fn keyed(&self, network: NetworkId, digest: &[u8]) -> Vec<u8> {
        self.sealer.fingerprint(network.0, digest)
    }

    /// The key that a supplier's secrets are sealed with; made when it has none yet.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses, or the key is not of this master key.
    pub async fn key_of(
        &self,
        db: &mut Conn,
        network: NetworkId,
        supplier: TenantId,
    ) -> Result<DataKey, Fault> {
        if let Some(key) = self.by_owner.get(&(network, supplier)) {
            return Ok(key);
        }
        let mut known = stored(&mut *db, network, supplier).await?;
        if known.is_none() {
            let id = Uuid::now_v7();
            let (wrapped, _) = self.sealer.fresh_data_key(id)?;
            sqlx::query(
                "insert into data_key (network_id, key_id, tenant_id, wrapped) values ($1, $2, $3, $4)
                 on conflict on constraint data_key_tenant do nothing",
            )
            .bind(network)
            .bind(id)
            .bind(supplier)
            .bind(wrapped)
            .execute(&mut *db)
            .await?;
            known = stored(db, network, supplier).await?;
        }
        let (id, wrapped, own) = known.ok_or_else(|| Fault::new("a data key vanished"))?;
        let key = DataKey { network, id, key: Arc::new(self.sealer.data_key(id, &wrapped)?) };
        // A key of this very transaction may yet be rolled back: kept, it would seal what nobody can open.
        if !own {
            self.by_owner.insert((network, supplier), key.clone());
        }
        Ok(key)
    }

    /// The key of that id, for opening.
    ///
    /// # Errors
    /// [`Fault`] when there is none, or it is not of this master key.
    pub async fn key(&self, db: &mut Conn, network: NetworkId, id: Uuid) -> Result<DataKey, Fault> {
        if let Some(key) = self.by_id.get(&(network, id)) {
            return Ok(key);
        }
        let wrapped: Vec<u8> =
            sqlx::query_scalar("select wrapped from data_key where network_id = $1 and key_id = $2")
                .bind(network)
                .bind(id)
                .fetch_one(db)
                .await?;
        let key = DataKey { network, id, key: Arc::new(self.sealer.data_key(id, &wrapped)?) };
        self.by_id.insert((network, id), key.clone());
        Ok(key)
    }

    /// Seals what a supplier hands over by hand: the key's id and the bytes, for the delivery's row.
    ///
    /// # Errors
    /// As [`key_of`](Self::key_of).
    pub async fn seal_delivery(
        &self,
        db: &mut Conn,
        network: NetworkId,
        supplier: TenantId,
        delivery: Uuid,
        secret: &Secret,
    ) -> Result<(Uuid, Vec<u8>), Fault> {
        let key = self.key_of(db, network, supplier).await?;
        Ok((key.id, key.seal(Place::Delivery(delivery), secret)?))
    }

    /// Opens what [`seal_delivery`](Self::seal_delivery) sealed for that delivery.
    ///
    /// # Errors
    /// As [`key`](Self::key) and [`DataKey::open`].
    pub async fn open_delivery(
        &self,
        db: &mut Conn,
        network: NetworkId,
        key: Uuid,
        delivery: Uuid,
        sealed: &[u8],
    ) -> Result<Secret, Fault> {
        self.key(db, network, key).await?.open(Place::Delivery(delivery), sealed)
    }
}

// Its id, its wrapped bytes, and whether this transaction itself made it.
async fn stored(
    db: &mut Conn,
    network: NetworkId,
    supplier: TenantId,
) -> Result<Option<(Uuid, Vec<u8>, bool)>, Fault> {
    Ok(sqlx::query_as(
        "select key_id, wrapped, coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false)
           from data_key where network_id = $1 and tenant_id = $2",
    )
    .bind(network)
    .bind(supplier)
    .fetch_optional(db)
    .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Vault {
        /// A key that is in no database.
        pub(in crate::inventory) fn loose_key(&self, network: NetworkId) -> DataKey {
            let id = Uuid::now_v7();
            DataKey { network, id, key: Arc::new(self.sealer.fresh_data_key(id).unwrap().1) }
        }
    }

    #[test]
    fn a_sealed_secret_opens_in_its_own_place_alone() {
        let sealer = Sealer::new(&[3; 32]).unwrap();
        let make = |network, id| DataKey { network, id, key: Arc::new(sealer.fresh_data_key(id).unwrap().1) };
        let (network, card, variant) = (NetworkId::fresh(), CardId::fresh(), Uuid::now_v7());
        let key = make(network, Uuid::now_v7());
        let secret = Secret::new("CANARY-1", Some("42"), None, None).ok().unwrap();
        let place = Place::Card { card, variant };
        let sealed = key.seal(place, &secret).unwrap();
        assert_eq!(key.open(place, &sealed).ok().unwrap().secret(), "CANARY-1");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"CANARY"));
        for elsewhere in [
            Place::Card { card: CardId::fresh(), variant },
            Place::Card { card, variant: Uuid::now_v7() },
            Place::Delivery(card.0),
            Place::Piece { import: ImportId(card.0), place: 0 },
        ] {
            assert!(key.open(elsewhere, &sealed).is_err());
        }
        let other_network = DataKey { network: NetworkId::fresh(), ..key.clone() };
        let other_id = DataKey { id: Uuid::now_v7(), ..key.clone() };
        assert!(other_network.open(place, &sealed).is_err());
        assert!(other_id.open(place, &sealed).is_err());
        assert!(make(network, key.id).open(place, &sealed).is_err());
        assert!(key.open(place, b"").is_err());
    }
}
