//! Evidence: files for claims. Announced through GraphQL, sent by PUT, kept by their hash, handed out by links.
//!
//! The slice owns uploads, what the object store holds, and what was submitted for a claim. Who is a party of a
//! claim, and what an addition means for it, is warranty's to say: it calls [`attach()`] in its own transaction.
//! Deliberately absent: changing or deleting what was submitted, and showing a file in a browser.

pub mod attach;
pub mod create_upload;
mod links;
pub mod media;
pub mod name;
mod picture;
mod prepare;
pub mod read;
pub mod receive;
pub mod reuse;
pub mod store;
pub mod sweep;

pub use attach::{Attach, attach, wanting};
pub use create_upload::{About, CreateUpload, Created, create_upload};
pub use links::{FileLink, Linked, link, open_link};
pub use media::MediaType;
pub use receive::{NotReceived, Received, receive};
pub use store::{Evidence, Match};
pub use sweep::sweep;

pub use crate::catalogue::EvidenceKind;

/// The longest file, in bytes.
pub const MAX_BYTES: u32 = 10 << 20;
/// The most files of one claim.
pub const PER_CLAIM: i32 = 20;
/// The most files that one person may announce in a day, by the database's UTC clock.
pub const PER_DAY: i32 = 60;
/// The most bytes that they may have together.
pub const BYTES_PER_DAY: i64 = 200 << 20;

crate::id!(
    /// Leave to send a file.
    UploadId, "upl"
);
crate::id!(
    /// A file submitted for a claim.
    EvidenceId, "evd"
);

crate::words! {
    /// Who submitted a file.
    pub enum Party {
        /// The buyer.
        Buyer = "BUYER",
        /// The selling site.
        Site = "SITE",
        /// The supplier.
        Supplier = "SUPPLIER",
        /// The operator.
        Operator = "OPERATOR",
    }
}
