//! Pixels into files, with the settings of OpenCV's `imencode`.

use std::borrow::Cow;

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use png::{BitDepth, DeflateCompression, Filter};

use super::{Channels, PictureError};
use crate::pixels::Pixel;

/// JPEG with colours at half the width and height (4:2:0), averaged, and the usual Huffman tables.
pub(super) fn jpeg(
    pixels: &[Pixel],
    [width, height]: [u32; 2],
    channels: Channels,
    quality: u8,
    out: &mut Vec<u8>,
) -> Result<(), PictureError> {
    let side = |side: u32| u16::try_from(side).map_err(|_| PictureError::TooWide(side));
    let (wide, high) = (side(width)?, side(height)?);
    let mut encoder = Encoder::new(out, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    match channels {
        Channels::Gray => encoder.encode(&first_bytes::<1>(pixels), wide, high, ColorType::Luma)?,
        Channels::Rgb | Channels::Rgba => encoder.encode(pixels.as_flattened(), wide, high, ColorType::Rgba)?,
    }
    Ok(())
}

/// PNG; the effort is zlib's level.
pub(super) fn png(
    pixels: &[Pixel],
    [width, height]: [u32; 2],
    channels: Channels,
    effort: u8,
    out: &mut Vec<u8>,
) -> Result<(), PictureError> {
    let (color, bytes) = match channels {
        Channels::Gray => (png::ColorType::Grayscale, Cow::Owned(first_bytes::<1>(pixels))),
        Channels::Rgb => (png::ColorType::Rgb, Cow::Owned(first_bytes::<3>(pixels))),
        Channels::Rgba => (png::ColorType::Rgba, Cow::Borrowed(pixels.as_flattened())),
    };
    let mut encoder = png::Encoder::new(out, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_deflate_compression(match effort.min(9) {
        0 => DeflateCompression::NoCompression,
        level => DeflateCompression::Level(level),
    });
    encoder.set_filter(Filter::Sub);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    Ok(writer.finish()?)
}

fn first_bytes<const C: usize>(pixels: &[Pixel]) -> Vec<u8> {
    pixels.iter().filter_map(|pixel| pixel.first_chunk::<C>()).flatten().copied().collect()
}
