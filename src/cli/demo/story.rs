//! What has happened at the demo: orders bought, delivered by hand, given up; claims at every desk.

use super::{
    data::{Claim, Order, Step, Story},
    goods::Shelf,
    people::{People, money},
};
use crate::cli::{
    client::{Client, list, text},
    evidence,
};
use anyhow::{Context, Result};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// Plays every order: each buyer's in turn, the buyers beside each other. Answers how many claims there are.
pub(super) async fn play(people: &People, shelf: &Shelf, story: &Story) -> Result<usize> {
    let buyers: BTreeSet<&str> = story.orders.iter().map(|order| order.buyer.as_str()).collect();
    try_join_all(buyers.into_iter().map(|buyer| play_one(people, shelf, story, buyer))).await?;
    Ok(story.orders.iter().map(|order| order.claims.len()).sum())
}

async fn play_one(people: &People, shelf: &Shelf, story: &Story, email: &str) -> Result<()> {
    let buyer = people.buyer(email)?;
    let listings = buyer.get("{ listings(first: 100) { nodes { id variantId } } }", json!({})).await?;
    let mut by_variant = HashMap::new();
    for listing in list(&listings, "/nodes")? {
        by_variant.insert(text(listing, "/variantId")?, text(listing, "/id")?);
    }
    for (at, order) in story.orders.iter().enumerate().filter(|(_, order)| order.buyer == email) {
        let scene = Scene { people, shelf, buyer, at };
        scene.play(order, &by_variant).await.with_context(|| format!("order {} of the demo", at + 1))?;
    }
    Ok(())
}

struct Scene<'a> {
    people: &'a People,
    shelf: &'a Shelf,
    buyer: &'a Client,
    at: usize,
}

impl Scene<'_> {
    async fn play(&self, order: &Order, listings: &HashMap<&str, &str>) -> Result<()> {
        let placed = self.place(order, listings).await?;
        let id = text(&placed, "/id")?;
        if order.cancel && placed["status"] == "PAID" {
            let document =
                "mutation($i: OrderCancelInput!) { orderCancel(input: $i) { errors { code message } } }";
            self.buyer.done(document, json!({"i": {"orderId": id}})).await?;
        }
        let first = &list(&placed, "/lines")?[0];
        if !order.deliver.is_empty() && list(first, "/deliveries")?.is_empty() {
            let document = "mutation($i: OrderLineDeliverInput!) {
  orderLineDeliver(input: $i) { errors { code message } }
}";
            let contents: Vec<Value> = order.deliver.iter().map(|done| json!({"secret": done})).collect();
            let input = json!({"orderLineId": text(first, "/id")?, "contents": contents});
            self.supplier(order, 0)?.done(document, json!({"i": input})).await?;
        }
        let lines = list(&placed, "/lines")?.iter().enumerate();
        let mut units = Vec::new();
        for (line, of_line) in lines {
            units.extend(list(of_line, "/deliveries")?.iter().map(|unit| (line, unit)));
        }
        for (_, unit) in units.iter().filter(|(_, unit)| order.reveal && unit["revealedAt"].is_null()) {
            let document = "mutation($i: DeliveryRevealInput!) { deliveryReveal(input: $i) { errors { code message } } }";
            self.buyer.done(document, json!({"i": {"deliveryId": text(unit, "/id")?}})).await?;
        }
        for claim in &order.claims {
            let (line, unit) = units.get(claim.unit).context("a claim on a unit that is not there")?;
            self.claim(order, claim, *line, text(unit, "/id")?).await?;
        }
        Ok(())
    }

    async fn place(&self, order: &Order, listings: &HashMap<&str, &str>) -> Result<Value> {
        let fields: Vec<Value> =
            order.fields.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        let mut lines = Vec::new();
        for (sku, quantity) in &order.lines {
            let variant = self.shelf.item(sku)?.variant.as_str();
            let listing = listings.get(variant).with_context(|| format!("{sku} is not listed"))?;
            let plan = if order.plan { self.plan_of(listing).await? } else { Value::Null };
            lines.push(json!({"listingId": listing, "quantity": quantity, "fields": fields,
                              "planId": plan}));
        }
        let document = "query($lines: [ListingLineInput!]!, $code: String) {
  quote(lines: $lines, couponCode: $code) { total { amount } }
}";
        let quote = self.buyer.get(document, json!({"lines": lines, "code": order.coupon})).await?;
        let document = "mutation($i: OrderPlaceInput!) {
  orderPlace(input: $i) {
    order { id status lines { id deliveries { id revealedAt } } }
    errors { code message }
  }
}";
        let input = json!({"idempotencyKey": format!("demo-order-{}", self.at + 1), "lines": lines,
                           "expectedTotal": money(text(&quote, "/total/amount")?), "payWith": {"wallet": true},
                           "couponCode": order.coupon});
        let mut placed = self.buyer.done(document, json!({"i": input})).await?;
        Ok(placed["order"].take())
    }

    async fn plan_of(&self, listing: &str) -> Result<Value> {
        let document = "query($l: ID!) { listing(id: $l) { plans { id } } }";
        let seen = self.buyer.get(document, json!({"l": listing})).await?;
        seen.pointer("/plans/0/id").cloned().context("a good without a plan")
    }

    fn supplier(&self, order: &Order, line: usize) -> Result<&Client> {
        let (sku, _) = order.lines.get(line).context("an order without that line")?;
        self.people.owner(&self.shelf.item(sku)?.supplier)
    }

    async fn claim(&self, order: &Order, claim: &Claim, line: usize, delivery: &str) -> Result<()> {
        let document = "mutation($i: WarrantyClaimOpenInput!) {
  warrantyClaimOpen(input: $i) { claim { id history { to } } errors { code message } }
}";
        let input = json!({"idempotencyKey": format!("demo-claim-{}-{}", self.at + 1, claim.unit),
                           "deliveryId": delivery, "reason": claim.reason, "wanted": claim.wanted,
                           "description": claim.description});
        let opened = self.buyer.done(document, json!({"i": input})).await?;
        let id = text(&opened, "/claim/id")?;
        if !claim.evidence.is_empty() {
            evidence::submit(self.buyer, id, &claim.evidence).await?;
        }
        // What an earlier start has done already: the first entry is the opening, a grant has two.
        let mut done = list(&opened, "/claim/history")?.len().saturating_sub(1);
        for step in &claim.steps {
            let entries = if step.1 == "approve" { 2 } else { 1 };
            if done >= entries {
                done -= entries;
                continue;
            }
            self.step(order, step, line, id).await?;
        }
        Ok(())
    }

    async fn step(
        &self,
        order: &Order,
        Step(who, what, said): &Step,
        line: usize,
        claim: &str,
    ) -> Result<()> {
        let who = match who.as_str() {
            "buyer" => self.buyer,
            "site" => self.people.owner(self.buyer.tenant())?,
            "supplier" => self.supplier(order, line)?,
            other => self.people.owner(if other == "operator" { "demo" } else { other })?,
        };
        let (mutation, kind) = match what.as_str() {
            "handOver" => ("HandOver", "Note"),
            "requestInfo" => ("RequestInfo", "Note"),
            "provideInfo" => ("ProvideInfo", "Note"),
            "appeal" => ("Appeal", "Note"),
            "withdraw" => ("Withdraw", "Note"),
            "approve" => ("Approve", "Approve"),
            "reject" => ("Reject", "Reject"),
            other => anyhow::bail!("no step is called {other}"),
        };
        let mut input = said.clone();
        input["claimId"] = json!(claim);
        if let Some(amount) = said.get("amount").and_then(Value::as_str) {
            input["amount"] = money(amount);
        }
        let document = format!(
            "mutation($i: WarrantyClaim{kind}Input!) {{
  warrantyClaim{mutation}(input: $i) {{ errors {{ code message }} }}
}}"
        );
        who.done(&document, json!({"i": input})).await?;
        Ok(())
    }
}
