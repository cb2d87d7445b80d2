//! The tree: hashes, heads and proofs as RFC 9162 (section 2.1) defines them. Pure.
//!
//! A node is named by its height and its place among the complete nodes of that height, from the left: a leaf is
//! (0, index). Whoever has the nodes lends a function that answers them.

use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

/// The hash of a leaf's data.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// The hash of a node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The head of a tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The head of a tree over these hashes, whatever their count.
pub fn root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(1 << (more.len() - 1).ilog2());
            node_hash(&root(left), &root(right))
        }
    }
}

// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

// The head of the leaves from `start` on, `size` of them; `start` is a multiple of what they are rounded up to.
fn range<E>(start: u64, size: u64, node: &mut impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    if size.is_power_of_two() {
        let height = size.ilog2();
        return node(height, start >> height);
    }
    let left = split(size);
    Ok(node_hash(&range(start, left, node)?, &range(start + left, size - left, node)?))
}

/// The head of the tree of the first `size` leaves.
///
/// # Errors
/// Whatever `node` answers.
pub fn head<E>(size: u64, node: &mut impl FnMut(u32, u64) -> Result<Hash, E>) -> Result<Hash, E> {
    if size == 0 { Ok(empty_root()) } else { range(0, size, node) }
}

/// The proof that leaf `index` is in the tree of the first `size` leaves, the lowest sibling first; none where it is
/// not in that tree.
///
/// # Errors
/// Whatever `node` answers.
pub fn inclusion<E>(
    index: u64,
    size: u64,
    node: &mut impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if index >= size {
        return Ok(None);
    }
    let (mut start, mut left_over, mut proof) = (0, size, Vec::new());
    // From the top down; the proof is the other way round.
    while left_over > 1 {
        let left = split(left_over);
        if index - start < left {
            proof.push(range(start + left, left_over - left, node)?);
            left_over = left;
        } else {
            proof.push(range(start, left, node)?);
            start += left;
            left_over -= left;
        }
    }
    proof.reverse();
    Ok(Some(proof))
}

/// The proof that the tree of the first `old` leaves is the beginning of that of the first `new`; none where it is
/// longer or empty.
///
/// # Errors
/// Whatever `node` answers.
pub fn consistency<E>(
    old: u64,
    new: u64,
    node: &mut impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Option<Vec<Hash>>, E> {
    if old == 0 || old > new {
        return Ok(None);
    }
    let (mut start, mut old, mut new, mut whole) = (0, old, new, true);
    let mut proof = Vec::new();
    while old != new {
        let left = split(new);
        if old <= left {
            proof.push(range(start + left, new - left, node)?);
            new = left;
        } else {
            proof.push(range(start, left, node)?);
            start += left;
            old -= left;
            new -= left;
            whole = false;
        }
    }
    if !whole {
        proof.push(range(start, new, node)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Whether the proof leads from the leaf's hash to the head (RFC 9162, 2.1.3.2).
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], head: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *head
}

/// Whether the proof shows that the tree with the head `old_head` is the beginning of the one with `new_head`
/// (RFC 9162, 2.1.4.2).
pub fn verify_consistency(old: u64, old_head: &Hash, new: u64, new_head: &Hash, proof: &[Hash]) -> bool {
    if old == 0 || old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_head == new_head;
    }
    let (mut place, mut last) = (old - 1, new - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    // A power of two is its own first node, which the proof leaves out.
    let (first, rest) = if old.is_power_of_two() {
        (*old_head, proof)
    } else {
        match proof.split_first() {
            Some((first, rest)) => (*first, rest),
            None => return false,
        }
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_head && new_hash == *new_head
}
