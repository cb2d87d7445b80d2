//! A real server on a real PostgreSQL, and the people who use it.

mod client;
mod server;
mod shop;

pub use client::{Client, code, errors, id, minor};
pub use server::{Server, folder, run, signal_to};
pub use shop::{ORDER_PLACE, Shop, Site, Terms, fresh, site};
