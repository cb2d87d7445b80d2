//! Cards: imported sealed, unique in the network, sold once, revealed to the entitled alone.

pub mod replace;
pub mod store;

crate::id!(
    /// A card in stock.
    CardId, "crd"
);
crate::id!(
    /// One import of cards.
    ImportId, "imp"
);
