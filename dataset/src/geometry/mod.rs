//! Polygons, masks, and the exact rules by which one becomes the other.

mod components;
mod contour;
mod mask;
mod polygon;
mod rasterize;
mod runs;

pub use mask::{Mask, MaskError};
pub use polygon::{Part, Point, Polygon, Ring};
pub use rasterize::{crossings, rasterize};
pub use runs::PixelBox;
