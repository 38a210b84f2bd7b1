//! What becomes of one picture: read, turned upright, cropped, resized, and encoded again.

mod decode;
mod encode;
mod marks;
mod shape;

use super::PictureError;
use crate::pixels::MAX_PIXELS;
use crate::pixels::resize::ResizeMemory;

pub(super) use marks::size_and_turn;
pub(super) use shape::{Shape, cut_out, planned};

/// Which colours a picture keeps. The numbers are those of `--color` and of OpenCV's `imread`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// 1: red, green, blue; what is transparent is dropped, and a mark that the picture should be turned is followed.
    #[default]
    Color,
    /// 0: gray; turned likewise.
    Gray,
    /// -1: as it is stored, with what is transparent, and not turned.
    Unchanged,
}

/// The form in which a picture is encoded again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    #[default]
    Jpeg,
    Png,
}

/// What is done to pictures. The names are those of `im2rec.py`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureOptions {
    /// The length of the shorter side, 0 for no change.
    pub resize: u32,
    /// Whether the square in the middle is cut out, before resizing.
    pub center_crop: bool,
    /// 1 to 100 for JPEG; for PNG the effort, of which all above 9 is 9.
    pub quality: u8,
    pub encoding: Encoding,
    pub color: ColorMode,
    /// How many pixels a picture may have before it is resized.
    pub max_pixels: u64,
}

impl Default for PictureOptions {
    fn default() -> Self {
        let (encoding, color) = (Encoding::default(), ColorMode::default());
        Self { resize: 0, center_crop: false, quality: 95, encoding, color, max_pixels: MAX_PIXELS }
    }
}

/// Which of a pixel's four bytes mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channels {
    /// All three colours are the gray.
    Gray,
    Rgb,
    Rgba,
}

/// Memory that a thread uses from picture to picture.
#[derive(Debug, Default)]
pub struct PictureMemory {
    decoded: Vec<u8>,
    cut: Vec<[u8; 4]>,
    resized: Vec<[u8; 4]>,
    resize: ResizeMemory,
}

impl PictureOptions {
    /// Appends the picture, made as the options say, to `out`; returns the size that it had upright.
    ///
    /// # Errors
    /// It is no picture, damaged, too large, or can't have that form.
    pub fn remake(&self, file: &[u8], memory: &mut PictureMemory, out: &mut Vec<u8>) -> Result<[u32; 2], PictureError> {
        let PictureMemory { decoded, cut, resized, resize } = memory;
        let (size, channels) = decode::upright(file, self.color, self.max_pixels, decoded)?;
        let shape = planned(size, self.center_crop, self.resize);
        let pixels = cut_out(decoded.as_chunks().0, size, shape, cut);
        let pixels = shape::resized(pixels, shape, resize, resized);
        match self.encoding {
            Encoding::Jpeg => encode::jpeg(pixels, shape.to, channels, self.quality, out)?,
            Encoding::Png => encode::png(pixels, shape.to, channels, self.quality, out)?,
        }
        Ok(size)
    }
}
