//! Ids and cursors that are none.

use super::discreet;
use crate::support::{Client, Shop, code, codes, errors, unknown};
use serde_json::{Value, json};

#[tokio::test]
async fn ids_of_the_wrong_form_or_kind_look_like_ids_that_are_not_there() {
    let shop = Shop::open().await;
    let operator = &shop.operator;
    let hex = &shop.a.id[4..];
    let forms = [
        String::new(),
        "ten_".into(),
        hex.into(),
        format!("usr_{hex}"),
        format!("ten_{}", hex.to_uppercase()),
        format!("TEN_{hex}"),
        format!(" ten_{hex}"),
        format!("ten_{hex} "),
        format!("ten_{hex}\u{0}"),
        format!("ten-{hex}"),
        "ten_00000000-0000-0000-0000-000000000000".into(),
        format!("ten_{}", "0".repeat(32)),
        format!("ten_{}", "f".repeat(32)),
        "x".repeat(100_000),
        "lst_é".repeat(20),
        unknown("ten"),
        "_".into(),
        "\u{202e}ten".into(),
        "%".into(),
        "1".into(),
    ];
    let nothing =
        operator.ask("query($id: ID!) { node(id: $id) { id } }", json!({"id": unknown("ten")})).await;
    let suspend = "mutation($id: ID!) { tenantSuspend(input: {tenantId: $id}) { tenant { id } errors { code message path } } }";
    let missing = operator.ask(suspend, json!({"id": unknown("ten")})).await;
    assert_eq!(errors(&missing), ["NOT_FOUND"]);
    for form in &forms {
        for kind in ["node", "order", "listing", "product", "warrantyClaim", "cardImport"] {
            let answer = operator
                .ask(&format!("query($id: ID!) {{ {kind}(id: $id) {{ id }} }}"), json!({"id": form}))
                .await;
            let forbidden = kind == "listing" && codes(&answer) == ["FORBIDDEN"];
            assert!(
                answer["data"][kind].is_null() && (answer["errors"].is_null() || forbidden),
                "{kind} {form:.80}: {answer}"
            );
        }
        assert_eq!(operator.ask(suspend, json!({"id": form})).await, missing, "{form:.80}");
    }
    assert_eq!(nothing["data"]["node"], Value::Null);
    assert_eq!(
        operator.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", json!({"ids": vec!["x"; 100]})).await
            ["data"]["nodes"]
            .as_array()
            .unwrap()
            .len(),
        100
    );
    let (status, _) = operator
        .text("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", &json!({"ids": vec!["x"; 101]}))
        .await;
    assert_eq!(status, 400);
    shop.close().await;
}

#[tokio::test]
async fn a_page_is_1_to_100_and_a_cursor_is_one_of_its_own_list() {
    let shop = Shop::open().await;
    shop.product("CARD", "10.00", crate::support::Terms::default()).await;
    let owner = &shop.b.owner;
    for list in ["orders", "listings", "warrantyClaims", "products", "buyers", "events"] {
        for first in [json!(0), json!(-1), json!(101), json!(2_147_483_647), json!(-2_147_483_648)] {
            let nodes = if list == "events" { "nodes { id }" } else { "nodes { id } pageInfo { endCursor }" };
            let (status, text) = owner
                .text(&format!("query($n: Int) {{ {list}(first: $n) {{ {nodes} }} }}"), &json!({"n": first}))
                .await;
            let answer: Value = serde_json::from_str(&text).unwrap();
            assert!(
                matches!(code(&answer), "BAD_REQUEST" | "COST_EXCEEDED"),
                "{list} {first}: {status} {text}"
            );
            discreet(list, &text);
        }
        for cursor in ["", "x", "AAAA", "\u{0}", "////", &"A".repeat(600), "null"] {
            let answer = owner
                .ask(
                    &format!(
                        "query($c: {}) {{ {list}(after: $c) {{ nodes {{ id }} }} }}",
                        if list == "events" { "EventCursor" } else { "String" }
                    ),
                    json!({"c": cursor}),
                )
                .await;
            assert_eq!(code(&answer), "BAD_REQUEST", "{list} after {cursor:.20}: {answer}");
        }
    }
    let page = |client: &Client, list: &str, after: &str| {
        let (client, document) = (
            client.clone(),
            format!(
                "query($c: String) {{ {list}(first: 1, after: $c) {{ nodes {{ id }} pageInfo {{ endCursor hasNextPage }} }} }}"
            ),
        );
        let after = json!({"c": after});
        async move { client.ask(&document, after).await }
    };
    let start = owner
        .get("{ listings(first: 1) { nodes { id } pageInfo { endCursor hasNextPage } } }", json!({}))
        .await;
    assert_eq!(start["pageInfo"]["hasNextPage"], true);
    let cursor = start["pageInfo"]["endCursor"].as_str().unwrap();
    let next = page(owner, "listings", cursor).await;
    assert_ne!(next["data"]["listings"]["nodes"][0]["id"], start["nodes"][0]["id"]);
    for other in ["orders", "products", "buyers", "warrantyClaims"] {
        assert_eq!(code(&page(owner, other, cursor).await), "BAD_REQUEST", "{other}");
    }
    for at in 0..cursor.len() {
        let mut altered: Vec<u8> = cursor.bytes().collect();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        let answer = page(owner, "listings", std::str::from_utf8(&altered).unwrap()).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "altered at {at}: {answer}");
    }
    // A position in one tenant's log is none in another's.
    let log = owner.get("{ events { endCursor } }", json!({})).await;
    let answer = shop
        .a
        .owner
        .ask("query($c: EventCursor) { events(after: $c) { endCursor } }", json!({"c": log["endCursor"]}))
        .await;
    assert_eq!(code(&answer), "BAD_REQUEST", "{answer}");
    shop.close().await;
}
