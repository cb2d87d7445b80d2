//! What the server says on the wire, to the byte, and what its database holds.

use super::{Client, Server};
use cardamom::foundation::{Db, migrate, postgres};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

impl Client {
    /// Sends a document; answers status and body as they came.
    pub async fn text(&self, document: &str, variables: &Value) -> (u16, String) {
        self.bytes(json!({"query": document, "variables": variables}).to_string().into_bytes()).await
    }

    /// Sends a body; answers status and body as they came.
    pub async fn bytes(&self, body: Vec<u8>) -> (u16, String) {
        let mut request = self
            .http
            .post(format!("{}/graphql", self.url))
            .header("x-tenant", &self.tenant)
            .header("accept", "application/graphql-response+json")
            .header("content-type", "application/json")
            .body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// A request of one's own making.
    pub fn request(&self, method: reqwest::Method, query: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/graphql{query}", self.url))
    }

    /// A socket with this caller's credentials, acknowledged.
    pub async fn socket(&self) -> Wire {
        let mut request =
            format!("{}/graphql", self.url.replace("http://", "ws://")).into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
        let (stream, _) = connect_async(request).await.unwrap();
        let mut socket = Wire { stream };
        let mut payload = json!({"tenant": self.tenant});
        if let Some(token) = &self.token {
            payload["authorization"] = json!(format!("Bearer {token}"));
        }
        socket.say(json!({"type": "connection_init", "payload": payload})).await;
        assert_eq!(socket.hear().await.unwrap()["type"], "connection_ack");
        socket
    }
}

/// An open socket.
pub struct Wire {
    stream: WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>,
}

impl Wire {
    /// Sends a message.
    pub async fn say(&mut self, message: Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// Starts an operation.
    pub async fn subscribe(&mut self, id: &str, document: &str, variables: &Value) {
        let payload = json!({"query": document, "variables": variables});
        self.say(json!({"id": id, "type": "subscribe", "payload": payload})).await;
    }

    /// The next message, or the code that the socket was closed with.
    pub async fn hear(&mut self) -> Result<Value, u16> {
        let next = async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                    Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |frame| frame.code.into())),
                    Some(Ok(_)) => {}
                    _ => return Err(0),
                }
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), next).await.expect("the socket says nothing")
    }
}

// What the program calls its database in a cluster of its own.
const DATABASE: &str = "cardamom";

fn address(server: &Server) -> PgConnectOptions {
    let (folder, port) = postgres::socket_of(&server.folder().join("data")).unwrap();
    PgConnectOptions::new_without_pgpass().socket(folder).port(port).database(DATABASE)
}

/// The server's database as its superuser: for looking, and for turning clocks back.
pub async fn superuser(server: &Server) -> PgConnection {
    PgConnection::connect_with(&address(server).username("postgres")).await.unwrap()
}

/// The server's database as the application's role, with nothing said.
pub async fn app_role(server: &Server) -> PgConnection {
    PgConnection::connect_with(&address(server).username(&migrate::app_role(DATABASE))).await.unwrap()
}

/// The same as the role of use cases and runners.
pub async fn work_role(server: &Server) -> PgConnection {
    PgConnection::connect_with(&address(server).username(&migrate::work_role(DATABASE))).await.unwrap()
}

/// The server's database as the application reaches it.
pub async fn app(server: &Server) -> Db {
    let by = |role: String| address(server).username(&role);
    let logins =
        migrate::Logins { app: by(migrate::app_role(DATABASE)), work: by(migrate::work_role(DATABASE)) };
    Db::connect(logins, 2).await.unwrap()
}

/// The codes of every top-level error of an answer.
pub fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array();
    let errors = errors.into_iter().flatten();
    errors.map(|error| error["extensions"]["code"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The UUID inside an id.
pub fn uuid(id: &str) -> uuid::Uuid {
    id.rsplit('_').next().unwrap().parse().unwrap()
}
