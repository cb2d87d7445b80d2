//! Whatever is sent: a typed refusal, the right status, the request's id, and nothing changed.

mod fuzz;
mod names;

use crate::support::{Client, ORDER_PLACE, Shop, code, errors, fresh, id, minor};
use reqwest::Method;
use serde_json::{Value, json};

/// Every shape in which a number can be wrong or odd, as JSON.
const NUMBERS: &[&str] = &[
    "0",
    "-0",
    "-1",
    "1.0",
    "1.5",
    "-1.5",
    "1e0",
    "1e9",
    "1e-9",
    "1e308",
    "1e400",
    "-1e400",
    "2147483646",
    "2147483647",
    "2147483648",
    "-2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1001",
    "1000000000",
    "999999999999999999999999999999",
    "0.1",
    "0.000001",
    "\"1\"",
    "\"0\"",
    "\"-1\"",
    "\"１\"",
    "\"١\"",
    "\"1e3\"",
    "\"0x10\"",
    "\"1_000\"",
    "\"1,000\"",
    "\" 1\"",
    "\"1 \"",
    "\"+1\"",
    "\"NaN\"",
    "\"Infinity\"",
    "\"\"",
    "\"null\"",
    "NaN",
    "Infinity",
    "01",
    "+1",
    "1.",
    ".5",
    "0x10",
    "1_000",
    "true",
    "false",
    "null",
    "[]",
    "[1]",
    "{}",
];

/// Every shape in which an amount can be wrong.
const AMOUNTS: &[&str] = &[
    "0",
    "0.00",
    "-0.01",
    "-1",
    "1.",
    ".5",
    "1.005",
    "0.0000001",
    "1e2",
    "1E2",
    "NaN",
    "Infinity",
    "-Infinity",
    "１.００",
    "١",
    "1,00",
    "1 000",
    " 1.00",
    "1.00 ",
    "+1.00",
    "0x1",
    "1_0",
    "",
    "-",
    ".",
    "1.2.3",
    "95.4O",
    "1\u{0}",
    "99999999999999999999999.00",
    "9223372036854775807",
    "92233720368547758.08",
    "\u{202e}00.1",
];

#[tokio::test]
async fn a_quantity_is_a_whole_number_from_1_to_1000_and_nothing_else_buys() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(1_000_000).await;
    let before = mei.get("{ wallet { available { amount } } }", json!({})).await;
    for number in NUMBERS {
        let mut variables = shop.order(1, "0.01", &fresh("key"));
        variables["i"]["lines"][0]["quantity"] = json!("QUANTITY");
        let body =
            json!({"query": ORDER_PLACE, "variables": variables}).to_string().replace("\"QUANTITY\"", number);
        let (status, text) = mei.bytes(body.into_bytes()).await;
        let answer: Value = serde_json::from_str(&text).unwrap();
        let refused = (status == 400 && code(&answer) == "BAD_REQUEST")
            || (status == 200
                && matches!(errors(&answer).as_slice(), [one] if matches!(one.as_str(), "INVALID_INPUT" | "PRICE_CHANGED" | "OUT_OF_STOCK")));
        assert!(refused, "{number}: {status} {text}");
    }
    assert_eq!(mei.get("{ wallet { available { amount } } }", json!({})).await, before);
    assert_eq!(mei.get("{ orders { nodes { id } } }", json!({})).await["nodes"], json!([]));
    shop.close().await;
}

#[tokio::test]
async fn an_amount_that_is_none_moves_no_money_anywhere() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    let wallet = id(&mei.get("{ wallet { id } }", json!({})).await);
    let books = || async {
        shop.operator
            .get(
                "{ trialBalance { balanced lines { account debit { amount } credit { amount } } } }",
                json!({}),
            )
            .await
    };
    let before = books().await;
    let credit =
        "mutation($i: WalletCreditInput!) { walletCredit(input: $i) { wallet { id } errors { code path } } }";
    let transfer = "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { wallet { id } errors { code path } } }";
    let rule = "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { errors { code path } } }";
    for amount in AMOUNTS {
        let money = json!({"amount": amount, "currency": "CNY"});
        let credited = json!({"i": {"walletId": wallet, "amount": money, "reference": "bank", "idempotencyKey": fresh("key")}});
        assert_eq!(shop.operator.refused(credit, credited).await, ["INVALID_INPUT"], "{amount}");
        let moved = json!({"i": {"walletId": wallet, "amount": money, "idempotencyKey": fresh("key")}});
        assert_eq!(shop.b.owner.refused(transfer, moved).await, ["INVALID_INPUT"], "{amount}");
        let mut order = shop.order(1, "95.40", &fresh("key"));
        order["i"]["expectedTotal"] = money.clone();
        assert_eq!(mei.refused(ORDER_PLACE, order).await, ["INVALID_INPUT"], "{amount}");
        // A unit price has up to 6 decimals, so a few of these are prices.
        if !matches!(*amount, "1.005" | "92233720368547758.08") {
            let set = json!({"i": {"rule": {"fixed": money}}});
            assert_eq!(shop.b.owner.refused(rule, set).await, ["INVALID_INPUT"], "{amount}");
        }
    }
    for currency in ["USD", "cny", "CNY ", "", "XXX", "CNYY", "\u{0}"] {
        let credited = json!({"i": {"walletId": wallet, "amount": {"amount": "1.00", "currency": currency}, "reference": "bank", "idempotencyKey": fresh("key")}});
        assert_eq!(shop.operator.refused(credit, credited).await, ["INVALID_INPUT"], "{currency}");
    }
    assert_eq!(books().await, before);
    assert_eq!(minor(&mei.get("{ wallet { available { amount } } }", json!({})).await["available"]), 10_000);
    shop.close().await;
}

#[tokio::test]
async fn an_idempotency_key_is_visible_ascii_and_another_input_under_it_is_refused() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(100_000).await;
    for key in ["", " ", "a b", "é", "\u{0}", "\n", &"k".repeat(129), "\u{200b}", "键"] {
        assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", key)).await, ["INVALID_INPUT"], "{key:?}");
    }
    let key = "k".repeat(128);
    let first = mei.done(ORDER_PLACE, shop.order(1, "95.40", &key)).await;
    let again = mei.done(ORDER_PLACE, shop.order(1, "95.40", &key)).await;
    assert_eq!(id(&first["order"]), id(&again["order"]));
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(2, "190.80", &key)).await, ["IDEMPOTENCY_KEY_REUSED"]);
    // The key is its owner's alone.
    let lan = shop.buyer(100_000).await;
    let other = lan.done(ORDER_PLACE, shop.order(1, "95.40", &key)).await;
    assert_ne!(id(&first["order"]), id(&other["order"]));
    shop.close().await;
}

/// The answer is JSON with one documented code and the request's id, and says nothing of ours.
fn proper(what: &str, text: &str, wanted: &str) {
    let answer: Value = serde_json::from_str(text).unwrap_or_else(|_| panic!("{what}: {text}"));
    assert_eq!(code(&answer), wanted, "{what}: {text}");
    assert!(answer.get("data").is_none(), "{what}: {text}");
    for error in answer["errors"].as_array().unwrap() {
        assert!(error["extensions"]["requestId"].as_str().is_some_and(|id| id.len() > 8), "{what}: {text}");
    }
    discreet(what, text);
}

/// What never leaves.
pub fn discreet(what: &str, text: &str) {
    for ours in [
        "sqlx",
        "postgres",
        "PgDatabase",
        "panicked",
        "src/",
        ".rs:",
        "constraint",
        "syntax error at",
        "network_id",
        "stack",
        "cardamom_app",
    ] {
        assert!(!text.contains(ours), "{what} says {ours}: {text}");
    }
}

#[tokio::test]
async fn what_is_no_request_gets_its_status_its_code_and_its_id() {
    let shop = Shop::open().await;
    let client = shop.a.owner.clone();
    let body = br#"{"query":"{ storefront { id } }"}"#.to_vec();
    let json_body = |text: &str| text.as_bytes().to_vec();
    // Method, content type, accept, body, status, code.
    type Case<'a> = (&'a str, Option<&'a str>, &'a str, Vec<u8>, u16, &'a str);
    let (json_type, response) = (Some("application/json"), "application/graphql-response+json");
    let mut cases: Vec<Case> = vec![
        ("nothing", json_type, response, vec![], 400, "BAD_REQUEST"),
        ("no JSON", json_type, response, json_body("{"), 400, "BAD_REQUEST"),
        ("a number", json_type, response, json_body("5"), 400, "BAD_REQUEST"),
        ("a batch", json_type, response, json_body("[]"), 400, "BAD_REQUEST"),
        ("null", json_type, response, json_body("null"), 400, "BAD_REQUEST"),
        ("no query", json_type, response, json_body("{}"), 400, "BAD_REQUEST"),
        ("query a number", json_type, response, json_body(r#"{"query":5}"#), 400, "BAD_REQUEST"),
        (
            "variables a list",
            json_type,
            response,
            json_body(r#"{"query":"{ storefront { id } }","variables":[]}"#),
            400,
            "BAD_REQUEST",
        ),
        (
            "variables a text",
            json_type,
            response,
            json_body(r#"{"query":"{ storefront { id } }","variables":"{}"}"#),
            400,
            "BAD_REQUEST",
        ),
        (
            "a lone surrogate",
            json_type,
            response,
            json_body(r#"{"query":"{ storefront { id } } # \ud800"}"#),
            400,
            "BAD_REQUEST",
        ),
        (
            "an unknown operation",
            json_type,
            response,
            json_body(r#"{"query":"query a { storefront { id } }","operationName":"b"}"#),
            400,
            "BAD_REQUEST",
        ),
        (
            "an unknown field",
            json_type,
            response,
            json_body(r#"{"query":"{ secrets }"}"#),
            400,
            "BAD_REQUEST",
        ),
        (
            "a field twice in an input",
            json_type,
            response,
            json_body(
                r#"{"query":"mutation { sessionCreate(input: {email: \"a\", email: \"b\", password: \"c\"}) { errors { code } } }"}"#,
            ),
            400,
            "BAD_REQUEST",
        ),
        (
            "an unknown input field",
            json_type,
            response,
            json_body(
                r#"{"query":"mutation { tenantSuspend(input: {tenantId: \"a\", status: \"ACTIVE\"}) { errors { code } } }"}"#,
            ),
            400,
            "BAD_REQUEST",
        ),
        ("an image", json_type, "image/png", body.clone(), 406, "BAD_REQUEST"),
    ];
    for broken in [&b"\xff"[..], b"\xc3\x28", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\x80"] {
        let text = [br#"{"query":"{ storefront { id } } # "#, broken, br#""}"#].concat();
        cases.push(("broken UTF-8", json_type, response, text, 400, "BAD_REQUEST"));
    }
    for kind in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/json; charset=gbk"),
        Some("application/jsonp"),
        Some("application/ json"),
    ] {
        cases.push(("another content type", kind, response, body.clone(), 415, "BAD_REQUEST"));
    }
    for size in [(1 << 20) + 1, 3 << 20] {
        let text =
            format!(r#"{{"query":"{{ storefront {{ id }} }}","variables":{{"a":"{}"}}}}"#, "a".repeat(size));
        cases.push(("too large", json_type, response, text.into_bytes(), 413, "BAD_REQUEST"));
    }
    for (what, kind, accept, body, status, wanted) in cases {
        let mut request =
            client.request(Method::POST, "").header("x-tenant", &client.tenant).header("accept", accept);
        if let Some(kind) = kind {
            request = request.header("content-type", kind);
        }
        let answer = request.body(body).send().await.unwrap();
        let at = format!("{what} ({kind:?})");
        assert_eq!(answer.status().as_u16(), status, "{at}");
        proper(&at, &answer.text().await.unwrap(), wanted);
    }
    // A mutation by GET changes nothing, whatever else is right about it.
    let query = "?query=mutation%7BsessionRevoke%7Berrors%7Bcode%7D%7D%7D";
    let request =
        client.request(Method::GET, query).header("x-tenant", &client.tenant).header("accept", response);
    let answer = request.bearer_auth(client.token.as_ref().unwrap()).send().await.unwrap();
    assert_eq!(answer.status(), 405);
    assert!(client.get("{ viewer { permissions } }", json!({})).await.is_object(), "the session stands");
    shop.close().await;
}

#[tokio::test]
async fn malformed_tokens_and_tenants_are_told_apart_from_nothing_else() {
    let shop = Shop::open().await;
    let token = shop.a.owner.token.clone().unwrap();
    let long = format!("Bearer {}", "a".repeat(4_000));
    let (altered, cut) =
        (format!("Bearer {}x", &token[..token.len() - 1]), format!("Bearer {}", &token[..token.len() - 1]));
    let twice = format!("Bearer {token} {token}");
    let bare = token.clone();
    let basic = format!("Basic {token}");
    let bearers = [
        &long,
        &altered,
        &cut,
        &twice,
        &bare,
        &basic,
        "Bearer",
        "Bearer ",
        "Bearer null",
        "",
        " ",
        "Bearer '; drop table session; --",
        "Bearer cds_",
        "bearer\tx",
    ];
    for bearer in bearers {
        let request = shop
            .a
            .owner
            .request(Method::POST, "")
            .header("x-tenant", &shop.a.handle)
            .header("authorization", bearer);
        let request = request
            .header("accept", "application/graphql-response+json")
            .json(&json!({"query": "{ viewer { permissions } }"}));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{bearer}");
        assert_eq!(answer.headers()["www-authenticate"], "Bearer");
        proper(bearer, &answer.text().await.unwrap(), "UNAUTHENTICATED");
    }
    for tenant in
        ["", " ", "nobody-at-all", "UPPER", "a b", "-", "a--b", "..", "a'; --", "a,b", &"a".repeat(300)]
    {
        let (status, text) =
            Client::anonymous(&shop.url, tenant).text("{ storefront { id } }", &json!({})).await;
        assert_eq!(status, 400, "{tenant:?}");
        proper(tenant, &text, "TENANT_REQUIRED");
    }
    shop.close().await;
}
