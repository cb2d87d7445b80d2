//! Card files by upload: more than a GraphQL request holds.

use crate::support::{Shop, fresh};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

async fn upload(shop: &Shop, token: &str, query: &str, key: Option<&str>, body: Vec<u8>) -> (u16, Value) {
    let mut request = reqwest::Client::new()
        .post(format!("{}/imports/cards?{query}", shop.url))
        .header("x-tenant", &shop.supplier.handle)
        .bearer_auth(token)
        .body(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn a_large_file_is_imported_with_its_progress_to_be_seen() {
    let shop = Shop::open().await;
    let token = shop.supplier.owner.token.clone().unwrap();
    let lines: String = (0..60_000).map(|n| format!("BULK-{}-{n:08}\n", shop.b.handle)).collect();
    assert!(lines.len() > 1 << 20, "more than a GraphQL request holds");
    let (key, query) = (fresh("file"), format!("variant={}&format=LINES", shop.variant));
    let (status, answer) = upload(&shop, &token, &query, Some(&key), lines.clone().into_bytes()).await;
    assert_eq!(status, 202, "{answer}");
    let import = answer["import"]["id"].clone();
    let deadline = Instant::now() + Duration::from_mins(2);
    let report = loop {
        let report = shop
            .supplier
            .owner
            .get(
                "query($id: ID!) { cardImport(id: $id) { status total processed accepted duplicates } }",
                json!({"id": import}),
            )
            .await;
        if report["status"] != "RUNNING" {
            break report;
        }
        assert!(Instant::now() < deadline, "{report}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(
        report,
        json!({"status": "DONE", "total": 60_000, "processed": 60_000, "accepted": 60_000, "duplicates": 0})
    );
    // The same file under the same key is the same import; another under it is refused.
    let again = upload(&shop, &token, &query, Some(&key), lines.into_bytes()).await;
    assert_eq!((again.0, &again.1["import"]["id"]), (202, &import));
    let other = upload(&shop, &token, &query, Some(&key), b"ELSE\n".to_vec()).await;
    assert_eq!((other.0, other.1["code"].as_str()), (409, Some("IDEMPOTENCY_KEY_REUSED")));
}

#[tokio::test]
async fn an_upload_that_may_not_be_is_refused_and_stores_nothing() {
    let shop = Shop::open().await;
    let token = shop.supplier.owner.token.clone().unwrap();
    let good = format!("variant={}&format=LINES", shop.variant);
    let buyer = shop.buyer(0).await.token.unwrap();
    for (token, query, key, status) in [
        ("cds_nobody-has-this-one", good.as_str(), Some("k"), 401),
        (buyer.as_str(), good.as_str(), Some("k"), 403),
        (token.as_str(), good.as_str(), None, 400),
        (token.as_str(), "format=LINES", Some("k"), 404),
        (token.as_str(), &format!("variant={}", shop.variant), Some("k"), 422),
        (token.as_str(), &format!("{good}&dryRun=perhaps"), Some("k"), 422),
    ] {
        let (got, answer) = upload(&shop, token, query, key, b"CARD-1\n".to_vec()).await;
        assert_eq!(got, status, "{query} {key:?}: {answer}");
        assert!(answer["requestId"].is_string(), "{answer}");
    }
    let report = shop.import(&shop.variant, "CARD-1", &fresh("after")).await;
    assert_eq!(report["import"]["accepted"], json!(1));
}
