//! Who sells where: opening, admitting and suspending tenants, and what they ask for their goods.

use crate::support::{Client, ORDER_PLACE, Shop, Site, Terms, errors, fresh, id, minor, site};
use serde_json::{Value, json};

const CREATE: &str = "mutation($i: TenantCreateInput!) { tenantCreate(input: $i) { tenant { id status depth } errors { code message path } } }";
const RULE: &str = "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { belowCost { id title price { amount } supply { unitCost { amount } } } errors { code message path } } }";
const LISTING_SET: &str = "mutation($i: ListingSetInput!) { listingSet(input: $i) { listing { id title } errors { code message path } } }";
const LISTINGS: &str = "query($n: Int, $c: String, $w: ListingWhere) { listings(first: $n, after: $c, where: $w) { nodes { id title kind price { amount } } pageInfo { hasNextPage hasPreviousPage endCursor } } }";

async fn decide(by: &Client, what: &str, tenant: &Site) -> Vec<String> {
    let document = format!(
        "mutation($t: ID!) {{ tenant{what}(input: {{tenantId: $t, note: \"as agreed\"}}) {{ tenant {{ status }} errors {{ code message path }} }} }}"
    );
    errors(&by.ask(&document, json!({"t": tenant.id})).await)
}

fn input(kind: &str, parent: Option<&str>) -> Value {
    json!({"i": {"kind": kind, "handle": fresh("t"), "name": "T", "parentId": parent, "ownerEmail": "o@t.example", "ownerPassword": "password"}})
}

// What a buyer pays for the fixture's card at a site; nothing where it is not on sale.
async fn price(shop: &Shop, site: &Site) -> Option<i64> {
    let visitor = Client::anonymous(&shop.url, &site.handle);
    let listing = visitor
        .get("query($l: ID!) { listing(id: $l) { price { amount } } }", json!({"l": shop.listing(site)}))
        .await;
    (!listing.is_null()).then(|| minor(&listing["price"]))
}

#[tokio::test]
async fn tenants_are_opened_below_the_caller_in_their_kind_and_depth() {
    let shop = Shop::open().await;
    let sibling = site(&shop.operator, "SITE", "sibling", None).await;
    let (operator, a, b) = (&shop.operator, &shop.a.owner, &shop.b.owner);
    for (who, kind, parent, wanted) in [
        (operator, "OPERATOR", None, "INVALID_INPUT"),
        (operator, "SITE", Some(&shop.supplier.id), "INVALID_INPUT"),
        (operator, "SUPPLIER", Some(&shop.a.id), "INVALID_INPUT"),
        (a, "SUPPLIER", None, "INVALID_INPUT"),
        (a, "SITE", Some(&sibling.id), "NOT_FOUND"),
        (a, "SITE", Some(&shop.supplier.id), "NOT_FOUND"),
        (b, "SITE", Some(&shop.a.id), "NOT_FOUND"),
    ] {
        let codes = who.refused(CREATE, input(kind, parent.map(String::as_str))).await;
        assert_eq!(codes, [wanted], "{kind} under {parent:?}");
    }
    let handle = |handle: &str| {
        let mut variables = input("SITE", None);
        variables["i"]["handle"] = json!(handle);
        variables
    };
    for bad in ["", "a", "UP", "-a", "a-", "a--b", "a_b", "a.b", &"a".repeat(41), "é", "a b"] {
        assert_eq!(operator.refused(CREATE, handle(bad)).await, ["INVALID_INPUT"], "{bad}");
    }
    // Handles are the installation's: another network's is taken too.
    let other = Shop::open().await;
    for taken in [&shop.b.handle, &other.b.handle] {
        assert_eq!(operator.refused(CREATE, handle(taken)).await, ["CONFLICT"], "{taken}");
    }
    // One more level, and then no more; what the operator opens below a site is active at once.
    let settings =
        "mutation { networkSettingsSet(input: {depthLimit: 3}) { settings { depthLimit } errors { code } } }";
    operator.done(settings, json!({})).await;
    let made = operator.done(CREATE, input("SITE", Some(&shop.b.id))).await;
    assert_eq!(
        (made["tenant"]["status"].as_str(), made["tenant"]["depth"].as_i64()),
        (Some("ACTIVE"), Some(3))
    );
    assert_eq!(operator.refused(CREATE, input("SITE", Some(&id(&made["tenant"])))).await, ["LIMIT_EXCEEDED"]);
    shop.close().await;
}

#[tokio::test]
async fn what_a_site_opens_waits_for_the_operator_and_sells_nothing_until_then() {
    let shop = Shop::open().await;
    shop.stock(2).await;
    let child = site(&shop.a.owner, "SITE", "child", None).await;
    let status = |site: &Site| {
        let visitor = Client::anonymous(&shop.url, &site.handle);
        async move {
            visitor.get("{ storefront { status } }", json!({})).await["status"].as_str().unwrap().to_owned()
        }
    };
    assert_eq!(status(&child).await, "PENDING_REVIEW");
    assert_eq!(price(&shop, &child).await, None);
    let visitor = Client::anonymous(&shop.url, &child.handle);
    assert_eq!(visitor.get(LISTINGS, json!({})).await["nodes"], json!([]));
    // Its parent cannot admit it, nor it itself; the operator can refuse, and think again.
    assert!(decide(&shop.a.owner, "Approve", &child).await.is_empty(), "refused at the top instead");
    assert_eq!(status(&child).await, "PENDING_REVIEW");
    assert_eq!(decide(&shop.operator, "Reinstate", &child).await, ["INVALID_TRANSITION"]);
    assert_eq!(decide(&shop.operator, "Suspend", &child).await, ["INVALID_TRANSITION"]);
    assert!(decide(&shop.operator, "Reject", &child).await.is_empty());
    assert_eq!(status(&child).await, "REJECTED");
    assert!(decide(&shop.operator, "Approve", &child).await.is_empty());
    assert_eq!(status(&child).await, "ACTIVE");
    assert_eq!(decide(&shop.operator, "Reject", &child).await, ["INVALID_TRANSITION"]);
    assert_eq!(
        price(&shop, &child).await,
        Some(9_240),
        "its parent's price for everyone, and no rule of its own"
    );
    shop.close().await;
}

#[tokio::test]
async fn a_suspension_acts_at_once_on_everyone_below_and_so_does_its_end() {
    let shop = Shop::open().await;
    shop.stock(3).await;
    let mei = shop.buyer(30_000).await;
    mei.done(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await;
    assert!(decide(&shop.operator, "Suspend", &shop.a).await.is_empty());
    for site in [&shop.a, &shop.b] {
        assert_eq!(price(&shop, site).await, None, "{}", site.handle);
    }
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["NOT_SELLABLE"]);
    let orders =
        mei.get("{ orders(first: 2) { nodes { status lines { deliveries { id } } } } }", json!({})).await;
    let delivery = id(&orders["nodes"][0]["lines"][0]["deliveries"][0]);
    let open = "mutation($i: WarrantyClaimOpenInput!) { warrantyClaimOpen(input: $i) { claim { status } errors { code message } } }";
    mei.done(open, json!({"i": {"deliveryId": delivery, "reason": "INVALID", "description": "dead", "idempotencyKey": fresh("key")}})).await;
    assert!(decide(&shop.operator, "Reinstate", &shop.a).await.is_empty());
    assert_eq!(price(&shop, &shop.b).await, Some(9_540));
    // A supplier's goods go with it; nobody suspends itself, a sibling or what is above.
    assert!(decide(&shop.operator, "Suspend", &shop.supplier).await.is_empty());
    assert_eq!(price(&shop, &shop.b).await, None);
    assert!(decide(&shop.operator, "Reinstate", &shop.supplier).await.is_empty());
    assert_eq!(price(&shop, &shop.b).await, Some(9_540));
    for tenant in [&shop.a, &shop.supplier] {
        assert_eq!(decide(&shop.b.owner, "Suspend", tenant).await, ["NOT_FOUND"]);
        assert_eq!(decide(&shop.a.owner, "Suspend", tenant).await, ["NOT_FOUND"]);
    }
    shop.close().await;
}

#[tokio::test]
async fn a_parent_bounds_what_its_child_adds() {
    let shop = Shop::open().await;
    let cap = "mutation($t: ID!, $c: Int) { tenantMarkupCapSet(input: {tenantId: $t, capBasisPoints: $c}) { tenant { markupCapBasisPoints } errors { code message path } } }";
    assert_eq!(price(&shop, &shop.b).await, Some(9_540));
    shop.a.owner.done(cap, json!({"t": shop.b.id, "c": 250})).await;
    assert_eq!(price(&shop, &shop.b).await, Some(9_471), "92.40 and 2.5 %, not 3.00");
    shop.a.owner.done(cap, json!({"t": shop.b.id, "c": 0})).await;
    assert_eq!(price(&shop, &shop.b).await, Some(9_240));
    for bad in [-1, 1_000_001] {
        assert_eq!(shop.a.owner.refused(cap, json!({"t": shop.b.id, "c": bad})).await, ["INVALID_INPUT"]);
    }
    // A parent's alone to set: not a grandparent's, not one's own, not for a supplier.
    for (who, tenant) in [
        (&shop.operator, &shop.b),
        (&shop.b.owner, &shop.b),
        (&shop.a.owner, &shop.a),
        (&shop.operator, &shop.supplier),
    ] {
        assert_eq!(who.refused(cap, json!({"t": tenant.id, "c": 1})).await, ["NOT_FOUND"]);
    }
    shop.a.owner.done(cap, json!({"t": shop.b.id, "c": null})).await;
    assert_eq!(price(&shop, &shop.b).await, Some(9_540));
    shop.close().await;
}

async fn rule(who: &Client, target: Value, rule: Value) -> Value {
    let mut input = target;
    input["rule"] = rule;
    who.done(RULE, json!({"i": input})).await
}

fn cny(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

#[tokio::test]
async fn the_most_specific_rule_is_the_one_that_prices() {
    let shop = Shop::open().await;
    let a = &shop.a.owner;
    // Each is more specific than those before it, and none of B's own: it passes its cost on.
    rule(&shop.b.owner, json!({}), json!({"inherit": true})).await;
    let (child, product, variant) = (&shop.b.id, &shop.product, &shop.variant);
    for (target, add, wanted) in [
        (json!({"forEveryone": true}), "1.00", 8_500),
        (json!({"forEveryone": true, "productId": product}), "2.00", 8_600),
        (json!({"forEveryone": true, "variantId": variant}), "3.00", 8_700),
        (json!({"childTenantId": child}), "4.00", 8_800),
        (json!({"childTenantId": child, "productId": product}), "5.00", 8_900),
        (json!({"childTenantId": child, "variantId": variant}), "6.00", 9_000),
    ] {
        rule(a, target.clone(), json!({"add": cny(add)})).await;
        assert_eq!(price(&shop, &shop.b).await, Some(wanted), "{target}");
    }
    assert_eq!(price(&shop, &shop.a).await, Some(8_700), "a price for a child is not one's own buyers'");
    rule(a, json!({}), json!({"markupBasisPoints": 10_000})).await;
    assert_eq!(price(&shop, &shop.a).await, Some(16_800));
    for (target, wanted) in [
        (json!({"childTenantId": child, "forEveryone": true}), "INVALID_INPUT"),
        (json!({"productId": product, "variantId": variant}), "INVALID_INPUT"),
        (json!({"childTenantId": shop.a.id}), "NOT_FOUND"),
        (json!({"childTenantId": shop.supplier.id}), "NOT_FOUND"),
    ] {
        let mut input = target.clone();
        input["rule"] = json!({"inherit": true});
        assert_eq!(a.refused(RULE, json!({"i": input})).await, [wanted], "{target}");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_price_below_cost_hides_the_listing_and_tells_its_owner_its_own_cost() {
    let shop = Shop::open().await;
    let set = rule(&shop.b.owner, json!({"variantId": shop.variant}), json!({"fixed": cny("92.39")})).await;
    assert_eq!(set["belowCost"].as_array().unwrap().len(), 1, "{set}");
    assert_eq!(set["belowCost"][0]["id"], json!(shop.listing(&shop.b)));
    assert_eq!(set["belowCost"][0]["price"]["amount"], "92.40", "what B itself pays");
    for other in ["84.00", "80.00"] {
        assert!(!set.to_string().contains(other), "an ancestor's cost is told: {set}");
    }
    assert_eq!(price(&shop, &shop.b).await, None);
    assert_eq!(price(&shop, &shop.a).await, Some(9_240), "nobody else is concerned");
    let set = rule(&shop.b.owner, json!({"variantId": shop.variant}), json!({"fixed": cny("92.40")})).await;
    assert_eq!(set["belowCost"], json!([]));
    assert_eq!(price(&shop, &shop.b).await, Some(9_240));
    shop.close().await;
}

#[tokio::test]
async fn a_site_names_and_hides_its_own_listings() {
    let shop = Shop::open().await;
    let b = &shop.b.owner;
    let set = |title: Value, hidden: bool| json!({"i": {"variantId": shop.variant, "title": title, "hidden": hidden}});
    let named = b.done(LISTING_SET, set(json!("  Night sky  "), false)).await;
    assert_eq!(named["listing"]["title"], "Night sky");
    let hidden = b.done(LISTING_SET, set(json!("Night sky"), true)).await;
    assert_eq!((hidden["listing"].clone(), price(&shop, &shop.b).await), (Value::Null, None));
    assert!(price(&shop, &shop.a).await.is_some(), "hidden at one site is shown at the next");
    let mei = shop.buyer(20_000).await;
    assert_eq!(mei.refused(ORDER_PLACE, shop.order(1, "95.40", &fresh("key"))).await, ["NOT_FOUND"]);
    for bad in ["", " ", "a\nb", "\u{202e}a", &"a".repeat(121)] {
        assert_eq!(b.refused(LISTING_SET, set(json!(bad), false)).await, ["INVALID_INPUT"], "{bad:?}");
    }
    let shown = b.done(LISTING_SET, set(Value::Null, false)).await;
    assert!(shown["listing"]["title"].as_str().unwrap().starts_with("Starfall"), "{shown}");
    shop.close().await;
}

#[tokio::test]
async fn listings_are_paged_searched_and_told_apart_by_kind() {
    let shop = Shop::open().await;
    for kind in ["CARD", "TOP_UP", "CARD", "SERVICE"] {
        shop.product(kind, "10.00", Terms::default()).await;
    }
    let visitor = Client::anonymous(&shop.url, &shop.b.handle);
    let (mut seen, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = visitor.get(LISTINGS, json!({"n": 2, "c": after})).await;
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!after.is_null()));
        seen.extend(page["nodes"].as_array().unwrap().iter().map(id));
        after = page["pageInfo"]["endCursor"].clone();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    let all = visitor.get(LISTINGS, json!({"n": 100})).await;
    let whole: Vec<String> = all["nodes"].as_array().unwrap().iter().map(id).collect();
    assert_eq!((seen.len(), &seen), (5, &whole), "each once, in one order");
    let count = |filter: Value| {
        let visitor = visitor.clone();
        async move { visitor.get(LISTINGS, json!({"w": filter})).await["nodes"].as_array().unwrap().len() }
    };
    assert_eq!(count(json!({"kind": "CARD"})).await, 3);
    assert_eq!(count(json!({"kind": "LICENCE"})).await, 0);
    assert_eq!(count(json!({"search": "sTARFALL"})).await, 5);
    assert_eq!(count(json!({"search": "  "})).await, 5);
    let title = all["nodes"][1]["title"].as_str().unwrap();
    assert_eq!(count(json!({"search": title, "kind": all["nodes"][1]["kind"]})).await, 1);
    for nothing in ["%", "_", "\\", "Starfall%card", "'", "no such thing"] {
        assert_eq!(count(json!({"search": nothing})).await, 0, "{nothing}");
    }
    shop.close().await;
}

#[tokio::test]
async fn what_a_tenant_above_has_suspended_stays_so_for_everybody_below_it() {
    let shop = Shop::open().await;
    let (suspend, reinstate) = ("tenantSuspend", "tenantReinstate");
    let decide = |what: &str| {
        format!(
            "mutation($t: ID!) {{ {what}(input: {{tenantId: $t}}) {{ tenant {{ status }} errors {{ code }} }} }}"
        )
    };
    let b = json!({"t": shop.b.id});
    shop.a.owner.done(&decide(suspend), b.clone()).await;
    assert_eq!(shop.a.owner.done(&decide(reinstate), b.clone()).await["tenant"]["status"], "ACTIVE");
    // Suspended from below first, then from above: the higher one counts.
    shop.a.owner.done(&decide(suspend), b.clone()).await;
    shop.operator.done(&decide(suspend), b.clone()).await;
    shop.a.owner.done(&decide(suspend), b.clone()).await;
    assert_eq!(shop.a.owner.refused(&decide(reinstate), b.clone()).await, ["INVALID_TRANSITION"]);
    let seen = shop.b.owner.get("{ storefront { status } }", json!({})).await;
    assert_eq!(seen["status"], "SUSPENDED");
    assert_eq!(shop.operator.done(&decide(reinstate), b).await["tenant"]["status"], "ACTIVE");
}
