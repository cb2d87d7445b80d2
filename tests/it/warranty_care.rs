//! Before a claim, and beside it: self-checks, reminders, a buyer's word, and suppliers that are held to theirs.

use crate::support::{
    CLAIM_OPEN, Client, ORDER_PLACE, Server, Shop, Terms, claim_on, cny, code, errors, fresh, id, superuser,
    uuid, wait_until,
};
use serde_json::{Value, json};

const CHECKS: &str = "mutation($i: SelfCheckSetInput!) { selfCheckSet(input: $i) {
  steps { step zh en } errors { code message path } } }";
const TESTED: &str = "mutation($d: ID!) { deliveryTestConfirm(input: {deliveryId: $d}) {
  delivery { id testedAt } errors { code message path } } }";
const GUARD: &str = "mutation($i: SupplierGuardSetInput!) { supplierGuardSet(input: $i) {
  guard { deposit { amount } depositLevel { amount } paused } errors { code message path } } }";
const MINE: &str =
    "{ supplierGuard { deposit { amount } depositLevel { amount } claims claimsLate paused } }";

fn deposit(way: &str) -> String {
    format!(
        "mutation($a: MoneyInput!, $k: String!) {{ supplierDeposit{way}(input: {{amount: $a, idempotencyKey: $k}}) {{
           guard {{ deposit {{ amount }} paused }} errors {{ __typename code message path ... on InsufficientFunds {{ missing {{ amount }} }} }} }} }}"
    )
}

async fn kinds(who: &Client) -> Vec<String> {
    let page = who.get("{ events { nodes { type subjectId } } }", json!({})).await;
    let nodes = page["nodes"].as_array().unwrap();
    nodes
        .iter()
        .map(|event| {
            format!("{} {}", event["type"].as_str().unwrap(), event["subjectId"].as_str().unwrap_or("-"))
        })
        .collect()
}

#[tokio::test]
async fn what_a_buyer_tried_is_kept_with_the_claim_in_the_words_that_it_had() {
    let shop = Shop::open().await;
    let steps = json!([{"zh": "换个浏览器", "en": "Try another browser."}, {"zh": "检查地区", "en": "Check the region."}]);
    let set = json!({"i": {"kind": "CARD", "steps": steps}});
    let made = shop.operator.done(CHECKS, set).await;
    assert_eq!(made["steps"][1], json!({"step": 2, "zh": "检查地区", "en": "Check the region."}));
    let own =
        json!({"i": {"kind": "CARD", "brand": "Starfall", "steps": [{"zh": "重启", "en": "Restart."}]}});
    shop.operator.done(CHECKS, own).await;
    let (mei, card) = shop.sold().await;
    let asked = "query($b: String) { selfCheck(kind: CARD, brand: $b) { step en } }";
    assert_eq!(mei.get(asked, json!({})).await.as_array().unwrap().len(), 2);
    assert_eq!(mei.get(asked, json!({"b": "Starfall"})).await, json!([{"step": 1, "en": "Restart."}]));
    assert_eq!(mei.get(asked, json!({"b": "Other"})).await.as_array().unwrap().len(), 2);
    for wrong in [
        json!([{"step": 3, "outcome": "PASSED"}]),
        json!([{"step": 0, "outcome": "PASSED"}]),
        json!([{"step": 1, "outcome": "PASSED"}, {"step": 1, "outcome": "FAILED"}]),
    ] {
        let mut input = claim_on(&card, "INVALID", &fresh("key"));
        input["i"]["selfCheck"] = wrong;
        assert_eq!(mei.refused(CLAIM_OPEN, input).await, ["INVALID_INPUT"]);
    }
    let mut input = claim_on(&card, "INVALID", &fresh("key"));
    input["i"]["selfCheck"] = json!([{"step": 2, "outcome": "FAILED", "note": "It says EU."}]);
    let claim = id(&mei.done(CLAIM_OPEN, input).await["claim"]);
    shop.operator.done(CHECKS, json!({"i": {"kind": "CARD", "steps": []}})).await;
    let tried = "query($c: ID!) { warrantyClaim(id: $c) { selfCheck { en outcome note } triage { score reasons { code } } } }";
    let seen = shop.b.owner.get(tried, json!({"c": claim})).await;
    assert_eq!(
        seen["selfCheck"],
        json!([{"en": "Try another browser.", "outcome": "SKIPPED", "note": null},
               {"en": "Check the region.", "outcome": "FAILED", "note": "It says EU."}])
    );
    assert_eq!(seen["triage"], json!({"score": 60, "reasons": [{"code": "SELF_CHECK_FAILED"}]}));
    shop.close().await;
}

#[tokio::test]
async fn a_buyer_is_reminded_at_a_tenth_and_a_day_before_the_end_once_each() {
    let shop = Shop::on(Server::shared(), Terms { duration: 30 * 86_400, decision: 3_600 }).await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    let mut database = superuser(Server::shared()).await;
    let (kept, tested) = (&units[0], &units[1]);
    let planned = wait_until("both are planned", async || {
        let found: Vec<(String, f64)> = sqlx::query_as(
            "select r.stage, extract(epoch from r.due_at - d.delivered_at)::float8 from reminder r
               join delivery d on d.delivery_id = r.delivery_id where r.delivery_id = any($1)",
        )
        .bind([uuid(kept), uuid(tested)])
        .fetch_all(&mut database)
        .await
        .unwrap();
        (found.len() == 2).then_some(found)
    })
    .await;
    assert_eq!(planned[0], ("TENTH".to_owned(), 3.0 * 86_400.0));
    // One says that it works: it hears no more.
    let said = mei.done(TESTED, json!({"d": tested})).await["delivery"].clone();
    assert!(said["testedAt"].is_string());
    assert_eq!(mei.done(TESTED, json!({"d": tested})).await["delivery"]["testedAt"], said["testedAt"]);
    let stranger = shop.buyer(0).await;
    assert_eq!(stranger.refused(TESTED, json!({"d": tested})).await, ["NOT_FOUND"]);
    let mut database = superuser(Server::shared()).await;
    let told = async || {
        let log = kinds(&shop.b.owner).await;
        log.into_iter().filter(|line| line.starts_with("WARRANTY_REMINDER")).collect::<Vec<_>>()
    };
    for stage in ["TENTH", "LAST_DAY"] {
        sqlx::query("update reminder set due_at = now() where delivery_id = any($1) and stage = $2")
            .bind([uuid(kept), uuid(tested)])
            .bind(stage)
            .execute(&mut database)
            .await
            .unwrap();
        let left: i64 = wait_until("the stage is over", async || {
            let left: i64 = sqlx::query_scalar(
                "select count(*) from reminder where delivery_id = any($1) and stage = $2",
            )
            .bind([uuid(kept), uuid(tested)])
            .bind(stage)
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap();
            (left == 0).then_some(left)
        })
        .await;
        assert_eq!(left, 0);
    }
    let reminders = wait_until("both reminders are numbered", async || {
        let told = told().await;
        (told.len() >= 2).then_some(told)
    })
    .await;
    assert_eq!(reminders, [format!("WARRANTY_REMINDER {kept}"), format!("WARRANTY_REMINDER {kept}")]);
    // What is claimed is not said to work.
    mei.claim(kept).await;
    assert_eq!(mei.refused(TESTED, json!({"d": kept})).await, ["INVALID_TRANSITION"]);
    shop.close().await;
}

#[tokio::test]
async fn what_was_sold_is_found_in_a_log_of_more_pages_than_are_read_at_once() {
    let shop = Shop::on(Server::shared(), Terms { duration: 30 * 86_400, decision: 3_600 }).await;
    shop.stock(20).await;
    let mei = shop.buyer(20 * 9_540).await;
    let mut units = Vec::new();
    for _ in 0..20 {
        let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
        units.push(uuid(&id(&order["lines"][0]["deliveries"][0])));
    }
    let planned = async || {
        let found: i64 = sqlx::query_scalar("select count(*) from reminder where delivery_id = any($1)")
            .bind(&units)
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap();
        (found == 20).then_some(())
    };
    wait_until("all are planned", planned).await;
    // As if nothing of the log had been read.
    let mut database = superuser(Server::shared()).await;
    let pages: i64 = sqlx::query_scalar(
        "select count(*) from event_page p join reminder_mark m using (network_id, tenant_id)
          where network_id = (select network_id from delivery where delivery_id = $1)",
    )
    .bind(units[0])
    .fetch_one(&mut database)
    .await
    .unwrap();
    assert!(pages > 16, "{pages} pages");
    sqlx::query("delete from reminder where delivery_id = any($1)")
        .bind(&units)
        .execute(&mut database)
        .await
        .unwrap();
    sqlx::query(
        "update reminder_mark set seq = 0
          where network_id = (select network_id from delivery where delivery_id = $1)",
    )
    .bind(units[0])
    .execute(&mut database)
    .await
    .unwrap();
    wait_until("all are planned again", planned).await;
    shop.close().await;
}

#[tokio::test]
async fn a_supplier_below_its_deposit_is_off_sale_until_it_has_paid() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(9_540).await;
    let (supplier, operator) = (&shop.supplier.owner, &shop.operator);
    shop.credit(&supplier.wallet_id().await, 10_000).await;
    assert_eq!(supplier.get(MINE, json!({})).await["deposit"]["amount"], "0.00");
    let set = json!({"i": {"supplierId": shop.supplier.id, "depositLevel": cny("50.00")}});
    assert_eq!(code(&supplier.ask(GUARD, set.clone()).await), "FORBIDDEN");
    let guard = operator.done(GUARD, set).await["guard"].clone();
    assert_eq!(guard["paused"], "DEPOSIT_LOW");
    // Off every shelf, and out of every order, from now on.
    wait_until("the list is empty", async || {
        let list = mei.get("{ listings { nodes { id } } }", json!({})).await;
        (list["nodes"] == json!([])).then_some(())
    })
    .await;
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["NOT_SELLABLE"]);
    // Paid in: on sale again by itself; the owner and the operator were told of both.
    let key = fresh("key");
    let paid = supplier.done(&deposit("Add"), json!({"a": cny("60.00"), "k": key})).await["guard"].clone();
    assert_eq!((&paid["deposit"]["amount"], &paid["paused"]), (&json!("60.00"), &Value::Null));
    let again = supplier.done(&deposit("Add"), json!({"a": cny("60.00"), "k": key})).await["guard"].clone();
    assert_eq!(again["deposit"]["amount"], "60.00", "once a key");
    assert_eq!(supplier.money().await.0, 4_000);
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    for who in [supplier, operator] {
        wait_until("both are told", async || {
            let log = kinds(who).await;
            let told: Vec<&String> = log.iter().filter(|line| line.starts_with("SALES_")).collect();
            let wanted =
                [format!("SALES_PAUSED {}", shop.supplier.id), format!("SALES_RESUMED {}", shop.supplier.id)];
            (told.iter().map(|line| line.as_str()).eq(wanted.iter().map(String::as_str))).then_some(())
        })
        .await;
    }
    // Down to the level and no further; no more than there is.
    let answer = supplier.ask(&deposit("Take"), json!({"a": cny("10.01"), "k": fresh("key")})).await;
    assert_eq!(errors(&answer), ["INSUFFICIENT_FUNDS"], "{answer}");
    supplier.done(&deposit("Take"), json!({"a": cny("10.00"), "k": fresh("key")})).await;
    assert_eq!(
        supplier.refused(&deposit("Add"), json!({"a": cny("1000.00"), "k": fresh("key")})).await,
        ["INSUFFICIENT_FUNDS"]
    );
    assert_eq!(
        (supplier.get(MINE, json!({})).await["deposit"]["amount"].clone(), supplier.money().await.0),
        (json!("50.00"), 5_000)
    );
    // Another supplier's is nobody's business.
    let other = crate::support::site(operator, "SUPPLIER", "sup", None).await;
    let foreign = "query($s: ID) { supplierGuard(supplierId: $s) { paused } }";
    assert_eq!(other.owner.get(foreign, json!({"s": shop.supplier.id})).await, Value::Null);
    assert_eq!(operator.refused(GUARD, json!({"i": {"supplierId": shop.a.id}})).await, ["NOT_FOUND"]);
    shop.close().await;
}

fn fund(way: &str) -> String {
    format!(
        "mutation($a: MoneyInput!, $k: String!) {{ buyerProtectionFund{way}(input: {{amount: $a, idempotencyKey: $k}}) {{
           fund {{ balance {{ amount }} }} errors {{ __typename code message path ... on InsufficientFunds {{ missing {{ amount }} }} }} }} }}"
    )
}

#[tokio::test]
async fn a_remedy_is_paid_from_held_money_then_the_deposit_the_wallet_and_the_fund() {
    let shop = Shop::open().await;
    let (supplier, operator) = (&shop.supplier.owner, &shop.operator);
    let balance = "{ buyerProtectionFund { balance { amount } } }";
    // The operator's to fill, by its wallet, once a key; nobody else's, not even to see.
    shop.credit(&operator.wallet_id().await, 2_000).await;
    assert_eq!(
        operator.refused(&fund("Add"), json!({"a": cny("20.01"), "k": fresh("fund")})).await,
        ["INSUFFICIENT_FUNDS"]
    );
    let key = fresh("fund");
    for _ in 0..2 {
        let filled = operator.done(&fund("Add"), json!({"a": cny("20.00"), "k": key})).await["fund"].clone();
        assert_eq!(filled["balance"]["amount"], "20.00");
    }
    // The same key may name one of each way.
    operator.done(&fund("Take"), json!({"a": cny("1.00"), "k": key})).await;
    let moved = operator.get("{ wallet { entries(first: 2) { nodes { kind } } } }", json!({})).await;
    assert_eq!(moved["entries"]["nodes"], json!([{"kind": "FUND"}, {"kind": "FUND"}]));
    assert_eq!(operator.money().await.0, 100);
    assert_eq!(
        code(&supplier.ask(&fund("Take"), json!({"a": cny("1.00"), "k": fresh("fund")})).await),
        "FORBIDDEN"
    );
    assert_eq!(supplier.get(balance, json!({})).await, Value::Null);
    // 80.00 held of the unit, 5.00 set aside and 4.00 to spend: 6.40 of an amount on top are missing.
    shop.credit(&supplier.wallet_id().await, 900).await;
    supplier.done(&deposit("Add"), json!({"a": cny("5.00"), "k": fresh("deposit")})).await;
    let set = json!({"i": {"supplierId": shop.supplier.id, "depositLevel": cny("5.00")}});
    assert_eq!(operator.done(GUARD, set).await["guard"]["paused"], Value::Null);
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    supplier.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "COMPENSATE", "amount": cny("95.40"), "bearer": "SUPPLIER"}});
    operator.done(crate::support::CLAIM_APPROVE, approve).await;
    let paid = "query($c: ID!) { warrantyClaim(id: $c) { remedy { paidFrom { purse amount { amount } } } } }";
    let paid = operator.get(paid, json!({"c": claim})).await["remedy"]["paidFrom"].clone();
    let mut paid: Vec<(String, String)> = paid
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["purse"].as_str().unwrap().into(), one["amount"]["amount"].as_str().unwrap().into()))
        .collect();
    paid.sort_unstable();
    let wanted = [("DEPOSIT", "5.00"), ("FUND", "6.40"), ("HELD", "80.00"), ("WALLET", "4.00")];
    assert_eq!(paid, wanted.map(|(purse, amount)| (purse.to_owned(), amount.to_owned())));
    assert_eq!((mei.money().await, supplier.money().await), ((9_540, 0), (0, 0)));
    assert_eq!(operator.get(balance, json!({})).await["balance"]["amount"], "12.60");
    // And with its deposit gone, its goods are off sale.
    wait_until("its goods are off sale", async || {
        let guard = supplier.get(MINE, json!({})).await;
        (guard["paused"] == "DEPOSIT_LOW").then_some(())
    })
    .await;
    shop.close().await;
}

#[tokio::test]
async fn a_replacement_is_reminded_of_as_what_it_replaces_would_have_been() {
    let shop = Shop::on(Server::shared(), Terms { duration: 30 * 86_400, decision: 3_600 }).await;
    let (mei, card) = shop.sold().await;
    shop.stock(1).await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let done = shop.supplier.owner.done(crate::support::CLAIM_APPROVE, approve).await;
    let replacement = id(&done["claim"]["remedy"]["replacement"]);
    let mut database = superuser(Server::shared()).await;
    let due: f64 = wait_until("it is planned", async || {
        sqlx::query_scalar(
            "select extract(epoch from r.due_at - d.delivered_at)::float8 from reminder r
               join delivery d on d.delivery_id = r.delivery_id where r.delivery_id = $1 and r.stage = 'TENTH'",
        )
        .bind(uuid(&replacement))
        .fetch_optional(&mut database)
        .await
        .unwrap()
    })
    .await;
    // A tenth of what is left, which is a moment less than thirty days.
    assert!((3.0 * 86_400.0 - 120.0..=3.0 * 86_400.0).contains(&due), "{due}");
    shop.close().await;
}

#[tokio::test]
async fn a_supplier_with_late_claims_is_off_sale() {
    let shop = Shop::on(Server::shared(), Terms { duration: 3_600, decision: 3 }).await;
    shop.stock(6).await;
    let mei = shop.buyer(5 * 9_540).await;
    let order = mei.place(shop.order(5, "477.00", &fresh("key"))).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    let set = json!({"i": {"supplierId": shop.supplier.id, "lateLimitBasisPoints": 5_000}});
    assert_eq!(shop.operator.done(GUARD, set).await["guard"]["paused"], Value::Null);
    for unit in &units {
        let claim = mei.claim(unit).await;
        // Whoever is first, the site's own or the clock: either way the supplier's desk has it.
        let _ = shop
            .b
            .owner
            .ask(&crate::support::claim_step("HandOver"), json!({"i": {"claimId": claim, "note": "Yours."}}))
            .await;
    }
    let paused = wait_until("five claims were late", async || {
        let guard = shop.supplier.owner.get(MINE, json!({})).await;
        (guard["paused"] == "CLAIMS_LATE").then_some(guard)
    })
    .await;
    assert!(paused["claimsLate"].as_i64().unwrap() * 2 > paused["claims"].as_i64().unwrap(), "{paused}");
    let lin = shop.buyer(9_540).await;
    assert_eq!(lin.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["NOT_SELLABLE"]);
    // The limit is lifted: on sale again.
    let set = json!({"i": {"supplierId": shop.supplier.id, "lateLimitBasisPoints": null}});
    assert_eq!(shop.operator.done(GUARD, set).await["guard"]["paused"], Value::Null);
    lin.place(shop.order(1, "95.40", &fresh("key"))).await;
    shop.close().await;
}
