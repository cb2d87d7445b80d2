//! Warranty claims: opened within the terms, moved from desk to desk by people and by the clock.

use crate::support::{
    CLAIM_APPROVE, CLAIM_OPEN, CLAIM_REJECT, Client, Server, Shop, Terms, claim_on, claim_step, code,
    delivery, errors, fresh, id, listing_of, order_of, site, wait_until,
};
use serde_json::{Value, json};

async fn at(who: &Client, claim: &str) -> (String, Option<String>) {
    let seen = who.see(claim).await;
    (seen["status"].as_str().unwrap().to_owned(), seen["desk"].as_str().map(String::from))
}

fn is(status: &str, desk: Option<&str>) -> (String, Option<String>) {
    (status.to_owned(), desk.map(String::from))
}

fn moment(text: &Value) -> chrono::DateTime<chrono::FixedOffset> {
    chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap_or_else(|| panic!("{text}"))).unwrap()
}

async fn claims(who: &Client) -> usize {
    who.get("{ warrantyClaims { nodes { id } } }", json!({})).await["nodes"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_claim_begins_at_the_sites_desk_with_a_third_of_the_promised_time() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let mut input = claim_on(&card, "ALREADY_USED", &fresh("key"));
    input["i"]["wanted"] = json!("REFUND");
    let opened = mei.done(CLAIM_OPEN, input).await["claim"].clone();
    assert_eq!((&opened["status"], &opened["desk"]), (&json!("SUBMITTED"), &json!("SITE")));
    assert_eq!((&opened["reason"], &opened["wanted"]), (&json!("ALREADY_USED"), &json!("REFUND")));
    assert_eq!(opened["delivery"]["status"], "UNDER_CLAIM");
    let seen = mei
        .get(
            "query($c: ID!) { warrantyClaim(id: $c) { openedAt dueAt history { from to desk note } } }",
            json!({"c": id(&opened)}),
        )
        .await;
    assert_eq!((moment(&seen["dueAt"]) - moment(&seen["openedAt"])).num_seconds(), 16 * 3600);
    assert_eq!(seen["history"], json!([{"from": null, "to": "SUBMITTED", "desk": "SITE", "note": null}]));
    shop.close().await;
}

#[tokio::test]
async fn after_the_warranty_nothing_is_claimed() {
    let shop = Shop::on(Server::shared(), Terms { duration: 1, decision: 3_600 }).await;
    let (mei, card) = shop.sold().await;
    wait_until("the warranty is over", async || {
        let order = mei.get("{ orders { nodes { status } } }", json!({})).await;
        (order["nodes"][0]["status"] == "COMPLETED").then_some(())
    })
    .await;
    assert_eq!(mei.refused(CLAIM_OPEN, claim_on(&card, "INVALID", &fresh("key"))).await, ["OUT_OF_WARRANTY"]);
    assert_eq!(claims(&mei).await, 0);
    shop.close().await;
}

#[tokio::test]
async fn a_claim_opened_in_time_outlives_the_warranty() {
    let shop = Shop::on(Server::shared(), Terms { duration: 5, decision: 3_600 }).await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let other = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let claim = mei.claim(&delivery(&order)).await;
    wait_until("the warranty is over", async || {
        let seen = mei.get("query($o: ID!) { order(id: $o) { status } }", json!({"o": id(&other)})).await;
        (seen["status"] == "COMPLETED").then_some(())
    })
    .await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    assert_eq!(shop.supplier.owner.done(CLAIM_APPROVE, approve).await["claim"]["status"], "RESOLVED");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn what_the_terms_do_not_cover_or_offer_is_not_claimed() {
    let shop = Shop::open().await;
    let terms = json!({"durationSeconds": 3_600, "decisionWithinSeconds": 3_600, "coveredReasons": [], "remedies": ["REFUND"]});
    let variant = shop.offer("CARD", json!({"warranty": terms})).await;
    shop.import(&variant, &fresh("SECRET"), &fresh("import")).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40")).await;
    let card = delivery(&order);
    for reason in ["ALREADY_USED", "CANNOT_ACTIVATE", "EXPIRED_EARLY", "REVOKED", "WRONG_REGION_OR_EDITION"] {
        let answer = mei.ask(CLAIM_OPEN, claim_on(&card, reason, &fresh("key"))).await;
        assert_eq!(errors(&answer), ["REASON_NOT_COVERED"], "{reason}");
        assert_eq!(answer["data"]["warrantyClaimOpen"]["errors"][0]["path"], json!(["input", "reason"]));
    }
    for wanted in ["REPLACE", "PRORATA_REFUND", "COMPENSATE"] {
        let mut input = claim_on(&card, "INVALID", &fresh("key"));
        input["i"]["wanted"] = json!(wanted);
        assert_eq!(mei.refused(CLAIM_OPEN, input).await, ["INVALID_INPUT"], "{wanted}");
    }
    for description in ["", "  ", "a\u{202e}b", "a\u{1}b", &"x".repeat(2_001)] {
        let mut input = claim_on(&card, "INVALID", &fresh("key"));
        input["i"]["description"] = json!(description);
        assert_eq!(mei.refused(CLAIM_OPEN, input).await, ["INVALID_INPUT"], "{description:?}");
    }
    assert_eq!(claims(&mei).await, 0);
    // What no terms can leave out.
    for reason in ["NOT_DELIVERED", "INVALID", "NOT_AS_DESCRIBED"] {
        let made = mei.done(CLAIM_OPEN, claim_on(&card, reason, &fresh("key"))).await;
        mei.step("Withdraw", &id(&made["claim"])).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn a_delivery_has_one_open_claim_and_a_key_opens_one() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let key = fresh("key");
    let first = mei.done(CLAIM_OPEN, claim_on(&card, "INVALID", &key)).await;
    let again = mei.done(CLAIM_OPEN, claim_on(&card, "INVALID", &key)).await;
    assert_eq!(id(&first["claim"]), id(&again["claim"]));
    let other = mei.refused(CLAIM_OPEN, claim_on(&card, "NOT_AS_DESCRIBED", &key)).await;
    assert_eq!(other, ["IDEMPOTENCY_KEY_REUSED"]);
    let second = claim_on(&card, "INVALID", &fresh("key"));
    assert_eq!(mei.refused(CLAIM_OPEN, second.clone()).await, ["CLAIM_ALREADY_OPEN"]);
    shop.b.owner.reject(&id(&first["claim"])).await;
    assert_eq!(
        mei.refused(CLAIM_OPEN, second.clone()).await,
        ["CLAIM_ALREADY_OPEN"],
        "it may still be appealed"
    );
    mei.step("Withdraw", &id(&first["claim"])).await;
    mei.done(CLAIM_OPEN, second).await;
    assert_eq!(claims(&mei).await, 2);
    shop.close().await;
}

#[tokio::test]
async fn anothers_delivery_and_anothers_claim_look_like_none() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let lin = shop.buyer(0).await;
    let foreign = lin.ask(CLAIM_OPEN, claim_on(&card, "INVALID", &fresh("key"))).await;
    let missing =
        lin.ask(CLAIM_OPEN, claim_on("dlv_00000000000070008000000000000000", "INVALID", &fresh("key"))).await;
    assert_eq!(errors(&foreign), ["NOT_FOUND"]);
    assert_eq!(foreign["data"], missing["data"]);
    let claim = mei.claim(&card).await;
    let sibling = site(&shop.operator, "SITE", "sib", None).await;
    let supplier = site(&shop.operator, "SUPPLIER", "sup", None).await;
    let elsewhere = Shop::open().await;
    for who in [&lin, &sibling.owner, &supplier.owner, &elsewhere.operator] {
        assert_eq!(who.see(&claim).await, Value::Null, "{}", who.tenant);
        assert_eq!(claims(who).await, 0, "{}", who.tenant);
        let node = who.get("query($c: ID!) { node(id: $c) { id } }", json!({"c": claim})).await;
        assert_eq!(node, Value::Null, "{}", who.tenant);
    }
    assert_eq!(lin.cannot("Withdraw", &claim).await, "NOT_FOUND");
    for who in [&sibling.owner, &supplier.owner, &elsewhere.operator] {
        assert_eq!(who.cannot("HandOver", &claim).await, "NOT_FOUND", "{}", who.tenant);
    }
    for who in [&mei, &shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!(at(who, &claim).await, is("SUBMITTED", Some("SITE")), "{}", who.tenant);
        assert_eq!(claims(who).await, 1, "{}", who.tenant);
    }
    shop.close().await;
}

// Every step that a desk may take is refused to those whose desk it is not, and the claim stays.
async fn only_one_decides(shop: &Shop, claim: &str, others: &[&Client], desk: &str) {
    for who in others {
        for step in ["HandOver", "RequestInfo"] {
            assert_eq!(who.cannot(step, claim).await, "INVALID_TRANSITION", "{} {step}", who.tenant);
        }
        let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        assert_eq!(who.refused(CLAIM_APPROVE, approve).await, ["INVALID_TRANSITION"], "{}", who.tenant);
        let reject = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "no"}});
        assert_eq!(who.refused(CLAIM_REJECT, reject).await, ["INVALID_TRANSITION"], "{}", who.tenant);
    }
    assert_eq!(at(&shop.operator, claim).await, is("SUBMITTED", Some(desk)));
}

#[tokio::test]
async fn a_claim_goes_up_by_hand_and_only_the_desk_that_has_it_acts() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    let (a, b, supplier, operator) = (&shop.a.owner, &shop.b.owner, &shop.supplier.owner, &shop.operator);
    only_one_decides(&shop, &claim, &[a, supplier, operator], "SITE").await;
    assert_eq!(b.step("HandOver", &claim).await["desk"], "SUPPLIER");
    only_one_decides(&shop, &claim, &[a, b, operator], "SUPPLIER").await;
    assert_eq!(supplier.step("HandOver", &claim).await["desk"], "OPERATOR");
    only_one_decides(&shop, &claim, &[a, b, supplier], "OPERATOR").await;
    assert_eq!(operator.cannot("HandOver", &claim).await, "INVALID_TRANSITION", "nobody is above");
    let answer = mei.ask(&claim_step("HandOver"), json!({"i": {"claimId": claim, "note": "Please."}})).await;
    assert_eq!(code(&answer), "FORBIDDEN");
    assert_eq!(
        (mei.money().await, shop.purses().await.map(|purse| purse.1)),
        ((0, 0), [8_000, 400, 840, 300])
    );
    let history = mei.see(&claim).await["history"].clone();
    let desks: Vec<&str> =
        history.as_array().unwrap().iter().map(|step| step["desk"].as_str().unwrap()).collect();
    assert_eq!(desks, ["SITE", "SUPPLIER", "OPERATOR"]);
    assert_eq!(history[1]["note"], "As said.");
    shop.close().await;
}

#[tokio::test]
async fn a_desk_whose_time_passes_loses_the_claim_to_the_next_and_the_last_keeps_it() {
    let shop = Shop::on(Server::shared(), Terms { duration: 3_600, decision: 3 }).await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    let steps = wait_until("the claim is late at the last desk", async || {
        let history = mei.see(&claim).await["history"].clone();
        let steps = history.as_array().unwrap().clone();
        (steps.len() == 4).then_some(steps)
    })
    .await;
    let seen: Vec<(&str, &str)> =
        steps.iter().map(|step| (step["to"].as_str().unwrap(), step["desk"].as_str().unwrap())).collect();
    let expected = [
        ("SUBMITTED", "SITE"),
        ("SUBMITTED", "SUPPLIER"),
        ("SUBMITTED", "OPERATOR"),
        ("SUBMITTED", "OPERATOR"),
    ];
    assert_eq!(seen, expected, "the operator is said to be late once, and keeps it");
    assert_eq!(shop.b.owner.cannot("HandOver", &claim).await, "INVALID_TRANSITION");
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    assert_eq!(shop.operator.done(CLAIM_APPROVE, approve).await["claim"]["status"], "RESOLVED");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn while_the_buyer_is_asked_the_desks_clock_stands_still() {
    let shop = Shop::on(Server::shared(), Terms { duration: 3_600, decision: 12 }).await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    let units = order["lines"][0]["deliveries"].as_array().unwrap();
    let asked = mei.claim(&id(&units[0])).await;
    let paused = shop.b.owner.step("RequestInfo", &asked).await;
    assert_eq!((&paused["status"], &paused["desk"]), (&json!("INFO_REQUESTED"), &json!("BUYER")));
    assert_eq!(paused["dueAt"], Value::Null, "nobody's desk is due");
    // A claim that was opened later has gone up: the first would have, too.
    let later = mei.claim(&id(&units[1])).await;
    wait_until("the later one goes up", async || {
        (at(&mei, &later).await == is("SUBMITTED", Some("SUPPLIER"))).then_some(())
    })
    .await;
    assert_eq!(at(&mei, &asked).await, is("INFO_REQUESTED", Some("BUYER")));
    for (who, step) in
        [(&shop.b.owner, "HandOver"), (&shop.supplier.owner, "HandOver"), (&shop.b.owner, "RequestInfo")]
    {
        assert_eq!(who.cannot(step, &asked).await, "INVALID_TRANSITION", "{} {step}", who.tenant);
    }
    let goes_on = mei.step("ProvideInfo", &asked).await;
    assert_eq!(
        (&goes_on["status"], &goes_on["desk"]),
        (&json!("SUBMITTED"), &json!("SITE")),
        "back where it was asked"
    );
    let answered = mei.see(&asked).await["history"].as_array().unwrap().last().unwrap()["at"].clone();
    assert!((moment(&goes_on["dueAt"]) - moment(&answered)).num_seconds() < 4, "with what was left");
    assert_eq!(mei.cannot("ProvideInfo", &asked).await, "INVALID_TRANSITION");
    wait_until("the clock goes on", async || {
        (at(&mei, &asked).await == is("SUBMITTED", Some("SUPPLIER"))).then_some(())
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_buyer_may_give_any_open_claim_up_and_the_delivery_is_as_before() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    for before in ["SUBMITTED", "INFO_REQUESTED", "REJECTED", "APPEALED"] {
        let claim = mei.claim(&card).await;
        match before {
            "INFO_REQUESTED" => drop(shop.b.owner.step("RequestInfo", &claim).await),
            "REJECTED" => drop(shop.b.owner.reject(&claim).await),
            "APPEALED" => {
                shop.b.owner.reject(&claim).await;
                mei.step("Appeal", &claim).await;
            }
            _ => {}
        }
        assert_eq!(at(&mei, &claim).await.0, before);
        let given_up = mei.step("Withdraw", &claim).await;
        assert_eq!((&given_up["status"], &given_up["desk"]), (&json!("WITHDRAWN"), &Value::Null), "{before}");
        assert_eq!(given_up["delivery"]["status"], "DELIVERED", "{before}");
        assert_eq!(mei.cannot("Withdraw", &claim).await, "INVALID_TRANSITION");
        let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        for desk in [&shop.b.owner, &shop.supplier.owner, &shop.operator] {
            assert_eq!(
                desk.refused(CLAIM_APPROVE, approve.clone()).await,
                ["INVALID_TRANSITION"],
                "{before}"
            );
        }
    }
    assert_eq!(
        (mei.money().await, shop.purses().await.map(|purse| purse.1)),
        ((0, 0), [8_000, 400, 840, 300])
    );
    shop.close().await;
}
