//! Orders: decided, paid, posted for every tier and delivered in one transaction.

mod batch;
pub mod cancel_order;
pub mod deliver_line;
pub mod engine;
pub mod place_order;
pub mod purse;
pub mod refund;
pub mod release;
pub mod replace;
pub mod sale;
pub mod store;
pub mod terms;
#[cfg(test)]
mod tests;
pub mod unit;
pub mod view;

crate::id!(
    /// An order.
    OrderId, "ord"
);
crate::id!(
    /// A line of an order.
    LineId, "lin"
);
crate::id!(
    /// One unit handed over, or to be.
    DeliveryId, "dlv"
);

crate::words! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// Placed, not yet paid.
        AwaitingPayment = "AWAITING_PAYMENT",
        /// Held for a review.
        OnHold = "ON_HOLD",
        /// Paid, nothing delivered yet.
        Paid = "PAID",
        /// The supplier is at work.
        Fulfilling = "FULFILLING",
        /// Some units are delivered.
        PartiallyDelivered = "PARTIALLY_DELIVERED",
        /// Every unit is delivered.
        Delivered = "DELIVERED",
        /// Delivered, and its warranty is over.
        Completed = "COMPLETED",
        /// Given up before it was paid.
        Canceled = "CANCELED",
        /// Not paid in time.
        Expired = "EXPIRED",
        /// Part of the money went back.
        PartiallyRefunded = "PARTIALLY_REFUNDED",
        /// All the money went back.
        Refunded = "REFUNDED",
    }
}

crate::words! {
    /// Where one unit stands.
    pub enum DeliveryStatus {
        /// Sold, not yet handed over.
        Pending = "PENDING",
        /// Handed over.
        Delivered = "DELIVERED",
        /// A claim on it is open.
        UnderClaim = "UNDER_CLAIM",
        /// Another took its place.
        Replaced = "REPLACED",
        /// Its money went back.
        Refunded = "REFUNDED",
    }
}
