//! What came of it: a wallet's statement, what is held back of it, what was sold. Reads any slice's tables within its
//! reader's scope; writes none.

pub mod sales;
pub mod statement;
