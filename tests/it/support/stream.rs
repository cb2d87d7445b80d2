//! Somebody who follows events as server-sent events.

use super::{Client, wait::PATIENCE};
use futures_util::StreamExt;
use serde_json::{Value, json};
use std::pin::Pin;
use tokio::time::timeout;

type Bytes = Pin<Box<dyn futures_util::Stream<Item = Vec<u8>> + Send>>;

/// One stream of events.
pub struct EventStream {
    bytes: Bytes,
    read: String,
}

/// What a server sends: the name, the id to resume from, and the data.
#[derive(Debug)]
pub struct Sent {
    /// `next` or `complete`.
    pub name: String,
    /// To be sent back as `Last-Event-ID`.
    pub id: Option<String>,
    /// The GraphQL answer.
    pub data: Value,
}

impl EventStream {
    /// Opens one.
    pub async fn open(client: &Client, document: &str, variables: Value, last: Option<&str>) -> Self {
        let mut request = reqwest::Client::new()
            .post(format!("{}/graphql", client.url))
            .header("x-tenant", &client.tenant)
            .header("accept", "text/event-stream")
            .json(&json!({"query": document, "variables": variables}));
        if let Some(token) = &client.token {
            request = request.bearer_auth(token);
        }
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        let bytes = response.bytes_stream().take_while(|piece| std::future::ready(piece.is_ok()));
        Self { bytes: Box::pin(bytes.map(|piece| piece.unwrap().to_vec())), read: String::new() }
    }

    /// The next event, comments left out; none at the end.
    pub async fn next(&mut self) -> Option<Sent> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                if let Some(sent) = sent(&block) {
                    return Some(sent);
                }
                continue;
            }
            let piece = timeout(PATIENCE, self.bytes.next()).await.expect("heard nothing")?;
            self.read.push_str(&String::from_utf8(piece).unwrap());
        }
    }

    /// The next event of the log.
    pub async fn event(&mut self) -> (Value, Option<String>) {
        let sent = self.next().await.expect("the stream has ended");
        let data = sent.data["data"].as_object().and_then(|data| data.values().next()).cloned();
        (data.unwrap_or_else(|| panic!("no event: {sent:?}")), sent.id)
    }
}

fn sent(block: &str) -> Option<Sent> {
    let field = |name: &str| {
        block
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
            .map(|text| text.trim().to_owned())
    };
    let data = field("data").filter(|text| !text.is_empty());
    let data = data.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    Some(Sent { name: field("event")?, id: field("id"), data })
}
