//! Orders: priced, paid, delivered, and refused.

use crate::support::{ORDER_PLACE, Shop, fresh, id, minor};
use serde_json::json;

#[tokio::test]
async fn an_order_is_paid_posted_for_every_tier_and_delivered_when_it_returns() {
    let shop = Shop::open().await;
    let secrets = shop.stock(2).await;
    let mei = shop.buyer(10_000).await;
    let placed = mei.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    let order = &placed["order"];
    assert_eq!(order["status"], "DELIVERED");
    assert_eq!(minor(&order["total"]), 9_540);
    let delivery = id(&order["lines"][0]["deliveries"][0]);
    let revealed = mei
        .done("mutation($d: ID!) { deliveryReveal(input: {deliveryId: $d}) { content { secret } errors { code } } }", json!({"d": delivery}))
        .await;
    assert_eq!(revealed["content"]["secret"], json!(secrets[0]));
    let wallet = mei.get("{ wallet { available { amount } held { amount } } }", json!({})).await;
    assert_eq!(minor(&wallet["available"]), 460);
    for (who, profit) in [(&shop.supplier, 8_000), (&shop.a, 840), (&shop.b, 300)] {
        let wallet = who.owner.get("{ wallet { available { amount } held { amount } } }", json!({})).await;
        assert_eq!((minor(&wallet["available"]), minor(&wallet["held"])), (0, profit), "{}", who.handle);
    }
    let wallet = shop.operator.get("{ wallet { held { amount } } }", json!({})).await;
    assert_eq!(minor(&wallet["held"]), 400);
    shop.close().await;
}
