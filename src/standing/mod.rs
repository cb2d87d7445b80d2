//! Standing: what anybody may know of a tenant, computed from what happened and edited by nobody; and reviews by those
//! who bought.
//!
//! The slice owns the figures and the reviews with their replies and decisions. Deliberately absent: a figure that
//! somebody enters, a review of what was not bought, and a review that disappears without a trace.

pub mod figures;
pub mod moderate_review;
pub mod post_review;
pub mod read;
pub mod refresh;
pub mod reply_review;
mod store;

pub use figures::{Figures, OrdersBand};
pub use moderate_review::{ModerateReview, moderate_review};
pub use post_review::{PostReview, post_review};
pub use refresh::refresh_due;
pub use reply_review::{ReplyReview, reply_review};
pub use store::{Review, Standing};

/// The longest text of a review or a reply, in characters.
pub const MAX_TEXT: usize = 2_000;
/// How many versions a reply may have.
pub const MAX_REPLIES: i32 = 10;
/// How many decisions there may be on one review.
pub const MAX_DECISIONS: i32 = 100;

crate::id!(
    /// A review.
    ReviewId, "rev"
);
