//! A leaf: one step of one item, as it is published. Pure.
//!
//! Its data is one line of JSON, always in the same form, so that whoever knows what happened can write it again to
//! the byte. Nothing in it names anything: item, subject and terms are commitments, SHA-256 over a salt and what is
//! meant. An item's salt is always the same, so that its steps are seen to be of one thing, whatever that is.

use super::{
    StepKind,
    merkle::{Hash, leaf_hash},
};
use crate::foundation::Moment;
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::SecondsFormat;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What opens a commitment, 256 bits that nobody can guess.
pub type Salt = [u8; 32];

/// The longest data that a leaf can have, bytes.
pub const MAX_DATA: usize = 1_024;

/// The commitment to what is sold.
pub fn commit_item(salt: &Salt, item: Uuid) -> Hash {
    commit("cardamom item v1", salt, item.as_bytes())
}

/// The commitment to what a step was for.
pub fn commit_subject(salt: &Salt, subject: Uuid) -> Hash {
    commit("cardamom subject v1", salt, subject.as_bytes())
}

/// The commitment to the terms that it was sold under, by their hash; salted as the sale's subject.
pub fn commit_terms(salt: &Salt, terms: &Hash) -> Hash {
    commit("cardamom terms v1", salt, terms)
}

fn commit(purpose: &str, salt: &Salt, what: &[u8]) -> Hash {
    Sha256::new().chain_update(purpose).chain_update(salt).chain_update(what).finalize().into()
}

/// One step of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The commitment to it.
    pub item: Hash,
    /// Its place in the item's own history, from 1.
    pub step_no: i32,
    /// What happened.
    pub kind: StepKind,
    /// When, by the database's clock.
    pub at: Moment,
    /// The hash of the item's previous leaf.
    pub previous: Option<Hash>,
    /// The commitment to what it was for.
    pub subject: Option<Hash>,
    /// The commitment to the terms of a sale.
    pub terms: Option<Hash>,
}

impl Leaf {
    /// What is hashed and published.
    pub fn data(&self) -> String {
        let or_null = |hash: &Option<Hash>| match hash {
            Some(hash) => format!("\"{}\"", STANDARD.encode(hash)),
            None => "null".into(),
        };
        format!(
            r#"{{"v":1,"item":"{}","n":{},"step":"{}","at":"{}","previous":{},"subject":{},"terms":{}}}"#,
            STANDARD.encode(self.item),
            self.step_no,
            self.kind,
            self.at.to_rfc3339_opts(SecondsFormat::Micros, true),
            or_null(&self.previous),
            or_null(&self.subject),
            or_null(&self.terms),
        )
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> Hash {
        leaf_hash(self.data().as_bytes())
    }

    /// What [`data`](Self::data) wrote, and nothing that is written in another way.
    pub fn parse(text: &str) -> Option<Self> {
        #[derive(Deserialize)]
        struct Written<'a> {
            item: &'a str,
            n: i32,
            step: &'a str,
            at: &'a str,
            previous: Option<&'a str>,
            subject: Option<&'a str>,
            terms: Option<&'a str>,
        }
        if text.len() > MAX_DATA {
            return None;
        }
        let written: Written<'_> = serde_json::from_str(text).ok()?;
        let optional = |text: Option<&str>| match text {
            Some(text) => Some(Some(hash_of(text)?)),
            None => Some(None),
        };
        let leaf = Self {
            item: hash_of(written.item)?,
            step_no: written.n,
            kind: StepKind::of(written.step)?,
            at: chrono::DateTime::parse_from_rfc3339(written.at).ok()?.to_utc(),
            previous: optional(written.previous)?,
            subject: optional(written.subject)?,
            terms: optional(written.terms)?,
        };
        (leaf.data() == text).then_some(leaf)
    }
}

/// A hash, or a salt, from base64.
pub fn hash_of(text: &str) -> Option<Hash> {
    if text.len() != 44 {
        return None;
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// A hash, or a salt, as it is written everywhere: base64 with padding.
pub fn written(hash: &Hash) -> String {
    STANDARD.encode(hash)
}
