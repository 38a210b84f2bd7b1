//! What all networks are made of: convolutions with a normalisation and an activation, and bilinear resizing.

mod conv;
mod resize;

pub(crate) use conv::unit_name;
pub use conv::{Activation, Conv, ConvShape, ConvUnit, Padding, Units};
pub use resize::resized;
