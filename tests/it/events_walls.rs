//! Events and walls: nobody is told what is not theirs, and nobody is told anything once access has ended.

use crate::support::{
    Client, EventStream, Shop, Socket, cny, fresh, id, kind, kinds, listing_of, order_events, order_of, site,
    tenant_events,
};
use serde_json::{Value, json};

#[tokio::test]
async fn a_supplier_hears_of_its_own_lines_alone_and_sees_no_others() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    // A second supplier with one good, in the same order.
    let second = site(&shop.operator, "SUPPLIER", "sup", None).await;
    let product = json!({
        "title": fresh("Moonrise"), "kind": "CARD",
        "variants": [{"sku": fresh("sku"), "title": "50", "settlementPrice": cny("80.00")}],
    });
    let create = "mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code } } }";
    let made = second.owner.done(create, json!({"i": product})).await;
    let (product, variant) = (json!({"p": id(&made["product"])}), id(&made["product"]["variants"][0]));
    second
        .owner
        .done(
            "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code } } }",
            product.clone(),
        )
        .await;
    shop.operator
        .done("mutation($p: ID!) { productApprove(input: {productId: $p}) { errors { code } } }", product)
        .await;
    let import =
        "mutation($i: CardsImportInput!) { cardsImport(input: $i) { import { accepted } errors { code } } }";
    let cards = json!({"i": {"variantId": variant, "format": "LINES", "content": fresh("MOON"), "idempotencyKey": fresh("key")}});
    second.owner.done(import, cards).await;

    let mei = shop.buyer(2 * 9_540).await;
    let order = mei
        .place(order_of(&[(shop.listing(&shop.b), 1), (listing_of(&shop.b, &variant), 1)], "190.80"))
        .await;
    let deliveries: Vec<String> = [0, 1].map(|line: usize| id(&order["lines"][line]["deliveries"][0])).into();
    let seen =
        "query($o: ID!) { order(id: $o) { lines { deliveries { id } supply { unitProfit { amount } } } } }";
    for (supplier, own, other) in [(&shop.supplier.owner, 0, 1), (&second.owner, 1, 0)] {
        let log = supplier.log_with(1, "ORDER_STATUS_CHANGED").await;
        let made: Vec<&Value> = log
            .iter()
            .filter(|event| kind(event) == "DELIVERY_MADE")
            .map(|event| &event["subjectId"])
            .collect();
        assert_eq!(made, [&json!(deliveries[own])]);
        let lines = supplier.get(seen, json!({"o": id(&order)})).await["lines"].clone();
        assert_eq!(lines.as_array().unwrap().len(), 1, "{lines}");
        assert_eq!(lines[0]["deliveries"][0]["id"], json!(deliveries[own]));
        let node =
            supplier.get("query($d: ID!) { node(id: $d) { id } }", json!({"d": deliveries[other]})).await;
        assert_eq!(node, Value::Null);
        let mut socket =
            Socket::follow(supplier, &order_events(), json!({"o": id(&order), "a": log[0]["cursor"]})).await;
        let events = socket.events_until(|event| kind(event) == "ORDER_STATUS_CHANGED").await;
        assert!(events.iter().all(|event| event["subjectId"] != json!(deliveries[other])), "{events:?}");
    }
    for who in [&shop.operator, &shop.a.owner, &shop.b.owner] {
        let log = who.log_with(2, "DELIVERY_MADE").await;
        assert_eq!(log.iter().filter(|event| kind(event) == "ORDER_PLACED").count(), 1, "{}", who.tenant);
    }
    shop.close().await;
}

#[tokio::test]
async fn nobody_is_told_of_another_tenants_sale() {
    let (shop, other) = (Shop::open().await, Shop::open().await);
    let sibling = site(&shop.operator, "SITE", "sib", None).await;
    let child = site(&shop.b.owner, "SITE", "child", None).await;
    let strangers = [
        &sibling.owner,
        &child.owner,
        &other.operator,
        &other.supplier.owner,
        &other.a.owner,
        &other.b.owner,
    ];
    let mut before = Vec::new();
    for who in strangers {
        before.push(who.log().await.len());
    }
    let (mei, card) = shop.sold().await;
    mei.claim(&card).await;
    shop.b.owner.log_with(1, "WARRANTY_CLAIM_OPENED").await;
    // Whatever else happens later in their logs is numbered behind it.
    for (who, before) in strangers.iter().zip(before) {
        let news = who.log().await.split_off(before);
        let sale = news.iter().find(|event| {
            ["ORDER_", "DELIVERY_", "WARRANTY_", "WALLET_"].iter().any(|part| kind(event).starts_with(part))
        });
        assert_eq!(sale, None, "{}", who.tenant);
    }
    shop.close().await;
    other.close().await;
}

#[tokio::test]
async fn a_wallets_change_is_its_owners_alone() {
    let shop = Shop::open().await;
    let ends = [shop.operator.log().await.len(), shop.a.owner.log().await.len()];
    shop.credit(&shop.b.owner.wallet_id().await, 100).await;
    let log = shop.b.owner.log_with(1, "WALLET_CHANGED").await;
    assert_eq!(log.last().unwrap()["subjectId"], json!(shop.b.owner.wallet_id().await));
    for (who, end) in [&shop.operator, &shop.a.owner].iter().zip(ends) {
        assert_eq!(kinds(&who.log().await[end..]), Vec::<&str>::new(), "{}", who.tenant);
    }
    shop.close().await;
}

// A member of site B's staff with a role: its user id and its client.
async fn colleague(shop: &Shop, role: &str) -> (String, Client) {
    let email = format!("{}@staff.example", fresh("wei"));
    let input = json!({"email": email, "password": "password", "displayName": "Wei", "role": role});
    let create = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code message path } } }";
    let made = shop.b.owner.done(create, json!({"i": input})).await;
    let client = Client::anonymous(&shop.url, &shop.b.handle).sign_in(&email, "password").await;
    (id(&made["user"]), client)
}

// Both ways to follow.
async fn following(who: &Client) -> (Socket, EventStream) {
    let socket = Socket::follow(who, &tenant_events(), json!({})).await;
    (socket, EventStream::open(who, &tenant_events(), json!({}), None).await)
}

// Closed as forbidden, both ways; nothing more is answered.
async fn cut_off(mut socket: Socket, mut stream: EventStream) {
    assert_eq!(socket.closed().await, 4403);
    let mut last = None;
    while let Some(sent) = stream.next().await {
        if sent.name == "next" {
            last = Some(sent);
        }
    }
    let last = last.expect("it ends with a word");
    assert_eq!(last.data["errors"][0]["extensions"]["code"], "FORBIDDEN", "{last:?}");
}

#[tokio::test]
async fn a_session_that_is_ended_ends_what_it_follows() {
    let shop = Shop::open().await;
    let (_, wei) = colleague(&shop, "manager").await;
    let (socket, stream) = following(&wei).await;
    wei.done("mutation { sessionRevoke { errors { code } } }", json!({})).await;
    cut_off(socket, stream).await;
    let mut again = Socket::greet(&wei).await;
    assert_eq!(again.closed().await, 4401, "the token is worth nothing now");
    assert_eq!(wei.send("{ viewer { user { id } } }", json!({})).await.0, 401);
}

#[tokio::test]
async fn a_grant_that_is_taken_away_ends_what_it_allowed() {
    let shop = Shop::open().await;
    let (user, wei) = colleague(&shop, "manager").await;
    let (socket, stream) = following(&wei).await;
    let grants = shop.b.owner.get("{ grants { id principalId } }", json!({})).await;
    let principal = user.trim_start_matches("usr_");
    let grant = grants.as_array().unwrap().iter().find(|grant| grant["principalId"] == principal).unwrap();
    let revoke = "mutation($g: ID!) { grantRevoke(input: {grantId: $g}) { errors { code message } } }";
    shop.b.owner.done(revoke, json!({"g": id(grant)})).await;
    cut_off(socket, stream).await;
}

#[tokio::test]
async fn staff_that_is_disabled_hears_nothing_more_and_the_others_go_on() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let (user, wei) = colleague(&shop, "manager").await;
    let (_, lan) = colleague(&shop, "manager").await;
    let from = shop.b.owner.end_with(1, "WALLET_CHANGED").await;
    let mut others = Socket::follow(&lan, &tenant_events(), json!({"a": from})).await;
    let (socket, stream) = following(&wei).await;
    let disable = "mutation($u: ID!) { staffDisable(input: {userId: $u}) { errors { code message } } }";
    shop.b.owner.done(disable, json!({"u": user})).await;
    cut_off(socket, stream).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let events = others.events_until(|event| kind(event) == "WALLET_CHANGED").await;
    assert_eq!(kind(&events[0]), "ORDER_PLACED", "those who keep their access keep their stream");
    shop.close().await;
}

#[tokio::test]
async fn a_key_that_is_revoked_ends_what_it_follows() {
    let shop = Shop::open().await;
    let create = "mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id } token errors { code } } }";
    let made = shop.b.owner.done(create, json!({"i": {"name": "program", "role": "integrator"}})).await;
    let program = shop.b.owner.with_token(made["token"].as_str().unwrap());
    let (socket, stream) = following(&program).await;
    let revoke = "mutation($k: ID!) { apiKeyRevoke(input: {apiKeyId: $k}) { errors { code } } }";
    shop.b.owner.done(revoke, json!({"k": id(&made["apiKey"])})).await;
    cut_off(socket, stream).await;
}

#[tokio::test]
async fn a_socket_without_the_right_to_a_place_is_not_opened() {
    let shop = Shop::open().await;
    let other = Shop::open().await;
    let nobody = Client::anonymous(&shop.url, &shop.b.handle);
    for (who, expected) in [
        (nobody.with_token("cst_nothing"), 4401),
        (nobody.at("no-such-place"), 4403),
        (shop.b.owner.at(&shop.a.handle), 4403),
        (shop.b.owner.at(&other.b.handle), 4401),
    ] {
        assert_eq!(
            Socket::greet(&who).await.closed().await,
            expected,
            "{} {:?}",
            who.tenant,
            who.token.is_some()
        );
    }
}
