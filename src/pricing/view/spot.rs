//! In which order a list is, and where in it a row stands: what a cursor of the list holds.

use crate::{catalogue::VariantId, foundation::UnitPrice};

crate::words! {
    /// The orders that a list of listings can be in.
    pub enum Order {
        /// As they were made.
        Oldest = "OLDEST",
        /// The last one made first.
        Newest = "NEWEST",
        /// By the title that the site shows.
        Title = "TITLE",
        /// By what the buyer pays, the cheapest first.
        PriceAsc = "PRICE_ASC",
        /// The dearest first.
        PriceDesc = "PRICE_DESC",
    }
}

impl Order {
    /// What its cursors are sealed as: those of one order are none of another's.
    pub fn list(self) -> &'static str {
        match self {
            Self::Oldest => "listings",
            Self::Newest => "listings by newest",
            Self::Title => "listings by title",
            Self::PriceAsc => "listings by price",
            Self::PriceDesc => "listings by price down",
        }
    }
}

/// Where a row stands in its order. Spots of one order compare as its rows do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    // What the order goes by, as bytes that compare like it; nothing where it is the variant alone.
    key: Vec<u8>,
    /// Which variant: what decides between equals.
    pub variant: VariantId,
}

impl Spot {
    pub(super) fn plain(variant: VariantId) -> Self {
        Self { key: Vec::new(), variant }
    }

    pub(super) fn titled(folded: &str, variant: VariantId) -> Self {
        Self { key: folded.as_bytes().to_vec(), variant }
    }

    // Prices are never negative.
    pub(super) fn priced(order: Order, price: UnitPrice, variant: VariantId) -> Self {
        let key = if order == Order::PriceDesc { !price.0 } else { price.0 };
        let key = (key ^ i64::MIN).to_be_bytes().to_vec();
        Self { key, variant }
    }

    /// As a cursor holds it.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.variant.0.as_bytes().as_slice(), &self.key].concat()
    }

    /// From a cursor; `None` for bytes that are none of these.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let (variant, key) = bytes.split_at_checked(16)?;
        Some(Self { variant: VariantId(uuid::Uuid::from_slice(variant).ok()?), key: key.to_vec() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spots_compare_as_what_they_stand_for_and_read_back() {
        let (a, b) = (VariantId::fresh(), VariantId::fresh());
        let by = |order, price, variant| Spot::priced(order, UnitPrice(price), variant);
        for (less, more) in [
            (by(Order::PriceAsc, 0, b), by(Order::PriceAsc, 1, a)),
            (by(Order::PriceAsc, 255, b), by(Order::PriceAsc, 256, a)),
            (by(Order::PriceDesc, 256, b), by(Order::PriceDesc, 255, a)),
            (by(Order::PriceDesc, 7, a), by(Order::PriceDesc, 7, b)),
            (Spot::titled("a", b), Spot::titled("ab", a)),
            (Spot::titled("ab", b), Spot::titled("b", a)),
            (Spot::plain(a), Spot::plain(b)),
        ] {
            assert!(less < more, "{less:?} {more:?}");
            assert_eq!(Spot::of(&less.to_bytes()), Some(less));
        }
        assert_eq!(Spot::of(&[1; 15]), None);
    }
}
