//! The built files, each in the forms that it was compressed to when it was built.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use poem::{
    Request, Response,
    http::{HeaderValue, StatusCode, header},
};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::http::negotiate::quality_of;

/// Everything below `web/dist`: in the binary where it is a release, read at the start where it is not.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
pub(super) struct Dist;

/// One form of a file.
struct Form {
    bytes: Bytes,
    etag: HeaderValue,
}

impl Form {
    fn new(content: Cow<'static, [u8]>) -> Self {
        let bytes = match content {
            Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            Cow::Owned(bytes) => bytes.into(),
        };
        let etag = etag(&bytes);
        Self { bytes, etag }
    }
}

/// A file with its forms.
pub(super) struct Asset {
    content_type: &'static str,
    plain: Form,
    brotli: Option<Form>,
    gzip: Option<Form>,
}

/// Every file by its path, without the slash in front.
#[derive(Default)]
pub(super) struct Assets(HashMap<String, Asset>);

impl Assets {
    pub(super) fn load() -> Self {
        let form = |path: &str| Dist::get(path).map(|file| Form::new(file.data));
        let files = Dist::iter().filter(|path| !matches!(extension(path), "br" | "gz"));
        let assets = files.filter_map(|path| {
            let asset = Asset {
                content_type: content_type(extension(&path))?,
                plain: form(&path)?,
                brotli: form(&format!("{path}.br")),
                gzip: form(&format!("{path}.gz")),
            };
            Some((path.into_owned(), asset))
        });
        Self(assets.collect())
    }

    pub(super) fn get(&self, path: &str) -> Option<&Asset> {
        self.0.get(path)
    }
}

impl Asset {
    /// The smallest form that the client takes. `immutable` where its name changes with its content.
    pub(super) fn answer(&self, request: &Request, immutable: bool) -> Response {
        let accepts = |coding| accepts(request.header(header::ACCEPT_ENCODING), coding);
        let brotli = self.brotli.as_ref().filter(|_| accepts("br")).map(|form| (form, Some("br")));
        let gzip = || self.gzip.as_ref().filter(|_| accepts("gzip")).map(|form| (form, Some("gzip")));
        let (form, coding) = brotli.or_else(gzip).unwrap_or((&self.plain, None));
        let caching = if immutable { "public, max-age=31536000, immutable" } else { "public, max-age=3600" };
        let mut response = answer(request, self.content_type, form.etag.clone(), || form.bytes.clone());
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if let Some(coding) = coding.filter(|_| !matches!(response.status(), StatusCode::NOT_MODIFIED)) {
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        response
    }
}

/// The content, or that the client has it.
pub(super) fn answer(
    request: &Request,
    content_type: &'static str,
    etag: HeaderValue,
    content: impl FnOnce() -> Bytes,
) -> Response {
    let known = request.header(header::IF_NONE_MATCH).is_some_and(|known| {
        let same = |one: &str| one == "*" || one.trim_start_matches("W/").as_bytes() == etag.as_bytes();
        known.split(',').map(str::trim).any(same)
    });
    let response = Response::builder().header(header::ETAG, etag);
    if known {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(content_type).body(content())
}

/// A strong validator: 128 bits are enough to tell contents apart.
pub(super) fn etag(content: &[u8]) -> HeaderValue {
    let digest: [u8; 32] = Sha256::digest(content).into();
    let half = digest[..16].iter().fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
    HeaderValue::from_str(&format!("\"{half:032x}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Whether a coding is named with a quality above zero.
pub(super) fn accepts(header: Option<&str>, coding: &str) -> bool {
    header.unwrap_or_default().split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        let refused = |part: &str| quality_of(part) == Some(0);
        named && !parts.any(refused)
    })
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// What the pages consist of; anything else is not served.
fn content_type(extension: &str) -> Option<&'static str> {
    Some(match extension {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coding_is_taken_only_where_it_is_named_and_not_refused() {
        assert!(accepts(Some("gzip, deflate, br;q=0.9"), "br"));
        assert!(accepts(Some("BR"), "br"));
        assert!(!accepts(Some("gzip, br;q=0"), "br"));
        assert!(!accepts(Some("gzip, br;q=0.000"), "br"));
        assert!(!accepts(Some("gzip"), "br"));
        assert!(!accepts(None, "br"));
    }
}
