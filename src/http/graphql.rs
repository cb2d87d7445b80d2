//! GraphQL over HTTP: POST with JSON, GET for queries, a WebSocket upgrade, a page for browsers.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use poem::{
    Body, Request, Response,
    error::ReadBodyError,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

use super::{
    answer,
    backend::{Backend, LastEventId},
    frame::{self, Caller},
    gate::{Admitted, Ask, Kind},
    negotiate::{self, Accepted, Media},
    origin, pages, params,
    rate::Standing,
    refusal::{Code, Refusal},
    shared::{Leave, Shared},
    socket, sse, web,
};

const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// The longest query string that is read.
const QUERY_STRING_BYTES: usize = 64 << 10;

/// Everything at `/graphql`.
pub(crate) async fn endpoint<B: Backend>(shared: Arc<Shared<B>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    match *request.method() {
        Method::OPTIONS => {
            let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
            if origin::allowed(&request, &shared.origins).is_some() {
                origin::preflight(response.headers_mut(), METHODS);
            } else {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(METHODS));
            }
            response
        }
        Method::GET if request.headers().contains_key(header::UPGRADE) => {
            socket::upgrade(shared, request).await
        }
        Method::GET | Method::HEAD if pages::wanted(&request) => {
            web::graphiql(&shared, &request).unwrap_or_else(pages::graphql)
        }
        Method::GET | Method::HEAD | Method::POST => operation(shared, request, &caller).await,
        _ => frame::not_allowed(METHODS, &caller.request_id),
    }
}

/// What is told beside the answer itself.
#[derive(Default)]
struct Beside {
    standings: Vec<Standing>,
}

async fn operation<B: Backend>(shared: Arc<Shared<B>>, mut request: Request, caller: &Caller) -> Response {
    let accepted = negotiate::accepted(request.header(header::ACCEPT));
    let mut beside = Beside::default();
    let media = accepted.best.unwrap_or(Media::Json);
    let body = request.take_body();
    match answered(&shared, request, body, caller, accepted, &mut beside).await {
        Ok(response) => decorated(response, &beside),
        Err(refusal) => decorated(refused(&shared, &refusal, media, caller), &beside),
    }
}

async fn answered<B: Backend>(
    shared: &Arc<Shared<B>>,
    request: Request,
    body: Body,
    caller: &Caller,
    accepted: Accepted,
    beside: &mut Beside,
) -> Result<Response, Refusal> {
    if let Some(buckets) = &shared.buckets {
        pay(buckets.address(caller.address), beside)?;
    }
    if accepted.best.is_none() {
        let message = "Accept application/graphql-response+json, application/json or text/event-stream";
        return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message));
    }
    let by_get = request.method() != Method::POST;
    let ask = if by_get { from_query_string(&request)? } else { from_body(shared, &request, body).await? };
    let mut admitted = shared.gate.admit(ask)?;
    let media = match admitted.kind {
        Kind::Mutation if by_get => {
            let message = "Mutations are sent by POST";
            let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message);
            return Err(Refusal { allow: Some("POST"), ..refusal });
        }
        Kind::Subscription if accepted.stream => Media::EventStream,
        Kind::Subscription => {
            let message = "A subscription is answered over a WebSocket or as text/event-stream";
            return Err(Refusal::new(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message));
        }
        _ => accepted.best.unwrap_or(Media::Json),
    };
    let credentials = caller.credentials(request.headers(), frame::host(&request));
    let leave = shared.leave()?;
    let session = if admitted.rests_on_caller {
        shared.identify(&leave, credentials).await?
    } else {
        shared.recognize(&leave, credentials).await?
    };
    if admitted.checks_credential
        && let Some(buckets) = &shared.buckets
    {
        // Of the tenant that was found: it has many names, and one bucket.
        pay(buckets.sign_in(caller.address, &shared.backend.place(&session)), beside)?;
    }
    if let (Some(buckets), Some(bucket)) = (&shared.buckets, shared.backend.bucket(&session)) {
        pay(buckets.credential(&bucket), beside)?;
    }
    if media == Media::EventStream {
        let slot =
            shared.streams.take(caller.address).ok_or_else(|| Refusal::throttled(Duration::from_secs(10)))?;
        if let Some(id) = request.header("last-event-id").filter(|id| id.len() <= 256) {
            admitted.last_event = Some(LastEventId(id.to_owned()));
        }
        return Ok(sse::stream(shared.clone(), leave, session, admitted, caller.request_id.clone(), slot));
    }
    let (json, executed) = answer(shared, leave, session, admitted, &caller.request_id).await?;
    let status = if executed || media == Media::Json { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    Ok(Response::builder().status(status).content_type(media.content_type()).body(json))
}

/// The answer to a query or a mutation as JSON, from memory where it is known to hold still, and whether anything was
/// executed.
pub(crate) async fn answer<B: Backend>(
    shared: &Shared<B>,
    leave: Leave,
    session: B::Session,
    admitted: Admitted,
    request_id: &Arc<str>,
) -> Result<(Bytes, bool), Refusal> {
    let question = admitted.question;
    if let Some(known) = question.and_then(|question| shared.backend.known(&session, &question)) {
        return Ok((known, true));
    }
    let (cost, asker) = (admitted.cost, session.clone());
    let response = shared.run(leave, session, admitted, request_id).await?;
    let answer = answer::executed(&response, Some(cost), request_id, &shared.limits);
    if let Some(question) = question.filter(|_| answer.executed && response.errors.is_empty()) {
        shared.backend.learn(&asker, question, &answer.json);
    }
    Ok((answer.json.into(), answer.executed))
}

fn pay(taken: Result<Standing, (Refusal, Standing)>, beside: &mut Beside) -> Result<(), Refusal> {
    let (standing, refusal) = match taken {
        Ok(standing) => (standing, None),
        Err((refusal, standing)) => (standing, Some(refusal)),
    };
    beside.standings.push(standing);
    refusal.map_or(Ok(()), Err)
}

fn from_query_string(request: &Request) -> Result<Ask, Refusal> {
    let length = request.uri().query().map_or(0, str::len);
    if length > QUERY_STRING_BYTES {
        let message = format!("The query string is larger than {QUERY_STRING_BYTES} bytes");
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, Code::BadRequest, message));
    }
    let pairs = request
        .params::<Vec<(String, String)>>()
        .map_err(|_| Refusal::bad_request("The query string cannot be read"))?;
    params::from_pairs(pairs)
}

/// Only `application/json` is read: what a page of another site can send without asking is not.
async fn from_body<B: Backend>(shared: &Shared<B>, request: &Request, body: Body) -> Result<Ask, Refusal> {
    if !is_json(request.headers()) {
        let message = "Send `content-type: application/json`, in UTF-8";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message));
    }
    let most = shared.limits.body_bytes;
    let too_large = || {
        let message = format!("The body is larger than {most} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, message)
    };
    let announced = request.header(header::CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    match tokio::time::timeout(shared.limits.body_time, body.into_bytes_limit(most)).await {
        Ok(Ok(bytes)) => params::from_json(&bytes),
        Ok(Err(ReadBodyError::PayloadTooLarge)) => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::bad_request("The body could not be read")),
        Err(_) => {
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, Code::BadRequest, "The body came too slowly"))
        }
    }
}

/// `application/json`, with no charset or UTF-8, no content encoding, said once.
fn is_json(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(first), None) = (types.next(), types.next()) else { return false };
    let Ok(text) = first.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    plain
        && parts.next().is_some_and(|media| media.eq_ignore_ascii_case("application/json"))
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
}

fn refused<B: Backend>(shared: &Shared<B>, refusal: &Refusal, media: Media, caller: &Caller) -> Response {
    let json = answer::refused(refusal, &caller.request_id, &shared.limits);
    let about_operation = refusal.of_document || refusal.cost.is_some();
    if media == Media::EventStream && about_operation {
        return sse::once(&json);
    }
    let status = if media == Media::Json && refusal.of_document { StatusCode::OK } else { refusal.status };
    let media = if media == Media::EventStream { Media::Response } else { media };
    let mut response = Response::builder().status(status).content_type(media.content_type()).body(json);
    let headers = response.headers_mut();
    if let Some(allow) = refusal.allow {
        headers.insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if let Some(wait) = refusal.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
    }
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if matches!(status, StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_TIMEOUT) {
        // The rest of the body is not waited for.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn decorated(mut response: Response, beside: &Beside) -> Response {
    for standing in &beside.standings {
        let (policy, state) = standing.headers();
        let headers = response.headers_mut();
        if let (Ok(policy), Ok(state)) = (HeaderValue::from_str(&policy), HeaderValue::from_str(&state)) {
            headers.append("ratelimit-policy", policy);
            headers.append("ratelimit", state);
        }
    }
    response
}
