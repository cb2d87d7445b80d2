//! The words of `graphql-transport-ws`.

use apollo_compiler::response::{JsonMap, JsonValue};
use serde_json::json;

use super::super::answer::Told;

/// Why a socket is closed. Reasons fit a close frame: 123 bytes at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Close {
    /// The server is going away; come back, after a pause of your own choosing.
    Away,
    BadMessage,
    TooBig,
    Unauthorized,
    Forbidden,
    WrongProtocol,
    InitTimeout,
    /// Private to us: what was sent was not taken. Resume from the last cursor.
    SlowConsumer,
    AlreadyActive,
    TooManyInits,
    TooManyMessages,
    /// The client has stopped answering pings.
    Silent,
    Overloaded,
    Internal,
}

impl Close {
    pub(super) const fn code(self) -> u16 {
        match self {
            Self::Away => 1001,
            Self::TooBig => 1009,
            Self::Overloaded => 1013,
            Self::BadMessage => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::WrongProtocol => 4406,
            Self::InitTimeout | Self::Silent => 4408,
            Self::AlreadyActive => 4409,
            Self::SlowConsumer => 4410,
            Self::TooManyInits | Self::TooManyMessages => 4429,
            Self::Internal => 4500,
        }
    }

    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Away => "Server is restarting",
            Self::BadMessage => "Invalid message",
            Self::TooBig => "Message too big",
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::WrongProtocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::SlowConsumer => "Slow consumer: resume from your cursor",
            Self::AlreadyActive => "Subscriber already exists",
            Self::TooManyInits => "Too many initialisation requests",
            Self::TooManyMessages => "Too many messages",
            Self::Silent => "No answer to pings",
            Self::Overloaded => "Try again later",
            Self::Internal => "Internal server error",
        }
    }
}

/// What a client may say.
#[derive(Debug)]
pub(super) enum Said {
    Init(JsonMap),
    Ping(Option<JsonValue>),
    Pong,
    Subscribe(String, JsonValue),
    Complete(String),
}

/// The longest id of an operation.
const ID_BYTES: usize = 128;

pub(super) fn heard(text: &str) -> Result<Said, Close> {
    let value = serde_json::from_str(text).map_err(|_| Close::BadMessage)?;
    let JsonValue::Object(mut map) = value else { return Err(Close::BadMessage) };
    let payload = map.remove("payload").filter(|payload| !payload.is_null());
    let id = || match map.get("id").and_then(JsonValue::as_str) {
        Some(id) if !id.is_empty() && id.len() <= ID_BYTES => Ok(id.to_owned()),
        _ => Err(Close::BadMessage),
    };
    match map.get("type").and_then(JsonValue::as_str) {
        Some("connection_init") => match payload {
            None => Ok(Said::Init(JsonMap::new())),
            Some(JsonValue::Object(payload)) => Ok(Said::Init(payload)),
            Some(_) => Err(Close::BadMessage),
        },
        Some("ping") => Ok(Said::Ping(payload)),
        Some("pong") => Ok(Said::Pong),
        Some("subscribe") => {
            let payload = payload.ok_or(Close::BadMessage)?;
            let known = ["query", "documentId", "extensions"]
                .iter()
                .any(|key| payload.get(*key).is_some_and(|value| !value.is_null()));
            if known { Ok(Said::Subscribe(id()?, payload)) } else { Err(Close::BadMessage) }
        }
        Some("complete") => Ok(Said::Complete(id()?)),
        _ => Err(Close::BadMessage),
    }
}

pub(super) fn ack() -> String {
    r#"{"type":"connection_ack"}"#.into()
}

pub(super) fn pong(payload: Option<JsonValue>) -> String {
    match payload {
        Some(payload) => json!({ "type": "pong", "payload": payload }).to_string(),
        None => r#"{"type":"pong"}"#.into(),
    }
}

/// `payload` is JSON already.
pub(super) fn next(id: &str, payload: &str) -> String {
    format!(r#"{{"id":{},"type":"next","payload":{payload}}}"#, json!(id))
}

pub(super) fn error(id: &str, errors: &[Told]) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_messages_are_heard() {
        for text in [
            "",
            "x",
            "[]",
            "1",
            "{}",
            r#"{"type":1}"#,
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":"1","payload":{}}"#,
            r#"{"type":"subscribe","id":"","payload":{"query":"{a}"}}"#,
            r#"{"type":"subscribe","payload":{"query":"{a}"}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":"x"}"#,
        ] {
            assert_eq!(heard(text).err(), Some(Close::BadMessage), "{text}");
        }
        assert!(matches!(heard(r#"{"type":"connection_init","payload":null}"#), Ok(Said::Init(_))));
        assert!(matches!(heard(r#"{"type":"complete","id":"1"}"#), Ok(Said::Complete(_))));
    }

    #[test]
    fn reasons_fit_a_close_frame() {
        assert!(Close::SlowConsumer.reason().len() <= 123);
    }
}
