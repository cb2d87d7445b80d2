//! Everything that a shop does, once or twice.

use crate::support::{Client, EVIDENCE_ADD, ORDER_PLACE, Shop, Site, fresh, id, site};
use serde_json::{Value, json};

/// Plays it. Some orders and claims are left open, as in any shop.
pub async fn play(shop: &Shop) {
    let owner = |site: &Site| site.owner.clone();
    let (a, b, supplier) = (owner(&shop.a), owner(&shop.b), owner(&shop.supplier));
    let secrets = shop.stock(24).await;
    staff(&b).await;
    imports(shop, &secrets).await;

    // Money in, down the tree, and to a buyer.
    let mei = shop.buyer(500_000).await;
    let lin = shop.buyer(500_000).await;
    for who in [&shop.operator, &a] {
        shop.credit(&wallet(who).await, 100_000).await;
    }
    transfer(&a, &wallet(&b).await, "400.00").await;
    transfer(&b, &wallet(&mei).await, "12.34").await;

    // From stock: revealed, and one with two lines.
    let first = units(&mei.done(ORDER_PLACE, shop.order(3, "286.20", &fresh("key"))).await);
    for delivery in &first {
        for _ in 0..2 {
            mei.done(REVEAL, json!({"d": delivery})).await;
        }
    }
    plan_and_coupon(shop, &mei).await;
    let by_hand = made_by_hand(shop).await;
    orders_by_hand(shop, &lin, &by_hand).await;

    // Claims, one of each ending.
    let mut stock = Vec::new();
    for _ in 0..4 {
        stock.extend(units(&lin.done(ORDER_PLACE, shop.order(3, "286.20", &fresh("key"))).await));
    }
    let claims = Claims { buyer: &lin, site: &b, supplier: &supplier, operator: &shop.operator };
    let approve = |claim: &str, remedy: &str, amount: Option<&str>, bearer: Option<&str>| {
        let amount = amount.map(|amount| json!({"amount": amount, "currency": "CNY"}));
        json!({"claimId": claim, "remedy": remedy, "amount": amount, "bearer": bearer})
    };
    // The site pays alone: a part, another card, a compensation.
    for (remedy, amount) in [("REFUND", Some("31.80")), ("REPLACE", None), ("COMPENSATE", Some("5.00"))] {
        let claim = claims.open(&stock.remove(0)).await;
        claims.step(claims.site, "Approve", approve(&claim, remedy, amount, None)).await;
    }
    // The supplier undoes the sale, whole and in part, and gives another card.
    for (remedy, amount) in [("REFUND", None), ("REFUND", Some("31.80")), ("REPLACE", None)] {
        let claim = claims.open(&stock.remove(0)).await;
        claims.step(claims.site, "HandOver", note(&claim)).await;
        claims.step(claims.supplier, "Approve", approve(&claim, remedy, amount, None)).await;
    }
    // Asked, answered, refused, appealed; the operator names who pays.
    let claim = claims.open(&stock.remove(0)).await;
    claims.step(claims.site, "RequestInfo", note(&claim)).await;
    claims.step(claims.buyer, "ProvideInfo", note(&claim)).await;
    claims.step(claims.site, "Reject", reject(&claim)).await;
    claims.step(claims.buyer, "Appeal", note(&claim)).await;
    claims.step(claims.operator, "Approve", approve(&claim, "REFUND", None, Some("OPERATOR"))).await;
    // Refused for good; given up; and left open, one of them asked.
    let claim = claims.open(&stock.remove(0)).await;
    claims.step(claims.site, "Reject", reject(&claim)).await;
    claims.step(claims.buyer, "Appeal", note(&claim)).await;
    claims.step(claims.operator, "Reject", reject(&claim)).await;
    let claim = claims.open(&stock.remove(0)).await;
    claims.step(claims.buyer, "Withdraw", note(&claim)).await;
    let claim = claims.open(&stock.remove(0)).await;
    claims.step(claims.site, "RequestInfo", note(&claim)).await;
    let claim = claims.open(&stock.remove(0)).await;
    let mut uploads = Vec::new();
    for text in ["It said: used up.", "And then: used up."] {
        uploads.push(lin.sent("claimId", &claim, "log.txt", text.into()).await);
    }
    lin.done(EVIDENCE_ADD, json!({"i": {"claimId": claim, "uploadIds": uploads}})).await;
    lin.sent("claimId", &claim, "unused.txt", "Never submitted.".into()).await;
    lin.announce("claimId", &claim, "never-sent.txt", 9).await;
    settled(shop, &lin, &b, &supplier).await;
    shop.close().await;
}

// One settled by an offer, with something said and noted; a batch taken back, and a deposit.
async fn settled(shop: &Shop, lin: &Client, b: &Client, supplier: &Client) {
    let batch = shop.stock(2).await;
    let mut sold = Vec::new();
    for _ in 0..2 {
        sold.extend(units(&lin.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await));
    }
    assert_eq!(batch.len(), 2);
    let claims = Claims { buyer: lin, site: b, supplier, operator: &shop.operator };
    let claim = claims.open(&sold[0]).await;
    let say = "mutation($c: ID!) { claimMessagePost(input: {claimId: $c, body: \"Which page?\"}) { message { id } errors { code } } }";
    b.done(say, json!({"c": claim})).await;
    let note =
        "mutation($c: ID!) { claimNoteAdd(input: {claimId: $c, note: \"Again.\"}) { errors { code } } }";
    b.done(note, json!({"c": claim})).await;
    let offer = "mutation($i: ClaimOfferMakeInput!) { claimOfferMake(input: $i) { offer { id } errors { code message } } }";
    let amount = json!({"amount": "1.00", "currency": "CNY"});
    let made =
        b.done(offer, json!({"i": {"claimId": claim, "remedy": "COMPENSATE", "amount": amount}})).await;
    let accept = "mutation($o: ID!) { claimOfferAccept(input: {offerId: $o}) { errors { code message } } }";
    lin.done(accept, json!({"o": id(&made["offer"])})).await;
    // A batch of a variant of its own, so that what is sold is of it.
    let variant = shop.offer("CARD", json!({})).await;
    let batch = format!("{}\n{}", fresh("BATCH"), fresh("BATCH"));
    let import = shop.import(&variant, &batch, &fresh("import")).await;
    let listing = crate::support::listing_of(&shop.b, &variant);
    let bought = units(&lin.done(ORDER_PLACE, crate::support::order_of(&[(listing, 1)], "95.40")).await);
    assert_eq!(bought.len(), 1);
    let recall = "mutation($i: RecallCreateInput!) { recallCreate(input: $i) { recall { id units } errors { code message } } }";
    let input = json!({"importId": id(&import["import"]), "reason": "REVOKED", "remedy": "REFUND", "note": "Taken back."});
    let made = supplier.done(recall, json!({"i": input})).await["recall"].clone();
    let confirm = "mutation($r: ID!) { recallConfirm(input: {recallId: $r}) { errors { code message } } }";
    supplier.done(confirm, json!({"r": id(&made)})).await;
    crate::support::wait_until("the recall is done", async || {
        let seen = supplier
            .get("query($r: ID!) { recall(id: $r) { status refunded } }", json!({"r": id(&made)}))
            .await;
        (seen["status"] == "DONE").then_some(())
    })
    .await;
    shop.credit(&wallet(supplier).await, 5_000).await;
    let deposit =
        "mutation($i: SupplierDepositInput!) { supplierDepositAdd(input: $i) { errors { code message } } }";
    let amount = json!({"amount": "20.00", "currency": "CNY"});
    supplier.done(deposit, json!({"i": {"amount": amount, "idempotencyKey": fresh("deposit")}})).await;
}

const REVEAL: &str =
    "mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) { content { secret } errors { code } } }";

// One order with both, that stands, and one with the coupon, that is given up.
async fn plan_and_coupon(shop: &Shop, buyer: &Client) {
    shop.stock(1).await;
    let cny = |amount: &str| json!({"amount": amount, "currency": "CNY"});
    let plans = "mutation($i: ProductPlansSetInput!) { productPlansSet(input: $i) { product { plans { id } } errors { code } } }";
    let plan = json!({"title": "Two months", "days": 60, "price": cny("9.99"), "remedies": ["REFUND"]});
    let set =
        shop.supplier.owner.done(plans, json!({"i": {"productId": shop.product, "plans": [plan]}})).await;
    let create =
        "mutation($i: CouponCreateInput!) { couponCreate(input: $i) { coupon { code } errors { code } } }";
    let coupon = json!({"i": {"code": "SPRING", "takes": {"amount": cny("1.00")}, "usesPerBuyer": 5}});
    shop.b.owner.done(create, coupon).await;
    let mut order = shop.order(1, "104.39", &fresh("key"));
    order["i"]["lines"][0]["planId"] = set["product"]["plans"][0]["id"].clone();
    order["i"]["couponCode"] = json!("SPRING");
    buyer.place(order).await;
    let by_hand = shop.offer("TOP_UP", json!({})).await;
    let mut order = crate::support::order_of(&[(crate::support::listing_of(&shop.b, &by_hand), 1)], "94.40");
    order["i"]["couponCode"] = json!("SPRING");
    let placed = buyer.place(order).await;
    buyer.done(crate::support::ORDER_CANCEL, json!({"o": placed["id"]})).await;
}

async fn staff(b: &Client) {
    let email = format!("{}@staff.example", fresh("wei"));
    let input = json!({"email": email, "password": "password", "displayName": "Wei", "role": "support"});
    let made = b
        .done("mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message } } }", json!({"i": input}))
        .await;
    b.sign_in(&email, "password").await;
    let user = json!({"u": id(&made["user"])});
    b.done("mutation($u: ID!) { staffDisable(input: {userId: $u}) { errors { code } } }", user).await;
    let input = json!({"name": "program", "role": "integrator"});
    b.done(
        "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { errors { code message } } }",
        json!({"i": input}),
    )
    .await;
}

// The same cards again, and from another supplier.
async fn imports(shop: &Shop, secrets: &[String]) {
    let content = format!("{}\n{}\n{}\n", secrets[0], fresh("NEW"), fresh("NEW"));
    shop.import(&shop.variant, &content, &fresh("import")).await;
    let other = Shop {
        url: shop.url.clone(),
        operator: shop.operator.clone(),
        supplier: site(&shop.operator, "SUPPLIER", "sup", None).await,
        a: shop.a.clone(),
        b: shop.b.clone(),
        product: String::new(),
        variant: String::new(),
    };
    let (_, variant) = other.product("CARD", "10.00", crate::support::Terms::default()).await;
    other.import(&variant, &format!("{}\n{}\n", secrets[1], fresh("OTHER")), &fresh("import")).await;
}

async fn wallet(of: &Client) -> String {
    id(&of.get("{ wallet { id } }", json!({})).await)
}

async fn transfer(from: &Client, to: &str, amount: &str) {
    let amount = json!({"amount": amount, "currency": "CNY"});
    let input = json!({"walletId": to, "amount": amount, "idempotencyKey": fresh("transfer")});
    from.done(
        "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { errors { code message path } } }",
        json!({"i": input}),
    )
    .await;
}

// Every unit's delivery.
fn units(placed: &Value) -> Vec<String> {
    let lines = placed["order"]["lines"].as_array().unwrap();
    lines.iter().flat_map(|line| line["deliveries"].as_array().unwrap()).map(id).collect()
}

// A service of the supplier's, listed at site B at the fixture's price.
async fn made_by_hand(shop: &Shop) -> String {
    let input = json!({
        "title": fresh("Top-up"), "kind": "TOP_UP",
        "variants": [{"sku": fresh("sku"), "title": "100", "fulfilment": "MANUAL",
                      "settlementPrice": {"amount": "80.00", "currency": "CNY"}}],
        "warranty": {"durationSeconds": 259_200, "decisionWithinSeconds": 172_800,
                     "coveredReasons": ["NOT_DELIVERED"], "remedies": ["REFUND"]},
    });
    let made = shop.supplier.owner.done("mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code message path } } }", json!({"i": input})).await;
    let product = json!({"p": id(&made["product"])});
    let submit = "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code } } }";
    shop.supplier.owner.done(submit, product.clone()).await;
    let approve = "mutation($p: ID!) { productApprove(input: {productId: $p}) { errors { code } } }";
    shop.operator.done(approve, product).await;
    let variant = id(&made["product"]["variants"][0]);
    format!("lst_{}{}", &shop.b.id[4..], &variant[4..])
}

// One handed over in two parts, one in part only, one given up, and one with a card beside it.
async fn orders_by_hand(shop: &Shop, buyer: &Client, listing: &str) {
    let place = async |quantity: i32, with_card: bool| {
        let mut lines = vec![json!({"listingId": listing, "quantity": quantity})];
        if with_card {
            lines.push(json!({"listingId": shop.listing(&shop.b), "quantity": 1}));
        }
        let total = 9_540 * (quantity + i32::from(with_card));
        let total = format!("{}.{:02}", total / 100, total % 100);
        let input = json!({"idempotencyKey": fresh("key"), "lines": lines, "payWith": {"wallet": true},
                           "expectedTotal": {"amount": total, "currency": "CNY"}});
        buyer.done(ORDER_PLACE, json!({"i": input})).await["order"].clone()
    };
    let hand = async |order: &Value, count: usize| {
        let contents: Vec<Value> = (0..count).map(|_| json!({"secret": fresh("DONE")})).collect();
        let input = json!({"orderLineId": id(&order["lines"][0]), "contents": contents});
        shop.supplier.owner.done("mutation($i: OrderLineDeliverInput!) { orderLineDeliver(input: $i) { order { lines { deliveries { id } } } errors { code message path } } }", json!({"i": input})).await
    };
    let whole = place(2, false).await;
    hand(&whole, 1).await;
    let delivered = units(&hand(&whole, 1).await);
    buyer.done(REVEAL, json!({"d": delivered[0]})).await;
    hand(&place(3, false).await, 1).await;
    place(1, true).await;
    place(2, false).await;
    let given_up = json!({"o": id(&place(2, false).await)});
    buyer.done("mutation($o: ID!) { orderCancel(input: {orderId: $o}) { errors { code } } }", given_up).await;
}

struct Claims<'a> {
    buyer: &'a Client,
    site: &'a Client,
    supplier: &'a Client,
    operator: &'a Client,
}

impl Claims<'_> {
    async fn open(&self, delivery: &str) -> String {
        let input = json!({"deliveryId": delivery, "reason": "INVALID", "description": "It does not work.",
                           "idempotencyKey": fresh("claim")});
        let opened = self.buyer.done("mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { id } errors { code message path } } }", json!({"i": input})).await;
        id(&opened["claim"])
    }

    async fn step(&self, who: &Client, step: &str, input: Value) {
        let kind = if matches!(step, "Approve" | "Reject") { step } else { "Note" };
        let document = format!(
            "mutation($i: WarrantyClaim{kind}Input!) {{ warrantyClaim{step}(input: $i) {{ claim {{ status }} errors {{ code message path }} }} }}"
        );
        who.done(&document, json!({"i": input})).await;
    }
}

fn note(claim: &str) -> Value {
    json!({"claimId": claim, "note": "As said."})
}

fn reject(claim: &str) -> Value {
    json!({"claimId": claim, "note": "It was used.", "reason": "USED_BY_BUYER"})
}
