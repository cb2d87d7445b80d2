//! The log of each tenant: gapless, in order, resumable, and its own alone.

use crate::support::{
    CLAIM_APPROVE, Client, EventStream, LINE_DELIVER, Shop, Socket, Terms, code, delivery, events_query,
    fresh, id, kind, kinds, listing_of, order_events, order_of, site, tenant_events,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::HashSet;

fn gapless(log: &[Value], tenant: &str) {
    let numbers: Vec<i64> = log.iter().map(|event| event["seq"].as_str().unwrap().parse().unwrap()).collect();
    let expected: Vec<i64> = (1..).take(numbers.len()).collect();
    assert_eq!(numbers, expected);
    let ids: HashSet<&str> = log.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), log.len());
    assert!(log.iter().all(|event| event["tenantId"] == tenant));
}

// The id of the tenant whose log it is.
async fn own_id(who: &Client) -> String {
    id(&who.get("{ storefront { id } }", json!({})).await)
}

// A buyer's order of so many topped up by hand, at 95.40 each.
async fn by_hand(shop: &Shop, buyer: &Client, count: i32, total: &str) -> Value {
    let (_, variant) = shop.product("TOP_UP", "80.00", Terms::default()).await;
    buyer.place(order_of(&[(listing_of(&shop.b, &variant), count)], total)).await
}

async fn deliver(shop: &Shop, order: &Value, count: usize) {
    let contents = vec![json!({"secret": "topped up"}); count];
    let input = json!({"i": {"orderLineId": id(&order["lines"][0]), "contents": contents}});
    shop.supplier.owner.done(LINE_DELIVER, input).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_log_has_each_event_once_without_gaps_however_many_commit_at_once() {
    let shop = Shop::open().await;
    shop.stock(30).await;
    let buyers = join_all((0..10).map(|_| shop.buyer(3 * 9_540))).await;
    let orders = buyers
        .iter()
        .flat_map(|who| (0..3).map(async |_| who.place(shop.order(1, "95.40", &fresh("key"))).await));
    let orders: HashSet<String> = join_all(orders).await.iter().map(id).collect();
    let mut seen_as: HashSet<String> = HashSet::new();
    for who in [&shop.operator, &shop.supplier.owner, &shop.a.owner, &shop.b.owner] {
        let log = who.log_with(30, "ORDER_PLACED").await;
        gapless(&log, &own_id(who).await);
        let placed: HashSet<String> = log
            .iter()
            .filter(|event| kind(event) == "ORDER_PLACED")
            .map(|event| event["subjectId"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(placed, orders, "{}", who.tenant);
        let count = log.len();
        assert!(
            log.into_iter().all(|event| seen_as.insert(event["id"].as_str().unwrap().to_owned())),
            "{}",
            who.tenant
        );
        // By small pages it is the same log.
        assert_eq!(who.log_by(7).await.0.len(), count);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_sale_is_told_to_its_chain_in_the_order_in_which_it_went() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let from = shop.b.owner.end_with(1, "WALLET_CHANGED").await;
    let mut socket = Socket::follow(&shop.b.owner, &tenant_events(), json!({"a": from})).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let events = socket.events_until(|event| kind(event) == "WALLET_CHANGED").await;
    assert_eq!(kinds(&events), ["ORDER_PLACED", "DELIVERY_MADE", "ORDER_STATUS_CHANGED", "WALLET_CHANGED"]);
    let subjects: Vec<&Value> = events.iter().map(|event| &event["subjectId"]).collect();
    assert_eq!(subjects[..3], [&order["id"], &json!(delivery(&order)), &order["id"]]);
    let statuses: Vec<&Value> = events.iter().map(|event| &event["orderStatus"]).collect();
    assert_eq!(statuses, [&json!("PAID"), &json!("DELIVERED"), &json!("DELIVERED"), &Value::Null]);
    assert_eq!(subjects[3], &json!(mei.wallet_id().await));
    shop.close().await;
}

#[tokio::test]
async fn a_reader_that_was_cut_off_goes_on_from_its_cursor_and_misses_nothing() {
    let shop = Shop::open().await;
    shop.stock(6).await;
    let mei = shop.buyer(6 * 9_540).await;
    let a = &shop.a.owner;
    let mut socket =
        Socket::follow(a, &tenant_events(), json!({"a": a.log_by(100).await.1, "t": null})).await;
    for _ in 0..3 {
        mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    }
    let mut seen = vec![socket.event().await, socket.event().await];
    socket.vanish();
    for _ in 0..3 {
        mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    }
    let log = a.log_with(6, "ORDER_PLACED").await;
    let last = log.last().unwrap()["id"].clone();
    let after = seen[1]["cursor"].clone();
    let mut again = Socket::follow(a, &tenant_events(), json!({"a": after})).await;
    seen.extend(again.events_until(|event| event["id"] == last).await);
    let ids = |events: &[Value]| events.iter().map(|event| event["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(&seen), ids(&log[log.len() - seen.len()..]), "each once, in order");
    assert_eq!(seen.iter().filter(|event| kind(event) == "ORDER_PLACED").count(), 6);
    shop.close().await;
}

#[tokio::test]
async fn a_stream_of_server_sent_events_is_resumed_by_its_last_id() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    let b = &shop.b.owner;
    let from = b.end_with(1, "WALLET_CHANGED").await;
    let mut stream = EventStream::open(b, &tenant_events(), json!({"a": from}), None).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let (first, last) = stream.event().await;
    assert_eq!((kind(&first), last.as_deref()), ("ORDER_PLACED", first["cursor"].as_str()));
    drop(stream);
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    b.log_with(2, "ORDER_PLACED").await;
    // The same document again, as an EventSource sends it: the last id is further on than its `after`.
    let mut stream = EventStream::open(b, &tenant_events(), json!({"a": from}), last.as_deref()).await;
    let mut rest = vec![first];
    while rest.iter().filter(|event| kind(event) == "WALLET_CHANGED").count() < 2 {
        rest.push(stream.event().await.0);
    }
    let round = ["ORDER_PLACED", "DELIVERY_MADE", "ORDER_STATUS_CHANGED", "WALLET_CHANGED"];
    assert_eq!(kinds(&rest), [round, round].concat());
    // A client that never named a position goes on, too, rather than from now.
    let mut stream = EventStream::open(b, &tenant_events(), json!({}), last.as_deref()).await;
    assert_eq!(stream.event().await.0["id"], rest[1]["id"]);
    shop.close().await;
}

#[tokio::test]
async fn whoever_reads_an_order_and_follows_it_from_there_misses_nothing() {
    let shop = Shop::open().await;
    let mei = shop.buyer(2 * 9_540).await;
    let order = by_hand(&shop, &mei, 2, "190.80").await;
    let seen = "query($o: ID!) { order(id: $o) { status asOf } }";
    let readers = [&mei, &shop.b.owner, &shop.supplier.owner, &shop.a.owner, &shop.operator];
    let mut starts = Vec::new();
    for who in readers {
        starts.push(who.get(seen, json!({"o": id(&order)})).await["asOf"].clone());
    }
    deliver(&shop, &order, 1).await;
    for (who, start) in readers.iter().zip(&starts) {
        let mut socket = Socket::follow(who, &order_events(), json!({"o": id(&order), "a": start})).await;
        let events = socket
            .events_until(|event| {
                event["orderStatus"] == "PARTIALLY_DELIVERED" && kind(event) == "ORDER_STATUS_CHANGED"
            })
            .await;
        // What was placed may be told once more; the delivery is not missed.
        let news = kinds(&events);
        assert!(news.ends_with(&["DELIVERY_MADE", "ORDER_STATUS_CHANGED"]), "{} {news:?}", who.tenant);
    }
    shop.close().await;
}

#[tokio::test]
async fn an_order_is_followed_by_its_parties_and_by_nobody_else() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let order = json!({"o": id(&mei.place(shop.order(1, "95.40", &fresh("key"))).await)});
    let lin = shop.buyer(0).await;
    let sibling = site(&shop.operator, "SITE", "sib", None).await;
    let supplier = site(&shop.operator, "SUPPLIER", "sup", None).await;
    let elsewhere = Shop::open().await;
    let nowhere = json!({"o": "ord_00000000000070008000000000000000"});
    for who in [&lin, &sibling.owner, &supplier.owner, &elsewhere.operator, &elsewhere.b.owner] {
        let mut refused = Vec::new();
        for order in [&order, &nowhere, &json!({"o": "x"})] {
            let mut socket = Socket::follow(who, &order_events(), order.clone()).await;
            let heard = socket.hear().await.unwrap();
            assert_eq!(code(&heard["payload"]), "NOT_FOUND", "{}: {heard}", who.tenant);
            refused.push(heard["payload"]["errors"][0]["message"].clone());
        }
        assert_eq!(refused[0], refused[1], "a foreign order looks like none");
    }
    let mut anonymous =
        Socket::follow(&Client::anonymous(&shop.url, &shop.b.handle), &order_events(), order).await;
    let heard = anonymous.hear().await.unwrap();
    assert_eq!(code(&heard["payload"]), "UNAUTHENTICATED", "{heard}");
    shop.close().await;
}

#[tokio::test]
async fn a_buyer_follows_its_own_orders_and_claims_and_not_the_sites_log() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let (_, other) = shop.sold().await;
    assert_ne!(card, other);
    for document in [events_query(), "{ events { nodes { id } } }".into()] {
        assert_eq!(code(&mei.ask(&document, json!({})).await), "FORBIDDEN");
    }
    let mut refused = Socket::follow(&mei, &tenant_events(), json!({})).await;
    assert_eq!(code(&refused.hear().await.unwrap()["payload"]), "FORBIDDEN");
    let order = mei.get("{ orders { nodes { id asOf } } }", json!({})).await["nodes"][0].clone();
    let mut socket =
        Socket::follow(&mei, &order_events(), json!({"o": id(&order), "a": order["asOf"]})).await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    shop.supplier.owner.done(CLAIM_APPROVE, json!({"i": {"claimId": claim, "remedy": "REFUND"}})).await;
    let events = socket.events_until(|event| event["claimStatus"] == "RESOLVED").await;
    let steps: Vec<(&str, &str)> = events
        .iter()
        .filter(|event| kind(event).starts_with("WARRANTY_"))
        .map(|event| (kind(event), event["claimStatus"].as_str().unwrap()))
        .collect();
    let changed = |status| ("WARRANTY_CLAIM_CHANGED", status);
    let expected = [
        ("WARRANTY_CLAIM_OPENED", "SUBMITTED"),
        changed("SUBMITTED"),
        changed("APPROVED"),
        changed("RESOLVED"),
    ];
    assert_eq!(steps, expected);
    assert!(events.iter().any(|event| event["orderStatus"] == "REFUNDED"));
    for who in [&shop.b.owner, &shop.a.owner, &shop.supplier.owner, &shop.operator] {
        let log = who.log_with(3, "WARRANTY_CLAIM_CHANGED").await;
        assert_eq!(
            log.iter().filter(|event| kind(event) == "WARRANTY_CLAIM_OPENED").count(),
            1,
            "{}",
            who.tenant
        );
    }
    shop.close().await;
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_log_alone() {
    let shop = Shop::open().await;
    let others = shop.a.owner.log_by(100).await.1;
    let own = shop.b.owner.log_by(100).await.1;
    let altered = format!("{}A{}", &own[..5], &own[6..]);
    for bad in [others.as_str(), "", "1", "x", &altered, &"A".repeat(500)] {
        let answer = shop.b.owner.ask(&events_query(), json!({"a": bad})).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "{bad:?}: {answer}");
        let mut socket = Socket::follow(&shop.b.owner, &tenant_events(), json!({"a": bad})).await;
        let heard = socket.hear().await.unwrap();
        assert_eq!(code(&heard["payload"]), "BAD_REQUEST", "{bad:?}: {heard}");
    }
    for first in [0, -1, 101] {
        let answer = shop.b.owner.ask(&events_query(), json!({"n": first})).await;
        assert_eq!(code(&answer), "BAD_REQUEST", "{first}");
    }
    let page = shop.b.owner.get(&events_query(), json!({"a": own, "n": 1})).await;
    assert_eq!(
        (&page["endCursor"], &page["hasMore"]),
        (&json!(own), &json!(false)),
        "nothing new moves nothing"
    );
    shop.close().await;
}

#[tokio::test]
async fn only_the_types_that_were_asked_for_come() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    let from = shop.b.owner.end_with(1, "WALLET_CHANGED").await;
    let wanted = json!({"a": from, "t": ["ORDER_STATUS_CHANGED", "ORDER_PLACED"]});
    let mut socket = Socket::follow(&shop.b.owner, &tenant_events(), wanted.clone()).await;
    for _ in 0..2 {
        mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    }
    let events = [socket.event().await, socket.event().await, socket.event().await, socket.event().await];
    let round = ["ORDER_PLACED", "ORDER_STATUS_CHANGED"];
    assert_eq!(kinds(&events), [round, round].concat());
    let page = shop.b.owner.get(&events_query(), wanted).await;
    assert_eq!(kinds(page["nodes"].as_array().unwrap()), [round, round].concat());
    let none = shop.b.owner.get(&events_query(), json!({"t": []})).await;
    assert_eq!((&none["nodes"], &none["hasMore"]), (&json!([]), &json!(false)));
    shop.close().await;
}

#[tokio::test]
async fn a_quiet_log_has_a_heartbeat_that_moves_the_cursor() {
    let shop = Shop::open().await;
    shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let b = &shop.b.owner;
    let mut socket =
        Socket::follow(b, &tenant_events(), json!({"a": b.log_by(100).await.1, "t": ["STOCK_LOW"]})).await;
    mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    let log = b.log_with(2, "WALLET_CHANGED").await;
    let beat = socket.event().await;
    for absent in ["type", "subjectId", "orderStatus", "claimStatus"] {
        assert_eq!(beat[absent], Value::Null, "{absent}");
    }
    let last = log.last().unwrap();
    assert_eq!(
        (&beat["seq"], &beat["cursor"], &beat["tenantId"]),
        (&last["seq"], &last["cursor"], &json!(shop.b.id))
    );
    assert!(beat["id"].as_str().unwrap().starts_with("evt_") && beat["occurredAt"].is_string());
    assert!(log.iter().all(|event| event["id"] != beat["id"]));
    shop.close().await;
}

#[tokio::test]
async fn what_an_event_is_about_is_shown_as_it_is_now() {
    let shop = Shop::open().await;
    let mei = shop.buyer(2 * 9_540).await;
    let from = shop.b.owner.end_with(1, "WALLET_CHANGED").await;
    let document = "subscription($a: EventCursor) { tenantEvents(after: $a, types: [ORDER_PLACED, ORDER_STATUS_CHANGED]) {
      type orderStatus subject { __typename ... on Order { id status } } } }";
    let mut socket = Socket::follow(&shop.b.owner, document, json!({"a": from})).await;
    let order = by_hand(&shop, &mei, 2, "190.80").await;
    let mut status = "PAID";
    for next in ["PARTIALLY_DELIVERED", "DELIVERED"] {
        let event = socket.event().await;
        assert_eq!(
            (&event["orderStatus"], &event["subject"]["status"]),
            (&json!(status), &json!(status)),
            "{event}"
        );
        assert_eq!(event["subject"]["id"], order["id"]);
        deliver(&shop, &order, 1).await;
        status = next;
    }
    let event = socket.event().await;
    assert_eq!(
        (&event["orderStatus"], &event["subject"]["status"]),
        (&json!(status), &json!(status)),
        "{event}"
    );
    shop.close().await;
}
