//! Pictures in memory and what is done to their pixels: decoding, resizing, moving, colours, and numbers for batches.

mod decode;
mod raster;

pub use decode::{DecodeError, MAX_PIXELS, decode, decode_gray, decode_into};
pub use raster::{Picture, Plane, Raster};
