//! Who acts: people and programs, how they prove it, and what they hold.

pub mod account;
pub mod api_key;
pub mod identify;
pub mod open_network;
pub mod open_tenant;
pub mod password;
pub mod recall;
pub mod register;
pub mod session;
pub mod staff;
pub mod store;
pub mod watch;

pub use identify::{Credentials, Denied, identify, reach};
pub use recall::Recall;
pub use store::User;

crate::id!(
    /// A role that a tenant made itself.
    RoleId, "rol"
);
crate::id!(
    /// A role held by somebody somewhere.
    GrantId, "grt"
);
crate::id!(
    /// Where somebody is signed in.
    SessionId, "ses"
);
crate::id!(
    /// A program's key.
    ApiKeyId, "key"
);

crate::words! {
    /// What a user is at its tenant.
    pub enum UserKind {
        /// Works for it.
        Staff = "STAFF",
        /// Buys from it.
        Buyer = "BUYER",
    }
}
