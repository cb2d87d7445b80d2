//! The demo's goods: written, approved, stocked, and priced by every tier.

use super::{
    data::{self, Good, Network, Rule},
    people::{People, money, once},
};
use crate::cli::client::{Client, list, text};
use anyhow::{Context, Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

/// An import that was cut off by the end of its server goes on within seconds; this is how long it may take.
const CUT_OFF: Duration = Duration::from_secs(90);

/// What is sold.
pub(super) struct Shelf {
    /// By SKU.
    items: HashMap<String, Item>,
    /// How many products.
    pub(super) goods: usize,
    /// How many cards came into stock.
    pub(super) cards: u64,
}

/// One variant.
pub(super) struct Item {
    /// Its id.
    pub(super) variant: String,
    /// Its product's.
    pub(super) product: String,
    /// Its supplier's handle.
    pub(super) supplier: String,
}

impl Shelf {
    /// A variant by its SKU.
    pub(super) fn item(&self, sku: &str) -> Result<&Item> {
        self.items.get(sku).with_context(|| format!("there is no {sku}"))
    }
}

/// Every supplier writes its goods and stocks them; the operator approves.
pub(super) async fn stock(people: &People, goods: &[Good]) -> Result<Shelf> {
    let suppliers: BTreeSet<&str> = goods.iter().map(|good| good.supplier.as_str()).collect();
    let stocked =
        try_join_all(suppliers.into_iter().map(|supplier| stock_one(people, supplier, goods))).await?;
    let mut shelf = Shelf { items: HashMap::new(), goods: goods.len(), cards: 0 };
    for (items, cards) in stocked {
        shelf.items.extend(items);
        shelf.cards += cards;
    }
    Ok(shelf)
}

async fn stock_one(people: &People, supplier: &str, goods: &[Good]) -> Result<(HashMap<String, Item>, u64)> {
    let owner = people.owner(supplier)?;
    let operator = people.owner("demo")?;
    let document = "{ products(first: 50) { nodes { id status variants { id sku } } } }";
    let there = owner.get(document, json!({})).await?;
    let there = list(&there, "/nodes")?;
    let (mut items, mut cards) = (HashMap::new(), 0);
    for good in goods.iter().filter(|good| good.supplier == supplier) {
        let sku = good.variants.first().context("a good without variants")?.sku.as_str();
        let has = |product: &&Value| {
            list(product, "/variants").is_ok_and(|all| all.iter().any(|variant| variant["sku"] == sku))
        };
        let mut product = match there.iter().find(has) {
            Some(product) => product.clone(),
            None => write(owner, good).await?,
        };
        let id = text(&product, "/id")?.to_owned();
        for (who, status, step) in
            [(owner, "DRAFT", "productSubmit"), (operator, "SUBMITTED", "productApprove")]
        {
            if product["status"] == status {
                let document = format!(
                    "mutation($i: ProductDecisionInput!) {{
  {step}(input: $i) {{ product {{ id status variants {{ id sku }} }} errors {{ code message }} }}
}}"
                );
                let mut done = who.done(&document, json!({"i": {"productId": id}})).await?;
                product = done["product"].take();
            }
        }
        offer_plans(owner, good, &id).await?;
        for variant in list(&product, "/variants")? {
            let item = Item {
                variant: text(variant, "/id")?.to_owned(),
                product: id.clone(),
                supplier: supplier.to_owned(),
            };
            items.insert(text(variant, "/sku")?.to_owned(), item);
        }
        for variant in good.variants.iter().filter(|variant| variant.cards > 0) {
            let item = items.get(&variant.sku).with_context(|| format!("{} is not there", variant.sku))?;
            cards += import(owner, good, variant, &item.variant).await?;
        }
    }
    Ok((items, cards))
}

// One that is as it was keeps its id.
async fn offer_plans(owner: &Client, good: &Good, product: &str) -> Result<()> {
    if good.plans.is_empty() {
        return Ok(());
    }
    let document = "mutation($i: ProductPlansSetInput!) {
  productPlansSet(input: $i) { errors { code message } }
}";
    let mut plans = good.plans.clone();
    for plan in &mut plans {
        plan["price"] = money(text(plan, "/price")?);
    }
    owner.done(document, json!({"i": {"productId": product, "plans": plans}})).await?;
    Ok(())
}

async fn write(owner: &Client, good: &Good) -> Result<Value> {
    let document = "mutation($i: ProductCreateInput!) {
  productCreate(input: $i) { product { id status variants { id sku } } errors { code message } }
}";
    let variants: Vec<Value> = good
        .variants
        .iter()
        .map(|variant| json!({"sku": variant.sku, "title": variant.title, "settlementPrice": money(&variant.price)}))
        .collect();
    let input = json!({"title": good.title, "kind": good.kind, "description": good.description,
                       "variants": variants, "fields": good.fields});
    let mut made = owner.done(document, json!({"i": input})).await?;
    Ok(made["product"].take())
}

async fn import(owner: &Client, good: &Good, variant: &data::Variant, id: &str) -> Result<u64> {
    let document = "mutation($i: CardsImportInput!) {
  cardsImport(input: $i) { import { status accepted } errors { code message } }
}";
    let (format, content) = data::cards(&good.kind, variant);
    let input = json!({"variantId": id, "format": format, "content": content,
                       "idempotencyKey": format!("demo-{}", variant.sku)});
    let deadline = Instant::now() + CUT_OFF;
    let mut told = false;
    loop {
        let report = owner.done(document, json!({"i": input})).await?;
        let import = &report["import"];
        if import["status"] != "RUNNING" || Instant::now() > deadline {
            let accepted = import["accepted"].as_u64();
            ensure!(
                import["status"] == "DONE" && accepted == Some(u64::from(variant.cards)),
                "{}: {report}",
                variant.sku
            );
            return Ok(u64::from(variant.cards));
        }
        if !std::mem::replace(&mut told, true) {
            tracing::info!("an import was cut off; waiting for it to go on");
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Every tier sets its rules and calls what it sells as it likes.
pub(super) async fn price(people: &People, shelf: &Shelf, network: &Network) -> Result<()> {
    for rule in &network.rules {
        set(people, shelf, rule).await?;
    }
    for listing in &network.listings {
        let document = "mutation($i: ListingSetInput!) { listingSet(input: $i) { errors { code message } } }";
        let input = json!({"variantId": shelf.item(&listing.sku)?.variant, "title": listing.title,
                           "hidden": listing.hidden});
        once(people.owner(&listing.at)?, document, input).await?;
    }
    for coupon in &network.coupons {
        let document =
            "mutation($i: CouponCreateInput!) { couponCreate(input: $i) { errors { code message } } }";
        let input = json!({"code": coupon.code, "takes": {"percentBasisPoints": coupon.points}});
        once(people.owner(&coupon.at)?, document, input).await?;
    }
    Ok(())
}

async fn set(people: &People, shelf: &Shelf, rule: &Rule) -> Result<()> {
    let document = "mutation($i: PriceRuleSetInput!) {
  priceRuleSet(input: $i) { belowCost { id } errors { code message } }
}";
    let mut how = rule.rule.clone();
    for amount in ["add", "fixed"] {
        if let Some(text) = how.get(amount).and_then(Value::as_str).map(money) {
            how[amount] = text;
        }
    }
    let child = rule.child.as_deref().map(|child| people.id(child)).transpose()?;
    let variant = rule.sku.as_deref().map(|sku| shelf.item(sku)).transpose()?;
    let product = rule.product.as_deref().map(|sku| shelf.item(sku)).transpose()?;
    let input = json!({"forEveryone": rule.everyone, "childTenantId": child, "rule": how,
                       "variantId": variant.map(|item| &item.variant),
                       "productId": product.map(|item| &item.product)});
    let set = people.owner(&rule.at)?.done(document, json!({"i": input})).await?;
    let hides = !list(&set, "/belowCost")?.is_empty();
    ensure!(hides || !rule.below_cost, "a rule of {} should hide a listing, and hides none", rule.at);
    Ok(())
}
