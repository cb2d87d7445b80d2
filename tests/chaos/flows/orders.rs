//! Buying, from stock and by hand, in vain too.

use super::Way;
use crate::{
    plan::Dice,
    run::{Call, Outcome, Settle},
    support::{LINE_DELIVER, ORDER_CANCEL, REVEAL, id, minor},
    world::money,
};
use serde_json::{Value, json};

const ORDER_PLACE: &str = "mutation($i: OrderPlaceInput!) { orderPlace(input: $i) {
  order { id total { amount } lines { id deliveries { id } } }
  errors { code ... on PriceChanged { current { amount } } } } }";

impl Way<'_> {
    /// Buys a card or two; looks at one of them; claims.
    pub(super) async fn buy(&mut self) {
        let who = self.somebody();
        let quantity = if self.dice.chance(80) { 1 } else { 2 };
        let variant = self.run.world.shop.variant.clone();
        let Some(order) = self.order(who, &variant, quantity).await else { return };
        let delivery = id(&order["lines"][0]["deliveries"][0]);
        if self.dice.chance(10) {
            let buyer = &self.run.world.buyers[who].client;
            let variables = json!({"d": delivery});
            let facts = json!({"delivery": delivery});
            let call = self.call("deliveryReveal", buyer, REVEAL, variables, facts, Settle::Nothing);
            self.run.ask(call, &mut self.dice).await;
        }
        if self.dice.chance(30) {
            self.claim(who, &delivery).await;
        }
    }

    /// Orders what is handed over by hand: it is, or is given up, or both at once, or it waits.
    pub(super) async fn by_hand(&mut self) {
        let who = self.somebody();
        let quantity = if self.dice.chance(70) { 1 } else { 3 };
        let variant = self.run.world.by_hand.clone();
        let Some(order) = self.order(who, &variant, quantity).await else { return };
        let contents: Vec<Value> =
            (0..quantity).map(|at| json!({"secret": format!("done {} {at}", self.number)})).collect();
        let supplier = &self.run.world.shop.supplier.owner;
        let (order_id, key) = (id(&order), format!("orderLineDeliver-{}", self.number));
        let variables = json!({"i": {
            "orderLineId": id(&order["lines"][0]), "contents": contents, "idempotencyKey": key,
        }});
        let facts = json!({"order": order_id, "units": quantity});
        let deliver = self.call("orderLineDeliver", supplier, LINE_DELIVER, variables, facts, Settle::Key);
        let variables = json!({"o": order_id});
        let facts = json!({"order": order_id, "buyer": who});
        let buyer = &self.run.world.buyers[who].client;
        let settle = Settle::Order(order_id.clone());
        let cancel = self.call("orderCancel", buyer, ORDER_CANCEL, variables, facts, settle);
        match self.dice.below(100) {
            0..40 => drop(self.run.ask(deliver, &mut self.dice).await),
            40..70 => drop(self.run.ask(cancel, &mut self.dice).await),
            70..90 => {
                let mut other = Dice::of(self.run.plan.seed, "race", self.number);
                let both =
                    tokio::join!(self.run.ask(deliver, &mut self.dice), self.run.ask(cancel, &mut other));
                if let (Outcome::Done(_), Outcome::Done(_)) = both {
                    self.run.violation(format!("{order_id} was handed over and given up"));
                }
            }
            _ => {}
        }
    }

    /// What must be refused: more than there is, another price, another order under a key that was used.
    pub(super) async fn in_vain(&mut self) {
        let who = self.somebody();
        let world = &self.run.world;
        let (card, scarce) = (world.shop.variant.clone(), world.scarce.clone());
        let price = *world.places[world.buyers[who].place].price.lock().unwrap();
        let key = format!("in-vain-{}", self.number);
        let (variant, quantity, total) = match self.dice.below(3) {
            0 => (scarce, 1, price),
            1 => (card, 1_000, price * 1_000),
            _ => (card, 1, price - 1),
        };
        let call = self.order_call(who, &variant, quantity, total, key);
        if let Outcome::Done(payload) = self.run.ask(call, &mut self.dice).await {
            self.run.violation(format!("{} should have been refused", id(&payload["order"])));
        }
    }

    /// Places an order at the price that is known, and once more where that has changed: the order.
    async fn order(&mut self, who: usize, variant: &str, quantity: i64) -> Option<Value> {
        let place = &self.run.world.places[self.run.world.buyers[who].place];
        for turn in ["", "-again"] {
            let total = *place.price.lock().unwrap() * quantity;
            let key = format!("order-{}{turn}", self.number);
            let call = self.order_call(who, variant, quantity, total, key);
            let again = call.clone();
            match self.run.ask(call, &mut self.dice).await {
                Outcome::Done(payload) => {
                    let order = payload["order"].clone();
                    if minor(&order["total"]) != total {
                        self.run.violation(format!("{} is not for the price that was seen", id(&order)));
                    }
                    if self.dice.chance(10) {
                        self.repeat(again, &order).await;
                    }
                    return Some(order);
                }
                Outcome::Refused(errors) if errors[0]["code"] == "PRICE_CHANGED" => {
                    *place.price.lock().unwrap() = minor(&errors[0]["current"]) / quantity;
                }
                _ => return None,
            }
        }
        None
    }

    // The same once more is the same order; under the same key anything else is refused.
    async fn repeat(&mut self, call: Call, order: &Value) {
        if let Outcome::Done(payload) = self.run.ask(call.clone(), &mut self.dice).await
            && id(&payload["order"]) != id(order)
        {
            self.run.violation(format!("{} was answered with two orders", call.key));
        }
        let mut other = call;
        other.variables["i"]["lines"][0]["quantity"] = json!(7);
        other.op = "orderPlace with a used key";
        other.settle = Settle::Nothing;
        if let Outcome::Done(_) = self.run.ask(other.clone(), &mut self.dice).await {
            self.run.violation(format!("{} bought something else as well", other.key));
        }
    }

    fn order_call(&self, who: usize, variant: &str, quantity: i64, total: i64, key: String) -> Call {
        let buyer = &self.run.world.buyers[who];
        let listing = self.run.world.listing(buyer.place, variant);
        Call {
            op: "orderPlace",
            who: buyer.client.clone(),
            document: ORDER_PLACE.into(),
            variables: json!({"i": {
                "idempotencyKey": key, "lines": [{"listingId": listing, "quantity": quantity}],
                "expectedTotal": money(total), "payWith": {"wallet": true},
            }}),
            facts: json!({"buyer": who, "total": total, "quantity": quantity}),
            key,
            settle: Settle::Key,
        }
    }
}
