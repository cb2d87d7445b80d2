//! Black-box tests: the real program on a real PostgreSQL, through GraphQL.

#![allow(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test stops where it fails, and says things plainly"
)]

// Each test file uses its own part of the support.
#[allow(dead_code, unused_imports, reason = "shared by many test files")]
mod support;

mod access_matrix;
mod account;
mod audit;
mod bad_input;
mod bench;
mod coupons;
mod crash;
mod demo;
mod desk;
mod dossier;
mod events;
mod events_walls;
mod evidence;
mod identity;
mod integrity;
mod inventory;
mod isolation;
mod ladder;
mod listings;
mod money;
mod orders;
mod orders_by_hand;
mod overload;
mod pages;
mod plans;
mod pricing;
mod provenance;
mod qualifications;
mod races;
mod redaction;
mod row_security;
mod standing;
mod statement;
mod tenancy;
mod tour;
mod upload;
mod warranty;
mod warranty_appeals;
mod warranty_care;
mod warranty_desks;
mod warranty_proved;
mod warranty_remedies;
mod warranty_settle;
mod warranty_silence;
mod warranty_table;
mod warranty_terms;
