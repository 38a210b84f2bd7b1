//! Masks as PNG files: 8 bits a pixel for classes, 16 for things.
//!
//! The value of a pixel is the class index or the number of the thing itself. A palette only makes class masks
//! pleasant to look at; readers that look at the values, such as Pillow in mode `P`, get the same indices.

mod decode;
mod encode;

pub use decode::{MAX_MASK_PIXELS, MaskPng, MaskPngError, read_mask_png};
pub use encode::{Palette, palette, png_gray8, png_gray16, png_palette8};
