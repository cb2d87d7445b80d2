//! What is in the logs: steps, signed heads, and the proofs that lead from one to the other.

use super::{
    keys::LogKey,
    leaf::Leaf,
    merkle::{self, Hash},
    store,
    tiles::{TileId, Tiles, WIDTH, Wanted},
};
use crate::foundation::{Conn, Fault, Moment, id::NetworkId};
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// A step that is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its leaf's index.
    pub index: u64,
    /// What was hashed.
    pub data: String,
    /// What that says.
    pub leaf: Leaf,
}

impl Entry {
    fn of(index: i64, data: String) -> Result<Self, Fault> {
        let leaf = Leaf::parse(&data).ok_or_else(|| Fault::new(format!("leaf {index} is not one")))?;
        Ok(Self { index: store::unsigned(index)?, data, leaf })
    }
}

/// A signed head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// How many leaves are under it.
    pub size: u64,
    /// The note.
    pub note: String,
    /// When it was signed.
    pub signed_at: Moment,
}

/// The most steps that are read of one history at a time.
pub const MAX_STEPS: i64 = 100;

/// The history of an item as far as it is in the log: its steps behind that number (0 for all), the first
/// [`MAX_STEPS`] of them.
///
/// # Errors
/// [`Fault`] when the database refuses, or a leaf is not what we write.
pub async fn history(
    db: &mut Conn,
    network: NetworkId,
    key: &LogKey,
    item: Uuid,
    after: i32,
) -> Result<Vec<Entry>, Fault> {
    let leaves = store::history(db, network, &key.item(item), after, MAX_STEPS).await?;
    leaves.into_iter().map(|(index, data)| Entry::of(index, data)).collect()
}

/// The sales of items that are in the log, each item with its own.
///
/// # Errors
/// [`Fault`] when the database refuses, or a leaf is not what we write.
pub async fn sales(
    db: &mut Conn,
    network: NetworkId,
    key: &LogKey,
    items: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Entry>>, Fault> {
    let of: HashMap<Hash, Uuid> = items.iter().map(|item| (key.item(*item), *item)).collect();
    let commitments: Vec<Hash> = of.keys().copied().collect();
    let mut sales: HashMap<Uuid, Vec<Entry>> = HashMap::new();
    for (index, item, data) in store::sales(db, network, &commitments).await? {
        let item = <Hash>::try_from(item).ok().and_then(|item| of.get(&item));
        if let Some(item) = item {
            sales.entry(*item).or_default().push(Entry::of(index, data)?);
        }
    }
    Ok(sales)
}

/// The newest signed head, or the one of exactly that size; none where there is none.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn head(db: &mut Conn, network: NetworkId, size: Option<u64>) -> Result<Option<Head>, Fault> {
    // No log is longer than what the database counts.
    let Ok(size) = size.map(i64::try_from).transpose() else { return Ok(None) };
    let Some(signed) = store::checkpoint(db, network, size).await? else { return Ok(None) };
    Ok(Some(Head { size: store::unsigned(signed.size)?, note: signed.note, signed_at: signed.signed_at }))
}

/// The proofs that those leaves are in the log of that size, which is no longer than it is; in their order. A
/// million leaves are three tiles high: what is read is a handful of rows.
///
/// # Errors
/// [`Fault`] when the database refuses, or a leaf is not in that log.
pub async fn prove(
    db: &mut Conn,
    network: NetworkId,
    size: u64,
    leaves: &[u64],
) -> Result<Vec<Vec<Hash>>, Fault> {
    let mut wanted = Wanted::default();
    for leaf in leaves {
        let Ok(_) = merkle::inclusion(*leaf, size, &mut |height, index| wanted.node(height, index));
    }
    let tiles = store::tiles(db, network, &wanted.0).await?;
    let mut proofs = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let proof = merkle::inclusion(*leaf, size, &mut |height, index| tiles.node(height, index))?;
        proofs.push(proof.ok_or_else(|| Fault::new("a leaf that is not under its head"))?);
    }
    Ok(proofs)
}

/// The proof that the log of size `old` is the beginning of that of size `new`, which is no longer than it is; none
/// where there is none to give.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn prove_growth(
    db: &mut Conn,
    network: NetworkId,
    old: u64,
    new: u64,
) -> Result<Option<Vec<Hash>>, Fault> {
    let mut wanted = Wanted::default();
    let Ok(_) = merkle::consistency(old, new, &mut |height, index| wanted.node(height, index));
    let tiles = store::tiles(db, network, &wanted.0).await?;
    merkle::consistency(old, new, &mut |height, index| tiles.node(height, index))
}

/// The log's public key as text; none where no log has begun.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn vkey(db: &mut Conn, network: NetworkId) -> Result<Option<String>, Fault> {
    store::vkey(db, network).await
}

/// The first `width` hashes of a tile, side by side; none where it has not that many (yet).
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn tile(
    db: &mut Conn,
    network: NetworkId,
    id: TileId,
    width: usize,
) -> Result<Option<Vec<u8>>, Fault> {
    let tiles: Tiles = store::tiles(db, network, &BTreeSet::from([id])).await?;
    Ok(tiles.get(id).and_then(|hashes| hashes.get(..width)).map(<[Hash]>::concat))
}

/// The data of the first `width` leaves of a tile of leaves, each behind its length in two bytes; none where there
/// are not that many (yet).
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn entries(
    db: &mut Conn,
    network: NetworkId,
    index: u64,
    width: usize,
) -> Result<Option<Vec<u8>>, Fault> {
    let Some(first) = index.checked_mul(WIDTH as u64).filter(|first| i64::try_from(*first).is_ok()) else {
        return Ok(None);
    };
    let leaves = store::data(db, network, first, width).await?;
    if leaves.len() != width {
        return Ok(None);
    }
    let mut bundle = Vec::new();
    for data in leaves {
        let length = u16::try_from(data.len()).map_err(|_| Fault::new("a leaf is too long"))?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(data.as_bytes());
    }
    Ok(Some(bundle))
}
