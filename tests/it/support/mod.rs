//! A real server on a real PostgreSQL, and the people who use it.

mod client;
mod meta;
mod server;
mod shop;
mod wire;

pub use client::{Client, code, errors, id, minor};
pub use meta::{Meta, Root, named, unknown, written};
pub use server::{Server, folder, run, signal_to};
pub use shop::{ORDER_PLACE, Shop, Site, Terms, fresh, site};
pub use wire::{Socket, app, app_role, codes, superuser, uuid};
