//! What every answer has, whatever it is about: a request id, the headers of caution, and a body that
//! says what went wrong.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use futures_util::FutureExt;
use poem::{
    Endpoint, IntoResponse, Request, Response,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    acceptor::Connections,
    backend::{Backend, Credentials},
    origin,
    shared::{Shared, said},
};

const REQUEST_ID: &str = "x-request-id";

/// Who asks, as far as the connection tells.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) request_id: Arc<str>,
    pub(crate) address: Option<IpAddr>,
}

impl Caller {
    /// The caller of a request that came through the frame.
    pub(crate) fn of(request: &Request) -> Self {
        request
            .data::<Self>()
            .cloned()
            .unwrap_or_else(|| Self { request_id: Uuid::now_v7().to_string().into(), address: None })
    }

    pub(crate) fn credentials(&self, headers: &HeaderMap, host: Option<String>) -> Credentials {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        Credentials {
            authorization: text("authorization"),
            tenant: text("x-tenant"),
            host,
            address: self.address,
            request_id: self.request_id.clone(),
            user_agent: text("user-agent"),
        }
    }
}

/// The host that was asked for: HTTP/2 says it in the address.
pub(crate) fn host(request: &Request) -> Option<String> {
    let of_header = request.header(header::HOST).map(str::to_owned);
    of_header.or_else(|| request.uri().authority().map(ToString::to_string))
}

/// Wraps all routes.
pub(crate) struct Frame<B: Backend, E> {
    pub(crate) shared: Arc<Shared<B>>,
    pub(crate) connections: Connections,
    pub(crate) inner: E,
}

impl<B: Backend, E: Endpoint> Endpoint for Frame<B, E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let peer = request.remote_addr().as_socket_addr().copied();
        let busy = peer.and_then(|peer| self.connections.enter(peer));
        let caller = Caller {
            request_id: request_id(request.headers()),
            address: address(request.headers(), peer.map(|peer| peer.ip()), self.shared.trusted_hops),
        };
        request.set_data(caller.clone());
        let allowed = origin::allowed(&request, &self.shared.origins);
        let told = tracing::enabled!(tracing::Level::DEBUG)
            .then(|| (request.method().clone(), request.uri().path().to_owned()));
        let begun = Instant::now();
        let answer = AssertUnwindSafe(self.inner.call(request)).catch_unwind().await;
        let mut response = match answer {
            Ok(Ok(response)) => response.into_response(),
            Ok(Err(error)) => problem(error.status(), &caller.request_id),
            Err(panic) => {
                tracing::error!(
                    request_id = &*caller.request_id,
                    panic = said(&*panic),
                    "a request panicked"
                );
                problem(StatusCode::INTERNAL_SERVER_ERROR, &caller.request_id)
            }
        };
        if let Some((method, path)) = told {
            tracing::debug!(
                request_id = &*caller.request_id,
                %method,
                path,
                status = response.status().as_u16(),
                ms = begun.elapsed().as_millis(),
                "answered"
            );
        }
        if let Some(busy) = busy.filter(|_| response.status() == StatusCode::SWITCHING_PROTOCOLS) {
            // The socket has its own timeouts from here.
            busy.for_good();
        }
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&caller.request_id) {
            headers.insert(REQUEST_ID, id);
        }
        let plain = |text| HeaderValue::from_static(text);
        headers.entry(header::CACHE_CONTROL).or_insert(plain("no-store"));
        headers.entry(header::VARY).or_insert(plain("Accept, Authorization, X-Tenant, Origin"));
        headers.insert("x-content-type-options", plain("nosniff"));
        headers.entry("referrer-policy").or_insert(plain("no-referrer"));
        origin::expose(headers, allowed.as_deref());
        Ok(response)
    }
}

/// The client's own id where it is a tame one, so that its logs and ours meet.
fn request_id(headers: &HeaderMap) -> Arc<str> {
    let tame = |id: &&str| {
        (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(tame);
    given.map_or_else(|| Uuid::now_v7().to_string().into(), Into::into)
}

/// The peer, or what the last of our own proxies says of it. Entries further left are anyone's claim.
fn address(headers: &HeaderMap, peer: Option<IpAddr>, trusted_hops: usize) -> Option<IpAddr> {
    if trusted_hops == 0 {
        return peer;
    }
    let claims: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    let claim = claims.len().checked_sub(trusted_hops).and_then(|index| claims.get(index));
    claim.and_then(|claim| claim.parse().ok()).or(peer)
}

/// An answer of RFC 9457 for whatever is not GraphQL.
pub(crate) fn problem(status: StatusCode, request_id: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let code = title.to_ascii_uppercase().replace([' ', '-', '\''], "_");
    let body = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "code": code,
        "requestId": request_id,
    });
    let mut response =
        Response::builder().status(status).content_type("application/problem+json").body(body.to_string());
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// 405, with what would have been allowed.
pub(crate) fn not_allowed(allow: &'static str, request_id: &str) -> Response {
    let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, request_id);
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let peer = "10.0.0.1".parse().ok();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("6.6.6.6, 203.0.113.9"));
        assert_eq!(address(&headers, peer, 0), peer);
        assert_eq!(address(&headers, peer, 1), "203.0.113.9".parse().ok());
        assert_eq!(address(&headers, peer, 3), peer);
    }

    #[test]
    fn only_tame_request_ids_are_kept() {
        let kept = |id: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_static(id));
            *request_id(&headers) == *id
        };
        assert!(kept("018f-client-7"));
        assert!(!kept("short"));
        assert!(!kept("with space and more"));
    }
}
