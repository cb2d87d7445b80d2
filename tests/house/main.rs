//! How the house is built: what needs no database to be looked at.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

mod docs;
mod floors;
#[allow(dead_code, reason = "the schema as introspection tells it is shared with the black-box tests")]
#[path = "../it/support/meta.rs"]
mod meta;
mod migrations;
mod schema;
mod source;
