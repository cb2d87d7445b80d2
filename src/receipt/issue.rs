//! Makes a receipt: everything in one snapshot of the database, the same again as long as nothing has changed.

use super::{
    canonical::canonical,
    file::{self, Body, Delivery, Evidence, File, Growth, Item, LeafPart, Line, Network, Order, Site},
};
use crate::{
    evidence,
    foundation::{
        Conn, Currency, Db, Fault, Moment, Money, No, RefusalCode, Tx, blobs,
        id::{NetworkId, TenantId},
    },
    inventory::CardId,
    orders::{
        OrderId, OrderStatus,
        terms::{self, Handed, LineRow},
    },
    provenance::{
        Hash, LogKey, LogKeys, StepKind, leaf,
        read::{self, Entry, Head},
        runner,
    },
    warranty::ClaimId,
};
use std::{collections::HashMap, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// The most units that a receipt proves.
pub const MAX_UNITS: usize = 5_000;
/// How long is waited for a sale to come under a signed head: the runner writes what is there within a second.
const WITHIN: Duration = Duration::from_secs(3);
const AGAIN: Duration = Duration::from_millis(100);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// The order; that the caller may have its receipt has been decided.
    pub order: OrderId,
    /// Under the head of that size, where all of it is; under the newest otherwise.
    pub under: Option<u64>,
    /// The size of a head that the caller has kept: the receipt proves that the log has only grown since.
    pub since: Option<u64>,
}

/// A receipt.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// What the file is called.
    pub file_name: String,
    /// The file.
    pub text: String,
    /// What it says.
    pub body: Body,
    /// The short name of what it says.
    pub fingerprint: Hash,
    /// The size of the head that it leads to.
    pub under: u64,
}

/// Issues a receipt. Where a sale is not under a signed head yet, writes the log and signs it now, and waits for 3 s
/// at most.
///
/// # Errors
/// NOT_FOUND at `orderId`; INVALID_INPUT at `since` where no head of that size was signed, or it is not behind the
/// receipt's own; INVALID_TRANSITION where nothing has been handed over; LIMIT_EXCEEDED for more than [`MAX_UNITS`];
/// TEMPORARILY_UNAVAILABLE where the log is not there yet.
pub async fn issue(db: &Db, keys: &LogKeys, network: NetworkId, wanted: Wanted) -> Result<Receipt, No> {
    let until = Instant::now() + WITHIN;
    loop {
        let mut tx = db.snapshot(network).await?;
        if let Some(receipt) = attempt(&mut tx, keys, network, wanted).await? {
            return Ok(receipt);
        }
        drop(tx);
        if Instant::now() >= until {
            let why = "the sale is not under a signed head of the log yet; ask again shortly";
            return Err(No::because(RefusalCode::TemporarilyUnavailable, why, "orderId"));
        }
        runner::hurry(db, keys, network).await?;
        tokio::time::sleep(AGAIN).await;
    }
}

crate::row! {
    /// The order's head with what surrounds it.
    pub struct Found {
        /// Where it stands.
        pub status: OrderStatus,
        /// For people.
        pub number: String,
        /// When.
        pub placed_at: Moment,
        /// Minor units.
        pub total: i64,
        /// Minor units.
        pub refunded: i64,
        /// The site.
        pub site_id: TenantId,
        /// Its name.
        pub site_name: String,
        /// The network's currency.
        pub currency: String,
    }
}

// None where the log has not got so far.
async fn attempt(
    tx: &mut Tx,
    keys: &LogKeys,
    network: NetworkId,
    wanted: Wanted,
) -> Result<Option<Receipt>, No> {
    let found = find(tx, network, wanted.order).await?.ok_or_else(|| No::not_found("orderId"))?;
    let handed = terms::handed(tx, network, wanted.order).await?;
    if handed.is_empty() {
        let why = "nothing of the order has been handed over";
        return Err(No::because(RefusalCode::InvalidTransition, why, "orderId"));
    }
    if handed.len() > MAX_UNITS {
        let why = format!("a receipt proves at most {MAX_UNITS} units");
        return Err(No::because(RefusalCode::LimitExceeded, why, "orderId"));
    }
    let Some(key) = keys.find(tx, network).await? else { return Ok(None) };
    let items: Vec<Uuid> = handed.iter().map(Handed::item).collect();
    let in_log = read::sales(tx, network, &key, &items).await?;
    let mut found_under = None;
    for size in [wanted.under.map(Some), Some(None)].into_iter().flatten() {
        if let Some(head) = read::head(tx, network, size).await?
            && let Some(sales) = sales(&key, &handed, &in_log, &head)
        {
            found_under = Some((head, sales));
            break;
        }
    }
    let Some((head, sales)) = found_under else { return Ok(None) };
    let indexes: Vec<u64> = sales.iter().map(|sale| sale.index).collect();
    let proofs = read::prove(tx, network, head.size, &indexes).await?;
    let growth = match wanted.since {
        Some(since) => Some(grown(tx, network, since, &head).await?),
        None => None,
    };
    let lines = terms::lines(tx, network, &[wanted.order]).await?;
    let evidence = evidence(tx, network, wanted.order).await?;
    let units: Vec<_> = handed.iter().zip(sales).zip(proofs).collect();
    let lines = lines
        .iter()
        .map(|line| {
            let deliveries = units
                .iter()
                .filter(|((unit, _), _)| unit.line_no == line.line_no)
                .map(|((unit, sale), proof)| delivery(&key, unit, sale, proof))
                .collect();
            line_of(line, deliveries)
        })
        .collect::<Result<Vec<_>, Fault>>()?;
    let currency = Currency::of(&found.currency).map_err(|why| Fault::new(why.0))?;
    let body = Body {
        kind: file::TYPE.into(),
        v: file::VERSION,
        network: Network { id: network.to_string(), vkey: key.vkey().to_string(), log: log_path(network) },
        order: Order {
            id: wanted.order.to_string(),
            number: found.number,
            site: Site { id: found.site_id.to_string(), name: found.site_name },
            status: found.status.word().into(),
            placed_at: file::moment(found.placed_at),
            currency: currency.code().into(),
            total: Money::new(found.total, currency).decimal(),
            refunded: Money::new(found.refunded, currency).decimal(),
        },
        lines,
        evidence,
        checkpoint: head.note,
        checkpoint_at: file::moment(head.signed_at),
        growth,
    };
    Ok(Some(sign(&key, body, head.size)?))
}

/// Where a network's log is published.
pub fn log_path(network: NetworkId) -> String {
    format!("/log/{network}/")
}

/// Signs what a receipt says.
///
/// # Errors
/// [`Fault`] when it can't be written.
pub fn sign(key: &LogKey, body: Body, under: u64) -> Result<Receipt, Fault> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let receipt = serde_json::to_value(&body)?;
    let canonical = canonical(&receipt).ok_or_else(|| Fault::new("a receipt with a fraction"))?;
    let signature = STANDARD.encode(key.sign(&file::message(&canonical)));
    let text = serde_json::to_string_pretty(&File { receipt, signature })? + "\n";
    Ok(Receipt {
        file_name: format!("receipt-{}.json", body.order.number),
        text,
        fingerprint: file::fingerprint(&canonical),
        under,
        body,
    })
}

// The leaf of each unit's sale, in their order; none where one is not under the head.
fn sales<'a>(
    key: &LogKey,
    handed: &[Handed],
    in_log: &'a HashMap<Uuid, Vec<Entry>>,
    head: &Head,
) -> Option<Vec<&'a Entry>> {
    handed
        .iter()
        .map(|unit| {
            let delivery = unit.delivery_id.0;
            let subject = leaf::commit_subject(&key.subject_salt(delivery), delivery);
            in_log.get(&unit.item())?.iter().find(|entry| {
                entry.leaf.kind == StepKind::Sold
                    && entry.leaf.subject == Some(subject)
                    && entry.index < head.size
            })
        })
        .collect()
}

async fn grown(db: &mut Conn, network: NetworkId, since: u64, head: &Head) -> Result<Growth, No> {
    let unknown = |why: &str| No::invalid(why, "since");
    if since > head.size {
        return Err(unknown("is the size of a head that is not behind the receipt's"));
    }
    if read::head(db, network, Some(since)).await?.is_none() {
        return Err(unknown("is not the size of a head that was signed"));
    }
    let proof = read::prove_growth(db, network, since, head.size).await?;
    let proof = proof.ok_or_else(|| Fault::new("a signed head that no proof leads from"))?;
    Ok(Growth { from: since, proof: proof.iter().map(leaf::written).collect() })
}

// What was shown in claims on the order, as far as whoever asks may see it.
async fn evidence(db: &mut Conn, network: NetworkId, order: OrderId) -> Result<Vec<Evidence>, Fault> {
    let shown = evidence::read::hashes(db, network, order.0).await?;
    Ok(shown
        .into_iter()
        .map(|(claim, sha256)| Evidence { claim: ClaimId(claim).to_string(), sha256: blobs::hex(&sha256) })
        .collect())
}

fn line_of(line: &LineRow, deliveries: Vec<Delivery>) -> Result<Line, Fault> {
    Ok(Line { id: line.line_id.to_string(), terms: serde_json::to_value(line.terms()?)?, deliveries })
}

fn delivery(key: &LogKey, unit: &Handed, sale: &Entry, proof: &[Hash]) -> Delivery {
    let item = unit.item();
    Delivery {
        id: unit.delivery_id.to_string(),
        status: unit.status.word().into(),
        delivered_at: file::moment(unit.delivered_at),
        warranty_ends_at: file::moment(unit.warranty_ends_at),
        replaces: unit.replaces_id.map(|id| id.to_string()),
        item: Item {
            id: unit.card_id.map_or(unit.delivery_id.to_string(), |card: CardId| card.to_string()),
            salt: leaf::written(&key.item_salt(item)),
        },
        salt: leaf::written(&key.subject_salt(unit.delivery_id.0)),
        leaf: LeafPart { index: sale.index, data: sale.data.clone() },
        proof: proof.iter().map(leaf::written).collect(),
    }
}

async fn find(db: &mut Conn, network: NetworkId, order: OrderId) -> Result<Option<Found>, Fault> {
    Ok(sqlx::query_as(
        "select o.status, o.number, o.placed_at, o.total, o.refunded, o.site_id, s.name as site_name, n.currency
           from orders o
           join tenant s on s.network_id = o.network_id and s.tenant_id = o.site_id
           join network n on n.network_id = o.network_id
          where o.network_id = $1 and o.order_id = $2",
    )
    .bind(network)
    .bind(order)
    .fetch_optional(db)
    .await?)
}
