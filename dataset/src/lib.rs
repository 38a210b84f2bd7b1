//! What a labeled dataset is: the geometry of labels, the classes, and the files a dataset is written to.
//!
//! Everything here is pure: no database, no network, no threads of its own. Readers and writers are handed in.
//!
//! Coordinates are pixels with the origin at the top left corner of the image; pixel `(x, y)` covers the square
//! `[x, x + 1) × [y, y + 1)`, and its centre is `(x + 0.5, y + 0.5)`.

pub mod exchange;
pub mod formats;
pub mod geometry;
pub mod metrics;
pub mod raster;
pub mod schema;
pub mod shape;
pub mod validate;

pub use geometry::{Mask, Part, Point, Polygon};
pub use raster::{ClassMap, InstanceMap, paint, paint_instances};
pub use schema::{BACKGROUND, Class, ClassKind, Schema, Subset, VOID};
pub use shape::{AttributeValue, Attributes, Geometry, Shape};
pub use validate::{Repair, ShapeError, validate};
