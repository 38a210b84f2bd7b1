//! What stands in a JPEG before its pixels: how it should be turned, and whether it is gray.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ImageDecoder, ImageReader};

use super::PictureError;
use crate::pixels::DecodeError;

/// What is asked of the head of a JPEG.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    pub turn: Orientation,
    pub gray: bool,
}

/// Walks over the segments of a JPEG up to its pixels. Of damaged ones nothing is known; the decoder will say so.
pub(super) fn of_jpeg(bytes: &[u8]) -> Marks {
    let mut marks = Marks { turn: Orientation::NoTransforms, gray: false };
    let mut rest = bytes.get(2..).unwrap_or_default();
    while let Some((&[0xff, marker], after)) = rest.split_first_chunk::<2>() {
        // Fill bytes before a marker, and markers without a length.
        if marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        if matches!(marker, 0x01 | 0xd0..=0xd7) {
            rest = after;
            continue;
        }
        let Some((length, _)) = after.split_first_chunk::<2>() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some(segment) = after.get(2..length) else { break };
        match marker {
            0xda => break,
            0xe1 => {
                if let Some(exif) = segment.strip_prefix(b"Exif\0\0") {
                    marks.turn = Orientation::from_exif_chunk(exif).unwrap_or(marks.turn);
                }
            }
            // Starts of frames; C4, C8 and CC are tables.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => marks.gray = segment.get(5) == Some(&1),
            _ => {}
        }
        rest = &after[length..];
    }
    marks
}

/// The size of a picture as it is stored, and how it should be turned, without decoding it.
pub(in crate::im2rec) fn size_and_turn(bytes: &[u8]) -> Result<([u32; 2], Orientation), PictureError> {
    let broken = |error| PictureError::Decode(DecodeError::Other(error));
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    Ok(([width, height], decoder.orientation().map_err(broken)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a JPEG with a mark to be turned, and a frame of so many colours.
    fn head(turn: u8, colors: u8) -> Vec<u8> {
        let exif = [&b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"[..], &[turn, 0, 0, 0, 0, 0, 0, 0]].concat();
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xff, 0xe1, 0, exif.len() as u8 + 2];
        bytes.extend(exif);
        bytes.extend([0xff, 0xc4, 0, 3, 9, 0xff, 0xc2, 0, 8, 8, 0, 1, 0, 1, colors, 0xff, 0xda, 0, 2]);
        bytes
    }

    #[test]
    fn marks_are_found_and_damage_is_harmless() {
        assert_eq!(of_jpeg(&head(6, 3)), Marks { turn: Orientation::Rotate90, gray: false });
        assert_eq!(of_jpeg(&head(1, 1)), Marks { turn: Orientation::NoTransforms, gray: true });
        let bytes = head(6, 1);
        for cut in 0..bytes.len() {
            of_jpeg(&bytes[..cut]);
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            of_jpeg(&damaged);
        }
    }
}
