//! What must be there, from the history alone.

use crate::{
    run::Run,
    support::{id, minor},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// An order that was acknowledged.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// Its buyer.
    pub buyer: usize,
    /// What was paid; minor units.
    pub total: i64,
    /// How much of that went back because it was given up.
    pub cancelled: Option<i64>,
    /// Units that were handed over by hand.
    pub by_hand: u64,
}

/// A claim that was acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Claimed {
    /// Its buyer.
    pub buyer: usize,
    /// Steps that were acknowledged, in order, with what they answered.
    pub steps: Vec<(String, Value)>,
}

/// All of it.
#[derive(Default)]
pub struct Book {
    /// By id.
    pub orders: BTreeMap<String, Ordered>,
    /// By id.
    pub claims: BTreeMap<String, Claimed>,
    /// Money from outside, with what there was at the beginning; minor units.
    pub credited: i64,
    /// What credits and transfers brought to each wallet.
    pub brought: BTreeMap<String, i64>,
    /// By id: how many cards of it were new.
    pub imports: BTreeMap<String, u64>,
    /// The secret of each delivery that was looked at.
    pub secrets: BTreeMap<String, String>,
    /// Grants that were taken back.
    pub revoked: u64,
    // Each key's answer: the same key has no two.
    answers: BTreeMap<(String, String), String>,
}

impl Book {
    /// Reads the history's file: every line that says `ok`.
    pub fn read(path: &Path, run: &Run) -> Self {
        let mut book = Self { credited: run.world.endowment(), ..Self::default() };
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            if line["event"] == "ok" {
                let (op, key) = (line["op"].as_str().unwrap(), line["key"].as_str().unwrap());
                book.done(run, op, key, &line["facts"], &line["is"]);
            }
        }
        book
    }

    /// An operation was done.
    pub fn done(&mut self, run: &Run, op: &str, key: &str, facts: &Value, payload: &Value) {
        let amount = || facts["amount"].as_i64().unwrap();
        match op {
            "orderPlace" => {
                let order = id(&payload["order"]);
                if self.is_new(run, op, key, &order) {
                    let buyer = usize::try_from(facts["buyer"].as_u64().unwrap()).unwrap();
                    let total = facts["total"].as_i64().unwrap();
                    let ordered = Ordered { buyer, total, cancelled: None, by_hand: 0 };
                    if self.orders.insert(order.clone(), ordered).is_some() {
                        run.violation(format!("{order} was answered to two keys"));
                    }
                }
            }
            "orderCancel" => {
                let order = self.orders.get_mut(facts["order"].as_str().unwrap()).unwrap();
                order.cancelled = Some(minor(&payload["order"]["refunded"]));
            }
            "orderLineDeliver" => {
                if self.is_new(run, op, key, facts["order"].as_str().unwrap()) {
                    let order = self.orders.get_mut(facts["order"].as_str().unwrap()).unwrap();
                    order.by_hand = facts["units"].as_u64().unwrap();
                }
            }
            "walletCredit" => {
                let to = facts["to"].as_str().unwrap();
                if self.is_new(run, op, key, to) {
                    self.credited += amount();
                    *self.brought.entry(to.to_owned()).or_default() += amount();
                }
            }
            "walletTransfer" => {
                let to = facts["to"].as_str().unwrap();
                if self.is_new(run, op, key, to) {
                    *self.brought.entry(to.to_owned()).or_default() += amount();
                }
            }
            "cardsImport" => {
                let import = id(&payload["import"]);
                if self.is_new(run, op, key, &import) {
                    self.imports.insert(import, crate::flows::CARDS);
                }
            }
            "warrantyClaimOpen" => {
                let claim = id(&payload["claim"]);
                if self.is_new(run, op, key, &claim) {
                    let buyer = usize::try_from(facts["buyer"].as_u64().unwrap()).unwrap();
                    self.claims.insert(claim, Claimed { buyer, steps: Vec::new() });
                }
            }
            "deliveryReveal" => {
                let (delivery, content) = (facts["delivery"].as_str().unwrap(), &payload["content"]);
                self.revealed(run, delivery, content["secret"].as_str().unwrap());
            }
            "grantRevoke" => self.revoked += 1,
            step if step.starts_with("warrantyClaim") => {
                let claim = self.claims.get_mut(facts["claim"].as_str().unwrap()).unwrap();
                claim.steps.push((step.to_owned(), payload["claim"].clone()));
            }
            "priceRuleSet" | "grantCreate" => {}
            other => panic!("{other}?"),
        }
    }

    fn is_new(&mut self, run: &Run, op: &str, key: &str, answer: &str) -> bool {
        match self.answers.insert((op.to_owned(), key.to_owned()), answer.to_owned()) {
            None => true,
            Some(before) => {
                if before != answer {
                    run.violation(format!("{op} {key} was answered with {before} and with {answer}"));
                }
                false
            }
        }
    }

    /// Whether an operation with a key was done.
    pub fn knows(&self, call: &crate::run::Call) -> bool {
        self.answers.contains_key(&(call.op.to_owned(), call.key.clone()))
    }

    /// A buyer saw what a delivery holds.
    pub fn revealed(&mut self, run: &Run, delivery: &str, secret: &str) {
        match self.secrets.insert(delivery.to_owned(), secret.to_owned()) {
            Some(before) if before != secret => {
                run.violation(format!("{delivery} held two secrets"));
            }
            _ => {}
        }
    }

    /// No card is in two hands.
    pub fn check_secrets(&self, run: &Run) {
        let mut seen = BTreeSet::new();
        for (delivery, secret) in &self.secrets {
            if !seen.insert(secret) {
                run.violation(format!("the card of {delivery} is somebody else's as well"));
            }
        }
    }

    /// Ids of a buyer's orders.
    pub fn orders_of(&self, buyer: usize) -> BTreeSet<&str> {
        let theirs = self.orders.iter().filter(|(_, order)| order.buyer == buyer);
        theirs.map(|(id, _)| id.as_str()).collect()
    }

    /// Ids of a buyer's claims.
    pub fn claims_of(&self, buyer: usize) -> BTreeSet<&str> {
        let theirs = self.claims.iter().filter(|(_, claim)| claim.buyer == buyer);
        theirs.map(|(id, _)| id.as_str()).collect()
    }
}
