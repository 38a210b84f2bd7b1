//! Resizing to the nearest pixel.

use crate::pixels::view::{View, Window};

/// A window of `from` resized to the size `to`: every new pixel is the old one under its centre.
pub fn nearest_window<P: Copy>(from: View<'_, P>, to: [u32; 2], window: Window, out: &mut Vec<P>) {
    let under = |at: u32, from: u32, to: u32| ((2 * u64::from(at) + 1) * u64::from(from) / (2 * u64::from(to))) as u32;
    let columns: Vec<usize> = (window.left..window.left + window.width)
        .map(|x| (under(x, from.size[0], to[0]).saturating_sub(from.window.left)) as usize)
        .collect();
    out.clear();
    out.reserve(window.area());
    for y in window.top..window.top + window.height {
        let row = from.row(under(y, from.size[1], to[1]));
        out.extend(columns.iter().map(|&x| row[x.min(row.len() - 1)]));
    }
}
