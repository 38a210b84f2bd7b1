//! Bilinear resizing with the arithmetic of OpenCV, so that results are the same to the bit.

use super::ResizeMemory;
use super::axis::Axis;
use crate::pixels::blend::{Blend, BlendLoop, blended};
use crate::pixels::view::{Pixel, View, Window};

pub(super) fn resize(from: View<'_, Pixel>, to: [u32; 2], window: Window, memory: &mut ResizeMemory, out: &mut Vec<Pixel>) {
    let ResizeMemory { columns, rows, lines, .. } = memory;
    columns.fill(from.size[0], to[0], window.left, window.width, true);
    rows.fill(from.size[1], to[1], window.top, window.height, false);
    let (width, last) = (window.width as usize, from.size[1] as i32 - 1);
    out.resize(window.area(), [0; 4]);
    lines.iter_mut().for_each(|line| line.resize(width * 4, 0));
    let left = from.window.left as i32;
    columns.first.iter_mut().for_each(|first| *first = (*first - left).max(0));
    blended(Rows { from, last, columns, rows, lines, out, width: width.max(1) });
}

/// All rows of a window.
struct Rows<'a> {
    from: View<'a, Pixel>,
    last: i32,
    columns: &'a Axis,
    rows: &'a Axis,
    lines: &'a mut [Vec<u16>; 2],
    out: &'a mut [Pixel],
    width: usize,
}

impl BlendLoop for Rows<'_> {
    #[inline(always)]
    fn call(self, blend: impl Blend) {
        let Self { from, last, columns, rows, lines, out, width } = self;
        // Which old row each of the two lines holds, resized in width.
        let mut held = [-1, -1];
        for ((row, &first), &weights) in out.chunks_exact_mut(width).zip(&rows.first).zip(&rows.weights) {
            let wanted = [first.clamp(0, last), (first + 1).clamp(0, last)];
            if held[1] == wanted[0] || held[0] == wanted[1] {
                lines.swap(0, 1);
                held.swap(0, 1);
            }
            for side in 0..2 {
                if held[side] != wanted[side] {
                    across(blend, from.row(wanted[side] as u32), &columns.first, &columns.weights, &mut lines[side]);
                    held[side] = wanted[side];
                }
            }
            down(&lines[0], &lines[1], weights, row.as_flattened_mut());
        }
    }
}

/// A row resized in width, in 128ths of a level.
#[inline(always)]
fn across(blend: impl Blend, row: &[Pixel], first: &[i32], weights: &[[u16; 2]], line: &mut [u16]) {
    let (bytes, last) = (row.as_flattened(), row.len().saturating_sub(1));
    for ((out, &first), &[left, right]) in line.as_chunks_mut::<4>().0.iter_mut().zip(first).zip(weights) {
        let first = first as usize;
        let two = match bytes.get(4 * first..).and_then(<[u8]>::first_chunk) {
            Some(two) => *two,
            None => [row[last], row[last]].as_flattened().first_chunk().copied().unwrap_or_default(),
        };
        *out = blend.sixteenths(blend.two(two, u32::from(left) | (u32::from(right) << 16)));
    }
}

/// Two such lines into a row.
#[inline(always)]
fn down(above: &[u16], below: &[u16], [wa, wb]: [u16; 2], row: &mut [u8]) {
    for ((out, &a), &b) in row.iter_mut().zip(above).zip(below) {
        let (a, b) = ((u32::from(a) * u32::from(wa)) >> 16, (u32::from(b) * u32::from(wb)) >> 16);
        *out = ((a as u16 + b as u16 + 2) >> 2) as u8;
    }
}
