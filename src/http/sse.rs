//! Event streams: the distinct connections mode of graphql-sse, one operation a stream.
//!
//! Every event is pulled by the connection, so a slow client stops the subscription's stream rather
//! than filling a buffer; a client that takes nothing at all is cut by the connection's write time.

use std::{io, panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Response as Event, Value};
use async_stream::stream;
use futures_util::{FutureExt, StreamExt};
use poem::{Body, Response, http::header};
use tokio::time::{MissedTickBehavior, interval};

use super::{
    answer,
    backend::{Backend, Denied, RequestId},
    gate::{Admitted, Kind},
    negotiate::Media,
    refusal::Refusal,
    shared::{Leave, Shared, Slot, said},
};

/// The end of a stream. The empty data line is there for `EventSource`, which drops events without.
const COMPLETE: &str = "event: complete\ndata:\n\n";
const HEARTBEAT: &str = ":\n\n";

/// A refusal as a stream of one event.
pub(crate) fn once(json: &str) -> Response {
    let text = format!("{}{COMPLETE}", next(json, None));
    headed(Body::from_string(text))
}

/// Runs an operation and sends what it yields.
pub(crate) fn stream<B: Backend>(
    shared: Arc<Shared<B>>,
    leave: Leave,
    session: B::Session,
    admitted: Admitted,
    request_id: Arc<str>,
    slot: Slot,
) -> Response {
    if admitted.kind != Kind::Subscription {
        return headed(Body::from_bytes_stream(stream! {
            let _slot = slot;
            let cost = admitted.cost;
            let json = match shared.run(leave, session, admitted, &request_id).await {
                Ok(response) => answer::executed(&response, Some(cost), &request_id, &shared.limits).json,
                Err(refusal) => answer::refused(&refusal, &request_id, &shared.limits),
            };
            yield Ok::<_, io::Error>(format!("{}{COMPLETE}", next(&json, None)));
        }));
    }
    // A stream has a place of its own: it may last for ever.
    drop(leave);
    let request = admitted.into_request().data(RequestId(request_id.clone()));
    headed(Body::from_bytes_stream(stream! {
        let _slot = slot;
        let mut events = shared.backend.subscribe(session.clone(), request);
        let ended = shared.backend.ended(session);
        tokio::pin!(ended);
        let mut heartbeat = interval(shared.limits.heartbeat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                // The client comes back with its last id, and finds another process or ours anew.
                () = shared.closing.cancelled() => break,
                () = &mut ended => {
                    let refusal = Refusal::from(Denied::Forbidden);
                    let json = answer::refused(&refusal, &request_id, &shared.limits);
                    yield Ok::<_, io::Error>(format!("{}{COMPLETE}", next(&json, None)));
                    break;
                }
                event = AssertUnwindSafe(events.next()).catch_unwind() => match event {
                    Ok(Some(event)) => {
                        let json = answer::executed(&event, None, &request_id, &shared.limits).json;
                        yield Ok(next(&json, cursor(&event)));
                    }
                    Ok(None) => {
                        yield Ok(COMPLETE.to_owned());
                        break;
                    }
                    Err(panic) => {
                        tracing::error!(request_id = &*request_id, panic = said(&*panic), "a subscription panicked");
                        let json = answer::refused(&Refusal::internal(), &request_id, &shared.limits);
                        yield Ok(format!("{}{COMPLETE}", next(&json, None)));
                        break;
                    }
                },
                _ = heartbeat.tick() => yield Ok(HEARTBEAT.to_owned()),
            }
        }
    }))
}

fn headed(body: Body) -> Response {
    Response::builder()
        .content_type(Media::EventStream.content_type())
        .header(header::CACHE_CONTROL, "no-store")
        // Proxies that buffer would hold events back.
        .header("x-accel-buffering", "no")
        .body(body)
}

fn next(json: &str, cursor: Option<&str>) -> String {
    match cursor {
        Some(cursor) => format!("id: {cursor}\nevent: next\ndata: {json}\n\n"),
        None => format!("event: next\ndata: {json}\n\n"),
    }
}

/// `data.<field>.cursor`, where the event has one: what `Last-Event-ID` brings back.
fn cursor(event: &Event) -> Option<&str> {
    let Value::Object(data) = &event.data else { return None };
    let Some(Value::Object(payload)) = data.values().next() else { return None };
    match payload.get("cursor") {
        Some(Value::String(cursor)) if !cursor.contains(['\n', '\r', '\0']) => Some(cursor),
        _ => None,
    }
}
