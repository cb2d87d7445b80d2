//! Notices within half a second when what open sockets were allowed by may no longer hold.

use super::store;
use crate::{
    access::{self, Viewer},
    foundation::{Db, Fault, No, Scope, Tx, id::NetworkId},
    tenancy,
};
use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// What was read of a version this long ago no longer counts: two looks and some room.
const STALE: Duration = Duration::from_millis(600);
/// A network that nobody asked about for this long is no longer looked at.
const UNUSED: Duration = Duration::from_mins(1);

/// Every network's policy version, as this process knows it.
#[derive(Clone, Default)]
pub struct PolicyWatch {
    versions: Arc<Mutex<HashMap<NetworkId, Known>>>,
}

struct Known {
    version: watch::Sender<i64>,
    // When the look began that told it; none where this process has changed something since.
    told: Option<Instant>,
    // Looks that began before tell nothing.
    changed: Instant,
    asked: Instant,
}

impl Known {
    fn new(version: i64) -> Self {
        let now = Instant::now();
        Self { version: watch::channel(version).0, told: None, changed: now, asked: now }
    }

    fn tell(&mut self, version: i64, begun: Instant) {
        if begun < self.changed || self.told.is_some_and(|told| told > begun) {
            return;
        }
        self.told = Some(begun);
        self.version.send_if_modified(|known| std::mem::replace(known, version) != version);
    }
}

impl PolicyWatch {
    /// A network's version, as of a moment ago; none where it has to be read again.
    pub fn current(&self, network: NetworkId) -> Option<i64> {
        let mut versions = self.lock();
        let known = versions.get_mut(&network)?;
        let now = Instant::now();
        known.asked = now;
        known.told.filter(|told| now.duration_since(*told) < STALE).map(|_| *known.version.borrow())
    }

    /// What a look that began then has found; from now on the network is looked at.
    pub fn learn(&self, network: NetworkId, version: i64, begun: Instant) {
        match self.lock().entry(network) {
            Entry::Occupied(mut known) => known.get_mut().tell(version, begun),
            Entry::Vacant(place) => {
                let known = place.insert(Known::new(version));
                known.changed = begun;
                known.tell(version, begun);
            }
        }
    }

    /// This process may have changed the network's policies: nothing read before counts.
    pub fn forget(&self, network: NetworkId) {
        if let Some(known) = self.lock().get_mut(&network) {
            known.changed = Instant::now();
            known.told = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NetworkId, Known>> {
        self.versions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the versions of the networks that somebody watches, now.
    ///
    /// # Errors
    /// [`Fault`] when the database is away.
    pub async fn refresh(&self, db: &Db) -> Result<(), Fault> {
        let begun = Instant::now();
        let watched: Vec<NetworkId> = {
            let mut versions = self.lock();
            versions.retain(|_, known| {
                known.version.receiver_count() > 0 || begun.duration_since(known.asked) < UNUSED
            });
            versions.keys().copied().collect()
        };
        if watched.is_empty() {
            return Ok(());
        }
        let mut tx = db.begin(Scope::Installation).await?;
        let rows: Vec<(NetworkId, i64)> =
            sqlx::query_as("select network_id, version from policy_version where network_id = any($1)")
                .bind(&watched)
                .fetch_all(&mut *tx)
                .await?;
        tx.commit().await?;
        let mut versions = self.lock();
        for (network, version) in rows {
            if let Some(known) = versions.get_mut(&network) {
                known.tell(version, begun);
            }
        }
        Ok(())
    }

    /// Refreshes every 250 ms for ever.
    pub async fn run(self, db: Db) {
        let mut tick = tokio::time::interval(Duration::from_millis(250));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut away = false;
        loop {
            tick.tick().await;
            match self.refresh(&db).await {
                Ok(()) => away = false,
                Err(fault) => {
                    // Said once an outage, not at every tick.
                    if !away {
                        tracing::warn!(%fault, "policy versions can't be read");
                    }
                    away = true;
                }
            }
        }
    }

    fn receiver(&self, network: NetworkId, version: i64) -> watch::Receiver<i64> {
        self.lock().entry(network).or_insert_with(|| Known::new(version)).version.subscribe()
    }

    /// Resolves once the viewer may no longer do everything that it could: revoked, expired, or holding
    /// less than before.
    pub async fn ended(&self, db: &Db, viewer: &Viewer) {
        let mut changes = self.receiver(viewer.place.network, viewer.version);
        let expiry = async {
            match &viewer.credential {
                Some((_, end)) => tokio::time::sleep_until((*end).into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(expiry);
        // What was read at identification may be old already by the time that the socket watches.
        let mut seen = viewer.version;
        loop {
            let version = *changes.borrow_and_update();
            if version != seen {
                // Apart: thousands of sockets watch, and hardly one is being looked at.
                match Box::pin(still_now(db, viewer)).await {
                    Ok(true) => seen = version,
                    Ok(false) => return,
                    Err(fault) => {
                        tracing::warn!(%fault, "a socket's permission could not be checked again");
                        tokio::time::sleep(Duration::from_millis(250)).await;
                        continue;
                    }
                }
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                () = &mut expiry => return,
            }
        }
    }
}

async fn still_now(db: &Db, viewer: &Viewer) -> Result<bool, Fault> {
    let mut tx = db.begin(Scope::Network(viewer.place.network)).await?;
    let still = still(&mut tx, viewer).await?;
    tx.commit().await?;
    Ok(still)
}

/// In the caller's own transaction: the viewer may still do what it could when it was identified.
///
/// # Errors
/// [`No::Unauthenticated`] when it may not.
pub async fn confirm(tx: &mut Tx, viewer: &Viewer) -> Result<(), No> {
    let version = tenancy::store::policy_version(tx, viewer.place.network).await?;
    if version == viewer.version || still(tx, viewer).await? { Ok(()) } else { Err(No::Unauthenticated) }
}

// The credential is live, and allows at least what it did.
async fn still(tx: &mut Tx, viewer: &Viewer) -> Result<bool, Fault> {
    let place = &viewer.place;
    let Some((hash, _)) = &viewer.credential else { return Ok(true) };
    let Some(found) = store::find_credential(tx, place.network, hash).await? else { return Ok(false) };
    if viewer.actor.buyer().is_some() {
        return Ok(true);
    }
    let holdings = store::holdings(tx, place.network, found.principal).await?;
    let now = access::decide(&place.lineage, place.kind, holdings).await?;
    Ok(viewer.actions & !now == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_counts_until_this_process_changes_something_or_has_not_looked_for_long() {
        let (watch, network) = (PolicyWatch::default(), NetworkId::fresh());
        assert_eq!(watch.current(network), None);
        let before = Instant::now();
        watch.learn(network, 7, Instant::now());
        assert_eq!(watch.current(network), Some(7));
        watch.learn(network, 6, before);
        assert_eq!(watch.current(network), Some(7), "an older look tells nothing");
        let begun = Instant::now();
        watch.forget(network);
        watch.learn(network, 7, begun);
        assert_eq!(watch.current(network), None, "it began before the change");
        watch.learn(network, 8, Instant::now());
        assert_eq!(watch.current(network), Some(8));
        let long_ago = PolicyWatch::default();
        long_ago.learn(network, 8, Instant::now().checked_sub(STALE).unwrap());
        assert_eq!(long_ago.current(network), None);
    }
}
