//! Pictures in memory and what is done to their pixels: decoding, resizing, moving, colours, and numbers for batches.

mod blend;
pub mod color;
mod decode;
mod planes;
mod raster;
pub mod resize;
mod simd;
mod view;
mod warp;

pub use decode::{DecodeError, MAX_PIXELS, decode, decode_gray, decode_into, decode_words};
pub use planes::{Finish, PlanesMemory, Value};
pub use raster::{Picture, Plane, Raster};
pub use view::{Pixel, View, Window};
pub use warp::{Matrix, warp_window};
