//! How likely each cell belongs to the object, by itself.

use super::{
    Click,
    grid::{Grid, Known, LEVELS},
};
use crate::{
    features::{Features, Level},
    predict::Prediction,
};

/// Parts of the likelihood: colour, features, the model.
const COLOUR: f32 = 0.45;
const FEATURES: f32 = 0.55;
const MODEL_FOR: f32 = 0.4;
const MODEL_AGAINST: f32 = 0.8;

impl Grid {
    /// For each cell how likely it is inside, in `[0, 1]`.
    pub(super) fn solve(
        &self,
        clicks: &[Click],
        around: Option<[f64; 4]>,
        features: &Features,
        prediction: Option<&Prediction>,
        class: Option<u8>,
    ) -> Vec<f32> {
        let radius = (2.5 * self.step).max(1.5);
        let known: Vec<Known> = (0..self.colours.len())
            .map(|cell| {
                let (x, y) = self.place(cell);
                let near = clicks.iter().rev().find(|click| (click.x - x).hypot(click.y - y) <= radius);
                match near {
                    Some(click) if click.inside => Known::Inside,
                    Some(_) => Known::Outside,
                    None if !clicks.iter().any(|click| click.inside) && self.central(cell, around, 0.2) => Known::Inside,
                    None if around.is_some_and(|[x0, y0, x1, y1]| x < x0 || y < y0 || x > x1 || y > y1) => Known::Outside,
                    None => Known::Open,
                }
            })
            .collect();
        let inside =
            self.some(|cell| known[cell] == Known::Inside || (!clicks.iter().any(|click| click.inside) && self.central(cell, around, 0.5)));
        let mut outside = self.some(|cell| known[cell] == Known::Outside);
        let guessed = outside.is_empty();
        if guessed {
            // Nobody said what does not belong: probably what lies farthest away.
            outside = self.some(|cell| {
                let (u, v) = (cell % self.width, cell / self.width);
                u == 0 || v == 0 || u + 1 == self.width || v + 1 == self.height
            });
        }
        let prior = self.priors(&inside, &outside, features, prediction, class);
        self.walk(&prior, &known)
    }

    fn priors(
        &self,
        inside: &[usize],
        outside: &[usize],
        features: &Features,
        prediction: Option<&Prediction>,
        class: Option<u8>,
    ) -> Vec<f32> {
        let levels = &features.levels()[LEVELS];
        let units: Vec<Units> = levels.iter().map(Units::new).collect();
        let spread = self.spread();
        let distance = |a: usize, b: usize| {
            let colour: f32 = self.colours[a].iter().zip(self.colours[b]).map(|(a, b)| (a - b) * (a - b)).sum();
            let colour = 1.0 - (-colour / spread).exp();
            let directions: f32 = units.iter().zip(self.cells[a]).zip(self.cells[b]).map(|((units, a), b)| 1.0 - units.cosine(a, b)).sum();
            COLOUR * colour + FEATURES * (directions / units.len() as f32).clamp(0.0, 1.0)
        };
        // The mean over the nearest few is steadier than the nearest alone.
        let nearest = |cell: usize, of: &[usize]| {
            let mut found: Vec<f32> = of.iter().map(|&other| distance(cell, other)).collect();
            found.sort_by(f32::total_cmp);
            let n = found.len().min(3);
            found[..n].iter().sum::<f32>() / n.max(1) as f32
        };
        (0..self.colours.len())
            .map(|cell| {
                let (to_inside, to_outside) = (nearest(cell, inside), nearest(cell, outside));
                let mut score = if inside.is_empty() || outside.is_empty() {
                    0.0
                } else {
                    4.0 * (to_outside - to_inside) / (to_inside + to_outside + 0.05)
                };
                if let Some(prediction) = prediction {
                    let p = self.probability(prediction, cell, class).clamp(0.02, 0.98);
                    let said = (p / (1.0 - p)).ln();
                    // The model knows classes, not objects: what it sees as another object of the class must not join in for that alone.
                    score += if said > 0.0 { MODEL_FOR * said } else { MODEL_AGAINST * said };
                }
                1.0 / (1.0 + (-score).exp())
            })
            .collect()
    }

    /// How far colours of neighbours usually are apart, squared, with a floor for smooth pictures.
    fn spread(&self) -> f32 {
        let pairs = self.colours.windows(2).map(|pair| pair[0].iter().zip(pair[1]).map(|(a, b)| (a - b) * (a - b)).sum::<f32>());
        let mean = pairs.sum::<f32>() / self.colours.len() as f32;
        (12.0 * mean).clamp(0.004, 0.2)
    }

    /// Whether the model takes most of an area (values above one half) for the class.
    pub(super) fn recognised(&self, values: &[f32], prediction: &Prediction, class: Option<u8>) -> bool {
        let (sum, n) = (0..values.len())
            .filter(|&cell| values[cell] > 0.5)
            .fold((0.0, 0.0), |(sum, n), cell| (sum + self.probability(prediction, cell, class), n + 1.0));
        sum > 0.5 * n
    }

    /// The model's probability of the class at a cell; of anything but background when none is asked for or the model doesn't know it.
    fn probability(&self, prediction: &Prediction, cell: usize, class: Option<u8>) -> f32 {
        let map = &prediction.probabilities;
        let (x, y) = self.place(cell);
        let across = |place: f64, of: u32, cells: usize| ((place / f64::from(of) * cells as f64) as usize).min(cells.saturating_sub(1));
        let values = map.cell(across(x, prediction.width, map.width), across(y, prediction.height, map.height));
        let of = |class: u8| map.classes.iter().position(|&known| known == class).and_then(|at| values.get(at)).copied();
        class.and_then(of).or_else(|| of(0).map(|background| 1.0 - background)).unwrap_or(0.5)
    }
}

/// A level's feature vectors at length 1, after its mean was taken away: what all places share says nothing about any of them.
struct Units {
    channels: usize,
    values: Vec<f32>,
}

impl Units {
    fn new(level: &Level) -> Self {
        let channels = level.channels.max(1);
        let mut values: Vec<f32> = level.values.iter().map(|value| value.to_f32()).collect();
        let n = (values.len() / channels).max(1) as f32;
        let mut mean = vec![0f32; channels];
        for cell in values.chunks_exact(channels) {
            mean.iter_mut().zip(cell).for_each(|(mean, value)| *mean += value / n);
        }
        for cell in values.chunks_exact_mut(channels) {
            cell.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            let length = cell.iter().map(|value| value * value).sum::<f32>().sqrt();
            if length > 0.0 {
                cell.iter_mut().for_each(|value| *value /= length);
            }
        }
        Self { channels, values }
    }

    fn cosine(&self, a: usize, b: usize) -> f32 {
        let cell = |at: usize| &self.values[at * self.channels..(at + 1) * self.channels];
        cell(a).iter().zip(cell(b)).map(|(a, b)| a * b).sum()
    }
}
