//! Who acts.
