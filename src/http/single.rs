//! Event streams in the single connection mode of graphql-sse: one stream, many operations.
//!
//! For browsers on HTTP/1, which open six connections a host and no more. `PUT` reserves a stream and
//! answers its token, `GET` with the token opens it, `POST` with it starts an operation named by
//! `extensions.operationId`, `DELETE` stops one. The token is a secret that stands for the session
//! that reserved; it lives as long as the stream, or half a minute without one.

use std::{
    collections::HashMap,
    io,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_stream::stream;
use futures_util::{FutureExt, StreamExt};
use poem::{
    Body, Request, Response,
    http::{Method, StatusCode, header},
};
use serde_json::json;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval},
};

use super::{
    answer,
    backend::{Backend, RequestId},
    frame::{self, Caller},
    gate::{Admitted, Kind},
    graphql,
    refusal::{Code, Refusal},
    shared::{Shared, Slot, said},
    sse,
};

const TOKEN: &str = "x-graphql-event-stream-token";

/// How long a reserved stream may stay unopened.
const UNOPENED: Duration = Duration::from_secs(30);

/// Events of all operations that wait for the client.
const QUEUE: usize = 16;

/// A stream that a client has asked for, by its token.
pub(crate) type Reservations<S> = Mutex<HashMap<String, Arc<Reservation<S>>>>;

pub(crate) struct Reservation<S> {
    session: S,
    made: Instant,
    sender: Sender<String>,
    /// Taken by the one stream that opens it.
    receiver: Mutex<Option<Receiver<String>>>,
    /// Running operations, and how to stop those that may be stopped.
    active: Mutex<HashMap<String, Option<AbortHandle>>>,
    _slot: Slot,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a request speaks this mode.
pub(crate) fn wanted(request: &Request) -> bool {
    matches!(*request.method(), Method::PUT | Method::DELETE) || token(request).is_some()
}

fn token(request: &Request) -> Option<String> {
    let of_header = request.header(TOKEN).map(str::to_owned);
    of_header.or_else(|| parameter(request, "token"))
}

fn parameter(request: &Request, name: &str) -> Option<String> {
    let pairs = request.params::<Vec<(String, String)>>().ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

pub(crate) async fn endpoint<B: Backend>(
    shared: &Arc<Shared<B>>,
    mut request: Request,
    caller: &Caller,
) -> Result<Response, Refusal> {
    if let Some(buckets) = &shared.buckets {
        buckets.address(caller.address).map_err(|(refusal, _)| refusal)?;
    }
    if request.method() == Method::PUT {
        return reserve(shared, &request, caller).await;
    }
    let known = token(&request).and_then(|token| {
        let reservation = locked(&shared.reservations).get(&token).cloned();
        reservation.map(|reservation| (token, reservation))
    });
    let Some((token, reservation)) = known else {
        return Err(Refusal::new(StatusCode::NOT_FOUND, Code::BadRequest, "No stream has this token"));
    };
    match *request.method() {
        Method::GET => open(shared, token, &reservation),
        Method::POST => {
            let body = request.take_body();
            start(shared, &request, body, caller, reservation).await
        }
        _ => {
            let id = parameter(&request, "operationId")
                .ok_or_else(|| Refusal::bad_request("`operationId` is missing"))?;
            if let Some(Some(stop)) = locked(&reservation.active).remove(&id) {
                stop.abort();
            }
            Ok(Response::builder().status(StatusCode::OK).finish())
        }
    }
}

async fn reserve<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: &Request,
    caller: &Caller,
) -> Result<Response, Refusal> {
    let session = shared.identify(caller.credentials(request.headers(), frame::host(request))).await?;
    pay(shared, &session)?;
    let slot = shared.streams.take(caller.address);
    let slot = slot.ok_or_else(|| Refusal::throttled(Duration::from_secs(10)))?;
    let token = format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>());
    let (sender, receiver) = channel(QUEUE);
    let reservation = Reservation {
        session,
        made: Instant::now(),
        sender,
        receiver: Mutex::new(Some(receiver)),
        active: Mutex::default(),
        _slot: slot,
    };
    locked(&shared.reservations).insert(token.clone(), Arc::new(reservation));
    let response = Response::builder().status(StatusCode::CREATED);
    Ok(response.content_type("text/plain; charset=utf-8").body(token))
}

/// Forgets reservations that were never opened.
pub(crate) fn forget_unopened<S>(reservations: &Reservations<S>) {
    locked(reservations).retain(|_, one| one.made.elapsed() < UNOPENED || locked(&one.receiver).is_none());
}

fn pay<B: Backend>(shared: &Shared<B>, session: &B::Session) -> Result<(), Refusal> {
    if let (Some(buckets), Some(bucket)) = (&shared.buckets, shared.backend.bucket(session)) {
        buckets.credential(&bucket).map_err(|(refusal, _)| refusal)?;
    }
    Ok(())
}

/// Ends a reservation with its stream, however that ends.
struct Opened<B: Backend> {
    shared: Arc<Shared<B>>,
    token: String,
}

impl<B: Backend> Drop for Opened<B> {
    fn drop(&mut self) {
        let Some(reservation) = locked(&self.shared.reservations).remove(&self.token) else { return };
        for (_, stop) in locked(&reservation.active).drain() {
            stop.inspect(AbortHandle::abort);
        }
    }
}

fn open<B: Backend>(
    shared: &Arc<Shared<B>>,
    token: String,
    reservation: &Reservation<B::Session>,
) -> Result<Response, Refusal> {
    let Some(mut events) = locked(&reservation.receiver).take() else {
        return Err(Refusal::new(StatusCode::CONFLICT, Code::BadRequest, "The stream is open already"));
    };
    let opened = Opened { shared: shared.clone(), token };
    let session = reservation.session.clone();
    Ok(sse::headed(Body::from_bytes_stream(stream! {
        let shared = &opened.shared;
        let ended = shared.backend.ended(session);
        tokio::pin!(ended);
        let mut heartbeat = interval(shared.limits.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shared.closing.cancelled() => break,
                () = &mut ended => break,
                Some(event) = events.recv() => yield Ok::<_, io::Error>(event),
                _ = heartbeat.tick() => yield Ok(sse::HEARTBEAT.to_owned()),
            }
        }
    })))
}

async fn start<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: &Request,
    body: Body,
    caller: &Caller,
    reservation: Arc<Reservation<B::Session>>,
) -> Result<Response, Refusal> {
    let ask = graphql::from_body(shared, request, body).await?;
    let id = ask.operation_id.clone().filter(|id| !id.is_empty() && id.len() <= 128);
    let id = id.ok_or_else(|| Refusal::bad_request("`extensions.operationId` is missing"))?;
    let admitted = shared.gate.admit(ask)?;
    if admitted.checks_credential
        && let Some(buckets) = &shared.buckets
    {
        let credentials = caller.credentials(request.headers(), frame::host(request));
        let place = credentials.tenant.as_deref().or(credentials.host.as_deref()).unwrap_or_default();
        buckets.sign_in(caller.address, place).map_err(|(refusal, _)| refusal)?;
    }
    pay(shared, &reservation.session)?;
    let mut active = locked(&reservation.active);
    if active.contains_key(&id) {
        return Err(Refusal::new(StatusCode::CONFLICT, Code::BadRequest, "The operation id is in use"));
    }
    if active.len() >= shared.limits.subscriptions {
        return Err(Refusal::throttled(Duration::from_secs(1)));
    }
    let may_stop = admitted.kind == Kind::Subscription;
    let work = run(shared.clone(), reservation.clone(), admitted, id.clone(), caller.request_id.clone());
    let task = shared.tasks.spawn(work).abort_handle();
    active.insert(id, may_stop.then_some(task));
    Ok(Response::builder().status(StatusCode::ACCEPTED).header(header::CONTENT_LENGTH, "0").finish())
}

/// Runs one operation and says on the stream what it yields.
async fn run<B: Backend>(
    shared: Arc<Shared<B>>,
    reservation: Arc<Reservation<B::Session>>,
    admitted: Admitted,
    id: String,
    request_id: String,
) {
    let say = |event: &'static str, payload: Option<String>, cursor: Option<String>| {
        let data = match payload {
            Some(payload) => format!(r#"{{"id":{},"payload":{payload}}}"#, json!(id)),
            None => json!({ "id": id }).to_string(),
        };
        let cursor = cursor.map(|cursor| format!("id: {cursor}\n")).unwrap_or_default();
        reservation.sender.send(format!("{cursor}event: {event}\ndata: {data}\n\n"))
    };
    let session = reservation.session.clone();
    if admitted.kind == Kind::Subscription {
        let request = admitted.request.data(RequestId(request_id.clone()));
        let mut events = shared.backend.subscribe(session, request);
        loop {
            let (json, cursor) = match AssertUnwindSafe(events.next()).catch_unwind().await {
                Ok(Some(event)) => {
                    let json = answer::executed(&event, None, &request_id, &shared.limits).json;
                    (json, sse::cursor(&event).map(str::to_owned))
                }
                Ok(None) => break,
                Err(panic) => {
                    tracing::error!(request_id, panic = said(&*panic), "a subscription panicked");
                    let json = answer::refused(&Refusal::internal(), &request_id, &shared.limits);
                    let _ = say("next", Some(json), None).await;
                    break;
                }
            };
            if say("next", Some(json), cursor).await.is_err() {
                return;
            }
        }
    } else {
        let cost = admitted.cost;
        let json = match shared.run(session, admitted, &request_id).await {
            Ok(response) => answer::executed(&response, Some(cost), &request_id, &shared.limits).json,
            Err(refusal) => answer::refused(&refusal, &request_id, &shared.limits),
        };
        let _ = say("next", Some(json), None).await;
    }
    // One that was stopped meanwhile says nothing more.
    if locked(&reservation.active).remove(&id).is_some() {
        let _ = say("complete", None, None).await;
    }
}
