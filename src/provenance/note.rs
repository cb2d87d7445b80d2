//! Signed heads: C2SP checkpoints in C2SP signed notes, and the text form of the key that verifies them. Pure.

use super::merkle::Hash;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

// Ed25519 in the signed notes' list of algorithms.
const ALGORITHM: u8 = 1;
/// The longest note that is read; others may add their signatures to one.
pub const MAX_NOTE: usize = 16 << 10;

/// A public key with its name: `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vkey {
    name: String,
    public: [u8; 32],
}

impl Vkey {
    /// The key of that name.
    pub fn new(name: impl Into<String>, public: [u8; 32]) -> Self {
        Self { name: name.into(), public }
    }

    /// The name: a log's origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first bytes of its signatures.
    pub fn id(&self) -> [u8; 4] {
        let hash: [u8; 32] = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ALGORITHM])
            .chain_update(self.public)
            .finalize()
            .into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// Reads the text form; none where it is another, or its hash is not the key's.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 512 {
            return None;
        }
        let mut parts = text.splitn(3, '+');
        let (name, _, key) = (parts.next()?, parts.next()?, parts.next()?);
        let key = STANDARD.decode(key).ok()?;
        let public = key.strip_prefix(&[ALGORITHM])?.try_into().ok()?;
        let vkey = Self::new(name, public);
        (is_name(name) && vkey.to_string() == text).then_some(vkey)
    }

    /// Whether that is this key's signature of the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.public).verify(message, signature).is_ok()
    }
}

impl std::fmt::Display for Vkey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let id = u32::from_be_bytes(self.id());
        let key = STANDARD.encode([&[ALGORITHM], self.public.as_slice()].concat());
        write!(f, "{}+{id:08x}+{key}", self.name)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|sign: char| sign.is_whitespace() || sign == '+')
}

/// How long a log is and what its head is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Leaves.
    pub size: u64,
    /// The head of the tree over them.
    pub head: Hash,
}

impl Checkpoint {
    /// What is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.head))
    }

    /// The note that says it, signed.
    pub fn note(&self, key: &Vkey, signature: &[u8]) -> String {
        let signed = STANDARD.encode([key.id().as_slice(), signature].concat());
        format!("{}\n\u{2014} {} {signed}\n", self.text(), key.name())
    }

    /// Reads a note of that key's log; none where it is not one, or not signed by the key.
    pub fn open(note: &str, key: &Vkey) -> Option<Self> {
        let (text, checkpoint) = Self::unverified(note)?;
        let signatures = note.get(text.len() + 1..)?;
        let signed = signatures.lines().any(|line| {
            let signature = line
                .strip_prefix("\u{2014} ")
                .and_then(|rest| rest.strip_prefix(key.name()))
                .and_then(|rest| rest.strip_prefix(' '))
                .and_then(|signature| STANDARD.decode(signature).ok());
            signature.is_some_and(|signature| {
                signature.strip_prefix(&key.id()).is_some_and(|rest| key.verifies(text.as_bytes(), rest))
            })
        });
        (signed && checkpoint.origin == key.name()).then_some(checkpoint)
    }

    // The text that is signed and what it says, whoever signed it.
    fn unverified(note: &str) -> Option<(&str, Self)> {
        if note.len() > MAX_NOTE || !note.ends_with('\n') {
            return None;
        }
        let text = note.get(..note.find("\n\n")? + 1)?;
        let mut lines = text.lines();
        let (origin, size, head) = (lines.next()?, lines.next()?, lines.next()?);
        let checkpoint =
            Self { origin: origin.to_owned(), size: size.parse().ok()?, head: super::leaf::hash_of(head)? };
        // More lines than these are another's extension: signed, but not what we write.
        (checkpoint.text() == text).then_some((text, checkpoint))
    }
}
