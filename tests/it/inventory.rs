//! Stock: imported with a report by line, never twice, taken back, and never seen by whom it does not concern.

use crate::support::{
    Client, ORDER_PLACE, REVEAL, Server, Shop, Site, Terms, cny, code, delivery, errors, fresh, id, kind,
    kinds, listing_of, site, wait_until,
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const IMPORT: &str = "mutation($i: CardsImportInput!) { cardsImport(input: $i) {
  import { id status dryRun total processed accepted duplicates rejected withdrawnAt problems { line reason } }
  errors { code message path } } }";
const WITHDRAW: &str = "mutation($m: ID!) { cardImportWithdraw(input: {importId: $m}) {
  import { id accepted withdrawnAt } errors { code message path } } }";

fn cards(variant: &str, format: &str, content: &str, key: &str) -> Value {
    json!({"i": {"variantId": variant, "format": format, "content": content, "idempotencyKey": key}})
}

// Imports and answers the report without what differs from import to import.
async fn import(who: &Client, variant: &str, format: &str, content: &str) -> Value {
    let mut report = who.done(IMPORT, cards(variant, format, content, &fresh("key"))).await["import"].clone();
    report.as_object_mut().unwrap().remove("id");
    report
}

fn report(lines: i64, accepted: i64, duplicates: i64, rejected: i64, problems: &[(i64, &str)]) -> Value {
    let problems: Vec<Value> =
        problems.iter().map(|(line, reason)| json!({"line": line, "reason": reason})).collect();
    json!({"status": "DONE", "dryRun": false, "total": lines, "processed": lines, "accepted": accepted,
           "duplicates": duplicates, "rejected": rejected, "withdrawnAt": null, "problems": problems})
}

// How many of the variant a buyer at site A could buy now.
async fn stock(shop: &Shop, variant: &str) -> String {
    let anyone = Client::anonymous(&shop.url, &shop.a.handle);
    let quote = "query($l: ID!) { quote(lines: [{listingId: $l, quantity: 1000}]) { total { amount } } }";
    let answer = anyone.ask(quote, json!({"l": listing_of(&shop.a, variant)})).await;
    answer["errors"][0]["message"].as_str().unwrap().to_owned()
}

// Another supplier with an approved good: the supplier and the variant.
async fn rival(shop: &Shop) -> (Site, String) {
    let rival = site(&shop.operator, "SUPPLIER", "rival", None).await;
    let product = json!({
        "title": fresh("Moonrise"), "kind": "CARD",
        "variants": [{"sku": fresh("sku"), "title": "50", "settlementPrice": cny("80.00")}],
    });
    let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code } } }";
    let made = rival.owner.done(create, json!({"i": product})).await;
    let product = json!({"p": id(&made["product"])});
    rival
        .owner
        .done(
            "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code } } }",
            product.clone(),
        )
        .await;
    shop.operator
        .done("mutation($p: ID!) { productApprove(input: {productId: $p}) { errors { code } } }", product)
        .await;
    (rival, id(&made["product"]["variants"][0]))
}

#[tokio::test]
async fn an_import_of_lines_reports_on_every_line_that_it_did_not_take() {
    let shop = Shop::open().await;
    let (one, two) = (fresh("L"), fresh("L"));
    let long = "x".repeat(4_097);
    let content = format!(
        "\u{feff}{one}\r\n\r\n  {two}\t\n{one}\nab\u{202e}cd\n{long}\n \n\u{0}\n{}",
        two.to_lowercase()
    );
    let seen = import(&shop.supplier.owner, &shop.variant, "LINES", &content).await;
    let expected = report(
        7,
        2,
        2,
        3,
        &[
            (4, "is the same card as line 1"),
            (5, "has control characters or invisible marks"),
            (6, "the secret is longer than 4096 bytes"),
            (8, "has control characters or invisible marks"),
            (9, "is the same card as line 3"),
        ],
    );
    assert_eq!(seen, expected);
    assert_eq!(stock(&shop, &shop.variant).await, "only 2 are in stock");
    shop.close().await;
}

#[tokio::test]
async fn an_import_of_csv_reads_its_columns_and_its_buyer_gets_them() {
    let shop = Shop::open().await;
    let (one, two) = (fresh("C"), fresh("C"));
    let content = format!(
        "Number,SECRET,password,expires_at,cost,note\n\
         13800,{one},\"pass \"\"word\"\"\",2099-12-31,12.50,\"first,\nlot\"\n\
         ,{two},,2001-01-01,,\n\
         ,,p,,,\n\
         1,{two},,soon,,\n\
         1,{two},,,-1,\n\
         1,{two},,,,,extra\n"
    );
    let seen = import(&shop.supplier.owner, &shop.variant, "CSV", &content).await;
    let expected = report(
        6,
        1,
        0,
        5,
        &[
            (4, "has expired already"),
            (5, "has no secret"),
            (6, "expires_at is not a date such as 2027-12-31"),
            (7, "cost is not an amount such as 12.50"),
            (8, "has more cells than the first row has columns"),
        ],
    );
    assert_eq!(seen, expected);
    let mei = shop.buyer(9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let reveal = "mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) { content { secret number password expiresAt } errors { code } } }";
    let content = mei.done(reveal, json!({"d": delivery(&order)})).await["content"].clone();
    assert_eq!(
        (&content["secret"], &content["number"], &content["password"]),
        (&json!(one), &json!("13800"), &json!("pass \"word\""))
    );
    assert!(content["expiresAt"].as_str().unwrap().starts_with("2099-12-31"));
    shop.close().await;
}

#[tokio::test]
async fn content_that_is_no_list_of_cards_is_refused_whole() {
    let shop = Shop::open().await;
    let owner = &shop.supplier.owner;
    for (format, content) in [
        ("LINES", ""),
        ("LINES", " \n\r\n\t\n"),
        ("CSV", ""),
        ("CSV", "secret\n"),
        ("CSV", "secret,number\n\n"),
        ("CSV", "code,number\na,b\n"),
        ("CSV", "secret,secret\na,b\n"),
        ("CSV", "number\n1\n"),
    ] {
        let answer = owner.ask(IMPORT, cards(&shop.variant, format, content, &fresh("key"))).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"], "{content:?}");
        assert_eq!(
            answer["data"]["cardsImport"]["errors"][0]["path"],
            json!(["input", "content"]),
            "{content:?}"
        );
    }
    for key in ["", "a b", &"k".repeat(129)] {
        assert_eq!(owner.refused(IMPORT, cards(&shop.variant, "LINES", "x", key)).await, ["INVALID_INPUT"]);
    }
    assert_eq!(stock(&shop, &shop.variant).await, "only 0 are in stock");
    let (_, by_hand) = shop.product("SERVICE", "80.00", Terms::default()).await;
    let answer = owner.ask(IMPORT, cards(&by_hand, "LINES", "x", &fresh("key"))).await;
    assert_eq!(
        (errors(&answer), &answer["data"]["cardsImport"]["errors"][0]["path"]),
        (vec!["INVALID_INPUT".into()], &json!(["input", "variantId"]))
    );
    shop.close().await;
}

#[tokio::test]
async fn a_dry_run_reports_and_stores_nothing() {
    let shop = Shop::open().await;
    let owner = &shop.supplier.owner;
    let content = [fresh("D"), fresh("D"), "a\u{202e}b".into()].join("\n");
    let dry = |key: &str, dry: bool| {
        let mut input = cards(&shop.variant, "LINES", &content, key);
        input["i"]["dryRun"] = json!(dry);
        input
    };
    let key = fresh("key");
    for _ in 0..2 {
        let seen = owner.done(IMPORT, dry(&key, true)).await["import"].clone();
        assert_eq!(
            (&seen["dryRun"], &seen["accepted"], &seen["rejected"]),
            (&json!(true), &json!(2), &json!(1))
        );
        assert_eq!(stock(&shop, &shop.variant).await, "only 0 are in stock");
    }
    assert_eq!(owner.refused(IMPORT, dry(&key, false)).await, ["IDEMPOTENCY_KEY_REUSED"]);
    let run = owner.done(IMPORT, dry(&fresh("key"), true)).await["import"].clone();
    assert_eq!(owner.refused(WITHDRAW, json!({"m": id(&run)})).await, ["INVALID_TRANSITION"]);
    let wet = owner.done(IMPORT, dry(&fresh("key"), false)).await["import"].clone();
    assert_eq!((&wet["dryRun"], &wet["accepted"]), (&json!(false), &json!(2)), "as was said");
    assert_eq!(stock(&shop, &shop.variant).await, "only 2 are in stock");
    shop.close().await;
}

#[tokio::test]
async fn a_key_imports_once_and_names_one_content() {
    let shop = Shop::open().await;
    let owner = &shop.supplier.owner;
    let (key, content) = (fresh("key"), format!("secret\n{}", fresh("K")));
    let first = owner.done(IMPORT, cards(&shop.variant, "LINES", &content, &key)).await;
    let again = owner.done(IMPORT, cards(&shop.variant, "LINES", &content, &key)).await;
    assert_eq!(first["import"], again["import"]);
    let (_, other) = shop.product("CARD", "80.00", Terms::default()).await;
    for input in [
        cards(&shop.variant, "LINES", &fresh("K"), &key),
        cards(&shop.variant, "CSV", &content, &key),
        cards(&other, "LINES", &content, &key),
    ] {
        assert_eq!(owner.refused(IMPORT, input).await, ["IDEMPOTENCY_KEY_REUSED"]);
    }
    assert_eq!(stock(&shop, &shop.variant).await, "only 2 are in stock");
    shop.close().await;
}

#[tokio::test]
async fn a_card_in_ones_own_stock_is_reported_however_it_is_spelled() {
    let shop = Shop::open().await;
    let owner = &shop.supplier.owner;
    let card = fresh("AB");
    import(owner, &shop.variant, "LINES", &card).await;
    let spellings =
        [card.clone(), card.to_lowercase(), card.replace('-', " "), card.replace("AB", "\u{ff21}\u{ff22}")];
    let (_, other) = shop.product("CARD", "80.00", Terms::default()).await;
    for variant in [&shop.variant, &other] {
        for spelling in &spellings {
            let seen = import(owner, variant, "LINES", spelling).await;
            assert_eq!(seen, report(1, 0, 1, 0, &[(1, "was imported before")]), "{spelling}");
        }
    }
    // A sold card is known, too.
    let mei = shop.buyer(9_540).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!(
        import(owner, &shop.variant, "LINES", &card).await,
        report(1, 0, 1, 0, &[(1, "was imported before")])
    );
    // The same secret under another number is another card.
    let seen = import(owner, &shop.variant, "CSV", &format!("secret,number\n{card},1\n{card},2\n")).await;
    assert_eq!(seen, report(2, 2, 0, 0, &[]));
    shop.close().await;
}

#[tokio::test]
async fn a_card_that_another_supplier_holds_tells_the_uploader_nothing_and_is_never_sold() {
    let shop = Shop::open().await;
    let (rival, variant) = rival(&shop).await;
    let held = fresh("HELD");
    import(&shop.supplier.owner, &shop.variant, "LINES", &held).await;
    let mut seen = Vec::new();
    // A card that clashes and one that does not: whatever is done with them looks the same.
    for card in [held, fresh("FREE")] {
        let mut dry = cards(&variant, "LINES", &card, &fresh("key"));
        dry["i"]["dryRun"] = json!(true);
        let mut dry = rival.owner.done(IMPORT, dry).await["import"].clone();
        dry.as_object_mut().unwrap().remove("id");
        let first =
            rival.owner.done(IMPORT, cards(&variant, "LINES", &card, &fresh("key"))).await["import"].clone();
        let again = import(&rival.owner, &variant, "LINES", &card).await;
        let mut taken_back = rival.owner.done(WITHDRAW, json!({"m": id(&first)})).await["import"].clone();
        assert!(taken_back["withdrawnAt"].is_string());
        taken_back.as_object_mut().unwrap().retain(|name, _| name == "accepted");
        let after = import(&rival.owner, &variant, "LINES", &card).await;
        seen.push(json!([dry, first["accepted"], first["problems"], again, taken_back, after]));
    }
    assert_eq!(seen[0], seen[1]);
    let card = fresh("HELD");
    import(&shop.supplier.owner, &shop.variant, "LINES", &card).await;
    import(&rival.owner, &variant, "LINES", &card).await;
    assert_eq!(stock(&shop, &variant).await, "only 0 are in stock", "in quarantine");
    assert_eq!(
        stock(&shop, &shop.variant).await,
        "only 2 are in stock",
        "the first to bring it keeps it for sale"
    );
    let log = shop.operator.log_with(2, "CARD_QUARANTINED").await;
    assert!(
        log.iter()
            .filter(|event| kind(event) == "CARD_QUARANTINED")
            .all(|event| event["subjectId"].is_string())
    );
    for who in [&rival.owner, &shop.supplier.owner, &shop.a.owner] {
        assert!(!kinds(&who.log().await).contains(&"CARD_QUARANTINED"), "{}", who.tenant);
    }
    // Another network has its own cards.
    let other = Shop::open().await;
    let seen = import(&other.supplier.owner, &other.variant, "LINES", &card).await;
    assert_eq!(seen, report(1, 1, 0, 0, &[]));
    assert_eq!(stock(&other, &other.variant).await, "only 1 are in stock");
    shop.close().await;
}

#[tokio::test]
async fn what_is_unsold_of_an_import_is_taken_back_and_what_is_sold_stays_sold() {
    let shop = Shop::open().await;
    let (rival, _) = rival(&shop).await;
    let owner = &shop.supplier.owner;
    let content = [fresh("W"), fresh("W"), fresh("W")].join("\n");
    let made =
        owner.done(IMPORT, cards(&shop.variant, "LINES", &content, &fresh("key"))).await["import"].clone();
    let mei = shop.buyer(2 * 9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let withdraw = json!({"m": id(&made)});
    assert_eq!(rival.owner.refused(WITHDRAW, withdraw.clone()).await, ["NOT_FOUND"]);
    for who in [&shop.operator, &shop.b.owner, &mei] {
        assert_eq!(code(&who.ask(WITHDRAW, withdraw.clone()).await), "FORBIDDEN", "{}", who.tenant);
    }
    assert_eq!(stock(&shop, &shop.variant).await, "only 2 are in stock");
    let first = owner.done(WITHDRAW, withdraw.clone()).await;
    assert_eq!(first["import"], owner.done(WITHDRAW, withdraw).await["import"], "twice is once");
    assert_eq!(stock(&shop, &shop.variant).await, "only 0 are in stock");
    mei.done(REVEAL, json!({"d": delivery(&order)})).await;
    let again = import(owner, &shop.variant, "LINES", &content).await;
    assert_eq!(
        (&again["accepted"], &again["duplicates"]),
        (&json!(0), &json!(3)),
        "what was taken back stays known"
    );
    shop.close().await;
}

#[tokio::test]
async fn an_import_is_its_suppliers_alone() {
    let shop = Shop::open().await;
    let (rival, theirs) = rival(&shop).await;
    let owner = &shop.supplier.owner;
    let made =
        owner.done(IMPORT, cards(&shop.variant, "LINES", &fresh("S"), &fresh("key"))).await["import"].clone();
    let seen = "query($m: ID!) { cardImport(id: $m) { id accepted } }";
    for who in [owner, &shop.operator] {
        assert_eq!(who.get(seen, json!({"m": id(&made)})).await["accepted"], 1, "{}", who.tenant);
    }
    assert_eq!(rival.owner.get(seen, json!({"m": id(&made)})).await, Value::Null);
    for variant in [theirs.as_str(), "var_00000000000070008000000000000000", "x"] {
        let refused = owner.refused(IMPORT, cards(variant, "LINES", "x", &fresh("key"))).await;
        assert_eq!(refused, ["NOT_FOUND"], "{variant}");
    }
    let mei = shop.buyer(0).await;
    for who in [&shop.operator, &shop.b.owner, &mei] {
        let answer = who.ask(IMPORT, cards(&shop.variant, "LINES", "x", &fresh("key"))).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{}", who.tenant);
    }
    shop.decide(&shop.operator, "tenantSuspend", &shop.supplier.id).await;
    let answer = owner.ask(IMPORT, cards(&shop.variant, "LINES", "x", &fresh("key"))).await;
    assert_eq!(code(&answer), "FORBIDDEN", "a suspended supplier brings no stock");
    shop.close().await;
}

#[tokio::test]
async fn the_card_that_came_first_goes_first() {
    let shop = Shop::open().await;
    let secrets = shop.stock(3).await;
    let mei = shop.buyer(3 * 9_540).await;
    for secret in &secrets {
        let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
        let revealed = mei.done(REVEAL, json!({"d": delivery(&order)})).await;
        assert_eq!(revealed["content"]["secret"], json!(secret));
    }
    shop.close().await;
}

#[tokio::test]
async fn a_card_past_its_date_is_not_sold() {
    let shop = Shop::open().await;
    let mei = shop.buyer(9_540).await;
    let end = SystemTime::now() + Duration::from_secs(4);
    let end = chrono::DateTime::<chrono::Utc>::from(end).to_rfc3339();
    let content = format!("secret,expires_at\n{},{end}\n", fresh("E"));
    assert_eq!(import(&shop.supplier.owner, &shop.variant, "CSV", &content).await["accepted"], 1);
    wait_until("it expires", async || {
        (stock(&shop, &shop.variant).await == "only 0 are in stock").then_some(())
    })
    .await;
    let refused = mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!((refused, mei.money().await), (vec!["OUT_OF_STOCK".into()], (9_540, 0)));
    shop.close().await;
}

#[tokio::test]
async fn no_secret_is_ever_logged_or_put_in_an_event() {
    let server = Server::own("secrets");
    let shop = Shop::on(&server, Terms::default()).await;
    let (rival, variant) = rival(&shop).await;
    let secrets: Vec<String> = (0..3).map(|_| fresh("TOPSECRET")).collect();
    let bad = fresh("TOPSECRET\u{202e}");
    let content = format!("{}\n{}\n{bad}\n", secrets.join("\n"), secrets[0]);
    let mut said = vec![import(&shop.supplier.owner, &shop.variant, "LINES", &content).await];
    said.push(import(&rival.owner, &variant, "LINES", &content).await);
    said.push(shop.supplier.owner.ask(IMPORT, cards(&shop.variant, "CSV", &content, &fresh("key"))).await);
    let mei = shop.buyer(9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let revealed = mei.done(REVEAL, json!({"d": delivery(&order)})).await;
    assert_eq!(revealed["content"]["secret"], json!(secrets[0]));
    let claim = mei.claim(&delivery(&order)).await;
    said.push(mei.see(&claim).await);
    // What breaks, too: a document that names the secret where no value may be.
    said.push(mei.ask(REVEAL, json!({"d": {"x": secrets[1]}})).await["data"].clone());
    shop.operator.log_with(3, "CARD_QUARANTINED").await;
    for who in [&shop.operator, &shop.supplier.owner, &shop.a.owner, &shop.b.owner, &rival.owner] {
        said.push(json!(who.log().await));
    }
    let log = server.log();
    assert!(log.contains("INFO"), "there is a log");
    let said = json!(said).to_string();
    for text in [&log, &said] {
        assert!(!text.contains("TOPSECRET") && !text.contains("topsecret"), "a secret was told");
    }
    let database = std::fs::read_dir(server.folder().join("data")).unwrap();
    for log in database.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "log")) {
        assert!(
            !std::fs::read_to_string(log.path()).unwrap_or_default().contains("TOPSECRET"),
            "{:?}",
            log.path()
        );
    }
    shop.close().await;
}
