//! Writing masks as PNG.

use png::{BitDepth, ColorType, DeflateCompression, Encoder, EncodingError, Filter};

use crate::formats::support::rgb;
use crate::schema::{Schema, VOID};

/// 256 colours as red, green, blue.
pub type Palette = [[u8; 3]; 256];

/// The colours of a schema's classes by index: background black, void light gray, and black for indices without a class.
#[must_use]
pub fn palette(schema: &Schema) -> Palette {
    let mut palette = [[0; 3]; 256];
    for class in &schema.classes {
        palette[usize::from(class.index)] = rgb(&class.color).unwrap_or_default();
    }
    palette[usize::from(VOID)] = [224; 3];
    palette
}

/// A PNG of 8-bit gray values, row by row: the class indices of a mask as they are.
///
/// # Errors
/// The size is zero, or `pixels` has another length than `width × height`.
pub fn png_gray8(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, EncodingError> {
    encode(width, height, pixels, ColorType::Grayscale, BitDepth::Eight, None)
}

/// A PNG of 8-bit indices with a palette.
///
/// # Errors
/// As [`png_gray8`].
pub fn png_palette8(width: u32, height: u32, pixels: &[u8], palette: &Palette) -> Result<Vec<u8>, EncodingError> {
    encode(width, height, pixels, ColorType::Indexed, BitDepth::Eight, Some(palette))
}

/// A PNG of 16-bit gray values: the numbers of things.
///
/// # Errors
/// As [`png_gray8`].
pub fn png_gray16(width: u32, height: u32, numbers: &[u16]) -> Result<Vec<u8>, EncodingError> {
    let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    encode(width, height, &bytes, ColorType::Grayscale, BitDepth::Sixteen, None)
}

/// A PNG of 8-bit red, green and blue.
///
/// # Errors
/// As [`png_gray8`], with three bytes a pixel.
pub fn png_rgb8(width: u32, height: u32, pixels: &[u8]) -> Result<Vec<u8>, EncodingError> {
    encode(width, height, pixels, ColorType::Rgb, BitDepth::Eight, None)
}

fn encode(
    width: u32,
    height: u32,
    bytes: &[u8],
    color: ColorType,
    depth: BitDepth,
    palette: Option<&Palette>,
) -> Result<Vec<u8>, EncodingError> {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if let Some(palette) = palette {
        encoder.set_palette(palette.as_flattened());
    }
    // Always the same compressor: the others are chosen by what else is built into a program, and then the same mask would
    // not give the same bytes. Most rows of a mask are like the row above, which this filter turns into zeros.
    encoder.set_deflate_compression(DeflateCompression::FdeflateUltraFast);
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(bytes)?;
    writer.finish()?;
    Ok(out)
}
