//! Writes what is queued to the logs, and signs their heads.
//!
//! Every process runs one; the [`Turn`] lets one at a time work. A batch is one transaction: rows leave the queue,
//! leaves, tiles and edges are written, heads signed, or nothing is. A process that is killed leaves the next batch
//! to another.

use super::{
    keys::{LogKey, LogKeys},
    leaf::{self, Leaf},
    merkle::{Hash, leaf_hash},
    store::{self, Queued, Rows},
    tiles::TileId,
};
use crate::foundation::{Conn, Db, Fault, Scope, Turn, id::NetworkId};
use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Writing to the logs.
pub const TURN: Turn = Turn::named(*b"\0provlog");

/// How many steps one transaction writes, about: a row of the queue is never divided.
const STEPS: i64 = 2_000;
/// A log that grows has its head signed this often. Whoever needs one at once [hurries](hurry).
const SIGN_EVERY: Duration = Duration::from_secs(10);
/// Let some gather: what a batch costs is mostly the same for one step and for a hundred.
const LINGER: Duration = Duration::from_millis(250);
/// The first look after something was there, doubled each time there is nothing …
const SOON: Duration = Duration::from_millis(100);
/// … up to this.
const IDLE: Duration = Duration::from_millis(500);
/// The longest pause while the database is away.
const AWAY: Duration = Duration::from_secs(3);
/// A step that waits longer than this is worth a warning …
const LATE: Duration = Duration::from_mins(1);
/// … this often.
const WARN_EVERY: Duration = Duration::from_mins(1);
/// How long who needs a signed head waits for another's turn.
const TURN_WITHIN: Duration = Duration::from_millis(50);

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Advanced {
    /// Another process was at work; nothing was done.
    pub not_ours: bool,
    /// Leaves written.
    pub leaves: usize,
    /// Heads signed.
    pub signed: usize,
}

/// Writes one batch and signs what is due, and the head of `at_once` if it has grown.
///
/// # Errors
/// [`Fault`] when the database refuses; then nothing has happened.
pub async fn advance(db: &Db, keys: &LogKeys, at_once: Option<NetworkId>) -> Result<Advanced, Fault> {
    let mut tx = db.begin_steady(Scope::Installation).await?;
    if !TURN.take(&mut tx).await? {
        return Ok(Advanced { not_ours: true, ..Advanced::default() });
    }
    let mut by_network: BTreeMap<NetworkId, Vec<Queued>> = BTreeMap::new();
    for row in store::take(&mut tx, STEPS).await? {
        by_network.entry(row.network_id).or_default().push(row);
    }
    let mut done = Advanced::default();
    for (network, rows) in by_network {
        let key = keys.find_or_make(&mut tx, network).await?;
        done.leaves += write(&mut tx, network, &key, &rows).await?;
    }
    for network in store::unsigned_logs(&mut tx, SIGN_EVERY, at_once).await? {
        let key = keys.find_or_make(&mut tx, network).await?;
        let Some(edge) = store::edge(&mut tx, network).await? else { continue };
        let note = key.checkpoint(edge.size(), edge.head());
        store::keep_checkpoint(&mut tx, network, edge.size(), &note).await?;
        done.signed += 1;
    }
    if done != Advanced::default() {
        tx.commit().await?;
    }
    Ok(done)
}

// A network's rows as leaves, each with its place in its item's history.
async fn write(db: &mut Conn, network: NetworkId, key: &LogKey, queued: &[Queued]) -> Result<usize, Fault> {
    let mut edge = store::edge(db, network).await?.ok_or_else(|| Fault::new("a log without an edge"))?;
    let first = edge.size();
    let items: Vec<Hash> =
        queued.iter().flat_map(|row| row.items.iter().map(|item| key.item(*item))).collect();
    let mut last: HashMap<Hash, (i32, Hash)> = HashMap::new();
    for (item, step_no, data) in store::last_steps(db, network, &items).await? {
        let item = item.try_into().map_err(|_| Fault::new("a commitment is not one"))?;
        last.insert(item, (step_no, leaf_hash(data.as_bytes())));
    }
    let mut rows = Rows::default();
    let mut full: Vec<(TileId, Vec<u8>)> = Vec::new();
    let mut commitments = items.into_iter();
    for row in queued {
        for (at, item) in (0..row.items.len()).zip(&mut commitments) {
            let before = last.get(&item).copied();
            let salted = row.subjects.as_ref().and_then(|subjects| subjects.get(at)).map(|subject| {
                let salt = key.subject_salt(*subject);
                let terms = row.terms.as_ref().and_then(|terms| terms.get(at)?.as_slice().try_into().ok());
                (leaf::commit_subject(&salt, *subject), terms.map(|terms| leaf::commit_terms(&salt, &terms)))
            });
            let leaf = Leaf {
                item,
                step_no: before.map_or(1, |(step_no, _)| step_no.saturating_add(1)),
                kind: row.kind,
                at: row.at,
                previous: before.map(|(_, hash)| hash),
                subject: salted.map(|(subject, _)| subject),
                terms: salted.and_then(|(_, terms)| terms),
            };
            let data = leaf.data();
            let hash = leaf_hash(data.as_bytes());
            edge.append(hash, |id, hashes| full.push((id, hashes.concat())));
            last.insert(item, (leaf.step_no, hash));
            rows.items.push(item);
            rows.step_nos.push(leaf.step_no);
            rows.data.push(data);
        }
    }
    store::append(db, network, first, &rows, &full, &edge).await?;
    Ok(rows.data.len())
}

/// Writes what is queued and signs the network's head now; waits a moment where another process is at it, which may
/// have done so then.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn hurry(db: &Db, keys: &LogKeys, network: NetworkId) -> Result<(), Fault> {
    let mut done = advance(db, keys, Some(network)).await?;
    if done.not_ours {
        tokio::time::sleep(TURN_WITHIN).await;
        done = advance(db, keys, Some(network)).await?;
    }
    if done.not_ours {
        tokio::time::sleep(TURN_WITHIN).await;
    }
    Ok(())
}

/// How long the oldest step that is not in its log yet has waited.
///
/// # Errors
/// [`Fault`] when the database refuses.
pub async fn lag(db: &Db) -> Result<Duration, Fault> {
    let mut tx = db.begin(Scope::Installation).await?;
    Ok(store::lag(&mut tx).await?.unwrap_or_default())
}

/// Writes to the logs until shutdown; outlives any outage of the database.
pub async fn run(db: Db, keys: LogKeys, shutdown: CancellationToken) {
    let mut pause = SOON;
    let mut away = false;
    let mut late = Instant::now() + LATE;
    while !shutdown.is_cancelled() {
        match advance(&db, &keys, None).await {
            Ok(done) => {
                if away {
                    tracing::info!("the provenance logs grow again");
                }
                away = false;
                if i64::try_from(done.leaves).is_ok_and(|leaves| leaves >= STEPS) {
                    continue;
                }
                pause = if done.leaves > 0 { LINGER } else { (pause * 2).clamp(SOON, IDLE) };
                late = warn_if_late(&db, late).await;
            }
            Err(fault) => {
                // Said once an outage, not at every try.
                if !away {
                    tracing::warn!(%fault, "the provenance logs can't be written");
                }
                away = true;
                pause = (pause * 2).min(AWAY);
            }
        }
        tokio::select! { () = tokio::time::sleep(pause) => {}, () = shutdown.cancelled() => {} }
    }
}

// Looks once a minute, and answers when to look again.
async fn warn_if_late(db: &Db, due: Instant) -> Instant {
    if Instant::now() < due {
        return due;
    }
    if let Ok(lag) = lag(db).await
        && lag >= LATE
    {
        tracing::warn!(seconds = lag.as_secs(), "steps wait for their log: is a transaction open for long?");
    }
    Instant::now() + WARN_EVERY
}
