//! Probabilities on the grid → classes at the image's own size.

use rayon::prelude::*;

use super::{Probabilities, argmax};
use crate::models::pyramid_head::between;

/// The most probable class of each pixel when probabilities are interpolated bilinearly.
///
/// Where the four cells around a pixel agree on a class, every mixture of them does too, so only pixels near borders are computed.
pub(super) fn class_map(probabilities: &Probabilities, width: usize, height: usize) -> Vec<u8> {
    enlarged(probabilities, width, height, |around, agreed| match agreed {
        Some(winner) => probabilities.classes[winner],
        None => probabilities.classes[argmax(around.mixed())],
    })
}

/// The interpolated probability of that class, from 0 to 255.
pub(super) fn certainty(probabilities: &Probabilities, width: usize, height: usize) -> Vec<u8> {
    enlarged(probabilities, width, height, |around, agreed| {
        let sure = match agreed {
            Some(winner) => around.of(winner),
            None => around.mixed().iter().copied().fold(0.0, f32::max),
        };
        (255.0 * sure.clamp(0.0, 1.0)).round() as u8
    })
}

/// The four cells around a pixel, each with its weight.
struct Around<'a> {
    probabilities: &'a Probabilities,
    corners: [(usize, usize, f32); 4],
    mixed: &'a mut [f32],
}

impl Around<'_> {
    /// The interpolated probability of one column.
    fn of(&self, column: usize) -> f32 {
        self.corners.iter().map(|&(x, y, weight)| weight * self.probabilities.cell(x, y)[column]).sum()
    }

    /// Those of all columns.
    fn mixed(&mut self) -> &[f32] {
        self.mixed.fill(0.0);
        for &(x, y, weight) in &self.corners {
            self.mixed.iter_mut().zip(self.probabilities.cell(x, y)).for_each(|(sum, p)| *sum += weight * p);
        }
        self.mixed
    }
}

/// A value for every pixel, from the cells around it and the column that wins in all four, if there is one.
fn enlarged(
    probabilities: &Probabilities,
    width: usize,
    height: usize,
    value: impl Fn(&mut Around<'_>, Option<usize>) -> u8 + Sync,
) -> Vec<u8> {
    let count = probabilities.classes.len();
    let winners: Vec<usize> = probabilities.values.chunks_exact(count).map(argmax).collect();
    let columns: Vec<(usize, usize, f32)> = (0..width).map(|x| between(x, width, probabilities.width)).collect();
    let mut out = vec![0u8; width * height];
    out.par_chunks_exact_mut(width).enumerate().for_each(|(y, line)| {
        let (y0, y1, fy) = between(y, height, probabilities.height);
        let (upper, lower) = (&winners[y0 * probabilities.width..], &winners[y1 * probabilities.width..]);
        let mut mixed = vec![0.0f32; count];
        for (pixel, &(x0, x1, fx)) in line.iter_mut().zip(&columns) {
            let winner = upper[x0];
            let agreed = (winner == upper[x1] && winner == lower[x0] && winner == lower[x1]).then_some(winner);
            let corners = [(x0, y0, (1.0 - fx) * (1.0 - fy)), (x1, y0, fx * (1.0 - fy)), (x0, y1, (1.0 - fx) * fy), (x1, y1, fx * fy)];
            *pixel = value(&mut Around { probabilities, corners, mixed: &mut mixed }, agreed);
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_lies_between_the_cells() {
        let probabilities = Probabilities { classes: vec![0, 7], width: 2, height: 1, values: vec![0.9, 0.1, 0.1, 0.9] };
        assert_eq!(class_map(&probabilities, 8, 2), [0, 0, 0, 0, 7, 7, 7, 7, 0, 0, 0, 0, 7, 7, 7, 7]);
        assert_eq!(class_map(&probabilities, 1, 1).len(), 1);
    }

    #[test]
    fn certainty_is_the_share_of_the_class_that_won() {
        let probabilities = Probabilities { classes: vec![0, 7], width: 2, height: 1, values: vec![0.9, 0.1, 0.1, 0.9] };
        let sure = certainty(&probabilities, 8, 1);
        assert_eq!((sure[0], sure[7]), (230, 230));
        assert!(sure[3] < 160 && sure[4] == sure[3], "{sure:?}");
    }
}
