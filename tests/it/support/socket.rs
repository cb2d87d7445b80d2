//! Somebody who follows events over a WebSocket, in graphql-transport-ws.

use super::{Client, wait::PATIENCE};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

/// One connection.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects and says who it is; whether that was accepted shows in what is heard.
    pub async fn greet(client: &Client) -> Self {
        Self::dial(client, &client.url).await.unwrap()
    }

    /// The same at one of several servers, which may be dying: none where nobody answers.
    pub async fn dial(client: &Client, url: &str) -> Option<Self> {
        let url = format!("{}/graphql", url.replace("http://", "ws://"));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, _) = connect_async(request).await.ok()?;
        let mut socket = Self(stream);
        let mut payload = json!({"tenant": client.tenant});
        if let Some(token) = &client.token {
            payload["authorization"] = json!(format!("Bearer {token}"));
        }
        let said = socket.try_say(json!({"type": "connection_init", "payload": payload})).await;
        said.then_some(socket)
    }

    /// Connects as a client that is accepted.
    pub async fn open(client: &Client) -> Self {
        let mut socket = Self::greet(client).await;
        assert_eq!(socket.hear().await.unwrap()["type"], "connection_ack");
        socket
    }

    /// Connects and follows.
    pub async fn follow(client: &Client, document: &str, variables: Value) -> Self {
        let mut socket = Self::open(client).await;
        socket.subscribe("1", document, variables).await;
        socket
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: Value) {
        let payload = json!({"query": document, "variables": variables});
        self.say(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The next message of the protocol; the close code where the server has closed.
    pub async fn hear(&mut self) -> Result<Value, u16> {
        // Pings are nothing that was said.
        let next = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return Err(0),
                }
            }
        };
        timeout(PATIENCE, next).await.expect("heard nothing")
    }

    /// The next event.
    pub async fn event(&mut self) -> Value {
        let heard = self.hear().await.unwrap();
        let data = heard["payload"]["data"].as_object().and_then(|data| data.values().next()).cloned();
        data.filter(|event| !event.is_null()).unwrap_or_else(|| panic!("no event: {heard}"))
    }

    /// The events up to the first that is looked for, which is the last one.
    pub async fn events_until(&mut self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            events.push(self.event().await);
            if events.last().is_some_and(&last) {
                return events;
            }
        }
    }

    /// What the server closes with, whatever it says before.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.hear().await {
                return code;
            }
        }
    }

    /// Goes away without a word.
    pub fn vanish(self) {
        drop(self);
    }

    async fn say(&mut self, message: Value) {
        assert!(self.try_say(message).await, "the socket is gone");
    }

    /// Sends a message: whether it could be sent.
    pub async fn try_say(&mut self, message: Value) -> bool {
        self.0.send(Message::text(message.to_string())).await.is_ok()
    }
}
