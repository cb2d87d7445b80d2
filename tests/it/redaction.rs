//! One order, as many views as it has tiers: each sees what it asked, nobody what those below added.

use crate::support::{CLAIM_APPROVE, ORDER_PLACE, Shop, fresh, id, minor};
use serde_json::json;

const ORDER: &str = "query($id: ID!) { order(id: $id) { total { amount } refunded { amount }
    lines { total { amount } unitPrice { amount } supply { unitCost { amount } unitPrice { amount } unitProfit { amount } } } } }";

#[tokio::test]
async fn every_tier_sees_its_own_amounts_of_an_order() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let mei = shop.buyer(20_000).await;
    let order = id(&mei.done(ORDER_PLACE, shop.order(2, "190.80", &fresh("key"))).await["order"]);
    // Who, what it sees as the total, and its own cost and price of one.
    for (who, total, supply) in [
        (&mei, 19_080, None),
        (&shop.b.owner, 19_080, Some((9_240, 9_540))),
        (&shop.a.owner, 18_480, Some((8_400, 9_240))),
        (&shop.operator, 19_080, Some((8_000, 8_400))),
        (&shop.supplier.owner, 16_000, Some((0, 8_000))),
    ] {
        let seen = who.get(ORDER, json!({"id": order})).await;
        assert_eq!(minor(&seen["total"]), total, "{}", who.tenant);
        let line = &seen["lines"][0];
        assert_eq!((minor(&line["total"]), minor(&line["unitPrice"])), (total, total / 2), "{}", who.tenant);
        let own = line["supply"]
            .as_object()
            .map(|_| (minor(&line["supply"]["unitCost"]), minor(&line["supply"]["unitPrice"])));
        assert_eq!(own, supply, "{}", who.tenant);
    }
}

const CLAIM: &str = "query($id: ID!) { warrantyClaim(id: $id) { remedy { amount { amount } } } }";

#[tokio::test]
async fn a_refund_is_told_to_its_parties_and_each_tier_sees_its_own_part_of_it() {
    let shop = Shop::open().await;
    let (mei, card) = shop.sold().await;
    let order = mei.get("{ orders(first: 1) { nodes { id } } }", json!({})).await["nodes"][0]["id"].clone();
    let part = json!({"amount": "31.80", "currency": "CNY"});
    // First the supplier undoes a third of the sale, then the site pays a third alone.
    let undone = mei.claim(&card).await;
    shop.b.owner.step("HandOver", &undone).await;
    let approve = |claim: &str| json!({"i": {"claimId": claim, "remedy": "REFUND", "amount": part}});
    shop.supplier.owner.done(CLAIM_APPROVE, approve(&undone)).await;
    for (who, told) in [
        (&mei, true),
        (&shop.b.owner, true),
        (&shop.supplier.owner, true),
        (&shop.operator, true),
        (&shop.a.owner, false),
    ] {
        let seen = who.get(CLAIM, json!({"id": undone})).await;
        assert_eq!(!seen["remedy"]["amount"].is_null(), told, "{}: {seen}", who.tenant);
    }
    shop.credit(&shop.b.owner.wallet_id().await, 10_000).await;
    let borne = mei.claim(&card).await;
    shop.b.owner.done(CLAIM_APPROVE, approve(&borne)).await;
    for (who, back) in [
        (&mei, 6_360),
        (&shop.b.owner, 6_360),
        (&shop.operator, 6_360),
        (&shop.a.owner, 3_080),
        (&shop.supplier.owner, 2_667),
    ] {
        let seen = who.get(ORDER, json!({"id": order})).await;
        assert_eq!(minor(&seen["refunded"]), back, "{}", who.tenant);
    }
}
