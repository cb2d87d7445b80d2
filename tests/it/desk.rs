//! What desks look up, and what they take back.

use crate::support::{
    Client, ORDER_PLACE, Shop, Site, cny, code, errors, fresh, id, listing_of, order_of, site, unknown,
};
use serde_json::{Value, json};
use std::time::Duration;

const RULE_DELETE: &str = "mutation($i: PriceRuleDeleteInput!) { priceRuleDelete(input: $i) {
  belowCost { id } errors { code path } } }";
const LISTING_SET: &str = "mutation($i: ListingSetInput!) { listingSet(input: $i) { errors { code } } }";
const HIDDEN: &str = "{ hiddenListings { variantId title ownTitle kind } }";

async fn price(shop: &Shop, at: &Site) -> Value {
    let listing = json!({"l": shop.listing(at)});
    let anonymous = Client::anonymous(&shop.url, &at.handle);
    anonymous.get("query($l: ID!) { listing(id: $l) { price { amount } } }", listing).await["price"]["amount"]
        .clone()
}

async fn nodes(client: &Client, query: &str, variables: Value) -> Vec<Value> {
    client.get(query, variables).await["nodes"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_rule_that_is_taken_away_gives_way_to_the_next_one_at_once() {
    let shop = Shop::open().await;
    let (a, b) = (&shop.a.owner, &shop.b.owner);
    shop.price(b, json!({"variantId": shop.variant, "rule": {"fixed": cny("99.99")}})).await;
    shop.price(b, json!({"productId": shop.product, "rule": {"fixed": cny("98.00")}})).await;
    assert_eq!(price(&shop, &shop.b).await, "99.99");
    // A place where there is no rule, another's rule, and what is no place.
    for (place, code, path) in [
        (json!({"forEveryone": true}), "NOT_FOUND", "forEveryone"),
        (json!({"childTenantId": shop.a.id}), "NOT_FOUND", "childTenantId"),
        (json!({"variantId": unknown("var")}), "NOT_FOUND", "variantId"),
        (json!({"forEveryone": true, "variantId": shop.variant}), "NOT_FOUND", "variantId"),
        (json!({"forEveryone": true, "childTenantId": shop.a.id}), "INVALID_INPUT", "childTenantId"),
    ] {
        let answer = b.ask(RULE_DELETE, json!({"i": place})).await;
        let refusal = &answer["data"]["priceRuleDelete"]["errors"][0];
        assert_eq!((&refusal["code"], &refusal["path"][1]), (&json!(code), &json!(path)), "{place}");
    }
    assert_eq!(code(&shop.supplier.owner.ask(RULE_DELETE, json!({"i": {}})).await), "FORBIDDEN");
    assert_eq!(price(&shop, &shop.b).await, "99.99");
    // The next request pays the next less specific one, then the rule for everything, then the cost.
    for (place, left) in [
        (json!({"variantId": shop.variant}), "98.00"),
        (json!({"productId": shop.product}), "95.40"),
        (json!({}), "92.40"),
    ] {
        let done = b.done(RULE_DELETE, json!({"i": place})).await;
        assert_eq!(done["belowCost"], json!([]));
        assert_eq!(price(&shop, &shop.b).await, left, "{place}");
        assert_eq!(b.refused(RULE_DELETE, json!({"i": place})).await, ["NOT_FOUND"]);
    }
    assert_eq!(b.get("{ priceRules { forEveryone } }", json!({})).await, json!([]));
    // A's own are as they were; a child's price that goes is the child's cost at once.
    shop.price(a, json!({"childTenantId": shop.b.id, "rule": {"fixed": cny("90.00")}})).await;
    assert_eq!(price(&shop, &shop.b).await, "90.00");
    a.done(RULE_DELETE, json!({"i": {"childTenantId": shop.b.id}})).await;
    assert_eq!(price(&shop, &shop.b).await, "92.40");
    // An order pays what is asked then, and no more than one says that it is.
    shop.stock(1).await;
    let mei = shop.buyer(10_000).await;
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["PRICE_CHANGED"]);
    mei.place(shop.order(1, "92.40", &fresh("key"))).await;
    shop.close().await;
}

#[tokio::test]
async fn taking_a_rule_away_tells_what_is_below_cost_without_it() {
    let shop = Shop::open().await;
    let b = &shop.b.owner;
    shop.price(b, json!({"rule": {"fixed": cny("1.00")}})).await;
    shop.price(b, json!({"variantId": shop.variant, "rule": {"fixed": cny("99.00")}})).await;
    let done = b.done(RULE_DELETE, json!({"i": {"variantId": shop.variant}})).await;
    assert_eq!(done["belowCost"], json!([{"id": shop.listing(&shop.b)}]));
    shop.close().await;
}

#[tokio::test]
async fn what_a_site_hides_it_finds_again_and_shows_again_under_its_own_title() {
    let shop = Shop::open().await;
    let b = &shop.b.owner;
    assert_eq!(b.get(HIDDEN, json!({})).await, json!([]));
    let hide = |hidden: bool| json!({"i": {"variantId": shop.variant, "title": "Ours", "hidden": hidden}});
    b.done(LISTING_SET, hide(true)).await;
    let hidden = json!([{"variantId": shop.variant, "title": "Ours", "ownTitle": "Ours", "kind": "CARD"}]);
    assert_eq!(b.get(HIDDEN, json!({})).await, hidden);
    assert_eq!(shop.a.owner.get(HIDDEN, json!({})).await, json!([]), "each site its own");
    assert_eq!(shop.operator.get(HIDDEN, json!({})).await, json!([]), "an operator shows nothing");
    assert_eq!(code(&shop.buyer(0).await.ask(HIDDEN, json!({})).await), "FORBIDDEN");
    b.done(LISTING_SET, hide(false)).await;
    assert_eq!(b.get(HIDDEN, json!({})).await, json!([]));
    shop.close().await;
}

#[tokio::test]
async fn products_are_found_by_their_title_as_it_stands() {
    let shop = Shop::open().await;
    let find = "query($s: String, $a: String) { products(first: 2, search: $s, after: $a) { nodes { id title } pageInfo { hasNextPage endCursor } } }";
    let word = fresh("100%_moon");
    for _ in 0..3 {
        shop.offer("CARD", json!({"title": format!("{} {word}", fresh("Card"))})).await;
    }
    for who in [&shop.supplier.owner, &shop.operator, &shop.b.owner] {
        let first = who.get(find, json!({"s": word.to_uppercase()})).await;
        let rest = who.get(find, json!({"s": word, "a": first["pageInfo"]["endCursor"]})).await;
        assert_eq!(
            (first["nodes"].as_array().unwrap().len(), rest["nodes"].as_array().unwrap().len()),
            (2, 1)
        );
        assert_eq!(rest["pageInfo"]["hasNextPage"], false);
        // Signs of a pattern are what they are.
        for nothing in [word.replace('%', "x"), word.replace('_', "x"), "\\".into(), "'".into()] {
            assert_eq!(nodes(who, find, json!({"s": nothing})).await, Vec::<Value>::new(), "{nothing}");
        }
        assert_eq!(nodes(who, find, json!({"s": "  "})).await.len(), 2, "nothing is everything");
        assert_eq!(code(&who.ask(find, json!({"s": "x".repeat(101)})).await), "BAD_REQUEST");
    }
    let stranger = site(&shop.operator, "SUPPLIER", "sup", None).await;
    assert_eq!(nodes(&stranger.owner, find, json!({"s": word})).await, Vec::<Value>::new());
    shop.close().await;
}

#[tokio::test]
async fn a_buyers_orders_are_found_by_its_own_site_alone() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let (mei, lin) = (shop.buyer(30_000).await, shop.buyer(30_000).await);
    let mut orders = Vec::new();
    for _ in 0..2 {
        orders.insert(0, id(&mei.place(shop.order(1, "95.40", &fresh("key"))).await));
    }
    lin.place(shop.order(1, "95.40", &fresh("key"))).await;
    let seen =
        shop.b.owner.get("query($o: ID!) { order(id: $o) { buyer { id } } }", json!({"o": orders[0]})).await;
    let buyer = json!({"b": id(&seen["buyer"])});
    let find = "query($b: ID!) { orders(where: {buyer: $b}) { nodes { id } } }";
    let ids = |nodes: Vec<Value>| nodes.iter().map(id).collect::<Vec<_>>();
    assert_eq!(ids(nodes(&shop.b.owner, find, buyer.clone()).await), orders);
    assert_eq!(ids(nodes(&mei, find, buyer.clone()).await), orders);
    for who in [&lin, &shop.a.owner, &shop.operator, &shop.supplier.owner] {
        assert_eq!(nodes(who, find, buyer.clone()).await, Vec::<Value>::new(), "{}", who.tenant);
    }
    assert_eq!(nodes(&shop.b.owner, find, json!({"b": "nobody"})).await, Vec::<Value>::new());
    shop.close().await;
}

#[tokio::test]
async fn a_line_says_whether_it_was_reviewed() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(30_000).await;
    let seen = async |who: &Client, order: &str| {
        let order =
            who.get("query($o: ID!) { order(id: $o) { lines { id reviewed } } }", json!({"o": order})).await;
        (id(&order["lines"][0]), order["lines"][0]["reviewed"].clone())
    };
    let first = id(&mei.place(shop.order(1, "95.40", &fresh("key"))).await);
    let second = id(&mei.place(shop.order(1, "95.40", &fresh("key"))).await);
    let (line, reviewed) = seen(&mei, &first).await;
    assert_eq!(reviewed, false);
    mei.done(
        "mutation($l: ID!) { reviewPost(input: {orderLineId: $l, stars: 5}) { errors { code } } }",
        json!({"l": line}),
    )
    .await;
    for who in [&mei, &shop.b.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!((seen(who, &first).await.1, seen(who, &second).await.1), (json!(true), json!(false)));
    }
    shop.close().await;
}

#[tokio::test]
async fn a_tenants_hosts_are_told_to_its_staff_and_its_operators() {
    let shop = Shop::open().await;
    let host = |host: &str| json!({"i": {"tenantId": shop.b.id, "host": host}});
    let (one, other) = (format!("{}.shop.example", fresh("one")), format!("{}.shop.example", fresh("two")));
    let add =
        "mutation($i: TenantHostInput!) { tenantHostAdd(input: $i) { tenant { hosts } errors { code } } }";
    shop.operator.done(add, host(&other)).await;
    let added = shop.operator.done(add, host(&one)).await;
    assert_eq!(added["tenant"]["hosts"], json!([one, other]));
    let hosts = "query($t: ID!) { node(id: $t) { ... on Tenant { hosts } } }";
    let seen = async |who: &Client| who.get(hosts, json!({"t": shop.b.id})).await["hosts"].clone();
    assert_eq!(
        (seen(&shop.operator).await, seen(&shop.b.owner).await),
        (json!([one, other]), json!([one, other]))
    );
    for who in [
        &shop.a.owner,
        &shop.supplier.owner,
        &shop.buyer(0).await,
        &Client::anonymous(&shop.url, &shop.b.handle),
    ] {
        assert_eq!(seen(who).await, Value::Null, "{}", who.tenant);
    }
    let remove =
        "mutation($i: TenantHostInput!) { tenantHostRemove(input: $i) { tenant { hosts } errors { code } } }";
    assert_eq!(shop.operator.done(remove, host(&one)).await["tenant"]["hosts"], json!([other]));
    shop.close().await;
}

#[tokio::test]
async fn whoever_stands_above_a_site_knows_where_its_money_goes_and_nothing_of_its_wallet() {
    let shop = Shop::open().await;
    let wallets = "{ tenants { id walletId wallet { id } } }";
    let of = async |who: &Client, tenant: &str| {
        let tenants = who.get(wallets, json!({})).await;
        let found = tenants.as_array().unwrap().iter().find(|one| one["id"] == json!(tenant)).unwrap();
        (found["walletId"].clone(), found["wallet"].clone())
    };
    let own = json!(shop.b.owner.wallet_id().await);
    let (wallet, seen) = of(&shop.a.owner, &shop.b.id).await;
    assert_eq!((&wallet, seen), (&own, Value::Null), "it may be sent money, and that is all");
    assert_eq!(of(&shop.operator, &shop.b.id).await.0, own);
    // Money comes to it.
    shop.credit(&shop.a.owner.wallet_id().await, 5_000).await;
    let transfer = "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { errors { code } } }";
    let input = json!({"i": {"walletId": wallet, "amount": cny("20.00"), "idempotencyKey": fresh("key")}});
    shop.a.owner.done(transfer, input).await;
    assert_eq!(shop.b.owner.money().await, (2_000, 0));
    // Nobody below or beside is told.
    let node = "query($t: ID!) { node(id: $t) { ... on Tenant { walletId } } }";
    let beside = site(&shop.operator, "SITE", "sib", None).await;
    for who in [&shop.b.owner, &beside.owner, &shop.supplier.owner, &shop.buyer(0).await] {
        let seen = who.get(node, json!({"t": shop.a.id})).await;
        assert_eq!(seen.get("walletId").unwrap_or(&Value::Null), &Value::Null, "{}", who.tenant);
    }
    shop.close().await;
}

#[tokio::test]
async fn recalls_are_listed_with_how_far_they_are() {
    let shop = Shop::open().await;
    let create =
        "mutation($i: RecallCreateInput!) { recallCreate(input: $i) { recall { id } errors { code } } }";
    let mut made = Vec::new();
    for _ in 0..3 {
        let batch = id(&shop.import(&shop.variant, &fresh("SECRET"), &fresh("import")).await["import"]);
        let input =
            json!({"i": {"importId": batch, "reason": "REVOKED", "remedy": "REFUND", "note": "Taken back."}});
        made.insert(0, id(&shop.supplier.owner.done(create, input).await["recall"]));
    }
    let confirm = "mutation($r: ID!) { recallConfirm(input: {recallId: $r}) { errors { code } } }";
    shop.supplier.owner.done(confirm, json!({"r": made[0]})).await;
    let list = "query($a: String) { recalls(first: 2, after: $a) { nodes { id status unsold supplier { id } variant { id } } pageInfo { endCursor hasNextPage } } }";
    for who in [&shop.supplier.owner, &shop.operator] {
        let first = who.get(list, json!({})).await;
        let rest = who.get(list, json!({"a": first["pageInfo"]["endCursor"]})).await;
        let rows: Vec<Value> =
            [&first, &rest].iter().flat_map(|page| page["nodes"].as_array().unwrap().clone()).collect();
        assert_eq!(rows.iter().map(id).collect::<Vec<_>>(), made, "the newest first");
        assert_ne!(rows[0]["status"], "DRAFT");
        assert_eq!((&rows[1]["status"], &rows[1]["unsold"]), (&json!("DRAFT"), &json!(1)));
        assert_eq!(
            (&rows[2]["supplier"]["id"], &rows[2]["variant"]["id"]),
            (&json!(shop.supplier.id), &json!(shop.variant))
        );
        assert_eq!(rest["pageInfo"]["hasNextPage"], false);
    }
    let stranger = site(&shop.operator, "SUPPLIER", "sup", None).await;
    assert_eq!(nodes(&stranger.owner, list, json!({})).await, Vec::<Value>::new());
    assert_eq!(code(&shop.b.owner.ask(list, json!({})).await), "FORBIDDEN");
    shop.close().await;
}

const AUDIT: &str = "query($w: AuditWhere) { audit(first: 100, where: $w) { nodes { id at operation subjectId outcome user { id } apiKey { id } } } }";

#[tokio::test]
async fn the_audit_is_searched_by_who_what_and_when() {
    let shop = Shop::open().await;
    let b = &shop.b.owner;
    let settings = "mutation($c: String) { tenantSettingsSet(input: {contact: $c}) { errors { code } } }";
    let made = b.done("mutation($i: ApiKeyCreateInput!) { apiKeyCreate(input: $i) { apiKey { id } token errors { code } } }", json!({"i": {"name": "till", "role": "manager"}})).await;
    let key = b.with_token(made["token"].as_str().unwrap());
    key.done(settings, json!({"c": "by the till"})).await;
    b.done(settings, json!({"c": "by hand"})).await;
    let found = async |which: Value| nodes(b, AUDIT, json!({"w": which})).await;
    let all = found(json!({})).await;
    let me = all[0]["user"]["id"].clone();
    let by_key = found(json!({"actorId": made["apiKey"]["id"]})).await;
    assert_eq!((by_key.len(), &by_key[0]["apiKey"]["id"]), (1, &made["apiKey"]["id"]));
    let by_me = found(json!({"actorId": me, "operation": "tenantSettingsSet"})).await;
    assert_eq!((by_me.len(), &by_me[0]["id"]), (1, &all[0]["id"]));
    assert_eq!(found(json!({"operation": "tenantSettingsSet"})).await.len(), 2);
    for nothing in ["nothing", "", "\0", "no such'--"] {
        assert_eq!(found(json!({"operation": nothing})).await, Vec::<Value>::new(), "{nothing:?}");
    }
    assert_eq!(found(json!({"actorId": "nobody"})).await, Vec::<Value>::new());
    let at = all[0]["at"].clone();
    assert_eq!(found(json!({"from": at})).await[0]["id"], all[0]["id"]);
    assert_eq!(found(json!({"to": at})).await, all[1..].to_vec(), "before, and not then");
    assert_eq!(found(json!({"from": at, "to": at})).await, Vec::<Value>::new());
    // Who is asked about finds nothing of others' logs.
    let elsewhere = nodes(&shop.a.owner, AUDIT, json!({"w": {"actorId": me}})).await;
    assert_eq!(elsewhere, Vec::<Value>::new());
    shop.close().await;
}

#[tokio::test]
async fn a_file_of_cards_is_in_the_audit_whatever_came_of_it() {
    let shop = Shop::open().await;
    let owner = &shop.supplier.owner;
    let send = async |query: String, key: Option<&str>| {
        let mut request = reqwest::Client::new()
            .post(format!("{}/imports/cards?{query}", shop.url))
            .header("x-tenant", &shop.supplier.handle)
            .bearer_auth(owner.token.as_ref().unwrap())
            .body(fresh("SECRET"));
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json::<Value>().await.unwrap())
    };
    let entries = async || nodes(owner, AUDIT, json!({"w": {"operation": "cardsImport"}})).await;
    assert_eq!(entries().await, Vec::<Value>::new());
    let good = format!("variant={}&format=LINES", shop.variant);
    let (status, _) = send(good.clone(), None).await;
    assert_eq!(status, 400);
    let rows = entries().await;
    assert_eq!(
        (rows.len(), &rows[0]["subjectId"], &rows[0]["outcome"]),
        (1, &json!(shop.variant), &json!("REFUSED"))
    );
    let (status, answer) = send(good, Some(&fresh("file"))).await;
    assert_eq!(status, 202, "{answer}");
    let done = async || entries().await.into_iter().next().filter(|row| row["outcome"] == "DONE");
    let mut row = done().await;
    for _ in 0..100 {
        if row.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        row = done().await;
    }
    let row = row.expect("it ends, and that is written down");
    assert_eq!(row["subjectId"], answer["import"]["id"]);
    assert!(row["user"]["id"].is_string());
    // What is not the caller's at all.
    let (status, _) = send(format!("variant={}&format=LINES", unknown("var")), Some(&fresh("file"))).await;
    assert_eq!((status, &entries().await[0]["outcome"]), (404, &json!("REFUSED")));
    shop.close().await;
}

#[tokio::test]
async fn an_answer_is_labelled_as_its_product_asks() {
    let shop = Shop::open().await;
    let asked = json!([{"name": "account", "label": "游戏账号", "required": true, "maxLength": 20}]);
    let variant = shop.offer("TOP_UP", json!({"fields": asked})).await;
    let mei = shop.buyer(20_000).await;
    let mut order = order_of(&[(listing_of(&shop.b, &variant), 1)], "95.40");
    order["i"]["lines"][0]["fields"] = json!([{"name": "account", "value": "mei"}]);
    let place = "mutation($i: OrderPlaceInput!) { orderPlace(input: $i) { order { id lines { answers { name label value } } } errors { code } } }";
    let placed = mei.ask(place, order).await;
    assert_eq!(errors(&placed), Vec::<String>::new(), "{placed}");
    let placed = &placed["data"]["orderPlace"]["order"];
    let answers = json!([{"name": "account", "label": "游戏账号", "value": "mei"}]);
    assert_eq!(placed["lines"][0]["answers"], answers);
    for who in [&mei, &shop.b.owner, &shop.supplier.owner, &shop.operator] {
        let seen = who
            .get(
                "query($o: ID!) { order(id: $o) { lines { answers { name label value } } } }",
                json!({"o": id(placed)}),
            )
            .await;
        assert_eq!(seen["lines"][0]["answers"], answers, "{}", who.tenant);
    }
    shop.close().await;
}
