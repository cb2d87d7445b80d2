//! What operators, sites and suppliers do: money in and on, cards, prices, rights.

use super::Way;
use crate::{
    run::{Outcome, Settle},
    support::{Client, cny, id, uuid},
    world::money,
};
use serde_json::{Value, json};

const WALLET_CREDIT: &str =
    "mutation($i: WalletCreditInput!) { walletCredit(input: $i) { wallet { id } errors { code } } }";
const WALLET_TRANSFER: &str =
    "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { wallet { id } errors { code } } }";
const CARDS_IMPORT: &str = "mutation($i: CardsImportInput!) { cardsImport(input: $i) {
  import { id status accepted duplicates } errors { code } } }";
const PRICE_RULE_SET: &str =
    "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { belowCost { id } errors { code } } }";
const GRANT_CREATE: &str =
    "mutation($i: GrantCreateInput!) { grantCreate(input: $i) { grant { id } errors { code } } }";
const GRANT_REVOKE: &str = "mutation($g: ID!) { grantRevoke(input: {grantId: $g}) { errors { code } } }";

/// How many new cards an import brings.
pub const CARDS: u64 = 25;

impl Way<'_> {
    /// Money from outside: to a buyer, or now and then to a site.
    pub(super) async fn credit(&mut self) {
        let who = self.somebody();
        let world = &self.run.world;
        let to_site = self.dice.chance(15);
        let place = &world.places[world.buyers[who].place];
        let wallet = if to_site { &place.wallet } else { &world.buyers[who].wallet };
        let amount = 100_000 + i64::try_from(self.dice.below(100_000)).unwrap();
        let variables = json!({"i": {
            "walletId": wallet, "amount": money(amount), "reference": "bank",
            "idempotencyKey": format!("walletCredit-{}", self.number),
        }});
        let facts = json!({"to": wallet, "amount": amount});
        let operator = &world.shop.operator;
        let call = self.call("walletCredit", operator, WALLET_CREDIT, variables, facts, Settle::Key);
        self.run.ask(call, &mut self.dice).await;
    }

    /// A site gives one of its buyers something.
    pub(super) async fn transfer(&mut self) {
        let who = self.somebody();
        let world = &self.run.world;
        let owner = world.places[world.buyers[who].place].site.owner.clone();
        self.pay(&owner, who, "").await;
    }

    // The outcome of a transfer to a buyer.
    async fn pay(&mut self, from: &Client, who: usize, turn: &str) -> Outcome {
        let wallet = &self.run.world.buyers[who].wallet;
        let amount = 5_000 + i64::try_from(self.dice.below(5_000)).unwrap();
        let key = format!("walletTransfer-{}{turn}", self.number);
        let variables = json!({"i": {"walletId": wallet, "amount": money(amount), "idempotencyKey": key}});
        let facts = json!({"to": wallet, "amount": amount});
        let mut call = self.call("walletTransfer", from, WALLET_TRANSFER, variables, facts, Settle::Key);
        call.key = key;
        self.run.ask(call, &mut self.dice).await
    }

    /// Cards, one of them twice.
    pub(super) async fn import(&mut self) {
        let world = &self.run.world;
        // In a fixed width: to a fingerprint, signs between letters and digits are nothing.
        let cards: Vec<String> = (0..CARDS).map(|at| format!("CHAOS-{:06}-{at:03}", self.number)).collect();
        let content = format!("{}\n{}", cards.join("\n"), cards[0]);
        let variables = json!({"i": {
            "variantId": world.shop.variant, "format": "LINES", "content": content,
            "idempotencyKey": format!("cardsImport-{}", self.number),
        }});
        let supplier = &world.shop.supplier.owner;
        let call = self.call("cardsImport", supplier, CARDS_IMPORT, variables, json!({}), Settle::Key);
        if let Outcome::Done(_) = self.run.ask(call.clone(), &mut self.dice).await {
            self.run.imports.lock().unwrap().push(call);
        }
    }

    /// Another price: a site's own, or of the tier above for all of its sites.
    pub(super) async fn price(&mut self) {
        let world = &self.run.world;
        let (who, input) = if self.dice.chance(75) {
            let place = self.dice.pick(&world.places);
            let add = *self.dice.pick(&["2.50", "3.00", "3.50", "4.00"]);
            (&place.site.owner, json!({"rule": {"add": cny(add)}}))
        } else {
            let markup = *self.dice.pick(&[900, 1_000, 1_100]);
            (&world.shop.a.owner, json!({"forEveryone": true, "rule": {"markupBasisPoints": markup}}))
        };
        let call =
            self.call("priceRuleSet", who, PRICE_RULE_SET, json!({"i": input}), json!({}), Settle::Nothing);
        self.run.ask(call, &mut self.dice).await;
    }

    /// A helper may pay for a while: until its grant is taken back, and not once more.
    pub(super) async fn grant(&mut self) {
        let who = self.somebody();
        let place = &self.run.world.places[self.run.world.buyers[who].place];
        // One at a time, so that it is known which grant lets a helper do what.
        let Ok(helper) = place.helper.try_lock() else { return };
        let input = json!({"i": {"principalId": helper.user, "role": "finance"}});
        let owner = &place.site.owner;
        let create = self.call("grantCreate", owner, GRANT_CREATE, input, json!({}), Settle::Nothing);
        let created = self.run.ask(create, &mut self.dice).await;
        self.pay(&helper.client, who, "-granted").await;
        // Where it is not known whether it was granted, all that are found are taken back.
        let mut certain = matches!(created, Outcome::Done(_));
        for (turn, grant) in self.grants(owner, &helper.user).await.into_iter().enumerate() {
            let facts = json!({"grant": grant});
            let mut revoke =
                self.call("grantRevoke", owner, GRANT_REVOKE, json!({"g": grant}), facts, Settle::Nothing);
            revoke.key = format!("{}-{turn}", revoke.key);
            certain &= matches!(self.run.ask(revoke, &mut self.dice).await, Outcome::Done(_));
        }
        for turn in ["-revoked", "-revoked-again"] {
            if let Outcome::Done(_) = self.pay(&helper.client, who, turn).await
                && certain
            {
                self.run.violation(format!("{} paid after its grant was taken back", helper.user));
            }
        }
    }

    async fn grants(&self, owner: &Client, user: &str) -> Vec<String> {
        let all = self.run.look(owner, "{ grants { id principalId role } }", json!({})).await;
        let ours = |grant: &&Value| {
            let holder = grant["principalId"].as_str().unwrap();
            grant["role"] == "finance" && uuid(holder) == uuid(user)
        };
        all.as_array().unwrap().iter().filter(ours).map(id).collect()
    }
}
