//! Who may do what: the matrix of roles and operations, casbin's decision, and the permit that proves it.
//!
//! A resolver obtains a [`Permit`] for its own root field; a use case asks for one. Only [`Viewer::permit`]
//! makes them, and an operation without a row in `matrix.csv` is refused: a forgotten check cannot pass.

mod decide;
mod matrix;
mod permit;

pub use decide::{Holding, decide};
pub use matrix::{Action, MATRIX, Matrix, Operation, Role};
pub use permit::{Actor, Permit, Place, Viewer};

crate::words! {
    /// What a tenant is in its network.
    pub enum TenantKind {
        /// Runs the network; depth 0.
        Operator = "OPERATOR",
        /// Owns goods and stock.
        Supplier = "SUPPLIER",
        /// Resells under its own name and prices.
        Site = "SITE",
    }
}

crate::words! {
    /// Whether a tenant may act.
    pub enum TenantStatus {
        /// Waits for the operator's decision.
        PendingReview = "PENDING_REVIEW",
        /// Trades.
        Active = "ACTIVE",
        /// Sells nothing; its buyers still see their orders and claims.
        Suspended = "SUSPENDED",
        /// Was not admitted.
        Rejected = "REJECTED",
        /// Has ended.
        Closed = "CLOSED",
    }
}
