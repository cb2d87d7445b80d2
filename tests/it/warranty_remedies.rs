//! What a desk grants, and who pays for it.

use crate::support::{
    CLAIM_APPROVE, Client, REVEAL, Server, Shop, Terms, cny, delivery, errors, fresh, id, listing_of, minor,
    order_of,
};
use serde_json::{Value, json};

// A claim on a card of the fixture, handed over to a desk: its buyer, the delivery and the claim.
async fn claimed(shop: &Shop, desk: &str) -> (Client, String, String) {
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    up_to(shop, &claim, desk).await;
    (mei, card, claim)
}

async fn up_to(shop: &Shop, claim: &str, desk: &str) {
    if desk != "SITE" {
        shop.b.owner.step("HandOver", claim).await;
    }
    if desk == "OPERATOR" {
        shop.supplier.owner.step("HandOver", claim).await;
    }
}

fn grant(claim: &str, remedy: &str, more: Value) -> Value {
    let mut input = json!({"claimId": claim, "remedy": remedy});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"i": input})
}

// A refused approval: its first error; the claim, the buyer's money and everybody's purses are as before.
async fn refused(shop: &Shop, desk: &Client, buyer: &Client, input: Value) -> Value {
    let claim = input["i"]["claimId"].as_str().unwrap().to_owned();
    let before = (buyer.see(&claim).await, buyer.money().await, shop.purses().await);
    let answer = desk.ask(CLAIM_APPROVE, input).await;
    assert!(!errors(&answer).is_empty(), "{answer}");
    assert_eq!((buyer.see(&claim).await, buyer.money().await, shop.purses().await), before);
    answer["data"]["warrantyClaimApprove"]["errors"][0].clone()
}

const HELD: [(i64, i64); 4] = [(0, 8_000), (0, 400), (0, 840), (0, 300)];

#[tokio::test]
async fn a_site_that_refunds_pays_alone_and_everybody_above_keeps_what_it_earned() {
    let shop = Shop::open().await;
    let (mei, _, claim) = claimed(&shop, "SITE").await;
    let b = &shop.b.owner;
    let short = refused(&shop, b, &mei, grant(&claim, "REFUND", json!({}))).await;
    assert_eq!((&short["code"], minor(&short["missing"])), (&json!("INSUFFICIENT_FUNDS"), 9_240));
    shop.credit(&b.wallet_id().await, 10_000).await;
    let done = b.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await["claim"].clone();
    assert_eq!(
        (&done["status"], &done["desk"], &done["dueAt"]),
        (&json!("RESOLVED"), &Value::Null, &Value::Null)
    );
    assert_eq!((&done["remedy"]["bearer"], minor(&done["remedy"]["amount"])), (&json!("SITE"), 9_540));
    assert_eq!(
        (&done["delivery"]["status"], &done["order"]["status"]),
        (&json!("REFUNDED"), &json!("REFUNDED"))
    );
    assert_eq!(mei.money().await, (9_540, 0));
    assert_eq!(shop.purses().await, [(0, 8_000), (0, 400), (0, 840), (760, 0)]);
    shop.close().await;
}

#[tokio::test]
async fn a_site_that_replaces_buys_again_at_its_cost() {
    let shop = Shop::open().await;
    let (mei, card, claim) = claimed(&shop, "SITE").await;
    let secrets = shop.stock(1).await;
    let b = &shop.b.owner;
    shop.credit(&b.wallet_id().await, 8_939).await;
    let short = refused(&shop, b, &mei, grant(&claim, "REPLACE", json!({}))).await;
    assert_eq!((&short["code"], minor(&short["missing"])), (&json!("INSUFFICIENT_FUNDS"), 1));
    shop.credit(&b.wallet_id().await, 1).await;
    let done = b.done(CLAIM_APPROVE, grant(&claim, "REPLACE", json!({}))).await["claim"].clone();
    let replacement = id(&done["remedy"]["replacement"]);
    assert_eq!(
        (&done["delivery"]["status"], &done["delivery"]["replacedBy"]["id"]),
        (&json!("REPLACED"), &json!(replacement))
    );
    // 92.40 once more for those above, out of B's held 3.00 and its wallet.
    assert_eq!(shop.purses().await, [(0, 16_000), (0, 800), (0, 1_680), (0, 0)]);
    assert_eq!(mei.money().await, (0, 0));
    let revealed = mei.done(REVEAL, json!({"d": replacement})).await;
    assert_eq!(revealed["content"]["secret"], json!(secrets[0]));
    let again = crate::support::claim_on(&card, "INVALID", &fresh("key"));
    assert_eq!(mei.refused(crate::support::CLAIM_OPEN, again).await, ["INVALID_TRANSITION"]);
    shop.close().await;
}

#[tokio::test]
async fn a_supplier_that_replaces_gives_another_of_its_own_and_no_money_moves() {
    let shop = Shop::open().await;
    let (mei, card, claim) = claimed(&shop, "SUPPLIER").await;
    let none = refused(&shop, &shop.supplier.owner, &mei, grant(&claim, "REPLACE", json!({}))).await;
    assert_eq!((&none["code"], &none["available"]), (&json!("OUT_OF_STOCK"), &json!(0)));
    assert_eq!(none["path"], json!(["input", "remedy"]));
    shop.stock(2).await;
    let with_amount = grant(&claim, "REPLACE", json!({"amount": cny("1.00")}));
    assert_eq!(refused(&shop, &shop.supplier.owner, &mei, with_amount).await["code"], "INVALID_INPUT");
    let mut warranty_ends = mei
        .get("query($d: ID!) { node(id: $d) { ... on Delivery { warrantyEndsAt } } }", json!({"d": card}))
        .await["warrantyEndsAt"]
        .clone();
    let mut claim = claim;
    // A replacement may be replaced, under the warranty that remains.
    for _ in 0..2 {
        let done =
            shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REPLACE", json!({}))).await["claim"]
                .clone();
        assert_eq!(
            (&done["remedy"]["bearer"], &done["remedy"]["amount"]),
            (&json!("SUPPLIER"), &Value::Null)
        );
        let replacement = &done["remedy"]["replacement"];
        assert_eq!(
            (&replacement["status"], &replacement["warrantyEndsAt"]),
            (&json!("DELIVERED"), &warranty_ends)
        );
        assert_eq!((mei.money().await, shop.purses().await), ((0, 0), HELD));
        claim = mei.claim(&id(replacement)).await;
        up_to(&shop, &claim, "SUPPLIER").await;
        warranty_ends = replacement["warrantyEndsAt"].clone();
    }
    // At the end the money for the one sale goes back, once.
    shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
    assert_eq!((mei.money().await, shop.purses().await), ((9_540, 0), [(0, 0); 4]));
    shop.close().await;
}

#[tokio::test]
async fn without_another_in_stock_the_next_remedy_is_there() {
    let shop = Shop::open().await;
    let (mei, _, claim) = claimed(&shop, "SUPPLIER").await;
    let none = refused(&shop, &shop.supplier.owner, &mei, grant(&claim, "REPLACE", json!({}))).await;
    assert_eq!(none["code"], "OUT_OF_STOCK");
    shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
    assert_eq!((mei.money().await, shop.purses().await), ((9_540, 0), [(0, 0); 4]));
    shop.close().await;
}

#[tokio::test]
async fn a_replacement_is_under_warranty_for_a_day_at_least() {
    let shop = Shop::on(Server::shared(), Terms { duration: 600, decision: 3_600 }).await;
    let (mei, _, claim) = claimed(&shop, "SUPPLIER").await;
    shop.stock(1).await;
    let done =
        shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REPLACE", json!({}))).await["claim"].clone();
    let replacement = id(&done["remedy"]["replacement"]);
    let seen = mei
        .get(
            "query($d: ID!) { node(id: $d) { ... on Delivery { deliveredAt warrantyEndsAt } } }",
            json!({"d": replacement}),
        )
        .await;
    let moment = |name: &str| chrono::DateTime::parse_from_rfc3339(seen[name].as_str().unwrap()).unwrap();
    assert_eq!((moment("warrantyEndsAt") - moment("deliveredAt")).num_hours(), 24);
    shop.close().await;
}

#[tokio::test]
async fn an_amount_on_top_comes_from_the_desk_that_grants_it_and_undoes_no_sale() {
    let shop = Shop::open().await;
    let (mei, card, claim) = claimed(&shop, "SUPPLIER").await;
    for amount in [
        json!({}),
        json!({"amount": cny("95.41")}),
        json!({"amount": cny("0.00")}),
        json!({"amount": cny("-1.00")}),
    ] {
        let why = refused(&shop, &shop.supplier.owner, &mei, grant(&claim, "COMPENSATE", amount)).await;
        assert_eq!(why["code"], "INVALID_INPUT");
    }
    let done = shop
        .supplier
        .owner
        .done(CLAIM_APPROVE, grant(&claim, "COMPENSATE", json!({"amount": cny("5.00")})))
        .await;
    assert_eq!(
        (&done["claim"]["delivery"]["status"], &done["claim"]["order"]["status"]),
        (&json!("DELIVERED"), &json!("DELIVERED"))
    );
    assert_eq!(
        (mei.money().await, shop.purses().await),
        ((500, 0), [(0, 7_500), (0, 400), (0, 840), (0, 300)])
    );
    let claim = mei.claim(&card).await;
    shop.b.owner.done(CLAIM_APPROVE, grant(&claim, "COMPENSATE", json!({"amount": cny("3.00")}))).await;
    assert_eq!(
        (mei.money().await, shop.purses().await),
        ((800, 0), [(0, 7_500), (0, 400), (0, 840), (0, 0)])
    );
    shop.close().await;
}

#[tokio::test]
async fn a_desk_names_only_itself_and_the_operator_whom_it_likes() {
    let shop = Shop::open().await;
    let (mei, card, claim) = claimed(&shop, "SITE").await;
    for bearer in ["SUPPLIER", "OPERATOR", "BUYER"] {
        let why =
            refused(&shop, &shop.b.owner, &mei, grant(&claim, "REFUND", json!({"bearer": bearer}))).await;
        assert_eq!(
            (&why["code"], &why["path"]),
            (&json!("INVALID_INPUT"), &json!(["input", "bearer"])),
            "{bearer}"
        );
    }
    up_to(&shop, &claim, "SUPPLIER").await;
    for bearer in ["SITE", "OPERATOR", "BUYER"] {
        let why =
            refused(&shop, &shop.supplier.owner, &mei, grant(&claim, "REFUND", json!({"bearer": bearer})))
                .await;
        assert_eq!(why["code"], "INVALID_INPUT", "{bearer}");
    }
    shop.supplier.owner.step("HandOver", &claim).await;
    let buyer =
        refused(&shop, &shop.operator, &mei, grant(&claim, "REFUND", json!({"bearer": "BUYER"}))).await;
    assert_eq!(buyer["code"], "INVALID_INPUT");
    let short =
        refused(&shop, &shop.operator, &mei, grant(&claim, "REFUND", json!({"bearer": "SITE"}))).await;
    assert_eq!((&short["code"], minor(&short["missing"])), (&json!("INSUFFICIENT_FUNDS"), 9_240));
    // At the operator's expense: a part, then at the supplier's: the rest of the sale undone.
    shop.credit(&shop.operator.wallet_id().await, 1_000).await;
    let part = json!({"bearer": "OPERATOR", "amount": cny("10.00")});
    let done = shop.operator.done(CLAIM_APPROVE, grant(&claim, "REFUND", part)).await;
    assert_eq!(
        (&done["claim"]["remedy"]["bearer"], &done["claim"]["delivery"]["status"]),
        (&json!("OPERATOR"), &json!("DELIVERED"))
    );
    assert_eq!(
        (mei.money().await, shop.purses().await),
        ((1_000, 0), [(0, 8_000), (400, 0), (0, 840), (0, 300)])
    );
    let claim = mei.claim(&card).await;
    up_to(&shop, &claim, "OPERATOR").await;
    shop.operator.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
    assert_eq!(mei.money().await, (9_540, 0));
    let purses = shop.purses().await;
    assert_eq!(purses.iter().map(|(free, held)| free + held).sum::<i64>(), 1_000, "{purses:?}");
    shop.close().await;
}

#[tokio::test]
async fn the_money_for_unused_days_is_rounded_down_and_nobody_chooses_it() {
    let shop = Shop::on(Server::shared(), Terms { duration: 30 * 86_400, decision: 3_600 }).await;
    let (mei, _, claim) = claimed(&shop, "SUPPLIER").await;
    let chosen = grant(&claim, "PRORATA_REFUND", json!({"amount": cny("1.00")}));
    assert_eq!(refused(&shop, &shop.supplier.owner, &mei, chosen).await["code"], "INVALID_INPUT");
    // Of 30 days 29 are unused: 95.40 × 29/30.
    let done = shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "PRORATA_REFUND", json!({}))).await;
    assert_eq!(minor(&done["claim"]["remedy"]["amount"]), 9_222);
    assert_eq!(
        (mei.money().await.0, done["claim"]["order"]["status"].as_str()),
        (9_222, Some("PARTIALLY_REFUNDED"))
    );
    let purses = shop.purses().await;
    assert_eq!(purses.iter().map(|(_, held)| held).sum::<i64>(), 9_540 - 9_222);
    shop.close().await;
}

#[tokio::test]
async fn what_the_terms_do_not_offer_is_not_granted_but_a_gift() {
    let shop = Shop::open().await;
    let terms = json!({"durationSeconds": 3_600, "decisionWithinSeconds": 3_600, "coveredReasons": [], "remedies": ["REPLACE"]});
    let variant = shop.offer("CARD", json!({"warranty": terms})).await;
    shop.import(&variant, &fresh("SECRET"), &fresh("import")).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40")).await;
    let claim = mei.claim(&delivery(&order)).await;
    for remedy in ["REFUND", "PRORATA_REFUND"] {
        let why = refused(&shop, &shop.b.owner, &mei, grant(&claim, remedy, json!({}))).await;
        assert_eq!(
            (&why["code"], &why["path"]),
            (&json!("INVALID_INPUT"), &json!(["input", "remedy"])),
            "{remedy}"
        );
    }
    shop.b.owner.done(CLAIM_APPROVE, grant(&claim, "COMPENSATE", json!({"amount": cny("1.00")}))).await;
    assert_eq!(mei.money().await, (100, 0));
    shop.close().await;
}

#[tokio::test]
async fn what_was_given_back_unseen_stays_unseen() {
    let shop = Shop::open().await;
    for seen_before in [false, true] {
        let (mei, card, claim) = claimed(&shop, "SUPPLIER").await;
        if seen_before {
            mei.done(REVEAL, json!({"d": card})).await;
        }
        shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
        let answer = mei.ask(REVEAL, json!({"d": card})).await;
        let refused: &[&str] = if seen_before { &[] } else { &["INVALID_TRANSITION"] };
        assert_eq!(errors(&answer), refused);
    }
    shop.close().await;
}

const PAID: &str =
    "query($c: ID!) { warrantyClaim(id: $c) { remedy { paidFrom { tenantId purse amount { amount } } } } }";

// Who sees which payments of a claim: the tenant, the purse, the amount.
async fn paid(who: &Client, claim: &str) -> Vec<(String, String, i64)> {
    let seen = who.get(PAID, json!({"c": claim})).await;
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let payments = seen["remedy"]["paidFrom"].as_array().unwrap();
    payments.iter().map(|one| (text(one, "tenantId"), text(one, "purse"), minor(&one["amount"]))).collect()
}

#[tokio::test]
async fn each_tenant_sees_the_purses_that_it_paid_from_and_the_operator_everybodys() {
    let shop = Shop::open().await;
    let (mei, _, claim) = claimed(&shop, "SITE").await;
    shop.credit(&shop.b.owner.wallet_id().await, 10_000).await;
    assert_eq!(shop.b.owner.get(PAID, json!({"c": claim})).await["remedy"], Value::Null);
    shop.b.owner.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
    let b = |purse: &str, amount| (shop.b.id.clone(), purse.to_owned(), amount);
    let expected = [b("HELD", 300), b("WALLET", 9_240)];
    for who in [&shop.b.owner, &shop.operator] {
        assert_eq!(paid(who, &claim).await, expected);
    }
    for who in [&shop.supplier.owner, &shop.a.owner, &mei] {
        assert_eq!(paid(who, &claim).await, []);
    }
    // A sale that is undone: each its own part, and the operator the whole.
    let (_, _, claim) = claimed(&shop, "SUPPLIER").await;
    shop.supplier.owner.done(CLAIM_APPROVE, grant(&claim, "REFUND", json!({}))).await;
    for (site, amount) in [(&shop.supplier, 8_000), (&shop.a, 840), (&shop.b, 300)] {
        assert_eq!(paid(&site.owner, &claim).await, [(site.id.clone(), "HELD".to_owned(), amount)]);
    }
    let all = paid(&shop.operator, &claim).await;
    assert_eq!((all.len(), all.iter().map(|(.., amount)| amount).sum::<i64>()), (4, 9_540));
    shop.close().await;
}
