//! Cardamom: a GraphQL multi-tenant reseller platform for digital goods.

pub mod http;
