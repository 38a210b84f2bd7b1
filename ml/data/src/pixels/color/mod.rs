//! Changes of colour.

mod hls;
mod luma;
mod tone;

pub use hls::HlsShift;
pub(crate) use luma::luma;
pub use tone::{brightness, contrast, saturation};
