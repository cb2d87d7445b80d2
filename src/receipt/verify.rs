//! Whether a receipt is true, from the file alone: no database, no network. Pure.
//!
//! Each thing that must be so is looked at, whatever became of the others, so that the answer names the part that is
//! not. What a receipt can't show by itself is whose key it was signed with: the answer says which, and a key or a
//! head that was kept from elsewhere settles it.

use super::{
    canonical::canonical,
    file::{self, Body, Delivery, File, Line},
};
use crate::{
    foundation::{Currency, Money, id},
    provenance::{Checkpoint, Hash, Leaf, StepKind, Vkey, leaf, merkle},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use uuid::Uuid;

/// The file is not a receipt that this version reads, and why.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

/// What else is known, from elsewhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The text of a head of the log that was kept.
    pub checkpoint: Option<&'a str>,
    /// The text of the log's public key.
    pub vkey: Option<&'a str>,
}

/// What came of one thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is so.
    True,
    /// It is not, and why.
    Wrong(String),
    /// The receipt does not hold what would tell.
    Untold(String),
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What.
    pub part: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a receipt.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What it says.
    pub body: Body,
    /// The short name of what it says.
    pub fingerprint: Hash,
    /// How many leaves are under its head; 0 where that is not to be read.
    pub under: u64,
    /// Everything that was looked at, in this order.
    pub checks: Vec<Check>,
}

impl Verdict {
    /// Everything is so.
    pub fn is_true(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::True)
    }

    /// The parts that are not so, or can't be told.
    pub fn wrong(&self) -> Vec<&str> {
        self.checks
            .iter()
            .filter(|check| check.outcome != Outcome::True)
            .map(|check| check.part.as_str())
            .collect()
    }
}

/// Reads a receipt and looks at everything in it.
///
/// # Errors
/// [`Unreadable`] when it is not one.
pub fn verify(text: &str, known: Known<'_>) -> Result<Verdict, Unreadable> {
    let unreadable = |why: &str| Unreadable(format!("this is not a receipt: {why}"));
    if text.len() > file::MAX_BYTES {
        return Err(unreadable("it is too long"));
    }
    let File { receipt, signature } =
        serde_json::from_str(text).map_err(|why| unreadable(&why.to_string()))?;
    let canonical = canonical(&receipt).ok_or_else(|| unreadable("it holds a fraction"))?;
    let body: Body = serde_json::from_value(receipt).map_err(|why| unreadable(&why.to_string()))?;
    if body.kind != file::TYPE || body.v != file::VERSION {
        return Err(unreadable("its type or version is another"));
    }
    let fingerprint = file::fingerprint(&canonical);
    let mut look = Look(Vec::new());
    let vkey = Vkey::parse(&body.network.vkey);
    look.at("key", key(vkey.as_ref(), &body, known.vkey));
    let signed = vkey.as_ref().is_some_and(|vkey| {
        let signature = STANDARD.decode(&signature).unwrap_or_default();
        vkey.verifies(&file::message(&canonical), &signature)
    });
    look.at("signature", so(signed, "it was not made by the key over what the receipt says"));
    let head = vkey.as_ref().and_then(|vkey| Checkpoint::open(&body.checkpoint, vkey));
    look.at("checkpoint", so(head.is_some(), "it is no head that the key signed"));
    look.at("order", total(&body));
    let mut seen = HashSet::new();
    for line in &body.lines {
        look.at(&format!("line {}", line.id), line_holds(line, &body.order.currency));
        for delivery in &line.deliveries {
            unit(&mut look, line, delivery, head.as_ref());
            let part = format!("delivery {}: sold once", delivery.id);
            let twice = "another unit of the receipt is the same card or the same leaf";
            let fresh = seen.insert(delivery.item.id.clone()) & seen.insert(delivery.leaf.index.to_string());
            look.at(&part, so(fresh, twice));
        }
    }
    if let Some(kept) = known.checkpoint {
        look.at("kept checkpoint", against(kept, vkey.as_ref(), head.as_ref(), &body));
    }
    let under = head.map_or(0, |head| head.size);
    Ok(Verdict { body, fingerprint, under, checks: look.0 })
}

struct Look(Vec<Check>);

impl Look {
    fn at(&mut self, part: &str, outcome: Outcome) {
        self.0.push(Check { part: part.to_owned(), outcome });
    }
}

fn so(holds: bool, why_not: &str) -> Outcome {
    if holds { Outcome::True } else { Outcome::Wrong(why_not.to_owned()) }
}

fn key(vkey: Option<&Vkey>, body: &Body, known: Option<&str>) -> Outcome {
    match (vkey, known) {
        (None, _) => Outcome::Wrong("it is not a log's public key".into()),
        (Some(vkey), _) if vkey.name() != format!("cardamom/log/{}", body.network.id) => {
            Outcome::Wrong("it is not the key of the network that the receipt names".into())
        }
        (Some(_), None) => Outcome::True,
        (Some(_), Some(known)) => {
            so(known.trim() == body.network.vkey, "it is another than the one that was given")
        }
    }
}

// What the lines cost is what was paid.
fn total(body: &Body) -> Outcome {
    let sum = || {
        let currency = Currency::of(&body.order.currency).ok()?;
        let amount = |text: &str| Money::parse_positive(text, currency).ok().map(|money| money.minor);
        let mut sum: i64 = 0;
        for line in &body.lines {
            sum = sum.checked_add(amount(line.terms.get("total")?.as_str()?)?)?;
        }
        Some(sum == amount(&body.order.total)?)
    };
    so(sum() == Some(true), "its lines do not cost together what was paid")
}

fn line_holds(line: &Line, currency: &str) -> Outcome {
    let first = line.deliveries.iter().filter(|delivery| delivery.replaces.is_none()).count();
    let holds = line.terms.get("currency").and_then(Value::as_str) == Some(currency)
        && line.terms.get("quantity").and_then(Value::as_u64).is_some_and(|most| first as u64 <= most);
    so(holds, "it has more units than were sold, or another currency")
}

fn unit(look: &mut Look, line: &Line, delivery: &Delivery, head: Option<&Checkpoint>) {
    let part = |what: &str| format!("delivery {}: {what}", delivery.id);
    let leaf = Leaf::parse(&delivery.leaf.data);
    let is_sale = leaf
        .as_ref()
        .is_some_and(|leaf| leaf.kind == StepKind::Sold && file::moment(leaf.at) == delivery.delivered_at);
    look.at(&part("sale"), so(is_sale, "its leaf is not a sale at the time when it was delivered"));
    let included = || {
        let head = head?;
        let proof: Option<Vec<Hash>> = delivery.proof.iter().map(|hash| leaf::hash_of(hash)).collect();
        let hash = merkle::leaf_hash(delivery.leaf.data.as_bytes());
        Some(merkle::verify_inclusion(&hash, delivery.leaf.index, head.size, &proof?, &head.head))
    };
    look.at(
        &part("inclusion"),
        so(included() == Some(true), "the proof does not lead from its leaf to the head"),
    );
    let item = || {
        let salt = leaf::hash_of(&delivery.item.salt)?;
        Some(leaf::commit_item(&salt, item_id(delivery)?) == leaf.as_ref()?.item)
    };
    look.at(&part("item"), so(item() == Some(true), "its leaf is about something else"));
    let subject = || {
        let salt = leaf::hash_of(&delivery.salt)?;
        let id = id::parse("dlv", &delivery.id).ok()?;
        Some(leaf.as_ref()?.subject == Some(leaf::commit_subject(&salt, id)))
    };
    look.at(&part("commitment"), so(subject() == Some(true), "its leaf is the sale of another delivery"));
    let terms = || {
        let salt = leaf::hash_of(&delivery.salt)?;
        let hash = Sha256::digest(canonical(&line.terms)?).into();
        Some(leaf.as_ref()?.terms == Some(leaf::commit_terms(&salt, &hash)))
    };
    look.at(
        &part("terms"),
        so(terms() == Some(true), "it was sold under other terms than the receipt shows"),
    );
}

// A card, or what was handed over by hand: then the delivery itself.
fn item_id(delivery: &Delivery) -> Option<Uuid> {
    match id::parse("crd", &delivery.item.id) {
        Ok(card) => Some(card),
        Err(_) if delivery.item.id == delivery.id => id::parse("dlv", &delivery.id).ok(),
        Err(_) => None,
    }
}

// Two heads of one log: one is the beginning of the other, or somebody was shown another log.
fn against(kept: &str, vkey: Option<&Vkey>, head: Option<&Checkpoint>, body: &Body) -> Outcome {
    let Some((vkey, head)) = vkey.zip(head) else {
        return Outcome::Wrong("the receipt has no head to compare it with".into());
    };
    let Some(kept) = Checkpoint::open(kept, vkey) else {
        return Outcome::Wrong("it is no head that the receipt's key signed".into());
    };
    if kept.size == head.size {
        return so(
            kept.head == head.head,
            "the log of this size was another: somebody was shown a different one",
        );
    }
    let growth = body.growth.as_ref().filter(|growth| growth.from == kept.size);
    let Some(growth) = growth.filter(|_| kept.size < head.size) else {
        return Outcome::Untold(format!(
            "it is of size {}, the receipt's of {}, and the receipt does not lead from one to the other; ask for one \
             with since: \"{0}\"",
            kept.size, head.size
        ));
    };
    let proof: Option<Vec<Hash>> = growth.proof.iter().map(|hash| leaf::hash_of(hash)).collect();
    let grown = proof.is_some_and(|proof| {
        merkle::verify_consistency(kept.size, &kept.head, head.size, &head.head, &proof)
    });
    so(grown, "the log under it is not the beginning of the receipt's: it was altered")
}
