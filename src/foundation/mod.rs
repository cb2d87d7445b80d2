//! Knows no business: settings, the private PostgreSQL, and what every slice builds on.

pub mod config;
pub mod postgres;
