//! One at a time over all processes: a lock that the transaction holds.
//!
//! Nobody is elected. Every process runs every runner, and whoever has the turn works for one transaction; the
//! next one is whose it happens to be. A process that is killed leaves its turn with its connection; one that is
//! stopped or cut off loses it with its transaction, when the database has waited long enough for it.

use super::{Conn, Fault};

/// What one process at a time does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn(i64);

impl Turn {
    /// Named in ASCII, so that no other lock is likely to be the same.
    pub const fn named(name: [u8; 8]) -> Self {
        Self(i64::from_be_bytes(name))
    }

    /// The lock's number, as the database knows it.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// Takes the turn until the transaction ends; false where another has it.
    ///
    /// # Errors
    /// [`Fault`] when the database refuses.
    pub async fn take(self, db: &mut Conn) -> Result<bool, Fault> {
        Ok(sqlx::query_scalar("select pg_try_advisory_xact_lock($1)").bind(self.0).fetch_one(db).await?)
    }
}
