//! One socket from its upgrade to its close.

use std::{collections::HashMap, sync::Arc, time::Duration};

use apollo_compiler::response::{JsonMap, JsonValue};
use futures_util::{SinkExt, StreamExt, future::BoxFuture, stream::SplitSink};
use poem::web::websocket::{CloseCode, Message, WebSocketStream};
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

use super::{
    super::{
        answer,
        backend::{Backend, Credentials, Denied},
        gate::Kind,
        refusal::Refusal,
        shared::Shared,
    },
    CLOSE_TIME,
    protocol::{self, Close, Said},
    work::{self, Outbox, Outgoing},
};

/// Messages of all operations that wait for the client.
const QUEUE: usize = 16;

/// Pings without any answer after which the client is taken to be gone.
const SILENT_PINGS: u32 = 3;

/// One operation that is running.
struct Active {
    serial: u64,
    /// Present for subscriptions: a query is never stopped, its answer is dropped.
    stop: Option<AbortHandle>,
}

struct Socket<B: Backend> {
    shared: Arc<Shared<B>>,
    credentials: Credentials,
    session: Option<B::Session>,
    active: HashMap<String, Active>,
    serial: u64,
    sender: Sender<Box<Outgoing>>,
    sink: SplitSink<WebSocketStream, Message>,
}

pub(super) async fn run<B: Backend>(
    shared: Arc<Shared<B>>,
    stream: WebSocketStream,
    credentials: Credentials,
    spoken: bool,
) {
    let (sink, messages) = stream.split();
    let (sender, outgoing) = channel(QUEUE);
    let mut socket =
        Socket { shared, credentials, session: None, active: HashMap::new(), serial: 0, sender, sink };
    let close = if spoken { socket.talk(messages, outgoing).await } else { Some(Close::WrongProtocol) };
    socket.stop_all();
    // One that did not take its messages hardly takes this: then the connection just ends. A client that has said that
    // it goes has its answer, which waits below us, sent by the same: without it the client would take the line for lost.
    let _ = timeout(CLOSE_TIME, async {
        if let Some(close) = close {
            let frame = Message::close_with(CloseCode::from(close.code()), close.reason());
            let _ = socket.sink.send(frame).await;
        }
        let _ = socket.sink.close().await;
    })
    .await;
}

impl<B: Backend> Socket<B> {
    /// Until one side has had enough. `None` when the client goes, or is gone already.
    async fn talk(
        &mut self,
        mut messages: impl StreamExt<Item = std::io::Result<Message>> + Unpin,
        mut outgoing: Receiver<Box<Outgoing>>,
    ) -> Option<Close> {
        let shared = self.shared.clone();
        let limits = &shared.limits;
        let init = tokio::time::sleep(limits.init_time);
        tokio::pin!(init);
        let mut ended: BoxFuture<'static, ()> = Box::pin(std::future::pending());
        let mut pings = interval_at(Instant::now() + limits.ping_every, limits.ping_every);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unanswered = 0;
        let mut allowance = Allowance::new(limits.messages_per_second, limits.message_burst);
        loop {
            let step = tokio::select! {
                biased;
                () = shared.closing.cancelled() => Err(Close::Away),
                () = &mut ended => Err(Close::Forbidden),
                () = &mut init, if self.session.is_none() => Err(Close::InitTimeout),
                message = messages.next() => {
                    unanswered = 0;
                    match message {
                        None | Some(Ok(Message::Close(_))) => return None,
                        Some(Err(error)) if error.to_string().contains("too long") => Err(Close::TooBig),
                        Some(Ok(_)) if !allowance.take() => Err(Close::TooManyMessages),
                        // Apart: what is seldom done takes no room in the thousands of sockets that sit still.
                        Some(Ok(Message::Text(text))) => Box::pin(self.hear(&text, &mut ended)).await,
                        // Pings are answered below us.
                        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(()),
                        // Beside binary: text that is no UTF-8, a broken frame, a connection that is gone.
                        Some(Ok(Message::Binary(_)) | Err(_)) => Err(Close::BadMessage),
                    }
                }
                Some(outgoing) = outgoing.recv() => self.forward(outgoing).await,
                _ = pings.tick() => {
                    unanswered += 1;
                    if unanswered > SILENT_PINGS {
                        Err(Close::Silent)
                    } else {
                        self.send(Message::Ping(Vec::new())).await
                    }
                }
            };
            if let Err(close) = step {
                return Some(close);
            }
        }
    }

    async fn hear(&mut self, text: &str, ended: &mut BoxFuture<'static, ()>) -> Result<(), Close> {
        match protocol::heard(text)? {
            Said::Ping(payload) => self.say(protocol::pong(payload)).await,
            Said::Pong => Ok(()),
            Said::Init(payload) => {
                if self.session.is_some() {
                    return Err(Close::TooManyInits);
                }
                let session = self.identify(&payload).await?;
                let backend = self.shared.backend.clone();
                let watched = session.clone();
                *ended = Box::pin(async move { backend.ended(watched).await });
                self.session = Some(session);
                self.say(protocol::ack()).await
            }
            Said::Subscribe(id, payload) => {
                let session = self.session.clone().ok_or(Close::Unauthorized)?;
                self.start(id, payload, session).await
            }
            Said::Complete(id) => {
                if let Some(Active { stop: Some(stop), .. }) = self.active.remove(&id) {
                    stop.abort();
                }
                Ok(())
            }
        }
    }

    /// The credentials of `connection_init`; what it leaves out, the upgrade may have said.
    async fn identify(&self, payload: &JsonMap) -> Result<B::Session, Close> {
        let text = |name: &str| payload.get(name).and_then(JsonValue::as_str).map(str::to_owned);
        let upgrade = &self.credentials;
        let credentials = Credentials {
            authorization: text("authorization").or_else(|| upgrade.authorization.clone()),
            tenant: text("tenant").or_else(|| upgrade.tenant.clone()),
            ..upgrade.clone()
        };
        let leave = self.shared.leave().map_err(|_| Close::Overloaded)?;
        self.shared.identify(&leave, credentials).await.map_err(|denied| match denied {
            Denied::Unauthenticated => Close::Unauthorized,
            Denied::TenantRequired | Denied::Forbidden => Close::Forbidden,
            Denied::Unavailable => Close::Overloaded,
            Denied::Internal => Close::Internal,
        })
    }

    async fn start(&mut self, id: String, payload: JsonValue, session: B::Session) -> Result<(), Close> {
        self.serial += 1;
        if self.active.contains_key(&id) {
            return Err(Close::AlreadyActive);
        }
        let request_id: Arc<str> = format!("{}-{}", self.credentials.request_id, self.serial).into();
        let admitted = if self.active.len() >= self.shared.limits.subscriptions {
            Err(Refusal::throttled(Duration::from_secs(1)))
        } else {
            work::admit(&self.shared, &session, self.credentials.address, payload)
        };
        let (admitted, leave) = match admitted {
            Ok(admitted) => admitted,
            Err(refusal) => {
                return self.say(protocol::error(&id, &answer::errors(&refusal, &request_id))).await;
            }
        };
        let outbox = Outbox { sender: self.sender.clone(), serial: self.serial, id: id.clone(), request_id };
        let shared = self.shared.clone();
        let stop = if admitted.kind == Kind::Subscription {
            let task = work::subscription(shared, session, admitted, outbox);
            Some(self.shared.tasks.spawn(task).abort_handle())
        } else {
            self.shared.tasks.spawn(work::query(shared, leave, session, admitted, outbox));
            None
        };
        self.active.insert(id, Active { serial: self.serial, stop });
        Ok(())
    }

    /// Passes on what an operation says, unless the client has completed it meanwhile.
    async fn forward(&mut self, outgoing: Box<Outgoing>) -> Result<(), Close> {
        if self.active.get(&outgoing.id).is_none_or(|active| active.serial != outgoing.serial) {
            return Ok(());
        }
        if outgoing.last {
            self.active.remove(&outgoing.id);
        }
        self.say(outgoing.text).await
    }

    async fn say(&mut self, text: String) -> Result<(), Close> {
        self.send(Message::Text(text)).await
    }

    /// While the client does not take this, nothing else happens here: its operations wait.
    async fn send(&mut self, message: Message) -> Result<(), Close> {
        match timeout(self.shared.limits.send_time, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Close::Internal),
            Err(_) => Err(Close::SlowConsumer),
        }
    }

    fn stop_all(&mut self) {
        for (_, active) in self.active.drain() {
            if let Some(stop) = active.stop {
                stop.abort();
            }
        }
    }
}

/// A leaky bucket for the messages of one socket.
struct Allowance {
    per_second: f64,
    burst: f64,
    left: f64,
    at: Instant,
}

impl Allowance {
    fn new(per_second: u32, burst: u32) -> Self {
        let burst = f64::from(burst);
        Self { per_second: f64::from(per_second), burst, left: burst, at: Instant::now() }
    }

    fn take(&mut self) -> bool {
        let now = Instant::now();
        let earned = now.duration_since(self.at).as_secs_f64() * self.per_second;
        self.left = (self.left + earned).min(self.burst);
        self.at = now;
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}
