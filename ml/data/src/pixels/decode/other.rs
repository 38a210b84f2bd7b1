//! PNG, WebP, BMP and TIFF, by the image crate.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};

use super::{DecodeError, check_size};
use crate::pixels::{Picture, Plane, Raster};

pub(super) fn decode_rgb(bytes: &[u8], limit: u64) -> Result<Picture, DecodeError> {
    let image = load(bytes, limit)?.into_rgb8();
    let (width, height) = image.dimensions();
    Picture::new(width, height, image.into_raw()).ok_or(DecodeError::Empty)
}

pub(super) fn decode_gray(bytes: &[u8], limit: u64) -> Result<Plane, DecodeError> {
    let image = match load(bytes, limit)? {
        DynamicImage::ImageLuma8(gray) => gray,
        other => other.into_luma8(),
    };
    let (width, height) = image.dimensions();
    Plane::new(width, height, image.into_raw()).ok_or(DecodeError::Empty)
}

pub(super) fn decode_words(bytes: &[u8], limit: u64) -> Result<Raster<4>, DecodeError> {
    let image = load(bytes, limit)?.into_rgba8();
    let (width, height) = image.dimensions();
    Raster::new(width, height, image.into_raw()).ok_or(DecodeError::Empty)
}

fn load(bytes: &[u8], limit: u64) -> Result<DynamicImage, DecodeError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(image::ImageError::IoError)?;
    if reader.format().is_none() {
        return Err(DecodeError::Unknown);
    }
    let mut limits = image::Limits::default();
    // Eight bytes a pixel are the most that the formats have, and decoders need some of their own.
    limits.max_alloc = Some(limit.saturating_mul(16).saturating_add(1 << 20));
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    check_size(u64::from(width), u64::from(height), limit)?;
    Ok(DynamicImage::from_decoder(decoder)?)
}
