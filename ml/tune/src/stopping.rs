//! Which trials are not worth their time: the median rule, successive halving and Hyperband.
//!
//! All take the objective after each epoch of each trial, and less is better. A value that is not a number counts as worse than any.

use serde::{Deserialize, Serialize};

/// A rule that ends trials early.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "lowercase")]
pub enum Stopping {
    #[default]
    Never,
    Median(MedianRule),
    Asha(Halving),
    Hyperband(Halving),
}

impl Stopping {
    /// Whether trial number `trial` (counted from 0) should end now, given its objectives so far and those of all others.
    #[must_use]
    pub fn stops(&self, trial: usize, course: &[f64], others: &[Vec<f64>]) -> bool {
        match self {
            Self::Never => false,
            Self::Median(rule) => rule.stops(course, others),
            Self::Asha(halving) => halving.stops(0, course, others),
            Self::Hyperband(halving) => halving.stops(halving.bracket(trial), course, others),
        }
    }
}

/// Ends a trial whose objective is worse than the median of the running averages of the earlier trials up to the same epoch.
///
/// Source: Golovin et al., 'Google Vizier', KDD 2017, section 3.4; SageMaker's automatic model tuning stops by the same rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MedianRule {
    /// Trials that must have come as far before any is stopped.
    pub after_trials: usize,
    /// Epochs that every trial gets.
    pub after_epochs: usize,
}

impl Default for MedianRule {
    fn default() -> Self {
        Self { after_trials: 3, after_epochs: 1 }
    }
}

impl MedianRule {
    fn stops(&self, course: &[f64], others: &[Vec<f64>]) -> bool {
        let epochs = course.len();
        let mean = |other: &Vec<f64>| {
            other.get(..epochs).map(|course| course.iter().map(|&value| worst_if_nan(value)).sum::<f64>() / epochs as f64)
        };
        let mut averages: Vec<f64> = others.iter().filter_map(mean).collect();
        let Some(&now) = course.last() else { return false };
        if epochs < self.after_epochs || averages.is_empty() || averages.len() < self.after_trials {
            return false;
        }
        averages.sort_by(f64::total_cmp);
        let (low, high) = (averages[(averages.len() - 1) / 2], averages[averages.len() / 2]);
        worst_if_nan(now) > low.midpoint(high)
    }
}

/// Successive halving without waiting: at its first, `eta`-th, `eta²`-th … epoch a trial goes on only if it is among the best `1/eta` of all
/// that came so far.
///
/// Source: Li et al., 'A System for Massively Parallel Hyperparameter Tuning', MLSys 2020 (ASHA, stopping variant); Li et al., 'Hyperband', JMLR 2018.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Halving {
    /// Epochs before the first decision, at least 1.
    pub first: u32,
    /// Epochs of a trial that is never stopped.
    pub epochs: u32,
    /// One in so many goes on, at least 2.
    pub eta: u32,
}

impl Default for Halving {
    fn default() -> Self {
        Self { first: 1, epochs: 27, eta: 3 }
    }
}

impl Halving {
    /// The epochs after which decisions are made, without the last.
    #[must_use]
    pub fn rungs(&self) -> Vec<u32> {
        let eta = self.eta.max(2);
        let next = |&rung: &u32| rung.checked_mul(eta).filter(|&rung| rung < self.epochs);
        std::iter::successors(Some(self.first.max(1)).filter(|&first| first < self.epochs), next).collect()
    }

    /// The bracket of a trial in Hyperband: how many of the first rungs it passes without a decision, because what looks bad early may be
    /// good in the end. Brackets take turns, each as often as gives them equal numbers of epochs.
    #[must_use]
    pub fn bracket(&self, trial: usize) -> usize {
        let rungs = self.rungs().len();
        // Hyperband gives bracket s (with s decisions) ⌈(S + 1) / (s + 1) · eta^s⌉ trials, S being the most decisions.
        let size = |decisions: usize| {
            let power = f64::from(self.eta.max(2)).powi(decisions as i32);
            ((rungs + 1) as f64 / (decisions + 1) as f64 * power).ceil() as usize
        };
        let sizes: Vec<usize> = (0..=rungs).map(|skipped| size(rungs - skipped)).collect();
        let mut place = trial % sizes.iter().sum::<usize>().max(1);
        for (bracket, &size) in sizes.iter().enumerate() {
            if place < size {
                return bracket;
            }
            place -= size;
        }
        0
    }

    fn stops(&self, skipped: usize, course: &[f64], others: &[Vec<f64>]) -> bool {
        let epoch = course.len();
        let decides = self.rungs().iter().skip(skipped).any(|&rung| rung as usize == epoch);
        let Some(now) = course.last().map(|&value| worst_if_nan(value)).filter(|_| decides) else { return false };
        let there: Vec<f64> = others.iter().filter_map(|other| other.get(epoch - 1).map(|&value| worst_if_nan(value))).collect();
        let better = there.iter().filter(|&&value| value < now).count();
        let stay = (there.len() + 1).div_ceil(self.eta.max(2) as usize);
        now == f64::INFINITY || better >= stay
    }
}

fn worst_if_nan(value: f64) -> f64 {
    if value.is_nan() { f64::INFINITY } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_rule_waits_and_then_stops_the_worse_half() {
        let rule = Stopping::Median(MedianRule::default());
        let others = vec![vec![1.0, 0.8], vec![0.9, 0.7], vec![0.5, 0.3]];
        assert!(!rule.stops(3, &[2.0], &others[..2]), "two trials are too few");
        assert!(rule.stops(3, &[2.0], &others));
        // Running averages after two epochs are 0.9, 0.8 and 0.4.
        assert!(!rule.stops(3, &[2.0, 0.8], &others));
        assert!(rule.stops(3, &[0.1, 0.81], &others));
        assert!(rule.stops(3, &[f64::NAN], &others));
        assert!(!rule.stops(3, &[], &others));
        assert!(!rule.stops(3, &[9.0, 9.0, 9.0], &others), "nobody came that far");
    }

    #[test]
    fn asha_decides_at_its_rungs_only() {
        let halving = Halving::default();
        assert_eq!(halving.rungs(), [1, 3, 9]);
        let rule = Stopping::Asha(halving);
        let others: Vec<Vec<f64>> = (0..8).map(|n| vec![f64::from(n); 3]).collect();
        assert!(!rule.stops(8, &[1.5], &others), "third of nine");
        assert!(rule.stops(8, &[2.5], &others), "fourth of nine");
        assert!(!rule.stops(8, &[0.0, 99.0], &others), "the second epoch decides nothing");
        assert!(!rule.stops(0, &[5.0], &[]), "the first is the best so far");
        assert!(rule.stops(0, &[f64::NAN], &[]));
        assert_eq!(Halving { first: 0, epochs: 8, eta: 0 }.rungs(), [1, 2, 4]);
        assert!(Halving { epochs: 1, ..halving }.rungs().is_empty());
        assert!(Halving { first: 1 << 31, epochs: u32::MAX, eta: 3 }.rungs().len() == 1);
    }

    #[test]
    fn hyperband_gives_every_bracket_its_share() {
        let halving = Halving::default();
        // S = 3: 27, 12, 6 and 4 trials, as in table 1 of the paper (there for 81 epochs: 81, 34, 15, 8, 5).
        let mut counts = [0; 4];
        (0..49).for_each(|trial| counts[halving.bracket(trial)] += 1);
        assert_eq!(counts, [27, 12, 6, 4]);
        let wide = Halving { epochs: 81, ..halving };
        let mut counts = [0; 5];
        (0..143).for_each(|trial| counts[wide.bracket(trial)] += 1);
        assert_eq!(counts, [81, 34, 15, 8, 5]);
        let others: Vec<Vec<f64>> = (0..8).map(|n| vec![f64::from(n); 3]).collect();
        let rule = Stopping::Hyperband(halving);
        assert!(rule.stops(0, &[9.0], &others));
        assert!(!rule.stops(27, &[9.0], &others), "the second bracket passes the first rung");
        assert!(rule.stops(27, &[9.0; 3], &others));
        assert!(!rule.stops(48, &[9.0; 9], &others), "the last one is never stopped");
    }
}
