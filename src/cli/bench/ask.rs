//! Requests as a client sends them: the whole document and its variables each time.

use std::net::SocketAddr;

/// A document, escaped for JSON once; a request carries all of it.
pub(super) struct Document(Vec<u8>);

impl Document {
    /// Of a text with one operation, which has a name.
    pub(super) fn of(text: &str) -> Self {
        let name = text.split(['(', '{', ' ']).nth(1).unwrap_or_default();
        let query = serde_json::Value::from(text);
        Self(format!("{{\"operationName\":\"{name}\",\"query\":{query},\"variables\":").into_bytes())
    }
}

/// Who asks, where: the head of a request up to the length of its body.
pub(super) struct Caller(Vec<u8>);

impl Caller {
    /// Somebody signed in at a tenant.
    pub(super) fn new(server: SocketAddr, path: &str, tenant: &str, token: &str) -> Self {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {server}\r\nuser-agent: cardamom-bench\r\nx-tenant: {tenant}\r\n\
             authorization: Bearer {token}\r\naccept: application/graphql-response+json, application/json;q=0.9\r\n\
             content-type: application/json\r\ncontent-length: "
        );
        Self(head.into_bytes())
    }
}

/// A request being written; the same memory serves the next one.
#[derive(Default)]
pub(super) struct Outgoing {
    wire: Vec<u8>,
}

impl Outgoing {
    /// Writes a request; the variables are JSON.
    pub(super) fn write(&mut self, caller: &Caller, document: &Document, variables: &[u8]) {
        use std::io::Write;
        let length = document.0.len() + variables.len() + 1;
        self.wire.clear();
        self.wire.extend_from_slice(&caller.0);
        // A vector takes whatever is written to it.
        let _ = write!(self.wire, "{length}\r\n\r\n");
        self.wire.extend_from_slice(&document.0);
        self.wire.extend_from_slice(variables);
        self.wire.push(b'}');
    }

    /// What is sent.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.wire
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_carries_the_whole_document() {
        let document = Document::of("query Shop($first: Int) {\n  listings(first: $first) { id }\n}");
        let caller = Caller::new(([127, 0, 0, 1], 80).into(), "/graphql", "shop", "t");
        let mut out = Outgoing::default();
        out.write(&caller, &document, b"{\"first\":24}");
        let text = String::from_utf8(out.bytes().to_vec()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["operationName"], "Shop");
        assert_eq!(body["variables"]["first"], 24);
        assert!(body["query"].as_str().unwrap().contains("\n  listings"));
    }
}
