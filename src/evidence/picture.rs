//! Pictures: looked at before they are decoded, decoded within bounds, written anew without anything but pixels.

use super::media::{MediaType, Unfit};
use image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits,
    codecs::{
        jpeg::JpegEncoder,
        png::{CompressionType, FilterType, PngEncoder},
        webp::WebPEncoder,
    },
};
use std::io::Cursor;

/// The most pixels.
const PIXELS: u64 = 40_000_000;
/// The longest side, in pixels.
const SIDE: u32 = 20_000;
/// The most memory that the decoded pixels may take, in bytes.
const DECODED: u64 = 64 << 20;
/// The longest picture that is kept, in bytes: written anew it may have grown.
const KEPT: usize = 16 << 20;
/// A picture that is nearly one colour looks like every other such: its hash says nothing.
const TELLING: std::ops::RangeInclusive<u32> = 5..=59;

/// A picture written anew.
pub(super) struct Drawn {
    pub(super) bytes: Vec<u8>,
    pub(super) media: MediaType,
    pub(super) dhash: Option<u64>,
}

/// Decodes and writes it anew. Takes a processor for up to some seconds.
///
/// # Errors
/// [`Unfit`] when it is too large, cut off or damaged.
pub(super) fn draw_anew(bytes: &[u8], media: MediaType) -> Result<Drawn, Unfit> {
    const DAMAGED: Unfit = Unfit("is a picture that is damaged or incomplete");
    const LARGE: Unfit = Unfit("is a picture with too many pixels");
    let format = match media {
        MediaType::Png => ImageFormat::Png,
        MediaType::Webp => ImageFormat::WebP,
        _ => ImageFormat::Jpeg,
    };
    if media == MediaType::Jpeg && !ends(bytes) {
        return Err(DAMAGED);
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    // Of the decoder's own, beside the pixels.
    limits.max_alloc = Some(DECODED);
    reader.limits(limits);
    let refused = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => LARGE,
        _ => DAMAGED,
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    // From the header alone: nothing is decoded yet.
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(DAMAGED);
    }
    if u64::from(width) * u64::from(height) > PIXELS || decoder.total_bytes() > DECODED {
        return Err(LARGE);
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    picture.apply_orientation(orientation);
    let dhash = Some(dhash(&picture)).filter(|hash| TELLING.contains(&hash.count_ones()));
    let (bytes, media) = write(picture, media).map_err(|_| DAMAGED)?;
    if bytes.len() > KEPT {
        return Err(LARGE);
    }
    Ok(Drawn { bytes, media, dhash })
}

// A JPEG has an end behind the beginning of its pixels: the decoder would fill up what is missing with grey. In the
// segments before that there may be a preview with an end of its own.
fn ends(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xff => at += 1,
            0xda => return bytes[at..].windows(2).any(|pair| pair == [0xff, 0xd9]),
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

// JPEG stays JPEG and PNG stays PNG. A WebP of a photograph becomes a JPEG, because without loss it would become many
// times as long; one with transparency stays what it is.
fn write(picture: DynamicImage, media: MediaType) -> image::ImageResult<(Vec<u8>, MediaType)> {
    let mut out = Cursor::new(Vec::new());
    let alpha = picture.color().has_alpha();
    let media = match media {
        MediaType::Png => {
            let png = PngEncoder::new_with_quality(&mut out, CompressionType::Default, FilterType::Adaptive);
            match (alpha, picture.color().has_color()) {
                (true, _) => picture.into_rgba8().write_with_encoder(png)?,
                (false, true) => picture.into_rgb8().write_with_encoder(png)?,
                (false, false) => picture.into_luma8().write_with_encoder(png)?,
            }
            MediaType::Png
        }
        MediaType::Webp if alpha => {
            picture.into_rgba8().write_with_encoder(WebPEncoder::new_lossless(&mut out))?;
            MediaType::Webp
        }
        _ => {
            picture.into_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut out, 90))?;
            MediaType::Jpeg
        }
    };
    Ok((out.into_inner(), media))
}

/// How a picture looks, in 64 bits: whether each of 8 × 8 places is darker than its right neighbour. The same picture
/// in another size, format or quality differs in a few bits.
fn dhash(picture: &DynamicImage) -> u64 {
    let small = picture.thumbnail_exact(9, 8).into_luma8();
    let mut hash = 0;
    for y in 0..8 {
        for x in 0..8 {
            let darker = small.get_pixel(x, y).0[0] < small.get_pixel(x + 1, y).0[0];
            hash = hash << 1 | u64::from(darker);
        }
    }
    hash
}

/// The parts that near duplicates are found by: seven, each marked with its place.
pub(super) fn bands(dhash: u64) -> Vec<i32> {
    (0..7_u32)
        .map(|part| {
            let (shift, width) = (part * 9, if part == 6 { 10 } else { 9 });
            let bits = (dhash >> shift) & ((1 << width) - 1);
            i32::try_from(u64::from(part) << 10 | bits).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    fn scene(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (x, y) = (x * 256 / width, y * 256 / height);
            Rgb([u8::try_from(x * y / 256 % 256).unwrap(), u8::try_from((x * 3 + y) % 256).unwrap(), 90])
        })
        .into()
    }

    fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn the_same_picture_looks_the_same_in_another_size_and_format() {
        let png = draw_anew(&encoded(&scene(640, 480), ImageFormat::Png), MediaType::Png).unwrap();
        let jpeg = draw_anew(&encoded(&scene(320, 240), ImageFormat::Jpeg), MediaType::Jpeg).unwrap();
        let (one, other) = (png.dhash.unwrap(), jpeg.dhash.unwrap());
        assert!((one ^ other).count_ones() <= 6, "{one:x} {other:x}");
        let flat = DynamicImage::from(RgbImage::from_pixel(64, 64, Rgb([255; 3])));
        assert_eq!(draw_anew(&encoded(&flat, ImageFormat::Png), MediaType::Png).unwrap().dhash, None);
    }

    #[test]
    fn hashes_that_differ_in_six_bits_share_a_part() {
        for seed in 0..64_u64 {
            let hash = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let other = hash ^ (0..6).fold(0, |bits, n| bits | 1 << ((seed + n * 11) % 64));
            assert!(bands(hash).iter().any(|band| bands(other).contains(band)));
        }
        assert_eq!(bands(u64::MAX).len(), 7);
    }

    #[test]
    fn nothing_but_pixels_is_kept_and_a_webp_is_read() {
        let mut jpeg = encoded(&scene(64, 48), ImageFormat::Jpeg);
        jpeg.extend_from_slice(b"<script>alert(1)</script>PK\x05\x06");
        let drawn = draw_anew(&jpeg, MediaType::Jpeg).unwrap();
        assert!(!drawn.bytes.windows(8).any(|window| window == b"<script>"));
        let webp = draw_anew(&encoded(&scene(64, 48), ImageFormat::WebP), MediaType::Webp).unwrap();
        assert_eq!(webp.media, MediaType::Jpeg);
        assert!(draw_anew(&jpeg[..200], MediaType::Jpeg).is_err());
    }
}
