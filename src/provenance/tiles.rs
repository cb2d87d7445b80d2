//! Tiles: 256 neighbours of every eighth level together, as C2SP tlog-tiles cuts a tree. Pure.
//!
//! A full tile never changes. What grows is the edge: the unfinished tile of each level, from which the head and every
//! tile above follow.

use super::merkle::{self, Hash};
use crate::foundation::Fault;
use std::collections::{BTreeSet, HashMap};

/// Hashes in a full tile.
pub const WIDTH: usize = 256;
const BITS: u32 = 8;

/// Which tile: its level (0 are leaves) and its place on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// Eight levels of the tree each.
    pub level: u32,
    /// From the left, from 0.
    pub index: u64,
}

impl TileId {
    /// How many hashes it has in a log of that size.
    pub fn width(self, size: u64) -> usize {
        let nodes = size.checked_shr(BITS * self.level).unwrap_or(0);
        let before = self.index.saturating_mul(WIDTH as u64);
        usize::try_from(nodes.saturating_sub(before)).unwrap_or(WIDTH).min(WIDTH)
    }

    // Where a node's hashes are: the tile, and from where to where in it.
    fn of(height: u32, index: u64) -> (Self, std::ops::Range<usize>) {
        let (level, within) = (height / BITS, height % BITS);
        let first = index << within;
        let at = usize::try_from(first % WIDTH as u64).unwrap_or(0);
        (Self { level, index: first / WIDTH as u64 }, at..at + (1 << within))
    }
}

/// The unfinished right side of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// As it is stored: the log's size, and the unfinished tile of each level.
    ///
    /// # Errors
    /// [`Fault`] when that can't be the edge of a log of that size.
    pub fn from_rows(size: u64, rows: &[Vec<u8>]) -> Result<Self, Fault> {
        let levels = rows.iter().map(|row| hashes(row)).collect::<Result<Vec<_>, _>>()?;
        let fits = (0..).zip(&levels).all(|(level, hashes)| {
            let nodes = size.checked_shr(BITS * level).unwrap_or(0);
            u64::try_from(hashes.len()) == Ok(nodes % WIDTH as u64)
        });
        let above = size.checked_shr(BITS * u32::try_from(levels.len()).unwrap_or(0)).unwrap_or(0);
        if fits && above == 0 {
            Ok(Self { size, levels })
        } else {
            Err(Fault::new("the log's edge is another's"))
        }
    }

    /// The unfinished tile of each level, for storage.
    pub fn rows(&self) -> Vec<Vec<u8>> {
        self.levels.iter().map(|hashes| hashes.concat()).collect()
    }

    /// How many leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf; `full` is told each tile that it completes.
    pub fn append(&mut self, leaf: Hash, mut full: impl FnMut(TileId, &[Hash])) {
        self.size += 1;
        let mut node = leaf;
        for level in 0.. {
            let at = usize::try_from(level).unwrap_or(usize::MAX);
            if self.levels.len() <= at {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[at];
            hashes.push(node);
            if hashes.len() < WIDTH {
                return;
            }
            full(TileId { level, index: (self.size >> (BITS * (level + 1))) - 1 }, hashes);
            node = merkle::root(hashes);
            hashes.clear();
        }
    }

    /// The head of the whole log.
    pub fn head(&self) -> Hash {
        // Complete subtrees from the left, the largest first: those of the highest level.
        let mut peaks = Vec::new();
        for hashes in self.levels.iter().rev() {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let (peak, more) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(merkle::root(peak));
                rest = more;
            }
        }
        let mut peaks = peaks.into_iter().rev();
        match peaks.next() {
            Some(last) => peaks.fold(last, |right, left| merkle::node_hash(&left, &right)),
            None => merkle::empty_root(),
        }
    }

    /// The unfinished tile, where it is one.
    pub fn tile(&self, id: TileId) -> Option<&[Hash]> {
        let hashes = self.levels.get(usize::try_from(id.level).ok()?)?;
        let here = self.size.checked_shr(BITS * (id.level + 1)).unwrap_or(0);
        (id.index == here && !hashes.is_empty()).then_some(hashes)
    }
}

/// Tiles that were read, to compute nodes from.
#[derive(Clone, Debug, Default)]
pub struct Tiles(HashMap<TileId, Vec<Hash>>);

impl Tiles {
    /// Adds one.
    pub fn insert(&mut self, id: TileId, hashes: Vec<Hash>) {
        self.0.insert(id, hashes);
    }

    /// One of them.
    pub fn get(&self, id: TileId) -> Option<&[Hash]> {
        self.0.get(&id).map(Vec::as_slice)
    }

    /// The node of that height and place.
    ///
    /// # Errors
    /// [`Fault`] when its tile is not among them or too short.
    pub fn node(&self, height: u32, index: u64) -> Result<Hash, Fault> {
        let (id, range) = TileId::of(height, index);
        let hashes = self.0.get(&id).and_then(|tile| tile.get(range));
        hashes.map(merkle::root).ok_or_else(|| Fault::new(format!("a tile is missing: {id:?}")))
    }
}

/// Which tiles a computation reads: run it with a function that answers nothing of use and notes what it is asked.
#[derive(Clone, Debug, Default)]
pub struct Wanted(pub BTreeSet<TileId>);

impl Wanted {
    /// Notes a node's tile.
    ///
    /// # Errors
    /// Never.
    pub fn node(&mut self, height: u32, index: u64) -> Result<Hash, std::convert::Infallible> {
        self.0.insert(TileId::of(height, index).0);
        Ok([0; 32])
    }
}

/// Hashes from their bytes side by side.
///
/// # Errors
/// [`Fault`] for another length than a multiple of 32.
pub fn hashes(bytes: &[u8]) -> Result<Vec<Hash>, Fault> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() { Ok(hashes.to_vec()) } else { Err(Fault::new("a tile is not whole hashes")) }
}

/// The place of a tile in a path: `x001/x234/067`, with `.p/12` for one of 12 hashes.
pub fn path(index: u64, width: usize) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH { format!("{path}.p/{width}") } else { path }
}

/// What [`path`] wrote, and nothing else: index and width.
pub fn parse_path(text: &str) -> Option<(u64, usize)> {
    // 2^56 leaves have tiles of at most six groups.
    if text.len() > 40 {
        return None;
    }
    let (place, width) = match text.split_once(".p/") {
        Some((place, width)) => (place, width.parse().ok()?),
        None => (text, WIDTH),
    };
    let mut index: u64 = 0;
    for group in place.split('/') {
        let digits = group.trim_start_matches('x');
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    ((1..=WIDTH).contains(&width) && path(index, width) == text).then_some((index, width))
}
