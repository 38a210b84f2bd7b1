//! Polygons, masks, and the exact rules by which one becomes the other.

mod clip;
mod components;
mod contour;
mod crossing;
mod fill;
mod mask;
mod overlap;
mod polygon;
mod rasterize;
mod runs;
mod simplify;

pub use crossing::{MAX_CROSSINGS, TooComplex, count_crossings};
pub use mask::{Mask, MaskError};
pub use overlap::{dice, iou};
pub use polygon::{Part, Point, Polygon, Ring};
pub use rasterize::{rasterize, row_crossings};
pub use runs::PixelBox;
pub use simplify::simplify_ring;
