//! A network with a supplier, two tiers of sites and the prices of the fixture: 80.00 → 84.00 → 92.40 → 95.40.

use super::{Client, Server, id};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};

/// A name that nothing else in this run has: lower-case, short.
pub fn fresh(prefix: &str) -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("{prefix}-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A site with its owner signed in.
#[derive(Clone)]
pub struct Site {
    /// Its handle.
    pub handle: String,
    /// Its id.
    pub id: String,
    /// Its owner.
    pub owner: Client,
}

/// The terms that a product is sold under.
#[derive(Clone, Copy)]
pub struct Terms {
    /// Warranty; seconds.
    pub duration: i32,
    /// Until the first decision; seconds.
    pub decision: i32,
}

impl Default for Terms {
    fn default() -> Self {
        Self { duration: 3 * 24 * 3600, decision: 48 * 3600 }
    }
}

/// The network.
pub struct Shop {
    /// Where it is.
    pub url: String,
    /// Its operator's owner.
    pub operator: Client,
    /// Its supplier.
    pub supplier: Site,
    /// The site under the operator.
    pub a: Site,
    /// The site under that.
    pub b: Site,
    /// The product of the fixture.
    pub product: String,
    /// Its only variant, delivered from stock.
    pub variant: String,
}

const TENANT_CREATE: &str = "mutation($i: TenantCreateInput!) { tenantCreate(input: $i) { tenant { id handle status } errors { code message path } } }";
const PRICE_RULE_SET: &str = "mutation($i: PriceRuleSetInput!) { priceRuleSet(input: $i) { belowCost { id } errors { code message path } } }";

impl Shop {
    /// Opens one on the shared server.
    pub async fn open() -> Self {
        Self::on(Server::shared(), Terms::default()).await
    }

    /// Opens one on a server, its product under those terms.
    pub async fn on(server: &Server, terms: Terms) -> Self {
        let handle = fresh("op");
        server.create_network(&handle);
        Self::of(&server.url, &handle, terms).await
    }

    /// Opens one in a network that has just been made.
    pub async fn of(url: &str, handle: &str, terms: Terms) -> Self {
        let operator = Client::anonymous(url, handle);
        let operator = operator.sign_in(&format!("owner@{handle}.example"), "password").await;
        let supplier = site(&operator, "SUPPLIER", "sup", None).await;
        let a = site(&operator, "SITE", "a", None).await;
        let b = site(&a.owner, "SITE", "b", None).await;
        operator.done("mutation($t: ID!) { tenantApprove(input: {tenantId: $t}) { tenant { status } errors { code } } }", json!({"t": b.id})).await;
        let mut shop = Self {
            url: url.to_owned(),
            operator,
            supplier,
            a,
            b,
            product: String::new(),
            variant: String::new(),
        };
        (shop.product, shop.variant) = shop.product("CARD", "80.00", terms).await;
        shop.operator
            .done(PRICE_RULE_SET, json!({"i": {"forEveryone": true, "rule": {"markupBasisPoints": 500}}}))
            .await;
        shop.a
            .owner
            .done(PRICE_RULE_SET, json!({"i": {"forEveryone": true, "rule": {"markupBasisPoints": 1000}}}))
            .await;
        shop.b
            .owner
            .done(PRICE_RULE_SET, json!({"i": {"rule": {"add": {"amount": "3.00", "currency": "CNY"}}}}))
            .await;
        shop
    }

    /// A product of the supplier's with one variant, approved: its id and the variant's.
    pub async fn product(&self, kind: &str, price: &str, terms: Terms) -> (String, String) {
        let input = json!({
            "title": fresh("Starfall card"), "kind": kind,
            "variants": [{"sku": fresh("sku"), "title": "100", "settlementPrice": {"amount": price, "currency": "CNY"}}],
            "warranty": {
                "durationSeconds": terms.duration, "decisionWithinSeconds": terms.decision,
                "coveredReasons": ["NOT_DELIVERED", "INVALID", "ALREADY_USED", "NOT_AS_DESCRIBED"],
                "remedies": ["REPLACE", "REFUND", "PRORATA_REFUND", "COMPENSATE"],
            },
        });
        let made = self.supplier.owner.done("mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code message path } } }", json!({"i": input})).await;
        let product = id(&made["product"]);
        let decision = json!({"p": product});
        self.supplier
            .owner
            .done(
                "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code } } }",
                decision.clone(),
            )
            .await;
        self.operator
            .done(
                "mutation($p: ID!) { productApprove(input: {productId: $p}) { errors { code } } }",
                decision,
            )
            .await;
        (product, id(&made["product"]["variants"][0]))
    }

    /// Puts `count` cards of the fixture's variant in stock; answers their secrets.
    pub async fn stock(&self, count: usize) -> Vec<String> {
        let secrets: Vec<String> = (0..count).map(|_| fresh("SECRET")).collect();
        let report = self.import(&self.variant, &secrets.join("\n"), &fresh("import")).await;
        assert_eq!(report["import"]["accepted"], json!(count), "{report}");
        secrets
    }

    /// Imports lines for a variant.
    pub async fn import(&self, variant: &str, content: &str, key: &str) -> Value {
        self.supplier
            .owner
            .done(
                "mutation($i: CardsImportInput!) { cardsImport(input: $i) { import { id status total processed accepted duplicates rejected problems { line reason } } errors { code message path } } }",
                json!({"i": {"variantId": variant, "format": "LINES", "content": content, "idempotencyKey": key}}),
            )
            .await
    }

    /// A new buyer of site B with so much in the wallet (minor units): signed in.
    pub async fn buyer(&self, funds: i64) -> Client {
        self.buyer_at(&self.b, funds).await
    }

    /// A new buyer of a site with so much in the wallet (minor units): signed in.
    pub async fn buyer_at(&self, site: &Site, funds: i64) -> Client {
        let anonymous = Client::anonymous(&self.url, &site.handle);
        let email = format!("{}@buyers.example", fresh("mei"));
        let made = anonymous
            .done(
                "mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token } viewer { wallet { id } } errors { code message path } } }",
                json!({"i": {"email": email, "password": "password", "displayName": "Mei"}}),
            )
            .await;
        if funds > 0 {
            self.credit(&id(&made["viewer"]["wallet"]), funds).await;
        }
        anonymous.with_token(made["session"]["token"].as_str().unwrap())
    }

    /// Puts money into a wallet (minor units).
    pub async fn credit(&self, wallet: &str, minor: i64) {
        let amount = format!("{}.{:02}", minor / 100, minor % 100);
        self.operator
            .done(
                "mutation($i: WalletCreditInput!) { walletCredit(input: $i) { wallet { id } errors { code message path } } }",
                json!({"i": {"walletId": wallet, "amount": {"amount": amount, "currency": "CNY"}, "reference": "bank", "idempotencyKey": fresh("credit")}}),
            )
            .await;
    }

    /// The fixture's listing at a site.
    pub fn listing(&self, site: &Site) -> String {
        format!("lst_{}{}", &site.id[4..], &self.variant[4..])
    }

    /// An order's input at site B: so many for that total.
    pub fn order(&self, quantity: i32, total: &str, key: &str) -> Value {
        json!({"i": {
            "idempotencyKey": key, "lines": [{"listingId": self.listing(&self.b), "quantity": quantity}],
            "expectedTotal": {"amount": total, "currency": "CNY"}, "payWith": {"wallet": true},
        }})
    }

    /// The books balance, and the whole database is as it should be.
    pub async fn close(&self) {
        let books = self.operator.get("{ trialBalance { balanced } }", json!({})).await;
        assert_eq!(books["balanced"], json!(true));
    }
}

/// Opens a tenant under the caller's and signs its owner in.
pub async fn site(parent: &Client, kind: &str, prefix: &str, parent_id: Option<&str>) -> Site {
    let handle = fresh(prefix);
    let email = format!("owner@{handle}.example");
    let input = json!({"kind": kind, "handle": handle, "name": handle, "parentId": parent_id, "ownerEmail": email, "ownerPassword": "password"});
    let made = parent.done(TENANT_CREATE, json!({"i": input})).await;
    let owner = Client::anonymous(&parent.url, &handle).sign_in(&email, "password").await;
    Site { handle, id: id(&made["tenant"]), owner }
}

/// Places an order and asks for everything about it.
pub const ORDER_PLACE: &str = "mutation($i: OrderPlaceInput!) { orderPlace(input: $i) {
  order { id number status total { amount currency } refunded { amount } asOf
          lines { id title quantity unitPrice { amount } total { amount } supply { unitCost { amount } unitPrice { amount } unitProfit { amount } }
                  deliveries { id status deliveredAt warrantyEndsAt revealedAt } } }
  errors { __typename code message path
           ... on InsufficientFunds { missing { amount } } ... on OutOfStock { available }
           ... on PriceChanged { expected { amount } current { amount } } } } }";
