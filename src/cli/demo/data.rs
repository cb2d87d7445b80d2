//! What the demo network is made of. The files beside this one hold it; here is only how they read.

use crate::foundation::seal;
use anyhow::{Context, Result};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

#[derive(Deserialize)]
pub(super) struct Network {
    pub(super) operator: Operator,
    pub(super) tenants: Vec<Tenant>,
    pub(super) roles: Vec<Role>,
    pub(super) staff: Vec<Staff>,
    /// Hired when everything else is done: whoever finds them knows that the demo is whole.
    pub(super) last: Staff,
    pub(super) floats: Vec<Float>,
    pub(super) buyers: Vec<Buyer>,
    pub(super) caps: Vec<Cap>,
    pub(super) coupons: Vec<Coupon>,
    pub(super) rules: Vec<Rule>,
    pub(super) listings: Vec<Listing>,
}

#[derive(Deserialize)]
pub(super) struct Operator {
    pub(super) handle: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
pub(super) struct Tenant {
    pub(super) handle: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) under: String,
}

/// A role of a tenant's own.
#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) at: String,
    pub(super) name: String,
    pub(super) actions: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Staff {
    pub(super) at: String,
    pub(super) email: String,
    pub(super) name: String,
    /// A built-in role, or the name of one of the tenant's own.
    pub(super) role: String,
}

/// What a tenant's wallet begins with.
#[derive(Deserialize)]
pub(super) struct Float {
    pub(super) at: String,
    pub(super) amount: String,
}

#[derive(Deserialize)]
pub(super) struct Buyer {
    pub(super) at: String,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) amount: String,
}

/// What a site takes off its own price; basis points.
#[derive(Deserialize)]
pub(super) struct Coupon {
    pub(super) at: String,
    pub(super) code: String,
    pub(super) points: i32,
}

/// The most that a child site may add to its cost; basis points.
#[derive(Deserialize)]
pub(super) struct Cap {
    pub(super) parent: String,
    pub(super) child: String,
    pub(super) points: i32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) at: String,
    #[serde(default)]
    pub(super) everyone: bool,
    pub(super) child: Option<String>,
    /// One variant,
    pub(super) sku: Option<String>,
    /// or the product that has this one.
    pub(super) product: Option<String>,
    /// As `PriceRuleInput`, with amounts as text.
    pub(super) rule: Value,
    /// It hides a listing, as it should.
    #[serde(default)]
    pub(super) below_cost: bool,
}

#[derive(Deserialize)]
pub(super) struct Listing {
    pub(super) at: String,
    pub(super) sku: String,
    pub(super) title: Option<String>,
    #[serde(default)]
    pub(super) hidden: bool,
}

#[derive(Deserialize)]
pub(super) struct Good {
    pub(super) supplier: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) description: String,
    #[serde(default)]
    pub(super) fields: Vec<Value>,
    /// As `WarrantyPlanInput`, with the price as text.
    #[serde(default)]
    pub(super) plans: Vec<Value>,
    pub(super) variants: Vec<Variant>,
}

#[derive(Deserialize)]
pub(super) struct Variant {
    pub(super) sku: String,
    pub(super) title: String,
    pub(super) price: String,
    /// How many come into stock; none is delivered by hand.
    pub(super) cards: u32,
}

#[derive(Deserialize)]
pub(super) struct Story {
    pub(super) orders: Vec<Order>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Order {
    pub(super) buyer: String,
    /// SKU and quantity.
    pub(super) lines: Vec<(String, u32)>,
    /// Answers to the product's questions, on every line.
    #[serde(default)]
    pub(super) fields: Vec<(String, String)>,
    /// What the supplier hands over on the first line.
    #[serde(default)]
    pub(super) deliver: Vec<String>,
    #[serde(default)]
    pub(super) reveal: bool,
    #[serde(default)]
    pub(super) cancel: bool,
    /// With the first plan that each line's good is offered with.
    #[serde(default)]
    pub(super) plan: bool,
    pub(super) coupon: Option<String>,
    #[serde(default)]
    pub(super) claims: Vec<Claim>,
}

#[derive(Deserialize)]
pub(super) struct Claim {
    /// Which unit, counted over all lines.
    pub(super) unit: usize,
    pub(super) reason: String,
    pub(super) description: String,
    pub(super) wanted: String,
    /// Pictures that the buyer submits, by name.
    #[serde(default)]
    pub(super) evidence: Vec<String>,
    pub(super) steps: Vec<Step>,
}

/// Who does what, and what is said: `site`, `handOver`, the input without its claim.
#[derive(Deserialize)]
pub(super) struct Step(pub(super) String, pub(super) String, pub(super) Value);

pub(super) fn network() -> Result<Network> {
    read("network.json", include_str!("network.json"))
}

pub(super) fn goods() -> Result<Vec<Good>> {
    read("goods.json", include_str!("goods.json"))
}

pub(super) fn story() -> Result<Story> {
    read("story.json", include_str!("story.json"))
}

fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).with_context(|| format!("the demo's {name}"))
}

/// A variant's cards and how they are written down. The same each time, so that an import that was cut off
/// is the same import again. Cards with a number and a password come as CSV, the others as lines.
pub(super) fn cards(kind: &str, variant: &Variant) -> (&'static str, String) {
    let with_number = kind == "GIFT_CARD";
    let mut content = String::new();
    if with_number {
        content.push_str("secret,number,password,expires_at,note\n");
    }
    for at in 0..variant.cards {
        let random = seal::digest(&[b"the demo's cards", variant.sku.as_bytes(), &at.to_be_bytes()]);
        let (code, rest) = random.split_at(16);
        content += &code_of(code);
        if with_number {
            let number =
                rest.iter().fold(0_u64, |sum, byte| (sum * 256 + u64::from(*byte)) % 1_000_000_000_000);
            let row = format!(",6200{number:012},{:06},2029-12-31,demo", number % 999_983);
            content.push_str(&row);
        }
        content.push('\n');
    }
    (if with_number { "CSV" } else { "LINES" }, content)
}

// Four times four of 32 signs without those that are easily taken for another.
fn code_of(random: &[u8]) -> String {
    const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRTUVWXY";
    let mut code = String::with_capacity(random.len() * 5 / 4);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 4 == 0 {
            code.push('-');
        }
        code.push(char::from(SIGNS[usize::from(byte % 32)]));
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_files_read_and_name_only_what_is_there() {
        let (network, goods, story) = (network().unwrap(), goods().unwrap(), story().unwrap());
        let skus: HashSet<&str> =
            goods.iter().flat_map(|good| &good.variants).map(|variant| variant.sku.as_str()).collect();
        let buyers: HashSet<&str> = network.buyers.iter().map(|buyer| buyer.email.as_str()).collect();
        for rule in &network.rules {
            for sku in rule.sku.iter().chain(&rule.product) {
                assert!(skus.contains(sku.as_str()), "{sku}");
            }
        }
        for order in &story.orders {
            assert!(buyers.contains(order.buyer.as_str()), "{}", order.buyer);
            for (sku, _) in &order.lines {
                assert!(skus.contains(sku.as_str()), "{sku}");
            }
        }
        let kinds: HashSet<&str> = goods.iter().map(|good| good.kind.as_str()).collect();
        assert_eq!((kinds.len(), goods.len() >= 36), (6, true));
    }

    #[test]
    fn no_card_is_there_twice() {
        let mut seen = HashSet::new();
        for good in goods().unwrap() {
            for variant in &good.variants {
                let (_, content) = cards(&good.kind, variant);
                let codes = content.lines().filter(|line| line.contains('-'));
                for line in codes.filter(|line| !line.starts_with("secret")) {
                    assert!(seen.insert(line.split(',').next().unwrap().to_owned()), "{line}");
                }
            }
        }
        assert!(seen.len() >= 300, "{}", seen.len());
    }
}
