//! What is served beside GraphQL: health, the schema as text, and a page for browsers.

use std::sync::Arc;

use poem::{
    Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};
use sha2::{Digest, Sha256};

use super::{
    backend::Backend,
    frame::{self, Caller},
    shared::Shared,
};

const METHODS: &str = "GET, HEAD";

/// The process answers.
pub(crate) async fn healthz(request: Request) -> Response {
    reading(&request).unwrap_or_else(|| plain(StatusCode::OK, "ok\n"))
}

/// Requests can be served: not once shutdown has begun, nor while the backend says no.
pub(crate) async fn readyz<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    if let Some(refused) = reading(&request) {
        return refused;
    }
    if shared.closing.is_cancelled() || !shared.ready().await {
        return frame::problem(StatusCode::SERVICE_UNAVAILABLE, &Caller::of(&request).request_id);
    }
    plain(StatusCode::OK, "ready\n")
}

/// The schema as text. Code generators want this: introspection loses directives.
pub(crate) async fn schema<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    if let Some(refused) = reading(&request) {
        return refused;
    }
    let etag = format!("\"{:032x}\"", first_half(Sha256::digest(&shared.sdl).into()));
    let known = request.header(header::IF_NONE_MATCH).is_some_and(|known| {
        known
            .split(',')
            .any(|one| matches!(one.trim().trim_start_matches("W/"), one if one == etag || one == "*"))
    });
    let response = Response::builder().header(header::ETAG, etag).header(header::CACHE_CONTROL, "no-cache");
    if known {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type("application/graphql; charset=utf-8").body(shared.sdl.clone())
}

/// Whether a person's browser asks for the page rather than a program for an answer.
pub(crate) fn wanted(request: &Request) -> bool {
    let html = request.header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"));
    html && !request
        .uri()
        .query()
        .is_some_and(|query| query.contains("query=") || query.contains("documentId="))
}

pub(crate) fn graphql() -> Response {
    let mut response =
        Response::builder().content_type("text/html; charset=utf-8").body(include_str!("graphql.html"));
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}

/// `None` for GET and HEAD; 405 for the rest.
fn reading(request: &Request) -> Option<Response> {
    let fine = matches!(*request.method(), Method::GET | Method::HEAD);
    (!fine).then(|| frame::not_allowed(METHODS, &Caller::of(request).request_id))
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    Response::builder().status(status).content_type("text/plain; charset=utf-8").body(text)
}

/// 128 bits are enough to tell schemas apart.
fn first_half(digest: [u8; 32]) -> u128 {
    digest[..16].iter().fold(0, |sum, byte| sum << 8 | u128::from(*byte))
}
