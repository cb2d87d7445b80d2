//! GraphQL: parse, delegate, answer. No rules, no SQL.

pub mod error;
pub mod inventory;
pub mod page;
pub mod payload;
pub mod scalar;
pub mod session;

pub use session::{Ask, Services, Session};
