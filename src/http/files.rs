//! Files by link: `PUT /uploads/{token}` takes one, `GET /files/{token}` hands one out. The token is the right to it;
//! nobody signs in. What is handed out is saved, never shown: it stands at the same address as the API.

use std::{fmt::Write, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use poem::{
    Body, Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};

use super::{
    backend::{Backend, File, Sent},
    frame::{self, Caller},
    origin,
    shared::Shared,
    upload::{answer, arriving},
};

const SENDS: &str = "PUT, OPTIONS";
const FETCHES: &str = "GET, HEAD";

/// Everything at `/uploads/{token}`.
pub(crate) async fn send<B: Backend>(shared: Arc<Shared<B>>, mut request: Request) -> Response {
    let caller = Caller::of(&request);
    match *request.method() {
        Method::PUT => {}
        Method::OPTIONS if origin::allowed(&request, &shared.origins).is_some() => {
            let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
            origin::preflight(response.headers_mut(), SENDS);
            return response;
        }
        _ => return frame::not_allowed(SENDS, &caller.request_id),
    }
    if let Some(problem) = turned_away(&shared, &caller) {
        return problem;
    }
    let Ok(place) = shared.uploading.clone().try_acquire_owned() else {
        return frame::problem(StatusCode::SERVICE_UNAVAILABLE, &caller.request_id);
    };
    let token = request.raw_path_param("token").unwrap_or_default().to_owned();
    let sent = Sent { token, content: arriving(request.take_body(), shared.limits.upload_time) };
    let backend = shared.backend.clone();
    let work = shared.tasks.spawn(async move {
        let _place = place;
        backend.send_file(sent).await
    });
    match work.await {
        Ok(uploaded) => answer(uploaded, &caller),
        Err(stopped) => failed(&caller, &stopped),
    }
}

/// Everything at `/files/{token}`.
pub(crate) async fn fetch<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return frame::not_allowed(FETCHES, &caller.request_id);
    }
    if let Some(problem) = turned_away(&shared, &caller) {
        return problem;
    }
    let token = request.raw_path_param("token").unwrap_or_default().to_owned();
    let backend = shared.backend.clone();
    let work = shared.tasks.spawn(async move { backend.file(token).await });
    match work.await {
        Ok(Ok(file)) => saved(file),
        Ok(Err(refused)) => answer(refused, &caller),
        Err(stopped) => failed(&caller, &stopped),
    }
}

fn turned_away<B: Backend>(shared: &Shared<B>, caller: &Caller) -> Option<Response> {
    let problem = |status| Some(frame::problem(status, &caller.request_id));
    if let Some(buckets) = &shared.buckets
        && buckets.address(caller.address).is_err()
    {
        return problem(StatusCode::TOO_MANY_REQUESTS);
    }
    if shared.backend.is_busy() { problem(StatusCode::SERVICE_UNAVAILABLE) } else { None }
}

fn failed(caller: &Caller, stopped: &tokio::task::JoinError) -> Response {
    tracing::error!(request_id = &*caller.request_id, %stopped, "a file failed");
    frame::problem(StatusCode::INTERNAL_SERVER_ERROR, &caller.request_id)
}

fn saved(file: File) -> Response {
    let mut response = Response::builder()
        .content_type(file.media_type)
        .header(header::CONTENT_LENGTH, file.size)
        .body(Body::from_bytes_stream(file.content));
    let digest = format!("sha-256=:{}:", STANDARD.encode(&file.sha256));
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-disposition", disposition(&file.name)),
        ("repr-digest", digest),
        ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'".into()),
        ("x-content-type-options", "nosniff".into()),
        ("x-frame-options", "DENY".into()),
        ("cross-origin-resource-policy", "same-origin".into()),
        ("cache-control", "private, no-store".into()),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}

/// As RFC 6266 has it: the name in ASCII for whoever reads no other, and the whole name encoded.
fn disposition(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_. ()".contains(c) { c } else { '_' })
        .collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_inside_its_header() {
        assert_eq!(disposition("a b.png"), "attachment; filename=\"a b.png\"; filename*=UTF-8''a%20b.png");
        let hostile = disposition("x\"\r\nset-cookie: a=b;.证据");
        assert!(!hostile.contains('\r') && !hostile.contains('\n'), "{hostile}");
        assert_eq!(hostile.matches('"').count(), 2, "{hostile}");
        assert!(HeaderValue::from_str(&hostile).is_ok());
    }
}
