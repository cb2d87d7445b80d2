//! A real server on a real PostgreSQL, and the people who use it.

mod act;
mod client;
mod counter;
mod file;
mod log;
mod meta;
mod server;
mod shop;
mod socket;
mod stream;
mod wait;
mod wire;

pub use act::{
    CLAIM_APPROVE, CLAIM_OPEN, CLAIM_REJECT, LINE_DELIVER, ORDER_CANCEL, REVEAL, claim_on, claim_step, cny,
    delivery, listing_of, order_of,
};
pub use client::{Client, Silence, code, errors, id, minor};
pub use counter::Counter;
pub use file::{EVIDENCE, EVIDENCE_ADD, UPLOAD_CREATE, announce};
pub use log::{events_query, kind, kinds, order_events, tenant_events};
pub use meta::{Meta, Root, named, unknown, written};
pub use server::{Server, folder, run, run_in, signal_to, spawn_for_life};
pub use shop::{ORDER_PLACE, Shop, Site, Terms, fresh, site};
pub use socket::Socket;
pub use stream::EventStream;
pub use wait::wait_until;
pub use wire::{Wire, app, app_role, codes, superuser, uuid, work_role};
