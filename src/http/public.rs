//! What is read without a token, by GET and HEAD: the backend's own pages below a few prefixes.

use std::sync::Arc;

use poem::{
    Request, Response,
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
};

use super::{
    backend::{Backend, Caching, Visited},
    frame::{self, Caller},
    shared::Shared,
};

/// The longest path that is looked at; those of tiles are far shorter.
const PATH_BYTES: usize = 1_024;

/// Everything below the prefixes.
pub(crate) async fn endpoint<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    let problem = |status| frame::problem(status, &caller.request_id);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return frame::not_allowed("GET, HEAD", &caller.request_id);
    }
    if let Some(buckets) = &shared.buckets
        && buckets.address(caller.address).is_err()
    {
        return problem(StatusCode::TOO_MANY_REQUESTS);
    }
    let path = request.uri().path().to_owned();
    if path.len() > PATH_BYTES {
        return problem(StatusCode::NOT_FOUND);
    }
    let Ok(leave) = shared.leave() else {
        return problem(StatusCode::SERVICE_UNAVAILABLE);
    };
    let backend = shared.backend.clone();
    let work = shared.tasks.spawn(async move {
        let _leave = leave;
        backend.visit(path).await
    });
    let visited = match tokio::time::timeout(shared.limits.request_time, work).await {
        Ok(Ok(visited)) => visited,
        Ok(Err(stopped)) => {
            tracing::error!(request_id = &*caller.request_id, %stopped, "a public page failed");
            return problem(StatusCode::INTERNAL_SERVER_ERROR);
        }
        Err(_) => return problem(StatusCode::SERVICE_UNAVAILABLE),
    };
    let Visited { status, content_type, caching, headers, body } = visited;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status != StatusCode::OK {
        return problem(status);
    }
    let caching = match caching {
        Caching::ForEver => "public, max-age=31536000, immutable",
        Caching::Moments => "public, max-age=1",
        Caching::Never => "private, no-store",
    };
    let mut response =
        Response::builder().content_type(content_type).header(header::CACHE_CONTROL, caching).body(body);
    if caching.starts_with("public") {
        // It is the same for everybody: no header of the request changes it.
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    for (name, value) in headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
