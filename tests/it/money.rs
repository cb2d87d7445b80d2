//! Money: into the platform, between wallets, held and released, and back again.

use crate::support::{
    CLAIM_APPROVE, Client, Shop, cny, code, delivery, errors, fresh, id, minor, site, wait_until,
};
use serde_json::{Value, json};

const CREDIT: &str = "mutation($i: WalletCreditInput!) { walletCredit(input: $i) {
  wallet { id available { amount } } errors { code message path } } }";
const TRANSFER: &str = "mutation($i: WalletTransferInput!) { walletTransfer(input: $i) {
  wallet { id available { amount } } errors { code message path ... on InsufficientFunds { missing { amount } } } } }";

fn credit(wallet: &str, amount: &str, key: &str) -> Value {
    json!({"i": {"walletId": wallet, "amount": cny(amount), "reference": "bank 1", "idempotencyKey": key}})
}

fn transfer(wallet: &str, amount: &str, key: &str) -> Value {
    json!({"i": {"walletId": wallet, "amount": cny(amount), "idempotencyKey": key}})
}

// Amounts that are none: the same wherever an amount is sent.
const NO_AMOUNTS: [&str; 22] = [
    "",
    " ",
    "0",
    "0.00",
    "-0.01",
    "-1",
    "1.001",
    "1.",
    ".5",
    "1e3",
    "0x10",
    "+1",
    " 1",
    "1 ",
    "1,50",
    "1.5.0",
    "NaN",
    "Infinity",
    "\u{663}.00",
    "10000000000.01",
    "99999999999999999999",
    "9223372036854775808",
];

#[tokio::test]
async fn the_operator_credits_any_wallet_and_each_key_once() {
    let shop = Shop::open().await;
    let mei = shop.buyer(0).await;
    let (wallet, key) = (mei.wallet_id().await, fresh("key"));
    for _ in 0..2 {
        let done = shop.operator.done(CREDIT, credit(&wallet, "12.34", &key)).await;
        assert_eq!((id(&done["wallet"]), minor(&done["wallet"]["available"])), (wallet.clone(), 1_234));
    }
    assert_eq!(mei.money().await, (1_234, 0));
    let refused = shop.operator.refused(CREDIT, credit(&wallet, "12.35", &key)).await;
    assert_eq!(refused, ["IDEMPOTENCY_KEY_REUSED"]);
    shop.operator.done(CREDIT, credit(&shop.supplier.owner.wallet_id().await, "1.00", &fresh("key"))).await;
    let books = shop.books().await;
    assert_eq!(
        (books["BUYER_WALLET"], books["TENANT_WALLET"], books["GATEWAY_CLEARING"]),
        (1_234, 100, -1_334)
    );
    for who in [&shop.a.owner, &shop.b.owner, &shop.supplier.owner, &mei] {
        let answer = who.ask(CREDIT, credit(&wallet, "1.00", &fresh("key"))).await;
        assert_eq!(code(&answer), "FORBIDDEN", "{}", who.tenant);
    }
    let other = Shop::open().await;
    let foreign =
        shop.operator.ask(CREDIT, credit(&other.a.owner.wallet_id().await, "1.00", &fresh("key"))).await;
    let missing = shop
        .operator
        .ask(CREDIT, credit("wal_00000000000070008000000000000000", "1.00", &fresh("key")))
        .await;
    assert_eq!(errors(&foreign), ["NOT_FOUND"]);
    assert_eq!(foreign["data"], missing["data"], "another network's wallet looks like none");
    assert_eq!((mei.money().await, other.a.owner.money().await), ((1_234, 0), (0, 0)));
    shop.close().await;
}

#[tokio::test]
async fn what_is_no_amount_is_refused_and_moves_nothing() {
    let shop = Shop::open().await;
    let mei = shop.buyer(0).await;
    let wallet = mei.wallet_id().await;
    for amount in NO_AMOUNTS {
        let answer = shop.operator.ask(CREDIT, credit(&wallet, amount, &fresh("key"))).await;
        assert_eq!(errors(&answer), ["INVALID_INPUT"], "{amount:?}");
        let path = &answer["data"]["walletCredit"]["errors"][0]["path"];
        assert_eq!(path, &json!(["input", "amount", "amount"]), "{amount:?}");
    }
    for currency in ["USD", "cny", "", "CNYY"] {
        let mut input = credit(&wallet, "1.00", &fresh("key"));
        input["i"]["amount"]["currency"] = json!(currency);
        assert_eq!(shop.operator.refused(CREDIT, input).await, ["INVALID_INPUT"], "{currency}");
    }
    for amount in [
        json!(1),
        json!(1.5),
        json!(true),
        json!(null),
        json!(["1"]),
        json!({"n": 1}),
        json!("1".repeat(600)),
    ] {
        let mut input = credit(&wallet, "1.00", &fresh("key"));
        input["i"]["amount"]["amount"] = amount.clone();
        let answer = shop.operator.ask(CREDIT, input).await;
        assert_eq!((code(&answer), &answer["data"]), ("BAD_REQUEST", &Value::Null), "{amount}");
    }
    for reference in ["", " ", "a\nb", "a\u{202e}b", &"x".repeat(201)] {
        let mut input = credit(&wallet, "1.00", &fresh("key"));
        input["i"]["reference"] = json!(reference);
        assert_eq!(shop.operator.refused(CREDIT, input).await, ["INVALID_INPUT"], "{reference:?}");
    }
    assert_eq!(mei.money().await, (0, 0));
    // The most that may be, and the least.
    for amount in ["10000000000.00", "0.01", "007.50", "1.500"] {
        shop.operator.done(CREDIT, credit(&wallet, amount, &fresh("key"))).await;
    }
    assert_eq!(mei.money().await, (1_000_000_000_901, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_site_pays_its_own_buyers_and_child_sites_and_nobody_else() {
    let shop = Shop::open().await;
    let sibling = site(&shop.operator, "SITE", "sib", None).await;
    let (of_a, of_b) = (shop.buyer_at(&shop.a, 0).await, shop.buyer(0).await);
    shop.credit(&shop.a.owner.wallet_id().await, 10_000).await;
    let a = &shop.a.owner;
    for (who, amount) in [(&of_a, "10.00"), (&shop.b.owner, "20.00")] {
        let key = fresh("key");
        for _ in 0..2 {
            a.done(TRANSFER, transfer(&who.wallet_id().await, amount, &key)).await;
        }
    }
    assert_eq!(
        (a.money().await, of_a.money().await, shop.b.owner.money().await),
        ((7_000, 0), (1_000, 0), (2_000, 0))
    );
    let missing =
        a.ask(TRANSFER, transfer("wal_00000000000070008000000000000000", "1.00", &fresh("key"))).await;
    for other in [&sibling.owner, &shop.operator, &shop.supplier.owner, &of_b, a] {
        let answer = a.ask(TRANSFER, transfer(&other.wallet_id().await, "1.00", &fresh("key"))).await;
        assert_eq!(errors(&answer), ["NOT_FOUND"], "{}", other.tenant);
        assert_eq!(answer["data"], missing["data"]);
    }
    let up = transfer(&a.wallet_id().await, "1.00", &fresh("key"));
    assert_eq!(shop.b.owner.refused(TRANSFER, up).await, ["NOT_FOUND"], "not to the parent");
    for who in [&shop.supplier.owner, &of_a] {
        let answer = who.ask(TRANSFER, transfer(&of_a.wallet_id().await, "1.00", &fresh("key"))).await;
        assert_eq!(code(&answer), "FORBIDDEN");
    }
    let more = a.ask(TRANSFER, transfer(&of_a.wallet_id().await, "70.01", &fresh("key"))).await;
    let refused = &more["data"]["walletTransfer"]["errors"][0];
    assert_eq!((&refused["code"], minor(&refused["missing"])), (&json!("INSUFFICIENT_FUNDS"), 1));
    assert_eq!(
        (a.money().await, of_a.money().await, shop.b.owner.money().await),
        ((7_000, 0), (1_000, 0), (2_000, 0))
    );
    assert_eq!([sibling.owner.money().await, of_b.money().await], [(0, 0); 2]);
    shop.close().await;
}

#[tokio::test]
async fn a_suspended_site_moves_no_money() {
    let shop = Shop::open().await;
    let mei = shop.buyer(0).await;
    shop.credit(&shop.b.owner.wallet_id().await, 1_000).await;
    shop.decide(&shop.operator, "tenantSuspend", &shop.b.id).await;
    let answer = shop.b.owner.ask(TRANSFER, transfer(&mei.wallet_id().await, "1.00", &fresh("key"))).await;
    assert_eq!(code(&answer), "FORBIDDEN");
    assert_eq!((shop.b.owner.money().await, mei.money().await), ((1_000, 0), (0, 0)));
    shop.close().await;
}

#[tokio::test]
async fn the_books_are_the_operators_and_say_where_all_money_is() {
    let shop = Shop::open().await;
    let (mei, _) = shop.sold().await;
    let books = shop.books().await;
    assert_eq!((books["GATEWAY_CLEARING"], books["TENANT_HELD"]), (-9_540, 9_540));
    assert_eq!(books.values().sum::<i64>(), 0);
    for who in [&shop.a.owner, &shop.b.owner, &shop.supplier.owner, &mei] {
        let answer = who.ask("{ trialBalance { balanced } }", json!({})).await;
        assert_eq!(
            (code(&answer), &answer["data"]["trialBalance"]),
            ("FORBIDDEN", &Value::Null),
            "{}",
            who.tenant
        );
    }
}

// The supplier's desk refunds so much of a delivery: the claim as approved.
async fn refund(shop: &Shop, buyer: &Client, card: &str, amount: Option<&str>) -> Value {
    let claim = buyer.claim(card).await;
    shop.b.owner.step("HandOver", &claim).await;
    let input = json!({"i": {"claimId": claim, "remedy": "REFUND", "amount": amount.map(cny)}});
    shop.supplier.owner.done(CLAIM_APPROVE, input).await["claim"].clone()
}

#[tokio::test]
async fn three_refunds_of_a_third_take_every_tier_back_to_zero() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let (mut held, mut back) = ([8_000, 400, 840, 300], 0);
    for parts in [[2_667, 133, 280, 100], [2_667, 133, 280, 100], [2_666, 134, 280, 100]] {
        let claim = refund(&shop, &mei, &card, Some("31.80")).await;
        back += 3_180;
        for (held, part) in held.iter_mut().zip(parts) {
            *held -= part;
        }
        assert_eq!(shop.purses().await, held.map(|held| (0, held)));
        assert_eq!(mei.money().await, (back, 0));
        let status = if back == 9_540 { "REFUNDED" } else { "PARTIALLY_REFUNDED" };
        assert_eq!(claim["status"], "RESOLVED");
        let orders =
            mei.get("{ orders(first: 1) { nodes { status refunded { amount } } } }", json!({})).await;
        let order = &orders["nodes"][0];
        assert_eq!((&order["status"], minor(&order["refunded"])), (&json!(status), back));
    }
    assert_eq!((held, back), ([0; 4], 9_540));
    let books = shop.books().await;
    assert_eq!((books["BUYER_WALLET"], books["TENANT_HELD"]), (9_540, 0));
    let over = crate::support::claim_on(&card, "INVALID", &fresh("key"));
    assert_eq!(
        mei.refused(crate::support::CLAIM_OPEN, over).await,
        ["INVALID_TRANSITION"],
        "there is nothing left"
    );
}

#[tokio::test]
async fn more_than_is_left_of_the_price_is_not_refunded() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    refund(&shop, &mei, &card, Some("90.00")).await;
    let claim = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &claim).await;
    let before = shop.purses().await;
    for amount in ["5.41", "95.40", "10000000000.00"].into_iter().chain(NO_AMOUNTS) {
        let input = json!({"i": {"claimId": claim, "remedy": "REFUND", "amount": cny(amount)}});
        assert_eq!(shop.supplier.owner.refused(CLAIM_APPROVE, input).await, ["INVALID_INPUT"], "{amount:?}");
    }
    assert_eq!((mei.money().await, shop.purses().await), ((9_000, 0), before));
    assert_eq!(mei.see(&claim).await["status"], "SUBMITTED");
    // Without an amount it is the rest, to the fen.
    let input = json!({"i": {"claimId": claim, "remedy": "REFUND"}});
    shop.supplier.owner.done(CLAIM_APPROVE, input).await;
    assert_eq!((mei.money().await, shop.purses().await), ((9_540, 0), [(0, 0); 4]));
    shop.close().await;
}

async fn released(shop: &Shop, expected: [(i64, i64); 4]) {
    wait_until("profit is released", async || (shop.purses().await == expected).then_some(())).await;
}

const RELEASED: [(i64, i64); 4] = [(8_000, 0), (400, 0), (840, 0), (300, 0)];

#[tokio::test]
async fn held_profit_is_released_by_itself_and_held_again_while_a_claim_is_open() {
    let shop = Shop::open().await;
    shop.settings(json!({"holdSeconds": 1})).await;
    let (mei, card) = shop.sold().await;
    released(&shop, RELEASED).await;
    let claim = mei.claim(&card).await;
    assert_eq!(
        shop.purses().await,
        RELEASED.map(|(free, _)| (0, free)),
        "only this unit's money waits, all of it"
    );
    mei.step("Withdraw", &claim).await;
    released(&shop, RELEASED).await;
    shop.close().await;
}

#[tokio::test]
async fn only_the_claimed_units_money_is_held_again() {
    let shop = Shop::open().await;
    shop.settings(json!({"holdSeconds": 1})).await;
    shop.stock(3).await;
    let mei = shop.buyer(3 * 9_540).await;
    let order = mei.place(shop.order(3, "286.20", &fresh("key"))).await;
    released(&shop, RELEASED.map(|(free, _)| (3 * free, 0))).await;
    mei.claim(&delivery(&order)).await;
    assert_eq!(shop.purses().await, RELEASED.map(|(free, _)| (2 * free, free)));
    shop.close().await;
}

#[tokio::test]
async fn profit_is_not_released_while_a_claim_is_open() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(2 * 9_540).await;
    shop.settings(json!({"holdSeconds": 2})).await;
    let order = mei.place(shop.order(2, "190.80", &fresh("key"))).await;
    let claim = mei.claim(&delivery(&order)).await;
    // The other unit's is: by then this one's would have been.
    released(&shop, RELEASED.map(|(free, _)| (free, free))).await;
    mei.step("Withdraw", &claim).await;
    released(&shop, RELEASED.map(|(free, _)| (2 * free, 0))).await;
    shop.close().await;
}

#[tokio::test]
async fn a_refund_after_release_takes_from_wallets_and_what_was_spent_is_owed_out_of_later_profit() {
    let shop = Shop::open().await;
    shop.settings(json!({"holdSeconds": 1})).await;
    let (mei, card) = shop.sold().await;
    released(&shop, RELEASED).await;
    // Site A has spent what it earned.
    let spent = shop.buyer_at(&shop.a, 0).await;
    shop.a.owner.done(TRANSFER, transfer(&spent.wallet_id().await, "8.40", &fresh("key"))).await;
    refund(&shop, &mei, &card, None).await;
    assert_eq!(mei.money().await, (9_540, 0), "the buyer is paid whatever the tiers have");
    assert_eq!(shop.purses().await, [(0, 0), (0, 0), (0, -840), (0, 0)]);
    shop.books().await;
    // The next sale repays the debt first; the one after that is A's own again.
    let (lin, _) = shop.sold().await;
    released(&shop, [(8_000, 0), (400, 0), (0, 0), (300, 0)]).await;
    shop.sold().await;
    released(&shop, [(16_000, 0), (800, 0), (840, 0), (600, 0)]).await;
    assert_eq!((lin.money().await, spent.money().await), ((0, 0), (840, 0)));
    shop.close().await;
}

#[tokio::test]
async fn an_order_is_completed_by_itself_when_its_warranty_is_over() {
    let shop =
        Shop::on(crate::support::Server::shared(), crate::support::Terms { duration: 1, decision: 3_600 })
            .await;
    shop.stock(1).await;
    let mei = shop.buyer(9_540).await;
    let order = mei.place(shop.order(1, "95.40", &fresh("key"))).await;
    assert_eq!(order["status"], "DELIVERED");
    let seen = "query($o: ID!) { order(id: $o) { status } }";
    wait_until("the order is completed", async || {
        let seen = mei.get(seen, json!({"o": id(&order)})).await;
        (seen["status"] == "COMPLETED").then_some(())
    })
    .await;
    assert_eq!(shop.purses().await, RELEASED, "released before it was completed");
    shop.close().await;
}
