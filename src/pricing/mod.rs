//! What each tenant pays and asks: sparse rules, one pure function, listings computed from them.

pub mod chain;
pub mod coupon;
pub mod ladder;
pub mod listing;
pub mod offer;
pub mod preview;
pub mod prices;
pub mod rulebook;
pub mod set_coupon;
pub mod set_price;
pub mod store;
pub mod view;

pub use coupon::CouponId;
pub use listing::ListingId;
pub use offer::Offer;
pub use view::Views;
