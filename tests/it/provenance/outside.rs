//! An outside verifier: it knows what the log publishes and nothing of the program, and hashes with a crate of
//! somebody else's.

use base64::{Engine, engine::general_purpose::STANDARD};
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash, mem_backed_tree::MemoryBackedTree};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Whoever keeps a copy of a log.
pub struct Copy {
    base: String,
    http: reqwest::Client,
    /// The leaves as they were served.
    pub leaves: Vec<String>,
}

/// How many leaves a head is over.
pub fn size(checkpoint: &str) -> u64 {
    checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

/// The head itself, as the crate has it.
pub fn root(checkpoint: &str) -> RootHash<Sha256> {
    let bytes = STANDARD.decode(checkpoint.lines().nth(2).unwrap()).unwrap();
    RootHash::new(<[u8; 32]>::try_from(bytes).unwrap().into(), size(checkpoint))
}

// C2SP's way of writing where a tile is.
fn place(index: u64, width: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    if width < 256 { format!("{path}.p/{width}") } else { path }
}

impl Copy {
    /// Of the log at that path, nothing copied yet.
    pub fn of(url: &str, path: &str) -> Self {
        Self { base: format!("{url}{path}"), http: reqwest::Client::new(), leaves: Vec::new() }
    }

    /// Asks for something of the log.
    pub async fn get(&self, what: &str) -> reqwest::Response {
        self.http.get(format!("{}{what}", self.base)).send().await.unwrap()
    }

    /// The same as text that must be there.
    pub async fn text(&self, what: &str) -> String {
        let answer = self.get(what).await;
        assert_eq!(answer.status(), 200, "{what}");
        answer.text().await.unwrap()
    }

    /// The bytes of something that must be there.
    pub async fn bytes(&self, what: &str) -> Vec<u8> {
        let answer = self.get(what).await;
        assert_eq!(answer.status(), 200, "{what}");
        let caching = answer.headers()["cache-control"].to_str().unwrap().to_owned();
        assert!(caching.contains("immutable"), "{what}: {caching}");
        answer.bytes().await.unwrap().to_vec()
    }

    /// Copies the leaves up to a head.
    pub async fn follow(&mut self, size: u64) {
        self.leaves.clear();
        for index in 0..size.div_ceil(256) {
            let width = (size - index * 256).min(256);
            let bundle = self.bytes(&format!("tile/entries/{}", place(index, width))).await;
            let mut rest = bundle.as_slice();
            while let [high, low, more @ ..] = rest {
                let (entry, more) = more.split_at(usize::from(u16::from_be_bytes([*high, *low])));
                self.leaves.push(String::from_utf8(entry.to_vec()).unwrap());
                rest = more;
            }
        }
        assert_eq!(self.leaves.len() as u64, size);
    }

    /// The copy as a tree of the crate's, of its first leaves.
    pub fn tree(&self, size: u64) -> MemoryBackedTree<Sha256, String> {
        let mut tree = MemoryBackedTree::new();
        for leaf in &self.leaves[..usize::try_from(size).unwrap()] {
            tree.push(leaf.clone());
        }
        tree
    }

    /// The tiles of leaves are the hashes of the copied leaves, and those above the hashes of those below.
    pub async fn tiles_fit(&self, size: u64) {
        let mut below: Vec<[u8; 32]> = self
            .leaves
            .iter()
            .map(|leaf| Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
            .collect();
        below.truncate(usize::try_from(size).unwrap());
        for level in 0.. {
            if below.is_empty() {
                break;
            }
            for (index, hashes) in (0..).zip(below.chunks(256)) {
                let path = format!("tile/{level}/{}", place(index, hashes.len() as u64));
                assert_eq!(self.bytes(&path).await, hashes.concat(), "{path}");
            }
            below = below.chunks_exact(256).map(perfect).collect();
        }
    }
}

/// A step's proof leads to a head, by the crate's word.
pub fn includes(checkpoint: &str, step: &Value) {
    let proof = step["proof"].as_array().unwrap();
    let digests: Vec<_> = proof.iter().map(digest).collect();
    let proof = InclusionProof::<Sha256>::from_digests(digests.iter());
    let index = step["leafIndex"].as_str().unwrap().parse().unwrap();
    let leaf = step["leaf"].as_str().unwrap();
    root(checkpoint).verify_inclusion(&leaf, index, &proof).unwrap();
    assert!(root(checkpoint).verify_inclusion(&"another", index, &proof).is_err());
}

/// A hash as it is written in JSON.
pub fn digest(text: &Value) -> digest::Output<Sha256> {
    <[u8; 32]>::try_from(STANDARD.decode(text.as_str().unwrap()).unwrap()).unwrap().into()
}

/// Whether the crate finds that one head's log is the beginning of another's.
pub fn grew(old: &str, new: &str, proof: &Value) -> bool {
    let digests: Vec<_> = proof.as_array().unwrap().iter().map(digest).collect();
    let proof = ConsistencyProof::<Sha256>::from_digests(digests.iter());
    root(new).verify_consistency(&root(old), &proof).is_ok()
}

fn perfect(hashes: &[[u8; 32]]) -> [u8; 32] {
    if let [one] = hashes {
        return *one;
    }
    let (left, right) = hashes.split_at(hashes.len() / 2);
    Sha256::new().chain_update([1]).chain_update(perfect(left)).chain_update(perfect(right)).finalize().into()
}
