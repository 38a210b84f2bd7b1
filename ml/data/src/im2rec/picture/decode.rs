//! Files into pixels of four bytes, with the rules of OpenCV's `imread`.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageBuffer, ImageDecoder, ImageReader};

use super::marks::{Marks, of_jpeg};
use super::{Channels, ColorMode, PictureError};
use crate::pixels::{DecodeError, decode_words};

/// Decodes a picture into words of four bytes and turns it upright, unless it stays as it is; returns its size.
pub(super) fn upright(file: &[u8], color: ColorMode, limit: u64, words: &mut Vec<u8>) -> Result<([u32; 2], Channels), PictureError> {
    let jpeg = file.starts_with(&[0xff, 0xd8, 0xff]);
    let (size, channels, turn) = if jpeg {
        let Marks { turn, gray } = of_jpeg(file);
        let gray = color == ColorMode::Gray || (color == ColorMode::Unchanged && gray);
        (decode_words(file, gray, limit, words)?, if gray { Channels::Gray } else { Channels::Rgb }, turn)
    } else {
        other(file, color, limit, words)?
    };
    if color == ColorMode::Unchanged || turn == Orientation::NoTransforms {
        return Ok((size, channels));
    }
    let lent = ImageBuffer::from_raw(size[0], size[1], std::mem::take(words)).ok_or(DecodeError::Empty)?;
    let mut picture = DynamicImage::ImageRgba8(lent);
    picture.apply_orientation(turn);
    let turned = picture.into_rgba8();
    let size = turned.dimensions().into();
    *words = turned.into_raw();
    Ok((size, channels))
}

/// PNG, WebP, BMP and TIFF.
fn other(file: &[u8], color: ColorMode, limit: u64, words: &mut Vec<u8>) -> Result<([u32; 2], Channels, Orientation), PictureError> {
    let broken = |error| PictureError::Decode(DecodeError::Other(error));
    let reader = ImageReader::new(Cursor::new(file)).with_guessed_format()?;
    if reader.format().is_none() {
        return Err(DecodeError::Unknown.into());
    }
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (kind, turn) = (decoder.color_type(), decoder.orientation().map_err(broken)?);
    let channels = match (color, kind) {
        (ColorMode::Color, _) => Channels::Rgb,
        (ColorMode::Gray, _) | (_, ColorType::L8) => Channels::Gray,
        (_, ColorType::Rgb8) => Channels::Rgb,
        (_, ColorType::La8 | ColorType::Rgba8) => Channels::Rgba,
        _ => return Err(PictureError::SixteenBits),
    };
    drop(decoder);
    let size = decode_words(file, false, limit, words)?;
    if channels == Channels::Gray && !matches!(kind, ColorType::L8 | ColorType::La8 | ColorType::L16 | ColorType::La16) {
        words.as_chunks_mut::<4>().0.iter_mut().for_each(|word| *word = [gray(*word); 4]);
    }
    Ok((size, channels, turn))
}

/// The gray of a colour as libpng weights it when OpenCV asks for it: 0.299, 0.587, 0.114 in 32768ths, cut off.
fn gray([red, green, blue, _]: [u8; 4]) -> u8 {
    const RED: u32 = 9798;
    const GREEN: u32 = 19235;
    const BLUE: u32 = 32768 - RED - GREEN;
    ((u32::from(red) * RED + u32::from(green) * GREEN + u32::from(blue) * BLUE) >> 15) as u8
}
