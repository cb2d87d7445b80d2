//! The gate in front of the executor: no document reaches it that is not small, valid and paid for.
//!
//! In this order, each step safe on what the step before let through: bytes, tokens and nesting of
//! the text ([`scan`]); the shape of the syntax tree with every fragment written out, by arithmetic
//! ([`walk`]); validation against our own SDL; the operation asked for; its variables, coerced
//! ([`variables`]); its cost ([`cost`]). Documents that pass are remembered by their SHA-256.

mod cost;
mod flaws;
mod scan;
mod variables;
mod walk;

use std::{collections::HashMap, sync::Arc};

use apollo_compiler::{
    ExecutableDocument, Schema,
    ast::{Definition, Document as Tree, OperationType},
    executable::Operation,
    parser::Parser,
    response::JsonMap,
    validation::Valid,
};
use async_graphql::parser::{parse_query, types::ExecutableDocument as Runnable};
use moka::sync::Cache;
use poem::http::StatusCode;
use sha2::{Digest, Sha256};

use super::{
    backend::{LastEventId, Question},
    limits::Limits,
    refusal::{Code, Flaw, Refusal},
};

pub(crate) use apollo_compiler::ast::OperationType as Kind;

/// The SHA-256 of a document's text.
pub(crate) type Hash = [u8; 32];

/// What a client asks to be run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub(crate) query: Option<String>,
    /// The hash that the client knows the document by.
    pub(crate) hash: Option<Hash>,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: JsonMap,
}

/// An operation that may run, once whoever asks is known.
pub(crate) struct Admitted {
    checked: Arc<Checked>,
    operation_name: Option<String>,
    variables: serde_json::Value,
    /// Where a stream is to go on.
    pub(crate) last_event: Option<LastEventId>,
    /// Of a query.
    pub(crate) question: Option<Question>,
    pub(crate) kind: OperationType,
    pub(crate) cost: u64,
    /// It checks a password or a code.
    pub(crate) checks_credential: bool,
    /// It changes something, and rests on what is said of its caller before it runs.
    pub(crate) rests_on_caller: bool,
}

impl Admitted {
    /// As the executor takes it.
    pub(crate) fn into_request(self) -> async_graphql::Request {
        let variables = async_graphql::Variables::from_json(self.variables);
        let mut request = async_graphql::Request::new("").variables(variables);
        request.operation_name = self.operation_name;
        request.set_parsed_query(self.checked.runnable.clone());
        if let Some(last) = self.last_event {
            request = request.data(last);
        }
        request
    }
}

/// A document that passed, in the form of each of its readers.
struct Checked {
    text_bytes: usize,
    tree: Valid<ExecutableDocument>,
    runnable: Runnable,
}

/// Checks documents against one schema, and remembers those that passed.
pub(crate) struct Gate {
    schema: Valid<Schema>,
    limits: Limits,
    seen: Cache<Hash, Arc<Checked>>,
    /// Apart from `seen`, so that nobody's one-off documents push out what clients registered.
    persisted: Cache<Hash, Arc<Checked>>,
    trusted: HashMap<Hash, Arc<Checked>>,
}

impl Gate {
    /// # Errors
    /// An SDL that does not stand.
    pub(crate) fn new(sdl: &str, limits: &Limits) -> Result<Self, String> {
        let schema = Schema::builder()
            .ignore_builtin_redefinitions()
            .parse(sdl, "schema.graphql")
            .build()
            .map_err(|invalid| invalid.errors.to_string())?
            .validate()
            .map_err(|invalid| invalid.errors.to_string())?;
        let cache = || {
            Cache::builder()
                .max_capacity(limits.document_cache_bytes)
                .weigher(|_: &Hash, one: &Arc<Checked>| weight(one))
                .build()
        };
        let (seen, persisted) = (cache(), cache());
        Ok(Self { schema, limits: limits.clone(), seen, persisted, trusted: HashMap::new() })
    }

    /// Adds documents that run by their hash, for ever; the only ones where `trusted_only` is set.
    pub(crate) fn trust(&mut self, documents: impl IntoIterator<Item = String>) -> Result<(), String> {
        for text in documents {
            let checked = self.check(&text).map_err(|refusal| refusal.flaws[0].message.clone())?;
            self.trusted.insert(Sha256::digest(&text).into(), Arc::new(checked));
        }
        Ok(())
    }

    /// Everything that can be said about a request without knowing who makes it.
    pub(crate) fn admit(&self, ask: Ask) -> Result<Admitted, Refusal> {
        let (hash, checked) = self.find(&ask)?;
        let operation = checked.tree.operations.get(ask.operation_name.as_deref()).map_err(|_| {
            Refusal::document(vec![Flaw {
                message: "`operationName` names one operation of the document; it may be left out where there is only one".into(),
                at: None,
            }])
        })?;
        let variables = variables::coerce(&self.schema, operation, &ask.variables, &self.limits)?;
        let pricing = cost::Pricing {
            schema: &self.schema,
            document: &checked.tree,
            variables: &variables,
            limits: &self.limits,
        };
        let cost = pricing.operation(operation)?;
        if cost > self.limits.cost {
            let message = format!("The operation may cost {cost}; the limit is {}", self.limits.cost);
            let refusal = Refusal::new(StatusCode::BAD_REQUEST, Code::CostExceeded, message);
            return Err(Refusal { cost: Some(cost), ..refusal });
        }
        if let Some(hash) = ask.hash.filter(|_| ask.query.is_some()) {
            self.persisted.insert(hash, checked.clone());
        }
        let variables = serde_json::to_value(&*variables).map_err(|_| Refusal::internal())?;
        let mutates = |names: &[String], among| {
            operation.is_mutation() && any_root(&checked.tree, operation, names, among)
        };
        let operation_name = operation.name.as_ref().map(ToString::to_string);
        let kind = operation.operation_type;
        Ok(Admitted {
            question: (kind == OperationType::Query)
                .then(|| question(&hash, operation_name.as_deref(), &variables)),
            kind,
            cost,
            checks_credential: mutates(&self.limits.credential_fields, true),
            rests_on_caller: mutates(&self.limits.rechecking_fields, false),
            checked,
            operation_name,
            variables,
            last_event: None,
        })
    }

    /// The document, by its hash or by its text.
    fn find(&self, ask: &Ask) -> Result<(Hash, Arc<Checked>), Refusal> {
        let Some(text) = &ask.query else {
            let Some(hash) = &ask.hash else {
                return Err(Refusal::bad_request("`query` is missing, and so is a document id"));
            };
            let known = self.trusted.get(hash).cloned().or_else(|| self.persisted.get(hash));
            return known.map(|checked| (*hash, checked)).ok_or_else(|| {
                Refusal::new(StatusCode::BAD_REQUEST, Code::PersistedQueryNotFound, "PersistedQueryNotFound")
            });
        };
        // Before hashing, so that a long text costs nothing. What is known has passed the rest.
        scan::length(text, &self.limits)?;
        let hash: Hash = Sha256::digest(text).into();
        if ask.hash.is_some_and(|claimed| claimed != hash) {
            let message = "The hash is not the SHA-256 of the document";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, Code::PersistedQueryMismatch, message));
        }
        if let Some(checked) = self.trusted.get(&hash) {
            return Ok((hash, checked.clone()));
        }
        if self.limits.trusted_only {
            let message = "Only registered documents are run here";
            return Err(Refusal::new(StatusCode::FORBIDDEN, Code::Forbidden, message));
        }
        let known = self.seen.get(&hash).or_else(|| self.persisted.get(&hash));
        let checked = if let Some(checked) = known {
            checked
        } else {
            let checked = Arc::new(self.check(text)?);
            self.seen.insert(hash, checked.clone());
            checked
        };
        Ok((hash, checked))
    }

    fn check(&self, text: &str) -> Result<Checked, Refusal> {
        scan::scan(text, &self.limits)?;
        let tree = Parser::new()
            .recursion_limit(500)
            // It counts white space and comments too: ours has counted, this only stops a runaway.
            .token_limit(text.len() + 1)
            .parse_ast(text, "document.graphql")
            .map_err(|invalid| Refusal::document(flaws::of(&invalid.errors, self.limits.errors)))?;
        walk::walk(&tree, &self.limits)?;
        let valid = tree
            .to_executable_validate(&self.schema)
            .map_err(|invalid| Refusal::document(flaws::of(&invalid.errors, self.limits.errors)))?;
        Ok(Checked { text_bytes: text.len(), tree: valid, runnable: runnable(text, tree)? })
    }
}

/// The same for everybody who asks the same: each part with its length, so that none runs into the next.
fn question(document: &Hash, operation: Option<&str>, variables: &serde_json::Value) -> Question {
    let mut hash = Sha256::new();
    let variables = variables.to_string();
    for part in [&document[..], operation.unwrap_or_default().as_bytes(), variables.as_bytes()] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// A field at the root is (or is not) among those names.
fn any_root(document: &ExecutableDocument, operation: &Operation, names: &[String], among: bool) -> bool {
    operation.root_fields(document).any(|field| names.iter().any(|name| field.name == name.as_str()) == among)
}

/// The document as the executor reads it. Its own parser does not know descriptions on operations
/// and `\u{…}` escapes: those it gets in other words.
fn runnable(text: &str, mut tree: Tree) -> Result<Runnable, Refusal> {
    if let Ok(runnable) = parse_query(text) {
        return Ok(runnable);
    }
    for definition in &mut tree.definitions {
        match definition {
            Definition::OperationDefinition(operation) => {
                let operation = operation.make_mut();
                operation.description = None;
                for variable in &mut operation.variables {
                    variable.make_mut().description = None;
                }
            }
            Definition::FragmentDefinition(fragment) => fragment.make_mut().description = None,
            _ => {}
        }
    }
    parse_query(tree.to_string()).map_err(|_| Refusal::bad_request("The document cannot be executed"))
}

/// Roughly, in bytes: two trees of a text.
fn weight(checked: &Checked) -> u32 {
    u32::try_from(checked.text_bytes.saturating_mul(30).saturating_add(1_000)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
