//! GraphQL: parse, delegate, answer. No rules, no SQL.

pub mod error;
pub mod events;
pub mod page;
pub mod payload;
pub mod scalar;
pub mod session;
pub mod warranty;

pub use session::{Ask, Services, Session};
