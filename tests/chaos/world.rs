//! Who takes part: a network of three tiers with a busy site and others, buyers, goods, helpers.

use crate::{
    plan::Plan,
    support::{Client, Shop, Site, Terms, cny, fresh, id, listing_of, site},
};
use serde_json::{Value, json};
use std::sync::Mutex;

/// What a buyer begins with, in minor units.
pub const PURSE: i64 = 500_000;
/// What a site begins with.
const TILL: i64 = 20_000_000;
/// How many cards there are to begin with.
pub const STOCK: usize = 600;

/// Somebody who buys.
pub struct Buyer {
    /// Signed in at its site.
    pub client: Client,
    /// Where its money is.
    pub wallet: String,
    /// Which place it buys at.
    pub place: usize,
}

/// A site.
pub struct Place {
    /// With its owner.
    pub site: Site,
    /// Where its money is.
    pub wallet: String,
    /// What one of anything costs there, as far as its buyers know; minor units.
    pub price: Mutex<i64>,
    /// A member of its staff who may look, and is given more for a while.
    pub helper: tokio::sync::Mutex<Helper>,
}

/// One of a site's staff.
pub struct Helper {
    /// Signed in.
    pub client: Client,
    /// Its user.
    pub user: String,
}

/// All of them.
pub struct World {
    /// The network.
    pub shop: Shop,
    /// The busy site first.
    pub places: Vec<Place>,
    /// Those of the busy site first.
    pub buyers: Vec<Buyer>,
    /// What is handed over by hand.
    pub by_hand: String,
    /// What is always sold out.
    pub scarce: String,
}

impl World {
    /// Opens it, on a server that nothing has happened to yet.
    pub async fn open(url: &str, network: &str, plan: &Plan) -> Self {
        let shop = Shop::of(url, network, Terms::default()).await;
        // Profit is released while the run lasts.
        shop.settings(json!({"holdSeconds": 5})).await;
        let by_hand = shop.offer("TOP_UP", json!({})).await;
        let scarce = shop.offer("CARD", json!({})).await;
        let mut places = vec![Self::place(&shop, shop.b.clone()).await];
        for _ in 0..plan.sites {
            let made = site(&shop.a.owner, "SITE", "c", None).await;
            let approve = "mutation($t: ID!) { tenantApprove(input: {tenantId: $t}) { errors { code } } }";
            shop.operator.done(approve, json!({"t": made.id})).await;
            shop.price(&made.owner, json!({"rule": {"add": cny("3.00")}})).await;
            places.push(Self::place(&shop, made).await);
        }
        let mut buyers = Vec::new();
        for (at, place) in places.iter().enumerate() {
            for _ in 0..(if at == 0 { plan.hot_buyers } else { plan.buyers }) {
                let client = shop.buyer_at(&place.site, PURSE).await;
                let wallet = client.wallet_id().await;
                buyers.push(Buyer { client, wallet, place: at });
            }
        }
        shop.stock(STOCK).await;
        Self { shop, places, buyers, by_hand, scarce }
    }

    async fn place(shop: &Shop, site: Site) -> Place {
        let wallet = site.owner.wallet_id().await;
        shop.credit(&wallet, TILL).await;
        let email = format!("{}@staff.example", fresh("helper"));
        let input =
            json!({"email": email, "password": "password", "displayName": "Helper", "role": "auditor"});
        let create =
            "mutation($i: StaffCreateInput!) { staffCreate(input: $i) { user { id } errors { code } } }";
        let made = site.owner.done(create, json!({"i": input})).await;
        let client = Client::anonymous(&shop.url, &site.handle).sign_in(&email, "password").await;
        let helper = tokio::sync::Mutex::new(Helper { client, user: id(&made["user"]) });
        Place { site, wallet, price: Mutex::new(9_540), helper }
    }

    /// What was put in before the run began, in minor units.
    pub fn endowment(&self) -> i64 {
        i64::try_from(self.places.len()).unwrap() * TILL + i64::try_from(self.buyers.len()).unwrap() * PURSE
    }

    /// A listing at a place.
    pub fn listing(&self, place: usize, variant: &str) -> String {
        listing_of(&self.places[place].site, variant)
    }
}

/// An amount of so many minor units, as it is sent.
pub fn money(minor: i64) -> Value {
    cny(&format!("{}.{:02}", minor / 100, minor % 100))
}
