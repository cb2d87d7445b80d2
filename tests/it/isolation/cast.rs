//! Networks, goods and buyers of a world: what is opened, whatever may be seen of it.

use crate::support::{Client, ORDER_PLACE, Server, Site, fresh, id, site};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A listing's id.
pub fn listing(site: &str, variant: &str) -> String {
    format!("lst_{}{}", &site[4..], &variant[4..])
}

/// A network with its tenants by name.
pub struct Network {
    /// Who runs it.
    pub operator: Site,
    /// Its sites and suppliers.
    pub tenants: BTreeMap<&'static str, Site>,
}

impl Network {
    pub async fn open(server: &Server, sites: &[&'static str], suppliers: &[&'static str]) -> Self {
        let handle = fresh("op");
        server.create_network(&handle);
        let owner = Client::anonymous(&server.url, &handle);
        let owner = owner.sign_in(&format!("owner@{handle}.example"), "password").await;
        let me = owner.get("{ storefront { id } }", json!({})).await;
        let operator = Site { handle, id: id(&me), owner };
        let mut tenants = BTreeMap::new();
        for (kind, names) in [("SITE", sites), ("SUPPLIER", suppliers)] {
            for name in names {
                tenants.insert(*name, site(&operator.owner, kind, name, None).await);
            }
        }
        Self { operator, tenants }
    }

    pub fn of(&self, name: &str) -> &Site {
        &self.tenants[name]
    }
}

/// What is sold in both.
pub struct Goods {
    pub card: Product,
    pub top_up: Product,
    pub foreign: Product,
}

/// A product with one variant.
pub struct Product {
    pub id: String,
    pub variant: String,
    pub title: String,
    pub supplier: Client,
}

impl Product {
    pub async fn write(supplier: &Client, kind: &str, price: &str) -> Self {
        let title = fresh("goods");
        let fields =
            if kind == "TOP_UP" { json!([{"name": "account", "label": "Account"}]) } else { json!([]) };
        let input = json!({
            "title": title, "kind": kind, "fields": fields,
            "variants": [{"sku": fresh("sku"), "title": "100", "settlementPrice": {"amount": price, "currency": "CNY"}}],
        });
        let made = supplier.done("mutation($i: ProductCreateInput!) { productCreate(input: $i) { product { id variants { id } } errors { code message path } } }", json!({"i": input})).await;
        let variant = id(&made["product"]["variants"][0]);
        Self { id: id(&made["product"]), variant, title, supplier: supplier.clone() }
    }

    pub async fn approve(&self, operator: &Client, note: &str) {
        self.supplier
            .done(
                "mutation($p: ID!) { productSubmit(input: {productId: $p}) { errors { code message } } }",
                json!({"p": self.id}),
            )
            .await;
        operator
            .done("mutation($p: ID!, $n: String) { productApprove(input: {productId: $p, note: $n}) { errors { code message } } }", json!({"p": self.id, "n": note}))
            .await;
    }
}

/// A customer of a site, with money.
pub struct Buyer {
    pub client: Client,
    pub id: String,
    pub email: String,
    pub wallet: String,
}

impl Buyer {
    pub async fn open(operator: &Client, site: &Site) -> Self {
        let anonymous = Client::anonymous(&operator.url, &site.handle);
        let email = format!("{}@buyers.example", fresh("buyer"));
        let input = json!({"i": {"email": email, "password": "password", "displayName": "Buyer"}});
        let made = anonymous.done("mutation($i: BuyerRegisterInput!) { buyerRegister(input: $i) { session { token } viewer { user { id } wallet { id } } errors { code message path } } }", input).await;
        let wallet = id(&made["viewer"]["wallet"]);
        let amount = json!({"amount": "1000.00", "currency": "CNY"});
        let input = json!({"i": {"walletId": wallet, "amount": amount, "reference": "bank", "idempotencyKey": fresh("key")}});
        operator.done("mutation($i: WalletCreditInput!) { walletCredit(input: $i) { wallet { id } errors { code message path } } }", input).await;
        let client = anonymous.with_token(made["session"]["token"].as_str().unwrap());
        Self { client, id: id(&made["viewer"]["user"]).replace("usr_", "buy_"), email, wallet }
    }

    pub async fn order(&self, site: &str, lines: &[(String, Option<String>)], total: &str) -> Value {
        let lines: Vec<Value> = lines
            .iter()
            .map(|(variant, answer)| {
                let fields: Vec<Value> =
                    answer.iter().map(|value| json!({"name": "account", "value": value})).collect();
                json!({"listingId": listing(site, variant), "quantity": 1, "fields": fields})
            })
            .collect();
        let input = json!({"i": {"idempotencyKey": fresh("key"), "lines": lines, "expectedTotal": {"amount": total, "currency": "CNY"}, "payWith": {"wallet": true}}});
        self.client.done(ORDER_PLACE, input).await["order"].clone()
    }
}
