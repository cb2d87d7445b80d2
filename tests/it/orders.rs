//! Orders: priced, paid, delivered, and refused.

use crate::support::{
    Client, ORDER_PLACE, REVEAL, Shop, Site, Terms, cny, code, delivery, errors, fresh, id, listing_of,
    minor, order_of, site,
};
use serde_json::{Value, json};

const SUPPLY: &str = "query($o: ID!) { order(id: $o) { status lines { total { amount }
  supply { unitCost { amount } unitPrice { amount } unitProfit { amount } } } } }";

// The first refusal of a payload.
async fn refusal(who: &Client, document: &str, variables: Value) -> Value {
    let answer = who.ask(document, variables).await;
    let payload = answer["data"].as_object().unwrap_or_else(|| panic!("{answer}")).values().next().unwrap();
    assert!(payload["order"].is_null(), "{answer}");
    payload["errors"][0].clone()
}

// Nothing of an order happened: the buyer's money, its orders and the stock are as they were.
async fn untouched(shop: &Shop, buyer: &Client, money: i64, stock: i64) {
    assert_eq!(buyer.money().await, (money, 0));
    assert_eq!(buyer.order_count().await, 0);
    let quote = "query($l: ID!) { quote(lines: [{listingId: $l, quantity: 1000}]) { total { amount } } }";
    let answer = buyer.ask(quote, json!({"l": shop.listing(&shop.b)})).await;
    assert_eq!(answer["errors"][0]["message"], format!("only {stock} are in stock"), "{answer}");
}

#[tokio::test]
async fn an_order_is_paid_posted_for_every_tier_and_delivered_when_it_returns() {
    let shop = Shop::open().await;
    let secrets = shop.stock(2).await;
    let mei = shop.buyer(10_000).await;
    let placed = mei.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    let order = &placed["order"];
    assert_eq!(order["status"], "DELIVERED");
    assert_eq!(minor(&order["total"]), 9_540);
    let delivery = id(&order["lines"][0]["deliveries"][0]);
    let revealed = mei
        .done("mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) { content { secret } errors { code } } }", json!({"d": delivery}))
        .await;
    assert_eq!(revealed["content"]["secret"], json!(secrets[0]));
    let wallet = mei.get("{ wallet { available { amount } held { amount } } }", json!({})).await;
    assert_eq!(minor(&wallet["available"]), 460);
    for (who, profit) in [(&shop.supplier, 8_000), (&shop.a, 840), (&shop.b, 300)] {
        let wallet = who.owner.get("{ wallet { available { amount } held { amount } } }", json!({})).await;
        assert_eq!((minor(&wallet["available"]), minor(&wallet["held"])), (0, profit), "{}", who.handle);
    }
    let wallet = shop.operator.get("{ wallet { held { amount } } }", json!({})).await;
    assert_eq!(minor(&wallet["held"]), 400);
    shop.close().await;
}

#[tokio::test]
async fn each_tier_sees_its_own_part_of_the_price_and_nobody_elses() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(20_000).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    assert_eq!(order["lines"][0]["supply"], Value::Null, "a buyer sees no cost");
    let tiers = [
        (&shop.operator, "80.00", "84.00", "4.00"),
        (&shop.a.owner, "84.00", "92.40", "8.40"),
        (&shop.b.owner, "92.40", "95.40", "3.00"),
        (&shop.supplier.owner, "0.00", "80.00", "80.00"),
    ];
    for (who, cost, price, profit) in tiers {
        let seen = who.get(SUPPLY, json!({"o": id(&order)})).await;
        let supply = &seen["lines"][0]["supply"];
        let part = |name: &str| supply[name]["amount"].clone();
        assert_eq!(
            [part("unitCost"), part("unitPrice"), part("unitProfit")],
            [json!(cost), json!(price), json!(profit)],
            "{}",
            who.tenant
        );
    }
    let sibling = site(&shop.a.owner, "SITE", "sib", None).await;
    assert_eq!(sibling.owner.get(SUPPLY, json!({"o": id(&order)})).await, Value::Null);
    shop.close().await;
}

#[tokio::test]
async fn a_price_that_changed_between_quote_and_pay_is_said_and_nothing_is_bought() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let key = fresh("key");
    shop.price(&shop.b.owner, json!({"rule": {"add": cny("4.00")}})).await;
    let refused = refusal(&mei, ORDER_PLACE, shop.order(1, "95.40", &key)).await;
    assert_eq!(
        (&refused["__typename"], &refused["code"], &refused["path"]),
        (&json!("PriceChanged"), &json!("PRICE_CHANGED"), &json!(["input", "expectedTotal"]))
    );
    assert_eq!((minor(&refused["expected"]), minor(&refused["current"])), (9_540, 9_640));
    untouched(&shop, &mei, 10_000, 1).await;
    // A refusal does not use the key up.
    let placed = mei.place(shop.order(1, "96.40", &key)).await;
    assert_eq!(minor(&placed["total"]), 9_640);
    shop.close().await;
}

#[tokio::test]
async fn a_wallet_that_holds_too_little_is_told_what_is_missing() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(9_539).await;
    let refused = refusal(&mei, ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!((&refused["code"], minor(&refused["missing"])), (&json!("INSUFFICIENT_FUNDS"), 1));
    untouched(&shop, &mei, 9_539, 1).await;
    shop.close().await;
}

#[tokio::test]
async fn more_than_is_in_stock_is_refused_with_what_there_is() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(100_000).await;
    let refused = refusal(&mei, ORDER_PLACE, shop.order(3, "286.20", &fresh("key"))).await;
    assert_eq!((&refused["code"], &refused["available"]), (&json!("OUT_OF_STOCK"), &json!(2)));
    assert_eq!(refused["path"], json!(["input", "lines", "0", "quantity"]));
    untouched(&shop, &mei, 100_000, 2).await;
    shop.close().await;
}

async fn sells_nothing_while(shop: &Shop, suspended: &Site, by: &Client) {
    let mei = shop.buyer(20_000).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let claim = mei.claim(&delivery(&order)).await;
    shop.decide(by, "tenantSuspend", &suspended.id).await;
    let refused = refusal(&mei, ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!(refused["code"], "NOT_SELLABLE", "{refused}");
    assert_eq!(mei.money().await, (10_460, 0));
    let listings = mei.get("{ listings { nodes { id } } }", json!({})).await;
    assert_eq!(listings["nodes"], json!([]));
    // What was bought before is still there for its buyer, and so is its warranty.
    assert_eq!(mei.order_count().await, 1);
    assert_eq!(mei.see(&claim).await["status"], "SUBMITTED");
    mei.done(REVEAL, json!({"d": delivery(&order)})).await;
    assert_eq!(mei.step("Withdraw", &claim).await["status"], "WITHDRAWN");
    shop.decide(by, "tenantReinstate", &suspended.id).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    shop.close().await;
}

#[tokio::test]
async fn a_suspended_site_sells_nothing_and_its_buyers_still_see_their_orders_and_claims() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    sells_nothing_while(&shop, &shop.b, &shop.a.owner).await;
}

#[tokio::test]
async fn a_site_under_a_suspended_one_sells_nothing_and_its_buyers_still_see_their_orders_and_claims() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    sells_nothing_while(&shop, &shop.a, &shop.operator).await;
}

#[tokio::test]
async fn goods_of_a_suspended_supplier_are_not_sold_and_what_was_bought_stays() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    sells_nothing_while(&shop, &shop.supplier, &shop.operator).await;
}

#[tokio::test]
async fn a_quantity_is_1_to_1000() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    for quantity in [0, -1, 1001, i32::MAX, i32::MIN] {
        let refused = refusal(&mei, ORDER_PLACE, shop.order(quantity, "95.40", &fresh("key"))).await;
        assert_eq!(refused["code"], "INVALID_INPUT", "{quantity}");
        assert_eq!(refused["path"], json!(["input", "lines", "0", "quantity"]), "{quantity}");
    }
    for quantity in [
        json!(2_147_483_648_u64),
        json!(-2_147_483_649_i64),
        json!(1.5),
        json!("1"),
        json!(null),
        json!([1, 2]),
    ] {
        let mut input = shop.order(1, "95.40", &fresh("key"));
        input["i"]["lines"][0]["quantity"] = quantity.clone();
        let (status, answer) = mei.send(ORDER_PLACE, input).await;
        assert_eq!((status, code(&answer)), (400, "BAD_REQUEST"), "{quantity}: {answer}");
    }
    untouched(&shop, &mei, 10_000, 1).await;
    shop.close().await;
}

#[tokio::test]
async fn an_order_has_1_to_20_lines() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let line = (shop.listing(&shop.b), 1);
    for count in [0, 21] {
        let refused = refusal(&mei, ORDER_PLACE, order_of(&vec![line.clone(); count], "95.40")).await;
        assert_eq!(
            (&refused["code"], &refused["path"]),
            (&json!("INVALID_INPUT"), &json!(["input", "lines"]))
        );
    }
    untouched(&shop, &mei, 10_000, 1).await;
    shop.close().await;
}

#[tokio::test]
async fn another_sites_listing_and_one_that_does_not_exist_look_the_same() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let nowhere = format!("{}00000000000000000000000000000000", &shop.listing(&shop.b)[..36]);
    let mut seen = Vec::new();
    for listing in [shop.listing(&shop.a), nowhere] {
        let refused = refusal(&mei, ORDER_PLACE, order_of(&[(listing, 1)], "95.40")).await;
        assert_eq!(refused["code"], "NOT_FOUND");
        seen.push(refused);
    }
    assert_eq!(seen[0], seen[1]);
    untouched(&shop, &mei, 10_000, 1).await;
    shop.close().await;
}

#[tokio::test]
async fn an_order_of_several_lines_is_all_or_nothing() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let (_, other) = shop.product("CARD", "10.00", Terms::default()).await; // 10.50, 11.55, 14.55
    let lines = [(shop.listing(&shop.b), 2), (listing_of(&shop.b, &other), 1)];
    let mei = shop.buyer(30_000).await;
    let refused = refusal(&mei, ORDER_PLACE, order_of(&lines, "205.35")).await;
    assert_eq!((&refused["code"], &refused["available"]), (&json!("OUT_OF_STOCK"), &json!(0)));
    assert_eq!(refused["path"], json!(["input", "lines", "1", "quantity"]));
    untouched(&shop, &mei, 30_000, 2).await;
    shop.import(&other, &fresh("OTHER"), &fresh("import")).await;
    let order = mei.place(order_of(&lines, "205.35")).await;
    assert_eq!((order["status"].as_str(), minor(&order["total"])), (Some("DELIVERED"), 20_535));
    let delivered: Vec<usize> =
        [0, 1].map(|line: usize| order["lines"][line]["deliveries"].as_array().unwrap().len()).into();
    assert_eq!(delivered, [2, 1]);
    assert_eq!(mei.money().await, (30_000 - 20_535, 0));
    shop.close().await;
}

#[tokio::test]
async fn what_would_cost_nothing_is_not_sold() {
    let shop = Shop::open().await;
    let (_, points) = shop.product("CARD", "0.001", Terms::default()).await;
    shop.import(
        &points,
        &[fresh("P"), fresh("P"), fresh("P"), fresh("P"), fresh("P")].join("\n"),
        &fresh("import"),
    )
    .await;
    let mei = shop.buyer_at(&shop.a, 100).await;
    let listing = listing_of(&shop.a, &points);
    // 0.001155 each: one rounds to nothing, five to one fen.
    let refused = refusal(&mei, ORDER_PLACE, order_of(&[(listing.clone(), 1)], "0.01")).await;
    assert_eq!(refused["code"], "NOT_SELLABLE");
    let order = mei.place(order_of(&[(listing, 5)], "0.01")).await;
    assert_eq!(minor(&order["total"]), 1);
    assert_eq!(mei.money().await, (99, 0));
    shop.close().await;
}

#[tokio::test]
async fn only_a_buyer_of_the_site_buys() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let order = || shop.order(1, "95.40", &fresh("key"));
    let nobody = Client::anonymous(&shop.url, &shop.b.handle);
    assert_eq!(code(&nobody.ask(ORDER_PLACE, order()).await), "UNAUTHENTICATED");
    assert_eq!(code(&shop.b.owner.ask(ORDER_PLACE, order()).await), "FORBIDDEN");
    let other = shop.buyer_at(&shop.a, 10_000).await;
    let (status, answer) = other.at(&shop.b.handle).send(ORDER_PLACE, order()).await;
    assert!(matches!(code(&answer), "FORBIDDEN" | "UNAUTHENTICATED"), "{status} {answer}");
    assert_eq!(other.money().await, (10_000, 0));
    shop.close().await;
}

#[tokio::test]
async fn the_same_key_buys_once_and_answers_the_same() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(30_000).await;
    let key = fresh("key");
    let first = mei.place(shop.order(1, "95.40", &key)).await;
    // Whatever has become of the price: the answer is the first order.
    shop.price(&shop.b.owner, json!({"rule": {"add": cny("5.00")}})).await;
    let second = mei.place(shop.order(1, "95.40", &key)).await;
    let same = |order: &Value| (id(order), order["number"].clone(), order["lines"].clone());
    assert_eq!(same(&first), same(&second));
    assert_eq!(mei.money().await, (30_000 - 9_540, 0));
    let refused = refusal(&mei, ORDER_PLACE, shop.order(2, "194.80", &key)).await;
    assert_eq!(
        (&refused["code"], &refused["path"]),
        (&json!("IDEMPOTENCY_KEY_REUSED"), &json!(["input", "idempotencyKey"]))
    );
    assert_eq!(mei.order_count().await, 1);
    let lin = shop.buyer(10_000).await;
    let another = lin.place(shop.order(1, "97.40", &key)).await;
    assert_ne!(id(&another), id(&first), "another buyer's key is its own");
    for bad in ["", "a b", "k\u{e9}y", &"k".repeat(129)] {
        let refused = refusal(&mei, ORDER_PLACE, shop.order(1, "97.40", bad)).await;
        assert_eq!(refused["code"], "INVALID_INPUT", "{bad}");
    }
    shop.close().await;
}

#[tokio::test]
async fn only_its_buyer_reveals_a_card_and_that_is_recorded() {
    let shop = Shop::open().await;
    let secrets = shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let card = json!({"d": delivery(&order)});
    assert_eq!(order["lines"][0]["deliveries"][0]["revealedAt"], Value::Null);
    let lin = shop.buyer(0).await;
    let foreign = lin.ask(REVEAL, card.clone()).await;
    let missing = lin.ask(REVEAL, json!({"d": "dlv_00000000000070008000000000000000"})).await;
    assert_eq!(errors(&foreign), ["NOT_FOUND"]);
    assert_eq!(foreign["data"], missing["data"]);
    for staff in [&shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!(code(&staff.ask(REVEAL, card.clone()).await), "FORBIDDEN", "{}", staff.tenant);
    }
    let seen = "query($o: ID!) { order(id: $o) { lines { deliveries { revealedAt } } } }";
    let revealed_at = async || {
        let order = shop.supplier.owner.get(seen, json!({"o": id(&order)})).await;
        order["lines"][0]["deliveries"][0]["revealedAt"].clone()
    };
    assert_eq!(revealed_at().await, Value::Null, "nobody has seen it");
    let first = mei.done(REVEAL, card.clone()).await;
    assert_eq!(first["content"]["secret"], json!(secrets[0]));
    let again = mei.done(REVEAL, card).await;
    assert_eq!(first["delivery"], again["delivery"], "the first time is kept");
    assert_eq!(revealed_at().await, first["delivery"]["revealedAt"], "the supplier sees when");
    shop.close().await;
}
