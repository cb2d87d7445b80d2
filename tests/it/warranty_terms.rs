//! Terms over the tiers: each only better than the one above, read before payment, kept with the line.

use crate::support::{
    CLAIM_OPEN, Client, ORDER_PLACE, Shop, UPLOAD_CREATE, announce, claim_on, delivery, errors, fresh, id,
    listing_of, order_of,
};
use serde_json::{Value, json};

const MINIMUM: &str = "mutation($i: WarrantyMinimumSetInput!) { warrantyMinimumSet(input: $i) {
  minimum { kind warranty { durationSeconds version } } errors { code message path } } }";
const PRODUCT: &str = "mutation($i: ProductWarrantySetInput!) { productWarrantySet(input: $i) {
  product { warranty { durationSeconds version } } errors { code message path } } }";
const LISTING: &str = "mutation($i: ListingWarrantySetInput!) { listingWarrantySet(input: $i) {
  listing { warranty { durationSeconds version } } errors { code message path } } }";
const SHOWN: &str =
    "query($l: ID!) { listing(id: $l) { warranty { durationSeconds coveredReasons excludedReasons remedies
  answerWithinSeconds decisionWithinSeconds replacementLimit appealWithinSeconds version zh: text en: text(language: EN) } } }";
const LINES: &str = "query($o: ID!) { order(id: $o) { lines { termsAcknowledged warranty { durationSeconds version text(language: EN) } } } }";

const DAY: i32 = 86_400;

fn terms(days: i32) -> Value {
    json!({"durationSeconds": days * DAY, "decisionWithinSeconds": 48 * 3_600, "answerWithinSeconds": 8 * 3_600,
           "coveredReasons": ["ALREADY_USED"], "remedies": ["REPLACE", "REFUND"], "replacementLimit": 3})
}

// The clause that a refusal names.
fn clause(answer: &Value) -> String {
    let payload = answer["data"].as_object().unwrap().values().next().unwrap();
    assert_eq!(payload["errors"][0]["code"], "INVALID_INPUT", "{answer}");
    payload["errors"][0]["path"][2].as_str().unwrap().to_owned()
}

async fn shown(shop: &Shop, who: &Client, variant: &str) -> Value {
    who.get(SHOWN, json!({"l": listing_of(&shop.b, variant)})).await["warranty"].clone()
}

#[tokio::test]
async fn each_tier_may_only_improve_on_the_one_above_and_a_worse_clause_is_named() {
    let shop = Shop::open().await;
    let minimum = json!({"i": {"kind": "LICENCE", "warranty": terms(10)}});
    shop.operator.done(MINIMUM, minimum).await;
    let worse = |name: &str, value: Value| {
        let mut worse = terms(10);
        worse[name] = value;
        worse
    };
    let clauses = [
        ("durationSeconds", json!(10 * DAY - 1)),
        ("coveredReasons", json!([])),
        ("remedies", json!(["REFUND"])),
        ("answerWithinSeconds", json!(8 * 3_600 + 1)),
        ("decisionWithinSeconds", json!(48 * 3_600 + 1)),
        ("replacementLimit", json!(2)),
        ("appealWithinSeconds", json!(7 * DAY - 1)),
        ("requiredEvidence", json!(["VIDEO"])),
    ];
    let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id } errors { code message path } } }";
    for (name, value) in &clauses {
        let input = json!({"i": {"title": "Starfall", "kind": "LICENCE", "warranty": worse(name, value.clone()),
            "variants": [{"sku": fresh("sku"), "title": "1", "settlementPrice": {"amount": "80.00", "currency": "CNY"}}]}});
        assert_eq!(clause(&shop.supplier.owner.ask(create, input).await), *name);
    }
    let variant = shop.offer("LICENCE", json!({"warranty": terms(20)})).await;
    let product = shop.supplier.owner.get("{ products { nodes { id variants { id } } } }", json!({})).await;
    let product = product["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| id(&p["variants"][0]) == variant)
        .map(id)
        .unwrap();
    for (name, value) in &clauses {
        let input = json!({"i": {"productId": product, "warranty": worse(name, value.clone())}});
        assert_eq!(clause(&shop.supplier.owner.ask(PRODUCT, input).await), *name);
        let input = json!({"i": {"variantId": variant, "warranty": worse(name, value.clone())}});
        let answer = shop.b.owner.ask(LISTING, input).await;
        // The product has twenty days: ten are worse before anything else is.
        assert_eq!(clause(&answer), "durationSeconds", "{name}");
    }
    let before = shown(&shop, &shop.b.owner, &variant).await;
    assert_eq!(before["durationSeconds"], 20 * DAY, "what was refused changed nothing");
    // Better is taken at once, in lists and on lines; the site above has its own.
    let better = json!({"i": {"variantId": variant, "warranty": terms(25)}});
    let listing = shop.b.owner.done(LISTING, better).await["listing"].clone();
    assert_eq!(listing["warranty"]["durationSeconds"], 25 * DAY);
    assert_ne!(listing["warranty"]["version"], before["version"]);
    let above = shop.a.owner.get(SHOWN, json!({"l": listing_of(&shop.a, &variant)})).await;
    assert_eq!(above["warranty"]["durationSeconds"], 20 * DAY);
    // Where the product overtakes the site, the better clause counts; a raised minimum lifts what is below it.
    shop.supplier.owner.done(PRODUCT, json!({"i": {"productId": product, "warranty": terms(30)}})).await;
    assert_eq!(shown(&shop, &shop.b.owner, &variant).await["durationSeconds"], 30 * DAY);
    shop.operator.done(MINIMUM, json!({"i": {"kind": "LICENCE", "warranty": terms(40)}})).await;
    assert_eq!(shown(&shop, &shop.b.owner, &variant).await["durationSeconds"], 40 * DAY);
    let back = json!({"i": {"variantId": variant, "warranty": null}});
    assert_eq!(shop.b.owner.done(LISTING, back).await["listing"]["warranty"]["durationSeconds"], 40 * DAY);
    let minimums = shop
        .supplier
        .owner
        .get("{ warrantyMinimums { kind warranty { durationSeconds } } }", json!({}))
        .await;
    assert_eq!(minimums, json!([{"kind": "LICENCE", "warranty": {"durationSeconds": 40 * DAY}}]));
    // Without terms of its own a product takes the better of the default and the minimum.
    let plain = shop.offer("LICENCE", json!({})).await;
    assert_eq!(shown(&shop, &shop.b.owner, &plain).await["durationSeconds"], 40 * DAY);
    // Nobody sets what is another's.
    let foreign = json!({"i": {"productId": product, "warranty": terms(50)}});
    let other = crate::support::site(&shop.operator, "SUPPLIER", "sup", None).await;
    assert_eq!(other.owner.refused(PRODUCT, foreign).await, ["NOT_FOUND"]);
    shop.close().await;
}

#[tokio::test]
async fn a_line_keeps_the_terms_that_were_shown_and_other_ones_are_refused() {
    let shop = Shop::open().await;
    let variant = shop.offer("CARD", json!({"warranty": terms(10)})).await;
    shop.import(&variant, &format!("{}\n{}\n{}", fresh("S"), fresh("S"), fresh("S")), &fresh("import")).await;
    let mei = shop.buyer(3 * 9_540).await;
    let seen = shown(&shop, &mei, &variant).await;
    assert!(seen["zh"].as_str().unwrap().starts_with("质保期:自交付起 10 天。"), "{seen}");
    assert!(seen["en"].as_str().unwrap().starts_with("Warranty: 10 days from delivery.\nCovered:"), "{seen}");
    assert_eq!(seen["excludedReasons"].as_array().unwrap().len(), 4);
    let quoted = mei.get(
        "query($l: [ListingLineInput!]!) { quote(lines: $l) { lines { listing { warranty { version } } } } }",
        json!({"l": [{"listingId": listing_of(&shop.b, &variant), "quantity": 1}]}),
    );
    assert_eq!(quoted.await["lines"][0]["listing"]["warranty"]["version"], seen["version"]);
    let order = |version: Option<&Value>| {
        let mut input = order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40");
        input["i"]["lines"][0]["termsVersion"] = version.cloned().unwrap_or(Value::Null);
        input
    };
    let agreed = mei.place(order(Some(&seen["version"]))).await;
    let silent = mei.place(order(None)).await;
    for (order, acknowledged) in [(&agreed, true), (&silent, false)] {
        let line = mei.get(LINES, json!({"o": id(order)})).await["lines"][0].clone();
        assert_eq!(
            (&line["termsAcknowledged"], &line["warranty"]["version"]),
            (&json!(acknowledged), &seen["version"])
        );
    }
    // The site improves its terms: what was shown is no longer what would be bought, and what was bought stays.
    shop.b.owner.done(LISTING, json!({"i": {"variantId": variant, "warranty": terms(12)}})).await;
    let stale = order(Some(&seen["version"]));
    let answer = mei.ask(ORDER_PLACE, stale).await;
    assert_eq!(errors(&answer), ["TERMS_CHANGED"], "{answer}");
    assert_eq!(
        answer["data"]["orderPlace"]["errors"][0]["path"],
        json!(["input", "lines", "0", "termsVersion"])
    );
    assert_eq!(mei.money().await, (9_540, 0), "nothing happened");
    let line = mei.get(LINES, json!({"o": id(&agreed)})).await["lines"][0].clone();
    assert_eq!(line["warranty"]["durationSeconds"], 10 * DAY);
    let now = shown(&shop, &mei, &variant).await;
    let third = mei.place(order(Some(&now["version"]))).await;
    let ends = mei
        .get(
            "query($d: ID!) { node(id: $d) { ... on Delivery { deliveredAt warrantyEndsAt } } }",
            json!({"d": delivery(&third)}),
        )
        .await;
    let moment = |text: &Value| chrono::DateTime::parse_from_rfc3339(text.as_str().unwrap()).unwrap();
    assert_eq!((moment(&ends["warrantyEndsAt"]) - moment(&ends["deliveredAt"])).num_days(), 12);
    shop.close().await;
}

#[tokio::test]
async fn a_claim_comes_with_the_files_that_its_terms_ask_for() {
    let shop = Shop::open().await;
    let mut asking = terms(10);
    asking["requiredEvidence"] = json!(["SCREENSHOT", "LOG", "PURCHASE_PROOF"]);
    let variant = shop.offer("CARD", json!({"warranty": asking.clone()})).await;
    let mut vague = terms(10);
    vague["requiredEvidence"] = json!(["OTHER"]);
    let product = shop.supplier.owner.get("{ products { nodes { id variants { id } } } }", json!({})).await;
    let product =
        product["nodes"].as_array().unwrap().iter().find(|p| id(&p["variants"][0]) == variant).unwrap();
    let input = json!({"i": {"productId": product["id"], "warranty": vague}});
    assert_eq!(clause(&shop.supplier.owner.ask(PRODUCT, input).await), "requiredEvidence");
    // A site may ask for less and never for more.
    let mut more = asking.clone();
    more["requiredEvidence"] = json!(["SCREENSHOT", "VIDEO"]);
    let answer = shop.b.owner.ask(LISTING, json!({"i": {"variantId": variant, "warranty": more}})).await;
    assert_eq!(clause(&answer), "requiredEvidence");
    shop.import(&variant, &format!("{}\n{}", fresh("S"), fresh("S")), &fresh("import")).await;
    let mei = shop.buyer(2 * 9_540).await;
    let shown = "query($l: ID!) { listing(id: $l) { warranty { requiredEvidence text(language: EN) } } }";
    let listing = listing_of(&shop.b, &variant);
    let seen = mei.get(shown, json!({"l": listing})).await["warranty"].clone();
    assert_eq!(seen["requiredEvidence"], json!(["PURCHASE_PROOF", "SCREENSHOT", "LOG"]));
    assert!(seen["text"].as_str().unwrap().contains("A claim needs: "), "{seen}");
    let order = mei.place(order_of(&[(listing, 2)], "190.80")).await;
    let units: Vec<String> = order["lines"][0]["deliveries"].as_array().unwrap().iter().map(id).collect();
    // From the next sale on nothing is asked for; what was sold keeps its terms.
    let fewer = json!({"i": {"variantId": variant, "warranty": terms(10)}});
    shop.b.owner.done(LISTING, fewer).await;
    let mut input = claim_on(&units[0], "INVALID", &fresh("claim"));
    let refused = mei.ask(CLAIM_OPEN, input.clone()).await["data"]["warrantyClaimOpen"]["errors"][0].clone();
    assert_eq!(refused["code"], "EVIDENCE_MISSING");
    assert_eq!(refused["path"], json!(["input", "evidenceUploadIds"]));
    assert!(refused["message"].as_str().unwrap().ends_with(": SCREENSHOT, LOG"), "{refused}");
    let shot = mei.sent("deliveryId", &units[0], "a.txt", b"It says: used up.".to_vec()).await;
    input["i"]["evidenceUploadIds"] = json!([shot]);
    let refused = mei.ask(CLAIM_OPEN, input.clone()).await["data"]["warrantyClaimOpen"]["errors"][0].clone();
    assert!(refused["message"].as_str().unwrap().ends_with(": LOG"), "{refused}");
    assert_eq!(mei.get("{ warrantyClaims { nodes { id } } }", json!({})).await["nodes"], json!([]));
    // Refused changes nothing: the file is still there to be sent with the rest.
    let mut log = announce("deliveryId", &units[0], "log.txt", 5);
    log["i"]["kind"] = json!("LOG");
    let upload = mei.done(UPLOAD_CREATE, log).await["upload"].clone();
    assert_eq!(mei.put(upload["url"].as_str().unwrap(), b"error".to_vec()).await.0, 201);
    input["i"]["evidenceUploadIds"] = json!([shot, upload["id"]]);
    assert_eq!(mei.done(CLAIM_OPEN, input).await["claim"]["status"], "SUBMITTED");
    // Of what did not come there is nothing to show.
    let nothing = claim_on(&units[1], "NOT_DELIVERED", &fresh("claim"));
    assert_eq!(mei.done(CLAIM_OPEN, nothing).await["claim"]["status"], "SUBMITTED");
    shop.close().await;
}

#[tokio::test]
async fn a_product_and_its_minimum_that_are_set_at_once_fit_each_other() {
    let shop = Shop::open().await;
    let variant = shop.offer("SERVICE", json!({"warranty": terms(3)})).await;
    let products =
        "{ products(first: 100) { nodes { id kind warranty { durationSeconds } variants { id } } } }";
    let found = shop.supplier.owner.get(products, json!({})).await;
    let product =
        found["nodes"].as_array().unwrap().iter().find(|p| id(&p["variants"][0]) == variant).unwrap();
    let product = json!({"i": {"productId": product["id"], "warranty": terms(3)}});
    let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id } errors { code message path } } }";
    let minimum = |days: i32| json!({"i": {"kind": "SERVICE", "warranty": terms(days)}});
    for _ in 0..6 {
        shop.operator.done(MINIMUM, minimum(1)).await;
        let made = json!({"i": {"title": fresh("Help"), "kind": "SERVICE", "warranty": terms(3),
            "variants": [{"sku": fresh("sku"), "title": "1", "settlementPrice": {"amount": "80.00", "currency": "CNY"}}]}});
        let (supplier, operator) = (&shop.supplier.owner, &shop.operator);
        let (set, again, new, raised) = tokio::join!(
            supplier.ask(PRODUCT, product.clone()),
            supplier.ask(PRODUCT, product.clone()),
            supplier.ask(create, made),
            operator.ask(MINIMUM, minimum(10)),
        );
        assert_eq!(errors(&raised).len(), 0, "{raised}");
        for answer in [set, again, new] {
            assert!(errors(&answer).is_empty() || clause(&answer) == "durationSeconds", "{answer}");
        }
        let found = supplier.get(products, json!({})).await;
        for product in
            found["nodes"].as_array().unwrap().iter().filter(|product| product["kind"] == "SERVICE")
        {
            assert_eq!(product["warranty"]["durationSeconds"], 10 * DAY, "{product}");
        }
    }
    shop.close().await;
}
