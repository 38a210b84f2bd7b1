//! Changes of colour.

mod hls;
mod tone;

pub use hls::HlsShift;
pub use tone::{brightness, contrast, saturation};
