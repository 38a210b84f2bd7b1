//! Reading masks from PNG.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, Limits};

use crate::raster::{ClassMap, InstanceMap};

/// The limit on pixels that suits callers without a reason for another one.
pub const MAX_MASK_PIXELS: u64 = 1 << 27;

/// What a mask file says, which its bit depth decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskPng {
    /// Gray or palette of up to 8 bits: the values are class indices.
    Classes(ClassMap),
    /// Gray of 16 bits: the values are numbers of things.
    Instances(InstanceMap),
}

/// Why a file is not a mask.
#[derive(Debug, thiserror::Error)]
pub enum MaskPngError {
    #[error("the file can't be read as PNG ({0}); save the mask again as PNG")]
    Png(#[from] png::DecodingError),
    #[error("the mask has {pixels} pixels, but at most {limit} are allowed")]
    TooLarge { pixels: u64, limit: u64 },
    #[error(
        "the picture is of the kind {kind}; a mask must be gray or with a palette, where each value is a class, or gray with 16 bits, where each value is a thing"
    )]
    Kind { kind: String },
}

/// Reads a mask. The size is checked against `max_pixels` before any pixel is decoded; see [`MAX_MASK_PIXELS`].
///
/// # Errors
/// The file is not a whole PNG, too large, or in colour.
pub fn read_mask_png(bytes: &[u8], max_pixels: u64) -> Result<MaskPng, MaskPngError> {
    let mut decoder = decoder(bytes);
    let info = decoder.read_header_info()?;
    let (width, height, color, depth) = (info.width, info.height, info.color_type, info.bit_depth);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(MaskPngError::TooLarge { pixels, limit: max_pixels });
    }
    if !matches!(color, ColorType::Grayscale | ColorType::Indexed) {
        return Err(MaskPngError::Kind { kind: format!("{color:?}") });
    }
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().ok_or(MaskPngError::TooLarge { pixels, limit: max_pixels })?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer)?;
    let rows = buffer.chunks_exact(frame.line_size.max(1)).take(height as usize);
    Ok(match depth {
        BitDepth::Sixteen => {
            let numbers = rows.flat_map(|row| row.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]]))).collect();
            MaskPng::Instances(InstanceMap { width, height, numbers })
        }
        BitDepth::Eight => {
            buffer.truncate(pixels as usize);
            MaskPng::Classes(ClassMap { width, height, classes: buffer })
        }
        BitDepth::One | BitDepth::Two | BitDepth::Four => {
            let classes = rows.flat_map(|row| unpack(row, width as usize, depth as usize)).collect();
            MaskPng::Classes(ClassMap { width, height, classes })
        }
    })
}

/// Reads a mask whose colours mean something: its size, and red, green and blue of each pixel. Palettes and gray become colours, and alpha
/// is left out.
///
/// # Errors
/// The file is not a whole PNG, too large, or has more than 8 bits a colour.
pub fn read_rgb_png(bytes: &[u8], max_pixels: u64) -> Result<((u32, u32), Vec<u8>), MaskPngError> {
    let mut decoder = decoder(bytes);
    decoder.set_transformations(png::Transformations::EXPAND);
    let info = decoder.read_header_info()?;
    let (width, height, depth) = (info.width, info.height, info.bit_depth);
    let pixels = u64::from(width) * u64::from(height);
    if pixels > max_pixels {
        return Err(MaskPngError::TooLarge { pixels, limit: max_pixels });
    }
    if depth == BitDepth::Sixteen {
        return Err(MaskPngError::Kind { kind: "16 bits a colour".to_owned() });
    }
    let mut reader = decoder.read_info()?;
    let size = reader.output_buffer_size().ok_or(MaskPngError::TooLarge { pixels, limit: max_pixels })?;
    let mut buffer = vec![0; size];
    let frame = reader.next_frame(&mut buffer)?;
    buffer.truncate(frame.buffer_size());
    let colours = match frame.color_type {
        ColorType::Rgb => buffer,
        ColorType::Rgba => buffer.chunks_exact(4).flat_map(|c| [c[0], c[1], c[2]]).collect(),
        ColorType::Grayscale => buffer.iter().flat_map(|&gray| [gray; 3]).collect(),
        ColorType::GrayscaleAlpha => buffer.chunks_exact(2).flat_map(|c| [c[0]; 3]).collect(),
        ColorType::Indexed => return Err(MaskPngError::Kind { kind: "a palette that is missing".to_owned() }),
    };
    Ok(((width, height), colours))
}

fn decoder(bytes: &[u8]) -> Decoder<Cursor<&[u8]>> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: 1 << 26 });
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder
}

/// The values of a row with several pixels in each byte, the first one in the highest bits.
fn unpack(row: &[u8], width: usize, bits: usize) -> impl Iterator<Item = u8> + '_ {
    (0..width).map(move |x| {
        let at = x * bits;
        (row[at / 8] >> (8 - bits - at % 8)) & ((1u8 << bits) - 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::png_masks::{palette, png_gray8, png_gray16, png_palette8};
    use crate::schema::{Class, ClassKind, Schema};

    fn class_map() -> ClassMap {
        let classes = (0..37u32 * 23).map(|i| if i % 37 > 20 { 255 } else { (i / 100) as u8 }).collect();
        ClassMap { width: 37, height: 23, classes }
    }

    #[test]
    fn masks_survive() {
        let map = class_map();
        let gray = png_gray8(37, 23, &map.classes).unwrap();
        assert_eq!(gray, png_gray8(37, 23, &map.classes).unwrap());
        assert_eq!(read_mask_png(&gray, MAX_MASK_PIXELS).unwrap(), MaskPng::Classes(map.clone()));
        let schema = Schema { classes: vec![Class { index: 3, name: "road".into(), color: "#0a0b0c".into(), kind: ClassKind::Stuff }] };
        let colours = palette(&schema);
        assert_eq!((colours[3], colours[4], colours[255]), ([10, 11, 12], [0; 3], [224; 3]));
        let coloured = png_palette8(37, 23, &map.classes, &colours).unwrap();
        assert_eq!(read_mask_png(&coloured, MAX_MASK_PIXELS).unwrap(), MaskPng::Classes(map));
        let numbers: Vec<u16> = (0..37 * 23).map(|i| i * 71).collect();
        let things = png_gray16(37, 23, &numbers).unwrap();
        assert_eq!(read_mask_png(&things, MAX_MASK_PIXELS).unwrap(), MaskPng::Instances(InstanceMap { width: 37, height: 23, numbers }));
    }

    #[test]
    fn few_bits_a_pixel_are_indices_too() {
        for (depth, bits) in [(BitDepth::One, 1), (BitDepth::Two, 2), (BitDepth::Four, 4)] {
            let mut file = Vec::new();
            let mut encoder = png::Encoder::new(&mut file, 3, 2);
            encoder.set_color(ColorType::Indexed);
            encoder.set_depth(depth);
            encoder.set_palette(vec![0u8; 3 << bits]);
            let mut writer = encoder.write_header().unwrap();
            // Values 1, 0, 1 in each row.
            let row: &[u8] = match bits {
                1 => &[0b1010_0000],
                2 => &[0b0100_0100],
                _ => &[0x10, 0x10],
            };
            writer.write_image_data(&[row, row].concat()).unwrap();
            writer.finish().unwrap();
            let expected = ClassMap { width: 3, height: 2, classes: vec![1, 0, 1, 1, 0, 1] };
            assert_eq!(read_mask_png(&file, 100).unwrap(), MaskPng::Classes(expected));
        }
    }

    #[test]
    fn what_is_not_a_mask_is_refused() {
        let gray = png_gray8(37, 23, &class_map().classes).unwrap();
        assert!(matches!(read_mask_png(&gray, 850), Err(MaskPngError::TooLarge { pixels: 851, limit: 850 })));
        assert!(matches!(read_mask_png(&gray[..gray.len() / 2], 1000), Err(MaskPngError::Png(_))));
        assert!(matches!(read_mask_png(b"no picture", 1000), Err(MaskPngError::Png(_))));
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, 1, 1);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        encoder.write_header().unwrap().write_image_data(&[1, 2, 3]).unwrap();
        assert!(matches!(read_mask_png(&file, 1000), Err(MaskPngError::Kind { .. })));
        assert!(png_gray8(2, 2, &[0; 3]).is_err());
        assert!(png_gray8(0, 2, &[]).is_err());
        // A size beyond all limits in a file of a few bytes.
        let mut bomb = gray;
        bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
        assert!(read_mask_png(&bomb, MAX_MASK_PIXELS).is_err());
    }
}
