//! The public face: GraphQL over HTTP, WebSocket and event streams, and what guards it.
//!
//! The only module that says `poem`. It knows nothing of the product: that is behind [`Backend`].
//! A request passes, in this order: the connection's limits, the address's bucket, the body's size and
//! type, the gate, the backend's identification, the buckets of sign-ins and of the credential; then it
//! runs to its end, whatever the client does.

mod acceptor;
mod answer;
mod backend;
pub mod bare;
mod edge;
mod files;
mod frame;
mod gate;
mod graphql;
mod limits;
mod negotiate;
mod origin;
mod pages;
mod params;
mod public;
mod rate;
mod refusal;
mod shared;
mod socket;
mod sse;
mod upload;
mod web;

/// What a backend is asked, and what it answers.
pub use async_graphql::{Request, Response};
pub use backend::{
    Backend, Caching, Credentials, Denied, File, LastEventId, Question, RequestId, Sent, Upload, Uploaded,
    Visited,
};
pub use edge::{Edge, InvalidSchema};
pub use limits::{Limits, Rate, Rates};
pub use web::{Pages, Unusable};
