//! Coupons: the site alone bears them, never below its cost; counted with the order, given back with its money.

use crate::support::{
    CLAIM_APPROVE, Client, ORDER_CANCEL, ORDER_PLACE, Shop, cny, code, delivery, errors, fresh, id,
    listing_of, minor,
};
use futures_util::future::join_all;
use serde_json::{Value, json};

const CREATE: &str = "mutation($i: CouponCreateInput!) { couponCreate(input: $i) {
  coupon { id code status uses percentBasisPoints amount { amount } leastTotal { amount } usesLimit usesPerBuyer }
  errors { code message path } } }";
const DISABLE: &str = "mutation($c: ID!) { couponDisable(input: {couponId: $c}) {
  coupon { id status uses } errors { code message path } } }";
const COUPONS: &str = "{ coupons { nodes { id code status uses } pageInfo { hasNextPage } } }";
const QUOTE: &str = "query($l: [ListingLineInput!]!, $c: String) { quote(lines: $l, couponCode: $c) {
  discount { amount } total { amount } lines { unitPrice { amount } discount { amount } total { amount } } } }";
const ORDER: &str = "query($o: ID!) { order(id: $o) { status couponCode discount { amount } total { amount }
  refunded { amount } lines { unitPrice { amount } discount { amount } total { amount }
    supply { unitCost { amount } unitPrice { amount } } } } }";

async fn coupon(shop: &Shop, takes: Value, more: Value) -> Value {
    let mut input = json!({"code": fresh("C").to_uppercase(), "takes": takes});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.b.owner.done(CREATE, json!({"i": input})).await["coupon"].clone()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn with(mut order: Value, code: &str) -> Value {
    order["i"]["couponCode"] = json!(code);
    order
}

async fn uses(shop: &Shop, coupon: &Value) -> i64 {
    let all = shop.b.owner.get(COUPONS, json!({})).await;
    let found = all["nodes"].as_array().unwrap().iter().find(|one| one["id"] == coupon["id"]).cloned();
    found.unwrap()["uses"].as_i64().unwrap()
}

// A refused order: its first error; nothing has changed.
async fn refused(shop: &Shop, who: &Client, order: Value) -> Value {
    let before = (who.money().await, who.order_count().await, shop.purses().await);
    let answer = who.ask(ORDER_PLACE, order).await;
    assert!(!errors(&answer).is_empty(), "{answer}");
    assert_eq!((who.money().await, who.order_count().await, shop.purses().await), before);
    answer["data"]["orderPlace"]["errors"][0].clone()
}

#[tokio::test]
async fn the_site_alone_bears_it_and_what_was_paid_goes_back_exactly() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    // 1 % of 286.20 is 2.86; the site earns 9.00 on three.
    let spring = coupon(&shop, json!({"percentBasisPoints": 100}), json!({})).await;
    let code = text(&spring, "code");
    let lines = json!([{"listingId": shop.listing(&shop.b), "quantity": 3}]);
    let mei = shop.buyer(28_334).await;
    let quote = mei.get(QUOTE, json!({"l": lines, "c": code.to_lowercase()})).await;
    assert_eq!((minor(&quote["discount"]), minor(&quote["total"])), (286, 28_334));
    let line = &quote["lines"][0];
    assert_eq!(
        (minor(&line["unitPrice"]), minor(&line["discount"]), minor(&line["total"])),
        (9_540, 286, 28_334)
    );
    // The full total is not what it costs now.
    let changed = refused(&shop, &mei, with(shop.order(3, "286.20", &fresh("key")), &code)).await;
    assert_eq!(changed["code"], "PRICE_CHANGED");
    let placed = mei.place(with(shop.order(3, "283.34", &fresh("key")), &code)).await;
    assert_eq!(mei.money().await, (0, 0));
    assert_eq!(shop.purses().await.map(|purse| purse.1), [24_000, 1_200, 2_520, 614]);
    assert_eq!(uses(&shop, &spring).await, 1);
    let read = json!({"o": placed["id"]});
    for (who, sees) in [(&mei, true), (&shop.b.owner, true), (&shop.operator, true), (&shop.a.owner, false)] {
        let order = who.get(ORDER, read.clone()).await;
        assert_eq!(order["couponCode"] == json!(code), sees);
        assert_eq!(!order["discount"].is_null() && minor(&order["discount"]) == 286, sees, "{order}");
        assert_eq!(!order["lines"][0]["discount"].is_null(), sees);
    }
    let seen = shop.a.owner.get(ORDER, read.clone()).await;
    assert_eq!(minor(&seen["total"]), 27_720, "a tier above sees its own price");
    // Unit by unit what was paid for it, the whole in the end.
    let mut back = 0;
    for unit in placed["lines"][0]["deliveries"].as_array().unwrap() {
        let claim = mei.claim(&id(unit)).await;
        shop.b.owner.step("HandOver", &claim).await;
        let input = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        let done = shop.supplier.owner.done(CLAIM_APPROVE, input).await;
        back += minor(&done["claim"]["remedy"]["amount"]);
        assert_eq!(mei.money().await.0, back);
    }
    assert_eq!(back, 28_334);
    assert_eq!(shop.purses().await, [(0, 0); 4]);
    assert_eq!(mei.get(ORDER, read).await["status"], "REFUNDED");
    assert_eq!(uses(&shop, &spring).await, 0, "an order that was refunded whole does not count");
    shop.close().await;
}

#[tokio::test]
async fn it_takes_no_more_than_the_site_earns_and_nothing_is_wasted_where_it_earns_nothing() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let big = coupon(&shop, json!({"amount": cny("50.00")}), json!({})).await;
    let code = text(&big, "code");
    let mei = shop.buyer(20_000).await;
    mei.place(with(shop.order(1, "92.40", &fresh("key")), &code)).await;
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 0], "at cost, never below");
    shop.price(&shop.b.owner, json!({"rule": {"inherit": true}})).await;
    let no = refused(&shop, &mei, with(shop.order(1, "92.40", &fresh("key")), &code)).await;
    assert_eq!(
        (&no["code"], &no["path"]),
        (&json!("COUPON_NOT_APPLICABLE"), &json!(["input", "couponCode"]))
    );
    assert_eq!(uses(&shop, &big).await, 1);
    // Without it the order is what it was.
    mei.place(shop.order(1, "92.40", &fresh("key"))).await;
    shop.close().await;
}

#[tokio::test]
async fn the_brands_minimum_and_a_plan_are_not_taken_off() {
    let shop = Shop::open().await;
    let price = json!({"sku": fresh("sku"), "title": "100", "settlementPrice": cny("80.00"), "minimumPrice": cny("94.00")});
    let product = json!({"title": fresh("Starfall"), "kind": "TOP_UP", "variants": [price]});
    let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code } } }";
    let made = shop.supplier.owner.done(create, json!({"i": product})).await["product"].clone();
    for (who, step) in [(&shop.supplier.owner, "productSubmit"), (&shop.operator, "productApprove")] {
        let step =
            format!("mutation($p: ID!) {{ {step}(input: {{productId: $p}}) {{ errors {{ code }} }} }}");
        who.done(&step, json!({"p": made["id"]})).await;
    }
    let plans = "mutation($i: ProductPlansSetInput!) { productPlansSet(input: $i) { product { plans { id } } errors { code } } }";
    let plan = json!({"title": "More", "days": 30, "price": cny("10.00")});
    let set = shop.supplier.owner.done(plans, json!({"i": {"productId": made["id"], "plans": [plan]}})).await;
    let plan = id(&set["product"]["plans"][0]);
    let half = coupon(&shop, json!({"percentBasisPoints": 5000}), json!({})).await;
    let line =
        json!([{"listingId": listing_of(&shop.b, &id(&made["variants"][0])), "quantity": 2, "planId": plan}]);
    let quote = shop.b.owner.get(QUOTE, json!({"l": line, "c": text(&half, "code")})).await;
    // Two at 95.40 with 10.00 each: down to 94.00 with 10.00 each.
    assert_eq!((minor(&quote["discount"]), minor(&quote["total"])), (280, 20_800));
    shop.close().await;
}

#[tokio::test]
async fn a_code_that_does_not_hold_is_refused_by_name_and_a_foreign_one_is_unknown() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let other = shop.offer("LICENCE", json!({})).await;
    let mei = shop.buyer(20_000).await;
    let share = json!({"percentBasisPoints": 100});
    let make = async |more: Value| text(&coupon(&shop, share.clone(), more).await, "code");
    let ended = coupon(&shop, share.clone(), json!({})).await;
    let disabled = shop.b.owner.done(DISABLE, json!({"c": ended["id"]})).await;
    assert_eq!(disabled["coupon"]["status"], "DISABLED");
    let again = shop.b.owner.done(DISABLE, json!({"c": ended["id"]})).await;
    assert_eq!(again, disabled, "once and for all");
    let foreign = json!({"i": {"code": fresh("F").to_uppercase(), "takes": share}});
    let foreign = text(&shop.a.owner.done(CREATE, foreign).await["coupon"], "code");
    let cases = [
        (text(&ended, "code"), "COUPON_NOT_APPLICABLE"),
        (make(json!({"startsAt": "2999-01-01T00:00:00Z"})).await, "COUPON_NOT_APPLICABLE"),
        (make(json!({"leastTotal": cny("95.41")})).await, "COUPON_NOT_APPLICABLE"),
        (make(json!({"kind": "LICENCE"})).await, "COUPON_NOT_APPLICABLE"),
        (make(json!({"variantId": other})).await, "COUPON_NOT_APPLICABLE"),
        (foreign, "NOT_FOUND"),
        ("NEVER-MADE".into(), "NOT_FOUND"),
        ("春".into(), "NOT_FOUND"),
    ];
    let lines = json!([{"listingId": shop.listing(&shop.b), "quantity": 1}]);
    for (name, expected) in cases {
        let no = refused(&shop, &mei, with(shop.order(1, "94.45", &fresh("key")), &name)).await;
        assert_eq!((&no["code"], &no["path"]), (&json!(expected), &json!(["input", "couponCode"])), "{name}");
        let quote = mei.ask(QUOTE, json!({"l": lines, "c": name})).await;
        assert_eq!(code(&quote), expected, "{name}");
    }
    // What it is for alone is lowered.
    let card = make(json!({"kind": "CARD", "leastTotal": cny("95.40")})).await;
    let both = json!([{"listingId": shop.listing(&shop.b), "quantity": 1}, {"listingId": listing_of(&shop.b, &other), "quantity": 1}]);
    let short = mei.ask(QUOTE, json!({"l": both, "c": card})).await;
    assert_eq!(code(&short), "OUT_OF_STOCK", "{short}");
    mei.place(with(shop.order(1, "94.45", &fresh("key")), &card)).await;
    shop.close().await;
}

#[tokio::test]
async fn a_use_that_a_buyer_has_comes_back_with_a_canceled_order_and_not_before() {
    let shop = Shop::open().await;
    let by_hand = shop.offer("TOP_UP", json!({})).await;
    let once =
        coupon(&shop, json!({"amount": cny("1.00")}), json!({"usesPerBuyer": 1, "usesLimit": 2})).await;
    let code = text(&once, "code");
    let order = || with(crate::support::order_of(&[(listing_of(&shop.b, &by_hand), 1)], "94.40"), &code);
    let mei = shop.buyer(20_000).await;
    let first = mei.place(order()).await;
    let no = refused(&shop, &mei, order()).await;
    assert_eq!((&no["code"], &no["path"]), (&json!("LIMIT_EXCEEDED"), &json!(["input", "couponCode"])));
    let lin = shop.buyer(20_000).await;
    lin.place(order()).await;
    let no = refused(&shop, &shop.buyer(20_000).await, order()).await;
    assert_eq!(no["code"], "LIMIT_EXCEEDED");
    assert_eq!(uses(&shop, &once).await, 2);
    mei.done(ORDER_CANCEL, json!({"o": first["id"]})).await;
    assert_eq!(uses(&shop, &once).await, 1);
    mei.place(order()).await;
    assert_eq!(uses(&shop, &once).await, 2);
    // The same key is the same order, and one use.
    let key = with(crate::support::order_of(&[(listing_of(&shop.b, &by_hand), 1)], "95.40"), "NEVER");
    assert_eq!(mei.refused(ORDER_PLACE, key).await, ["NOT_FOUND"]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twelve_who_use_a_coupon_for_four_at_once_four_buy_and_one_who_tries_ten_times_buys_once() {
    let shop = Shop::open().await;
    shop.stock(23).await;
    let four = coupon(&shop, json!({"amount": cny("1.00")}), json!({"usesLimit": 4})).await;
    let name = text(&four, "code");
    let mut buyers = Vec::new();
    for _ in 0..12 {
        buyers.push(shop.buyer(9_440).await);
    }
    let calls = buyers.iter().map(|who| {
        let (who, order) = (who.clone(), with(shop.order(1, "94.40", &fresh("key")), &name));
        tokio::spawn(async move { who.ask(ORDER_PLACE, order).await })
    });
    let answers: Vec<Value> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    let sold = answers.iter().filter(|answer| errors(answer).is_empty()).count();
    let late = answers.iter().filter(|answer| errors(answer) == ["LIMIT_EXCEEDED"]).count();
    assert_eq!((sold, late), (4, 8));
    assert_eq!(uses(&shop, &four).await, 4);
    for (who, answer) in buyers.iter().zip(&answers) {
        assert_eq!(who.money().await.0, if errors(answer).is_empty() { 0 } else { 9_440 });
    }
    let once = coupon(&shop, json!({"amount": cny("1.00")}), json!({"usesPerBuyer": 1})).await;
    let (name, mei) = (text(&once, "code"), shop.buyer(100_000).await);
    let calls = (0..10).map(|_| {
        let (who, order) = (mei.clone(), with(shop.order(1, "94.40", &fresh("key")), &name));
        tokio::spawn(async move { who.ask(ORDER_PLACE, order).await })
    });
    let answers: Vec<Value> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| errors(answer).is_empty()).count(), 1);
    assert_eq!((mei.money().await.0, uses(&shop, &once).await), (90_560, 1));
    // The same key is one order and one use.
    let lin = shop.buyer(100_000).await;
    let same = with(shop.order(1, "94.40", &fresh("key")), &name);
    let placed = [lin.place(same.clone()).await, lin.place(same).await].map(|order| delivery(&order));
    assert_eq!((placed[0] == placed[1], uses(&shop, &once).await), (true, 2));
    shop.close().await;
}

#[tokio::test]
async fn a_site_makes_ends_and_lists_its_own_within_bounds() {
    let shop = Shop::open().await;
    let made = coupon(&shop, json!({"percentBasisPoints": 100}), json!({})).await;
    let owner = &shop.b.owner;
    let with = |name: &str, value: Value| {
        let mut input = json!({"code": fresh("C").to_uppercase(), "takes": {"percentBasisPoints": 100}});
        input[name] = value;
        json!({"i": input})
    };
    for (input, code, field) in [
        (with("code", json!("a b")), "INVALID_INPUT", "code"),
        (with("code", made["code"].clone()), "CONFLICT", "code"),
        (with("takes", json!({"percentBasisPoints": 0})), "INVALID_INPUT", "takes"),
        (with("takes", json!({"percentBasisPoints": 10_001})), "INVALID_INPUT", "takes"),
        (with("takes", json!({"amount": cny("0.00")})), "INVALID_INPUT", "takes"),
        (with("usesLimit", json!(0)), "INVALID_INPUT", "usesLimit"),
        (with("usesPerBuyer", json!(0)), "INVALID_INPUT", "usesPerBuyer"),
        (with("endsAt", json!("2001-01-01T00:00:00Z")), "INVALID_INPUT", "endsAt"),
        (with("variantId", json!(crate::support::unknown("var"))), "NOT_FOUND", "variantId"),
    ] {
        let answer = owner.ask(CREATE, input).await;
        let error = &answer["data"]["couponCreate"]["errors"][0];
        assert_eq!((&error["code"], &error["path"][1]), (&json!(code), &json!(field)), "{answer}");
    }
    let all = owner.get(COUPONS, json!({})).await;
    assert_eq!(all["nodes"].as_array().unwrap().len(), 1, "what was refused is not there");
    assert_eq!(shop.a.owner.get(COUPONS, json!({})).await["nodes"], json!([]));
    let foreign = shop.a.owner.ask(DISABLE, json!({"c": made["id"]})).await;
    let missing = shop.a.owner.ask(DISABLE, json!({"c": crate::support::unknown("cpn")})).await;
    assert_eq!((errors(&foreign), &foreign), (vec!["NOT_FOUND".to_owned()], &missing));
    assert_eq!(owner.get(COUPONS, json!({})).await["nodes"][0]["status"], "ACTIVE");
    shop.close().await;
}
