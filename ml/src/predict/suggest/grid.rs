//! The neighbourhood of the clicks as a grid of cells.

use image::RgbImage;

use crate::features::Features;

/// Longest side of the grid that is worked on.
const SIDE: usize = 128;
/// Levels that tell objects apart without losing where they are: strides 4, 8 and 16.
pub(super) const LEVELS: std::ops::Range<usize> = 1..4;
/// Places that are compared with; more add nothing but time.
const MOST: usize = 20;

/// What is known of a place beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Known {
    Inside,
    Outside,
    Open,
}

/// A part of the image on a grid of at most [`SIDE`] cells across.
pub(super) struct Grid {
    pub(super) width: usize,
    pub(super) height: usize,
    /// Left and top in pixels of the image, and pixels of the image a cell.
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) step: f64,
    /// Mean colour of each cell, in `[0, 1]`.
    pub(super) colours: Vec<[f32; 3]>,
    /// The cell of each level of the features that lies there.
    pub(super) cells: Vec<[usize; 3]>,
}

impl Grid {
    pub(super) fn new(picture: &RgbImage, features: &Features, [x0, y0, x1, y1]: [f64; 4]) -> Self {
        let step = ((x1 - x0).max(y1 - y0) / SIDE as f64).max(1.0);
        let (width, height) = ((((x1 - x0) / step).ceil() as usize).max(1), (((y1 - y0) / step).ceil() as usize).max(1));
        let (mut colours, mut cells) = (Vec::with_capacity(width * height), Vec::with_capacity(width * height));
        let levels = &features.levels()[LEVELS];
        for (v, u) in (0..height).flat_map(|v| (0..width).map(move |u| (v, u))) {
            let at = |cell: usize, start: f64, end: u32| ((start + cell as f64 * step) as u32).min(end - 1);
            let (left, right) = (at(u, x0, picture.width()), at(u + 1, x0, picture.width()));
            let (top, bottom) = (at(v, y0, picture.height()), at(v + 1, y0, picture.height()));
            let (mut sum, mut n) = ([0f32; 3], 0f32);
            // A few pixels of a large cell are as good as all.
            let stride = ((right - left) / 4).max(1);
            for (x, y) in (top..bottom.max(top + 1))
                .step_by(stride as usize)
                .flat_map(|y| (left..right.max(left + 1)).step_by(stride as usize).map(move |x| (x, y)))
            {
                sum.iter_mut().zip(picture.get_pixel(x, y).0).for_each(|(sum, value)| *sum += f32::from(value));
                n += 255.0;
            }
            colours.push(sum.map(|sum| sum / n));
            let (x, y) = (x0 + (u as f64 + 0.5) * step, y0 + (v as f64 + 0.5) * step);
            let mut found = [0; 3];
            for (found, level) in found.iter_mut().zip(levels) {
                let across = |place: f64, of: u32, cells: usize| ((place / f64::from(of) * cells as f64) as usize).min(cells - 1);
                *found = across(y, picture.height(), level.height) * level.width + across(x, picture.width(), level.width);
            }
            cells.push(found);
        }
        Self { width, height, left: x0, top: y0, step, colours, cells }
    }

    pub(super) fn place(&self, cell: usize) -> (f64, f64) {
        let (u, v) = (cell % self.width, cell / self.width);
        (self.left + (u as f64 + 0.5) * self.step, self.top + (v as f64 + 0.5) * self.step)
    }

    /// At most [`MOST`] cells of a kind, spread over all of them.
    pub(super) fn some(&self, of_kind: impl Fn(usize) -> bool) -> Vec<usize> {
        let all: Vec<usize> = (0..self.colours.len()).filter(|&cell| of_kind(cell)).collect();
        let every = all.len().div_ceil(MOST).max(1);
        all.into_iter().step_by(every).collect()
    }

    /// Whether a cell is in the middle of the box, where the object probably is.
    pub(super) fn central(&self, cell: usize, around: Option<[f64; 4]>, part: f64) -> bool {
        let (x, y) = self.place(cell);
        around.is_some_and(|[x0, y0, x1, y1]| ((2.0 * x - x0 - x1) / (x1 - x0)).hypot((2.0 * y - y0 - y1) / (y1 - y0)) < part)
    }

    /// Pieces of cells that hang together by their sides.
    pub(super) fn pieces(&self, wanted: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.colours.len()];
        let mut pieces = Vec::new();
        for start in 0..seen.len() {
            if seen[start] || !wanted(start) {
                continue;
            }
            seen[start] = true;
            let mut piece = vec![start];
            let mut at = 0;
            while let Some(&cell) = piece.get(at) {
                at += 1;
                let (u, v) = (cell % self.width, cell / self.width);
                let sides = [
                    (u > 0).then(|| cell - 1),
                    (u + 1 < self.width).then(|| cell + 1),
                    (v > 0).then(|| cell - self.width),
                    (v + 1 < self.height).then(|| cell + self.width),
                ];
                for side in sides.into_iter().flatten().filter(|&side| wanted(side)) {
                    if !std::mem::replace(&mut seen[side], true) {
                        piece.push(side);
                    }
                }
            }
            pieces.push(piece);
        }
        pieces
    }

    /// Whether much of it lies at an edge of the grid that is no edge of the image.
    pub(super) fn runs_out(&self, values: &[f32], [x0, y0, x1, y1]: [f64; 4], width: f64, height: f64) -> bool {
        let inside = |u: usize, v: usize| usize::from(values[v * self.width + u] > 0.5);
        let column = |u: usize| (0..self.height).map(|v| inside(u, v)).sum::<usize>();
        let row = |v: usize| (0..self.width).map(|u| inside(u, v)).sum::<usize>();
        let touching = [
            if x0 > 0.0 { column(0) } else { 0 },
            if x1 < width { column(self.width - 1) } else { 0 },
            if y0 > 0.0 { row(0) } else { 0 },
            if y1 < height { row(self.height - 1) } else { 0 },
        ];
        touching.iter().sum::<usize>() * 12 > self.width + self.height
    }
}
