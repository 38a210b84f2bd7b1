//! JPEG, by zune-jpeg.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::{DecodeError, check_size};
use crate::pixels::Raster;

/// The longest side that the format can say.
const LONGEST: usize = 65535;

pub(super) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xd8, 0xff])
}

/// Decodes to one value a pixel (gray), three (red, green, blue) or four (and one without meaning).
pub(super) fn decode<const C: usize>(bytes: &[u8], limit: u64, mut memory: Vec<u8>) -> Result<Raster<C>, DecodeError> {
    let damaged = |error: DecodeErrors| DecodeError::Jpeg(format!("{error:?}"));
    let color = match C {
        1 => ColorSpace::Luma,
        3 => ColorSpace::RGB,
        _ => ColorSpace::RGBA,
    };
    // Strict, so that half a picture is not taken for a whole one.
    let options =
        DecoderOptions::new_fast().set_strict_mode(true).set_max_width(LONGEST).set_max_height(LONGEST).jpeg_set_out_colorspace(color);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(damaged)?;
    let (width, height) = decoder.dimensions().ok_or(DecodeError::Empty)?;
    check_size(width as u64, height as u64, limit)?;
    let size = width * height * C;
    memory.resize(size, 0);
    decoder.decode_into(&mut memory).map_err(damaged)?;
    Raster::new(width as u32, height as u32, memory).ok_or(DecodeError::Empty)
}
