//! Which encoding a file is in, found out from the file alone.

use super::Reason;
use std::borrow::Cow;

/// UTF-8 (with or without its mark) or GBK. The first line that is not plain ASCII decides for the whole file:
/// a damaged UTF-8 line would nearly always pass as GBK, and become a secret that nobody can use.
#[derive(Default)]
pub(super) struct Decoder {
    begun: bool,
    known: Option<Encoding>,
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Gbk,
}

impl Decoder {
    /// The line's text, or why it has none.
    ///
    /// The outer error is that of a file which is in neither encoding.
    pub(super) fn line<'a>(&mut self, raw: &'a [u8]) -> Result<Result<Cow<'a, str>, Reason>, Reason> {
        let mut raw = raw;
        if !std::mem::replace(&mut self.begun, true) {
            if raw.starts_with(&[0xff, 0xfe]) || raw.starts_with(&[0xfe, 0xff]) {
                return Err("is UTF-16; save it as UTF-8");
            }
            if let Some(rest) = raw.strip_prefix(&[0xef, 0xbb, 0xbf]) {
                self.known = Some(Encoding::Utf8);
                raw = rest;
            }
        }
        if raw.is_ascii() {
            return Ok(std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| "is not text"));
        }
        let utf8 = || std::str::from_utf8(raw).map(Cow::Borrowed).map_err(|_| "is not valid UTF-8");
        let gbk = || {
            encoding_rs::GBK
                .decode_without_bom_handling_and_without_replacement(raw)
                .ok_or("is neither valid UTF-8 nor valid GBK")
        };
        Ok(match self.known {
            Some(Encoding::Utf8) => utf8(),
            Some(Encoding::Gbk) => gbk(),
            None => {
                let read = utf8().map(|text| (Encoding::Utf8, text));
                let read = read.or_else(|_| gbk().map(|text| (Encoding::Gbk, text)));
                read.map(|(encoding, text)| {
                    self.known = Some(encoding);
                    text
                })
            }
        })
    }
}
