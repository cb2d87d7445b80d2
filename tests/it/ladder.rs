//! What a tenant pays, asks and would ask: never what is anybody else's to know.

use crate::support::{Client, Shop, Terms, cny, code, minor, site};
use serde_json::{Value, json};

const LADDER: &str = "query($v: ID!) { priceLadder(variantId: $v) { variantId title unitCost { amount } unitPrice { amount }
  rule { forEveryone markupBasisPoints add { amount } fixed { amount } childTenantId } minimumPrice { amount } belowCost
  children { tenant { handle } unitPrice { amount } belowCost rule { forEveryone childTenantId markupBasisPoints } } } }";
const PREVIEW: &str = "query($i: PriceRuleSetInput!) { priceRulePreview(input: $i) { errors { code path } affected belowCost
  changes { variantId title child { handle } unitCost { amount } before { amount } after { amount } belowCost } } }";

#[tokio::test]
async fn a_ladder_shows_the_tenants_own_rungs_and_no_others() {
    let shop = Shop::open().await;
    let a = shop.a.owner.get(LADDER, json!({"v": shop.variant})).await;
    assert_eq!(
        (minor(&a["unitCost"]), minor(&a["unitPrice"]), &a["belowCost"]),
        (8_400, 9_240, &json!(false))
    );
    assert_eq!(a["rule"]["markupBasisPoints"], json!(1_000));
    assert_eq!(a["children"].as_array().unwrap().len(), 1);
    let child = &a["children"][0];
    assert_eq!(
        (child["tenant"]["handle"].as_str(), minor(&child["unitPrice"])),
        (Some(shop.b.handle.as_str()), 9_240)
    );
    assert_eq!(child["rule"]["forEveryone"], json!(true));
    // The child pays what it is asked, whatever it asks itself: never its margin.
    assert!(!a.to_string().contains("95.4"), "{a}");
    let b = shop.b.owner.get(LADDER, json!({"v": shop.variant})).await;
    assert_eq!((minor(&b["unitCost"]), minor(&b["unitPrice"])), (9_240, 9_540));
    assert_eq!(
        (b["rule"]["add"]["amount"].as_str(), b["children"].as_array().map(Vec::len)),
        (Some("3.00"), Some(0))
    );
    assert!(!b.to_string().contains("84."), "{b}");
    let o = shop.operator.get(LADDER, json!({"v": shop.variant})).await;
    assert_eq!((minor(&o["unitCost"]), o["children"].as_array().unwrap().len()), (8_000, 1));
    assert_eq!(minor(&o["children"][0]["unitPrice"]), 8_400);
    // A price of a child's own, and one below cost.
    shop.price(
        &shop.a.owner,
        json!({"childTenantId": shop.b.id, "variantId": shop.variant, "rule": {"fixed": cny("70.00")}}),
    )
    .await;
    let a = shop.a.owner.get(LADDER, json!({"v": shop.variant})).await;
    let child = &a["children"][0];
    assert_eq!((minor(&child["unitPrice"]), &child["belowCost"]), (7_000, &json!(true)));
    assert_eq!(child["rule"]["childTenantId"], json!(shop.b.id));
    // What its parent sells nothing of has no ladder.
    assert_eq!(shop.b.owner.get(LADDER, json!({"v": shop.variant})).await, Value::Null);
    for (who, wanted) in [(&shop.supplier.owner, "FORBIDDEN"), (&shop.buyer(0).await, "FORBIDDEN")] {
        assert_eq!(code(&who.ask(LADDER, json!({"v": shop.variant})).await), wanted);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_preview_says_what_setting_the_rule_then_does_and_changes_nothing() {
    let shop = Shop::open().await;
    let c = site(&shop.a.owner, "SITE", "c", None).await;
    shop.product("LICENCE", "40.00", Terms::default()).await;
    let (a, operator) = (&shop.a.owner, &shop.operator);
    let price = async |who: &Client| minor(&who.get(LADDER, json!({"v": shop.variant})).await["unitPrice"]);
    let preview = async |who: &Client, rule: Value| who.get(PREVIEW, json!({"i": rule})).await;
    // One variant, for the own buyers.
    let rule = json!({"variantId": shop.variant, "rule": {"markupBasisPoints": 2_000}});
    let told = preview(a, rule.clone()).await;
    assert_eq!((told["affected"].as_i64(), told["belowCost"].as_i64()), (Some(1), Some(0)));
    let change = &told["changes"][0];
    assert_eq!(
        (minor(&change["unitCost"]), minor(&change["before"]), minor(&change["after"])),
        (8_400, 9_240, 10_080)
    );
    assert_eq!(change["child"], Value::Null);
    assert_eq!(price(a).await, 9_240, "nothing has changed");
    shop.price(a, rule.clone()).await;
    assert_eq!(price(a).await, 10_080, "as it was told");
    assert_eq!(preview(a, rule).await["affected"], json!(0), "it is set already");
    // For everyone: the own buyers have one of their own for one of the two, b and c none.
    let told = preview(a, json!({"forEveryone": true, "rule": {"markupBasisPoints": 500}})).await;
    assert_eq!((told["affected"].as_i64(), told["belowCost"].as_i64()), (Some(5), Some(0)), "{told}");
    let mut whom: Vec<_> =
        told["changes"].as_array().unwrap().iter().map(|change| change["child"]["handle"].as_str()).collect();
    whom.sort_unstable();
    let (b, c) = (Some(shop.b.handle.as_str()), Some(c.handle.as_str()));
    let mut wanted = [None, b, b, c, c];
    wanted.sort_unstable();
    assert_eq!(whom, wanted);
    // Below cost, for one child.
    let rule =
        json!({"childTenantId": shop.b.id, "variantId": shop.variant, "rule": {"fixed": cny("83.99")}});
    let told = preview(a, rule).await;
    assert_eq!((told["affected"].as_i64(), told["belowCost"].as_i64()), (Some(1), Some(1)));
    assert_eq!(
        (minor(&told["changes"][0]["after"]), &told["changes"][0]["belowCost"]),
        (8_399, &json!(true))
    );
    // The operator's cost is the supplier's price.
    let told =
        preview(operator, json!({"variantId": shop.variant, "forEveryone": true, "rule": {"inherit": true}}))
            .await;
    assert_eq!(minor(&told["changes"][0]["unitCost"]), 8_000);
    // What can't be set can't be previewed, for the same reasons.
    for (rule, wanted) in [
        (
            json!({"variantId": shop.variant, "productId": shop.product, "rule": {"inherit": true}}),
            "INVALID_INPUT",
        ),
        (json!({"childTenantId": shop.a.id, "rule": {"inherit": true}}), "NOT_FOUND"),
        (json!({"rule": {"markupBasisPoints": -1}}), "INVALID_INPUT"),
        (json!({"variantId": crate::support::unknown("var"), "rule": {"inherit": true}}), "NOT_FOUND"),
    ] {
        let told = preview(a, rule).await;
        assert_eq!(told["errors"][0]["code"], json!(wanted), "{told}");
        assert_eq!((told["affected"].as_i64(), told["changes"].as_array().map(Vec::len)), (Some(0), Some(0)));
    }
    let rules = a.get("{ priceRules { variantId } }", json!({})).await;
    assert_eq!(rules.as_array().unwrap().len(), 2, "{rules}");
    shop.close().await;
}
