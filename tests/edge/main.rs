//! The edge from outside, in front of a toy schema: every limit has a test that fails without it.

mod http;
mod limits;
mod server;
mod socket;
mod stream;
mod toy;
