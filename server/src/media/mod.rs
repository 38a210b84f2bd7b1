//! Pictures as they come from outside: checked before they are decoded, and made ready to be shown.

mod decode;
mod display;
mod tiles;

pub use decode::{Limits, MediaError, Picture, decode, pixels};
pub use display::{overlay_png, thumbnail};
pub use tiles::{Head, Pyramid, cut, place};
