//! A whole search as one value: what is searched, how, and for how long. What to try next follows from it and from the trials so far.

use serde::{Deserialize, Serialize};

use crate::{
    bayes::{Options, Outcome, Search, Trial},
    grid::Grid,
    random::{sobol, uniform},
    space::{Domain, Settings, Space, Value},
    stopping::Stopping,
};

/// Where the next trial is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Strategy {
    /// Every combination, with so many values of each range.
    Grid { steps: u32 },
    /// At random, evenly over each scale.
    Random,
    /// As evenly as Sobol's sequence does.
    Sobol,
    /// Where a Gaussian process over the trials so far expects the greatest gain.
    #[default]
    Bayesian,
}

/// A search. The same plan and the same trials always propose the same settings, so that a search that was cut off goes on as it would have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    pub space: Space,
    #[serde(default)]
    pub strategy: Strategy,
    /// Trials at most, the baseline among them.
    pub trials: u32,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub stopping: Stopping,
    /// Settings that are tried first, so that what is found is compared with what there was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Settings>,
}

/// Why a plan can't be followed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    #[error("{0} trials are not between 1 and {max}", max = Plan::MAX_TRIALS)]
    Trials(u32),
    #[error("a grid of {0} values of each range is not between 1 and {max}", max = Grid::MAX_STEPS)]
    Steps(u32),
    #[error("the settings to begin with have no value of '{0}', or one that lies outside of what is searched; widen its range")]
    Baseline(String),
}

/// What is believed about the objective at one value of a parameter, all others being as in some settings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    pub value: Value,
    /// Where it lies on the parameter's scale, in [0, 1].
    pub place: f64,
    /// Expected objective; less is better.
    pub mean: f64,
    /// Standard deviation of what is believed, in the objective's units.
    pub deviation: f64,
    /// Natural logarithm of the expected improvement over the best trial.
    pub log_gain: f64,
}

impl Plan {
    /// Longer searches are no searches any more; they also cost the Gaussian process the cube of their trials.
    pub const MAX_TRIALS: u32 = 1000;

    /// # Errors
    /// A number is out of range, or the baseline is not of the space.
    pub fn check(&self) -> Result<(), PlanError> {
        if !(1..=Self::MAX_TRIALS).contains(&self.trials) {
            return Err(PlanError::Trials(self.trials));
        }
        if let Strategy::Grid { steps } = self.strategy
            && !(1..=Grid::MAX_STEPS).contains(&steps)
        {
            return Err(PlanError::Steps(steps));
        }
        let Some(baseline) = &self.baseline else { return Ok(()) };
        let outside = |parameter: &&crate::Parameter| {
            let value = baseline.get(&parameter.name);
            parameter.holds(baseline) != value.is_some() || value.is_some_and(|value| parameter.domain.place(value).is_none())
        };
        match self.space.parameters().iter().find(outside) {
            Some(parameter) => Err(PlanError::Baseline(parameter.name.clone())),
            None => Ok(()),
        }
    }

    /// The settings of the next trial, given all so far: those of this search in the order in which they were begun, and those of earlier
    /// searches that it may learn from. None when the search is over.
    #[must_use]
    pub fn next(&self, trials: &[Trial]) -> Option<Settings> {
        let own = trials.iter().filter(|trial| trial.search == 0).count() as u32;
        if own >= self.trials {
            return None;
        }
        let begun = u64::from(own) - u64::from(self.baseline.is_some() && own > 0);
        match (&self.baseline, self.strategy) {
            (Some(baseline), _) if own == 0 => Some(baseline.clone()),
            (_, Strategy::Grid { steps }) => Grid::new(&self.space, steps).iter().nth(usize::try_from(begun).ok()?),
            (_, Strategy::Random) => Some(self.space.settings(&uniform(self.seed, begun, self.space.dimensions()))),
            (_, Strategy::Sobol) => Some(self.space.settings(&sobol(self.seed, begun, self.space.dimensions()))),
            (_, Strategy::Bayesian) => Some(self.search().suggest(trials)),
        }
    }

    /// Why a point was or will be chosen: what is believed along one parameter through `around`, at `points` places of a range or at each
    /// choice. None if there is no such parameter, nothing is known yet, or `around` is not of the space. Searches that are not Bayesian are
    /// looked at in the same way, though they do not ask.
    #[must_use]
    pub fn slice(&self, trials: &[Trial], parameter: &str, around: &Settings, points: usize) -> Option<Vec<Slice>> {
        let search = self.search();
        let learnt = search.process(trials)?;
        let domain = &self.space.parameters().iter().find(|known| known.name == parameter)?.domain;
        around.get(parameter)?;
        let mut values: Vec<Value> = match domain {
            Domain::Categorical { choices } => choices.iter().map(|choice| Value::Text(choice.clone())).collect(),
            _ => (0..points).map(|n| domain.value(n as f64 / (points.max(2) - 1) as f64)).collect(),
        };
        values.dedup();
        let slices = values.into_iter().filter_map(|value| {
            // Another choice may give or take the value of a parameter that hangs on it; then there is nothing to compare.
            let settings: Settings =
                around.iter().map(|(name, old)| (name.clone(), if name == parameter { value.clone() } else { old.clone() })).collect();
            let (belief, log_gain) = search.belief(&learnt, &settings)?;
            Some(Slice { place: domain.place(&value)?, value, mean: belief.mean, deviation: belief.deviation, log_gain })
        });
        Some(slices.collect())
    }

    fn search(&self) -> Search<'_> {
        Search::new(&self.space, Options { seed: self.seed, first: None })
    }
}

/// Which of these trials is best, if one has a value.
#[must_use]
pub fn best(trials: &[Trial]) -> Option<usize> {
    let values = trials.iter().enumerate().filter_map(|(place, trial)| match trial.outcome {
        Outcome::Value(value) if value.is_finite() && trial.search == 0 => Some((place, value)),
        _ => None,
    });
    values.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(place, _)| place)
}
