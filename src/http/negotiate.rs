//! Which media type the answer has.

/// What an answer can be written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/graphql-response+json`: the status says whether the request was executed.
    Response,
    /// `application/json`: as above, but flaws of the document are answered with 200.
    Json,
    /// `text/event-stream`, in the distinct mode of graphql-sse.
    EventStream,
}

impl Media {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Response => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
            Self::EventStream => "text/event-stream; charset=utf-8",
        }
    }
}

/// What a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Accepted {
    /// The best for a single answer: by quality, then by the client's order. `None` where nothing fits.
    pub(crate) best: Option<Media>,
    /// Whether an event stream is named at all. Clients name it beside JSON on every request, so
    /// that alone does not make it the answer to a query.
    pub(crate) stream: bool,
}

pub(crate) fn accepted(header: Option<&str>) -> Accepted {
    let Some(header) = header.filter(|header| !header.trim().is_empty()) else {
        return Accepted { best: Some(Media::Json), stream: false };
    };
    let (mut best, mut stream) = (None::<(u16, Media)>, false);
    for range in header.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let media = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/graphql-response+json" => Media::Response,
            "application/json" | "application/*" | "*/*" => Media::Json,
            "text/event-stream" => Media::EventStream,
            _ => continue,
        };
        let quality = parts.find_map(quality_of).unwrap_or(1_000);
        if quality == 0 {
            continue;
        }
        stream |= media == Media::EventStream;
        if best.is_none_or(|(highest, _)| quality > highest) {
            best = Some((quality, media));
        }
    }
    Accepted { best: best.map(|(_, media)| media), stream }
}

/// `q=0.8` in thousandths.
pub(crate) fn quality_of(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let fraction: u16 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(if whole == "0" { fraction } else { 1_000 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_then_order_decides() {
        let best = |header| accepted(Some(header)).best;
        assert_eq!(best("application/json"), Some(Media::Json));
        assert_eq!(best("*/*"), Some(Media::Json));
        assert_eq!(best("application/graphql-response+json, application/json"), Some(Media::Response));
        assert_eq!(
            best("application/graphql-response+json;q=0.5, application/json;q=0.9"),
            Some(Media::Json)
        );
        assert_eq!(best("application/graphql-response+json; charset=utf-8; q=0"), None);
        assert_eq!(best("image/png"), None);
        assert_eq!(best("text/event-stream"), Some(Media::EventStream));
        assert_eq!(accepted(None).best, Some(Media::Json));
    }

    #[test]
    fn an_event_stream_named_last_is_possible_but_not_preferred() {
        let header =
            "application/graphql-response+json, application/json, text/event-stream, multipart/mixed";
        assert_eq!(accepted(Some(header)), Accepted { best: Some(Media::Response), stream: true });
    }
}
