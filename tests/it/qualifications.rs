//! What a supplier is qualified for: it says so, the operator decides, buyers see what was verified and not of whom.

use crate::support::{Client, Server, Shop, code, errors, fresh, id, site, superuser, unknown, uuid};
use serde_json::{Value, json};

const SUBMIT: &str = "mutation($i: QualificationSubmitInput!) { qualificationSubmit(input: $i) {
  qualification { id title issuer number status submittedAt verifiedAt note validUntil tenant { handle } } errors { code path } } }";
const DECIDE: &str = "mutation($i: QualificationDecideInput!) { qualificationDecide(input: $i) {
  qualification { id status verifiedAt note } errors { code path } } }";
const LIST: &str = "query($s: QualificationStatus) { qualifications(status: $s) { id title status note tenant { handle } } }";
const SHOWN: &str = "{ listings { nodes { qualifications { id title issuer number status verifiedAt note tenant { handle } } } } }";

fn input(title: &str) -> Value {
    json!({"i": {"title": title, "issuer": "Star Games", "number": "A-77"}})
}

fn decide(id: &str, verified: bool, note: &str) -> Value {
    json!({"i": {"qualificationId": id, "verified": verified, "note": note}})
}

async fn shown(client: &Client) -> Vec<Value> {
    let listings = client.get(SHOWN, json!({})).await;
    listings["nodes"][0]["qualifications"].as_array().unwrap().clone()
}

#[tokio::test]
async fn buyers_see_what_was_verified_and_never_whose_it_is() {
    let shop = Shop::open().await;
    let (supplier, operator, mei) = (&shop.supplier.owner, &shop.operator, shop.buyer(0).await);
    let made = supplier.done(SUBMIT, input("Licensed reseller")).await["qualification"].clone();
    let one = id(&made);
    assert_eq!((made["status"].as_str(), &made["verifiedAt"]), (Some("PENDING"), &Value::Null));
    assert_eq!(made["tenant"]["handle"], json!(shop.supplier.handle));
    assert_eq!(shown(&mei).await, Vec::<Value>::new(), "not before it is verified");
    let waiting = operator.get(LIST, json!({"s": "PENDING"})).await;
    assert_eq!(
        (id(&waiting[0]), waiting[0]["tenant"]["handle"].as_str()),
        (one.clone(), Some(shop.supplier.handle.as_str()))
    );
    let done = operator.done(DECIDE, decide(&one, true, "seen the contract")).await;
    assert_eq!(done["qualification"]["status"], json!("VERIFIED"));
    // By the next request, in every listing of its supplier's.
    let seen = shown(&mei).await;
    assert_eq!(seen.len(), 1);
    assert_eq!(
        (id(&seen[0]), seen[0]["title"].as_str(), seen[0]["number"].as_str()),
        (one.clone(), Some("Licensed reseller"), Some("A-77"))
    );
    assert!(seen[0]["verifiedAt"].is_string());
    for client in [&mei, &shop.b.owner, &shop.a.owner] {
        let text = client.ask(SHOWN, json!({})).await.to_string();
        assert!(!text.contains(&shop.supplier.handle) && !text.contains("contract"), "{text}");
        assert_eq!(code(&client.ask(LIST, json!({})).await), "FORBIDDEN");
    }
    // Whoever may name the supplier sees it there too.
    let product =
        "query($p: ID!) { product(id: $p) { supplier { qualifications { title note tenant { handle } } } } }";
    let named = shop.a.owner.get(product, json!({"p": shop.product})).await;
    assert_eq!(
        named["supplier"]["qualifications"],
        json!([{"title": "Licensed reseller", "note": null, "tenant": null}])
    );
    let own = supplier.get(LIST, json!({})).await;
    assert_eq!(
        (own[0]["note"].as_str(), own[0]["status"].as_str()),
        (Some("seen the contract"), Some("VERIFIED"))
    );
    // Thinking again takes it away.
    operator.done(DECIDE, decide(&one, false, "the contract has ended")).await;
    assert_eq!(shown(&mei).await, Vec::<Value>::new());
    assert_eq!(supplier.get(LIST, json!({"s": "REJECTED"})).await.as_array().unwrap().len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn only_the_operator_decides_once_each_way_and_nothing_that_has_ended() {
    let shop = Shop::open().await;
    let (supplier, operator) = (&shop.supplier.owner, &shop.operator);
    let one = id(&supplier.done(SUBMIT, input("Tested")).await["qualification"]);
    let status = async || supplier.get(LIST, json!({})).await[0]["status"].clone();
    for who in [supplier, &shop.a.owner] {
        assert_eq!(code(&who.ask(DECIDE, decide(&one, true, "me")).await), "FORBIDDEN");
    }
    assert_eq!(operator.refused(DECIDE, decide(&unknown("qua"), true, "x")).await, ["NOT_FOUND"]);
    assert_eq!(operator.refused(DECIDE, decide("nonsense", true, "x")).await, ["NOT_FOUND"]);
    assert_eq!(operator.refused(DECIDE, decide(&one, true, &"x".repeat(501))).await, ["INVALID_INPUT"]);
    assert_eq!(status().await, json!("PENDING"), "nothing has changed");
    operator.done(DECIDE, decide(&one, true, "x")).await;
    assert_eq!(operator.refused(DECIDE, decide(&one, true, "x")).await, ["INVALID_TRANSITION"]);
    // Another network's operator finds none.
    let elsewhere = Shop::open().await;
    assert_eq!(elsewhere.operator.refused(DECIDE, decide(&one, false, "x")).await, ["NOT_FOUND"]);
    assert_eq!(elsewhere.operator.get(LIST, json!({})).await, json!([]));
    // Its time is over: shown nowhere, and not verified again.
    let mei = shop.buyer(0).await;
    assert_eq!(shown(&mei).await.len(), 1);
    sqlx::query(
        "update qualification set valid_until = now() + interval '1 second' where qualification_id = $1",
    )
    .bind(uuid(&one))
    .execute(&mut superuser(Server::shared()).await)
    .await
    .unwrap();
    crate::support::wait_until("its time is over", async || shown(&mei).await.is_empty().then_some(())).await;
    assert_eq!(status().await, json!("EXPIRED"));
    assert_eq!(supplier.get(LIST, json!({"s": "VERIFIED"})).await, json!([]));
    assert_eq!(supplier.get(LIST, json!({"s": "EXPIRED"})).await.as_array().unwrap().len(), 1);
    operator.done(DECIDE, decide(&one, false, "x")).await;
    assert_eq!(operator.refused(DECIDE, decide(&one, true, "x")).await, ["INVALID_TRANSITION"]);
    shop.close().await;
    elsewhere.close().await;
}

#[tokio::test]
async fn a_submission_is_checked_and_so_many_wait_and_no_more() {
    let shop = Shop::open().await;
    let other = site(&shop.operator, "SUPPLIER", "sup", None).await;
    let supplier = &shop.supplier.owner;
    let with = |field: &str, value: Value| {
        let mut input = input("Licensed");
        input["i"][field] = value;
        input
    };
    for (input, path) in [
        (with("title", json!("")), "title"),
        (with("title", json!("x".repeat(121))), "title"),
        (with("issuer", json!("two\nlines")), "issuer"),
        (with("number", json!("x".repeat(61))), "number"),
        (with("validUntil", json!("2020-01-01T00:00:00Z")), "validUntil"),
    ] {
        let answer = supplier.ask(SUBMIT, input).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"]);
        assert_eq!(answer["data"]["qualificationSubmit"]["errors"][0]["path"][1], json!(path));
    }
    assert_eq!(supplier.get(LIST, json!({})).await, json!([]));
    assert_eq!(code(&shop.a.owner.ask(SUBMIT, input("Me too")).await), "FORBIDDEN");
    let (mut done, mut refused) = (0, 0);
    for _ in 0..3 {
        let racers = (0..8).map(|_| supplier.ask(SUBMIT, input(&fresh("licence"))));
        for answer in futures_util::future::join_all(racers).await {
            match errors(&answer).as_slice() {
                [] => done += 1,
                [code] if code == "LIMIT_EXCEEDED" => refused += 1,
                other => panic!("{other:?}: {answer}"),
            }
        }
    }
    assert_eq!((done, refused), (20, 4));
    other.owner.done(SUBMIT, input("Ours")).await;
    assert_eq!(other.owner.get(LIST, json!({})).await.as_array().unwrap().len(), 1, "its own alone");
    assert_eq!(shop.operator.get(LIST, json!({})).await.as_array().unwrap().len(), 21);
    shop.close().await;
}
