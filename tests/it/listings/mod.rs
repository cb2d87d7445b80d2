//! Lists come from memory and show what the database holds: at once where it was changed, soon elsewhere.

mod oracle;
mod statements;

use crate::support::{
    Client, ORDER_PLACE, Server, Shop, Site, Terms, cny, errors, folder, fresh, id, listing_of, superuser,
    uuid, wait_until,
};
use serde_json::{Value, json};
use sqlx::PgConnection;

const LISTINGS: &str = "query($w: ListingWhere) { listings(first: 50, where: $w) {
  nodes { id title inStock price { amount } } pageInfo { hasNextPage } } }";
const LISTING_SET: &str =
    "mutation($i: ListingSetInput!) { listingSet(input: $i) { listing { title } errors { code } } }";
const CAP_SET: &str =
    "mutation($i: TenantMarkupCapSetInput!) { tenantMarkupCapSet(input: $i) { errors { code } } }";

// What a caller is shown of the fixture's variant: title, price and whether there is one; none where it is not.
async fn shown(client: &Client) -> Option<(String, String, bool)> {
    let listings = client.get(LISTINGS, json!({})).await;
    let nodes = listings["nodes"].as_array().unwrap();
    assert!(nodes.len() <= 1, "{listings}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let of = |node: &Value| {
        (text(&node["title"]), text(&node["price"]["amount"]), node["inStock"].as_bool().unwrap())
    };
    nodes.first().map(of)
}

async fn price(client: &Client) -> Option<String> {
    shown(client).await.map(|(_, price, _)| price)
}

async fn in_stock(client: &Client) -> bool {
    shown(client).await.is_some_and(|(_, _, in_stock)| in_stock)
}

// A caller's own path to a change: at the shop's server, seen by whoever asks next at `seen`.
struct Ways<'a> {
    shop: &'a Shop,
    seen: Client,
    elsewhere: bool,
}

impl Ways<'_> {
    // Where it was changed nobody waits; elsewhere they wait a moment.
    async fn expect<T: PartialEq + std::fmt::Debug>(
        &self,
        what: &str,
        wanted: T,
        look: impl AsyncFn(&Client) -> T,
    ) {
        if self.elsewhere {
            wait_until(what, async || (look(&self.seen).await == wanted).then_some(())).await;
        } else {
            assert_eq!(look(&self.seen).await, wanted, "{what}");
        }
    }

    async fn prices(&self) {
        let Shop { a, b, operator, variant, product, .. } = self.shop;
        let amount = |text: &str| Some(text.to_owned());
        self.expect("as opened", amount("95.40"), price).await;
        for (who, rule, wanted) in [
            (&b.owner, json!({"rule": {"add": cny("4.00")}}), "96.40"),
            (&b.owner, json!({"productId": product, "rule": {"add": cny("5.00")}}), "97.40"),
            (&b.owner, json!({"variantId": variant, "rule": {"markupBasisPoints": 0}}), "92.40"),
            (&b.owner, json!({"variantId": variant, "rule": {"fixed": cny("99.99")}}), "99.99"),
            (&b.owner, json!({"variantId": variant, "rule": {"add": cny("3.00")}}), "95.40"),
            (&a.owner, json!({"childTenantId": b.id, "rule": {"markupBasisPoints": 0}}), "87.00"),
            (operator, json!({"forEveryone": true, "rule": {"inherit": true}}), "83.00"),
        ] {
            self.shop.price(who, rule).await;
            self.expect("a rule", amount(wanted), price).await;
        }
        let cap = |points: Value| json!({"i": {"tenantId": b.id, "capBasisPoints": points}});
        a.owner.done(CAP_SET, cap(json!(100))).await;
        self.expect("a cap", amount("80.80"), price).await;
        a.owner.done(CAP_SET, cap(Value::Null)).await;
        self.expect("no cap", amount("83.00"), price).await;
        // Below cost is not shown.
        self.shop.price(&b.owner, json!({"variantId": variant, "rule": {"fixed": cny("79.00")}})).await;
        self.expect("below cost", None, price).await;
        self.shop.price(&b.owner, json!({"variantId": variant, "rule": {"fixed": cny("81.00")}})).await;
        self.expect("above it", amount("81.00"), price).await;
    }

    async fn goods(&self) {
        let Shop { a, b, supplier, operator, variant, product, .. } = self.shop;
        let titled = async |client: &Client| shown(client).await.map(|(title, _, _)| title);
        let set = |title: Value, hidden: bool| json!({"i": {"variantId": variant, "title": title, "hidden": hidden}});
        let of_supplier = titled(&b.owner).await;
        let answered = b.owner.done(LISTING_SET, set(json!("Mei's card"), false)).await;
        assert_eq!(answered["listing"]["title"], json!("Mei's card"), "the answer itself shows it");
        self.expect("a title", Some("Mei's card".to_owned()), titled).await;
        let found = async |client: &Client| {
            let found = client.get(LISTINGS, json!({"w": {"search": "meI'S"}})).await;
            found["nodes"].as_array().unwrap().len()
        };
        self.expect("found by it", 1, found).await;
        let answered = b.owner.done(LISTING_SET, set(Value::Null, true)).await;
        assert_eq!(answered["listing"], Value::Null);
        self.expect("hidden", None, titled).await;
        b.owner.done(LISTING_SET, set(Value::Null, false)).await;
        self.expect("as the supplier calls it", of_supplier.clone(), titled).await;
        self.expect("not found by what it was called", 0, found).await;
        let step = async |who: &Client, step: &str| {
            let document =
                format!("mutation($p: ID!) {{ {step}(input: {{productId: $p}}) {{ errors {{ code }} }} }}");
            who.done(&document, json!({"p": product})).await;
        };
        step(operator, "productReject").await;
        self.expect("sent back", None, titled).await;
        step(&supplier.owner, "productSubmit").await;
        step(operator, "productApprove").await;
        self.expect("approved again", of_supplier.clone(), titled).await;
        for (by, tenant) in [(operator, &supplier.id), (operator, &a.id), (&a.owner, &b.id)] {
            self.shop.decide(by, "tenantSuspend", tenant).await;
            self.expect("may not trade", None, titled).await;
            self.shop.decide(by, "tenantReinstate", tenant).await;
            self.expect("trades again", of_supplier.clone(), titled).await;
        }
    }

    async fn stock(&self) {
        let shop = self.shop;
        self.expect("empty", false, in_stock).await;
        let import = shop.import(&shop.variant, &fresh("CARD"), &fresh("import")).await;
        self.expect("a card came", true, in_stock).await;
        let withdraw = "mutation($i: ID!) { cardImportWithdraw(input: {importId: $i}) { errors { code } } }";
        shop.supplier.owner.done(withdraw, json!({"i": id(&import["import"])})).await;
        self.expect("it was withdrawn", false, in_stock).await;
        shop.stock(2).await;
        self.expect("two came", true, in_stock).await;
        let mei = shop.buyer(100_000).await;
        let total = price(&mei).await.unwrap();
        mei.place(shop.order(1, &total, &fresh("key"))).await;
        self.expect("one is left", true, in_stock).await;
        assert!(in_stock(&mei).await);
        mei.place(shop.order(1, &total, &fresh("key"))).await;
        assert!(!in_stock(&mei).await, "its own order took the last");
        // Somebody else's order may be shown a moment later.
        wait_until("the last was sold", async || (!in_stock(&self.seen).await).then_some(())).await;
        shop.stock(1).await;
        self.expect("another came", true, in_stock).await;
    }
}

#[tokio::test]
async fn whatever_changes_a_list_is_shown_to_the_next_who_asks_there() {
    let shop = Shop::open().await;
    let seen = Client::anonymous(&shop.url, &shop.b.handle);
    let ways = Ways { shop: &shop, seen, elsewhere: false };
    ways.stock().await;
    ways.prices().await;
    ways.goods().await;
    shop.close().await;
}

#[tokio::test]
async fn a_new_site_and_a_new_product_are_shown_at_once() {
    let shop = Shop::open().await;
    let count = async |site: &Site| {
        let anyone = Client::anonymous(&shop.url, &site.handle);
        anyone.get(LISTINGS, json!({})).await["nodes"].as_array().unwrap().len()
    };
    assert_eq!(count(&shop.a).await, 1);
    let site = crate::support::site(&shop.operator, "SITE", "new", None).await;
    assert_eq!(count(&site).await, 1);
    let below = crate::support::site(&site.owner, "SITE", "below", None).await;
    assert_eq!(count(&below).await, 0, "it waits for the operator");
    shop.decide(&shop.operator, "tenantApprove", &below.id).await;
    assert_eq!(count(&below).await, 1);
    for there in 2..5 {
        let variant = shop.offer("CARD", json!({})).await;
        assert_eq!((count(&shop.a).await, count(&below).await), (there, there), "{variant}");
    }
    shop.close().await;
}

// The url of a server's database.
fn url_of(server: &Server) -> String {
    let (socket, _) = cardamom::foundation::postgres::socket_of(&server.folder().join("data")).unwrap();
    format!("postgres://postgres@localhost/cardamom?host={}", socket.to_str().unwrap().replace('/', "%2F"))
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_shows_it_soon_and_an_order_there_goes_by_the_database_at_once() {
    let first = Server::own("listings-one");
    let shop = Shop::on(&first, Terms::default()).await;
    let key = std::fs::read_to_string(first.folder().join("data/master.key")).unwrap();
    let url = url_of(&first);
    let environment = [("DATABASE_URL", url.as_str()), ("CARDAMOM_MASTER_KEY", key.trim())];
    let second = Server::start_in(&folder("listings-two"), &[], &environment);
    let there = Client::anonymous(&second.url, &shop.b.handle);

    // An order is priced by the database whatever the list beside it still shows.
    shop.stock(1).await;
    let mut mei = shop.buyer(1_000_000).await;
    mei.url.clone_from(&second.url);
    let mut shows = price(&mei).await.unwrap();
    for (add, now) in [("3.50", "95.90"), ("2.50", "94.90"), ("9.00", "101.40"), ("3.00", "95.40")] {
        shop.price(&shop.b.owner, json!({"rule": {"add": cny(add)}})).await;
        let refused = mei.ask(ORDER_PLACE, shop.order(1, &shows, &fresh("key"))).await;
        assert_eq!(errors(&refused), ["PRICE_CHANGED"], "{refused}");
        let told = &refused["data"]["orderPlace"]["errors"][0];
        assert_eq!(told["current"]["amount"], json!(now), "{told}");
        wait_until("the new price", async || (price(&there).await.as_deref() == Some(now)).then_some(()))
            .await;
        shows = price(&mei).await.unwrap();
        assert_eq!(shows, now, "what one caller was shown is not taken back from another");
    }
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    assert!(!in_stock(&mei).await, "its own order took the last");
    wait_until("sold elsewhere", async || (!in_stock(&shop.b.owner).await).then_some(())).await;

    let ways = Ways { shop: &shop, seen: there, elsewhere: true };
    ways.stock().await;
    ways.prices().await;
    ways.goods().await;
    shop.close().await;
}

async fn expire(db: &mut PgConnection, variant: &str, few: i64, after: &str) {
    let done = sqlx::query(
        "update card set expires_at = now() + $3::interval where card_id in (
           select card_id from card where variant_id = $1 and state = 'AVAILABLE' order by card_id limit $2)",
    )
    .bind(uuid(variant))
    .bind(few)
    .bind(
        sqlx::postgres::types::PgInterval::try_from(std::time::Duration::from_millis(after.parse().unwrap()))
            .unwrap(),
    )
    .execute(db)
    .await
    .unwrap();
    assert_eq!(i64::try_from(done.rows_affected()).unwrap(), few);
}

#[tokio::test]
async fn stock_ends_when_its_last_card_does_though_nobody_writes_a_thing() {
    let shop = Shop::open().await;
    let anyone = Client::anonymous(&shop.url, &shop.b.handle);
    let mut db = superuser(Server::shared()).await;
    shop.stock(30).await;
    assert!(in_stock(&anyone).await);
    // More end soon than are looked at, and one lasts.
    expire(&mut db, &shop.variant, 29, "2500").await;
    let (mut looks, started) = (0, std::time::Instant::now());
    while started.elapsed() < std::time::Duration::from_millis(3_500) {
        assert!(in_stock(&anyone).await, "after {looks} looks in {:?}", started.elapsed());
        looks += 1;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    expire(&mut db, &shop.variant, 30, "1500").await;
    wait_until("the last has ended", async || (!in_stock(&anyone).await).then_some(())).await;
    let mei = shop.buyer(100_000).await;
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["OUT_OF_STOCK"]);
    shop.stock(1).await;
    assert!(in_stock(&anyone).await);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_take_the_last_two_cards_at_once_neither_leaves_one_in_the_list() {
    let shop = Shop::open().await;
    let anyone = Client::anonymous(&shop.url, &shop.b.handle);
    let buyers = [shop.buyer(1_000_000).await, shop.buyer(1_000_000).await];
    for _ in 0..10 {
        shop.stock(2).await;
        assert!(in_stock(&anyone).await);
        let orders = buyers.iter().map(|buyer| buyer.place(shop.order(1, "95.40", &fresh("key"))));
        futures_util::future::join_all(orders).await;
        wait_until("both are sold", async || (!in_stock(&anyone).await).then_some(())).await;
    }
    shop.close().await;
}

#[tokio::test]
async fn a_site_is_shown_its_own_costs_and_nobody_elses() {
    let shop = Shop::open().await;
    let query = "query($l: ID!) { listing(id: $l) { supply { unitCost { amount } unitPrice { amount } } }
      listings { nodes { supply { unitCost { amount } unitPrice { amount } } } } }";
    for (who, cost, price) in [(&shop.a, "84.00", "92.40"), (&shop.b, "92.40", "95.40")] {
        let supply = json!({"unitCost": {"amount": cost}, "unitPrice": {"amount": price}});
        let of = json!({"l": listing_of(who, &shop.variant)});
        let own = who.owner.ask(query, of.clone()).await;
        assert_eq!(own["data"]["listing"]["supply"], supply, "{own}");
        assert_eq!(own["data"]["listings"]["nodes"], json!([{"supply": supply}]));
        let anyone = Client::anonymous(&shop.url, &who.handle).ask(query, of).await;
        assert_eq!(anyone["data"]["listings"]["nodes"], json!([{"supply": null}]), "{anyone}");
    }
    shop.close().await;
}

#[tokio::test]
async fn an_answer_that_is_kept_is_given_to_none_who_would_have_been_given_another() {
    let shop = Shop::open().await;
    let query = "query($n: Int) { listings(first: $n) { nodes { title supply { unitCost { amount } } } } }";
    let told = async |who: &Client, first: i64| {
        let listings = who.get(query, json!({"n": first})).await;
        let nodes = listings["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node["supply"]["unitCost"]["amount"].clone()).collect::<Vec<_>>()
    };
    let (mei, anyone) = (shop.buyer(0).await, Client::anonymous(&shop.url, &shop.b.handle));
    let email = format!("{}@staff.example", fresh("wen"));
    let create = "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code } } }";
    let support =
        json!({"i": {"email": email, "displayName": "Wen", "password": "password", "role": "support"}});
    shop.b.owner.done(create, support).await;
    let helper = shop.b.owner.sign_in(&email, "password").await;
    for _ in 0..3 {
        assert_eq!(told(&shop.b.owner, 24).await, [json!("92.40")]);
        assert_eq!(told(&shop.a.owner, 24).await, [json!("84.00")], "another tenant");
        for who in [&mei, &anyone, &helper] {
            assert_eq!(told(who, 24).await, [Value::Null], "who may not see costs");
        }
    }
    shop.offer("CARD", json!({})).await;
    for _ in 0..3 {
        assert_eq!((told(&mei, 1).await.len(), told(&mei, 24).await.len()), (1, 2), "another question");
    }
    // The same words asked where they are another question, and by who may not ask at all.
    let at_supplier = shop.supplier.owner.ask(query, json!({"n": 24})).await;
    assert_eq!(crate::support::code(&at_supplier), "FORBIDDEN", "{at_supplier}");
    let two = "query A { listings { nodes { title } } } query B { viewer { tenant { id } } listings { nodes { id } } }";
    for (name, field) in [("A", "title"), ("B", "id"), ("A", "title"), ("B", "id")] {
        let body = json!({"query": two, "operationName": name}).to_string().into_bytes();
        let answer: Value = serde_json::from_str(&mei.bytes(body).await.1).unwrap();
        assert!(answer["data"]["listings"]["nodes"][0][field].is_string(), "{answer}");
        assert_eq!(answer["data"]["viewer"].is_object(), name == "B");
    }
    shop.close().await;
}
