//! Files that GraphQL is no transport for: `POST /imports/{name}`, the raw bytes as the body.

use std::{io, pin::Pin, sync::Arc, time::Duration};

use futures_util::StreamExt;
use poem::{
    Body, Request, Response,
    http::{Method, StatusCode, header},
};
use tokio::{
    io::AsyncRead,
    time::{Instant, timeout_at},
};
use tokio_util::io::StreamReader;

use super::{
    backend::{Backend, Denied, Upload, Uploaded},
    frame::{self, Caller},
    shared::Shared,
};

// A body may take as long as the limits say, but never stand still for longer than this.
const STALL: Duration = Duration::from_secs(15);

/// Everything at `/imports/{name}`.
pub(crate) async fn endpoint<B: Backend>(shared: Arc<Shared<B>>, mut request: Request) -> Response {
    let caller = Caller::of(&request);
    if *request.method() != Method::POST {
        return frame::not_allowed("POST", &caller.request_id);
    }
    let problem = |status| frame::problem(status, &caller.request_id);
    if let Some(buckets) = &shared.buckets
        && buckets.address(caller.address).is_err()
    {
        return problem(StatusCode::TOO_MANY_REQUESTS);
    }
    let credentials = caller.credentials(request.headers(), frame::host(&request));
    let Ok(leave) = shared.leave() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE);
    };
    let identified = shared.identify(&leave, credentials).await;
    drop(leave);
    let session = match identified {
        Ok(session) => session,
        Err(denied) => {
            return problem(match denied {
                Denied::TenantRequired => StatusCode::BAD_REQUEST,
                Denied::Unauthenticated => StatusCode::UNAUTHORIZED,
                Denied::Forbidden => StatusCode::FORBIDDEN,
                Denied::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
                Denied::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            });
        }
    };
    if let (Some(buckets), Some(bucket)) = (&shared.buckets, shared.backend.bucket(&session))
        && buckets.credential(&bucket).is_err()
    {
        return problem(StatusCode::TOO_MANY_REQUESTS);
    }
    let Ok(place) = shared.uploading.clone().try_acquire_owned() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE);
    };
    let content = arriving(request.take_body(), shared.limits.upload_time);
    let upload = Upload {
        name: request.raw_path_param("name").unwrap_or_default().to_owned(),
        query: url_pairs(request.uri().query().unwrap_or_default()),
        idempotency_key: request
            .header("idempotency-key")
            // A structured field string is in quotes; a plain one is taken too.
            .map(|key| key.trim().trim_matches('"').to_owned()),
        content,
    };
    let backend = shared.backend.clone();
    let work = shared.tasks.spawn(async move {
        let _place = place;
        backend.upload(session, upload).await
    });
    match work.await {
        Ok(uploaded) => answer(uploaded, &caller),
        Err(stopped) => {
            tracing::error!(request_id = &*caller.request_id, %stopped, "an upload failed");
            problem(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// A body as it arrives: cut off when it stands still, and when its time has passed.
pub(super) fn arriving(body: Body, time: Duration) -> Pin<Box<dyn AsyncRead + Send>> {
    let mut body = body.into_bytes_stream();
    let end = Instant::now() + time;
    let arriving = async_stream::stream! {
        loop {
            let stalled = Instant::now() + STALL;
            match timeout_at(stalled.min(end), body.next()).await {
                Ok(Some(piece)) => yield piece,
                Ok(None) => break,
                Err(_) => {
                    yield Err(io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly"));
                    break;
                }
            }
        }
    };
    Box::pin(StreamReader::new(Box::pin(arriving)))
}

/// What the backend says, as the client hears it.
pub(super) fn answer(uploaded: Uploaded, caller: &Caller) -> Response {
    let Uploaded { status, mut body } = uploaded;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let wrong = status.is_client_error() || status.is_server_error();
    if wrong {
        body["requestId"] = (*caller.request_id).into();
    }
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, if wrong { "application/problem+json" } else { "application/json" })
        .body(body.to_string())
}

// The few parameters that there are hold ids and words: nothing that needs decoding.
fn url_pairs(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}
