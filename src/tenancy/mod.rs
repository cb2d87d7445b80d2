//! Networks and their tenants: operator, suppliers, and sites at any depth of the reseller tree.

pub mod decide;
pub mod host;
pub mod network;
pub mod qualification;
pub mod set_face;
pub mod store;

pub use crate::access::{TenantKind, TenantStatus};
pub use store::Tenant;

use crate::foundation::No;

/// A handle: 2 to 40 of a–z, 0–9 and single hyphens inside.
///
/// # Errors
/// INVALID_INPUT at `path`.
pub fn handle(text: &str, path: &str) -> Result<String, No> {
    let valid = (2..=40).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
        && !text.contains("--");
    if valid {
        Ok(text.to_owned())
    } else {
        Err(No::invalid("must be 2 to 40 of a-z, 0-9 and single hyphens inside", path))
    }
}
