//! Each contended use case against itself: exactly as many succeed as may, and nobody else pays.

use crate::support::{
    CLAIM_APPROVE, CLAIM_OPEN, Client, LINE_DELIVER, ORDER_CANCEL, ORDER_PLACE, Shop, Terms, claim_on,
    delivery, errors, fresh, id, listing_of, minor, order_of,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

// How many answers there are of each kind: "" is done.
fn tally(answers: &[Value]) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        assert!(answer["data"].is_object(), "a fault: {answer}");
        *tally.entry(errors(answer).pop().unwrap_or_default()).or_insert(0) += 1;
    }
    tally
}

fn counted(pairs: &[(&str, usize)]) -> BTreeMap<String, usize> {
    pairs.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect()
}

// The same document from many at once, each on a task of its own.
async fn at_once(calls: Vec<(Client, &'static str, Value)>) -> Vec<Value> {
    let tasks: Vec<_> = calls
        .into_iter()
        .map(|(who, document, input)| tokio::spawn(async move { who.ask(document, input).await }))
        .collect();
    join_all(tasks).await.into_iter().map(Result::unwrap).collect()
}

async fn buyers(shop: &Shop, count: usize, funds: i64) -> Vec<Client> {
    join_all((0..count).map(|_| shop.buyer(funds))).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_200_buyers_for_50_cards_exactly_50_get_one_and_nobody_else_pays() {
    let shop = Shop::open().await;
    let secrets = shop.stock(50).await;
    let mut buyers = buyers(&shop, 100, 9_540).await;
    buyers.extend(self::buyers(&shop, 100, 9_540).await);
    let calls =
        buyers.iter().map(|who| (who.clone(), ORDER_PLACE, shop.order(1, "95.40", &fresh("key")))).collect();
    let answers = at_once(calls).await;
    assert_eq!(tally(&answers), counted(&[("", 50), ("OUT_OF_STOCK", 150)]));
    for (who, answer) in buyers.iter().zip(&answers) {
        let expected = if errors(answer).is_empty() { 0 } else { 9_540 };
        assert_eq!(who.money().await, (expected, 0));
    }
    let bought = buyers.iter().zip(&answers).filter(|(_, answer)| errors(answer).is_empty());
    let revealed = join_all(bought.map(async |(who, answer)| {
        let card = json!({"d": delivery(&answer["data"]["orderPlace"]["order"])});
        who.done(crate::support::REVEAL, card).await["content"]["secret"].as_str().unwrap().to_owned()
    }))
    .await;
    let sold: BTreeSet<String> = revealed.into_iter().collect();
    assert_eq!(sold, secrets.into_iter().collect(), "each card was sold once");
    assert_eq!(shop.purses().await.map(|purse| purse.1), [400_000, 20_000, 42_000, 15_000]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_uses_of_one_key_at_once_are_one_order_and_twenty_equal_answers() {
    let shop = Shop::open().await;
    shop.stock(20).await;
    let mei = shop.buyer(200_000).await;
    let input = shop.order(1, "95.40", &fresh("key"));
    let answers = at_once(vec![(mei.clone(), ORDER_PLACE, input); 20]).await;
    assert_eq!(tally(&answers), counted(&[("", 20)]));
    let same: BTreeSet<String> = answers
        .iter()
        .map(|answer| {
            let order = &answer["data"]["orderPlace"]["order"];
            json!([order["id"], order["number"], order["lines"]]).to_string()
        })
        .collect();
    assert_eq!(same.len(), 1, "{same:?}");
    assert_eq!((mei.order_count().await, mei.money().await), (1, (200_000 - 9_540, 0)));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_with_ten_different_inputs_at_once_is_one_order() {
    let shop = Shop::open().await;
    shop.stock(20).await;
    let mei = shop.buyer(2_000_000).await;
    let key = fresh("key");
    let calls = (1..=10).map(|count| {
        let total = format!("{}.{:02}", i64::from(count) * 9540 / 100, i64::from(count) * 9540 % 100);
        (mei.clone(), ORDER_PLACE, shop.order(count, &total, &key))
    });
    let answers = at_once(calls.collect()).await;
    assert_eq!(tally(&answers), counted(&[("", 1), ("IDEMPOTENCY_KEY_REUSED", 9)]));
    assert_eq!(mei.order_count().await, 1);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_for_seven_buys_seven_of_forty_at_once() {
    let shop = Shop::open().await;
    shop.stock(40).await;
    let mei = shop.buyer(7 * 9_540 + 9_539).await;
    let calls = (0..40).map(|_| (mei.clone(), ORDER_PLACE, shop.order(1, "95.40", &fresh("key")))).collect();
    let answers = at_once(calls).await;
    assert_eq!(tally(&answers), counted(&[("", 7), ("INSUFFICIENT_FUNDS", 33)]));
    assert_eq!((mei.order_count().await, mei.money().await), (7, (9_539, 0)));
    // The cards of those that were refused are still for sale.
    let lin = shop.buyer(33 * 9_540).await;
    lin.place(shop.order(33, "3148.20", &fresh("key"))).await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orders_for_several_kinds_in_opposite_orders_do_not_stand_in_each_others_way() {
    let shop = Shop::open().await;
    let (_, other) = shop.product("CARD", "80.00", Terms::default()).await;
    shop.stock(20).await;
    let cards: Vec<String> = (0..20).map(|_| fresh("OTHER")).collect();
    shop.import(&other, &cards.join("\n"), &fresh("import")).await;
    let (one, two) = ((shop.listing(&shop.b), 1), (listing_of(&shop.b, &other), 1));
    let buyers = buyers(&shop, 10, 4 * 9_540).await;
    let calls = buyers.iter().flat_map(|who| {
        let there = order_of(&[one.clone(), two.clone()], "190.80");
        let back = order_of(&[two.clone(), one.clone()], "190.80");
        [(who.clone(), ORDER_PLACE, there), (who.clone(), ORDER_PLACE, back)]
    });
    let answers = at_once(calls.collect()).await;
    assert_eq!(tally(&answers), counted(&[("", 20)]));
    for who in &buyers {
        assert_eq!(who.money().await, (0, 0));
    }
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_claims_on_one_delivery_at_once_open_one() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let calls =
        (0..50).map(|_| (mei.clone(), CLAIM_OPEN, claim_on(&card, "INVALID", &fresh("key")))).collect();
    assert_eq!(tally(&at_once(calls).await), counted(&[("", 1), ("CLAIM_ALREADY_OPEN", 49)]));
    let claims = mei.get("{ warrantyClaims { nodes { id } } }", json!({})).await;
    assert_eq!(claims["nodes"].as_array().unwrap().len(), 1);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_claim_is_approved_once_however_many_approve_it() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    let approve = |amount: &str| {
        let input = json!({"i": {"claimId": claim, "remedy": "REFUND", "amount": {"amount": amount, "currency": "CNY"}}});
        (shop.supplier.owner.clone(), CLAIM_APPROVE, input)
    };
    let calls = (0..20).map(|at| approve(if at % 2 == 0 { "31.80" } else { "95.40" })).collect();
    let answers = at_once(calls).await;
    assert_eq!(tally(&answers), counted(&[("", 1), ("INVALID_TRANSITION", 19)]));
    let done = answers.iter().find(|answer| errors(answer).is_empty()).unwrap();
    let granted = minor(&done["data"]["warrantyClaimApprove"]["claim"]["remedy"]["amount"]);
    assert_eq!(mei.money().await, (granted, 0));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_of_many_units_of_one_order_at_once_give_each_back_once() {
    let shop = Shop::open().await;
    shop.stock(8).await;
    let mei = shop.buyer(8 * 9_540).await;
    let order = mei.place(shop.order(8, "763.20", &fresh("key"))).await;
    let mut calls = Vec::new();
    for unit in order["lines"][0]["deliveries"].as_array().unwrap() {
        let claim = mei.claim(&id(unit)).await;
        shop.b.owner.step("HandOver", &claim).await;
        let input = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
        calls.extend([
            (shop.supplier.owner.clone(), CLAIM_APPROVE, input.clone()),
            (shop.supplier.owner.clone(), CLAIM_APPROVE, input),
        ]);
    }
    assert_eq!(tally(&at_once(calls).await), counted(&[("", 8), ("INVALID_TRANSITION", 8)]));
    assert_eq!(mei.money().await, (8 * 9_540, 0));
    assert_eq!(shop.purses().await, [(0, 0); 4]);
    let seen = mei.get("query($o: ID!) { order(id: $o) { status } }", json!({"o": id(&order)})).await;
    assert_eq!(seen["status"], "REFUNDED");
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_cancel_and_deliver_at_the_same_moment_exactly_one_wins() {
    let shop = Shop::open().await;
    let (_, variant) = shop.product("TOP_UP", "80.00", Terms::default()).await;
    let listing = listing_of(&shop.b, &variant);
    let mei = shop.buyer(30 * 9_540).await;
    let (mut money, mut delivered) = (30 * 9_540, 0);
    for _ in 0..30 {
        let order = mei.place(order_of(&[(listing.clone(), 1)], "95.40")).await;
        let content =
            json!({"i": {"orderLineId": id(&order["lines"][0]), "contents": [{"secret": "topped up"}]}});
        let deliver = (shop.supplier.owner.clone(), LINE_DELIVER, content);
        let cancel = (mei.clone(), ORDER_CANCEL, json!({"o": id(&order)}));
        let answers = at_once(vec![cancel, deliver]).await;
        assert_eq!(tally(&answers), counted(&[("", 1), ("INVALID_TRANSITION", 1)]), "{answers:?}");
        if errors(&answers[0]).is_empty() {
            assert_eq!(answers[0]["data"]["orderCancel"]["order"]["status"], "REFUNDED");
        } else {
            assert_eq!(answers[1]["data"]["orderLineDeliver"]["order"]["status"], "DELIVERED");
            (money, delivered) = (money - 9_540, delivered + 1);
        }
        assert_eq!(mei.money().await, (money, 0));
    }
    assert_eq!(shop.purses().await.map(|purse| purse.1), [8_000, 400, 840, 300].map(|part| part * delivered));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_sites_orders_for_the_same_last_card_sell_it_once() {
    let shop = Shop::open().await;
    let (mei, lin) = (shop.buyer(10 * 9_540).await, shop.buyer_at(&shop.a, 10 * 9_240).await);
    let (mut at_b, mut at_a) = (0, 0);
    for _ in 0..10 {
        shop.stock(1).await;
        let there = order_of(&[(shop.listing(&shop.a), 1)], "92.40");
        let calls = vec![
            (mei.clone(), ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))),
            (lin.clone(), ORDER_PLACE, there),
        ];
        let answers = at_once(calls).await;
        assert_eq!(tally(&answers), counted(&[("", 1), ("OUT_OF_STOCK", 1)]), "{answers:?}");
        if errors(&answers[0]).is_empty() { at_b += 1 } else { at_a += 1 }
    }
    assert_eq!(mei.money().await, ((10 - at_b) * 9_540, 0));
    assert_eq!(lin.money().await, ((10 - at_a) * 9_240, 0));
    // Site A earns its part of every card, whoever sold it.
    assert_eq!(shop.purses().await.map(|purse| purse.1), [80_000, 4_000, 8_400, 300 * at_b]);
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transfers_out_of_one_wallet_at_once_never_take_more_than_it_has() {
    let shop = Shop::open().await;
    shop.credit(&shop.b.owner.wallet_id().await, 1_000).await;
    let mei = shop.buyer(0).await;
    let to = mei.wallet_id().await;
    let transfer =
        "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) { wallet { id } errors { code } } }";
    let calls = (0..20)
        .map(|_| {
            let input = json!({"walletId": to, "amount": {"amount": "3.00", "currency": "CNY"}, "idempotencyKey": fresh("key")});
            (shop.b.owner.clone(), transfer, json!({"i": input}))
        })
        .collect();
    assert_eq!(tally(&at_once(calls).await), counted(&[("", 3), ("INSUFFICIENT_FUNDS", 17)]));
    assert_eq!((shop.b.owner.money().await, mei.money().await), ((100, 0), (900, 0)));
    shop.close().await;
}
