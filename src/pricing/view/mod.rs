//! Each network's listings in memory, following the database.
//!
//! A shelf is the network as of one snapshot, and never a mixture of two. It is brought on by what
//! `listing_change` names (see 0010_listings.sql): in the background while somebody asks, and by whoever must not
//! see the older one. Who that is:
//! - a caller that has changed something itself, and everyone on this process after a change of the catalogue,
//!   prices or tenants: marked when the change is answered, see [`Views::wrote`];
//! - everyone, where the background is late: nobody is shown what was true longer ago than [`TRUSTED`].

mod keeper;
pub mod read;
pub mod rows;
mod shelf;
mod spot;

pub use keeper::Sweeper;
pub use shelf::{Shelf, Sight, fold};
pub use spot::{Order, Spot};

use crate::{
    access::{Actor, Place},
    foundation::{Db, Fault, id::NetworkId, now},
};
use rows::Mark;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a look at the database is good for: what another process changed is seen this late at worst.
pub const TRUSTED: Duration = Duration::from_millis(400);
/// Stock that ends within this time is looked at again.
const AHEAD: chrono::TimeDelta = chrono::TimeDelta::seconds(2);
/// Callers share a slot with others: who meets another's mark looks once for nothing.
const SLOTS: usize = 1 << 14;

/// What a mutation may have changed, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Nothing.
    Nothing,
    /// At most what is in stock, as trade does all day: the caller itself must see that.
    Own,
    /// What is sold, by whom and for how much: everyone must see that.
    Everyone,
}

/// Every network's listings that somebody has asked for lately.
#[derive(Clone)]
pub struct Views {
    inner: Arc<Inner>,
}

struct Inner {
    db: Db,
    trusted: Duration,
    networks: RwLock<HashMap<NetworkId, Arc<Kept>>>,
    // Counts marks: a look that began at a count sees everything that was marked with it or before.
    count: AtomicU64,
    own: Box<[AtomicU64]>,
}

/// One network's.
struct Kept {
    network: NetworkId,
    seen: RwLock<Option<Arc<Seen>>>,
    everyone: AtomicU64,
    asked: Mutex<Instant>,
    // One at a time looks; the others find what it found.
    turn: tokio::sync::Mutex<()>,
}

/// What a look at the database has shown.
struct Seen {
    shelf: Arc<Shelf>,
    mark: Mark,
    /// The count of marks that it began at,
    count: u64,
    /// and when that was.
    at: Instant,
}

impl Kept {
    fn touch(&self) {
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    fn seen(&self) -> Option<Arc<Seen>> {
        self.seen.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, seen: Seen) {
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(seen));
    }
}

// The end of a UUID is random.
fn slot(actor: Actor) -> usize {
    let bytes = actor.id().into_bytes();
    usize::from(u16::from_be_bytes([bytes[14], bytes[15]])) % SLOTS
}

impl Views {
    /// None yet.
    pub fn new(db: Db) -> Self {
        Self::trusting(db, TRUSTED)
    }

    /// The same with another bound than [`TRUSTED`].
    pub fn trusting(db: Db, trusted: Duration) -> Self {
        let own = (0..SLOTS).map(|_| AtomicU64::new(0)).collect();
        let networks = RwLock::new(HashMap::new());
        Self { inner: Arc::new(Inner { db, trusted, networks, count: AtomicU64::new(0), own }) }
    }

    /// Says that a mutation of the caller's has been carried out, before it is answered. A failure counts: it may
    /// have been carried out all the same.
    pub fn wrote(&self, network: NetworkId, actor: Actor, reach: Reach) {
        // Nobody in particular has nothing of its own.
        if reach == Reach::Nothing || (reach == Reach::Own && actor == Actor::Anonymous) {
            return;
        }
        let count = self.inner.count.fetch_add(1, Ordering::SeqCst) + 1;
        if reach == Reach::Own {
            self.inner.own[slot(actor)].fetch_max(count, Ordering::SeqCst);
        } else if let Some(kept) = self.known(network) {
            // A network that nobody has asked for is read when somebody does.
            kept.everyone.fetch_max(count, Ordering::SeqCst);
        }
    }

    /// The same as [`shelf`](Self::shelf) where nobody has to look for it.
    pub fn current(&self, place: &Place, actor: Actor) -> Option<Arc<Shelf>> {
        let kept = self.known(place.network)?;
        kept.touch();
        let owed = self.owed(&kept, actor);
        kept.seen().filter(|seen| self.serves(seen, owed, place)).map(|seen| Arc::clone(&seen.shelf))
    }

    fn owed(&self, kept: &Kept, actor: Actor) -> u64 {
        let own = self.inner.own[slot(actor)].load(Ordering::SeqCst);
        own.max(kept.everyone.load(Ordering::SeqCst))
    }

    fn serves(&self, seen: &Seen, owed: u64, place: &Place) -> bool {
        seen.count >= owed && seen.at.elapsed() < self.inner.trusted && seen.shelf.knows(&place.lineage)
    }

    /// The listings of the place's network, as new as the caller may ask for.
    ///
    /// # Errors
    /// [`Fault`] when the database had to be looked at and refused.
    pub async fn shelf(&self, place: &Place, actor: Actor) -> Result<Arc<Shelf>, Fault> {
        let kept = self.kept(place.network);
        kept.touch();
        let owed = self.owed(&kept, actor);
        let serves = |seen: &Arc<Seen>| self.serves(seen, owed, place);
        if let Some(seen) = kept.seen().filter(serves) {
            return Ok(Arc::clone(&seen.shelf));
        }
        let turn = kept.turn.lock().await;
        if let Some(seen) = kept.seen().filter(serves) {
            return Ok(Arc::clone(&seen.shelf));
        }
        let shelf = self.look(&kept).await?;
        drop(turn);
        Ok(shelf)
    }

    // For who has the turn.
    async fn look(&self, kept: &Kept) -> Result<Arc<Shelf>, Fault> {
        let (count, at) = (self.inner.count.load(Ordering::SeqCst), Instant::now());
        let (shelf, mark) = match kept.seen() {
            None => {
                let (shelf, mark) = read::load(&self.inner.db, kept.network).await?;
                (Arc::new(shelf), mark)
            }
            Some(seen) => {
                let by = now() + AHEAD;
                let (shelf, mark) =
                    read::catch_up(&self.inner.db, kept.network, &seen.shelf, &seen.mark, by).await?;
                (shelf.map_or_else(|| Arc::clone(&seen.shelf), Arc::new), mark)
            }
        };
        kept.set(Seen { shelf: Arc::clone(&shelf), mark, count, at });
        Ok(shelf)
    }

    fn known(&self, network: NetworkId) -> Option<Arc<Kept>> {
        self.inner.networks.read().unwrap_or_else(PoisonError::into_inner).get(&network).cloned()
    }

    fn kept(&self, network: NetworkId) -> Arc<Kept> {
        if let Some(kept) = self.known(network) {
            return kept;
        }
        let mut networks = self.inner.networks.write().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            Arc::new(Kept {
                network,
                seen: RwLock::new(None),
                everyone: AtomicU64::new(0),
                asked: Mutex::new(Instant::now()),
                turn: tokio::sync::Mutex::new(()),
            })
        };
        Arc::clone(networks.entry(network).or_insert_with(fresh))
    }
}
