//! The small network that is trained: features of all levels in, class scores at stride 2 out.
//!
//! It is a feature pyramid whose lateral convolutions are added up on the finest grid: every source (the small picture, and each level) goes
//! through its own convolution to `width` channels, is brought to stride 2 by bilinear interpolation, and the sum passes a rectifier and two
//! 1×1 layers. As the lateral convolution and the interpolation are linear, the same function can be computed for single places: gather the
//! interpolated features of a place into one long row, and the head is a perceptron on that row. So training needs only a few thousand rows
//! per step and no convolution at all (Bansal et al. 2017, 'PixelNet', arXiv 1702.06506), while prediction runs densely.

use std::ops::Range;

use half::f16;

use crate::features::{Features, Fit};

/// Grid cells of the head's output are this many canvas pixels wide.
pub const OUTPUT_STRIDE: usize = 2;

/// Bytes of the picture that one output cell covers: 2 × 2 pixels of 3 channels.
const PATCH: usize = OUTPUT_STRIDE * OUTPUT_STRIDE * 3;

/// Whether each source's lateral convolution sees its 3 × 3 neighbours: the picture, then the levels at strides 2 to 32.
const NEIGHBOURS: [bool; 6] = [true, true, true, false, false, false];

/// One source of the head: a grid of feature vectors.
pub(crate) enum Source<'a> {
    Picture { bytes: &'a [u8], canvas_width: usize, width: usize, height: usize },
    Level { values: &'a [f16], channels: usize, width: usize, height: usize },
}

impl Source<'_> {
    /// Width and height of the grid.
    pub(crate) fn size(&self) -> (usize, usize) {
        match self {
            Self::Picture { width, height, .. } | Self::Level { width, height, .. } => (*width, *height),
        }
    }

    fn channels(&self) -> usize {
        match self {
            Self::Picture { .. } => PATCH,
            Self::Level { channels, .. } => *channels,
        }
    }

    /// Adds `weight ×` the feature vector of a cell to `out`.
    #[inline]
    fn add(&self, x: usize, y: usize, weight: f32, out: &mut [f32]) {
        match self {
            Self::Picture { bytes, canvas_width, .. } => {
                for row in 0..OUTPUT_STRIDE {
                    let start = ((y * OUTPUT_STRIDE + row) * canvas_width + x * OUTPUT_STRIDE) * 3;
                    let part = &bytes[start..start + OUTPUT_STRIDE * 3];
                    for (sum, &byte) in out[row * OUTPUT_STRIDE * 3..].iter_mut().zip(part) {
                        *sum += weight * (f32::from(byte) - 127.0) / 128.0;
                    }
                }
            }
            Self::Level { values, channels, width, .. } => {
                let start = (y * width + x) * channels;
                let mut buffer = [0.0f32; 512];
                let buffer = &mut buffer[..*channels];
                half::slice::HalfFloatSliceExt::convert_to_f32_slice(&values[start..start + channels], buffer);
                for (sum, value) in out.iter_mut().zip(buffer) {
                    *sum += weight * *value;
                }
            }
        }
    }
}

/// The sources of an image, in the order of the head's inputs.
pub(crate) fn sources(features: &Features) -> Vec<Source<'_>> {
    let canvas_width = features.fit.canvas_width as usize;
    let (width, height) = grid(features.fit);
    let mut out = vec![Source::Picture { bytes: &features.picture, canvas_width, width, height }];
    out.extend(features.levels.iter().map(|level| Source::Level {
        values: &level.values,
        channels: level.channels,
        width: level.width,
        height: level.height,
    }));
    out
}

/// Width and height of the output grid.
pub(crate) fn grid(fit: Fit) -> (usize, usize) {
    (fit.canvas_width as usize / OUTPUT_STRIDE, fit.canvas_height as usize / OUTPUT_STRIDE)
}

/// Where each source's inputs lie in a row, and how many neighbours they come from (1 or 9).
pub(crate) fn layout() -> Vec<(Range<usize>, usize)> {
    let channels = std::iter::once(PATCH).chain(crate::features::KEPT_LEVELS.iter().map(|&k| crate::models::LEVEL_CHANNELS[k]));
    let flags = std::iter::once(NEIGHBOURS[0]).chain(crate::features::KEPT_LEVELS.iter().map(|&k| NEIGHBOURS[k + 1]));
    let mut start = 0;
    channels
        .zip(flags)
        .map(|(channels, neighbours)| {
            let taps = if neighbours { 9 } else { 1 };
            let range = start..start + channels * taps;
            start = range.end;
            (range, taps)
        })
        .collect()
}

/// How many numbers a row has.
pub(crate) fn inputs() -> usize {
    layout().last().map_or(0, |(range, _)| range.end)
}

/// The two cells of a coarse axis that a place of the output grid lies between, and the share of the second.
pub(crate) fn between(place: usize, output: usize, input: usize) -> (usize, usize, f32) {
    let at = ((place as f32 + 0.5) * input as f32 / output as f32 - 0.5).max(0.0);
    let first = (at as usize).min(input - 1);
    (first, (first + 1).min(input - 1), at - first as f32)
}

/// The row of one output cell: every source interpolated there, with its neighbours where it has them.
pub(crate) fn gather(sources: &[Source<'_>], layout: &[(Range<usize>, usize)], (x, y): (usize, usize), row: &mut [f32]) {
    row.fill(0.0);
    let Some((grid_width, grid_height)) = sources.first().map(Source::size) else { return };
    for (source, (range, taps)) in sources.iter().zip(layout) {
        let (width, height) = source.size();
        let (x0, x1, fx) = between(x, grid_width, width);
        let (y0, y1, fy) = between(y, grid_height, height);
        let corners = [(x0, y0, (1.0 - fx) * (1.0 - fy)), (x1, y0, fx * (1.0 - fy)), (x0, y1, (1.0 - fx) * fy), (x1, y1, fx * fy)];
        for (tap, part) in row[range.clone()].chunks_exact_mut(source.channels()).enumerate() {
            for (cx, cy, weight) in corners {
                if weight > 0.0 {
                    let (cx, cy) = neighbour(cx, cy, tap, *taps, width, height);
                    source.add(cx, cy, weight, part);
                }
            }
        }
    }
}

/// All cells of one source as rows `[height × width, taps × channels]`, not interpolated.
pub(crate) fn unfold(source: &Source<'_>, taps: usize) -> Vec<f32> {
    use rayon::prelude::*;
    let (width, height) = source.size();
    let channels = source.channels();
    let mut out = vec![0.0f32; width * height * taps * channels];
    out.par_chunks_exact_mut(width * taps * channels).enumerate().for_each(|(y, line)| {
        for (at, part) in line.chunks_exact_mut(channels).enumerate() {
            let (x, y) = neighbour(at / taps, y, at % taps, taps, width, height);
            source.add(x, y, 1.0, part);
        }
    });
    out
}

/// A neighbour of a cell; over the border the border's own cell is repeated.
#[inline]
fn neighbour(x: usize, y: usize, tap: usize, taps: usize, width: usize, height: usize) -> (usize, usize) {
    if taps == 1 {
        return (x, y);
    }
    let clamp = |at: usize, step: usize, size: usize| (at + step).saturating_sub(1).min(size - 1);
    (clamp(x, tap % 3, width), clamp(y, tap / 3, height))
}
