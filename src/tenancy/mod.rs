//! Networks and their tenants.
