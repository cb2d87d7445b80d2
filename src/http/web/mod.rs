//! The web pages: a storefront for each site, the console, GraphiQL.
//!
//! They are built from `web/` and embedded; this module serves their files and writes the HTML around them, so that a
//! first look needs no script. What it writes it asks of the same API, with the documents that the pages send.

mod assets;
mod build;
mod draw;
mod shell;
mod text;
mod theme;
mod visit;

pub use build::{Pages, Unusable};
pub(crate) use visit::{built_file, console, graphiql, root_file, storefront};

/// Files that are asked for by names of their own.
pub(crate) const ROOT_FILES: [&str; 2] = ["/favicon.svg", "/robots.txt"];
