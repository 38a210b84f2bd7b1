//! Lets likelihoods spread over the grid, and keeps what hangs together.

use super::grid::{Grid, Known};

/// Rounds in which likely places spread; each goes over the grid in both directions.
const ROUNDS: usize = 60;
/// How much a place's own likelihood counts beside its eight neighbours'.
const PRIOR: f32 = 0.15;

impl Grid {
    /// Lets likelihoods spread, but hardly over edges, until they hardly change.
    pub(super) fn walk(&self, prior: &[f32], known: &[Known]) -> Vec<f32> {
        let (width, height) = (self.width as isize, self.height as isize);
        let sharp = 90.0;
        let weight = |a: usize, b: usize| {
            let difference: f32 = self.colours[a].iter().zip(self.colours[b]).map(|(a, b)| (a - b).abs()).sum();
            (-sharp * difference * difference).exp() + 1e-3
        };
        let mut values: Vec<f32> = prior.iter().zip(known).map(|(&prior, known)| fixed(*known).unwrap_or(prior)).collect();
        const AROUND: [(isize, isize); 4] = [(1, 0), (0, 1), (1, 1), (-1, 1)];
        let neighbour = |cell: usize, (du, dv): (isize, isize)| {
            let (u, v) = (cell as isize % width + du, cell as isize / width + dv);
            (u >= 0 && u < width && v >= 0 && v < height).then_some((v * width + u) as usize)
        };
        let weights: Vec<[f32; 4]> =
            (0..values.len()).map(|cell| AROUND.map(|step| neighbour(cell, step).map_or(0.0, |other| weight(cell, other)))).collect();
        let update = |values: &mut Vec<f32>, cell: usize| {
            if known[cell] != Known::Open {
                return;
            }
            let (mut sum, mut total) = (PRIOR * prior[cell], PRIOR);
            for (at, step) in AROUND.into_iter().enumerate() {
                if let Some(other) = neighbour(cell, step) {
                    sum += weights[cell][at] * values[other];
                    total += weights[cell][at];
                }
                if let Some(other) = neighbour(cell, (-step.0, -step.1)) {
                    sum += weights[other][at] * values[other];
                    total += weights[other][at];
                }
            }
            values[cell] = sum / total;
        };
        for _ in 0..ROUNDS {
            (0..values.len()).for_each(|cell| update(&mut values, cell));
            (0..values.len()).rev().for_each(|cell| update(&mut values, cell));
        }
        self.joined(values, known)
    }

    /// Keeps only what hangs together with a place that was clicked, or the largest piece when none was; holes are filled.
    fn joined(&self, mut values: Vec<f32>, known: &[Known]) -> Vec<f32> {
        let seeds: Vec<usize> = (0..values.len()).filter(|&cell| known[cell] == Known::Inside).collect();
        let pieces = self.pieces(|cell| values[cell] > 0.5);
        let kept: Vec<usize> = if seeds.is_empty() {
            let largest = pieces.iter().map(Vec::len).enumerate().max_by_key(|&(_, size)| size);
            largest.map(|(at, _)| at).into_iter().collect()
        } else {
            (0..pieces.len()).filter(|&at| pieces[at].iter().any(|cell| known[*cell] == Known::Inside)).collect()
        };
        for (at, piece) in pieces.iter().enumerate() {
            if !kept.contains(&at) {
                piece.iter().for_each(|&cell| values[cell] = values[cell].min(0.49));
            }
        }
        for hole in self.pieces(|cell| values[cell] <= 0.5) {
            let closed = hole.iter().all(|&cell| {
                let (u, v) = (cell % self.width, cell / self.width);
                known[cell] != Known::Outside && u > 0 && v > 0 && u + 1 < self.width && v + 1 < self.height
            });
            if closed {
                hole.iter().for_each(|&cell| values[cell] = 0.51);
            }
        }
        values
    }
}

fn fixed(known: Known) -> Option<f32> {
    match known {
        Known::Inside => Some(1.0),
        Known::Outside => Some(0.0),
        Known::Open => None,
    }
}
