//! Pictures for people's eyes and for the model: eight bits a channel, and small ones for the grid.

use std::io::Cursor;

use bytes::Bytes;
use fast_image_resize::{ResizeOptions, Resizer, images::Image as Buffer};
use image::{
    DynamicImage, ExtendedColorType, GrayImage, ImageEncoder, ImageFormat, ImageResult, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use labelwright_dataset::{BACKGROUND, Schema, VOID, formats::png_masks::palette};

/// Long side of a thumbnail in pixels.
const THUMBNAIL: u32 = 320;

/// Eight bits a channel, gray or RGB. Deeper gray pictures have the range that they use stretched to 0–255 (from the 0.1th to the
/// 99.9th percentile), because microscopes and detectors rarely fill their sixteen bits.
pub(super) fn eight_bit(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma16(_) | DynamicImage::ImageLumaA16(_) => {
            let wide = picture.to_luma16();
            let mut histogram = vec![0u64; 1 << 16];
            for value in wide.as_raw() {
                histogram[usize::from(*value)] += 1;
            }
            let total = wide.as_raw().len() as u64;
            let at = |share: f64| {
                let wanted = (total as f64 * share) as u64;
                let mut seen = 0;
                histogram.iter().position(|n| {
                    seen += n;
                    seen > wanted
                })
            };
            let low = at(0.001).unwrap_or(0) as f32;
            let high = at(0.999).unwrap_or(65_535) as f32;
            let scale = 255.0 / (high - low).max(1.0);
            let narrow = wide.as_raw().iter().map(|&v| ((f32::from(v) - low) * scale).clamp(0.0, 255.0).round() as u8).collect();
            GrayImage::from_raw(wide.width(), wide.height(), narrow)
                .map_or_else(|| DynamicImage::ImageLuma16(wide), DynamicImage::ImageLuma8)
        }
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        DynamicImage::ImageLumaA8(_) => DynamicImage::ImageLuma8(picture.to_luma8()),
        other => DynamicImage::ImageRgb8(other.to_rgb8()),
    }
}

pub(super) fn png(picture: &DynamicImage) -> ImageResult<Bytes> {
    let mut out = Cursor::new(Vec::new());
    picture.write_to(&mut out, ImageFormat::Png)?;
    Ok(out.into_inner().into())
}

/// A JPEG of at most 320 pixels on the long side.
///
/// # Errors
/// The picture has no area, or encoding failed.
pub fn thumbnail(picture: &DynamicImage) -> Result<Bytes, super::MediaError> {
    let damaged = |e: &dyn std::fmt::Display| super::MediaError::Damaged(e.to_string());
    let rgb = picture.to_rgb8();
    let (width, height) = rgb.dimensions();
    let scale = (f64::from(THUMBNAIL) / f64::from(width.max(height))).min(1.0);
    let size = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    let (w, h) = (size(width), size(height));
    let small = if (w, h) == (width, height) {
        rgb
    } else {
        let source = Buffer::from_vec_u8(width, height, rgb.into_raw(), fast_image_resize::PixelType::U8x3).map_err(|e| damaged(&e))?;
        let mut target = Buffer::new(w, h, fast_image_resize::PixelType::U8x3);
        Resizer::new().resize(&source, &mut target, &ResizeOptions::new()).map_err(|e| damaged(&e))?;
        RgbImage::from_raw(w, h, target.into_vec()).ok_or_else(|| damaged(&"a resized picture has the wrong size"))?
    };
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 82).encode_image(&small).map_err(|e| damaged(&e))?;
    Ok(out.into())
}

/// A class map in its classes' colours as an RGBA PNG: see-through where there is background, of that opacity elsewhere, void in gray.
///
/// # Errors
/// `classes` is not `width × height` long.
pub fn overlay_png(width: u32, height: u32, classes: &[u8], schema: &Schema, opacity: u8) -> ImageResult<Vec<u8>> {
    let mut colours = palette(schema).map(|[r, g, b]| [r, g, b, opacity]);
    colours[usize::from(BACKGROUND)] = [0; 4];
    colours[usize::from(VOID)] = [128, 128, 128, opacity];
    let values: Vec<u8> = classes.iter().flat_map(|&class| colours[usize::from(class)]).collect();
    let mut out = Vec::new();
    PngEncoder::new(&mut out).write_image(&values, width, height, ExtendedColorType::Rgba8)?;
    Ok(out)
}
