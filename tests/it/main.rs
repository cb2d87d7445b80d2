//! Black-box tests: the real program on a real PostgreSQL, through GraphQL.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

// Each test file uses its own part of the support.
#[allow(dead_code, unused_imports, reason = "shared by many test files")]
mod support;

mod events;
mod events_walls;
mod inventory;
mod money;
mod orders;
mod orders_by_hand;
mod races;
mod upload;
mod warranty;
mod warranty_appeals;
mod warranty_remedies;
