//! Cards: imported sealed, unique in the network, sold once, revealed to the entitled alone.

mod batch;
mod content;
pub mod import;
pub mod import_cards;
pub mod import_run;
mod import_store;
pub mod parse;
pub mod replace;
pub mod reveal;
pub mod secret;
pub mod spool;
mod stock;
mod stock_low;
pub mod store;
pub mod vault;

pub use import::{Import, ImportStatus};
pub use import_cards::{ImportRequest, withdraw_import};
pub use parse::CardFormat;
pub use reveal::{Revealed, reveal};
pub use secret::Secret;
pub use stock::{Stock, stock};
pub use stock_low::stock_low_events;
pub use vault::Vault;

crate::id!(
    /// A card in stock.
    CardId, "crd"
);
crate::id!(
    /// One import of cards.
    ImportId, "imp"
);
