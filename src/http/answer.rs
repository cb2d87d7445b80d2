//! Answers as bytes: errors first, no `data` where nothing ran, nothing of ours in a message.

use async_graphql::{ErrorExtensionValues, PathSegment, Response, ServerError, Value};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use super::{
    limits::Limits,
    refusal::{Code, Refusal, brief, discreet},
};

/// An error, in the order in which people read it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Told {
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Json>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<Json>,
    extensions: Map<String, Json>,
}

/// The outline of a GraphQL answer. `data` is left out where the request was not executed.
#[derive(Serialize)]
struct Outline<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Told>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    extensions: Map<String, Json>,
}

/// An executed answer, and whether it was executed after all: the executor may still refuse.
pub(crate) struct Answer {
    pub(crate) json: String,
    pub(crate) executed: bool,
}

/// The errors of a refusal, as they stand in `errors` and in a socket's `error` message.
pub(crate) fn errors(refusal: &Refusal, request_id: &str) -> Vec<Told> {
    refusal
        .flaws
        .iter()
        .map(|flaw| {
            let mut extensions = Map::new();
            extensions.insert("code".into(), refusal.code.as_str().into());
            extensions.insert("requestId".into(), request_id.into());
            if let Some(wait) = refusal.retry_after {
                let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
                extensions.insert("retryAfterMs".into(), wait.into());
            }
            let at = |(line, column)| json!({ "line": line, "column": column });
            Told {
                message: flaw.message.clone(),
                locations: flaw.at.map(at).into_iter().collect(),
                path: Vec::new(),
                extensions,
            }
        })
        .collect()
}

pub(crate) fn refused(refusal: &Refusal, request_id: &str, limits: &Limits) -> String {
    let extensions = refusal.cost.map(|cost| price(cost, limits)).unwrap_or_default();
    write(&Outline { errors: errors(refusal, request_id), data: None, extensions })
}

pub(crate) fn executed(response: &Response, cost: Option<u64>, request_id: &str, limits: &Limits) -> Answer {
    let executed = response.errors.is_empty()
        || response.data != Value::Null
        || response.errors.iter().any(|error| !error.path.is_empty());
    let mut extensions = Map::new();
    for (name, value) in &response.extensions {
        extensions.insert(name.clone(), serde_json::to_value(value).unwrap_or_default());
    }
    if let Some(cost) = cost {
        extensions.append(&mut price(cost, limits));
    }
    let errors = response.errors.iter().take(limits.errors).map(|one| error(one, request_id)).collect();
    let data = executed.then_some(&response.data);
    Answer { json: write(&Outline { errors, data, extensions }), executed }
}

fn price(cost: u64, limits: &Limits) -> Map<String, Json> {
    let mut extensions = Map::new();
    extensions.insert("cost".into(), json!({ "requested": cost, "maximum": limits.cost }));
    extensions
}

/// An execution error. What carries no code of ours is either the executor's word about a value, or
/// a fault: its text is for the log alone.
fn error(error: &ServerError, request_id: &str) -> Told {
    let (code, message) = match error.extensions.as_ref().and_then(|values| values.get("code")) {
        Some(Value::String(code)) => (code.as_str(), brief(&error.message)),
        _ if about_input(error) => (Code::BadRequest.as_str(), discreet(&error.message)),
        _ => (Code::Internal.as_str(), String::new()),
    };
    let internal = code == Code::Internal.as_str();
    if internal {
        tracing::error!(request_id, error = %error.message, path = ?error.path, "a resolver failed");
    }
    let mut extensions = match &error.extensions {
        Some(values) if !internal => own_extensions(values),
        _ => Map::new(),
    };
    extensions.insert("code".into(), code.into());
    extensions.insert("requestId".into(), request_id.into());
    let at = |one: &async_graphql::Pos| json!({ "line": one.line, "column": one.column });
    let step = |one: &PathSegment| match one {
        PathSegment::Field(name) => Json::from(name.as_str()),
        PathSegment::Index(index) => Json::from(*index),
    };
    Told {
        message: if internal { "Internal error".into() } else { message },
        locations: error.locations.iter().map(at).collect(),
        path: error.path.iter().map(step).collect(),
        extensions,
    }
}

fn own_extensions(values: &ErrorExtensionValues) -> Map<String, Json> {
    match serde_json::to_value(values) {
        Ok(Json::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The executor's own words about an argument, or about a document that the gate let through.
fn about_input(error: &ServerError) -> bool {
    error.path.is_empty()
        || ["Failed to parse \"", "Expected input type \"", "Invalid value for argument "]
            .iter()
            .any(|words| error.message.starts_with(words))
}

fn write(outline: &Outline<'_>) -> String {
    serde_json::to_string(outline).unwrap_or_else(|_| {
        r#"{"errors":[{"message":"Internal error","extensions":{"code":"INTERNAL"}}]}"#.into()
    })
}
