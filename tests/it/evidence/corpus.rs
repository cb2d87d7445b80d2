//! Files made by the test itself: good ones, and those that want something else.

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::header::HeaderMap;
use std::{io::Cursor, path::Path};

/// Where one stands in the other.
pub fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// How many files are below a folder.
pub fn files(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

/// A file is saved and never shown, whatever a browser makes of its content.
pub fn assert_saved(headers: &HeaderMap) {
    let of =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    assert!(of("content-disposition").unwrap().starts_with("attachment; filename=\""), "{headers:?}");
    assert_eq!(of("x-content-type-options").as_deref(), Some("nosniff"));
    assert!(of("content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"), "{headers:?}");
    assert_eq!(of("cache-control").as_deref(), Some("private, no-store"));
    let safe = [
        "image/jpeg",
        "image/png",
        "image/webp",
        "application/pdf",
        "video/mp4",
        "text/plain; charset=utf-8",
    ];
    assert!(safe.contains(&of("content-type").unwrap().as_str()), "{headers:?}");
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, format).unwrap();
    out.into_inner()
}

/// The same scene in any size and format.
pub fn scene(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x * 256 / width, y * 256 / height);
        Rgb([u8::try_from(x * y / 256 % 256).unwrap(), u8::try_from((x * 3 + y) % 256).unwrap(), 90])
    });
    encoded(&picture.into(), format)
}

/// A picture like no other.
pub fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 0x9e37_79b9_u32;
    let picture = RgbImage::from_fn(width, height, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        Rgb([seed.to_be_bytes()[0], seed.to_be_bytes()[1], seed.to_be_bytes()[2]])
    });
    encoded(&picture.into(), ImageFormat::Png)
}

// A chunk of a PNG, with its check.
fn chunk(kind: &[u8], body: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in kind.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&length, kind, body, &(!crc).to_be_bytes()].concat()
}

/// A PNG that says where it was taken, has a script in a text chunk, and another behind its end.
pub fn png_with_secrets() -> Vec<u8> {
    let plain = scene(64, 48, ImageFormat::Png);
    // Behind the header chunk: 8 bytes of signature, 25 of IHDR.
    let (head, rest) = plain.split_at(33);
    let text = chunk(b"tEXt", b"Comment\0<script>alert(1)</script> GPS 31.2304 121.4737");
    [head, &text, rest, b"<script>alert(2)</script>PK\x05\x06"].concat()
}

/// A picture that says it has so many pixels, in few bytes.
pub fn flood(width: u32, height: u32) -> Vec<u8> {
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    // Zeros without end, packed.
    let packed = [
        0x78, 0x9c, 0xed, 0xc1, 0x01, 0x0d, 0x00, 0x00, 0x00, 0xc2, 0xa0, 0xf7, 0x4f, 0x6d, 0x0f, 0x07, 0x14,
    ];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IDAT", &packed), chunk(b"IEND", b"")]
        .concat()
}

/// A JPEG that says it has so many pixels.
pub fn flood_jpeg(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = scene(16, 16, ImageFormat::Jpeg);
    let at = find(&bytes, &[0xff, 0xc0]).unwrap();
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

/// Packed so that a little becomes very much.
pub fn bomb() -> Vec<u8> {
    let zeros = [0x03, 0x00].repeat(21_000);
    [b"PK\x03\x04\x14\0\0\0\x08\0".as_slice(), &zeros, b"PK\x05\x06"].concat()
}

/// A box of an MP4.
pub fn atom(kind: &[u8], body: &[u8]) -> Vec<u8> {
    let size = u32::try_from(body.len() + 8).unwrap().to_be_bytes();
    [&size, kind, body].concat()
}

/// As much of a film as can be told from its outside.
pub fn film() -> Vec<u8> {
    [atom(b"ftyp", b"isom\0\0\0\0"), atom(b"moov", b"what is in it"), atom(b"mdat", b"frames")].concat()
}
