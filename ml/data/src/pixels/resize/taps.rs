//! Resizing by curves through several pixels, and by areas.

use super::{Filter, ResizeMemory};
use crate::pixels::simd::vectorized;
use crate::pixels::view::{Pixel, View, Window};

/// The old pixels of a new one, and their shares.
struct Tap {
    first: i64,
    shares: Vec<f32>,
}

pub(super) fn resize(from: View<'_, Pixel>, to: [u32; 2], window: Window, filter: Filter, memory: &mut ResizeMemory, out: &mut Vec<Pixel>) {
    let columns = taps(from.size[0], to[0], window.left, window.width, filter);
    let rows = taps(from.size[1], to[1], window.top, window.height, filter);
    let (width, last_row, last_column) = (window.width as usize, i64::from(from.size[1]) - 1, i64::from(from.size[0]) - 1);
    out.resize(window.area(), [0; 4]);
    // A ring of old rows that were resized in width; a row is made once.
    let depth = rows.iter().map(|tap| tap.shares.len()).max().unwrap_or(1) + 1;
    memory.wide.resize_with(depth.max(memory.wide.len()), Vec::new);
    let ring = &mut memory.wide[..depth];
    let mut held = vec![-1; depth];
    let mut sums = vec![0f32; width * 4];
    for (row, tap) in out.chunks_exact_mut(width.max(1)).zip(&rows) {
        sums.fill(0.0);
        for (i, &share) in tap.shares.iter().enumerate() {
            let y = (tap.first + i as i64).clamp(0, last_row);
            let slot = (y as usize) % depth;
            if held[slot] != y {
                across(from, y as u32, last_column, &columns, &mut ring[slot]);
                held[slot] = y;
            }
            vectorized(|| sums.iter_mut().zip(&ring[slot]).for_each(|(sum, &value)| *sum += value * share));
        }
        row.as_flattened_mut().iter_mut().zip(&sums).for_each(|(out, &sum)| *out = (sum + 0.5) as u8);
    }
}

fn across(from: View<'_, Pixel>, y: u32, last: i64, columns: &[Tap], line: &mut Vec<f32>) {
    let (row, left) = (from.row(y), i64::from(from.window.left));
    line.clear();
    for tap in columns {
        let mut sum = [0f32; 4];
        for (i, &share) in tap.shares.iter().enumerate() {
            let x = ((tap.first + i as i64).clamp(0, last) - left).clamp(0, row.len() as i64 - 1);
            let pixel = row[x as usize];
            (0..4).for_each(|c| sum[c] += f32::from(pixel[c]) * share);
        }
        line.extend(sum);
    }
}

fn taps(from: u32, to: u32, begin: u32, count: u32, filter: Filter) -> Vec<Tap> {
    let scale = f64::from(from) / f64::from(to);
    (begin..begin + count)
        .map(|at| {
            if filter == Filter::Area && scale > 1.0 {
                return area(f64::from(at) * scale, f64::from(at + 1) * scale);
            }
            let place = (f64::from(at) + 0.5) * scale - 0.5;
            let (floor, share) = (place.floor(), place - place.floor());
            match filter {
                Filter::Lanczos4 => curve(floor as i64 - 3, share + 3.0, 8, lanczos4),
                Filter::Cubic => curve(floor as i64 - 1, share + 1.0, 4, cubic),
                _ => Tap { first: floor as i64, shares: vec![1.0 - share as f32, share as f32] },
            }
        })
        .collect()
}

/// The pixels that lie in a stretch, those at its ends in part.
fn area(begin: f64, end: f64) -> Tap {
    let first = (begin + 1e-9).floor();
    let count = ((end - 1e-9).ceil() - first).max(1.0) as usize;
    let covered = |i: usize| (end.min(first + i as f64 + 1.0) - begin.max(first + i as f64)).max(0.0);
    Tap { first: first as i64, shares: (0..count).map(|i| (covered(i) / (end - begin)) as f32).collect() }
}

/// A curve around a place that is `offset` behind the first pixel; the shares add up to 1.
fn curve(first: i64, offset: f64, count: usize, curve: fn(f64) -> f64) -> Tap {
    let shares: Vec<f64> = (0..count).map(|i| curve(offset - i as f64)).collect();
    let sum: f64 = shares.iter().sum();
    Tap { first, shares: shares.iter().map(|share| (share / sum) as f32).collect() }
}

/// With the slope -0.75, as OpenCV has it.
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.75;
    let x = x.abs();
    if x <= 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((A * x - 5.0 * A) * x + 8.0 * A) * x - 4.0 * A
    } else {
        0.0
    }
}

fn lanczos4(x: f64) -> f64 {
    use std::f64::consts::PI;
    if x.abs() < 1e-9 {
        1.0
    } else if x.abs() < 4.0 {
        4.0 * libm::sin(PI * x) * libm::sin(PI * x / 4.0) / (PI * PI * x * x)
    } else {
        0.0
    }
}
