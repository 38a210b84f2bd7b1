//! Bayesian search: a Gaussian process learns from the trials so far, and the next trial is where most may be gained.
//!
//! The recipe is that of SageMaker's automatic model tuning (Perrone et al., 'Amazon SageMaker Automatic Model Tuning', KDD 2021) with the
//! expected improvement taken as a logarithm: see [`acquisition`]. What the process believes is open to the caller, so that people can see
//! why a point was chosen: [`Search::process`].

pub mod acquisition;
mod encode;
mod minimize;
mod process;
#[cfg(test)]
mod regret;

use serde::{Deserialize, Serialize};

use crate::{
    random::{sobol, uniform},
    space::{Settings, Space},
};
use acquisition::log_expected_improvement;
use encode::Encoding;
use minimize::minimize;
pub use process::{Belief, GaussianProcess};

/// What became of a trial.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The objective; less is better.
    Value(f64),
    /// It broke down. That teaches, too: it counts like the worst value seen.
    Failed,
    /// It still runs. Until it ends it is taken to give what is believed of it, so that the next trial goes elsewhere.
    Pending,
}

/// A trial and its outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub settings: Settings,
    pub outcome: Outcome,
    /// Which earlier search it comes from: 0 for this one. Values of each search are compared within it only, because another data set has
    /// other scores.
    #[serde(default)]
    pub search: u8,
}

/// How the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    pub seed: u64,
    /// Trials at points of Sobol's sequence before the process is asked; by default `max(2 × parameters, 5)`, fewer with a warm start.
    pub first: Option<usize>,
}

/// More earlier searches than this are not learnt from.
pub const MAX_PARENTS: u8 = 5;

/// Trials that the process learns from at most; of more, the best and the newest are taken, because its cost grows with their cube.
const MAX_TRIALS: usize = 400;

/// Own values from which on the earlier searches are not asked how large values are.
const ENOUGH: usize = 8;

/// A search over a space.
#[derive(Clone, Debug)]
pub struct Search<'a> {
    space: &'a Space,
    options: Options,
    encoding: Encoding,
}

impl<'a> Search<'a> {
    #[must_use]
    pub fn new(space: &'a Space, options: Options) -> Self {
        Self { space, options, encoding: Encoding::new(space) }
    }

    /// The settings of the next trial. The same trials give the same settings.
    #[must_use]
    pub fn suggest(&self, trials: &[Trial]) -> Settings {
        let own = trials.iter().filter(|trial| trial.search == 0).count();
        let first = self.options.first.unwrap_or_else(|| (2 * self.space.dimensions()).max(5));
        let inherited = trials.iter().any(|trial| trial.search != 0 && trial.outcome.value().is_some());
        let scrambled = || self.space.settings(&sobol(self.options.seed, own as u64, self.space.dimensions()));
        if own < first && !inherited {
            return scrambled();
        }
        self.learnt(trials).and_then(|learnt| self.best_point(&learnt, trials, own as u64)).unwrap_or_else(scrambled)
    }

    /// What the search believes after these trials: a process over encoded points, and how its numbers become objectives. None before
    /// there is a value.
    #[must_use]
    pub fn process(&self, trials: &[Trial]) -> Option<Learnt> {
        self.learnt(trials)
    }

    /// The belief about the objective at settings, and the logarithm of the expected improvement there. None for settings that are not of
    /// the space.
    #[must_use]
    pub fn belief(&self, learnt: &Learnt, settings: &Settings) -> Option<(Belief, f64)> {
        let point = self.encoding.encode(self.space, settings)?;
        let belief = learnt.process.belief(&point);
        let gain = log_expected_improvement(belief, learnt.best).0 + learnt.scale.ln();
        let shown = Belief { mean: belief.mean * learnt.scale + learnt.centre, deviation: belief.deviation * learnt.scale };
        Some((shown, gain))
    }

    fn learnt(&self, trials: &[Trial]) -> Option<Learnt> {
        let groups = self.encoding.groups().to_vec();
        let mut seen = Seen::default();
        for search in (1..=MAX_PARENTS).rev() {
            let values: Vec<f64> = values_of(trials, search).collect();
            let (mean, deviation) = moments(&values);
            self.take(trials, search, mean, deviation, &mut seen);
        }
        let own: Vec<f64> = values_of(trials, 0).collect();
        let (mut centre, mut scale) = moments(&own);
        if own.len() < ENOUGH && !seen.values.is_empty() && !own.is_empty() {
            // So few values say little about how large values are here; what earlier searches make of the same settings says more.
            let parents = GaussianProcess::fit(seen.points.clone(), &seen.values, groups.clone())?;
            let with_value = trials.iter().filter(|trial| trial.search == 0 && trial.outcome.value().is_some());
            let believed: Vec<f64> =
                with_value.filter_map(|trial| self.encoding.encode(self.space, &trial.settings)).map(|x| parents.belief(&x).mean).collect();
            let (mean, spread) = moments(&believed);
            if own.len() > 1 && believed.len() == own.len() {
                scale = (scale / spread.max(0.1)).max(f64::MIN_POSITIVE);
            }
            centre -= mean * scale;
        }
        let before = seen.values.len();
        self.take(trials, 0, centre, scale, &mut seen);
        let mean_of_parents = 0.0;
        let best = seen.values[before..].iter().copied().reduce(f64::min).or((before > 0).then_some(mean_of_parents))?;
        let Seen { mut points, mut values, pending } = seen;
        keep_best_and_newest(&mut points, &mut values);
        let mut process = GaussianProcess::fit(points.clone(), &values, groups)?;
        if !pending.is_empty() {
            let believed: Vec<f64> = pending.iter().map(|point| process.belief(point).mean).collect();
            points.extend(pending);
            values.extend(believed);
            process = process.again(points.clone(), &values).unwrap_or(process);
        }
        Some(Learnt { process, best, centre, scale, points, values })
    }

    /// The trials of one search, their values counted from `centre` in units of `scale`.
    fn take(&self, trials: &[Trial], search: u8, centre: f64, scale: f64, seen: &mut Seen) {
        let Some(worst) = values_of(trials, search).reduce(f64::max) else { return };
        for trial in trials.iter().filter(|trial| trial.search == search) {
            let Some(point) = self.encoding.encode(self.space, &trial.settings) else { continue };
            if trial.outcome == Outcome::Pending {
                seen.pending.push(point);
            } else {
                seen.points.push(point);
                seen.values.push((trial.outcome.value().unwrap_or(worst) - centre) / scale);
            }
        }
    }

    /// Where most may be gained: the best of many points, climbed from the most promising few.
    fn best_point(&self, learnt: &Learnt, trials: &[Trial], own: u64) -> Option<Settings> {
        let dimensions = self.encoding.dimensions();
        let gain = |point: &[f64]| log_expected_improvement(learnt.process.belief(point), learnt.best).0;
        let seed = self.options.seed ^ own.wrapping_mul(0x2545_f491_4f6c_dd1d);
        let mut candidates: Vec<Vec<f64>> = (0..1024).map(|n| self.encoding.snap(&sobol(seed, n, self.space.dimensions()))).collect();
        let mut order: Vec<usize> = (0..learnt.values.len()).collect();
        order.sort_by(|&a, &b| learnt.values[a].total_cmp(&learnt.values[b]));
        for (rank, &place) in order.iter().take(3).enumerate() {
            for n in 0..64u64 {
                let shake = uniform(seed, (rank as u64) << 32 | n, dimensions);
                let reach = [0.3, 0.1, 0.03, 0.01][(n % 4) as usize];
                let near = learnt.points[place].iter().zip(shake).map(|(x, u)| (x + reach * (2.0 * u - 1.0)).clamp(0.0, 1.0));
                candidates.push(self.encoding.round(near.collect()));
            }
        }
        let mut ranked: Vec<(f64, Vec<f64>)> = candidates.into_iter().map(|point| (gain(&point), point)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut starts: Vec<Vec<f64>> = Vec::new();
        for (_, point) in &ranked {
            let apart = |other: &Vec<f64>| point.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) > 0.05;
            if starts.len() < 6 && starts.iter().all(apart) {
                starts.push(point.clone());
            }
        }
        let climbed = starts.into_iter().map(|start| {
            let (low, high) = self.encoding.free(&start);
            let cost = |point: &[f64]| {
                let (belief, means, deviations) = learnt.process.belief_and_slopes(point);
                let (value, by_mean, by_deviation) = log_expected_improvement(belief, learnt.best);
                let slopes = means.iter().zip(&deviations).map(|(m, s)| -(by_mean * m + by_deviation * s)).collect();
                (-value, slopes)
            };
            let (point, _) = minimize(cost, &start, &low, &high, 60);
            let point = self.encoding.round(point);
            (gain(&point), point)
        });
        let mut all: Vec<(f64, Vec<f64>)> = climbed.chain(ranked.iter().take(32).cloned()).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        // A trial that was made already teaches nothing.
        all.into_iter()
            .map(|(_, point)| self.encoding.decode(self.space, &point))
            .find(|settings| !trials.iter().any(|trial| trial.search == 0 && trial.settings == *settings))
    }
}

impl Outcome {
    fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) if value.is_finite() => Some(value),
            _ => None,
        }
    }
}

/// What a search believes.
#[derive(Clone, Debug)]
pub struct Learnt {
    process: GaussianProcess,
    /// The best value, in standard deviations from the mean.
    best: f64,
    centre: f64,
    scale: f64,
    points: Vec<Vec<f64>>,
    values: Vec<f64>,
}

/// Points and values of trials that have ended, and the points of those that have not.
#[derive(Default)]
struct Seen {
    points: Vec<Vec<f64>>,
    values: Vec<f64>,
    pending: Vec<Vec<f64>>,
}

fn values_of(trials: &[Trial], search: u8) -> impl Iterator<Item = f64> {
    trials.iter().filter(move |trial| trial.search == search).filter_map(|trial| trial.outcome.value())
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    (mean, if variance > 1e-24 * mean.abs().max(1e-300).powi(2) && variance > 0.0 { variance.sqrt() } else { 1.0 })
}

fn keep_best_and_newest(points: &mut Vec<Vec<f64>>, values: &mut Vec<f64>) {
    if values.len() <= MAX_TRIALS {
        return;
    }
    let mut order: Vec<usize> = (0..values.len() - MAX_TRIALS / 2).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order.truncate(MAX_TRIALS / 2);
    order.extend(values.len() - MAX_TRIALS / 2..values.len());
    order.sort_unstable();
    *points = order.iter().map(|&place| points[place].clone()).collect();
    *values = order.iter().map(|&place| values[place]).collect();
}
