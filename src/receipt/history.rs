//! Who may ask for what: the history of a delivery for its parties, a receipt for those who sold and bought.

use super::{
    issue::{self, Receipt, Wanted},
    link::{self, GOOD_FOR, Link},
};
use crate::{
    access::{Permit, TenantKind},
    foundation::{Db, Fault, No, Scope},
    orders::{DeliveryId, OrderId, terms, view},
    provenance::{
        Hash, LogKeys,
        read::{self, Entry, Head},
    },
};

/// One step, and whether it is under a signed head.
#[derive(Clone, Debug)]
pub struct Proved {
    /// The step.
    pub entry: Entry,
    /// From its leaf to the head, the lowest first; none where it is not under one yet.
    pub proof: Option<Vec<Hash>>,
}

/// What became of what was handed over.
#[derive(Clone, Debug)]
pub struct History {
    /// Its steps that are in the log, the first first.
    pub steps: Vec<Proved>,
    /// The newest signed head.
    pub head: Option<Head>,
    /// Where the log is published.
    pub log: String,
}

/// The history of what a delivery handed over, from its import on: the steps behind that number, at most
/// [`read::MAX_STEPS`]; none where the delivery is missing, not handed over yet, or another's.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn history(
    db: &Db,
    keys: &LogKeys,
    permit: &Permit,
    delivery: DeliveryId,
    after: i32,
) -> Result<Option<History>, Fault> {
    let network = permit.network();
    let mut tx = db.begin(permit.scope()).await?;
    let item = terms::item_of(&mut tx, network, delivery).await?;
    drop(tx);
    let Some(item) = item else { return Ok(None) };
    let mut tx = db.snapshot(network).await?;
    let log = issue::log_path(network);
    let Some(key) = keys.find(&mut tx, network).await? else {
        return Ok(Some(History { steps: Vec::new(), head: None, log }));
    };
    let head = read::head(&mut tx, network, None).await?;
    let entries = read::history(&mut tx, network, &key, item, after).await?;
    let size = head.as_ref().map_or(0, |head| head.size);
    let under: Vec<u64> = entries.iter().map(|entry| entry.index).filter(|index| *index < size).collect();
    let mut proofs = read::prove(&mut tx, network, size, &under).await?.into_iter();
    let steps = entries
        .into_iter()
        .map(|entry| {
            let proof = if entry.index < size { proofs.next() } else { None };
            Proved { entry, proof }
        })
        .collect();
    Ok(Some(History { steps, head, log }))
}

/// A receipt of an order with a link to it as a page; none where the order is missing, or the caller is neither its
/// buyer, nor at its selling site, nor the operator.
///
/// # Errors
/// As [`issue`](issue::issue).
pub async fn receipt(
    db: &Db,
    keys: &LogKeys,
    permit: &Permit,
    order: OrderId,
    since: Option<u64>,
) -> Result<Option<(Receipt, Link)>, No> {
    let (network, place) = (permit.network(), permit.place());
    let mut tx = db.begin(permit.scope()).await?;
    let seen = view::find_many(&mut tx, network, &[order]).await?.pop();
    drop(tx);
    // What is above the site has other prices, and a supplier other lines.
    let may =
        seen.is_some_and(|seen| place.kind == TenantKind::Operator || seen.head.site_id == place.tenant);
    if !may {
        return Ok(None);
    }
    let receipt = issue::issue(db, keys, network, Wanted { order, under: None, since }).await?;
    let mut tx = db.begin(Scope::Network(network)).await?;
    let until = link::now(&mut tx).await? + GOOD_FOR;
    let link = Link { network, order, under: receipt.under, until };
    Ok(Some((receipt, link)))
}

/// The receipt that a link opens; none where the link is over.
///
/// # Errors
/// As [`issue`](issue::issue).
pub async fn linked(db: &Db, keys: &LogKeys, link: Link) -> Result<Option<Receipt>, No> {
    let mut tx = db.begin(Scope::Network(link.network)).await?;
    let over = link::now(&mut tx).await? >= link.until;
    drop(tx);
    if over {
        return Ok(None);
    }
    Ok(Some(issue::issue(db, keys, link.network, link.wanted()).await?))
}
