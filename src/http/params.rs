//! The parameters of a GraphQL request, from JSON or from a query string.

use apollo_compiler::response::{JsonMap, JsonValue};

use super::{
    gate::{Ask, Hash},
    refusal::Refusal,
};

/// From the body of a POST, or the payload of a socket's `subscribe`.
pub(crate) fn from_json(bytes: &[u8]) -> Result<Ask, Refusal> {
    if std::str::from_utf8(bytes).is_err() {
        return Err(Refusal::bad_request("The body is not UTF-8"));
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => from_value(value),
        Err(_) => Err(Refusal::bad_request("The body is not JSON")),
    }
}

pub(crate) fn from_value(value: JsonValue) -> Result<Ask, Refusal> {
    let mut map = match value {
        JsonValue::Object(map) => map,
        JsonValue::Array(_) => return Err(Refusal::bad_request("Send one request at a time, not a batch")),
        _ => return Err(Refusal::bad_request("The request is an object with a `query`")),
    };
    let extensions = object(map.remove("extensions"), "extensions")?;
    let document_id = string(map.remove("documentId"), "documentId")?;
    Ok(Ask {
        query: string(map.remove("query"), "query")?,
        hash: hash(document_id.as_deref(), &extensions)?,
        operation_name: string(map.remove("operationName"), "operationName")?,
        variables: object(map.remove("variables"), "variables")?,
    })
}

/// From the query string of a GET, where maps are written as JSON.
pub(crate) fn from_pairs(pairs: Vec<(String, String)>) -> Result<Ask, Refusal> {
    let mut map = JsonMap::new();
    for (name, value) in pairs {
        let value = match name.as_str() {
            "query" | "operationName" | "documentId" => JsonValue::from(value),
            "variables" | "extensions" if value.is_empty() => continue,
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| Refusal::bad_request(format!("`{name}` is not JSON")))?,
            _ => continue,
        };
        map.insert(name, value);
    }
    from_value(JsonValue::Object(map))
}

fn string(value: Option<JsonValue>, name: &str) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(JsonValue::Null) => Ok(None),
        Some(JsonValue::String(text)) => Ok(Some(text.as_str().to_owned())),
        Some(_) => Err(Refusal::bad_request(format!("`{name}` is not a string"))),
    }
}

fn object(value: Option<JsonValue>, name: &str) -> Result<JsonMap, Refusal> {
    match value {
        None | Some(JsonValue::Null) => Ok(JsonMap::new()),
        Some(JsonValue::Object(map)) => Ok(map),
        Some(_) => Err(Refusal::bad_request(format!("`{name}` is not an object"))),
    }
}

/// `documentId: "sha256:<hex>"`, or `extensions.persistedQuery` as Apollo's clients write it.
fn hash(document_id: Option<&str>, extensions: &JsonMap) -> Result<Option<Hash>, Refusal> {
    const SHAPE: &str = "A document id is `sha256:` and 64 hexadecimal digits";
    if let Some(id) = document_id {
        let hash = id.strip_prefix("sha256:").and_then(from_hex);
        return hash.map(Some).ok_or_else(|| Refusal::bad_request(SHAPE));
    }
    match extensions.get("persistedQuery") {
        None | Some(JsonValue::Null) => Ok(None),
        Some(persisted) => {
            let version = persisted.get("version").and_then(JsonValue::as_i64);
            let hash = persisted.get("sha256Hash").and_then(JsonValue::as_str).and_then(from_hex);
            match (version, hash) {
                (Some(1), Some(hash)) => Ok(Some(hash)),
                _ => Err(Refusal::bad_request("`persistedQuery` is version 1 with a `sha256Hash`")),
            }
        }
    }
}

fn from_hex(text: &str) -> Option<Hash> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut hash = Hash::default();
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}
