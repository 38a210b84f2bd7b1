//! Files of pictures into pixels.
//!
//! The size stands at the beginning of every file and is checked before memory for pixels is taken.

mod error;
mod jpeg;
mod other;

pub use error::DecodeError;

use super::{Picture, Plane};

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

fn check_size(width: u64, height: u64, limit: u64) -> Result<(), DecodeError> {
    if width == 0 || height == 0 {
        return Err(DecodeError::Empty);
    }
    if width.saturating_mul(height) > limit {
        return Err(DecodeError::TooLarge { width, height, limit });
    }
    Ok(())
}
