//! What pages show beside orders and claims: goods, faces, stock, reports, settings.

use crate::support::{
    Client, Counter, ORDER_PLACE, Server, Shop, Terms, app, claim_step, code, codes, delivery, errors, fresh,
    id, listing_of, minor, superuser, unknown, uuid,
};
use cardamom::{
    access::{Actor, Place, TenantKind, TenantStatus, Viewer},
    foundation::{
        Currency, PageRequest,
        id::{NetworkId, TenantId, UserId},
        now,
    },
    inventory::import_cards,
    ledger::AccountId,
    orders::view::{self, Which},
    reporting::{sales, statement},
};
use serde_json::{Value, json};
use std::sync::Arc;

const LISTINGS: &str = "query($w: ListingWhere, $o: ListingOrder! = OLDEST, $f: Int = 100, $a: String) {
  listings(where: $w, orderBy: $o, first: $f, after: $a) {
    nodes { id title description brand stockHint inStock price { amount } } pageInfo { hasNextPage endCursor } } }";
const SETTINGS_SET: &str = "mutation($i: TenantSettingsSetInput!) { tenantSettingsSet(input: $i) {
  tenant { settings { announcement accent contact } } errors { code path } } }";
const REPORT: &str = "query($f: DateTime!, $t: DateTime!) { salesReport(from: $f, to: $t) {
  days { date orders sales { amount } profit { amount } refunded { amount } claims }
  top { title units sales { amount } profit { amount } } } }";

async fn listings(client: &Client, variables: Value) -> Vec<Value> {
    client.get(LISTINGS, variables).await["nodes"].as_array().unwrap().clone()
}

// A product as its supplier writes it, approved; its variant.
async fn write(shop: &Shop, title: &str, brand: Option<&str>, price: &str, low: i32) -> String {
    let input = json!({
        "title": title, "kind": "CARD", "brand": brand, "description": format!("All about\n{title}"),
        "variants": [{"sku": fresh("sku"), "title": title, "lowStock": low,
                      "settlementPrice": {"amount": price, "currency": "CNY"}}]});
    let made = shop.supplier.owner.done("mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code } } }", json!({"i": input})).await;
    let product = json!({"p": id(&made["product"])});
    shop.supplier
        .owner
        .done(
            "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code } } }",
            product.clone(),
        )
        .await;
    shop.operator
        .done("mutation($p: ID!) { productApprove(input: {productId: $p}) { errors { code } } }", product)
        .await;
    id(&made["product"]["variants"][0])
}

async fn stock(shop: &Shop, variant: &str, count: usize) -> String {
    let secrets: Vec<String> = (0..count).map(|_| fresh("SECRET")).collect();
    id(&shop.import(variant, &secrets.join("\n"), &fresh("import")).await["import"])
}

fn titles(rows: &[Value]) -> Vec<&str> {
    rows.iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_listing_says_what_it_is_whose_and_whether_there_is_enough() {
    let shop = Shop::open().await;
    let variant = write(&shop, "moonlit", Some("Ming"), "10.00", 2).await;
    let mei = shop.buyer(100_000).await;
    let one = async || {
        let rows = listings(&mei, json!({"w": {"brand": "Ming"}})).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows[0].clone()
    };
    let seen = one().await;
    assert_eq!(
        (seen["description"].as_str(), seen["brand"].as_str()),
        (Some("All about\nmoonlit"), Some("Ming"))
    );
    assert_eq!((seen["stockHint"].as_str(), seen["inStock"].as_bool()), (Some("NONE"), Some(false)));
    stock(&shop, &variant, 4).await;
    assert_eq!(one().await["stockHint"], json!("PLENTY"));
    let buy = async |quantity: i32| {
        let rows = listings(&mei, json!({"w": {"brand": "Ming"}})).await;
        let price = minor(&rows[0]["price"]) * i64::from(quantity);
        let total = format!("{}.{:02}", price / 100, price % 100);
        let line = json!({"listingId": listing_of(&shop.b, &variant), "quantity": quantity});
        let input = json!({"i": {"idempotencyKey": fresh("key"), "lines": [line], "payWith": {"wallet": true},
          "expectedTotal": {"amount": total, "currency": "CNY"}}});
        mei.done(ORDER_PLACE, input).await;
    };
    buy(1).await;
    assert_eq!(one().await["stockHint"], json!("PLENTY"), "three are more than two");
    buy(1).await;
    assert_eq!(one().await["stockHint"], json!("LOW"), "at its level; seen by the buyer's own next request");
    buy(2).await;
    let seen = one().await;
    assert_eq!((seen["stockHint"].as_str(), seen["inStock"].as_bool()), (Some("NONE"), Some(false)));
    // A quote and a single one say the same.
    stock(&shop, &variant, 1).await;
    let listing = listing_of(&shop.b, &variant);
    let quoted = mei.get("query($l: ID!) { quote(lines: [{listingId: $l, quantity: 1}]) { lines { listing { description brand stockHint } } } }", json!({"l": listing})).await;
    let single = mei
        .get("query($l: ID!) { listing(id: $l) { description brand stockHint } }", json!({"l": listing}))
        .await;
    assert_eq!((&quoted["lines"][0]["listing"], single["stockHint"].as_str()), (&single, Some("LOW")));
    // What is delivered by hand never runs out.
    shop.product("TOP_UP", "5.00", Terms::default()).await;
    let by_hand = listings(&mei, json!({"w": {"kind": "TOP_UP"}})).await;
    assert_eq!(by_hand[0]["stockHint"], json!("PLENTY"));
    let there = listings(&mei, json!({"w": {"inStock": true}})).await;
    let gone = listings(&mei, json!({"w": {"inStock": false}})).await;
    assert_eq!((there.len(), gone.len()), (2, 1), "{there:?} {gone:?}");
    assert_eq!(listings(&mei, json!({"w": {"brand": "ming"}})).await, Vec::<Value>::new(), "exactly");
    shop.close().await;
}

#[tokio::test]
async fn lists_come_in_the_order_that_is_asked_for_and_pages_join_up() {
    let shop = Shop::open().await;
    for (title, price) in [("Banana", "30.00"), ("apple", "50.00"), ("Cherry", "10.00"), ("date", "10.00")] {
        write(&shop, title, None, price, 1).await;
    }
    let buyer = shop.buyer(0).await;
    let whole = async |order: &str| listings(&buyer, json!({"o": order})).await;
    let oldest = whole("OLDEST").await;
    assert_eq!(titles(&oldest)[1..], ["Banana", "apple", "Cherry", "date"]);
    assert_eq!(oldest, listings(&buyer, json!({})).await, "as before");
    let mut newest = whole("NEWEST").await;
    newest.reverse();
    assert_eq!(newest, oldest);
    let own = titles(&oldest)[0].to_owned();
    assert_eq!(titles(&whole("TITLE").await), ["apple", "Banana", "Cherry", "date", own.as_str()]);
    assert_eq!(titles(&whole("PRICE_ASC").await), ["Cherry", "date", "Banana", "apple", own.as_str()]);
    assert_eq!(titles(&whole("PRICE_DESC").await), [own.as_str(), "apple", "Banana", "Cherry", "date"]);
    for order in ["OLDEST", "NEWEST", "TITLE", "PRICE_ASC", "PRICE_DESC"] {
        let (mut rows, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = buyer.get(LISTINGS, json!({"o": order, "f": 2, "a": after})).await;
            rows.extend(page["nodes"].as_array().unwrap().iter().cloned());
            after = page["pageInfo"]["endCursor"].clone();
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                break;
            }
        }
        assert_eq!(rows, whole(order).await, "{order}");
        // A cursor is of one order alone.
        let other = if order == "TITLE" { "OLDEST" } else { "TITLE" };
        let answer = buyer.ask(LISTINGS, json!({"o": other, "a": after})).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "{order}");
    }
    // A site's own titles count.
    let variant = &shop.variant;
    shop.b.owner.done("mutation($v: ID!) { listingSet(input: {variantId: $v, title: \"Aardvark\"}) { errors { code } } }", json!({"v": variant})).await;
    assert_eq!(titles(&whole("TITLE").await)[0], "Aardvark");
    shop.close().await;
}

#[tokio::test]
async fn a_face_is_the_tenants_own_to_set_and_everybodys_to_see() {
    let shop = Shop::open().await;
    let face = |announcement: &str, accent: &str, contact: &str| json!({"i": {"announcement": announcement, "accent": accent, "contact": contact}});
    let visitor = Client::anonymous(&shop.url, &shop.b.handle);
    let seen = async || {
        visitor.get("{ storefront { settings { announcement accent contact } } }", json!({})).await["settings"].clone()
    };
    let nothing = json!({"announcement": null, "accent": null, "contact": null});
    assert_eq!(seen().await, nothing);
    for (who, wanted) in [(&shop.buyer(0).await, "FORBIDDEN"), (&visitor, "UNAUTHENTICATED")] {
        assert_eq!(code(&who.ask(SETTINGS_SET, face("x", "#000000", "x")).await), wanted);
    }
    for (refused, path) in [
        (face("x", "red", "x"), "accent"),
        (face("x", "#12345g", "x"), "accent"),
        (face("x", "#fff;}", "x"), "accent"),
        (face(&"x".repeat(1_001), "#000000", "x"), "announcement"),
        (face("x\u{202e}", "#000000", "x"), "announcement"),
        (face("x", "#000000", "two\nlines"), "contact"),
    ] {
        let answer = shop.b.owner.ask(SETTINGS_SET, refused).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"]);
        assert_eq!(answer["data"]["tenantSettingsSet"]["errors"][0]["path"][1], json!(path));
    }
    assert_eq!(seen().await, nothing, "nothing has changed");
    let set = shop.b.owner.done(SETTINGS_SET, face(" <b>Open</b>\nagain ", "#1A73E8", "mei@b.example")).await;
    let wanted =
        json!({"announcement": "<b>Open</b>\nagain", "accent": "#1a73e8", "contact": "mei@b.example"});
    assert_eq!(set["tenant"]["settings"], wanted);
    assert_eq!(seen().await, wanted);
    // Its parent's is another; its buyers' orders show it too.
    let parent = Client::anonymous(&shop.url, &shop.a.handle);
    assert_eq!(
        parent.get("{ storefront { settings { accent } } }", json!({})).await["settings"]["accent"],
        Value::Null
    );
    shop.b.owner.done(SETTINGS_SET, json!({"i": {"contact": "by post"}})).await;
    assert_eq!(seen().await, json!({"announcement": null, "accent": null, "contact": "by post"}));
    shop.close().await;
}

#[tokio::test]
async fn a_report_is_each_tenants_own_and_has_every_day() {
    let shop = Shop::open().await;
    shop.stock(6).await;
    let mei = shop.buyer(60_000).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let claim = mei.claim(&delivery(&order)).await;
    let approve = "mutation($i: WarrantyClaimApproveInput!) { warrantyClaimApprove(input: $i) { claim { id } errors { code message } } }";
    shop.b
        .owner
        .done(claim_step("HandOver").as_str(), json!({"i": {"claimId": claim, "note": "yours"}}))
        .await;
    shop.supplier.owner.done(approve, json!({"i": {"claimId": claim, "remedy": "REFUND"}})).await;
    let today = now();
    let span = |days: i64, ahead: i64| {
        let at = |days: i64| (today + chrono::TimeDelta::days(days)).to_rfc3339();
        json!({"f": at(-days), "t": at(ahead)})
    };
    for (who, each, profit) in [
        (&shop.b.owner, 9_540, 300),
        (&shop.a.owner, 9_240, 840),
        (&shop.operator, 8_400, 400),
        (&shop.supplier.owner, 8_000, 8_000),
    ] {
        let report = who.get(REPORT, span(10, 1)).await;
        let days = report["days"].as_array().unwrap();
        assert_eq!(days.len(), 12, "ten days, and the ends of two");
        let sold: Vec<&Value> = days.iter().filter(|day| day["orders"] != json!(0)).collect();
        assert_eq!(sold.len(), 1, "{days:#?}");
        let day = sold[0];
        assert_eq!(day["date"], json!(today.date_naive().to_string()));
        assert_eq!(
            (day["orders"].as_i64(), minor(&day["sales"]), minor(&day["profit"])),
            (Some(2), 3 * each, 3 * profit)
        );
        assert_eq!(day["claims"], json!(1));
        assert_eq!(minor(&days[0]["sales"]), 0);
        let top = report["top"].as_array().unwrap();
        assert_eq!(top.len(), 1);
        assert_eq!(
            (top[0]["units"].as_i64(), minor(&top[0]["sales"]), minor(&top[0]["profit"])),
            (Some(3), 3 * each, 3 * profit)
        );
        // What came before is not of the time.
        let none = who.get(REPORT, json!({"f": "2020-01-01T00:00:00Z", "t": "2020-01-03T00:00:00Z"})).await;
        assert_eq!((none["days"].as_array().unwrap().len(), none["top"].as_array().unwrap().len()), (2, 0));
        assert!(none["days"].as_array().unwrap().iter().all(|day| day["orders"] == json!(0)));
    }
    // Whoever bore it alone has it; where the sale was undone, every tier its own part.
    let refunded = async |who: &Client| {
        let report = who.get(REPORT, span(1, 1)).await;
        report["days"].as_array().unwrap().iter().map(|day| minor(&day["refunded"])).sum::<i64>()
    };
    let back: Vec<i64> = vec![
        refunded(&shop.b.owner).await,
        refunded(&shop.a.owner).await,
        refunded(&shop.operator).await,
        refunded(&shop.supplier.owner).await,
    ];
    assert!(back == [9_540, 9_240, 8_400, 8_000] || back == [0, 0, 0, 9_540], "{back:?}");
    let (year, more) = (span(365, 1), span(366, 1));
    assert_eq!(shop.b.owner.get(REPORT, year).await["days"].as_array().unwrap().len(), 367);
    assert_eq!(code(&shop.b.owner.ask(REPORT, more).await), "BAD_REQUEST");
    assert_eq!(code(&shop.b.owner.ask(REPORT, span(-2, 1)).await), "BAD_REQUEST");
    assert_eq!(code(&mei.ask(REPORT, span(1, 1)).await), "FORBIDDEN");
    shop.close().await;
}

#[tokio::test]
async fn orders_are_found_by_number_time_site_and_status_and_tell_their_buyer_to_their_site_alone() {
    let shop = Shop::open().await;
    shop.stock(4).await;
    let mei = shop.buyer(60_000).await;
    let first = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let second = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let find =
        "query($w: OrderWhere) { orders(where: $w) { nodes { id number status buyer { id email } } } }";
    let found = async |who: &Client, filter: Value| -> Vec<String> {
        let page = who.get(find, json!({"w": filter})).await;
        page["nodes"].as_array().unwrap().iter().map(id).collect()
    };
    let (one, two) = (id(&first), id(&second));
    let future = (now() + chrono::TimeDelta::hours(1)).to_rfc3339();
    let past = (now() - chrono::TimeDelta::hours(1)).to_rfc3339();
    for who in [&mei, &shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!(found(who, json!({"number": first["number"]})).await, [one.as_str()]);
        assert_eq!(found(who, json!({"number": "nothing"})).await, [""; 0]);
        assert_eq!(found(who, json!({"from": past, "to": future})).await, [two.as_str(), one.as_str()]);
        assert_eq!(found(who, json!({"from": future})).await, [""; 0]);
        assert_eq!(found(who, json!({"to": past})).await, [""; 0]);
        assert_eq!(found(who, json!({"siteId": shop.b.id})).await.len(), 2);
        assert_eq!(found(who, json!({"siteId": shop.a.id})).await, [""; 0]);
        assert_eq!(found(who, json!({"siteId": "nonsense"})).await, [""; 0]);
        assert_eq!(found(who, json!({"siteId": unknown("ten")})).await, [""; 0]);
        assert_eq!(found(who, json!({"statuses": ["DELIVERED", "CANCELED"]})).await.len(), 2);
        assert_eq!(found(who, json!({"statuses": ["CANCELED"]})).await, [""; 0]);
        assert_eq!(found(who, json!({"statuses": []})).await, [""; 0]);
        assert_eq!(found(who, json!({"statuses": ["CANCELED"], "status": "DELIVERED"})).await, [""; 0]);
        assert_eq!(
            found(who, json!({"statuses": ["PAID", "DELIVERED"], "status": "DELIVERED"})).await.len(),
            2
        );
    }
    // A stranger's number is nobody's.
    let lan = shop.buyer(0).await;
    assert_eq!(found(&lan, json!({"number": first["number"]})).await, [""; 0]);
    let buyer = async |who: &Client| who.get(find, json!({})).await["nodes"][0]["buyer"].clone();
    let own = buyer(&mei).await;
    assert!(own["email"].as_str().unwrap().contains("@buyers.example"));
    assert_eq!(buyer(&shop.b.owner).await, own);
    for above in [&shop.a.owner, &shop.supplier.owner, &shop.operator] {
        assert_eq!(buyer(above).await, Value::Null);
    }
    shop.close().await;
}

#[tokio::test]
async fn stock_is_its_suppliers_and_the_operators_to_see() {
    let shop = Shop::open().await;
    let (supplier, operator) = (&shop.supplier.owner, &shop.operator);
    let few = write(&shop, "few", None, "10.00", 3).await;
    let none = write(&shop, "none", None, "10.00", 1).await;
    let plenty = write(&shop, "plenty", None, "10.00", 1).await;
    let first = stock(&shop, &few, 3).await;
    stock(&shop, &plenty, 3).await;
    shop.stock(12).await;
    let second = stock(&shop, &few, 1).await;
    supplier
        .done(
            "mutation($i: ID!) { cardImportWithdraw(input: {importId: $i}) { errors { code } } }",
            json!({"i": second}),
        )
        .await;
    let mei = shop.buyer(60_000).await;
    mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    let counts = "query($v: ID!) { node(id: $v) { ... on Variant { lowStock product { title } stock { available reserved sold quarantined voided } } } }";
    for who in [supplier, operator] {
        let seen = who.get(counts, json!({"v": few})).await;
        assert_eq!(
            seen["stock"],
            json!({"available": 3, "reserved": 0, "sold": 0, "quarantined": 0, "voided": 1})
        );
        assert_eq!((seen["lowStock"].as_i64(), seen["product"]["title"].as_str()), (Some(3), Some("few")));
        let sold = who.get(counts, json!({"v": shop.variant})).await;
        assert_eq!(
            sold["stock"],
            json!({"available": 10, "reserved": 0, "sold": 2, "quarantined": 0, "voided": 0})
        );
        let low = who.get("{ stockLow { id stock { available } } }", json!({})).await;
        let ids: Vec<String> = low.as_array().unwrap().iter().map(id).collect();
        assert_eq!(ids, [none.clone(), shop.variant.clone(), few.clone()], "none first");
        let low = who.get("{ stockLow(first: 1) { id } }", json!({})).await;
        assert_eq!(low.as_array().unwrap().len(), 1);
        let list = "query($f: Int, $a: String, $v: ID) { cardImports(first: $f, after: $a, variantId: $v) { nodes { id createdAt variant { id } } pageInfo { hasNextPage endCursor } } }";
        let all = who.get(list, json!({})).await;
        assert_eq!(all["nodes"].as_array().unwrap().len(), 4);
        assert_eq!(id(&all["nodes"][0]), second, "the newest first");
        let page = who.get(list, json!({"f": 1, "v": few})).await;
        assert_eq!((id(&page["nodes"][0]), id(&page["nodes"][0]["variant"])), (second.clone(), few.clone()));
        let rest = who.get(list, json!({"f": 1, "v": few, "a": page["pageInfo"]["endCursor"]})).await;
        assert_eq!((id(&rest["nodes"][0]), &rest["pageInfo"]["hasNextPage"]), (first.clone(), &json!(false)));
        for nothing in [unknown("var"), "nonsense".into()] {
            assert_eq!(who.get(list, json!({"v": nothing})).await["nodes"], json!([]));
        }
    }
    // A site sells it and is told no counts.
    let seen = shop.a.owner.get(counts, json!({"v": few})).await;
    assert_eq!(seen, json!({"lowStock": null, "product": {"title": "few"}, "stock": null}));
    for document in ["{ stockLow { id } }", "{ cardImports { nodes { id } } }"] {
        assert_eq!(code(&shop.a.owner.ask(document, json!({})).await), "FORBIDDEN");
    }
    shop.close().await;
}

#[tokio::test]
async fn settings_and_permissions_are_shown_to_those_whom_they_concern() {
    let shop = Shop::open().await;
    let settings = "{ networkSettings { depthLimit holdSeconds claimsProved region currency } }";
    let seen = shop.operator.get(settings, json!({})).await;
    assert_eq!((seen["depthLimit"].as_i64(), seen["currency"].as_str()), (Some(5), Some("CNY")));
    let staff = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { errors { code } } }";
    let email = format!("{}@staff.example", fresh("st"));
    shop.operator
        .done(
            staff,
            json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": "support"}}),
        )
        .await;
    let support = shop.operator.sign_in(&email, "password").await;
    assert_eq!(support.get(settings, json!({})).await, seen, "to read");
    let set = support
        .ask("mutation { networkSettingsSet(input: {depthLimit: 6}) { errors { code } } }", json!({}))
        .await;
    assert_eq!(code(&set), "FORBIDDEN");
    assert_eq!(code(&shop.a.owner.ask(settings, json!({})).await), "FORBIDDEN");
    let catalogue = shop.a.owner.get("{ permissionCatalogue { name roles } }", json!({})).await;
    let roles = |name: &str| -> Vec<String> {
        let row = catalogue.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap();
        row["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(roles("order:place"), ["buyer"]);
    assert_eq!(roles("staff:write"), ["owner"]);
    assert_eq!(roles("wallet:credit"), [""; 0], "that is the operator's");
    assert_eq!(catalogue.as_array().unwrap().len(), cardamom::access::MATRIX.actions().len());
    let answer = support.ask("{ permissionCatalogue { name } }", json!({})).await;
    assert_eq!(codes(&answer), ["FORBIDDEN"]);
    shop.close().await;
}

// Everything that a member of staff may do at a tenant.
fn viewer(network: NetworkId, tenant: &str, kind: TenantKind, lineage: Vec<TenantId>) -> Viewer {
    let (tenant, status) = (TenantId(uuid(tenant)), TenantStatus::Active);
    Viewer {
        place: Arc::new(Place { network, currency: Currency::CNY, tenant, kind, status, lineage }),
        actor: Actor::Staff(UserId::fresh()),
        actions: u64::MAX,
        credential: None,
        version: 1,
        address: None,
        user_agent: None,
    }
}

#[tokio::test]
async fn each_list_takes_as_many_statements_as_it_says_however_long_it_is() {
    let shop = Shop::open().await;
    shop.stock(8).await;
    let mei = shop.buyer(100_000).await;
    let (network, lineage): (NetworkId, Vec<TenantId>) =
        sqlx::query_as("select network_id, lineage from tenant where tenant_id = $1")
            .bind(uuid(&shop.b.id))
            .fetch_one(&mut superuser(Server::shared()).await)
            .await
            .unwrap();
    let db = app(Server::shared()).await;
    let counter = Counter::default();
    let b = viewer(network, &shop.b.id, TenantKind::Site, lineage);
    let supplier = viewer(network, &shop.supplier.id, TenantKind::Supplier, Vec::new());
    let wallet: AccountId = shop.b.owner.wallet_id().await.parse().unwrap();
    for round in 1..=3 {
        let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
        let _guard = tracing::subscriber::set_default(counter.clone());
        counter.listens(&db).await;
        let first = PageRequest { first: 50, after: None };
        let entries = PageRequest { first: 50, after: None };
        let page = statement::movements(&db, &b, wallet, &entries).await.unwrap().unwrap();
        assert_eq!((page.rows.len(), counter.taken()), (round, 2), "a wallet's statement");
        let holds = PageRequest { first: 50, after: None };
        let page = statement::held(&db, &b, wallet, &holds).await.unwrap().unwrap();
        assert_eq!((page.rows.len(), counter.taken()), (round, 2), "a wallet's holds");
        let permit = b.permit("Query.salesReport").unwrap();
        let (from, to) = (now() - chrono::TimeDelta::days(2), now() + chrono::TimeDelta::days(1));
        sales::report(&db, &permit, from, to).await.unwrap();
        assert_eq!(counter.taken(), 4, "a report");
        let permit = b.permit("Query.orders").unwrap();
        let which = Which { from: Some(from), site: Some(permit.tenant()), ..Which::default() };
        assert_eq!(view::page(&db, &permit, &which, &first).await.unwrap().rows.len(), round);
        assert_eq!(counter.taken(), 3, "orders: heads, lines, deliveries");
        let number = order["number"].as_str().map(str::to_owned);
        let which = Which { number, ..Which::default() };
        assert_eq!(view::page(&db, &permit, &which, &first).await.unwrap().rows.len(), 1);
        assert_eq!(counter.taken(), 4, "by number");
        let permit = supplier.permit("Query.cardImports").unwrap();
        assert_eq!(import_cards::list(&db, &permit, None, &first).await.unwrap().rows.len(), 1);
        assert_eq!(counter.taken(), 1, "imports");
        cardamom::inventory::stock(&db, &supplier, &[uuid(&shop.variant)]).await.unwrap();
        assert_eq!(counter.taken(), 1, "stock");
        cardamom::identity::account::sessions(&db, &b).await.unwrap();
        assert_eq!(counter.taken(), 1, "sessions");
        let permit = b.permit("Query.audit").unwrap();
        assert!(
            !cardamom::audit::page(&db, &permit, &cardamom::audit::Which::default(), &first)
                .await
                .unwrap()
                .rows
                .is_empty()
        );
        assert_eq!(counter.taken(), 1, "what staff did");
        let permit = supplier.permit("Query.qualifications").unwrap();
        cardamom::tenancy::qualification::list(&db, &permit, None).await.unwrap();
        assert_eq!(counter.taken(), 1, "qualifications");
    }
    shop.close().await;
}
