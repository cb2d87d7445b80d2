//! Claims that the record proves: granted at once where the network says so, and where nothing speaks against it.

use crate::support::{
    CLAIM_APPROVE, CLAIM_OPEN, Client, LINE_DELIVER, REVEAL, Server, Shop, claim_on, delivery, errors, fresh,
    id, listing_of, order_of, superuser, uuid,
};
use serde_json::{Value, json};

const SEEN: &str = "query($c: ID!) { warrantyClaim(id: $c) { status desk remedy { kind }
  triage { score reasons { code } } history { to note } } }";

async fn opened(who: &Client, unit: &str, more: Value) -> Value {
    let mut input = claim_on(unit, "NOT_DELIVERED", &fresh("key"));
    input["i"].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    who.done(CLAIM_OPEN, input).await["claim"].clone()
}

#[tokio::test]
async fn what_the_record_proves_is_granted_at_once_where_the_network_says_so() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(3 * 9_540).await;
    let order = mei.place(shop.order(3, "286.20", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    // Nobody has said so: a claim is a claim.
    let waits = id(&mei.done(CLAIM_OPEN, claim_on(&units[0], "NOT_DELIVERED", &fresh("key"))).await["claim"]);
    let seen = shop.b.owner.get(SEEN, json!({"c": waits})).await;
    assert_eq!(
        (&seen["status"], &seen["triage"]["reasons"][0]["code"]),
        (&json!("SUBMITTED"), &json!("NEVER_REVEALED"))
    );
    assert_eq!(seen["triage"]["score"], 90);
    assert_eq!(mei.get(SEEN, json!({"c": waits})).await["triage"], Value::Null, "staff alone");
    assert_eq!(shop.a.owner.get(SEEN, json!({"c": waits})).await["triage"], Value::Null);
    shop.settings(json!({"claimsProved": true})).await;
    // Never shown: granted, with the reason; none is in stock, so the next remedy of the terms.
    let key = fresh("key");
    let made = mei.done(CLAIM_OPEN, claim_on(&units[1], "NOT_DELIVERED", &key)).await["claim"].clone();
    assert_eq!(made["status"], "RESOLVED");
    let again = mei.done(CLAIM_OPEN, claim_on(&units[1], "NOT_DELIVERED", &key)).await["claim"].clone();
    assert_eq!(id(&again), id(&made));
    let seen = mei.get(SEEN, json!({"c": id(&made)})).await;
    assert!(seen["history"][1]["note"].as_str().unwrap().contains("never shown to anybody"), "{seen}");
    assert_eq!(mei.money().await, (9_540, 0));
    assert_eq!(errors(&mei.ask(REVEAL, json!({"d": units[1]})).await), ["INVALID_TRANSITION"]);
    // Shown to the buyer: nothing is proved, nothing is refused.
    mei.done(REVEAL, json!({"d": units[2]})).await;
    let made =
        mei.done(CLAIM_OPEN, claim_on(&units[2], "NOT_DELIVERED", &fresh("key"))).await["claim"].clone();
    assert_eq!((&made["status"], &made["desk"]), (&json!("SUBMITTED"), &json!("SITE")));
    let seen = shop.b.owner.get(SEEN, json!({"c": id(&made)})).await;
    let codes: Vec<&str> =
        seen["triage"]["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["REVEALED_TO_BUYER", "SERIAL_CLAIMANT", "CLAIMED_SOON"]);
    assert_eq!(seen["triage"]["score"], 50 - 30 - 25 + 10);
    shop.close().await;
}

#[tokio::test]
async fn a_reveal_to_somebody_else_proves_a_claim_that_it_was_used() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let mut database = superuser(Server::shared()).await;
    sqlx::query(
        "insert into reveal (network_id, reveal_id, delivery_id, actor_id, revealed_at)
         select network_id, gen_random_uuid(), delivery_id, gen_random_uuid(), now() from delivery where delivery_id = $1",
    )
    .bind(uuid(&card))
    .execute(&mut database)
    .await
    .unwrap();
    shop.settings(json!({"claimsProved": true})).await;
    let made = mei.done(CLAIM_OPEN, claim_on(&card, "ALREADY_USED", &fresh("key"))).await["claim"].clone();
    assert_eq!(made["status"], "RESOLVED");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn what_is_done_by_hand_need_not_be_looked_at_to_be_had() {
    let shop = Shop::open().await;
    shop.settings(json!({"claimsProved": true})).await;
    let variant = shop.offer("TOP_UP", json!({})).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40")).await;
    let line = id(&order["lines"][0]);
    let done = json!({"i": {"orderLineId": line, "contents": [{"secret": "648 are on the account."}]}});
    let handed = shop.supplier.owner.done(LINE_DELIVER, done).await["order"].clone();
    let claim = opened(&mei, &delivery(&handed), json!({})).await;
    assert_eq!((&claim["status"], mei.money().await), (&json!("SUBMITTED"), (0, 0)));
    shop.close().await;
}

#[tokio::test]
async fn what_is_granted_at_once_takes_the_whole_unit_back() {
    let shop = Shop::open().await;
    shop.settings(json!({"claimsProved": true})).await;
    let variant = shop.offer("MEMBERSHIP", json!({})).await;
    shop.import(&variant, &fresh("CODE"), &fresh("import")).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40")).await;
    let unit = delivery(&order);
    // None is in stock: the terms' next remedy is the money for the days that are left, which would leave the code.
    let claim = opened(&mei, &unit, json!({"wanted": "PRORATA_REFUND"})).await;
    let seen = mei.get(SEEN, json!({"c": id(&claim)})).await;
    assert_eq!((&seen["status"], &seen["remedy"]["kind"]), (&json!("RESOLVED"), &json!("REFUND")));
    assert_eq!(mei.money().await, (9_540, 0));
    assert_eq!(errors(&mei.ask(REVEAL, json!({"d": unit})).await), ["INVALID_TRANSITION"]);
    shop.close().await;
}

#[tokio::test]
async fn nobody_is_given_one_card_after_the_other_for_looking_at_none() {
    let shop = Shop::open().await;
    shop.settings(json!({"claimsProved": true})).await;
    shop.stock(8).await;
    let mei = shop.buyer(4 * 9_540).await;
    let order = mei.place(shop.order(4, "381.60", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    let first = opened(&mei, &units[0], json!({"wanted": "REPLACE"})).await;
    let replacement = "query($c: ID!) { warrantyClaim(id: $c) { remedy { replacement { id } } } }";
    let another = mei.get(replacement, json!({"c": id(&first)})).await;
    // The other one is not replaced unseen again: somebody decides.
    let second = opened(&mei, &id(&another["remedy"]["replacement"]), json!({})).await;
    assert_eq!((&first["status"], &second["status"]), (&json!("RESOLVED"), &json!("SUBMITTED")));
    // And of who claims at least half of what it bought, from the third on, nothing is granted unasked.
    let third = opened(&mei, &units[1], json!({})).await;
    assert_eq!(third["status"], "SUBMITTED");
    let seen = shop.b.owner.get(SEEN, json!({"c": id(&third)})).await;
    let codes: Vec<&str> =
        seen["triage"]["reasons"].as_array().unwrap().iter().map(|r| r["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["NEVER_REVEALED", "SERIAL_CLAIMANT"]);
    let approve = json!({"i": {"claimId": id(&third), "remedy": "REFUND"}});
    assert_eq!(
        shop.b.owner.ask(CLAIM_APPROVE, approve).await["data"]["warrantyClaimApprove"]["errors"][0]["code"],
        "INSUFFICIENT_FUNDS"
    );
    shop.close().await;
}
