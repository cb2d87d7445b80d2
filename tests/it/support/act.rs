//! What people do again and again in a shop.

use super::{Client, ORDER_PLACE, Shop, Site, fresh, id, minor};
use serde_json::{Value, json};

/// Opens a claim.
pub const CLAIM_OPEN: &str = "mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) {
  claim { id status desk dueAt reason description wanted delivery { id status } } errors { code message path } } }";

/// Approves one.
pub const CLAIM_APPROVE: &str = "mutation($i: WarrantyClaimApproveInput!) { warrantyClaimApprove(input: $i) {
  claim { id status desk dueAt remedy { kind bearer amount { amount } replacement { id status warrantyEndsAt } }
          delivery { id status replacedBy { id } } order { status refunded { amount } } }
  errors { __typename code message path ... on InsufficientFunds { missing { amount } } ... on OutOfStock { available } } } }";

/// Refuses one.
pub const CLAIM_REJECT: &str = "mutation($i: WarrantyClaimRejectInput!) { warrantyClaimReject(input: $i) {
  claim { id status desk dueAt rejection { reason note appealUntil } delivery { status } } errors { code message path } } }";

/// Cancels an order.
pub const ORDER_CANCEL: &str = "mutation($o: ID!) { orderCancel(input: {orderId: $o}) {
  order { id status refunded { amount } } errors { code message path } } }";

/// Hands over units of a line.
pub const LINE_DELIVER: &str = "mutation($i: OrderLineDeliverInput!) { orderLineDeliver(input: $i) {
  order { id status lines { id deliveries { id status } } } errors { code message path } } }";

/// Shows what was bought.
pub const REVEAL: &str = "mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) {
  delivery { id revealedAt } content { secret number password } errors { code message path } } }";

/// Reads a claim.
pub const CLAIM: &str = "query($c: ID!) { warrantyClaim(id: $c) { id status desk dueAt
  rejection { reason note appealUntil } remedy { kind bearer amount { amount } }
  history { at from to desk note } delivery { id status } } }";

/// A step that takes a claim and a note, e.g. `HandOver`.
pub fn claim_step(step: &str) -> String {
    format!(
        "mutation($i: WarrantyClaimNoteInput!) {{ warrantyClaim{step}(input: $i) {{
           claim {{ id status desk dueAt delivery {{ status }} }} errors {{ code message path }} }} }}"
    )
}

/// An amount of the network's currency.
pub fn cny(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

impl Client {
    /// What the caller's wallet has and what is held, in minor units.
    pub async fn money(&self) -> (i64, i64) {
        let wallet = self.get("{ wallet { available { amount } held { amount } } }", json!({})).await;
        (minor(&wallet["available"]), minor(&wallet["held"]))
    }

    /// The caller's wallet's id.
    pub async fn wallet_id(&self) -> String {
        id(&self.get("{ wallet { id } }", json!({})).await)
    }

    /// Places an order that must succeed.
    pub async fn place(&self, input: Value) -> Value {
        self.done(ORDER_PLACE, input).await["order"].clone()
    }

    /// How many orders the caller can see.
    pub async fn order_count(&self) -> usize {
        let orders = self.get("{ orders(first: 100) { nodes { id } } }", json!({})).await;
        orders["nodes"].as_array().unwrap().len()
    }

    /// Opens a claim that must be accepted.
    pub async fn claim(&self, delivery: &str) -> String {
        let made = self.done(CLAIM_OPEN, claim_on(delivery, "INVALID", &fresh("claim"))).await;
        id(&made["claim"])
    }

    /// The claim as the caller sees it.
    pub async fn see(&self, claim: &str) -> Value {
        self.get(CLAIM, json!({"c": claim})).await
    }

    /// Takes a step with a note that must be done; answers the claim.
    pub async fn step(&self, step: &str, claim: &str) -> Value {
        self.done(&claim_step(step), json!({"i": {"claimId": claim, "note": "As said."}})).await["claim"]
            .clone()
    }

    /// Tries a step with a note that must be refused; answers its code.
    pub async fn cannot(&self, step: &str, claim: &str) -> String {
        let input = json!({"i": {"claimId": claim, "note": "As said."}});
        self.refused(&claim_step(step), input).await.remove(0)
    }

    /// Refuses a claim; answers it.
    pub async fn reject(&self, claim: &str) -> Value {
        let input = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "It was used."}});
        self.done(CLAIM_REJECT, input).await["claim"].clone()
    }
}

/// A claim's input.
pub fn claim_on(delivery: &str, reason: &str, key: &str) -> Value {
    json!({"i": {"deliveryId": delivery, "reason": reason, "description": "It says: used up.", "idempotencyKey": key}})
}

/// The first delivery of an order's first line.
pub fn delivery(order: &Value) -> String {
    id(&order["lines"][0]["deliveries"][0])
}

/// An order's input: lines of (listing, quantity) for that total.
pub fn order_of(lines: &[(String, i32)], total: &str) -> Value {
    let lines: Vec<Value> =
        lines.iter().map(|(listing, quantity)| json!({"listingId": listing, "quantity": quantity})).collect();
    json!({"i": {"idempotencyKey": fresh("key"), "lines": lines, "expectedTotal": cny(total), "payWith": {"wallet": true}}})
}

/// A variant's listing at a site.
pub fn listing_of(site: &Site, variant: &str) -> String {
    format!("lst_{}{}", &site.id[4..], &variant[4..])
}

impl Shop {
    /// A buyer of site B with one card of the fixture, all its money spent: the buyer and the delivery.
    pub async fn sold(&self) -> (Client, String) {
        self.stock(1).await;
        let buyer = self.buyer(9_540).await;
        let order = buyer.place(self.order(1, "95.40", &fresh("key"))).await;
        (buyer, delivery(&order))
    }

    /// A product of the supplier's with one variant at 80.00, approved, with whatever else it is made with: the
    /// variant.
    pub async fn offer(&self, kind: &str, more: Value) -> String {
        let mut input = json!({
            "title": fresh("Starfall"), "kind": kind,
            "variants": [{"sku": fresh("sku"), "title": "100", "settlementPrice": cny("80.00")}],
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) {
          product { id variants { id } } errors { code message path } } }";
        let made = self.supplier.owner.done(create, json!({"i": input})).await;
        let product = json!({"p": id(&made["product"])});
        for (who, step) in [(&self.supplier.owner, "productSubmit"), (&self.operator, "productApprove")] {
            let document =
                format!("mutation($p: ID!) {{ {step}(input: {{productId: $p}}) {{ errors {{ code }} }} }}");
            who.done(&document, product.clone()).await;
        }
        id(&made["product"]["variants"][0])
    }

    /// Sets a rule of a site or the operator.
    pub async fn price(&self, who: &Client, input: Value) -> Value {
        who.done(
            "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { belowCost { id } errors { code message path } } }",
            json!({"i": input}),
        )
        .await
    }

    /// Changes the network's settings.
    pub async fn settings(&self, input: Value) {
        let set =
            "mutation($i: NetworkSettingsSetInput!) { networkSettingsSet(input: $i) { errors { code } } }";
        self.operator.done(set, json!({"i": input})).await;
    }

    /// Suspends (`tenantSuspend`) or reinstates (`tenantReinstate`) a tenant.
    pub async fn decide(&self, by: &Client, decision: &str, tenant: &str) {
        let document = format!(
            "mutation($t: ID!) {{ {decision}(input: {{tenantId: $t}}) {{ tenant {{ status }} errors {{ code }} }} }}"
        );
        by.done(&document, json!({"t": tenant})).await;
    }

    /// What everyone has and holds, in the fixture's order: supplier, operator, A, B.
    pub async fn purses(&self) -> [(i64, i64); 4] {
        [
            self.supplier.owner.money().await,
            self.operator.money().await,
            self.a.owner.money().await,
            self.b.owner.money().await,
        ]
    }

    /// Everybody's money in the books, by kind of account: credit less debit, minor units; the books balance.
    pub async fn books(&self) -> std::collections::BTreeMap<String, i64> {
        let books = self
            .operator
            .get(
                "{ trialBalance { balanced lines { account debit { amount } credit { amount } } } }",
                json!({}),
            )
            .await;
        assert_eq!(books["balanced"], json!(true), "{books}");
        let lines = books["lines"].as_array().unwrap();
        lines
            .iter()
            .map(|line| {
                (line["account"].as_str().unwrap().into(), minor(&line["credit"]) - minor(&line["debit"]))
            })
            .collect()
    }
}
