//! What each tenant pays and asks: sparse rules, one pure function, listings computed from them.

pub mod chain;
