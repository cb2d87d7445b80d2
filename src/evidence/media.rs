//! What a file is, by what is in it: its name and what its sender calls it decide nothing.

crate::words! {
    /// What may be evidence.
    pub enum MediaType {
        /// A picture.
        Jpeg = "image/jpeg",
        /// A picture.
        Png = "image/png",
        /// A picture.
        Webp = "image/webp",
        /// A document.
        Pdf = "application/pdf",
        /// A film.
        Mp4 = "video/mp4",
        /// Plain text in UTF-8.
        Text = "text/plain",
    }
}

/// Why a file is no evidence; a sentence for its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfit(pub &'static str);

const UNKNOWN: Unfit = Unfit("is neither a JPEG, PNG or WebP picture, nor a PDF, an MP4 or plain UTF-8 text");
const CUT: Unfit = Unfit("is damaged or incomplete");
const ARCHIVE: Unfit = Unfit("has an archive in it");

impl MediaType {
    /// It is decoded and written anew: nothing but its pixels is kept.
    pub const fn is_picture(self) -> bool {
        matches!(self, Self::Jpeg | Self::Png | Self::Webp)
    }

    /// What its file's name ends with.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
            Self::Pdf => "pdf",
            Self::Mp4 => "mp4",
            Self::Text => "txt",
        }
    }

    /// What these bytes are. Pictures are only recognised here; whether they are whole shows when they are decoded.
    ///
    /// # Errors
    /// [`Unfit`] for everything else, for what is cut off, and for what is two things at once.
    pub fn recognise(bytes: &[u8]) -> Result<Self, Unfit> {
        let kept = match bytes {
            [0xff, 0xd8, 0xff, ..] => return Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => return Ok(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => return Ok(Self::Webp),
            [b'%', b'P', b'D', b'F', b'-', ..] => pdf(bytes)?,
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => mp4(bytes)?,
            _ => text(bytes)?,
        };
        // An archive is read from its end, whatever is before it.
        if find(tail(bytes, 66_000), b"PK\x05\x06").is_some() {
            return Err(ARCHIVE);
        }
        Ok(kept)
    }
}

fn tail(bytes: &[u8], length: usize) -> &[u8] {
    &bytes[bytes.len().saturating_sub(length)..]
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

fn pdf(bytes: &[u8]) -> Result<MediaType, Unfit> {
    if find(tail(bytes, 1_024), b"%%EOF").is_some() { Ok(MediaType::Pdf) } else { Err(CUT) }
}

// Boxes that follow each other to the very end, the kind of film first, what is in it somewhere.
fn mp4(bytes: &[u8]) -> Result<MediaType, Unfit> {
    const BRANDS: &[&[u8; 4]] = &[
        b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  ", b"3gp4",
        b"3gp5", b"MSNV", b"dash",
    ];
    let brand = bytes.get(8..12).ok_or(CUT)?;
    if !BRANDS.iter().any(|known| known.as_slice() == brand) {
        return Err(UNKNOWN);
    }
    let (mut at, mut seen) = (0_usize, [false; 2]);
    while at < bytes.len() {
        let head = bytes.get(at..at + 8).ok_or(CUT)?;
        let (size, kind) = head.split_at(4);
        let left = bytes.len() - at;
        let size = match u32::from_be_bytes(size.try_into().map_err(|_| CUT)?) {
            // To the end of the file: that it is cut off could not be seen.
            0 => return Err(CUT),
            1 => {
                let large = bytes.get(at + 8..at + 16).ok_or(CUT)?;
                let large = u64::from_be_bytes(large.try_into().map_err(|_| CUT)?);
                usize::try_from(large).ok().filter(|size| *size >= 16).ok_or(CUT)?
            }
            size => usize::try_from(size).ok().filter(|size| *size >= 8).ok_or(CUT)?,
        };
        if size > left || !kind.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte == 0xa9) {
            return Err(CUT);
        }
        seen[0] |= kind == b"moov";
        seen[1] |= kind == b"mdat";
        at += size;
    }
    if seen == [true; 2] { Ok(MediaType::Mp4) } else { Err(CUT) }
}

// What a browser or a shell could take for more than text is none.
fn text(bytes: &[u8]) -> Result<MediaType, Unfit> {
    let text = std::str::from_utf8(bytes).map_err(|_| UNKNOWN)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(UNKNOWN);
    }
    let body = text.trim_start_matches('\u{feff}').trim_start();
    if body.is_empty() {
        return Err(Unfit("has nothing in it"));
    }
    let head: String = body.chars().take(1_024).collect::<String>().to_ascii_lowercase();
    let marked = ["<!doctype", "<html", "<svg", "<script", "<iframe", "<body", "<?xml", "<?php"];
    if body.starts_with('<') || marked.iter().any(|mark| head.contains(mark)) {
        return Err(Unfit("is markup, not plain text"));
    }
    let begins = ["#!", "%!ps", "{\\rtf", "mime-version:", "content-type:"];
    // A reader takes a document for one with a little before it.
    if begins.iter().any(|mark| head.starts_with(mark)) || head.contains("%pdf-") {
        return Err(Unfit("is something to be run or opened, not plain text"));
    }
    Ok(MediaType::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(kind: &[u8], body: &[u8]) -> Vec<u8> {
        let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
        [&size, kind, body].concat()
    }

    #[test]
    fn a_file_is_what_is_in_it() {
        let film = [atom(b"ftyp", b"isom\0\0\0\0"), atom(b"moov", b"x"), atom(b"mdat", b"y")].concat();
        assert_eq!(MediaType::recognise(&film), Ok(MediaType::Mp4));
        assert_eq!(MediaType::recognise(b"%PDF-1.7\n1 0 obj\n%%EOF\n"), Ok(MediaType::Pdf));
        assert_eq!(MediaType::recognise("登录失败: code 7\n".as_bytes()), Ok(MediaType::Text));
        assert_eq!(MediaType::recognise(b"a < b and <b> is no markup here"), Ok(MediaType::Text));
        for (bad, why) in [
            (film[..film.len() - 1].to_vec(), CUT),
            ([film.clone(), b"PK\x05\x06".to_vec()].concat(), CUT),
            (atom(b"ftyp", b"isom\0\0\0\0"), CUT),
            (atom(b"ftyp", b"heic\0\0\0\0"), UNKNOWN),
            (b"%PDF-1.7\n1 0 obj".to_vec(), CUT),
            ([b"%PDF-1.7\n%%EOF".as_slice(), b"PK\x05\x06"].concat(), ARCHIVE),
            (b"GIF89a".to_vec(), Unfit("")),
            (b"PK\x03\x04rest".to_vec(), UNKNOWN),
            (b"a\0b".to_vec(), UNKNOWN),
            (vec![0xff, 0xfe, b'a', 0], UNKNOWN),
            (b"  \n".to_vec(), Unfit("has nothing in it")),
            (b"\xef\xbb\xbf <svg onload=alert(1)>".to_vec(), Unfit("is markup, not plain text")),
            (b"hello <SCRIPT>alert(1)</SCRIPT>".to_vec(), Unfit("is markup, not plain text")),
            (b"#!/bin/sh\nid".to_vec(), Unfit("is something to be run or opened, not plain text")),
        ] {
            if why == Unfit("") {
                // Letters alone: as text it does no harm.
                assert_eq!(MediaType::recognise(&bad), Ok(MediaType::Text));
            } else {
                assert_eq!(MediaType::recognise(&bad), Err(why), "{}", String::from_utf8_lossy(&bad));
            }
        }
    }
}
