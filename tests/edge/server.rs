//! A running edge, and the ways to speak to it.

use std::{net::SocketAddr, time::Duration};

use cardamom::http::{Edge, Limits};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::toy::Toy;

pub struct Running {
    pub at: SocketAddr,
    pub toy: Toy,
    pub http: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    served: Option<JoinHandle<std::io::Result<()>>>,
}

/// Without rates, which have tests of their own.
pub fn calm() -> Limits {
    Limits { rates: None, ..Limits::default() }
}

pub async fn serve(limits: Limits) -> Running {
    serve_edge(limits, |edge| edge).await
}

pub async fn serve_edge(limits: Limits, set: impl FnOnce(Edge<Toy>) -> Edge<Toy>) -> Running {
    let toy = Toy::new();
    let edge = set(Edge::new(toy.clone(), limits).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(edge.serve(listener, async move {
        let _ = stopped.await;
    }));
    // A test that waits for ever says less than one that fails.
    let http = reqwest::Client::builder().timeout(Duration::from_secs(15)).build().unwrap();
    Running { at, toy, http, stop: Some(stop), served: Some(served) }
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
    pub fn code(&self) -> String {
        self.json()["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

impl Running {
    pub fn url(&self) -> String {
        format!("http://{}/graphql", self.at)
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub fn post(&self, body: &Value) -> reqwest::RequestBuilder {
        self.http
            .post(self.url())
            .header("accept", "application/graphql-response+json")
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    pub async fn ask(&self, query: &str) -> Answer {
        self.send(self.post(&json!({ "query": query }))).await
    }

    pub async fn ask_with(&self, query: &str, variables: Value) -> Answer {
        self.send(self.post(&json!({ "query": query, "variables": variables }))).await
    }

    /// What comes back on a bare connection until the server closes it, or nothing more comes.
    pub async fn raw(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub async fn open(&self) -> Socket {
        self.open_as("graphql-transport-ws", None).await.unwrap()
    }

    pub async fn open_as(&self, protocol: &str, origin: Option<&str>) -> Result<Socket, u16> {
        let mut request = format!("ws://{}/graphql", self.at).into_client_request().unwrap();
        if !protocol.is_empty() {
            request.headers_mut().insert("sec-websocket-protocol", protocol.parse().unwrap());
        }
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(tokio_tungstenite::tungstenite::Error::Http(refused)) => Err(refused.status().as_u16()),
            // The library refuses an answer without the protocol that it asked for.
            Err(tokio_tungstenite::tungstenite::Error::Protocol(_)) => Err(0),
            Err(error) => panic!("{error}"),
        }
    }

    /// A socket past its init.
    pub async fn ready(&self) -> Socket {
        let mut socket = self.open().await;
        socket.say(json!({ "type": "connection_init" })).await;
        assert_eq!(socket.hear().await["type"], "connection_ack");
        socket
    }

    pub fn begin_stop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
    }

    pub async fn stopped(&mut self) {
        self.begin_stop();
        let served = self.served.take().unwrap();
        tokio::time::timeout(Duration::from_secs(15), served).await.unwrap().unwrap().unwrap();
    }
}

pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn say(&mut self, message: Value) {
        self.text(&message.to_string()).await;
    }

    pub async fn text(&mut self, text: &str) {
        let _ = self.0.send(Message::Text(text.into())).await;
    }

    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": query } })).await;
    }

    /// The next message; a close is `{"close": code}`.
    pub async fn hear(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await;
            match message.expect("nothing was said for 10 s") {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(Some(frame)))) => return json!({ "close": u16::from(frame.code) }),
                Some(Ok(Message::Close(None))) | None => return json!({ "close": null }),
                Some(Ok(_)) => {}
                Some(Err(error)) => return json!({ "close": "broken", "error": error.to_string() }),
            }
        }
    }

    pub async fn closed(&mut self) -> Value {
        let closed = async {
            loop {
                let heard = self.hear().await;
                if let Some(code) = heard.get("close") {
                    return code.clone();
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(10), closed).await.expect("not closed in 10 s")
    }
}
