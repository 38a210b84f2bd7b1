//! Decoding of untrusted picture files.

use std::io::Cursor;

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, metadata::Orientation};

use super::display;

/// The largest file and picture that are taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Pixels, width × height; known from the header, before anything is decoded.
    pub pixels: u64,
}

/// Why a file is not taken as an image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    #[error("the file is empty")]
    Empty,
    #[error("the file has {bytes} bytes; at most {limit} are taken")]
    TooManyBytes { bytes: u64, limit: u64 },
    #[error("the file is not a PNG, JPEG, WebP, BMP or TIFF picture")]
    UnknownType,
    #[error("the picture has {width}×{height} pixels; at most {limit} are taken")]
    TooManyPixels { width: u32, height: u32, limit: u64 },
    #[error("the picture can't be decoded, it may be cut off or damaged: {0}")]
    Damaged(String),
}

/// A picture that was decoded and can be shown.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Pixels, after the orientation was applied.
    pub width: u32,
    pub height: u32,
    /// `png`, `jpeg`, `webp`, `bmp` or `tiff`.
    pub format: &'static str,
    /// The EXIF orientation (1 to 8) that was applied.
    pub orientation: u8,
    /// What browsers and models see when it is not the file itself: upright, 8 bits a channel, as PNG.
    pub display: Option<Bytes>,
    pub pixels: DynamicImage,
}

/// Decodes a file. Its type is told from its content, never from its name; sizes are checked before pixels are decoded.
///
/// # Errors
/// The file is none of the known types, too large, or damaged.
pub fn decode(file: &[u8], limits: Limits) -> Result<Picture, MediaError> {
    let Upright { pixels, format, orientation, as_it_is } = upright(file, limits)?;
    let display = if as_it_is { None } else { Some(display::png(&pixels).map_err(damaged)?) };
    Ok(Picture { width: pixels.width(), height: pixels.height(), format, orientation: orientation.to_exif(), display, pixels })
}

/// The pixels of a file alone: upright, 8 bits a channel.
///
/// # Errors
/// As for [`decode`].
pub fn pixels(file: &[u8], limits: Limits) -> Result<DynamicImage, MediaError> {
    upright(file, limits).map(|upright| upright.pixels)
}

/// A picture as models see it.
struct Upright {
    pixels: DynamicImage,
    format: &'static str,
    orientation: Orientation,
    /// Whether browsers show the file itself alike.
    as_it_is: bool,
}

fn damaged(error: image::ImageError) -> MediaError {
    MediaError::Damaged(error.to_string())
}

fn upright(file: &[u8], limits: Limits) -> Result<Upright, MediaError> {
    if file.is_empty() {
        return Err(MediaError::Empty);
    }
    if file.len() as u64 > limits.bytes {
        return Err(MediaError::TooManyBytes { bytes: file.len() as u64, limit: limits.bytes });
    }
    let (format, name) = match image::guess_format(file) {
        Ok(ImageFormat::Png) => (ImageFormat::Png, "png"),
        Ok(ImageFormat::Jpeg) => (ImageFormat::Jpeg, "jpeg"),
        Ok(ImageFormat::WebP) => (ImageFormat::WebP, "webp"),
        Ok(ImageFormat::Bmp) => (ImageFormat::Bmp, "bmp"),
        Ok(ImageFormat::Tiff) => (ImageFormat::Tiff, "tiff"),
        _ => return Err(MediaError::UnknownType),
    };
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut allowed = image::Limits::default();
    // Eight bytes a pixel hold 16-bit RGBA; as much again lets a decoder work.
    allowed.max_alloc = Some(limits.pixels.saturating_mul(16).max(64 << 20));
    reader.limits(allowed);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels {
        return Err(MediaError::TooManyPixels { width, height, limit: limits.pixels });
    }
    // A broken EXIF block does not make a picture useless.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    pixels.apply_orientation(orientation);
    let as_it_is = matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)
        && orientation == Orientation::NoTransforms
        && matches!(
            pixels,
            DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) | DynamicImage::ImageLumaA8(_)
        );
    if !as_it_is {
        pixels = display::eight_bit(pixels);
    }
    Ok(Upright { pixels, format: name, orientation, as_it_is })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, ImageBuffer, Luma, RgbImage};

    const LIMITS: Limits = Limits { bytes: 1 << 20, pixels: 100_000 };

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn every_type_is_taken_and_only_browser_types_are_shown_as_they_are() {
        let picture = DynamicImage::ImageRgb8(RgbImage::from_fn(20, 10, |x, y| image::Rgb([x as u8, y as u8, 7])));
        for (format, name, shown) in [
            (ImageFormat::Png, "png", true),
            (ImageFormat::Jpeg, "jpeg", true),
            (ImageFormat::WebP, "webp", true),
            (ImageFormat::Bmp, "bmp", false),
            (ImageFormat::Tiff, "tiff", false),
        ] {
            let got = decode(&file(&picture, format), LIMITS).unwrap();
            assert_eq!((got.width, got.height, got.format, got.display.is_none()), (20, 10, name, shown), "{name}");
        }
    }

    /// A JPEG whose EXIF block says 'turn me by 90 degrees' (orientation 6), as a telephone writes it.
    fn turned() -> Vec<u8> {
        let picture = RgbImage::from_fn(40, 16, |x, _| image::Rgb(if x < 8 { [250; 3] } else { [10; 3] }));
        let plain = file(&DynamicImage::ImageRgb8(picture), ImageFormat::Jpeg);
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
        exif.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
        let length = (exif.len() as u16 + 2).to_be_bytes();
        [&plain[..2], &[0xff, 0xe1], &length, &exif, &plain[2..]].concat()
    }

    #[test]
    fn the_exif_orientation_is_applied_once_and_told() {
        let got = decode(&turned(), LIMITS).unwrap();
        assert_eq!((got.width, got.height, got.orientation), (16, 40, 6));
        // The bright left edge is the top edge now, in the picture that is shown too.
        let shown = image::load_from_memory(&got.display.expect("a turned picture is shown upright")).unwrap().to_luma8();
        assert_eq!(shown.dimensions(), (16, 40));
        assert!(shown.get_pixel(8, 2)[0] > 200 && shown.get_pixel(8, 30)[0] < 60);
    }

    #[test]
    fn sixteen_bits_become_eight_with_the_used_range_stretched() {
        let wide: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_fn(64, 64, |x, _| Luma([100 + 10 * x as u16]));
        let got = decode(&file(&DynamicImage::ImageLuma16(wide), ImageFormat::Png), LIMITS).unwrap();
        let shown = got.pixels.to_luma8();
        assert!(shown.get_pixel(0, 0)[0] < 5 && shown.get_pixel(63, 0)[0] > 250);
        assert!(got.display.is_some());
    }

    #[test]
    fn bad_files_are_refused_with_a_reason() {
        let good = file(&DynamicImage::ImageLuma8(GrayImage::new(50, 50)), ImageFormat::Png);
        assert_eq!(decode(b"", LIMITS).unwrap_err(), MediaError::Empty);
        assert_eq!(decode(b"<svg onload=alert(1)>", LIMITS).unwrap_err(), MediaError::UnknownType);
        assert!(matches!(decode(&good[..good.len() / 2], LIMITS).unwrap_err(), MediaError::Damaged(_)));
        assert!(matches!(decode(&good, Limits { bytes: 10, ..LIMITS }).unwrap_err(), MediaError::TooManyBytes { .. }));
        // A header that claims 60000×60000 pixels in 60 bytes is refused before any memory is asked for.
        let mut bomb = good.clone();
        bomb[16..20].copy_from_slice(&60_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000u32.to_be_bytes());
        let refused = decode(&bomb, LIMITS).unwrap_err();
        assert!(matches!(refused, MediaError::TooManyPixels { .. } | MediaError::Damaged(_)), "{refused}");
    }
}
