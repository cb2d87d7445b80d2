//! The file: what stands in it, in whose hand it is written and read.

use crate::{foundation::Moment, provenance::Hash};
use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a receipt's `type` says.
pub const TYPE: &str = "cardamom receipt";
/// The form that this version writes and reads.
pub const VERSION: i64 = 1;
/// The longest file that is read: one of a few thousand units.
pub const MAX_BYTES: usize = 32 << 20;

/// The whole file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct File {
    /// A [`Body`], as JSON: exactly what is there is signed.
    pub receipt: Value,
    /// Ed25519 by the log's key over [`message`], base64.
    pub signature: String,
}

/// What a receipt says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    /// [`TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// [`VERSION`].
    pub v: i64,
    /// Whose.
    pub network: Network,
    /// What was bought.
    pub order: Order,
    /// Each line.
    pub lines: Vec<Line>,
    /// What was shown in claims on the order.
    pub evidence: Vec<Evidence>,
    /// The signed head that every proof leads to.
    pub checkpoint: String,
    /// When that was signed.
    pub checkpoint_at: String,
    /// That the log under an earlier head, which whoever asked had kept, is the beginning of this one.
    pub growth: Option<Growth>,
}

/// The network, without its name: a site's buyers are told of nobody above it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Network {
    /// `net_…`
    pub id: String,
    /// The public key of its log, which signed this too.
    pub vkey: String,
    /// Where the log is published, on the server that this came from.
    pub log: String,
}

/// An order's head.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    /// `ord_…`
    pub id: String,
    /// For people.
    pub number: String,
    /// Where it was bought.
    pub site: Site,
    /// Where it stood.
    pub status: String,
    /// When.
    pub placed_at: String,
    /// ISO 4217.
    pub currency: String,
    /// What was paid; decimal.
    pub total: String,
    /// What of it had gone back; decimal.
    pub refunded: String,
}

/// The selling site.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Site {
    /// `ten_…`
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Line {
    /// `lin_…`
    pub id: String,
    /// What was agreed, whole: its hash is what each sale's leaf is committed to.
    pub terms: Value,
    /// Its units that were handed over, those that were replaced too.
    pub deliveries: Vec<Delivery>,
}

/// One unit.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// `dlv_…`
    pub id: String,
    /// Where it stood.
    pub status: String,
    /// When it was handed over.
    pub delivered_at: String,
    /// Until when a claim may be opened.
    pub warranty_ends_at: String,
    /// The delivery that it took the place of.
    pub replaces: Option<String>,
    /// What opens the commitment to what was sold.
    pub item: Item,
    /// What opens the commitments to this delivery and to its terms.
    pub salt: String,
    /// The leaf of its sale.
    pub leaf: LeafPart,
    /// From the leaf to the head, the lowest first.
    pub proof: Vec<String>,
}

/// What was sold, as the log knows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    /// A card's `crd_…`, or the delivery's own where it was handed over by hand.
    pub id: String,
    /// Base64.
    pub salt: String,
}

/// A leaf.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LeafPart {
    /// Its index.
    pub index: u64,
    /// What was hashed.
    pub data: String,
}

/// A file that was shown in a claim.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Evidence {
    /// `clm_…`
    pub claim: String,
    /// Of its bytes; hex.
    pub sha256: String,
}

/// That one log is the beginning of another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Growth {
    /// The size under the earlier head.
    pub from: u64,
    /// Base64 each.
    pub proof: Vec<String>,
}

/// What is signed: the canonical JSON of what a receipt says, behind a line that no head begins with.
pub fn message(canonical: &str) -> Vec<u8> {
    format!("{TYPE}\n{canonical}").into_bytes()
}

/// The short name of a receipt that says exactly this: it stands on the printed page too.
pub fn fingerprint(canonical: &str) -> Hash {
    Sha256::digest(message(canonical)).into()
}

/// A moment as receipts write it.
pub fn moment(at: Moment) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}
