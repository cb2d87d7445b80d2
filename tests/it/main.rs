//! Black-box tests: the real program on a real PostgreSQL, through GraphQL.

#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

// Each test file uses its own part of the support.
#[allow(dead_code, unused_imports, reason = "shared by many test files")]
mod support;

mod access_matrix;
mod isolation;
mod orders;
mod row_security;
