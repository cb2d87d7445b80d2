//! Which sites may read answers in a browser, and open sockets.
//!
//! Nothing authenticates by cookie, so a foreign site has no credential to borrow; the list is there
//! so that one cannot use a visitor's address and network either. Same host is always allowed.

use poem::{
    Request,
    http::{HeaderMap, HeaderValue, header},
};

use super::frame::host;

/// The request's `Origin` where it is the host itself or on the list.
pub(crate) fn allowed(request: &Request, origins: &[String]) -> Option<String> {
    let origin = request.header(header::ORIGIN)?;
    let listed = origins.iter().any(|one| one.eq_ignore_ascii_case(origin));
    let same = origin
        .split_once("://")
        .is_some_and(|(_, at)| host(request).is_some_and(|host| host.eq_ignore_ascii_case(at)));
    (listed || same).then(|| origin.to_owned())
}

/// Lets an allowed site read the answer and the headers that matter.
pub(crate) fn expose(headers: &mut HeaderMap, allowed: Option<&str>) {
    let Some(origin) = allowed.and_then(|origin| HeaderValue::from_str(origin).ok()) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("x-request-id, retry-after, ratelimit, ratelimit-policy"),
    );
}

/// What a preflight is told, beside [`expose`].
pub(crate) fn preflight(headers: &mut HeaderMap, methods: &'static str) {
    headers.insert(header::ALLOW, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("authorization, content-type, last-event-id, x-request-id, x-tenant"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
}
