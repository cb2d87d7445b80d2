//! A network's log key: signs its heads, and makes the salts of its commitments.

use super::{
    leaf::{self, Salt},
    merkle::Hash,
    note::{Checkpoint, Vkey},
    store,
};
use crate::foundation::{
    Conn, Fault,
    id::NetworkId,
    seal::{Sealer, random},
};
use aws_lc_rs::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair},
};
use moka::sync::Cache;
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

/// One network's key, ready for use.
pub struct LogKey {
    pair: Ed25519KeyPair,
    salts: hmac::Key,
    vkey: Vkey,
}

impl LogKey {
    /// A new key, and its bytes wrapped for storage.
    ///
    /// # Errors
    /// [`Fault`] when the cipher fails.
    pub fn fresh(sealer: &Sealer, network: NetworkId) -> Result<(Vec<u8>, Self), Fault> {
        let bytes = Zeroizing::new(random::<64>());
        let wrapped = sealer.wrap(&place(network), bytes.as_slice())?;
        Ok((wrapped, Self::from_bytes(network, bytes.as_slice())?))
    }

    /// The key that was wrapped for that network.
    ///
    /// # Errors
    /// [`Fault`] when the master key is not the one that wrapped it.
    pub fn open(sealer: &Sealer, network: NetworkId, wrapped: &[u8]) -> Result<Self, Fault> {
        Self::from_bytes(network, &sealer.unwrap_from(&place(network), wrapped)?)
    }

    fn from_bytes(network: NetworkId, bytes: &[u8]) -> Result<Self, Fault> {
        let broken = || Fault::new("a log key is not one");
        let (seed, salts) =
            bytes.split_at_checked(32).filter(|(_, salts)| salts.len() == 32).ok_or_else(broken)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| broken())?;
        let public = pair.public_key().as_ref().try_into().map_err(|_| broken())?;
        let vkey = Vkey::new(origin(network), public);
        Ok(Self { pair, salts: hmac::Key::new(hmac::HMAC_SHA256, salts), vkey })
    }

    /// What verifies its signatures.
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    /// Its signature of a message.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut out = [0; 64];
        out.copy_from_slice(self.pair.sign(message).as_ref());
        out
    }

    /// The signed head of the log at that size.
    pub fn checkpoint(&self, size: u64, head: Hash) -> String {
        let checkpoint = Checkpoint { origin: self.vkey.name().to_owned(), size, head };
        checkpoint.note(&self.vkey, &self.sign(checkpoint.text().as_bytes()))
    }

    /// What opens the commitment to an item.
    pub fn item_salt(&self, item: Uuid) -> Salt {
        self.salt(b"item", item)
    }

    /// What opens the commitment to a subject, and to the terms of its sale.
    pub fn subject_salt(&self, subject: Uuid) -> Salt {
        self.salt(b"subject", subject)
    }

    /// The commitment to an item.
    pub fn item(&self, item: Uuid) -> Hash {
        leaf::commit_item(&self.item_salt(item), item)
    }

    fn salt(&self, purpose: &[u8], id: Uuid) -> Salt {
        let mut context = hmac::Context::with_key(&self.salts);
        context.update(purpose);
        context.update(id.as_bytes());
        let mut salt = [0; 32];
        salt.copy_from_slice(context.sign().as_ref());
        salt
    }
}

/// The name of a network's log, which its heads begin with.
pub fn origin(network: NetworkId) -> String {
    format!("cardamom/log/{network}")
}

fn place(network: NetworkId) -> [u8; 20] {
    let mut place = [0; 20];
    place[..4].copy_from_slice(b"log1");
    place[4..].copy_from_slice(network.0.as_bytes());
    place
}

/// Every network's log key, unwrapped once and kept in memory.
#[derive(Clone)]
pub struct LogKeys {
    sealer: Arc<Sealer>,
    known: Cache<NetworkId, Arc<LogKey>>,
}

impl LogKeys {
    /// None yet, over the master key.
    pub fn new(sealer: Arc<Sealer>) -> Self {
        Self { sealer, known: Cache::new(10_000) }
    }

    /// The network's key, where its log has begun.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses, or the key is not of this master key.
    pub async fn find(&self, db: &mut Conn, network: NetworkId) -> Result<Option<Arc<LogKey>>, Fault> {
        if let Some(key) = self.known.get(&network) {
            return Ok(Some(key));
        }
        let Some((wrapped, own)) = store::key(db, network).await? else { return Ok(None) };
        let key = Arc::new(LogKey::open(&self.sealer, network, &wrapped)?);
        // A key of this very transaction may yet be rolled back.
        if !own {
            self.known.insert(network, Arc::clone(&key));
        }
        Ok(Some(key))
    }

    /// The network's key; made, and its log begun, where there is none. The caller has the runner's turn.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(super) async fn find_or_make(&self, db: &mut Conn, network: NetworkId) -> Result<Arc<LogKey>, Fault> {
        if let Some(key) = self.find(db, network).await? {
            return Ok(key);
        }
        let (wrapped, key) = LogKey::fresh(&self.sealer, network)?;
        store::begin_log(db, network, &wrapped, &key.vkey().to_string()).await?;
        Ok(Arc::new(key))
    }
}
