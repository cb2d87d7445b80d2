//! Floor 0: what every slice stands on. Knows no business.

pub mod blobs;
pub mod config;
pub mod db;
pub mod fault;
pub mod id;
pub mod idempotency;
pub mod migrate;
pub mod money;
pub mod page;
pub mod postgres;
mod queue;
pub mod refusal;
pub mod seal;
pub mod sign;
#[cfg(test)]
pub mod testing;
pub mod text;
pub mod together;
pub mod turn;
pub mod word;

pub use db::{Conn, Db, Scope, Tx};
pub use fault::Fault;
pub use money::{BasisPoints, Currency, Money, UnitPrice};
pub use page::{Page, PageRequest};
pub use refusal::{No, Refusal, RefusalCode};
pub use together::Together;
pub use turn::Turn;

/// What a moment is everywhere: UTC, microseconds as PostgreSQL keeps them.
pub type Moment = chrono::DateTime<chrono::Utc>;

/// The wall clock. What is decided by time is decided by the database's clock; this one is for timers.
#[expect(clippy::disallowed_methods, reason = "the one place that asks the clock")]
pub fn now() -> Moment {
    chrono::Utc::now()
}
