//! Prices: rules by how closely they fit, bounds from above and below, and nobody below cost.

use crate::support::{ORDER_PLACE, Shop, cny, code, errors, fresh, listing_of, minor, order_of, site};
use serde_json::{Value, json};

const LISTING: &str = "query($l: ID!) { listing(id: $l) { price { amount }
  supply { unitCost { amount } unitPrice { amount } unitProfit { amount } } } }";
const RULE: &str = "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { belowCost { id } errors { code message path } } }";

// What the fixture costs at B: to a buyer, and to B itself with its price and profit.
async fn at_b(shop: &Shop) -> (String, [String; 3]) {
    let listing = json!({"l": shop.listing(&shop.b)});
    let shown =
        crate::support::Client::anonymous(&shop.url, &shop.b.handle).get(LISTING, listing.clone()).await;
    assert_eq!(shown["supply"], Value::Null, "no cost is shown to buyers");
    let own = shop.b.owner.get(LISTING, listing).await;
    let part = |name: &str| own["supply"][name]["amount"].as_str().unwrap().to_owned();
    (shown["price"]["amount"].as_str().unwrap().to_owned(), ["unitCost", "unitPrice", "unitProfit"].map(part))
}

fn prices(price: &str, parts: [&str; 3]) -> (String, [String; 3]) {
    (price.to_owned(), parts.map(String::from))
}

#[tokio::test]
async fn a_price_for_one_child_replaces_that_childs_cost_and_no_mark_up_is_applied_twice() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    assert_eq!(at_b(&shop).await, prices("95.40", ["92.40", "95.40", "3.00"]));
    let a = &shop.a.owner;
    shop.price(
        a,
        json!({"childTenantId": shop.b.id, "variantId": shop.variant, "rule": {"fixed": cny("90.00")}}),
    )
    .await;
    assert_eq!(at_b(&shop).await, prices("93.00", ["90.00", "93.00", "3.00"]));
    // A's own buyers, and what A pays, are as before.
    let own = a.get(LISTING, json!({"l": shop.listing(&shop.a)})).await;
    assert_eq!((minor(&own["price"]), minor(&own["supply"]["unitCost"])), (9_240, 8_400));
    let mei = shop.buyer(9_300).await;
    mei.place(shop.order(1, "93.00", &fresh("key"))).await;
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 600, 300]);
    shop.close().await;
}

#[tokio::test]
async fn the_rule_that_fits_most_closely_applies() {
    let shop = Shop::open().await;
    let b = &shop.b.owner;
    for (rule, price) in [
        (json!({"forEveryone": true, "rule": {"add": cny("1.00")}}), "95.40"),
        (json!({"forEveryone": true, "variantId": shop.variant, "rule": {"add": cny("2.00")}}), "95.40"),
        (json!({"rule": {"add": cny("4.00")}}), "96.40"),
        (json!({"productId": shop.product, "rule": {"add": cny("5.00")}}), "97.40"),
        (json!({"variantId": shop.variant, "rule": {"markupBasisPoints": 0}}), "92.40"),
        (json!({"rule": {"add": cny("6.00")}}), "92.40"),
        (json!({"variantId": shop.variant, "rule": {"inherit": true}}), "92.40"),
        (json!({"variantId": shop.variant, "rule": {"fixed": cny("99.99")}}), "99.99"),
    ] {
        shop.price(b, rule.clone()).await;
        assert_eq!(at_b(&shop).await.0, price, "{rule}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_would_be_sold_below_cost_is_hidden_and_whoever_caused_it_is_told() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let told =
        shop.price(&shop.b.owner, json!({"variantId": shop.variant, "rule": {"fixed": cny("92.39")}})).await;
    assert_eq!(told["belowCost"], json!([{"id": shop.listing(&shop.b)}]));
    let listings = mei.get("{ listings { nodes { id } } }", json!({})).await;
    assert_eq!(listings["nodes"], json!([]));
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "92.39", &fresh("key"))).await, ["NOT_SELLABLE"]);
    assert_eq!((mei.money().await, shop.purses().await), ((10_000, 0), [(0, 0); 4]));
    let told =
        shop.price(&shop.b.owner, json!({"variantId": shop.variant, "rule": {"fixed": cny("92.40")}})).await;
    assert_eq!(told["belowCost"], json!([]));
    mei.place(shop.order(1, "92.40", &fresh("key"))).await;
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 0], "at cost is allowed");
    // A parent's new price does it, too: at once, and without anybody's doing at B.
    shop.price(&shop.a.owner, json!({"forEveryone": true, "rule": {"markupBasisPoints": 1_001}})).await;
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "92.40", &fresh("key"))).await, ["NOT_SELLABLE"]);
    shop.close().await;
}

#[tokio::test]
async fn a_parents_cap_and_the_brands_minimum_bound_a_price() {
    let shop = Shop::open().await;
    let cap = "mutation($i: TenantMarkupCapSetInput!) { tenantMarkupCapSet(input: $i) { tenant { id } errors { code } } }";
    shop.a.owner.done(cap, json!({"i": {"tenantId": shop.b.id, "capBasisPoints": 100}})).await;
    assert_eq!(at_b(&shop).await, prices("93.324", ["92.40", "93.324", "0.924"]));
    shop.a.owner.done(cap, json!({"i": {"tenantId": shop.b.id, "capBasisPoints": null}})).await;
    assert_eq!(at_b(&shop).await.0, "95.40");
    for who in [&shop.b.owner, &shop.operator] {
        let refused = who.refused(cap, json!({"i": {"tenantId": shop.b.id, "capBasisPoints": 9_999}})).await;
        assert_eq!(refused, ["NOT_FOUND"], "only its parent caps a site: {}", who.tenant);
    }
    let variant = json!([{"sku": fresh("sku"), "title": "100", "settlementPrice": cny("80.00"), "minimumPrice": cny("120.00")}]);
    let branded = shop.offer("CARD", json!({"variants": variant})).await;
    let price = shop.b.owner.get(LISTING, json!({"l": listing_of(&shop.b, &branded)})).await;
    assert_eq!((minor(&price["price"]), minor(&price["supply"]["unitProfit"])), (12_000, 12_000 - 9_240));
    shop.close().await;
}

#[tokio::test]
async fn a_line_is_rounded_once_a_tier_and_every_part_adds_up() {
    let shop = Shop::open().await;
    let variant = json!([{"sku": fresh("sku"), "title": "points", "settlementPrice": cny("0.012345")}]);
    let points = shop.offer("TOP_UP", json!({"variants": variant})).await;
    shop.price(&shop.b.owner, json!({"variantId": points, "rule": {"markupBasisPoints": 333}})).await;
    let mei = shop.buyer(100_000).await;
    let (listing, mut spent) = (listing_of(&shop.b, &points), 0);
    for quantity in [1, 7, 333, 1_000] {
        let quote =
            "query($l: ID!, $q: Int!) { quote(lines: [{listingId: $l, quantity: $q}]) { total { amount } } }";
        let quoted = mei.get(quote, json!({"l": listing, "q": quantity})).await["total"].clone();
        let order =
            mei.place(order_of(&[(listing.clone(), quantity)], quoted["amount"].as_str().unwrap())).await;
        assert_eq!(order["total"]["amount"], quoted["amount"], "as quoted, so charged");
        spent += minor(&quoted);
        let earned: i64 = shop.purses().await.iter().map(|(_, held)| held).sum();
        assert_eq!((earned, mei.money().await), (spent, (100_000 - spent, 0)), "{quantity}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_rule_that_cannot_be_is_refused_and_changes_nothing() {
    let shop = Shop::open().await;
    let before = at_b(&shop).await;
    let sibling = site(&shop.operator, "SITE", "sib", None).await;
    let b = &shop.b.owner;
    for (rule, expected) in [
        (json!({"rule": {"markupBasisPoints": -1}}), "INVALID_INPUT"),
        (json!({"rule": {"markupBasisPoints": 1_000_001}}), "INVALID_INPUT"),
        (json!({"rule": {"add": cny("-1.00")}}), "INVALID_INPUT"),
        (json!({"rule": {"add": cny("0.0000001")}}), "INVALID_INPUT"),
        (json!({"rule": {"fixed": cny("10000000.01")}}), "INVALID_INPUT"),
        (json!({"rule": {"fixed": {"amount": "1.00", "currency": "USD"}}}), "INVALID_INPUT"),
        (
            json!({"variantId": shop.variant, "productId": shop.product, "rule": {"inherit": true}}),
            "INVALID_INPUT",
        ),
        (
            json!({"childTenantId": sibling.id, "forEveryone": true, "rule": {"inherit": true}}),
            "INVALID_INPUT",
        ),
        (json!({"childTenantId": sibling.id, "rule": {"inherit": true}}), "NOT_FOUND"),
        (json!({"childTenantId": shop.a.id, "rule": {"inherit": true}}), "NOT_FOUND"),
        (json!({"childTenantId": shop.b.id, "rule": {"inherit": true}}), "NOT_FOUND"),
        (
            json!({"variantId": "var_00000000000070008000000000000000", "rule": {"inherit": true}}),
            "NOT_FOUND",
        ),
    ] {
        let answer = b.ask(RULE, json!({"i": rule})).await;
        assert_eq!(errors(&answer), [expected], "{rule}: {answer}");
    }
    for rule in [json!({}), json!({"inherit": true, "markupBasisPoints": 1}), json!({"inherit": null})] {
        let answer = b.ask(RULE, json!({"i": {"rule": rule}})).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "{rule}");
    }
    let mei = shop.buyer(0).await;
    for who in [&shop.supplier.owner, &mei] {
        let answer = who.ask(RULE, json!({"i": {"rule": {"inherit": true}}})).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{}", who.tenant);
    }
    assert_eq!(at_b(&shop).await, before);
    shop.close().await;
}
