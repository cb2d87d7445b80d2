//! One operation of a socket, in a task of its own.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc};

use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc::Sender;

use super::{
    super::{
        answer::{self, Told},
        backend::{Backend, RequestId},
        gate::{Admitted, Kind},
        params,
        refusal::{Code, Refusal},
        shared::{Leave, Shared, said},
    },
    protocol,
};

/// A message of one operation, on its way out.
pub(super) struct Outgoing {
    /// Which run of the id it belongs to: an id may be used again once it is free.
    pub(super) serial: u64,
    pub(super) id: String,
    pub(super) text: String,
    /// The operation has nothing more to say.
    pub(super) last: bool,
}

/// What a `subscribe` asks for, if it may run over a socket.
pub(super) fn admit<B: Backend>(
    shared: &Shared<B>,
    session: &B::Session,
    address: Option<IpAddr>,
    payload: apollo_compiler::response::JsonValue,
) -> Result<(Admitted, Leave), Refusal> {
    if let Some(buckets) = &shared.buckets {
        buckets.address(address).map_err(|(refusal, _)| refusal)?;
        if let Some(bucket) = shared.backend.bucket(session) {
            buckets.credential(&bucket).map_err(|(refusal, _)| refusal)?;
        }
    }
    let admitted = shared.gate.admit(params::from_value(payload)?)?;
    if admitted.kind == Kind::Mutation {
        return Err(Refusal::new(
            poem::http::StatusCode::METHOD_NOT_ALLOWED,
            Code::BadRequest,
            "Mutations are sent by POST",
        ));
    }
    Ok((admitted, shared.leave()?))
}

/// Where one operation's messages go. The queue is short: when the client does not take them, the
/// operation waits, and with it the stream it reads from.
#[derive(Clone)]
pub(super) struct Outbox {
    /// Boxed, because a queue makes room for 32 however short it is.
    pub(super) sender: Sender<Box<Outgoing>>,
    pub(super) serial: u64,
    pub(super) id: String,
    pub(super) request_id: Arc<str>,
}

impl Outbox {
    async fn send(&self, text: String, last: bool) -> bool {
        let outgoing = Outgoing { serial: self.serial, id: self.id.clone(), text, last };
        self.sender.send(Box::new(outgoing)).await.is_ok()
    }

    async fn next(&self, json: &str) -> bool {
        self.send(protocol::next(&self.id, json), false).await
    }

    async fn complete(&self) {
        self.send(protocol::complete(&self.id), true).await;
    }

    async fn error(&self, errors: &[Told]) {
        self.send(protocol::error(&self.id, errors), true).await;
    }
}

/// A query runs to its end even when the client no longer waits for it.
pub(super) async fn query<B: Backend>(
    shared: Arc<Shared<B>>,
    leave: Leave,
    session: B::Session,
    admitted: Admitted,
    outbox: Outbox,
) {
    let cost = admitted.cost;
    match shared.run(leave, session, admitted, &outbox.request_id).await {
        Ok(response) => {
            let answer = answer::executed(&response, Some(cost), &outbox.request_id, &shared.limits);
            if outbox.next(&answer.json).await {
                outbox.complete().await;
            }
        }
        Err(refusal) => outbox.error(&answer::errors(&refusal, &outbox.request_id)).await,
    }
}

pub(super) async fn subscription<B: Backend>(
    shared: Arc<Shared<B>>,
    session: B::Session,
    admitted: Admitted,
    outbox: Outbox,
) {
    let request = admitted.into_request().data(RequestId(outbox.request_id.clone()));
    let mut events = shared.backend.subscribe(session, request);
    loop {
        match AssertUnwindSafe(events.next()).catch_unwind().await {
            Ok(Some(event)) => {
                let answer = answer::executed(&event, None, &outbox.request_id, &shared.limits);
                if !outbox.next(&answer.json).await {
                    return;
                }
            }
            Ok(None) => return outbox.complete().await,
            Err(panic) => {
                let request_id = &outbox.request_id;
                tracing::error!(request_id = &**request_id, panic = said(&*panic), "a subscription panicked");
                return outbox.error(&answer::errors(&Refusal::internal(), request_id)).await;
            }
        }
    }
}
