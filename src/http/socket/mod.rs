//! GraphQL over WebSocket: `graphql-transport-ws`, at the same address as everything else.

mod protocol;
mod session;
mod work;

use std::{sync::Arc, time::Duration};

use poem::{
    FromRequest, IntoResponse, Request, RequestBody, Response,
    http::{HeaderValue, StatusCode, header},
    web::websocket::{WebSocket, WebSocketConfig},
};

use super::{
    backend::Backend,
    frame::{self, Caller},
    origin,
    shared::Shared,
};

/// The one sub-protocol that is spoken here.
const PROTOCOL: &str = "graphql-transport-ws";

/// Memory for reading and writing, a socket: thousands of them sit still.
const BUFFER_BYTES: usize = 512;

/// The largest answer that fits in the write buffer.
const ANSWER_BYTES: usize = 8 << 20;

/// Opens a socket, if the caller may have one more.
pub(crate) async fn upgrade<B: Backend>(shared: Arc<Shared<B>>, mut request: Request) -> Response {
    let caller = Caller::of(&request);
    let problem = |status| frame::problem(status, &caller.request_id);
    if request.headers().contains_key(header::ORIGIN) && origin::allowed(&request, &shared.origins).is_none()
    {
        return problem(StatusCode::FORBIDDEN);
    }
    if shared.closing.is_cancelled() || shared.backend.is_busy() {
        return problem(StatusCode::SERVICE_UNAVAILABLE);
    }
    if let Some(buckets) = &shared.buckets
        && let Err((refusal, _)) = buckets.address(caller.address)
    {
        return problem(refusal.status);
    }
    let Some(slot) = shared.streams.take(caller.address) else {
        return problem(StatusCode::TOO_MANY_REQUESTS);
    };
    let spoken = request
        .headers()
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim() == PROTOCOL);
    let credentials = caller.credentials(request.headers(), frame::host(&request));
    let mut no_body = RequestBody::new(request.take_body());
    let Ok(socket) = WebSocket::from_request(&request, &mut no_body).await else {
        let mut response = problem(StatusCode::UPGRADE_REQUIRED);
        response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        return response;
    };
    let limits = &shared.limits;
    let config = WebSocketConfig::default()
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(ANSWER_BYTES)
        .max_message_size(Some(limits.frame_bytes))
        .max_frame_size(Some(limits.frame_bytes));
    socket
        .config(config)
        .protocols([PROTOCOL])
        .on_upgrade(move |stream| {
            let tasks = shared.tasks.clone();
            tasks.track_future(async move {
                let _slot = slot;
                session::run(shared, stream, credentials, spoken).await;
            })
        })
        .into_response()
}

/// How long a close frame may take to leave.
const CLOSE_TIME: Duration = Duration::from_secs(2);
