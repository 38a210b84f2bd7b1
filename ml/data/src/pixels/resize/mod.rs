//! Resizing as OpenCV does it: between two pixels in each direction, without averaging over the pixels that fall together.
//!
//! [`resize_window`] makes only a window of the new picture, so that what a crop throws away is never computed.

mod axis;
mod bilinear;
mod nearest;
mod taps;

pub use nearest::nearest_window;

use super::view::{Pixel, View, Window};

/// How pixels between pixels are made up. The numbers are those of `inter_method`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// 0: the pixel that is nearest.
    Nearest,
    /// 1: a straight line between two pixels.
    #[default]
    Bilinear,
    /// 2: a cubic curve through four.
    Cubic,
    /// 3: the mean of the area that falls into a pixel.
    Area,
    /// 4: Lanczos' curve through eight.
    Lanczos4,
}

impl Filter {
    /// The filter that suits a change of size: an area for smaller pictures, a cubic curve for larger ones.
    #[must_use]
    pub fn auto(from: [u32; 2], to: [u32; 2]) -> Self {
        if to[0] > from[0] && to[1] > from[1] {
            Self::Cubic
        } else if to[0] < from[0] && to[1] < from[1] {
            Self::Area
        } else {
            Self::Bilinear
        }
    }
}

/// The size at which the shorter side is `side` and the longer one in proportion, cut to whole pixels.
#[must_use]
pub fn short_side([width, height]: [u32; 2], side: u32) -> [u32; 2] {
    let scaled = |long: u32, short: u32| (u64::from(side) * u64::from(long) / u64::from(short.max(1))).clamp(1, u64::from(u32::MAX)) as u32;
    if height > width { [side, scaled(height, width)] } else { [scaled(width, height), side] }
}

/// Memory that is used again from picture to picture.
#[derive(Debug, Default)]
pub struct ResizeMemory {
    columns: axis::Axis,
    rows: axis::Axis,
    lines: [Vec<u16>; 2],
    wide: Vec<Vec<f32>>,
}

/// A window of `from` resized to the size `to`; `out` gets the window's pixels.
pub fn resize_window(from: View<'_, Pixel>, to: [u32; 2], window: Window, filter: Filter, memory: &mut ResizeMemory, out: &mut Vec<Pixel>) {
    out.clear();
    if to == from.size {
        for y in window.top..window.top + window.height {
            let left = (window.left - from.window.left) as usize;
            out.extend_from_slice(&from.row(y)[left..left + window.width as usize]);
        }
        return;
    }
    match filter {
        Filter::Nearest => nearest_window(from, to, window, out),
        Filter::Bilinear => bilinear::resize(from, to, window, memory, out),
        Filter::Cubic | Filter::Area | Filter::Lanczos4 => taps::resize(from, to, window, filter, memory, out),
    }
}
