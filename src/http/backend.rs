//! The seam: what the edge needs to know from the product behind it.

use std::{net::IpAddr, pin::Pin, sync::Arc};

pub use crate::events::LastEventId;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use tokio::io::AsyncRead;

/// What identifies a request: header values as received.
#[derive(Clone, Debug, Default)]
pub struct Credentials {
    /// `Authorization`, or the `authorization` of a socket's `connection_init`.
    pub authorization: Option<String>,
    /// `X-Tenant`, or the `tenant` of a socket's `connection_init`.
    pub tenant: Option<String>,
    /// The host that was asked for, with its port if one was given.
    pub host: Option<String>,
    /// The client's address; behind trusted proxies, the one that they vouch for.
    pub address: Option<IpAddr>,
    /// What this request is called in answers and logs.
    pub request_id: Arc<str>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
}

/// What a query asks, whoever asks: a hash of its document, its operation's name and its variables.
pub type Question = [u8; 32];

/// The id of the request, found in the request data of every execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub Arc<str>);

/// Why the caller is refused before any resolver runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// Neither the host nor a header names an active tenant.
    TenantRequired,
    /// The credential is missing where one is needed, or does not hold.
    Unauthenticated,
    /// The credential holds, but not for this tenant.
    Forbidden,
    /// Who is asking cannot be found out now.
    Unavailable,
    /// Something of ours broke; it has been logged by whoever says so.
    Internal,
}

/// A file on its way in.
pub struct Upload {
    /// What is imported: the last part of the path.
    pub name: String,
    /// The query string.
    pub query: Vec<(String, String)>,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The bytes as they arrive; cut off when the client stalls.
    pub content: Pin<Box<dyn AsyncRead + Send>>,
}

/// A file that leave was given to send.
pub struct Sent {
    /// The last part of the path: the right to send it.
    pub token: String,
    /// The bytes as they arrive; cut off when the client stalls.
    pub content: Pin<Box<dyn AsyncRead + Send>>,
}

/// A file on its way out, to be saved and never shown.
pub struct File {
    /// Its media type.
    pub media_type: &'static str,
    /// What it is called when it is saved.
    pub name: String,
    /// Its length, in bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: Vec<u8>,
    /// Its bytes.
    pub content: BoxStream<'static, std::io::Result<Bytes>>,
}

/// What is answered to an upload.
pub struct Uploaded {
    /// The HTTP status.
    pub status: u16,
    /// JSON; a problem (RFC 9457) where the status is 400 or more.
    pub body: serde_json::Value,
}

/// Where a backend's own pages are.
pub const PREFIXES: [&str; 2] = ["/log/*path", "/receipts/*path"];

/// How long others may keep what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// It never changes.
    ForEver,
    /// It grows.
    Moments,
    /// It is one person's.
    Never,
}

/// What is answered to a visit.
pub struct Visited {
    /// The HTTP status; whatever is not 200 is answered with a problem.
    pub status: u16,
    /// The media type.
    pub content_type: &'static str,
    /// Whether it may be kept.
    pub caching: Caching,
    /// More headers, their names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

impl Visited {
    /// It is there.
    pub fn found(content_type: &'static str, caching: Caching, body: impl Into<Bytes>) -> Self {
        Self { status: 200, content_type, caching, headers: Vec::new(), body: body.into() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// There is nothing there.
    pub fn nothing() -> Self {
        Self::without(404)
    }

    /// Not now.
    pub fn unavailable() -> Self {
        Self::without(503)
    }

    /// Something of ours broke; it has been logged by whoever says so.
    pub fn broken() -> Self {
        Self::without(500)
    }

    fn without(status: u16) -> Self {
        Self { status, ..Self::found("", Caching::Never, Bytes::new()) }
    }
}

/// The product behind the edge.
///
/// Documents reach it checked against [`sdl`](Self::sdl), bounded, and with their variables coerced.
pub trait Backend: Send + Sync + 'static {
    /// Who is asking and where, once identified.
    type Session: Clone + Send + Sync + 'static;

    /// The schema that documents are checked against.
    fn sdl(&self) -> String;

    /// Who is asking, where that is known without asking anybody else. Not asked for what may change
    /// something.
    fn recall(&self, credentials: &Credentials) -> Option<Self::Session> {
        let _ = credentials;
        None
    }

    /// Finds out who is asking. No credential at all may be an anonymous session.
    fn identify(
        &self,
        credentials: Credentials,
    ) -> impl Future<Output = Result<Self::Session, Denied>> + Send;

    /// Who pays for requests of this session: the key of its rate bucket (tenant and credential),
    /// `None` for anonymous (the address alone pays then).
    fn bucket(&self, session: &Self::Session) -> Option<String>;

    /// Where this session asks: the tenant under one name, however the request named it. With the
    /// address it is the key of the bucket of sign-ins.
    fn place(&self, session: &Self::Session) -> String;

    /// The whole answer to a query, as [`learn`](Self::learn) was told it, where nothing has to run to know that it
    /// still holds for this session.
    fn known(&self, session: &Self::Session, question: &Question) -> Option<Bytes> {
        let _ = (session, question);
        None
    }

    /// Is told the answer to a query that had no errors, after it ran as this session.
    fn learn(&self, session: &Self::Session, question: Question, answer: &str) {
        let _ = (session, question, answer);
    }

    /// Runs a query or a mutation. Never cancelled: it runs to its end even when the client has gone.
    fn execute(
        &self,
        session: Self::Session,
        request: async_graphql::Request,
    ) -> impl Future<Output = async_graphql::Response> + Send;

    /// Opens a subscription. The stream is dropped, at any await, when the client leaves: work that
    /// must not be cut short (a database call) belongs in a task of its own.
    fn subscribe(
        &self,
        session: Self::Session,
        request: async_graphql::Request,
    ) -> BoxStream<'static, async_graphql::Response>;

    /// Resolves once the session no longer holds (revoked, expired, tenant closed).
    fn ended(&self, session: Self::Session) -> impl Future<Output = ()> + Send;

    /// Takes a file at `POST /imports/{name}`: what GraphQL is no transport for. It runs in a task of its
    /// own and answers as soon as there is something to ask for.
    fn upload(&self, session: Self::Session, upload: Upload) -> impl Future<Output = Uploaded> + Send {
        drop((session, upload));
        async { Uploaded { status: 404, body: serde_json::json!({"title": "Not Found", "status": 404}) } }
    }

    /// Answers a GET below one of [`PREFIXES`], whoever asks.
    fn visit(&self, path: String) -> impl Future<Output = Visited> + Send {
        drop(path);
        async { Visited::nothing() }
    }

    /// Takes a file at `PUT /uploads/{token}`: the token is the right to send it, whoever does.
    fn send_file(&self, sent: Sent) -> impl Future<Output = Uploaded> + Send {
        drop(sent);
        async { Uploaded { status: 404, body: serde_json::json!({"title": "Not Found", "status": 404}) } }
    }

    /// Finds the file of `GET /files/{token}`: the token is the right to fetch it.
    fn file(&self, token: String) -> impl Future<Output = Result<File, Uploaded>> + Send {
        drop(token);
        async {
            Err(Uploaded { status: 404, body: serde_json::json!({"title": "Not Found", "status": 404}) })
        }
    }

    /// Whether whatever is begun now would only wait: it is turned away then, at once.
    fn is_busy(&self) -> bool {
        false
    }

    /// Whether requests can be served now.
    fn ready(&self) -> impl Future<Output = bool> + Send;
}
