//! Notices within half a second when what open sockets were allowed by may no longer hold.

use super::store;
use crate::{
    access::{self, Viewer},
    foundation::{Db, Fault, Scope, id::NetworkId},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::watch;

/// Every network's policy version, as this process knows it.
#[derive(Clone, Default)]
pub struct PolicyWatch {
    versions: Arc<Mutex<HashMap<NetworkId, watch::Sender<i64>>>>,
}

impl PolicyWatch {
    /// Reads the versions of the networks that somebody watches, now.
    ///
    /// # Errors
    /// [`Fault`] when the database is away.
    pub async fn refresh(&self, db: &Db) -> Result<(), Fault> {
        let watched: Vec<NetworkId> = {
            let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
            versions.retain(|_, sender| sender.receiver_count() > 0);
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
        let versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        for (network, version) in rows {
            if let Some(sender) = versions.get(&network) {
                sender.send_if_modified(|known| std::mem::replace(known, version) != version);
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
        let mut versions = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        versions.entry(network).or_insert_with(|| watch::channel(version).0).subscribe()
    }

    /// Resolves once the viewer may no longer do everything that it could: revoked, expired, or holding
    /// less than before.
    pub async fn ended(&self, db: &Db, viewer: &Viewer) {
        let mut changes = self.receiver(viewer.place.network, viewer.version);
        let expiry = async {
            match &viewer.credential {
                Some((_, at)) => {
                    let left = (*at - crate::foundation::now()).to_std().unwrap_or(Duration::ZERO);
                    // Timers of tokio reach about two years; a key may live longer.
                    tokio::time::sleep(left.min(Duration::from_hours(365 * 24))).await;
                }
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
                match Box::pin(still(db, viewer)).await {
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

// The credential is live, and allows at least what it did.
async fn still(db: &Db, viewer: &Viewer) -> Result<bool, Fault> {
    let place = &viewer.place;
    let mut tx = db.begin(Scope::Network(place.network)).await?;
    let Some((hash, _)) = &viewer.credential else { return Ok(true) };
    let Some(found) = store::find_credential(&mut tx, place.network, hash).await? else { return Ok(false) };
    if viewer.actor.buyer().is_some() {
        return Ok(true);
    }
    let holdings = store::holdings(&mut tx, place.network, found.principal).await?;
    tx.commit().await?;
    let now = access::decide(place.network, found.principal, &place.lineage, place.kind, holdings).await?;
    Ok(viewer.actions & !now == 0)
}
