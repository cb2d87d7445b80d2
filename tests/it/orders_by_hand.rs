//! Goods that their supplier hands over by hand: asked for, delivered in parts, given up before.

use crate::support::{
    Client, LINE_DELIVER, ORDER_CANCEL, ORDER_PLACE, REVEAL, Shop, Terms, claim_on, delivery, errors, fresh,
    id, listing_of, minor, order_of,
};
use serde_json::{Value, json};

// A buyer's order of `count` units of a top-up, 95.40 each, paid: the order.
async fn ordered(shop: &Shop, buyer: &Client, count: i32) -> Value {
    let (_, variant) = shop.product("TOP_UP", "80.00", Terms::default()).await;
    let total = format!("{}.{:02}", i64::from(count) * 9540 / 100, i64::from(count) * 9540 % 100);
    buyer.place(order_of(&[(listing_of(&shop.b, &variant), count)], &total)).await
}

fn contents(order: &Value, count: usize) -> Value {
    let contents: Vec<Value> =
        (0..count).map(|at| json!({"secret": format!("topped up {at}"), "number": "13800"})).collect();
    json!({"i": {"orderLineId": id(&order["lines"][0]), "contents": contents}})
}

#[tokio::test]
async fn it_is_paid_then_delivered_in_parts_until_all_is_there() {
    let shop = Shop::open().await;
    let mei = shop.buyer(47_700).await;
    let order = ordered(&shop, &mei, 5).await;
    assert_eq!((&order["status"], &order["lines"][0]["deliveries"]), (&json!("PAID"), &json!([])));
    assert_eq!(mei.money().await, (0, 0));
    let supplier = &shop.supplier.owner;
    let part = supplier.done(LINE_DELIVER, contents(&order, 3)).await;
    assert_eq!(part["order"]["status"], "PARTIALLY_DELIVERED");
    assert_eq!(part["order"]["lines"][0]["deliveries"].as_array().unwrap().len(), 3);
    let refused = supplier.refused(LINE_DELIVER, contents(&order, 3)).await;
    assert_eq!(refused, ["INVALID_INPUT"], "only two are waiting");
    let all = supplier.done(LINE_DELIVER, contents(&order, 2)).await;
    assert_eq!(all["order"]["status"], "DELIVERED");
    let deliveries = all["order"]["lines"][0]["deliveries"].as_array().unwrap();
    assert_eq!(deliveries.len(), 5);
    let revealed = mei.done(REVEAL, json!({"d": id(&deliveries[0])})).await;
    assert_eq!(
        (&revealed["content"]["secret"], &revealed["content"]["number"]),
        (&json!("topped up 0"), &json!("13800"))
    );
    assert_eq!(supplier.refused(LINE_DELIVER, contents(&order, 1)).await, ["INVALID_TRANSITION"]);
    shop.close().await;
}

#[tokio::test]
async fn only_its_own_supplier_hands_over_and_only_what_can_be() {
    let shop = Shop::open().await;
    let mei = shop.buyer(19_080).await;
    let order = ordered(&shop, &mei, 2).await;
    let stranger = crate::support::site(&shop.operator, "SUPPLIER", "sup2", None).await;
    assert_eq!(stranger.owner.refused(LINE_DELIVER, contents(&order, 1)).await, ["NOT_FOUND"]);
    for who in [&shop.b.owner, &shop.operator, &mei] {
        let answer = who.ask(LINE_DELIVER, contents(&order, 1)).await;
        assert_eq!(crate::support::code(&answer), "FORBIDDEN", "{}", who.tenant);
    }
    let line = id(&order["lines"][0]);
    for secret in ["", "   ", "a\u{202e}b", "a\u{0}b", &"x".repeat(4097)] {
        let input = json!({"i": {"orderLineId": line, "contents": [{"secret": "good"}, {"secret": secret}]}});
        let refused = shop.supplier.owner.ask(LINE_DELIVER, input).await;
        assert_eq!(errors(&refused), ["INVALID_INPUT"], "{secret:?}");
        assert_eq!(
            refused["data"]["orderLineDeliver"]["errors"][0]["path"],
            json!(["input", "contents", "1"])
        );
    }
    let none = json!({"i": {"orderLineId": line, "contents": []}});
    assert_eq!(shop.supplier.owner.refused(LINE_DELIVER, none).await, ["INVALID_INPUT"]);
    let seen = mei
        .get(
            "query($o: ID!) { order(id: $o) { status lines { deliveries { id } } } }",
            json!({"o": id(&order)}),
        )
        .await;
    assert_eq!(
        (&seen["status"], &seen["lines"][0]["deliveries"]),
        (&json!("PAID"), &json!([])),
        "nothing was handed over"
    );
    // What comes from stock is nobody's to hand over.
    shop.stock(1).await;
    let lin = shop.buyer(9_540).await;
    let stocked = lin.place(shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!(
        shop.supplier.owner.refused(LINE_DELIVER, contents(&stocked, 1)).await,
        ["INVALID_TRANSITION"]
    );
    shop.close().await;
}

#[tokio::test]
async fn what_a_product_asks_must_be_answered_as_asked() {
    let shop = Shop::open().await;
    let asked = json!([
        {"name": "account", "label": "Account", "maxLength": 8},
        {"name": "note", "label": "Note", "required": false},
    ]);
    let variant = shop.offer("TOP_UP", json!({"fields": asked})).await;
    let listing = listing_of(&shop.b, &variant);
    let mei = shop.buyer(9_540).await;
    let order = |fields: Value| {
        let mut order = order_of(&[(listing.clone(), 1)], "95.40");
        order["i"]["lines"][0]["fields"] = fields;
        order
    };
    let account = |value: &str| json!({"name": "account", "value": value});
    for (fields, path) in [
        (json!(null), json!(["input", "lines", "0", "fields"])),
        (json!([]), json!(["input", "lines", "0", "fields"])),
        (json!([{"name": "note", "value": "quick"}]), json!(["input", "lines", "0", "fields"])),
        (json!([account("123456789")]), json!(["input", "lines", "0", "fields", "0", "value"])),
        (json!([account("")]), json!(["input", "lines", "0", "fields", "0", "value"])),
        (json!([account("a\nb")]), json!(["input", "lines", "0", "fields", "0", "value"])),
        (json!([account("1"), account("2")]), json!(["input", "lines", "0", "fields", "1", "name"])),
        (
            json!([account("1"), {"name": "other", "value": "2"}]),
            json!(["input", "lines", "0", "fields", "1", "name"]),
        ),
    ] {
        let answer = mei.ask(ORDER_PLACE, order(fields.clone())).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"], "{fields}");
        assert_eq!(answer["data"]["orderPlace"]["errors"][0]["path"], path, "{fields}");
    }
    assert_eq!((mei.money().await, mei.order_count().await), ((9_540, 0), 0));
    let placed = mei.place(order(json!([account(" mei-88 ")]))).await;
    let seen = "query($o: ID!) { order(id: $o) { lines { answers { name label value } } } }";
    for who in [&mei, &shop.supplier.owner] {
        let seen = who.get(seen, json!({"o": id(&placed)})).await;
        assert_eq!(
            seen["lines"][0]["answers"],
            json!([{"name": "account", "label": "Account", "value": "mei-88"}])
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn given_up_before_delivery_every_tier_gives_its_part_back() {
    let shop = Shop::open().await;
    let mei = shop.buyer(28_620).await;
    let order = ordered(&shop, &mei, 3).await;
    assert_eq!(shop.purses().await.map(|purse| purse.1), [24_000, 1_200, 2_520, 900]);
    let stranger = shop.buyer(0).await;
    assert_eq!(stranger.refused(ORDER_CANCEL, json!({"o": id(&order)})).await, ["NOT_FOUND"]);
    let canceled = mei.done(ORDER_CANCEL, json!({"o": id(&order)})).await;
    assert_eq!(canceled["order"]["status"], "REFUNDED");
    assert_eq!(mei.money().await, (28_620, 0));
    assert_eq!(shop.purses().await, [(0, 0); 4]);
    let books = shop.books().await;
    assert_eq!((books.get("TENANT_HELD").copied().unwrap_or(0), books["BUYER_WALLET"]), (0, 28_620));
    assert_eq!(mei.refused(ORDER_CANCEL, json!({"o": id(&order)})).await, ["INVALID_TRANSITION"]);
    assert_eq!(shop.supplier.owner.refused(LINE_DELIVER, contents(&order, 1)).await, ["INVALID_TRANSITION"]);
    assert_eq!(mei.money().await, (28_620, 0), "the money went back once");
}

#[tokio::test]
async fn what_still_waits_is_given_up_and_what_was_delivered_stays() {
    let shop = Shop::open().await;
    let mei = shop.buyer(28_620).await;
    let order = ordered(&shop, &mei, 3).await;
    shop.supplier.owner.done(LINE_DELIVER, contents(&order, 1)).await;
    let rest = mei.done(ORDER_CANCEL, json!({"o": id(&order)})).await;
    assert_eq!(
        (&rest["order"]["status"], minor(&rest["order"]["refunded"])),
        (&json!("PARTIALLY_REFUNDED"), 19_080)
    );
    assert_eq!(mei.money().await, (19_080, 0));
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 300]);
    for who in [&mei, &shop.b.owner] {
        assert_eq!(who.refused(ORDER_CANCEL, json!({"o": id(&order)})).await, ["INVALID_TRANSITION"]);
    }
    assert!(!errors(&shop.supplier.owner.ask(LINE_DELIVER, contents(&order, 1)).await).is_empty());
    assert_eq!(mei.money().await, (19_080, 0), "the money went back once");
    shop.close().await;
}

#[tokio::test]
async fn a_delivery_that_is_sent_again_hands_over_once() {
    let shop = Shop::open().await;
    let mei = shop.buyer(28_620).await;
    let order = ordered(&shop, &mei, 3).await;
    let mut input = contents(&order, 1);
    input["i"]["idempotencyKey"] = json!("night-run");
    for _ in 0..2 {
        let done = shop.supplier.owner.done(LINE_DELIVER, input.clone()).await;
        assert_eq!(done["order"]["lines"][0]["deliveries"].as_array().unwrap().len(), 1);
    }
    input["i"]["contents"][0]["secret"] = json!("another");
    assert_eq!(shop.supplier.owner.refused(LINE_DELIVER, input).await, ["IDEMPOTENCY_KEY_REUSED"]);
    shop.close().await;
}

#[tokio::test]
async fn what_is_delivered_may_be_refunded_while_the_rest_is_still_to_come() {
    let shop = Shop::open().await;
    let mei = shop.buyer(19_080).await;
    let order = ordered(&shop, &mei, 2).await;
    let part = shop.supplier.owner.done(LINE_DELIVER, contents(&order, 1)).await;
    let claim = mei.claim(&delivery(&part["order"])).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    let approved = shop.supplier.owner.done(crate::support::CLAIM_APPROVE, approve).await;
    assert_eq!(approved["claim"]["order"]["status"], "PARTIALLY_REFUNDED");
    assert_eq!(mei.money().await, (9_540, 0));
    // The refund of one unit is no reason to keep the other from its buyer.
    let rest = shop.supplier.owner.done(LINE_DELIVER, contents(&order, 1)).await;
    let deliveries = rest["order"]["lines"][0]["deliveries"].as_array().unwrap();
    assert_eq!(
        deliveries.iter().map(|one| one["status"].as_str().unwrap()).collect::<Vec<_>>(),
        ["REFUNDED", "DELIVERED"]
    );
    assert_eq!(mei.refused(ORDER_CANCEL, json!({"o": id(&order)})).await, ["INVALID_TRANSITION"]);
    let again = claim_on(&id(&deliveries[0]), "INVALID", &fresh("key"));
    assert_eq!(mei.refused(crate::support::CLAIM_OPEN, again).await, ["INVALID_TRANSITION"]);
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 300]);
    shop.close().await;
}
