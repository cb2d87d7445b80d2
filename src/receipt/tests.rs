//! A receipt that is true, and every way in which one part of it is not.

use super::{
    canonical::canonical,
    file::{self, Body, Delivery, File, Growth, Item, LeafPart, Line, Network, Order, Site},
    issue::{Receipt, sign},
    link::Link,
    page,
    verify::{Known, Outcome, verify},
};
use crate::{
    foundation::{Moment, id::NetworkId, seal::Sealer},
    inventory::CardId,
    orders::{DeliveryId, LineId, OrderId, terms::Terms},
    provenance::{Hash, Leaf, LogKey, StepKind, leaf, merkle},
};
use serde_json::{Value, json};
use std::convert::Infallible;

struct World {
    key: LogKey,
    leaves: Vec<Hash>,
    receipt: Receipt,
}

fn node(leaves: &[Hash]) -> impl FnMut(u32, u64) -> Result<Hash, Infallible> + '_ {
    |height, index| {
        let first = usize::try_from(index << height).unwrap();
        Ok(merkle::root(&leaves[first..first + (1 << height)]))
    }
}

fn at() -> Moment {
    chrono::DateTime::from_timestamp_micros(1_760_000_000_123_456).unwrap()
}

// Two units of one line in a log of eleven leaves; a head of five was kept.
fn world() -> World {
    let network = NetworkId::fresh();
    let (_, key) = LogKey::fresh(&Sealer::new(&[9; 32]).unwrap(), network).unwrap();
    let terms = Terms {
        acknowledged: true,
        answer_seconds: 200,
        appeal_seconds: 86_400,
        covered_reasons: vec!["INVALID"],
        currency: "CNY".into(),
        decision_seconds: 600,
        discount: "0.00".into(),
        fulfilment: "STOCK",
        kind: "CARD",
        plan: None,
        quantity: 2,
        remedies: vec!["REPLACE", "REFUND"],
        replacement_limit: 3,
        required_evidence: vec!["SCREENSHOT"],
        terms_version: "00".into(),
        title: "Card <b>\u{201c}\u{4e00}\u{201d}".into(),
        total: "25.00".into(),
        unit_price: "12.50".into(),
        warranty_seconds: 3_600,
    };
    let mut leaves: Vec<Hash> = (0..11_u8).map(|n| merkle::leaf_hash(&[n])).collect();
    let units: Vec<(u64, Leaf, CardId, DeliveryId)> = [3, 8]
        .map(|index| {
            let (card, delivery) = (CardId::fresh(), DeliveryId::fresh());
            let salt = key.subject_salt(delivery.0);
            let leaf = Leaf {
                item: key.item(card.0),
                step_no: 2,
                kind: StepKind::Sold,
                at: at(),
                previous: Some([1; 32]),
                subject: Some(leaf::commit_subject(&salt, delivery.0)),
                terms: Some(leaf::commit_terms(&salt, &terms.hash().unwrap())),
            };
            (index, leaf, card, delivery)
        })
        .into();
    for (index, leaf, ..) in &units {
        leaves[usize::try_from(*index).unwrap()] = leaf.hash();
    }
    let deliveries = units
        .iter()
        .map(|(index, leaf, card, delivery)| {
            let Ok(proof) = merkle::inclusion(*index, 11, &mut node(&leaves));
            Delivery {
                id: delivery.to_string(),
                status: "DELIVERED".into(),
                delivered_at: file::moment(at()),
                warranty_ends_at: file::moment(at() + chrono::Duration::hours(1)),
                replaces: None,
                item: Item { id: card.to_string(), salt: leaf::written(&key.item_salt(card.0)) },
                salt: leaf::written(&key.subject_salt(delivery.0)),
                leaf: LeafPart { index: *index, data: leaf.data() },
                proof: proof.unwrap().iter().map(leaf::written).collect(),
            }
        })
        .collect();
    let Ok(growth) = merkle::consistency(5, 11, &mut node(&leaves));
    let body = Body {
        kind: file::TYPE.into(),
        v: file::VERSION,
        network: Network { id: network.to_string(), vkey: key.vkey().to_string(), log: "/log/mall/".into() },
        order: Order {
            id: OrderId::fresh().to_string(),
            number: "ABCDE12345".into(),
            site: Site { id: "ten_1".into(), name: "A \"shop\" & more".into() },
            status: "DELIVERED".into(),
            placed_at: file::moment(at()),
            currency: "CNY".into(),
            total: "25.00".into(),
            refunded: "0.00".into(),
        },
        lines: vec![Line {
            id: LineId::fresh().to_string(),
            terms: serde_json::to_value(&terms).unwrap(),
            deliveries,
        }],
        evidence: vec![],
        checkpoint: key.checkpoint(11, merkle::root(&leaves)),
        checkpoint_at: file::moment(at()),
        growth: Some(Growth { from: 5, proof: growth.unwrap().iter().map(leaf::written).collect() }),
    };
    let receipt = sign(&key, body, 11).unwrap();
    World { key, leaves, receipt }
}

impl World {
    // The file with one thing changed, as it was signed.
    fn forged(&self, pointer: &str, value: Value) -> String {
        let mut file: Value = serde_json::from_str(&self.receipt.text).unwrap();
        *file.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
        file.to_string()
    }

    // The same, signed again by whoever holds the key: a lying operator.
    fn resigned(&self, pointer: &str, value: Value) -> String {
        let file: File = serde_json::from_str(&self.forged(pointer, value)).unwrap();
        sign(&self.key, serde_json::from_value(file.receipt).unwrap(), 11).unwrap().text
    }

    fn get(&self, pointer: &str) -> Value {
        let file: Value = serde_json::from_str(&self.receipt.text).unwrap();
        file.pointer(pointer).unwrap().clone()
    }
}

fn wrong(text: &str) -> Vec<String> {
    let verdict = verify(text, Known::default()).unwrap();
    verdict
        .wrong()
        .into_iter()
        .map(|part| part.split_once(": ").map_or(part, |(_, what)| what).to_owned())
        .collect()
}

#[test]
fn a_true_receipt_is_true_however_it_is_laid_out() {
    let world = world();
    let verdict = verify(&world.receipt.text, Known::default()).unwrap();
    assert!(verdict.is_true(), "{:?}", verdict.wrong());
    assert_eq!((verdict.under, verdict.fingerprint), (11, world.receipt.fingerprint));
    let compact: Value = serde_json::from_str(&world.receipt.text).unwrap();
    assert!(verify(&compact.to_string(), Known::default()).unwrap().is_true());
    let key = world.key.vkey().to_string();
    let known = Known { vkey: Some(&key), checkpoint: None };
    assert!(verify(&world.receipt.text, known).unwrap().is_true());
}

#[test]
fn whatever_is_altered_breaks_the_signature() {
    let world = world();
    for (pointer, value) in [
        ("/receipt/order/refunded", json!("1.00")),
        ("/receipt/order/site/name", json!("Another")),
        ("/receipt/lines/0/deliveries/0/warranty_ends_at", json!("2030-01-01T00:00:00.000000Z")),
        ("/receipt/evidence", json!([{"claim": "clm_1", "sha256": "00"}])),
    ] {
        assert_eq!(wrong(&world.forged(pointer, value)), ["signature"], "{pointer}");
    }
    assert_eq!(wrong(&world.forged("/signature", json!("AAAA"))), ["signature"]);
}

#[test]
fn no_byte_of_a_receipt_can_be_another() {
    let world = world();
    let text = serde_json::from_str::<Value>(&world.receipt.text).unwrap().to_string();
    assert!(verify(&text, Known::default()).unwrap().is_true());
    let mut read = 0;
    for at in (0..text.len()).step_by(3) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        let Some(verdict) =
            String::from_utf8(bytes).ok().and_then(|text| verify(&text, Known::default()).ok())
        else {
            continue;
        };
        read += 1;
        assert!(!verdict.is_true(), "byte {at} was altered: {}", &text[..at]);
    }
    assert!(read > 500, "only {read} could be read");
}

#[test]
fn whoever_holds_the_key_is_caught_by_the_log() {
    let world = world();
    let first = "/receipt/lines/0/deliveries/0";
    let other = LogKey::fresh(&Sealer::new(&[9; 32]).unwrap(), NetworkId::fresh()).unwrap().1;
    for (pointer, value, parts) in [
        ("/receipt/lines/0/terms/warranty_seconds".to_owned(), json!(60), vec!["terms", "terms"]),
        ("/receipt/lines/0/terms/title".into(), json!("Other"), vec!["terms", "terms"]),
        ("/receipt/order/total".into(), json!("24.00"), vec!["order"]),
        (format!("{first}/id"), json!(DeliveryId::fresh().to_string()), vec!["commitment"]),
        (format!("{first}/item/id"), json!(CardId::fresh().to_string()), vec!["item"]),
        (format!("{first}/item/salt"), json!(leaf::written(&[1; 32])), vec!["item"]),
        (format!("{first}/salt"), json!(leaf::written(&[1; 32])), vec!["commitment", "terms"]),
        (format!("{first}/delivered_at"), json!("2025-10-09T08:53:20.123457Z"), vec!["sale"]),
        (format!("{first}/leaf/index"), json!(4), vec!["inclusion"]),
        (format!("{first}/proof/1"), json!(leaf::written(&[1; 32])), vec!["inclusion"]),
        (format!("{first}/proof/1"), json!("no hash"), vec!["inclusion"]),
        (
            "/receipt/checkpoint".into(),
            json!(world.key.checkpoint(11, [1; 32])),
            vec!["inclusion", "inclusion"],
        ),
        ("/receipt/checkpoint".into(), json!("x"), vec!["checkpoint", "inclusion", "inclusion"]),
        ("/receipt/network/id".into(), json!(NetworkId::fresh().to_string()), vec!["key"]),
        (format!("{first}/replaces"), json!(null), vec![]),
    ] {
        assert_eq!(wrong(&world.resigned(&pointer, value)), parts, "{pointer}");
    }
    let vkey = json!(other.vkey().to_string());
    let parts = wrong(&world.resigned("/receipt/network/vkey", vkey));
    assert_eq!(parts[..3], ["key", "signature", "checkpoint"]);
    // One card for two units.
    let twice = world.resigned("/receipt/lines/0/deliveries/1", world.get(first));
    assert_eq!(wrong(&twice), ["sold once"]);
    // A leaf of something else that happened to it.
    let mut data = world.get(&format!("{first}/leaf/data")).as_str().unwrap().to_owned();
    data = data.replace("SOLD", "VOIDED");
    assert_eq!(wrong(&world.resigned(&format!("{first}/leaf/data"), json!(data))), ["sale", "inclusion"]);
    // More units than were bought.
    let more = world.resigned("/receipt/lines/0/terms/quantity", json!(1));
    assert!(verify(&more, Known::default()).unwrap().wrong()[0].starts_with("line lin_"));
}

#[test]
fn a_head_that_was_kept_shows_another_log() {
    let world = world();
    let against = |kept: &str| {
        let known = Known { checkpoint: Some(kept), vkey: None };
        let verdict = verify(&world.receipt.text, known).unwrap();
        verdict.checks.into_iter().find(|check| check.part == "kept checkpoint").unwrap().outcome
    };
    let head = |size: usize| world.key.checkpoint(size as u64, merkle::root(&world.leaves[..size]));
    assert_eq!(against(&head(11)), Outcome::True);
    assert_eq!(against(&head(5)), Outcome::True);
    assert!(matches!(against(&head(4)), Outcome::Untold(_)));
    assert!(matches!(against(&world.key.checkpoint(12, [1; 32])), Outcome::Untold(_)));
    for lie in [world.key.checkpoint(11, [1; 32]), world.key.checkpoint(5, [1; 32]), "x".into()] {
        assert!(matches!(against(&lie), Outcome::Wrong(_)), "{lie}");
    }
    let known = Known { vkey: Some("another"), checkpoint: None };
    assert_eq!(verify(&world.receipt.text, known).unwrap().wrong(), ["key"]);
}

#[test]
fn what_is_no_receipt_is_said_to_be_none() {
    let world = world();
    for text in [
        String::new(),
        "[]".into(),
        "{".into(),
        "[".repeat(100_000),
        world.forged("/receipt", json!({})),
        world.forged("/receipt/v", json!(2)),
        world.forged("/receipt/type", json!("a letter")),
        world.forged("/receipt/v", json!(1.5)),
        world.forged("/receipt/lines/0/deliveries/0/leaf/index", json!(-1)),
        " ".repeat(file::MAX_BYTES + 1),
    ] {
        assert!(verify(&text, Known::default()).is_err(), "{}", &text[..text.len().min(80)]);
    }
}

#[test]
fn canonical_json_has_one_form() {
    let value: Value =
        serde_json::from_str(r#"{ "b": [1, -2, true, null], "a": {"é": "\u00e9\n\"", "": ""} }"#).unwrap();
    assert_eq!(canonical(&value).unwrap(), "{\"a\":{\"\":\"\",\"é\":\"é\\n\\\"\"},\"b\":[1,-2,true,null]}");
    assert_eq!(canonical(&json!([1.5])), None);
}

#[test]
fn terms_are_serialised_in_canonical_form() {
    let world = world();
    let terms = world.receipt.body.lines[0].terms.clone();
    let again: Value = serde_json::from_str(&canonical(&terms).unwrap()).unwrap();
    assert_eq!(canonical(&terms), canonical(&again));
    assert_eq!(canonical(&terms).unwrap(), serde_json::to_string(&terms).unwrap());
}

#[test]
fn a_page_runs_nothing_and_shows_text_as_text() {
    let world = world();
    let page = page::page(&world.receipt, "/receipts/x/file").unwrap();
    assert!(!page.html.contains("<b>") && page.html.contains("Card &lt;b&gt;"));
    assert!(page.html.contains("A &quot;shop&quot; &amp; more"));
    assert!(!page.html.contains("<script") && !page.html.contains("<?xml") && page.html.contains("<svg"));
    assert!(page.html.contains(&page::code(&world.receipt)));
    assert!(page.policy.starts_with("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn a_link_opens_what_it_was_made_for() {
    let sealer = Sealer::new(&[1; 32]).unwrap();
    let link = Link { network: NetworkId::fresh(), order: OrderId::fresh(), under: 7, until: 1_800_000_000 };
    let path = link.path(&sealer);
    let token = path.strip_prefix("/receipts/").unwrap();
    assert_eq!(Link::read(&sealer, token), Some(link));
    assert_eq!(Link::read(&Sealer::new(&[2; 32]).unwrap(), token), None);
    assert_eq!(Link::read(&sealer, &token[1..]), None);
    assert_eq!(Link::read(&sealer, &sealer.seal_token("orders", b"x")), None);
}
