//! Dossiers: everything that a buyer needs to go to a consumer authority, in one signed archive; and which one.
//!
//! An archive says what the database said when it was made, from what its buyer may see: no secret of a card, no cost
//! of a seller, nothing internal. It is kept for a week and fetched by its owner's link.

mod archive;
pub mod create_dossier;
pub mod escalation;
mod page;
pub mod read;
mod store;
mod story;

pub use archive::{MANIFEST, PUBLIC_KEY, SIGNATURE};
pub use create_dossier::{About, create_dossier};
pub use escalation::{Escalation, route};
pub use store::Dossier;

/// How many a buyer may make in a day, by the database's UTC clock.
pub const PER_DAY: i32 = 10;
/// How many bytes of evidence one holds; what is beyond is named with its hash and left out.
pub const EVIDENCE_BYTES: usize = 48 << 20;
/// What its key is made for.
pub const PURPOSE: &str = "dossier";

crate::id!(
    /// An archive.
    DossierId, "dos"
);
