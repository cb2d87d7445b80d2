//! Refused claims: appealed once, in time, and decided by somebody else.

use crate::support::{CLAIM_APPROVE, CLAIM_REJECT, Client, Shop, fresh, wait_until};
use serde_json::{Value, json};

// Somebody else of the operator's with a role.
async fn colleague(shop: &Shop, role: &str) -> Client {
    let email = format!("{}@staff.example", fresh("wei"));
    let input = json!({"email": email, "password": "password", "displayName": "Wei", "role": role});
    let create = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message path } } }";
    shop.operator.done(create, json!({"i": input})).await;
    Client::anonymous(&shop.url, &shop.operator.tenant).sign_in(&email, "password").await
}

#[tokio::test]
async fn a_refusal_says_why_and_until_when_it_may_be_appealed() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    for note in ["", "a\u{202e}b", &"x".repeat(2_001)] {
        let input = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": note}});
        assert_eq!(shop.b.owner.refused(CLAIM_REJECT, input).await, ["INVALID_INPUT"]);
    }
    let rejected = shop.b.owner.reject(&claim).await;
    assert_eq!(
        (&rejected["status"], &rejected["desk"], &rejected["dueAt"]),
        (&json!("REJECTED"), &Value::Null, &Value::Null)
    );
    assert_eq!(
        rejected["delivery"]["status"], "UNDER_CLAIM",
        "its money stays held while it may be appealed"
    );
    let rejection = &mei.see(&claim).await["rejection"];
    assert_eq!((&rejection["reason"], &rejection["note"]), (&json!("MISUSE"), &json!("It was used.")));
    assert!(rejection["appealUntil"].is_string());
    for desk in [&shop.b.owner, &shop.supplier.owner, &shop.operator] {
        let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        assert_eq!(desk.refused(CLAIM_APPROVE, approve).await, ["INVALID_TRANSITION"]);
    }
    shop.close().await;
}

#[tokio::test]
async fn an_appeal_goes_to_the_operator_once_and_may_be_granted() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    assert_eq!(mei.cannot("Appeal", &claim).await, "INVALID_TRANSITION", "nothing was refused yet");
    shop.b.owner.reject(&claim).await;
    let appealed = mei.step("Appeal", &claim).await;
    assert_eq!((&appealed["status"], &appealed["desk"]), (&json!("APPEALED"), &json!("OPERATOR")));
    assert!(appealed["dueAt"].is_string());
    assert_eq!(mei.cannot("Appeal", &claim).await, "APPEAL_NOT_ALLOWED");
    for desk in [&shop.b.owner, &shop.supplier.owner] {
        let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        assert_eq!(desk.refused(CLAIM_APPROVE, approve).await, ["INVALID_TRANSITION"]);
    }
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    let granted = shop.operator.done(CLAIM_APPROVE, approve).await;
    assert_eq!(
        (&granted["claim"]["status"], &granted["claim"]["remedy"]["bearer"]),
        (&json!("RESOLVED"), &json!("SUPPLIER"))
    );
    assert_eq!((mei.money().await, shop.purses().await), ((9_540, 0), [(0, 0); 4]));
    let seen = mei.see(&claim).await;
    assert_eq!(seen["rejection"], Value::Null, "overturned");
    let steps: Vec<&str> =
        seen["history"].as_array().unwrap().iter().map(|step| step["to"].as_str().unwrap()).collect();
    assert_eq!(steps, ["SUBMITTED", "REJECTED", "APPEALED", "APPROVED", "RESOLVED"]);
    shop.close().await;
}

#[tokio::test]
async fn whoever_refused_a_claim_does_not_decide_its_appeal_not_even_by_a_key() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    shop.supplier.owner.step("HandOver", &claim).await;
    shop.operator.reject(&claim).await;
    mei.step("Appeal", &claim).await;
    let create =
        "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { token errors { code message path } } }";
    let key = shop.operator.done(create, json!({"i": {"name": "mine", "role": "manager"}})).await;
    let by_key = shop.operator.with_token(key["token"].as_str().unwrap());
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    let reject = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "No."}});
    for who in [&shop.operator, &by_key] {
        assert_eq!(who.refused(CLAIM_APPROVE, approve.clone()).await, ["INVALID_TRANSITION"]);
        assert_eq!(who.refused(CLAIM_REJECT, reject.clone()).await, ["INVALID_TRANSITION"]);
    }
    assert_eq!((mei.see(&claim).await["status"].as_str(), mei.money().await), (Some("APPEALED"), (0, 0)));
    let wei = colleague(&shop, "warranty_agent").await;
    assert_eq!(wei.done(CLAIM_APPROVE, approve).await["claim"]["status"], "RESOLVED");
    assert_eq!(mei.money().await, (9_540, 0));
    shop.close().await;
}

#[tokio::test]
async fn whoever_refused_a_claim_decides_its_appeal_by_no_other_account_either() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let email = format!("{}@staff.example", fresh("wei"));
    let create = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code } } }";
    let mut accounts = Vec::new();
    for (at, email) in [(&shop.b.owner, email.clone()), (&shop.operator, email.to_uppercase())] {
        let input =
            json!({"email": email, "password": "password", "displayName": "Wei", "role": "warranty_agent"});
        at.done(create, json!({"i": input})).await;
        accounts.push(Client::anonymous(&at.url, &at.tenant).sign_in(&email, "password").await);
    }
    let claim = mei.claim(&card).await;
    accounts[0].reject(&claim).await;
    mei.step("Appeal", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    let reject = json!({"i": {"claimId": claim, "reason": "MISUSE", "note": "No."}});
    assert_eq!(accounts[1].refused(CLAIM_REJECT, reject).await, ["INVALID_TRANSITION"]);
    assert_eq!(accounts[1].refused(CLAIM_APPROVE, approve.clone()).await, ["INVALID_TRANSITION"]);
    assert_eq!(shop.operator.done(CLAIM_APPROVE, approve).await["claim"]["status"], "RESOLVED");
    shop.close().await;
}

#[tokio::test]
async fn refused_on_appeal_a_claim_is_closed_for_good() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.reject(&claim).await;
    mei.step("Appeal", &claim).await;
    let closed = shop.operator.reject(&claim).await;
    assert_eq!((&closed["status"], &closed["delivery"]["status"]), (&json!("CLOSED"), &json!("DELIVERED")));
    assert_eq!(closed["rejection"]["appealUntil"], Value::Null);
    assert_eq!(mei.cannot("Appeal", &claim).await, "APPEAL_NOT_ALLOWED");
    assert_eq!(mei.cannot("Withdraw", &claim).await, "INVALID_TRANSITION");
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 300]);
    shop.close().await;
}

#[tokio::test]
async fn a_refused_claim_is_closed_by_itself_when_the_time_that_its_line_was_sold_with_has_passed() {
    let shop = Shop::open().await;
    let (before, earlier) = shop.sold().await;
    let warranty = json!({"durationSeconds": 259_200, "decisionWithinSeconds": 172_800, "appealWithinSeconds": 1,
        "coveredReasons": [], "remedies": ["REPLACE", "REFUND"]});
    let terms = "mutation($i: ProductWarrantySetInput!) { productWarrantySet(input: $i) { errors { code message path } } }";
    let input = json!({"i": {"productId": shop.product, "warranty": warranty}});
    shop.supplier.owner.done(terms, input).await;
    let (mei, card) = shop.sold().await;
    // What was sold before keeps its week.
    let other = before.claim(&earlier).await;
    shop.b.owner.reject(&other).await;
    let claim = mei.claim(&card).await;
    shop.b.owner.reject(&claim).await;
    let closed = wait_until("the claim is closed", async || {
        let seen = mei.see(&claim).await;
        (seen["status"] == "CLOSED").then_some(seen)
    })
    .await;
    assert_eq!(
        (&closed["delivery"]["status"], &closed["rejection"]["appealUntil"]),
        (&json!("DELIVERED"), &Value::Null)
    );
    assert_eq!(mei.cannot("Appeal", &claim).await, "APPEAL_NOT_ALLOWED");
    before.step("Appeal", &other).await;
    shop.close().await;
}

#[tokio::test]
async fn of_the_staff_only_those_whose_work_it_is_decide() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    shop.supplier.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    for role in ["support", "finance", "auditor", "integrator"] {
        let answer = colleague(&shop, role).await.ask(CLAIM_APPROVE, approve.clone()).await;
        assert_eq!(crate::support::code(&answer), "FORBIDDEN", "{role}");
    }
    assert_eq!((mei.see(&claim).await["status"].as_str(), mei.money().await), (Some("SUBMITTED"), (0, 0)));
    colleague(&shop, "warranty_agent").await.done(CLAIM_APPROVE, approve).await;
    shop.close().await;
}
