//! A small GraphQL client for our own commands: HTTP for questions, graphql-transport-ws for what is pushed.

use anyhow::{Context, Result, anyhow, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

/// An answer takes no longer than this.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a caller that asked too often waits in all.
const PATIENCE: u32 = 5;

/// A caller at a tenant.
#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    tenant: String,
    token: Option<String>,
    verbose: bool,
}

/// What came of a mutation: its payload, or the errors that it answered as data.
pub(super) enum Done {
    /// It was done.
    Payload(Value),
    /// It was not.
    Refused(Vec<Refused>),
}

/// One error as data.
pub(super) struct Refused {
    /// For programs.
    pub(super) code: String,
    /// For people.
    pub(super) message: String,
}

impl Client {
    /// Nobody in particular, at a tenant of the server at `url` (without a path). `verbose` prints what is sent.
    pub(super) fn new(url: &str, tenant: &str, verbose: bool) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(ANSWER_WITHIN).no_proxy().build()?;
        Ok(Self { http, url: url.into(), tenant: tenant.into(), token: None, verbose })
    }

    /// Nobody in particular, at another tenant.
    pub(super) fn at(&self, tenant: &str) -> Self {
        Self { tenant: tenant.into(), token: None, ..self.clone() }
    }

    /// With a session's token.
    pub(super) fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.into()), ..self.clone() }
    }

    /// The tenant's handle.
    pub(super) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Signs in at the client's tenant.
    pub(super) async fn sign_in(&self, email: &str, password: &str) -> Result<Self> {
        let document = "mutation($i: SessionCreateInput!) {
  sessionCreate(input: $i) { session { token } errors { code message } }
}";
        let made = self.done(document, json!({"i": {"email": email, "password": password}})).await?;
        Ok(self.with_token(text(&made, "/session/token")?))
    }

    /// The text of a page beside GraphQL.
    pub(super) async fn page(&self, path: &str) -> Result<String> {
        let response = self.http.get(format!("{}{path}", self.url)).send().await?;
        Ok(response.error_for_status()?.text().await?)
    }

    /// Sends a file to a link.
    pub(super) async fn put(&self, path: &str, file: Vec<u8>) -> Result<()> {
        let response = self.http.put(format!("{}{path}", self.url)).body(file).send().await?;
        response.error_for_status()?;
        Ok(())
    }

    /// Asks; the answer as it came. Waits where the server says that it was asked too often.
    async fn ask(&self, document: &str, variables: &Value) -> Result<Value> {
        if self.verbose {
            say_sent(document, variables);
        }
        let mut waits = 0;
        loop {
            let mut request = self
                .http
                .post(format!("{}/graphql", self.url))
                .header("x-tenant", &self.tenant)
                .header("accept", "application/graphql-response+json")
                .json(&json!({"query": document, "variables": variables}));
            if let Some(token) = &self.token {
                request = request.bearer_auth(token);
            }
            let response = request.send().await.map_err(|cause| {
                anyhow!("{} can't be reached{}", self.url, if cause.is_timeout() { " in time" } else { "" })
            })?;
            if response.status().as_u16() == 429 && waits < PATIENCE {
                waits += 1;
                let after = response.headers().get("retry-after").and_then(|after| after.to_str().ok());
                let seconds = after.and_then(|after| after.parse().ok()).unwrap_or(1);
                tokio::time::sleep(Duration::from_secs(u64::clamp(seconds, 1, 10))).await;
                continue;
            }
            let status = response.status();
            return response
                .json()
                .await
                .with_context(|| format!("{} answered {status}, and not as GraphQL does", self.url));
        }
    }

    // The value of the document's first field; any error beside it counts.
    async fn first(&self, document: &str, variables: &Value) -> Result<Value> {
        let mut answer = self.ask(document, variables).await?;
        if let Some(error) = answer.pointer("/errors/0") {
            let code = error.pointer("/extensions/code").and_then(Value::as_str).unwrap_or("no code");
            let message = error.get("message").and_then(Value::as_str).unwrap_or_default();
            bail!("{} refused: {code}, {message}", name_of(document));
        }
        let fields = answer.get_mut("data").and_then(Value::as_object_mut).map(std::mem::take);
        let first = fields.and_then(|fields| fields.into_iter().next()).map(|(_, value)| value);
        first.with_context(|| format!("{} answered nothing", name_of(document)))
    }

    /// A query's answer: the value of its first field.
    pub(super) async fn get(&self, document: &str, variables: Value) -> Result<Value> {
        self.first(document, &variables).await
    }

    /// A mutation's payload, or its errors as data.
    pub(super) async fn attempt(&self, document: &str, variables: Value) -> Result<Done> {
        let payload = self.first(document, &variables).await?;
        let errors = payload.get("errors").and_then(Value::as_array).context("a payload has no errors")?;
        if errors.is_empty() {
            return Ok(Done::Payload(payload));
        }
        let word = |error: &Value, key: &str| error[key].as_str().unwrap_or_default().to_owned();
        let refused = errors.iter();
        let refused =
            refused.map(|error| Refused { code: word(error, "code"), message: word(error, "message") });
        Ok(Done::Refused(refused.collect()))
    }

    /// The payload of a mutation that has to be done.
    pub(super) async fn done(&self, document: &str, variables: Value) -> Result<Value> {
        match self.attempt(document, variables).await? {
            Done::Payload(payload) => Ok(payload),
            Done::Refused(refused) => {
                let why: Vec<String> =
                    refused.iter().map(|no| format!("{}, {}", no.code, no.message)).collect();
                bail!("{} refused: {}", name_of(document), why.join("; "))
            }
        }
    }

    /// Opens a subscription; what is pushed waits until it is asked for.
    pub(super) async fn subscribe(&self, document: &str, variables: Value) -> Result<Events> {
        if self.verbose {
            say_sent(document, &variables);
        }
        let address = self.url.replacen("http", "ws", 1);
        let mut request = format!("{address}/graphql").into_client_request()?;
        request
            .headers_mut()
            .insert("sec-websocket-protocol", HeaderValue::from_static("graphql-transport-ws"));
        let (socket, _) = tokio_tungstenite::connect_async(request).await.context("no WebSocket")?;
        let mut events = Events { socket };
        let mut hello = Map::from_iter([("tenant".to_owned(), json!(self.tenant))]);
        if let Some(token) = &self.token {
            hello.insert("authorization".into(), json!(format!("Bearer {token}")));
        }
        events.say(&json!({"type": "connection_init", "payload": hello})).await?;
        let answer = events.hear().await?;
        ensure!(answer["type"] == "connection_ack", "the server did not take the socket: {answer}");
        let payload = json!({"query": document, "variables": variables});
        events.say(&json!({"id": "1", "type": "subscribe", "payload": payload})).await?;
        Ok(events)
    }
}

/// An open subscription.
pub(super) struct Events {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Events {
    async fn say(&mut self, message: &Value) -> Result<()> {
        Ok(self.socket.send(Message::text(message.to_string())).await?)
    }

    async fn hear(&mut self) -> Result<Value> {
        loop {
            match self.socket.next().await.context("the socket has ended")?? {
                Message::Text(text) => {
                    let said: Value = serde_json::from_str(&text)?;
                    if said["type"] == "ping" {
                        self.say(&json!({"type": "pong"})).await?;
                        continue;
                    }
                    return Ok(said);
                }
                Message::Close(frame) => {
                    bail!("the server closed the socket: {}", frame.map(|f| f.reason).unwrap_or_default())
                }
                _ => {}
            }
        }
    }

    /// What is pushed next: the value of the subscription's field. Fails when it takes longer than `within`.
    pub(super) async fn next(&mut self, within: Duration) -> Result<Value> {
        let said = tokio::time::timeout(within, self.hear()).await.context("nothing was pushed")??;
        let event = said.pointer("/payload/data").and_then(Value::as_object);
        match event.and_then(|data| data.values().next()) {
            Some(event) if said["type"] == "next" => Ok(event.clone()),
            _ => bail!("the subscription was refused: {}", said["payload"]),
        }
    }
}

/// The text at a place of an answer.
pub(super) fn text<'a>(value: &'a Value, place: &str) -> Result<&'a str> {
    value.pointer(place).and_then(Value::as_str).with_context(|| format!("no {place} in {value}"))
}

/// The elements of the list at a place of an answer.
pub(super) fn list<'a>(value: &'a Value, place: &str) -> Result<&'a [Value]> {
    let list = value.pointer(place).and_then(Value::as_array);
    list.map(Vec::as_slice).with_context(|| format!("no {place} in {value}"))
}

// The first field of a document.
fn name_of(document: &str) -> &str {
    let fields = document.split_once('{').map_or(document, |(_, fields)| fields).trim_start();
    fields.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or(document)
}

fn say_sent(document: &str, variables: &Value) {
    super::say(&format!("      {}", document.replace('\n', "\n      ")));
    if variables.as_object().is_some_and(|variables| !variables.is_empty()) {
        super::say(&format!("      {}", masked(variables)));
    }
}

// Passwords and cards are sent, not shown.
fn masked(value: &Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| {
                    let secret = matches!(key.as_str(), "password" | "ownerPassword" | "content");
                    (key.clone(), if secret { json!("…") } else { masked(value) })
                })
                .collect(),
        ),
        Value::Array(values) => values.iter().map(masked).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_holds_no_password_and_no_card() {
        let sent = json!({"i": {"email": "a@b.example", "password": "p", "lines": [{"content": "CARD"}]}});
        let shown = masked(&sent).to_string();
        assert_eq!(shown, r#"{"i":{"email":"a@b.example","lines":[{"content":"…"}],"password":"…"}}"#);
    }

    #[test]
    fn a_document_is_named_by_its_first_field() {
        assert_eq!(name_of("mutation($i: X!) {\n  orderPlace(input: $i) { id } }"), "orderPlace");
        assert_eq!(name_of("{ wallet { id } }"), "wallet");
    }
}
