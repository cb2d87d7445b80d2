//! Why a request is not executed, and how that is said.

use std::time::Duration;

use poem::http::StatusCode;

use super::backend::Denied;

/// The codes of top-level errors; `docs/api.md` explains them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    Unauthenticated,
    Forbidden,
    TenantRequired,
    BadRequest,
    CostExceeded,
    Throttled,
    Internal,
    Unavailable,
    PersistedQueryNotFound,
    PersistedQueryMismatch,
}

impl Code {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::TenantRequired => "TENANT_REQUIRED",
            Self::BadRequest => "BAD_REQUEST",
            Self::CostExceeded => "COST_EXCEEDED",
            Self::Throttled => "THROTTLED",
            Self::Internal => "INTERNAL",
            Self::Unavailable => "UNAVAILABLE",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::PersistedQueryMismatch => "PERSISTED_QUERY_MISMATCH",
        }
    }
}

/// One thing wrong with a request.
#[derive(Clone, Debug)]
pub(crate) struct Flaw {
    pub(crate) message: String,
    /// Line and column, both from 1.
    pub(crate) at: Option<(usize, usize)>,
}

/// A request that is not executed.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    pub(crate) flaws: Vec<Flaw>,
    /// What a document asked for, where that is the reason.
    pub(crate) cost: Option<u64>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) allow: Option<&'static str>,
    /// A flaw of the document or its variables: the older media type answers it with 200.
    pub(crate) of_document: bool,
}

/// How long a message may become, in bytes.
const MESSAGE_BYTES: usize = 280;

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            flaws: vec![Flaw { message: message.into(), at: None }],
            cost: None,
            retry_after: None,
            allow: None,
            of_document: false,
        }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadRequest, message)
    }

    /// A document that does not parse or validate, or variables that do not fit it.
    pub(crate) fn document(flaws: Vec<Flaw>) -> Self {
        Self { flaws, of_document: true, ..Self::bad_request("") }
    }

    pub(crate) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal, "Internal error")
    }

    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self {
            retry_after: Some(Duration::from_secs(1)),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable, message)
        }
    }

    pub(crate) fn throttled(retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                Code::Throttled,
                "Too many requests; try again after the time given",
            )
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::TenantRequired => Self::new(
                StatusCode::BAD_REQUEST,
                Code::TenantRequired,
                "Name a tenant: ask its own host, or send X-Tenant",
            ),
            Denied::Unauthenticated => Self::new(
                StatusCode::UNAUTHORIZED,
                Code::Unauthenticated,
                "The credential is missing or does not hold",
            ),
            Denied::Forbidden => {
                Self::new(StatusCode::FORBIDDEN, Code::Forbidden, "The credential does not reach this tenant")
            }
            Denied::Unavailable => Self::unavailable("Try again shortly"),
            Denied::Internal => Self::internal(),
        }
    }
}

/// A message of a checker, that says no more than it should: quoted source is left out.
pub(crate) fn discreet(message: &str) -> String {
    let mut parts = message.split('"');
    let mut out = parts.next().unwrap_or_default().to_owned();
    while parts.next().is_some() {
        out.push_str("the given value");
        out.push_str(parts.next().unwrap_or_default());
    }
    brief(&out)
}

/// A message on one line, cut short.
pub(crate) fn brief(message: &str) -> String {
    let mut out: String = message.chars().filter(|character| !character.is_control()).collect();
    if out.len() > MESSAGE_BYTES {
        out.truncate(out.floor_char_boundary(MESSAGE_BYTES));
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_is_not_repeated_and_messages_are_short() {
        assert_eq!(discreet("found \"s3cret\" there"), "found the given value there");
        assert_eq!(discreet("found \"s3cret"), "found the given value");
        assert_eq!(brief("a\nb"), "ab");
        assert!(brief(&"é".repeat(500)).len() < 300);
    }
}
