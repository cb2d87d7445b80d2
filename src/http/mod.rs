//! The public face: GraphQL over HTTP, WebSocket and event streams, and what guards it.
//!
//! The only module that says `poem`. It knows nothing of the product: that is behind [`Backend`].

mod backend;
mod gate;
mod limits;
mod refusal;

pub use backend::{Backend, Credentials, Denied, LastEventId, RequestId};
pub use limits::{Limits, Rate, Rates};
