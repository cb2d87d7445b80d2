//! Who plays: an operator, a supplier, a site, a site below it, and a buyer there.

use crate::cli::client::{Client, Done, list, text};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// Where the story is played.
pub(super) struct Door<'a> {
    /// The server, without a path.
    pub(super) url: &'a str,
    /// The operator's handle.
    pub(super) handle: &'a str,
    /// Everyone's password.
    pub(super) password: &'a str,
    /// The GraphQL is shown.
    pub(super) verbose: bool,
    /// The network stays when the tour is over.
    pub(super) stays: bool,
}

/// A tenant with its owner signed in.
pub(super) struct Party {
    /// As the story calls it.
    pub(super) name: &'static str,
    /// Its id.
    pub(super) id: String,
    /// Its owner.
    pub(super) owner: Client,
}

/// Everyone.
pub(super) struct Cast {
    /// Owns goods and stock.
    pub(super) supplier: Party,
    /// Runs the network.
    pub(super) operator: Party,
    /// A site under the operator.
    pub(super) upper: Party,
    /// The site below it that sells.
    pub(super) shop: Party,
}

/// What an owner signs in with.
pub(super) fn email(handle: &str) -> String {
    format!("owner@{handle}.example")
}

impl Cast {
    /// Everyone is there: each opened by who is above, and admitted by the operator.
    pub(super) async fn meet(door: &Door<'_>) -> Result<Self> {
        let operator = Client::new(door.url, door.handle, door.verbose)?;
        let operator = operator.sign_in(&email(door.handle), door.password).await?;
        let viewer = operator.get("{ viewer { tenant { id } } }", json!({})).await?;
        let operator =
            Party { name: "operator", id: text(&viewer, "/tenant/id")?.to_owned(), owner: operator };
        let supplier = open(&operator, door, "SUPPLIER", "Starriver", "starriver").await?;
        let upper = open(&operator, door, "SITE", "Greenfield", "greenfield").await?;
        let shop = open(&upper, door, "SITE", "Corner", "corner").await?;
        let document = "mutation($i: TenantDecisionInput!) {
  tenantApprove(input: $i) { tenant { status } errors { code message } }
}";
        let approved = operator.owner.done(document, json!({"i": {"tenantId": shop.id}})).await?;
        ensure!(approved["tenant"]["status"] == "ACTIVE", "Corner is not active: {approved}");
        Ok(Self { supplier, operator, upper, shop })
    }

    /// Supplier, operator, Greenfield, Corner: along the chain.
    pub(super) fn tiers(&self) -> [&Party; 4] {
        [&self.supplier, &self.operator, &self.upper, &self.shop]
    }

    /// What each tier of the chain has, spendable and held; minor units.
    pub(super) async fn purses(&self) -> Result<[Purse; 4]> {
        let [supplier, operator, upper, shop] = self.tiers();
        Ok([
            purse(&supplier.owner).await?,
            purse(&operator.owner).await?,
            purse(&upper.owner).await?,
            purse(&shop.owner).await?,
        ])
    }
}

async fn open(
    parent: &Party,
    door: &Door<'_>,
    kind: &str,
    name: &'static str,
    prefix: &str,
) -> Result<Party> {
    let handle = format!("{prefix}-{}", door.handle.trim_start_matches("tour-"));
    let document = "mutation($i: TenantCreateInput!) {
  tenantCreate(input: $i) { tenant { id status } errors { code message } }
}";
    let input = json!({"kind": kind, "handle": handle, "name": name,
                       "ownerEmail": email(&handle), "ownerPassword": door.password});
    let made = parent.owner.done(document, json!({"i": input})).await?;
    let owner = parent.owner.at(&handle).sign_in(&email(&handle), door.password).await?;
    Ok(Party { name, id: text(&made, "/tenant/id")?.to_owned(), owner })
}

/// A wallet; minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Purse {
    /// Spendable.
    pub(super) available: i64,
    /// Earned, not yet released.
    pub(super) held: i64,
}

impl Purse {
    /// Both.
    pub(super) fn all(self) -> i64 {
        self.available + self.held
    }
}

/// The caller's wallet.
pub(super) async fn purse(client: &Client) -> Result<Purse> {
    let document = "{ wallet { available { amount } held { amount } } }";
    let wallet = client.get(document, json!({})).await?;
    Ok(Purse { available: minor(&wallet, "/available")?, held: minor(&wallet, "/held")? })
}

/// An amount of money at a place of an answer; minor units.
pub(super) fn minor(value: &Value, place: &str) -> Result<i64> {
    let amount = text(value, &format!("{place}/amount"))?;
    amount.replace('.', "").parse().with_context(|| format!("{amount} is no amount"))
}

/// What is on sale: its variant, and what Corner calls it.
pub(super) struct Goods {
    /// The product.
    pub(super) product: String,
    /// The variant.
    pub(super) variant: String,
    /// Corner's listing.
    pub(super) listing: String,
}

fn money(amount: &str) -> Value {
    json!({"amount": amount, "currency": "CNY"})
}

/// The product is written, approved and priced by every tier: 80.00 → 84.00 → 92.40 → 95.40. Answers it with
/// the four prices as the tiers see them.
pub(super) async fn price(cast: &Cast) -> Result<(Goods, [i64; 4])> {
    let document = "mutation($i: ProductCreateInput!) {
  productCreate(input: $i) { product { id variants { id settlementPrice { amount } } } errors { code message } }
}";
    let input = json!({"title": "星落大陆点卡 Starfall Realm points", "kind": "CARD",
        "variants": [{"sku": "SF-1000", "title": "1000 点 1,000 points", "settlementPrice": money("80.00")}]});
    let made = cast.supplier.owner.done(document, json!({"i": input})).await?;
    let product = text(&made, "/product/id")?.to_owned();
    let variant = text(&made, "/product/variants/0/id")?.to_owned();
    for (party, step) in [(&cast.supplier, "productSubmit"), (&cast.operator, "productApprove")] {
        let document = format!(
            "mutation($i: ProductDecisionInput!) {{
  {step}(input: $i) {{ product {{ status }} errors {{ code message }} }}
}}"
        );
        party.owner.done(&document, json!({"i": {"productId": product}})).await?;
    }
    let rules = [
        (&cast.operator, json!({"forEveryone": true, "rule": {"markupBasisPoints": 500}})),
        (&cast.upper, json!({"forEveryone": true, "rule": {"markupBasisPoints": 1000}})),
        (&cast.shop, json!({"rule": {"add": money("3.00")}})),
    ];
    for (party, input) in rules {
        let document = "mutation($i: PriceRuleSetInput!) {
  priceRuleSet(input: $i) { belowCost { id } errors { code message } }
}";
        let set = party.owner.done(document, json!({"i": input})).await?;
        ensure!(list(&set, "/belowCost")?.is_empty(), "{}'s rule sells below cost", party.name);
    }
    let (_, upper) = listed(&cast.upper.owner, &variant).await?;
    let (listing, shop) = listed(&cast.shop.owner, &variant).await?;
    let asked = minor(&made, "/product/variants/0/settlementPrice")?;
    ensure!(shop.0 == upper.1, "Corner does not pay what Greenfield asks");
    Ok((Goods { product, variant, listing }, [asked, upper.0, upper.1, shop.1]))
}

// A site's listing of the variant: its id, what the site pays and what it asks.
async fn listed(owner: &Client, variant: &str) -> Result<(String, (i64, i64))> {
    let document = "{ listings(first: 10) {
  nodes { id variantId price { amount } supply { unitCost { amount } unitPrice { amount } } }
} }";
    let listings = owner.get(document, json!({})).await?;
    let found = list(&listings, "/nodes")?.iter().find(|listing| listing["variantId"] == variant);
    let found = found.with_context(|| format!("it is not listed at {}", owner.tenant()))?;
    ensure!(
        minor(found, "/price")? == minor(found, "/supply/unitPrice")?,
        "the price and its own site's view of it differ: {found}"
    );
    let supply = (minor(found, "/supply/unitCost")?, minor(found, "/price")?);
    Ok((text(found, "/id")?.to_owned(), supply))
}

/// A mutation that has to be refused, and with which code.
pub(super) async fn refused(client: &Client, document: &str, input: Value) -> Result<String> {
    match client.attempt(document, input).await? {
        Done::Payload(payload) => anyhow::bail!("what should be refused was done: {payload}"),
        Done::Refused(refused) => Ok(refused.into_iter().next().map(|no| no.code).unwrap_or_default()),
    }
}
