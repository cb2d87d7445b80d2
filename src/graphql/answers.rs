//! Answers to queries for lists, kept for as long as the shelf that they were made from stands.
//!
//! A list depends on what is asked, the tenant it is asked at, whether the caller is shown that tenant's costs, and
//! the shelf: nothing else, which `tests/house/schema.rs` holds its types to. Whoever is answered from here has its
//! permit checked as a resolver does.

use super::Session;
use crate::{
    foundation::{id::TenantId, now},
    pricing::view::Sight,
};
use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, OperationType, Selection};
use bytes::Bytes;
use moka::sync::Cache;
use std::sync::Arc;

/// How many bytes of answers are kept.
const BYTES: u64 = 32 << 20;
/// The longest answer that is worth it.
const LONGEST: usize = 64 << 10;
/// What an entry weighs beside its answer.
const ENTRY: usize = 300;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    question: [u8; 32],
    tenant: TenantId,
    costs: bool,
}

struct Known {
    sight: Sight,
    answer: Bytes,
}

/// The answers that this process knows.
#[derive(Clone)]
pub struct Answers {
    known: Cache<Key, Arc<Known>>,
}

impl Default for Answers {
    fn default() -> Self {
        let weight =
            |_: &Key, known: &Arc<Known>| u32::try_from(known.answer.len() + ENTRY).unwrap_or(u32::MAX);
        Self { known: Cache::builder().max_capacity(BYTES).weigher(weight).build() }
    }
}

impl Answers {
    /// The whole answer, if it is known and still what the caller would be told.
    pub fn known(&self, session: &Session, question: &[u8; 32]) -> Option<Bytes> {
        let known = self.known.get(&key(session, *question))?;
        session.viewer.permit("Query.listings").ok()?;
        let shelf = session.services.views.current(&session.viewer.place, session.viewer.actor)?;
        known.sight.holds(&shelf, now()).then(|| known.answer.clone())
    }

    /// Keeps the answer that a request of this session had, if it is of lists alone.
    pub fn learn(&self, session: &Session, question: [u8; 32], answer: &str) {
        if let Some(sight) = session.sight().filter(|_| answer.len() <= LONGEST) {
            let known = Known { sight, answer: Bytes::copy_from_slice(answer.as_bytes()) };
            self.known.insert(key(session, question), Arc::new(known));
        }
    }
}

fn key(session: &Session, question: [u8; 32]) -> Key {
    Key { question, tenant: session.viewer.place.tenant, costs: super::pricing::sees_costs(&session.viewer) }
}

/// Every field at the root of a query is a list of listings, said outright.
pub fn asks_for_lists(document: &ExecutableDocument, operation: Option<&str>) -> bool {
    let operation: Option<&OperationDefinition> = document
        .operations
        .iter()
        .find(|(name, _)| operation.is_none() || name.map(async_graphql::Name::as_str) == operation)
        .map(|(_, operation)| &operation.node);
    let lists = |selection: &Selection| match selection {
        Selection::Field(field) => field.node.name.node == "listings",
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    };
    operation.is_some_and(|operation| {
        operation.ty == OperationType::Query
            && operation.selection_set.node.items.iter().all(|item| lists(&item.node))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    #[test]
    fn only_a_query_for_lists_and_nothing_else_is_one() {
        for (text, name, lists) in [
            ("{ listings { nodes { id } } }", None, true),
            (
                "query A { a: listings { nodes { id } } b: listings(first: 3) { nodes { id } } }",
                Some("A"),
                true,
            ),
            ("query A { listings { nodes { id } } } query B { viewer { id } }", Some("A"), true),
            ("query A { listings { nodes { id } } } query B { viewer { id } }", Some("B"), false),
            ("{ listings { nodes { id } } viewer { id } }", None, false),
            ("{ viewer { id } }", None, false),
            ("{ ...F } fragment F on Query { listings { nodes { id } } }", None, false),
            ("{ ... { listings { nodes { id } } } }", None, false),
            ("mutation { listings }", None, false),
            ("{ __typename }", None, false),
        ] {
            assert_eq!(asks_for_lists(&parse_query(text).unwrap(), name), lists, "{text}");
        }
    }
}
