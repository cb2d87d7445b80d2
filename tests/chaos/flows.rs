//! What somebody who arrives does: buys, claims, pays, imports, sets prices, gives and takes rights.

use crate::{
    load,
    plan::Dice,
    run::{Call, Outcome, Run},
    support::{id, minor},
    world::money,
};
use serde_json::{Value, json};
use std::sync::Arc;

const ORDER_PLACE: &str = "mutation($i: OrderPlaceInput!) { orderPlace(input: $i) {
  order { id total { amount } lines { id deliveries { id } } }
  errors { code ... on PriceChanged { current { amount } } } } }";

/// One arrival, from its first request to its last.
pub async fn arrive(run: Arc<Run>, number: u64) {
    let mut dice = load::dice(&run, number);
    let way = Way { run: &run, number, dice: &mut dice };
    way.buy().await;
}

/// What one arrival has at hand.
pub struct Way<'a> {
    /// The run.
    pub run: &'a Run,
    /// Which arrival it is.
    pub number: u64,
    /// Its choices.
    pub dice: &'a mut Dice,
}

impl Way<'_> {
    fn somebody(&mut self) -> usize {
        let world = &self.run.world;
        let hot = usize::try_from(self.run.plan.hot_buyers).unwrap();
        let (from, to) = if self.dice.chance(60) { (0, hot) } else { (hot, world.buyers.len()) };
        from + usize::try_from(self.dice.below((to - from) as u64)).unwrap()
    }

    async fn buy(mut self) {
        let who = self.somebody();
        let quantity = if self.dice.chance(80) { 1 } else { 2 };
        let variant = self.run.world.shop.variant.clone();
        self.order(who, &variant, quantity).await;
    }

    /// Places an order at the price that is known, and once more where that has changed: the order.
    pub async fn order(&mut self, who: usize, variant: &str, quantity: i64) -> Option<Value> {
        let buyer = &self.run.world.buyers[who];
        let place = &self.run.world.places[buyer.place];
        for turn in ["", "-again"] {
            let total = *place.price.lock().unwrap() * quantity;
            let key = format!("order-{}{turn}", self.number);
            let listing = self.run.world.listing(buyer.place, variant);
            let call = Call {
                op: "orderPlace",
                who: buyer.client.clone(),
                document: ORDER_PLACE,
                variables: json!({"i": {
                    "idempotencyKey": key, "lines": [{"listingId": listing, "quantity": quantity}],
                    "expectedTotal": money(total), "payWith": {"wallet": true},
                }}),
                facts: json!({"buyer": who, "total": total, "quantity": quantity}),
                key,
                keyed: true,
            };
            match self.run.ask(call, self.dice).await {
                Outcome::Done(payload) => {
                    let order = payload["order"].clone();
                    if minor(&order["total"]) != total {
                        self.run.violation(format!("{} is not for the price that was seen", id(&order)));
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
}
