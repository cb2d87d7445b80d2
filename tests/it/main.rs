//! Black-box tests: the real program on a real PostgreSQL, through GraphQL.

// Each test file uses its own part of the support.
#[allow(dead_code, unused_imports, reason = "shared by many test files")]
mod support;

mod orders;
