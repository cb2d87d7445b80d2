//! A wallet's statement: what moved in it, and what of it is held.

use crate::support::{Client, ORDER_PLACE, Shop, cny, delivery, fresh, id, minor};
use serde_json::{Value, json};

const ENTRIES: &str = "query($f: Int!, $a: String) { wallet { entries(first: $f, after: $a) {
  nodes { id at kind amount { amount } held order { number } claim { id } reference }
  pageInfo { hasNextPage endCursor } } } }";
const HOLDS: &str = "query($f: Int!, $a: String) { wallet { holds(first: $f, after: $a) {
  nodes { id order { number } amount { amount } releasesAt disputed } pageInfo { hasNextPage endCursor } } } }";

// Every row of a list of the caller's wallet, so many a page.
async fn all(client: &Client, document: &str, list: &str, first: i32) -> Vec<Value> {
    let (mut rows, mut after) = (Vec::new(), Value::Null);
    loop {
        let wallet = client.get(document, json!({"f": first, "a": after})).await;
        let page = &wallet[list];
        rows.extend(page["nodes"].as_array().unwrap_or_else(|| panic!("{wallet}")).iter().cloned());
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            return rows;
        }
    }
}

fn told(rows: &[Value]) -> Vec<(&str, i64, bool)> {
    rows.iter()
        .map(|row| (row["kind"].as_str().unwrap(), minor(&row["amount"]), row["held"].as_bool().unwrap()))
        .collect()
}

fn signed(rows: &[Value], held: bool) -> i64 {
    rows.iter().filter(|row| row["held"] == json!(held)).map(|row| minor(&row["amount"])).sum()
}

#[tokio::test]
async fn a_statement_says_what_moved_and_adds_up_to_the_balance_however_it_is_cut() {
    let shop = Shop::open().await;
    shop.stock(6).await;
    let mei = shop.buyer(60_000).await;
    let placed = mei.done(ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await;
    let order = placed["order"].clone();
    let claim = mei.claim(&delivery(&order)).await;
    let approve = "mutation($i: WarrantyClaimApproveInput!) { warrantyClaimApprove(input: $i) { claim { id } errors { code message } } }";
    // The shop pays for it alone, from more than it has earned.
    let wallet = shop.b.owner.get("{ wallet { id } }", json!({})).await;
    shop.credit(wallet["id"].as_str().unwrap(), 20_000).await;
    shop.b.owner.done(approve, json!({"i": {"claimId": claim, "remedy": "REFUND"}})).await;
    for at in 0..3 {
        mei.place(shop.order(1, "95.40", &format!("{}-{at}", fresh("more")))).await;
    }
    let rows = all(&mei, ENTRIES, "entries", 100).await;
    let kinds: Vec<&str> = told(&rows).iter().map(|row| row.0).collect();
    assert_eq!(kinds, ["ORDER", "ORDER", "ORDER", "REFUND", "ORDER", "CREDIT"], "the newest first");
    assert_eq!(told(&rows)[5], ("CREDIT", 60_000, false));
    assert_eq!(rows[5]["reference"], json!("bank"));
    assert_eq!(told(&rows)[4], ("ORDER", -19_080, false));
    assert_eq!(rows[4]["order"]["number"], order["number"]);
    assert_eq!((told(&rows)[3], rows[3]["claim"]["id"].clone()), (("REFUND", 9_540, false), json!(claim)));
    assert_eq!(rows[3]["order"]["number"], order["number"]);
    let (available, held) = mei.money().await;
    assert_eq!((signed(&rows, false), signed(&rows, true)), (available, held));
    for first in [1, 2, 4] {
        assert_eq!(all(&mei, ENTRIES, "entries", first).await, rows, "{first} a page");
    }
    for owner in [&shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator] {
        let rows = all(owner, ENTRIES, "entries", 3).await;
        assert_eq!((signed(&rows, false), signed(&rows, true)), owner.money().await);
        assert!(rows.iter().any(|row| row["kind"] == "ORDER" && row["held"] == json!(true)));
        // A tenant sees orders that it has a part in, and amounts of its own alone.
        assert!(rows.iter().filter(|row| row["kind"] == "ORDER").all(|row| !row["order"].is_null()));
    }
    shop.close().await;
}

#[tokio::test]
async fn holds_are_the_units_that_somebody_earned_on_and_add_up_to_what_is_held() {
    let shop = Shop::open().await;
    shop.stock(5).await;
    let mei = shop.buyer(60_000).await;
    let placed = mei.done(ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await;
    let later = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let claimed = delivery(&later);
    mei.claim(&claimed).await;
    for (owner, each) in [(&shop.b.owner, 300), (&shop.a.owner, 840), (&shop.supplier.owner, 8_000)] {
        let rows = all(owner, HOLDS, "holds", 100).await;
        assert_eq!(rows.len(), 3);
        assert!(rows.iter().all(|row| minor(&row["amount"]) == each), "{rows:#?}");
        assert_eq!(rows.iter().map(|row| minor(&row["amount"])).sum::<i64>(), owner.money().await.1);
        assert_eq!(rows[0]["order"]["number"], later["number"], "the newest first");
        assert_eq!(rows[2]["order"]["number"], placed["order"]["number"]);
        let disputed: Vec<bool> = rows.iter().map(|row| row["disputed"].as_bool().unwrap()).collect();
        assert_eq!(disputed, [true, false, false]);
        assert!(rows.iter().all(|row| row["releasesAt"].is_string()));
        assert_eq!(all(owner, HOLDS, "holds", 1).await, rows);
        assert_eq!(all(owner, HOLDS, "holds", 2).await, rows);
    }
    // A buyer earns nothing.
    assert_eq!(all(&mei, HOLDS, "holds", 100).await, Vec::<Value>::new());
    shop.close().await;
}

#[tokio::test]
async fn what_waits_for_a_hand_is_held_without_a_date() {
    let shop = Shop::open().await;
    let (_, variant) = shop.product("TOP_UP", "80.00", crate::support::Terms::default()).await;
    let mei = shop.buyer(20_000).await;
    let input = json!({"i": {"idempotencyKey": fresh("key"), "payWith": {"wallet": true}, "expectedTotal": cny("95.40"),
      "lines": [{"listingId": crate::support::listing_of(&shop.b, &variant), "quantity": 1}]}});
    mei.place(input).await;
    let rows = all(&shop.supplier.owner, HOLDS, "holds", 10).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((minor(&rows[0]["amount"]), &rows[0]["releasesAt"]), (8_000, &Value::Null));
    shop.close().await;
}

#[tokio::test]
async fn nobody_reads_anothers_statement() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let document = "query($w: ID!) { node(id: $w) { ... on Wallet { available { amount } entries(first: 5) { nodes { id } } holds(first: 5) { nodes { id } } } } }";
    let wallet = mei.wallet_id().await;
    let own = mei.get(document, json!({"w": wallet})).await;
    assert_eq!(own["entries"]["nodes"].as_array().unwrap().len(), 2);
    // The site sees its buyer's balance, and not what moved in it.
    let buyers = shop.b.owner.get("{ buyers { nodes { wallet { available { amount } entries { nodes { id } } holds { nodes { id } } } } } }", json!({})).await;
    let seen = &buyers["nodes"][0]["wallet"];
    assert_eq!(
        (minor(&seen["available"]), &seen["entries"], &seen["holds"]),
        (460, &Value::Null, &Value::Null)
    );
    for stranger in [&shop.a.owner, &shop.supplier.owner, &shop.buyer(0).await] {
        assert_eq!(stranger.get(document, json!({"w": wallet})).await, Value::Null);
    }
    let by_operator = shop.operator.get(document, json!({"w": wallet})).await;
    assert_eq!(by_operator["entries"]["nodes"].as_array().unwrap().len(), 2);
    // Support sees orders and no money.
    let staff = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { errors { code } } }";
    let email = format!("{}@staff.example", fresh("st"));
    shop.b
        .owner
        .done(
            staff,
            json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": "support"}}),
        )
        .await;
    let support = shop.b.owner.sign_in(&email, "password").await;
    let answer = support.ask("{ wallet { id } }", json!({})).await;
    assert_eq!(crate::support::code(&answer), "FORBIDDEN");
    let buyers = support.get("{ buyers { nodes { wallet { entries { nodes { id } } } } } }", json!({})).await;
    assert_eq!(buyers["nodes"][0]["wallet"]["entries"], Value::Null);
    // A cursor of one list is none of another.
    let cursor = "{ wallet { entries(first: 1) { pageInfo { endCursor } } } }";
    let cursor = mei.get(cursor, json!({})).await["entries"]["pageInfo"]["endCursor"].clone();
    let answer = mei.ask(HOLDS, json!({"f": 1, "a": cursor})).await;
    assert_eq!(crate::support::code(&answer), "BAD_REQUEST");
    assert!(!id(&own["entries"]["nodes"][0]).is_empty());
    shop.close().await;
}
