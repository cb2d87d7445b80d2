//! Warranty: a buyer claims, a desk grants or refuses, or passes it up.

use super::Way;
use crate::{
    run::{Outcome, Settle},
    support::{CLAIM_APPROVE, CLAIM_OPEN, CLAIM_REJECT, Client, claim_on, claim_step, id},
    world::money,
};
use serde_json::{Value, json};

impl Way<'_> {
    /// Claims on a delivery; most of the time somebody decides.
    pub(super) async fn claim(&mut self, who: usize, delivery: &str) {
        let world = &self.run.world;
        let (buyer, site) = (&world.buyers[who].client, &world.places[world.buyers[who].place].site.owner);
        let key = format!("warrantyClaimOpen-{}", self.number);
        let input = claim_on(delivery, "INVALID", &key);
        let facts = json!({"buyer": who, "delivery": delivery});
        let open = self.call("warrantyClaimOpen", buyer, CLAIM_OPEN, input, facts, Settle::Key);
        let Outcome::Done(payload) = self.run.ask(open, &mut self.dice).await else { return };
        let claim = id(&payload["claim"]);
        let supplier = &world.shop.supplier.owner;
        match self.dice.below(100) {
            0..25 => self.approve(site, &claim, json!({"remedy": "REFUND"})).await,
            25..35 => {
                self.approve(site, &claim, json!({"remedy": "REFUND", "amount": money(1_000)})).await;
            }
            35..50 => self.approve(site, &claim, json!({"remedy": "REPLACE"})).await,
            50..60 => {
                self.approve(site, &claim, json!({"remedy": "COMPENSATE", "amount": money(500)})).await;
            }
            60..68 => self.step(buyer, "warrantyClaimWithdraw", "Withdraw", &claim).await,
            68..76 => {
                let input = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "It was used."}});
                self.decide("warrantyClaimReject", site, CLAIM_REJECT, input, &claim).await;
            }
            76..94 => {
                self.step(site, "warrantyClaimHandOver", "HandOver", &claim).await;
                let remedy = if self.dice.chance(70) { "REFUND" } else { "REPLACE" };
                self.approve(supplier, &claim, json!({"remedy": remedy})).await;
            }
            _ => {}
        }
    }

    async fn approve(&mut self, desk: &Client, claim: &str, mut input: Value) {
        input["claimId"] = json!(claim);
        self.decide("warrantyClaimApprove", desk, CLAIM_APPROVE, json!({"i": input}), claim).await;
    }

    async fn step(&mut self, who: &Client, op: &'static str, step: &str, claim: &str) {
        let input = json!({"i": {"claimId": claim, "note": "As said."}});
        self.decide(op, who, &claim_step(step), input, claim).await;
    }

    async fn decide(&mut self, op: &'static str, who: &Client, document: &str, input: Value, claim: &str) {
        let facts = json!({"claim": claim});
        let call = self.call(op, who, document, input, facts, Settle::Claim(claim.to_owned()));
        self.run.ask(call, &mut self.dice).await;
    }
}
