//! Extended plans: sold with a unit by whoever supplies it, in its warranty, given back with it to the cent.

use crate::support::{
    CLAIM_APPROVE, Client, ORDER_CANCEL, ORDER_PLACE, Shop, cny, errors, fresh, id, listing_of, minor,
};
use serde_json::{Value, json};

const PLANS: &str = "mutation($i: ProductPlansSetInput!) { productPlansSet(input: $i) {
  product { plans { id title days price { amount } remedies } } errors { code message path } } }";
const SHOWN: &str = "query($l: ID!) { listing(id: $l) { price { amount } warranty { durationSeconds version }
  plans { id title days price { amount } remedies } } }";
const QUOTE: &str = "query($l: [ListingLineInput!]!) { quote(lines: $l) { total { amount }
  lines { listing { price { amount } } plan { id price { amount } } unitPrice { amount } total { amount }
          warranty { durationSeconds remedies version } } } }";
const ORDER: &str = "query($o: ID!) { order(id: $o) { status refunded { amount }
  lines { plan { id title days price { amount } remedies } unitPrice { amount } total { amount } termsAcknowledged
          warranty { durationSeconds remedies version } supply { unitCost { amount } unitPrice { amount } unitProfit { amount } }
          deliveries { id status deliveredAt warrantyEndsAt } } } }";

const DAY: i64 = 86_400;

async fn set(shop: &Shop, plans: Value) -> Vec<Value> {
    let input = json!({"i": {"productId": shop.product, "plans": plans}});
    let set = shop.supplier.owner.done(PLANS, input).await;
    set["product"]["plans"].as_array().unwrap().clone()
}

fn two_months() -> Value {
    json!({"title": "Two more months", "days": 60, "price": cny("9.99"), "remedies": ["PRORATA_REFUND", "REFUND"]})
}

fn line(shop: &Shop, quantity: i32, plan: &str) -> Value {
    json!({"listingId": shop.listing(&shop.b), "quantity": quantity, "planId": plan})
}

fn order(lines: Value, total: &str) -> Value {
    json!({"i": {"idempotencyKey": fresh("key"), "lines": lines, "expectedTotal": cny(total), "payWith": {"wallet": true}}})
}

fn seconds(delivery: &Value) -> i64 {
    let at = |name: &str| chrono::DateTime::parse_from_rfc3339(delivery[name].as_str().unwrap()).unwrap();
    (at("warrantyEndsAt") - at("deliveredAt")).num_seconds()
}

async fn refund(shop: &Shop, buyer: &Client, delivery: &str) -> i64 {
    let claim = buyer.claim(delivery).await;
    shop.b.owner.step("HandOver", &claim).await;
    let input = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    let done = shop.supplier.owner.done(CLAIM_APPROVE, input).await;
    minor(&done["claim"]["remedy"]["amount"])
}

#[tokio::test]
async fn a_plan_is_its_suppliers_is_in_the_warranty_and_goes_back_with_each_unit_to_the_cent() {
    let shop = Shop::open().await;
    shop.stock(4).await;
    let plan = set(&shop, json!([two_months()])).await.remove(0);
    let shown = shop.b.owner.get(SHOWN, json!({"l": shop.listing(&shop.b)})).await;
    assert_eq!(shown["plans"], json!([plan]));
    assert_eq!((minor(&shown["price"]), minor(&plan["price"])), (9_540, 999));
    // Three with it, one without.
    let mut lines = json!([line(&shop, 3, &id(&plan)), {"listingId": shop.listing(&shop.b), "quantity": 1}]);
    let quote = shop.b.owner.get(QUOTE, json!({"l": lines})).await;
    let quoted = &quote["lines"][0];
    assert_eq!((minor(&quote["total"]), minor(&quoted["total"])), (41_157, 31_617));
    assert_eq!((minor(&quoted["listing"]["price"]), minor(&quoted["unitPrice"])), (9_540, 10_539));
    assert_eq!(quoted["plan"]["id"], plan["id"]);
    assert_eq!(quote["lines"][1]["plan"], Value::Null);
    // The terms that were shown are agreed to by their version, the plan by its id.
    lines[0]["termsVersion"] = shown["warranty"]["version"].clone();
    let mei = shop.buyer(41_157).await;
    let placed = mei.place(order(lines, "411.57")).await;
    let bought = mei.get(ORDER, json!({"o": placed["id"]})).await;
    let with = &bought["lines"][0];
    assert_eq!((&with["plan"], &with["termsAcknowledged"]), (&plan, &json!(true)));
    assert_eq!((minor(&with["unitPrice"]), minor(&with["total"])), (10_539, 31_617));
    assert_eq!(with["warranty"], quoted["warranty"]);
    assert_eq!(with["warranty"]["durationSeconds"], 63 * DAY);
    assert_eq!(with["warranty"]["remedies"], json!(["REPLACE", "REFUND", "PRORATA_REFUND", "COMPENSATE"]));
    assert_eq!(bought["lines"][1]["warranty"]["durationSeconds"], 3 * DAY);
    let ends: Vec<i64> = with["deliveries"].as_array().unwrap().iter().map(seconds).collect();
    assert_eq!(ends, [63 * DAY; 3]);
    // The supplier earns it whole, nobody between a cent more.
    let earned = [4 * 8_000 + 3 * 999, 4 * 400, 4 * 840, 4 * 300];
    assert_eq!(shop.purses().await.map(|purse| purse.1), earned);
    let seen = shop.a.owner.get(ORDER, json!({"o": placed["id"]})).await["lines"][0]["supply"].clone();
    let part = |name: &str| minor(&seen[name]);
    assert_eq!((part("unitCost"), part("unitPrice"), part("unitProfit")), (9_399, 10_239, 840));
    // Unit by unit it goes back: the plan with the unit, and all of it in the end.
    let cards = with["deliveries"].as_array().unwrap();
    for (back, card) in (1..).zip(cards) {
        assert_eq!(refund(&shop, &mei, &id(card)).await, 10_539);
        assert_eq!(mei.money().await.0, back * 10_539);
        let left = 4 - back;
        let earned = [left * 8_000 + (3 - back) * 999, left * 400, left * 840, left * 300];
        assert_eq!(shop.purses().await.map(|purse| purse.1), earned);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_part_of_a_unit_with_a_plan_goes_back_from_every_tier_in_proportion_and_the_last_part_exactly() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let plan = set(&shop, json!([two_months()])).await.remove(0);
    let mei = shop.buyer(10_539).await;
    let placed = mei.place(order(json!([line(&shop, 1, &id(&plan))]), "105.39")).await;
    let card = crate::support::delivery(&placed);
    for (part, held) in [
        (Some("35.13"), [5_999, 267, 560, 200]),
        (Some("35.13"), [2_999, 134, 280, 100]),
        (None, [0, 0, 0, 0]),
    ] {
        let claim = mei.claim(&card).await;
        shop.b.owner.step("HandOver", &claim).await;
        let amount = part.map(cny);
        let input = json!({"i": {"claimId": claim, "remedy": "REFUND", "amount": amount}});
        shop.supplier.owner.done(CLAIM_APPROVE, input).await;
        assert_eq!(shop.purses().await.map(|purse| purse.1), held, "{part:?}");
    }
    assert_eq!(mei.money().await, (10_539, 0));
    let order = mei.get(ORDER, json!({"o": placed["id"]})).await;
    assert_eq!((&order["status"], minor(&order["refunded"])), (&json!("REFUNDED"), 10_539));
    shop.close().await;
}

#[tokio::test]
async fn a_site_that_replaces_buys_the_good_again_and_not_the_plan() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let plan = set(&shop, json!([two_months()])).await.remove(0);
    let mei = shop.buyer(10_539).await;
    let placed = mei.place(order(json!([line(&shop, 1, &id(&plan))]), "105.39")).await;
    let card = crate::support::delivery(&placed);
    shop.credit(&shop.b.owner.wallet_id().await, 8_940).await;
    let claim = mei.claim(&card).await;
    let input = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    shop.b.owner.done(CLAIM_APPROVE, input).await;
    // 92.40 for the card, out of B's held 3.00 and its wallet; the plan goes on with the unit.
    assert_eq!(shop.purses().await, [(0, 16_000 + 999), (0, 800), (0, 1_680), (0, 0)]);
    let seen = mei.get(ORDER, json!({"o": placed["id"]})).await;
    let another = seen["lines"][0]["deliveries"].as_array().unwrap();
    let another = another.iter().find(|unit| unit["status"] == "DELIVERED").unwrap();
    assert!((62 * DAY..=63 * DAY).contains(&seconds(another)), "{another}");
    shop.close().await;
}

#[tokio::test]
async fn what_is_given_up_before_it_is_handed_over_gives_its_plan_back() {
    let shop = Shop::open().await;
    let (product, variant) = shop.product("TOP_UP", "80.00", crate::support::Terms::default()).await;
    let plans = json!({"i": {"productId": product, "plans": [two_months()]}});
    let set = shop.supplier.owner.done(PLANS, plans).await;
    let plan = id(&set["product"]["plans"][0]);
    let mei = shop.buyer(21_078).await;
    let lines = json!([{"listingId": listing_of(&shop.b, &variant), "quantity": 2, "planId": plan}]);
    let placed = mei.place(order(lines, "210.78")).await;
    assert_eq!(mei.money().await.0, 0);
    let given_up = mei.done(ORDER_CANCEL, json!({"o": placed["id"]})).await;
    assert_eq!(given_up["order"]["status"], "REFUNDED");
    assert_eq!(mei.money().await, (21_078, 0));
    assert_eq!(shop.purses().await, [(0, 0); 4]);
    shop.close().await;
}

#[tokio::test]
async fn a_plan_that_is_not_offered_any_more_is_not_sold_and_one_that_was_sold_stands() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let plan = set(&shop, json!([two_months()])).await.remove(0);
    let mei = shop.buyer(30_000).await;
    let placed = mei.place(order(json!([line(&shop, 1, &id(&plan))]), "105.39")).await;
    // The same content is the same plan; a dearer one is another.
    let year = json!({"title": "A year", "days": 365, "price": cny("20.00")});
    let both = set(&shop, json!([year, two_months()])).await;
    assert_eq!(both[1]["id"], plan["id"]);
    let mut dearer = two_months();
    dearer["price"] = cny("10.00");
    let now = set(&shop, json!([dearer])).await;
    assert_ne!(now[0]["id"], plan["id"]);
    let before = mei.money().await;
    let gone = mei.ask(ORDER_PLACE, order(json!([line(&shop, 1, &id(&plan))]), "105.39")).await;
    assert_eq!(errors(&gone), ["NOT_FOUND"]);
    let path = &gone["data"]["orderPlace"]["errors"][0]["path"];
    assert_eq!(path, &json!(["input", "lines", "0", "planId"]));
    // What another product is offered with is not this one's.
    let other = shop.offer("CARD", json!({})).await;
    let line = json!([{"listingId": listing_of(&shop.b, &other), "quantity": 1, "planId": now[0]["id"]}]);
    assert_eq!(mei.refused(ORDER_PLACE, order(line, "105.40")).await, ["NOT_FOUND"]);
    assert_eq!((mei.money().await, mei.order_count().await), (before, 1));
    let kept = mei.get(ORDER, json!({"o": placed["id"]})).await;
    assert_eq!(kept["lines"][0]["plan"], plan);
    shop.close().await;
}

#[tokio::test]
async fn only_the_supplier_sets_its_own_plans_and_within_bounds() {
    let shop = Shop::open().await;
    let before = set(&shop, json!([two_months()])).await;
    let with = |name: &str, value: Value| {
        let mut plan = two_months();
        plan[name] = value;
        json!({"i": {"productId": shop.product, "plans": [plan]}})
    };
    let owner = &shop.supplier.owner;
    for (input, field) in [
        (with("days", json!(0)), "days"),
        (with("days", json!(3_651)), "days"),
        (with("title", json!("")), "title"),
        (with("price", cny("0.00")), "price"),
        (with("price", cny("1.001")), "price"),
    ] {
        let answer = owner.ask(PLANS, input).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"]);
        let path = &answer["data"]["productPlansSet"]["errors"][0]["path"];
        assert_eq!((&path[1], &path[2], &path[3]), (&json!("plans"), &json!("0"), &json!(field)));
    }
    let twice = json!({"i": {"productId": shop.product, "plans": [two_months(), two_months()]}});
    assert_eq!(owner.refused(PLANS, twice).await, ["INVALID_INPUT"]);
    let another = crate::support::site(&shop.operator, "SUPPLIER", "sup", None).await;
    let foreign = another.owner.ask(PLANS, with("days", json!(1))).await;
    let mut missing = with("days", json!(1));
    missing["i"]["productId"] = json!(crate::support::unknown("prd"));
    let missing = another.owner.ask(PLANS, missing).await;
    assert_eq!((errors(&foreign), &foreign), (vec!["NOT_FOUND".to_owned()], &missing));
    let plans = shop
        .supplier
        .owner
        .get(
            "query($p: ID!) { product(id: $p) { plans { id title days price { amount } remedies } } }",
            json!({"p": shop.product}),
        )
        .await;
    assert_eq!(plans["plans"], json!(before), "what was refused changed nothing");
    shop.close().await;
}
