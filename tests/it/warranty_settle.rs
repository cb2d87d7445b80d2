//! How claims are settled: offers, the next remedy, a batch taken back, and what the record proves by itself.

use crate::support::{
    CLAIM_APPROVE, Client, Server, Shop, cny, code, errors, fresh, id, superuser, uuid, wait_until,
};
use serde_json::{Value, json};

const OFFER: &str = "mutation($i: ClaimOfferMakeInput!) { claimOfferMake(input: $i) {
  offer { id party status remedy amount { amount } bearer } errors { code message path } } }";
const ACCEPT: &str = "mutation($o: ID!, $b: ClaimDesk) { claimOfferAccept(input: {offerId: $o, bearer: $b}) {
  claim { id status remedy { kind bearer amount { amount } } } errors { __typename code message path } } }";
const DECLINE: &str = "mutation($o: ID!) { claimOfferDecline(input: {offerId: $o}) {
  offer { status } errors { code message path } } }";
const OFFERS: &str = "query($c: ID!) { warrantyClaim(id: $c) { status offers { id party status }
  remedyOptions { kind amount { amount } hindrance } triage { score reasons { code weight text } } history { to note desk } } }";
const RECALL: &str = "mutation($i: RecallCreateInput!) { recallCreate(input: $i) {
  recall { id status unsold units waiting amount { amount } } errors { code message path } } }";
const CONFIRM: &str = "mutation($r: ID!) { recallConfirm(input: {recallId: $r}) {
  recall { id status unsold waiting } errors { code message path } } }";
const FOUND: &str = "query($r: ID!) { recall(id: $r) { status unsold units waiting replaced refunded left amount { amount } } }";

fn offer(claim: &str, remedy: &str, amount: Option<&str>) -> Value {
    json!({"i": {"claimId": claim, "remedy": remedy, "amount": amount.map(cny)}})
}

#[tokio::test]
async fn either_side_offers_and_the_other_accepts() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(3 * 9_540).await;
    let order = mei.place(shop.order(3, "286.20", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    let b = &shop.b.owner;
    shop.credit(&b.wallet_id().await, 10_000).await;
    // The desk's offer, declined; the buyer's instead, accepted by the desk.
    let claim = mei.claim(&units[0]).await;
    let made = b.done(OFFER, offer(&claim, "COMPENSATE", Some("5.00"))).await["offer"].clone();
    assert_eq!((&made["party"], &made["bearer"]), (&json!("SITE"), &json!("SITE")));
    assert_eq!(b.refused(ACCEPT, json!({"o": made["id"]})).await, ["INVALID_TRANSITION"], "one's own");
    assert_eq!(shop.operator.refused(ACCEPT, json!({"o": made["id"]})).await, ["INVALID_TRANSITION"]);
    assert_eq!(mei.done(DECLINE, json!({"o": made["id"]})).await["offer"]["status"], "DECLINED");
    assert_eq!(mei.refused(ACCEPT, json!({"o": made["id"]})).await, ["INVALID_TRANSITION"], "not open");
    let asked = mei.done(OFFER, offer(&claim, "REFUND", Some("31.80"))).await["offer"].clone();
    assert_eq!((&asked["party"], &asked["bearer"]), (&json!("BUYER"), &Value::Null));
    let done = b.done(ACCEPT, json!({"o": asked["id"]})).await["claim"].clone();
    assert_eq!((&done["status"], &done["remedy"]["bearer"]), (&json!("RESOLVED"), &json!("SITE")));
    assert_eq!(mei.money().await, (3_180, 0));
    // The desk's offer, accepted by the buyer: it binds the desk that made it.
    let claim = mei.claim(&units[1]).await;
    b.step("HandOver", &claim).await;
    assert_eq!(
        b.refused(OFFER, offer(&claim, "REFUND", None)).await,
        ["INVALID_TRANSITION"],
        "another's desk"
    );
    let made = shop.supplier.owner.done(OFFER, offer(&claim, "REFUND", None)).await["offer"].clone();
    let done = mei.done(ACCEPT, json!({"o": made["id"]})).await["claim"].clone();
    assert_eq!(
        (&done["remedy"]["bearer"], &done["remedy"]["amount"]["amount"]),
        (&json!("SUPPLIER"), &json!("95.40"))
    );
    assert_eq!(mei.money().await, (3_180 + 9_540, 0));
    // An offer ends with the desk's turn, and another takes its place.
    let claim = mei.claim(&units[2]).await;
    let first = b.done(OFFER, offer(&claim, "COMPENSATE", Some("1.00"))).await["offer"].clone();
    let second = b.done(OFFER, offer(&claim, "COMPENSATE", Some("2.00"))).await["offer"].clone();
    b.step("HandOver", &claim).await;
    for lapsed in [&first, &second] {
        assert_eq!(mei.refused(ACCEPT, json!({"o": lapsed["id"]})).await, ["INVALID_TRANSITION"]);
    }
    // Nor does it outlive the claim, whatever the buyer was asked meanwhile.
    let supplier = &shop.supplier.owner;
    let third = supplier.done(OFFER, offer(&claim, "COMPENSATE", Some("3.00"))).await["offer"].clone();
    supplier.step("RequestInfo", &claim).await;
    assert_eq!(
        mei.refused(ACCEPT, json!({"o": third["id"]})).await,
        ["INVALID_TRANSITION"],
        "nobody decides now"
    );
    mei.step("Withdraw", &claim).await;
    let statuses: Vec<Value> = mei.get(OFFERS, json!({"c": claim})).await["offers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["status"].clone())
        .collect();
    assert_eq!(statuses, vec![json!("LAPSED"); 3]);
    assert_eq!(
        shop.a.owner.get(OFFERS, json!({"c": claim})).await["offers"],
        json!([]),
        "not the tier between"
    );
    shop.close().await;
}

#[tokio::test]
async fn what_can_not_be_offered_is_refused_and_what_can_not_be_paid_tells_the_buyer_nothing() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    let b = &shop.b.owner;
    for (who, input) in [
        (b, offer(&claim, "COMPENSATE", None)),
        (b, offer(&claim, "REPLACE", Some("1.00"))),
        (b, offer(&claim, "PRORATA_REFUND", Some("1.00"))),
        (b, offer(&claim, "REFUND", Some("95.41"))),
        (&mei, offer(&claim, "COMPENSATE", Some("95.41"))),
        (&mei, json!({"i": {"claimId": claim, "remedy": "REFUND", "bearer": "SUPPLIER"}})),
        (b, json!({"i": {"claimId": claim, "remedy": "REFUND", "bearer": "SUPPLIER"}})),
    ] {
        assert_eq!(who.refused(OFFER, input.clone()).await, ["INVALID_INPUT"], "{input}");
    }
    let stranger = shop.buyer(0).await;
    assert_eq!(stranger.refused(OFFER, offer(&claim, "REFUND", None)).await, ["NOT_FOUND"]);
    let made = b.done(OFFER, offer(&claim, "REFUND", None)).await["offer"].clone();
    assert_eq!(stranger.refused(ACCEPT, json!({"o": made["id"]})).await, ["NOT_FOUND"]);
    assert_eq!(shop.a.owner.refused(DECLINE, json!({"o": made["id"]})).await, ["NOT_FOUND"]);
    let answer = mei.ask(ACCEPT, json!({"o": made["id"]})).await;
    assert_eq!(errors(&answer), ["INVALID_TRANSITION"], "{answer}");
    assert!(!answer.to_string().contains("missing"), "{answer}");
    let seen = mei.get(OFFERS, json!({"c": claim})).await;
    assert_eq!((&seen["status"], &seen["offers"][0]["status"]), (&json!("SUBMITTED"), &json!("OPEN")));
    assert_eq!(mei.money().await, (0, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_unit_is_replaced_as_often_as_the_terms_allow_and_then_the_next_remedy_is_named() {
    let shop = Shop::open().await;
    let terms = json!({"warranty": {
        "durationSeconds": 259_200, "decisionWithinSeconds": 3_600, "coveredReasons": [],
        "remedies": ["REPLACE", "REFUND", "COMPENSATE"], "replacementLimit": 1,
    }});
    let variant = shop.offer("CARD", terms).await;
    shop.import(&variant, &format!("{}\n{}\n{}", fresh("S"), fresh("S"), fresh("S")), &fresh("import")).await;
    let mei = shop.buyer(9_540).await;
    let listing = crate::support::listing_of(&shop.b, &variant);
    let order = mei.place(crate::support::order_of(&[(listing, 1)], "95.40")).await;
    let claim = mei.claim(&crate::support::delivery(&order)).await;
    shop.b.owner.step("HandOver", &claim).await;
    let replace = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let done = shop.supplier.owner.done(CLAIM_APPROVE, replace).await["claim"].clone();
    let second = id(&done["remedy"]["replacement"]);
    let claim = mei.claim(&second).await;
    shop.b.owner.step("HandOver", &claim).await;
    let options = mei.get(OFFERS, json!({"c": claim})).await["remedyOptions"].clone();
    assert_eq!(
        (&options[0]["hindrance"], &options[1]["hindrance"]),
        (&json!("REPLACED_ENOUGH"), &Value::Null)
    );
    let replace = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let answer = shop.supplier.owner.ask(CLAIM_APPROVE, replace).await;
    assert_eq!(errors(&answer), ["LIMIT_EXCEEDED"], "{answer}");
    let message = answer["data"]["warrantyClaimApprove"]["errors"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("the terms offer REFUND next"), "{message}");
    let refund = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    assert_eq!(shop.supplier.owner.done(CLAIM_APPROVE, refund).await["claim"]["status"], "RESOLVED");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn without_stock_the_next_remedy_is_named() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    let options = mei.get(OFFERS, json!({"c": claim})).await["remedyOptions"].clone();
    assert_eq!(options[0], json!({"kind": "REPLACE", "amount": null, "hindrance": "OUT_OF_STOCK"}));
    assert_eq!(options[1]["amount"]["amount"], "95.40");
    assert_eq!(shop.a.owner.get(OFFERS, json!({"c": claim})).await["remedyOptions"], json!([]));
    shop.b.owner.step("HandOver", &claim).await;
    let replace = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let answer = shop.supplier.owner.ask(CLAIM_APPROVE, replace).await;
    assert_eq!(errors(&answer), ["OUT_OF_STOCK"]);
    let message = answer["data"]["warrantyClaimApprove"]["errors"][0]["message"].as_str().unwrap();
    assert!(message.ends_with("the terms offer REFUND next"), "{message}");
    shop.close().await;
}

#[tokio::test]
async fn unused_days_are_paid_back_to_the_day() {
    let shop = Shop::open().await;
    let day = 86_400;
    let terms = json!({"warranty": {
        "durationSeconds": 30 * day, "decisionWithinSeconds": 3_600, "coveredReasons": [], "remedies": ["PRORATA_REFUND"],
    }});
    let variant = shop.offer("MEMBERSHIP", terms).await;
    let secrets: Vec<String> = (0..4).map(|_| fresh("S")).collect();
    shop.import(&variant, &secrets.join("\n"), &fresh("import")).await;
    let mei = shop.buyer(4 * 9_540).await;
    let listing = crate::support::listing_of(&shop.b, &variant);
    let order = mei.place(crate::support::order_of(&[(listing, 4)], "381.60")).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    let mut database = superuser(Server::shared()).await;
    let mut paid = 0;
    // What is left of thirty days when the claim is opened, and what that is worth: a second more or less is a day.
    for (unit, left, worth) in
        [(&units[0], 15 * day + 60, 4_770), (&units[1], 15 * day - 60, 4_452), (&units[2], day + 60, 318)]
    {
        age(&mut database, unit, left).await;
        let claim = mei.claim(unit).await;
        shop.b.owner.step("HandOver", &claim).await;
        let grant = json!({"i": {"claimId": claim, "remedy": "PRORATA_REFUND"}});
        shop.supplier.owner.done(CLAIM_APPROVE, grant).await;
        paid += worth;
        assert_eq!(mei.money().await, (paid, 0), "{left}");
    }
    age(&mut database, &units[3], day - 60).await;
    let claim = mei.claim(&units[3]).await;
    shop.b.owner.step("HandOver", &claim).await;
    let grant = json!({"i": {"claimId": claim, "remedy": "PRORATA_REFUND"}});
    assert_eq!(
        shop.supplier.owner.refused(CLAIM_APPROVE, grant).await,
        ["INVALID_INPUT"],
        "no whole day is unused"
    );
    shop.close().await;
}

async fn age(database: &mut sqlx::PgConnection, unit: &str, left: i32) {
    sqlx::query(
        "update delivery set warranty_ends_at = now() + make_interval(secs => $2) where delivery_id = $1",
    )
    .bind(uuid(unit))
    .bind(f64::from(left))
    .execute(database)
    .await
    .unwrap();
}

async fn imported(shop: &Shop, count: usize) -> String {
    let secrets: Vec<String> = (0..count).map(|_| fresh("SECRET")).collect();
    id(&shop.import(&shop.variant, &secrets.join("\n"), &fresh("import")).await["import"])
}

async fn finished(who: &Client, recall: &str) -> Value {
    wait_until("the recall is done", async || {
        let seen = who.get(FOUND, json!({"r": recall})).await;
        (seen["status"] == "DONE").then_some(seen)
    })
    .await
}

#[tokio::test]
async fn a_batch_is_taken_back_in_one_reviewed_step() {
    let shop = Shop::open().await;
    let batch = imported(&shop, 5).await;
    let mei = shop.buyer(3 * 9_540).await;
    let order = mei.place(shop.order(3, "286.20", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    // One has an open claim that was refused, one has its money back already.
    let refused = mei.claim(&units[0]).await;
    shop.b.owner.reject(&refused).await;
    let settled = mei.claim(&units[1]).await;
    shop.b.owner.step("HandOver", &settled).await;
    shop.supplier.owner.done(CLAIM_APPROVE, json!({"i": {"claimId": settled, "remedy": "REFUND"}})).await;
    let input = json!({"i": {"importId": batch, "reason": "REVOKED", "remedy": "REFUND", "note": "The issuer took them back."}});
    let supplier = &shop.supplier.owner;
    let stranger = crate::support::site(&shop.operator, "SUPPLIER", "sup", None).await;
    assert_eq!(stranger.owner.refused(RECALL, input.clone()).await, ["NOT_FOUND"]);
    assert_eq!(code(&shop.b.owner.ask(RECALL, input.clone()).await), "FORBIDDEN");
    let made = supplier.done(RECALL, input.clone()).await["recall"].clone();
    assert_eq!(
        (&made["status"], &made["unsold"], &made["units"], &made["amount"]["amount"]),
        (&json!("DRAFT"), &json!(2), &json!(2), &json!("190.80"))
    );
    assert_eq!(supplier.refused(RECALL, input).await, ["CONFLICT"]);
    assert_eq!(mei.see(&refused).await["status"], "REJECTED", "nothing has happened yet");
    let recall = id(&made);
    assert_eq!(stranger.owner.get(FOUND, json!({"r": recall})).await, Value::Null);
    assert_eq!(stranger.owner.refused(CONFIRM, json!({"r": recall})).await, ["NOT_FOUND"]);
    let confirmed = supplier.done(CONFIRM, json!({"r": recall})).await["recall"].clone();
    assert_eq!((&confirmed["unsold"], &confirmed["status"]), (&json!(0), &json!("RUNNING")));
    let done = finished(supplier, &recall).await;
    assert_eq!(
        (&done["refunded"], &done["left"], &done["waiting"]),
        (&json!(2), &json!(0), &json!(0)),
        "{done}"
    );
    assert_eq!(supplier.refused(CONFIRM, json!({"r": recall})).await, ["INVALID_TRANSITION"]);
    // What a supplier takes back by itself is no claim that its desk had to answer: that was handed over to it alone.
    let guard = supplier.get("{ supplierGuard { claims claimsLate } }", json!({})).await;
    assert_eq!(guard, json!({"claims": 1, "claimsLate": 0}));
    // Each by a claim: the one that was open, and a new one.
    let seen = mei.get(OFFERS, json!({"c": refused})).await;
    let steps: Vec<&str> =
        seen["history"].as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap()).collect();
    assert_eq!(steps, ["SUBMITTED", "REJECTED", "APPROVED", "RESOLVED"]);
    assert_eq!(mei.money().await, (3 * 9_540, 0));
    assert_eq!(shop.purses().await, [(0, 0); 4], "the sales are undone on every tier");
    // What was kept from sale is not sold.
    let lin = shop.buyer(9_540).await;
    assert_eq!(
        lin.refused(crate::support::ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await,
        ["OUT_OF_STOCK"]
    );
    shop.close().await;
}

#[tokio::test]
async fn whoever_goes_on_with_a_recall_makes_no_unit_good_twice() {
    let shop = Shop::open().await;
    let batch = imported(&shop, 1).await;
    let mei = shop.buyer(9_540).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let input =
        json!({"i": {"importId": batch, "reason": "REVOKED", "remedy": "REFUND", "note": "Taken back."}});
    let supplier = &shop.supplier.owner;
    let recall = id(&supplier.done(RECALL, input).await["recall"]);
    supplier.done(CONFIRM, json!({"r": recall})).await;
    finished(supplier, &recall).await;
    assert_eq!(mei.money().await, (9_540, 0));
    // As if the tick had been lost: the unit itself says that it is settled.
    let mut database = superuser(Server::shared()).await;
    for sql in [
        "update recall_unit set status = 'WAITING', claim_id = null where recall_id = $1",
        "update recall set status = 'RUNNING', finished_at = null where recall_id = $1",
    ] {
        sqlx::query(sql).bind(uuid(&recall)).execute(&mut database).await.unwrap();
    }
    let again = finished(supplier, &recall).await;
    assert_eq!((&again["left"], &again["refunded"]), (&json!(1), &json!(0)), "{again}");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn an_offer_that_both_take_at_once_is_done_once() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    let supplier = &shop.supplier.owner;
    let made = id(&supplier.done(OFFER, offer(&claim, "REFUND", None)).await["offer"]);
    let accept = || mei.ask(ACCEPT, json!({"o": made, "b": null}));
    let approve = supplier.ask(CLAIM_APPROVE, json!({"i": {"claimId": claim, "remedy": "REFUND"}}));
    let (one, two, three) = tokio::join!(accept(), accept(), approve);
    let done = [&one, &two, &three].iter().filter(|answer| errors(answer).is_empty()).count();
    assert_eq!(done, 1, "{one}\n{two}\n{three}");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_recall_replaces_from_other_batches_and_refunds_when_those_run_out() {
    let shop = Shop::open().await;
    let batch = imported(&shop, 2).await;
    let mei = shop.buyer(2 * 9_540).await;
    mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    imported(&shop, 1).await;
    let input = json!({"i": {"importId": batch, "reason": "COUNTERFEIT", "remedy": "REPLACE", "note": "They were copied."}});
    let recall = id(&shop.operator.done(RECALL, input).await["recall"]);
    shop.operator.done(CONFIRM, json!({"r": recall})).await;
    let done = finished(&shop.operator, &recall).await;
    assert_eq!((&done["replaced"], &done["refunded"]), (&json!(1), &json!(1)), "{done}");
    assert_eq!(mei.money().await, (9_540, 0));
    let claims = mei
        .get("{ warrantyClaims { nodes { status reason recall { id } remedy { kind bearer } } } }", json!({}))
        .await;
    for claim in claims["nodes"].as_array().unwrap() {
        assert_eq!((&claim["status"], &claim["reason"]), (&json!("RESOLVED"), &json!("NOT_AS_DESCRIBED")));
        assert_eq!(
            (&claim["remedy"]["bearer"], &claim["recall"]),
            (&json!("SUPPLIER"), &Value::Null),
            "{claim}"
        );
    }
    shop.close().await;
}
