//! Cardamom: a GraphQL multi-tenant reseller platform for digital goods.
//!
//! Floor by floor: a module uses the floors below its own and, on its own floor, what stands before it;
//! never one above. `tests/house/floors.rs` holds it to that.

// Floor 0: knows no business.
pub mod foundation;
// Floor 1: what everyone records and asks.
pub mod access;
pub mod audit;
pub mod events;
pub mod provenance;
// Floor 2: whose shop it is.
pub mod tenancy;
// Floor 3: what there is and what is held.
pub mod catalogue;
pub mod ledger;
// Floor 3, after these: who is here, each with a wallet.
pub mod identity;
// Floor 4: what is offered.
pub mod inventory;
pub mod pricing;
// Floor 5: the sale.
pub mod orders;
// Floor 6: after the sale.
pub mod evidence;
pub mod integrity;
pub mod warranty;
// Floor 6, after these: what was bought, for anybody to verify.
pub mod receipt;
// Floor 6, after these: what anybody may know, and what a buyer takes elsewhere.
pub mod dossier;
pub mod standing;
// Floor 6, after these: what came of it, for those whose business it is. Reads any table, writes none.
pub mod reporting;
// Floor 7: the only floor that says async_graphql.
pub mod graphql;
// Floor 8: the only floor that says poem.
pub mod http;
// Floor 9: puts it together.
pub mod app;
pub mod cli;
