//! PNG, WebP, BMP and TIFF, by the image crate.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};

use super::{DecodeError, check_size};
use crate::pixels::color::luma;
use crate::pixels::{Picture, Plane, Raster};

pub(super) fn decode_rgb(bytes: &[u8], limit: u64) -> Result<Picture, DecodeError> {
    let image = load(bytes, limit)?.into_rgb8();
    let (width, height) = image.dimensions();
    Picture::new(width, height, image.into_raw()).ok_or(DecodeError::Empty)
}

pub(super) fn decode_gray(bytes: &[u8], limit: u64) -> Result<Plane, DecodeError> {
    let image = load(bytes, limit)?;
    if !image.color().has_color() {
        let gray = image.into_luma8();
        return Plane::new(gray.width(), gray.height(), gray.into_raw()).ok_or(DecodeError::Empty);
    }
    // The image crate weighs colours as Rec. 709 does; JPEG and OpenCV as Rec. 601.
    let colors = image.into_rgb8();
    let gray = colors.as_raw().as_chunks().0.iter().map(|&color| luma(color)).collect();
    Plane::new(colors.width(), colors.height(), gray).ok_or(DecodeError::Empty)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gray_is_what_the_eye_makes_of_colors() {
        for color in [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255; 3], [0; 3], [200, 100, 50], [1, 2, 3], [13, 240, 77]] {
            let exact = 0.299 * f64::from(color[0]) + 0.587 * f64::from(color[1]) + 0.114 * f64::from(color[2]);
            assert!((f64::from(luma(color)) - exact).abs() < 0.51, "{color:?}");
            let mut png = Cursor::new(Vec::new());
            image::RgbImage::from_pixel(2, 1, image::Rgb(color)).write_to(&mut png, image::ImageFormat::Png).unwrap();
            let plane = decode_gray(&png.into_inner(), 2).unwrap();
            assert_eq!(plane.pixels(), [luma(color); 2]);
        }
        // What is gray already stays, also with what is transparent and with 16 bits.
        let gray: [DynamicImage; 3] = [
            DynamicImage::ImageLuma8(image::GrayImage::from_pixel(1, 1, image::Luma([77]))),
            DynamicImage::ImageLumaA8(image::GrayAlphaImage::from_pixel(1, 1, image::LumaA([77, 9]))),
            DynamicImage::ImageLuma16(image::ImageBuffer::from_pixel(1, 1, image::Luma([77 * 257]))),
        ];
        for image in gray {
            let mut png = Cursor::new(Vec::new());
            image.write_to(&mut png, image::ImageFormat::Png).unwrap();
            assert_eq!(decode_gray(&png.into_inner(), 1).unwrap().pixels(), [77]);
        }
    }
}
