//! Cardamom: a GraphQL multi-tenant reseller platform for digital goods.
//!
//! Floor by floor: a module uses the floors below its own, never one above.

pub mod foundation;
