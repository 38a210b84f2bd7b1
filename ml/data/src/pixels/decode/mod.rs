//! Files of pictures into pixels.
//!
//! The size stands at the beginning of every file and is checked before memory for pixels is taken.

mod error;
mod jpeg;
mod other;

pub use error::DecodeError;

use super::{Picture, Plane, Raster};

/// How many pixels a picture may have where a caller has no reason for another limit.
pub const MAX_PIXELS: u64 = 1 << 26;

/// A picture in colour, as it is stored: a mark in the file that it should be turned (EXIF) is not followed.
///
/// # Errors
/// The bytes are no whole picture, or it has more than `limit` pixels.
pub fn decode(bytes: &[u8], limit: u64) -> Result<Picture, DecodeError> {
    if jpeg::is_jpeg(bytes) { jpeg::decode(bytes, limit, Vec::new()) } else { other::decode_rgb(bytes, limit) }
}

/// [`decode`] into memory that was used before.
///
/// # Errors
/// As [`decode`].
pub fn decode_into(bytes: &[u8], limit: u64, memory: Vec<u8>) -> Result<Picture, DecodeError> {
    if jpeg::is_jpeg(bytes) { jpeg::decode(bytes, limit, memory) } else { other::decode_rgb(bytes, limit) }
}

/// A picture in gray; colours are weighted as the eye does (0.299, 0.587, 0.114).
///
/// # Errors
/// As [`decode`].
pub fn decode_gray(bytes: &[u8], limit: u64) -> Result<Plane, DecodeError> {
    if jpeg::is_jpeg(bytes) { jpeg::decode(bytes, limit, Vec::new()) } else { other::decode_gray(bytes, limit) }
}

/// A picture in words of four bytes (red, green, blue, and one without meaning) into memory that was used before; returns width and height.
/// With `gray` the first three are all the gray.
///
/// # Errors
/// As [`decode`].
pub fn decode_words(bytes: &[u8], gray: bool, limit: u64, memory: &mut Vec<u8>) -> Result<[u32; 2], DecodeError> {
    let words = match (jpeg::is_jpeg(bytes), gray) {
        (true, false) => jpeg::decode::<4>(bytes, limit, std::mem::take(memory))?,
        (false, false) => other::decode_words(bytes, limit)?,
        (_, true) => {
            let plane = decode_gray(bytes, limit)?;
            let words: Vec<[u8; 4]> = plane.pixels().iter().map(|&v| [v; 4]).collect();
            Raster::new(plane.width(), plane.height(), words.into_flattened()).ok_or(DecodeError::Empty)?
        }
    };
    let size = words.size();
    *memory = words.into_pixels();
    Ok(size)
}

fn check_size(width: u64, height: u64, limit: u64) -> Result<(), DecodeError> {
    if width == 0 || height == 0 {
        return Err(DecodeError::Empty);
    }
    if width.saturating_mul(height) > limit {
        return Err(DecodeError::TooLarge { width, height, limit });
    }
    Ok(())
}
