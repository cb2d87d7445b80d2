//! Sockets of a tenant's staff: each follows the tenant's log and notes what it heard, and when.

use crate::{
    cli::bench::{child::Child, wire::find, world::Tenant},
    foundation,
};
use anyhow::{Context, Result, bail, ensure};
use futures_util::{SinkExt, StreamExt, TryStreamExt, stream};
use serde_json::json;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use tokio::{net::TcpStream, task::JoinHandle};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How many are opened at once.
const AT_ONCE: usize = 8;
/// Our own memory for reading and writing, a socket.
const BUFFER: usize = 4 << 10;

/// A socket that is followed until it is told to stop.
pub(super) struct Socket {
    /// Whose log, as a place in the list of tenants.
    pub(super) tenant: usize,
    last: Arc<AtomicI64>,
    task: JoinHandle<Result<Heard>>,
}

/// What a socket has heard.
#[derive(Default)]
pub(super) struct Heard {
    /// The number of the first event.
    pub(super) first: i64,
    /// The number of the last one.
    pub(super) last: i64,
    /// How many.
    pub(super) count: i64,
    /// Whether each followed the one before, by number.
    pub(super) torn: bool,
    /// Orders that it heard of, and when; microseconds.
    pub(super) orders: Vec<(Uuid, i64)>,
}

impl Socket {
    /// The number of the last event that it has heard; 0 before the first.
    pub(super) fn last(&self) -> i64 {
        self.last.load(Ordering::Relaxed)
    }

    /// What it has heard, once it was told to stop.
    pub(super) async fn heard(self) -> Result<Heard> {
        self.task.await?
    }
}

/// Opens a socket for each pair of a tenant's place and a token.
pub(super) async fn open(
    server: &Child,
    tenants: &[&Tenant],
    who: Vec<(usize, String)>,
    stop: &CancellationToken,
) -> Result<Vec<Socket>> {
    let address = server.address;
    let opening = who.into_iter().map(|(at, token)| async move {
        let stream = subscribe(address, &tenants[at].handle, &token).await?;
        let last = Arc::new(AtomicI64::new(0));
        let task = tokio::spawn(follow(stream, Arc::clone(&last), stop.clone()));
        anyhow::Ok(Socket { tenant: at, last, task })
    });
    stream::iter(opening).buffer_unordered(AT_ONCE).try_collect().await
}

type Stream = WebSocketStream<TcpStream>;

async fn subscribe(address: SocketAddr, tenant: &str, token: &str) -> Result<Stream> {
    let mut request = format!("ws://{address}/graphql").into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let tcp = TcpStream::connect(address).await.context("no connection for a socket")?;
    tcp.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
    let (mut stream, _) =
        client_async_with_config(request, tcp, Some(config)).await.context("no WebSocket")?;
    let hello = json!({"type": "connection_init",
                       "payload": {"authorization": format!("Bearer {token}"), "tenant": tenant}});
    stream.send(Message::text(hello.to_string())).await?;
    let answer = stream.next().await.context("the server closed a socket")??;
    ensure!(
        answer.to_text().is_ok_and(|text| text.contains("connection_ack")),
        "a socket was refused: {answer}"
    );
    let document = include_str!("../documents/tenant_events.graphql");
    let subscribe = json!({"id": "1", "type": "subscribe",
                           "payload": {"query": document, "operationName": "Events", "variables": {}}});
    stream.send(Message::text(subscribe.to_string())).await?;
    Ok(stream)
}

async fn follow(mut stream: Stream, last: Arc<AtomicI64>, stop: CancellationToken) -> Result<Heard> {
    let mut heard = Heard::default();
    loop {
        let message = tokio::select! {
            message = stream.next() => message,
            () = stop.cancelled() => return Ok(heard),
        };
        match message.context("the server closed a socket")?? {
            Message::Text(text) if find(text.as_bytes(), br#""type":"ping""#).is_some() => {
                stream.send(Message::text(r#"{"type":"pong"}"#)).await?;
            }
            Message::Text(text) => {
                heard.take(text.as_bytes())?;
                last.store(heard.last, Ordering::Relaxed);
            }
            Message::Close(frame) => bail!("the server closed a socket: {frame:?}"),
            _ => {}
        }
    }
}

impl Heard {
    fn take(&mut self, message: &[u8]) -> Result<()> {
        let at = foundation::now().timestamp_micros();
        if find(message, br#""type":"next""#).is_none() {
            bail!("a socket was told {}", String::from_utf8_lossy(message));
        }
        // A heartbeat is about nothing.
        let Some(subject) = after(message, br#""subjectId":""#) else { return Ok(()) };
        let number = after(message, br#""seq":""#).and_then(|seq| text(seq)?.parse().ok());
        let number: i64 = number.context("an event without a number")?;
        self.torn |= self.count > 0 && number != self.last + 1;
        if self.count == 0 {
            self.first = number;
        }
        self.last = number;
        self.count += 1;
        let order = subject.strip_prefix(b"ord_").and_then(|rest| rest.get(..32));
        if let Some(order) = order.and_then(|hex| Uuid::try_parse_ascii(hex).ok()) {
            self.orders.push((order, at));
        }
        Ok(())
    }
}

fn after<'a>(message: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    find(message, name).map(|at| &message[at + name.len()..])
}

// Up to the closing quote.
fn text(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value.split(|byte| *byte == b'"').next()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(seq: i64, subject: &str) -> Vec<u8> {
        format!(
            r#"{{"id":"1","type":"next","payload":{{"data":{{"tenantEvents":{{"seq":"{seq}","type":null,"subjectId":{subject}}}}}}}}}"#
        )
        .into_bytes()
    }

    #[test]
    fn a_gap_and_a_repeat_tear_the_log_and_a_heartbeat_does_not() {
        let order = format!("\"ord_{}\"", Uuid::now_v7().simple());
        let mut heard = Heard::default();
        for seq in [7, 8] {
            heard.take(&message(seq, &order)).unwrap();
            heard.take(&message(seq, "null")).unwrap();
        }
        heard.take(&message(9, "\"dlv_1\"")).unwrap();
        assert_eq!((heard.first, heard.last, heard.count, heard.orders.len()), (7, 9, 3, 2));
        assert!(!heard.torn);
        heard.take(&message(9, &order)).unwrap();
        assert!(heard.torn);
        assert!(heard.take(br#"{"type":"error"}"#).is_err());
    }
}
