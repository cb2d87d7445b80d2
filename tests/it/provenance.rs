//! Receipts that anyone can verify, and the public log that they lead to.

mod outside;
mod tampering;

use crate::support::{Client, ORDER_PLACE, REVEAL, Server, Shop, cny, codes, delivery, fresh, id, run, uuid};
use outside::Copy;
use serde_json::{Value, json};
use std::path::PathBuf;

pub const RECEIPT: &str = "query($o: ID!, $s: Decimal) { receipt(orderId: $o, since: $s) {
  fileName content fingerprint page pageUntil } }";
pub const PROVENANCE: &str = "query($d: ID!) { provenance(deliveryId: $d) { checkpoint log
  steps { kind at number leafIndex leaf isSigned proof } } }";

/// A receipt of an order.
pub async fn receipt(who: &Client, order: &Value) -> Value {
    who.get(RECEIPT, json!({"o": id(order)})).await
}

/// Puts a text in a file of its own.
pub fn file(name: &str, text: &str) -> PathBuf {
    let folder = crate::support::folder(&fresh("receipt"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
    folder.join(name)
}

/// `cardamom verify` on files, in a folder without a database.
pub fn verify(files: &[(&str, &str)]) -> (i32, String, String) {
    let folder = crate::support::folder(&fresh("verify"));
    std::fs::create_dir_all(&folder).unwrap();
    let mut args = vec!["verify".to_owned()];
    for (flag, text) in files {
        let path = file("file", text);
        if !flag.is_empty() {
            args.push((*flag).to_owned());
        }
        args.push(path.to_str().unwrap().to_owned());
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = run(&folder, &args, "");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0, "nothing is made");
    done
}

async fn bought(shop: &Shop) -> (Client, Value) {
    shop.stock(2).await;
    let buyer = shop.buyer(50_000).await;
    let order = buyer.done(ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await["order"].clone();
    (buyer, order)
}

#[tokio::test]
async fn a_receipt_is_true_offline_and_each_altered_part_is_named() {
    let shop = Shop::open().await;
    let (buyer, order) = bought(&shop).await;
    let receipt = receipt(&buyer, &order).await;
    let content = receipt["content"].as_str().unwrap();
    assert_eq!(receipt["fileName"], json!(format!("receipt-{}.json", order["number"].as_str().unwrap())));
    let (code, out, error) = verify(&[("", content)]);
    assert_eq!(code, 0, "{out}{error}");
    assert!(out.contains(receipt["fingerprint"].as_str().unwrap()), "{out}");
    assert!(out.contains("190.80 CNY") && out.contains("The receipt is true."), "{out}");
    // Whose log it is can be settled by what is published.
    let file: Value = serde_json::from_str(content).unwrap();
    let log = Copy::of(&shop.url, file["receipt"]["network"]["log"].as_str().unwrap());
    let (vkey, checkpoint) = (log.text("vkey").await, log.text("checkpoint").await);
    let (code, out, error) = verify(&[("", content), ("--key", &vkey), ("--checkpoint", &checkpoint)]);
    assert_eq!(code, 0, "{out}{error}");

    // One part of it is altered: that part is named.
    for (from, to, part) in [
        ("\"total\": \"190.80\"", "\"total\": \"90.80\"", "order"),
        ("\"quantity\": 2", "\"quantity\": 3", "terms"),
        ("\"INVALID\"", "\"MISUSE\"", "terms"),
        ("\"kind\": \"CARD\"", "\"kind\": \"TOP_UP\"", "terms"),
        ("\\\"step\\\":\\\"SOLD\\\"", "\\\"step\\\":\\\"VOIDED\\\"", "inclusion"),
        ("\"status\": \"DELIVERED\"", "\"status\": \"REFUNDED\"", "signature"),
    ] {
        assert!(content.contains(from), "{from} in {content}");
        let (code, out, error) = verify(&[("", &content.replacen(from, to, 1))]);
        assert_eq!((code, error.lines().count()), (1, 1), "{out}{error}");
        let wrong: Vec<&str> = out.lines().filter(|line| line.starts_with("WRONG")).collect();
        assert!(wrong.iter().any(|line| line.contains(part)), "{part}: {wrong:?}");
        assert!(wrong.iter().any(|line| line.contains("signature")), "{wrong:?}");
    }
    for nonsense in ["", "{}", "[1]", "\u{0}"] {
        let (code, _, error) = verify(&[("", nonsense)]);
        assert!(code == 1 && error.contains("not a receipt"), "{error}");
    }
    assert_eq!(verify(&[]).0, 2, "wrong usage");
    // Nothing of it says what is sold.
    assert!(!content.contains("SECRET"), "{content}");
    shop.close().await;
}

#[tokio::test]
async fn a_kept_head_is_led_to_by_a_receipt_that_is_asked_for_it() {
    let shop = Shop::open().await;
    let (buyer, first) = bought(&shop).await;
    let made: Value =
        serde_json::from_str(receipt(&buyer, &first).await["content"].as_str().unwrap()).unwrap();
    let log = Copy::of(&shop.url, made["receipt"]["network"]["log"].as_str().unwrap());
    let kept = log.text("checkpoint").await;
    let size = outside::size(&kept);
    let (buyer, second) = bought(&shop).await;
    // Of another size, and it does not lead there: it can't be told.
    let later = receipt(&buyer, &second).await;
    let (code, out, error) = verify(&[("", later["content"].as_str().unwrap()), ("--checkpoint", &kept)]);
    assert!(
        code == 1 && out.contains("NOT TOLD") && out.contains(&format!("since: \"{size}\"")),
        "{out}{error}"
    );
    let later = buyer.get(RECEIPT, json!({"o": id(&second), "s": size.to_string()})).await;
    let (code, out, error) = verify(&[("", later["content"].as_str().unwrap()), ("--checkpoint", &kept)]);
    assert_eq!(code, 0, "{out}{error}");
    for (since, code) in [
        ("9999999", "INVALID_INPUT"),
        ("0", "INVALID_INPUT"),
        ("x", "INVALID_INPUT"),
        ("-1", "INVALID_INPUT"),
    ] {
        let refused = buyer.ask(RECEIPT, json!({"o": id(&second), "s": since})).await;
        assert_eq!(codes(&refused), [code], "{since}: {refused}");
        assert!(refused["data"]["receipt"].is_null());
    }
    shop.close().await;
}

#[tokio::test]
async fn a_receipt_is_for_who_bought_and_sold_and_a_history_for_everyone_on_the_chain() {
    let shop = Shop::open().await;
    let (buyer, order) = bought(&shop).await;
    let unit = delivery(&order);
    receipt(&buyer, &order).await;
    let (stranger, elsewhere) = (shop.buyer(0).await, Shop::open().await);
    let rows = [
        ("the buyer", &buyer, true, true),
        ("the selling site", &shop.b.owner, true, true),
        ("the operator", &shop.operator, true, true),
        ("the tier between", &shop.a.owner, false, true),
        ("the supplier", &shop.supplier.owner, false, true),
        ("another buyer", &stranger, false, false),
        ("another operator", &elsewhere.operator, false, false),
    ];
    for (name, who, has_receipt, has_history) in rows {
        let answer = who.ask(RECEIPT, json!({"o": id(&order)})).await;
        assert_eq!(answer["data"]["receipt"].is_object(), has_receipt, "{name}: {answer}");
        let history = who.ask(PROVENANCE, json!({"d": unit})).await;
        assert_eq!(history["data"]["provenance"].is_object(), has_history, "{name}: {history}");
        assert!(
            answer.get("errors").is_none() && history.get("errors").is_none(),
            "{name}: {answer} {history}"
        );
        if !has_receipt {
            let missing = crate::support::unknown("ord");
            assert_eq!(who.ask(RECEIPT, json!({"o": missing})).await["data"], answer["data"], "{name}");
        }
    }
    // Nothing has been handed over: there is nothing to prove.
    elsewhere.close().await;
    shop.close().await;
}

#[tokio::test]
async fn a_history_has_every_step_in_its_order_and_each_is_proved() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let buyer = shop.buyer(50_000).await;
    let order = buyer.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await["order"].clone();
    let unit = delivery(&order);
    for _ in 0..2 {
        buyer.done(REVEAL, json!({"d": unit})).await;
    }
    let claim = buyer.claim(&unit).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REPLACE"}});
    let done = shop.supplier.owner.done(crate::support::CLAIM_APPROVE, approve).await;
    let replacement = id(&done["claim"]["remedy"]["replacement"]);
    receipt(&buyer, &order).await;
    let kinds = |history: &Value| -> Vec<String> {
        let steps = history["steps"].as_array().unwrap();
        steps.iter().map(|step| step["kind"].as_str().unwrap().to_owned()).collect()
    };
    let history = buyer.get(PROVENANCE, json!({"d": unit})).await;
    assert_eq!(kinds(&history), ["IMPORTED", "SOLD", "REVEALED", "REVEALED", "CLAIMED", "REPLACED"]);
    let other = buyer.get(PROVENANCE, json!({"d": replacement})).await;
    assert_eq!(kinds(&other), ["IMPORTED", "SOLD"]);
    let checkpoint = history["checkpoint"].as_str().unwrap();
    for (step, number) in history["steps"].as_array().unwrap().iter().zip(1..) {
        assert_eq!((&step["number"], &step["isSigned"]), (&json!(number), &json!(true)), "{step}");
        outside::includes(checkpoint, step);
    }
    // The rest of a long one is asked for by the last number.
    let rest = "query($d: ID!) { provenance(deliveryId: $d, after: 4) { steps { kind number } } }";
    assert_eq!(kinds(&buyer.get(rest, json!({"d": unit})).await), ["CLAIMED", "REPLACED"]);
    // Refunded whole, and seen so by its receipt too.
    let claim = buyer.claim(&replacement).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    shop.supplier.owner.done(crate::support::CLAIM_APPROVE, approve).await;
    let whole = receipt(&buyer, &order).await;
    let (code, out, error) = verify(&[("", whole["content"].as_str().unwrap())]);
    assert!(code == 0 && out.contains("REFUNDED"), "{out}{error}");
    let last = || async { kinds(&buyer.get(PROVENANCE, json!({"d": replacement})).await) };
    while last().await.len() < 4 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(last().await, ["IMPORTED", "SOLD", "CLAIMED", "REFUNDED"]);
    shop.close().await;
}

#[tokio::test]
async fn what_was_handed_over_by_hand_has_a_receipt_too_and_nothing_else_has() {
    let shop = Shop::open().await;
    let made = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code message path } } }";
    let input = json!({"title": fresh("Top-up"), "kind": "TOP_UP", "variants": [{"sku": fresh("sku"), "title": "100",
        "fulfilment": "MANUAL", "settlementPrice": cny("80.00")}]});
    let product = shop.supplier.owner.done(made, json!({"i": input})).await["product"].clone();
    for (who, step) in [(&shop.supplier.owner, "productSubmit"), (&shop.operator, "productApprove")] {
        let document =
            format!("mutation($p: ID!) {{ {step}(input: {{productId: $p}}) {{ errors {{ code }} }} }}");
        who.done(&document, json!({"p": id(&product)})).await;
    }
    let listing = crate::support::listing_of(&shop.b, &id(&product["variants"][0]));
    let buyer = shop.buyer(50_000).await;
    let order =
        buyer.done(ORDER_PLACE, crate::support::order_of(&[(listing, 2)], "190.80")).await["order"].clone();
    // Nothing has been handed over yet: that is said, and not waited for.
    let refused = buyer.ask(RECEIPT, json!({"o": id(&order)})).await;
    assert_eq!(codes(&refused), ["INVALID_TRANSITION"], "{refused}");
    let input = json!({"orderLineId": id(&order["lines"][0]), "contents": [{"secret": fresh("DONE")}]});
    shop.supplier.owner.done(crate::support::LINE_DELIVER, json!({"i": input})).await;
    let one = receipt(&buyer, &order).await;
    let (code, out, error) = verify(&[("", one["content"].as_str().unwrap())]);
    assert_eq!(code, 0, "{out}{error}");
    let file: Value = serde_json::from_str(one["content"].as_str().unwrap()).unwrap();
    let units = file["receipt"]["lines"][0]["deliveries"].as_array().unwrap();
    assert_eq!(units.len(), 1);
    assert_eq!(units[0]["item"]["id"], units[0]["id"]);
    shop.close().await;
}

#[tokio::test]
async fn the_page_of_a_receipt_opens_by_its_link_alone_runs_nothing_and_has_the_file() {
    let shop = Shop::open().await;
    let (buyer, order) = bought(&shop).await;
    let receipt = receipt(&buyer, &order).await;
    let page = receipt["page"].as_str().unwrap();
    let get = |path: String| reqwest::get(format!("{}{path}", shop.url));
    let answer = get(page.to_owned()).await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert_eq!(
        (header("cache-control").as_str(), header("referrer-policy").as_str()),
        ("private, no-store", "no-referrer")
    );
    let html = answer.text().await.unwrap();
    assert!(html.contains("<svg") && html.contains(order["number"].as_str().unwrap()), "{html}");
    assert!(!html.contains("<script") && !html.contains("javascript:") && !html.contains("onload"), "{html}");
    let file = get(format!("{page}/file")).await.unwrap();
    assert!(
        file.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .starts_with("attachment; filename=\"receipt-")
    );
    assert_eq!(file.text().await.unwrap(), receipt["content"].as_str().unwrap(), "the same file again");
    for bad in
        ["/receipts/", "/receipts/x", &page[..page.len() - 1], &format!("{page}x"), &format!("{page}/other")]
    {
        assert_eq!(get(bad.to_owned()).await.unwrap().status(), 404, "{bad}");
    }
    let posted = reqwest::Client::new().post(format!("{}{page}", shop.url)).send().await.unwrap();
    assert_eq!(posted.status(), 405);
    shop.close().await;
}

#[tokio::test]
async fn a_card_that_is_taken_back_unsold_says_so_in_the_log() {
    let shop = Shop::open().await;
    let report =
        shop.import(&shop.variant, &format!("{}\n{}\n", fresh("C"), fresh("C")), &fresh("import")).await;
    let import = id(&report["import"]);
    let withdraw =
        "mutation($i: ID!) { cardImportWithdraw(input: {importId: $i}) { errors { code message } } }";
    shop.supplier.owner.done(withdraw, json!({"i": import})).await;
    let mut db = crate::support::superuser(Server::shared()).await;
    let network: uuid::Uuid = sqlx::query_scalar("select network_id from tenant where tenant_id = $1")
        .bind(uuid(&shop.b.id))
        .fetch_one(&mut db)
        .await
        .unwrap();
    let mut kinds: Vec<String> = Vec::new();
    for _ in 0..100 {
        kinds = sqlx::query_scalar(
            "select data::jsonb->>'step' from provenance_leaf where network_id = $1 order by leaf_index",
        )
        .bind(network)
        .fetch_all(&mut db)
        .await
        .unwrap();
        if kinds.len() == 4 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(kinds, ["IMPORTED", "IMPORTED", "VOIDED", "VOIDED"]);
    shop.close().await;
}

#[tokio::test]
async fn anybody_can_have_a_receipt_checked_and_only_this_networks_hold() {
    const CHECK: &str =
        "query($c: String!) { receiptCheck(content: $c) { holds orderNumber parts { name holds detail } } }";
    let shop = Shop::open().await;
    let (buyer, order) = bought(&shop).await;
    let content = receipt(&buyer, &order).await["content"].as_str().unwrap().to_owned();
    let anybody = Client::anonymous(&shop.url, &shop.b.handle);
    let told = anybody.get(CHECK, json!({"c": content})).await;
    assert_eq!((&told["holds"], &told["orderNumber"]), (&json!(true), &order["number"]));
    let parts = told["parts"].as_array().unwrap();
    assert!(
        parts.len() > 6 && parts.iter().all(|part| part["holds"] == json!(true) && part["detail"].is_null())
    );
    // What `cardamom verify` names, by the same names.
    let mut altered: Value = serde_json::from_str(&content).unwrap();
    altered["receipt"]["order"]["total"] = json!("1.00");
    let told = anybody.get(CHECK, json!({"c": altered.to_string()})).await;
    let wrong: Vec<&str> = told["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["holds"] == json!(false))
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert_eq!((&told["holds"], wrong), (&json!(false), vec!["signature", "order"]));
    // Another network's is true by itself, and not this one's word.
    let other = Shop::open().await;
    let (stranger, theirs) = bought(&other).await;
    let foreign = receipt(&stranger, &theirs).await["content"].as_str().unwrap().to_owned();
    let told = anybody.get(CHECK, json!({"c": foreign})).await;
    assert_eq!(told["holds"], json!(false));
    assert_eq!((&told["parts"][0]["name"], &told["parts"][0]["holds"]), (&json!("key"), &json!(false)));
    assert_eq!(
        Client::anonymous(&other.url, &other.b.handle).get(CHECK, json!({"c": foreign})).await["holds"],
        json!(true)
    );
    for nothing in ["", "{}", "no receipt", "\u{0}"] {
        let told = anybody.get(CHECK, json!({"c": nothing})).await;
        assert_eq!((&told["holds"], &told["orderNumber"]), (&json!(false), &Value::Null));
        assert_eq!((told["parts"].as_array().unwrap().len(), &told["parts"][0]["name"]), (1, &json!("file")));
    }
    let answer = anybody.ask(CHECK, json!({"c": "x".repeat((512 << 10) + 1)})).await;
    assert_eq!(crate::support::code(&answer), "BAD_REQUEST");
    shop.close().await;
    other.close().await;
}
