//! How the learning rate changes from step to step, as PyTorch's schedulers of the same names have it.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// A share of the first learning rate for every step, known without a state.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Schedule {
    Constant,
    /// `(1 − t)^power`
    Poly {
        #[serde(default = "power")]
        power: f64,
    },
    /// Half a cosine from 1 down to `least`.
    Cosine {
        #[serde(default)]
        least: f64,
    },
    /// Times `factor` after every `every` steps.
    Step {
        every: usize,
        factor: f64,
    },
    /// Up from 1/25 in the first `rising` of the steps, then down to a 250,000th, both along half a cosine.
    OneCycle {
        #[serde(default = "rising")]
        rising: f64,
    },
}

/// Steps at the beginning in which the rate rises from `from` of what the schedule begins with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WarmUp {
    pub steps: usize,
    pub from: f64,
}

fn power() -> f64 {
    0.9
}

fn rising() -> f64 {
    0.3
}

impl Default for WarmUp {
    fn default() -> Self {
        Self { steps: 0, from: 0.1 }
    }
}

impl Schedule {
    /// The rate of step `step` of `total` as a share of the rate that is set.
    #[must_use]
    pub fn factor(self, step: usize, total: usize) -> f64 {
        let (at, end) = (step as f64, total.max(1) as f64);
        let t = (at / end).min(1.0);
        let between = |from: f64, to: f64, share: f64| to + (from - to) / 2.0 * ((PI * share).cos() + 1.0);
        match self {
            Self::Constant => 1.0,
            Self::Poly { power } => (1.0 - t).powf(power),
            Self::Cosine { least } => between(1.0, least, t),
            Self::Step { every, factor } => factor.powi(i32::try_from(step / every.max(1)).unwrap_or(i32::MAX)),
            Self::OneCycle { rising } => {
                let (first, last) = (1.0 / 25.0, 1.0 / 25.0 / 1e4);
                let (peak, end) = (rising * end - 1.0, end - 1.0);
                if at <= peak { between(first, 1.0, at / peak) } else { between(1.0, last, ((at - peak) / (end - peak)).min(1.0)) }
            }
        }
    }
}

impl WarmUp {
    /// The share with the warm-up before the schedule, whose steps are counted from its end.
    #[must_use]
    pub fn factor(self, schedule: Schedule, step: usize, total: usize) -> f64 {
        if step < self.steps {
            let t = step as f64 / self.steps as f64;
            return schedule.factor(0, total.saturating_sub(self.steps)) * (self.from + (1.0 - self.from) * t);
        }
        schedule.factor(step - self.steps, total.saturating_sub(self.steps))
    }
}
