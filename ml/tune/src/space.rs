//! What may be tuned: parameters, their ranges, and the unit cube in which strategies search.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// The value of one parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Integer(i64),
    Real(f64),
    Text(String),
}

/// One choice of values, by the names of the parameters. A conditional parameter whose condition does not hold has no value.
pub type Settings = BTreeMap<String, Value>;

/// How a range is spread over `[0, 1]`, so that equal steps there matter equally. The scales of SageMaker's automatic model tuning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    #[default]
    Linear,
    /// Each power of ten gets the same share. For ranges above 0 that span orders of magnitude, as learning rates do.
    Log,
    /// Logarithmic towards 1, as for a momentum between 0.9 and 0.9999. For ranges within `[0, 1)`.
    ReverseLog,
}

/// What values a parameter may take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Domain {
    Real {
        min: f64,
        max: f64,
        #[serde(default)]
        scale: Scale,
    },
    Integer {
        min: i64,
        max: i64,
        #[serde(default)]
        scale: Scale,
    },
    Categorical {
        choices: Vec<String>,
    },
}

/// A parameter has a value only where another one has one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Name of a categorical parameter that stands before this one.
    pub parameter: String,
    pub is_one_of: Vec<String>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    #[serde(flatten)]
    pub domain: Domain,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only_if: Option<Condition>,
}

/// The parameters that are tuned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Parameter>", into = "Vec<Parameter>")]
pub struct Space {
    parameters: Vec<Parameter>,
}

/// Why parameters are not a space.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SpaceError {
    #[error("there is nothing to tune")]
    Empty,
    #[error("{0} parameters are more than the {max} that can be tuned at once", max = Space::MAX_PARAMETERS)]
    TooMany(usize),
    #[error("two parameters are called '{0}'")]
    Twice(String),
    #[error("'{name}': {reason}")]
    Parameter { name: String, reason: &'static str },
}

impl Space {
    /// More parameters than this can't be searched with the trials that anybody pays for.
    pub const MAX_PARAMETERS: usize = 40;
    /// Choices that a categorical parameter may have.
    pub const MAX_CHOICES: usize = 64;

    /// A space of these parameters.
    ///
    /// # Errors
    /// There are none or too many, names repeat, a range is empty or does not suit its scale, or a condition names no earlier categorical
    /// parameter.
    pub fn new(parameters: Vec<Parameter>) -> Result<Self, SpaceError> {
        if parameters.is_empty() {
            return Err(SpaceError::Empty);
        }
        if parameters.len() > Self::MAX_PARAMETERS {
            return Err(SpaceError::TooMany(parameters.len()));
        }
        let mut names = BTreeSet::new();
        for (place, parameter) in parameters.iter().enumerate() {
            if !names.insert(parameter.name.as_str()) {
                return Err(SpaceError::Twice(parameter.name.clone()));
            }
            let refuse = |reason| SpaceError::Parameter { name: parameter.name.clone(), reason };
            parameter.domain.check().map_err(refuse)?;
            if let Some(condition) = &parameter.only_if {
                let holder = parameters[..place].iter().find(|earlier| earlier.name == condition.parameter);
                let Some(Domain::Categorical { choices }) = holder.map(|holder| &holder.domain) else {
                    return Err(refuse("its condition names no categorical parameter that stands before it"));
                };
                if condition.is_one_of.is_empty() || condition.is_one_of.iter().any(|choice| !choices.contains(choice)) {
                    return Err(refuse("its condition names a choice that does not exist"));
                }
            }
        }
        Ok(Self { parameters })
    }

    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// How many numbers in `[0, 1]` a point has: one for each parameter.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.parameters.len()
    }

    /// The settings at a point of the unit cube; coordinates outside of `[0, 1]` are taken as the nearer end, missing ones as 0.
    #[must_use]
    pub fn settings(&self, point: &[f64]) -> Settings {
        let mut settings = Settings::new();
        for (place, parameter) in self.parameters.iter().enumerate() {
            if parameter.holds(&settings) {
                let u = point.get(place).copied().filter(|u| u.is_finite()).unwrap_or(0.0);
                settings.insert(parameter.name.clone(), parameter.domain.value(u));
            }
        }
        settings
    }

    /// The point of settings. A parameter without a value lies in the middle, so that it tells nothing. None if a value is missing, of the
    /// wrong kind or outside of its range.
    #[must_use]
    pub fn point(&self, settings: &Settings) -> Option<Vec<f64>> {
        let place = |parameter: &Parameter| match settings.get(&parameter.name) {
            Some(value) => parameter.domain.place(value),
            None => (!parameter.holds(settings)).then_some(0.5),
        };
        self.parameters.iter().map(place).collect()
    }
}

impl TryFrom<Vec<Parameter>> for Space {
    type Error = SpaceError;
    fn try_from(parameters: Vec<Parameter>) -> Result<Self, SpaceError> {
        Self::new(parameters)
    }
}

impl From<Space> for Vec<Parameter> {
    fn from(space: Space) -> Self {
        space.parameters
    }
}

impl Parameter {
    /// Whether the parameter has a value, given those before it.
    #[must_use]
    pub fn holds(&self, settings: &Settings) -> bool {
        let Some(condition) = &self.only_if else { return true };
        matches!(settings.get(&condition.parameter), Some(Value::Text(choice)) if condition.is_one_of.contains(choice))
    }
}

impl Domain {
    fn check(&self) -> Result<(), &'static str> {
        let range = |min: f64, max: f64, scale: Scale| match scale {
            _ if !(min.is_finite() && max.is_finite() && (max - min).is_finite()) => Err("its range is not finite"),
            _ if min >= max => Err("its range is empty: the minimum must be below the maximum"),
            Scale::Log if min <= 0.0 => Err("a logarithmic range must begin above 0"),
            Scale::ReverseLog if min < 0.0 || max >= 1.0 => Err("a reverse logarithmic range must lie within 0 and 1, without 1"),
            _ => Ok(()),
        };
        match self {
            Self::Real { min, max, scale } => range(*min, *max, *scale),
            Self::Integer { scale: Scale::ReverseLog, .. } => Err("whole numbers can't have a reverse logarithmic scale"),
            Self::Integer { min, max, .. } if min.unsigned_abs().max(max.unsigned_abs()) > 1 << 53 => Err("its range is too large"),
            Self::Integer { min, max, scale } => range(*min as f64, *max as f64, *scale),
            Self::Categorical { choices } if choices.is_empty() => Err("it has no choices"),
            Self::Categorical { choices } if choices.len() > Space::MAX_CHOICES => Err("it has more than 64 choices"),
            Self::Categorical { choices } => {
                let different = choices.iter().collect::<BTreeSet<_>>().len() == choices.len();
                if different { Ok(()) } else { Err("a choice stands in it twice") }
            }
        }
    }

    /// The value at `u` in `[0, 1]`. Whole numbers and choices have equal shares of it (on their scale).
    #[must_use]
    pub fn value(&self, u: f64) -> Value {
        let u = u.clamp(0.0, 1.0);
        match self {
            Self::Real { min, max, scale } => {
                let (low, high) = (scale.forward(*min), scale.forward(*max));
                Value::Real(scale.backward(low + u * (high - low)).clamp(*min, *max))
            }
            Self::Integer { min, max, scale } => {
                // Half a step more on either side gives the first and the last number the same share as the others.
                let (low, high) = (scale.forward(*min as f64 - 0.5), scale.forward(*max as f64 + 0.5));
                Value::Integer((scale.backward(low + u * (high - low)).round() as i64).clamp(*min, *max))
            }
            Self::Categorical { choices } => {
                let place = ((u * choices.len() as f64) as usize).min(choices.len().saturating_sub(1));
                Value::Text(choices.get(place).cloned().unwrap_or_default())
            }
        }
    }

    /// Where a value lies in `[0, 1]`: the middle of its share. None if it is not in the domain.
    #[must_use]
    pub fn place(&self, value: &Value) -> Option<f64> {
        match (self, value) {
            (Self::Real { min, max, scale }, Value::Real(_) | Value::Integer(_)) => {
                let x = match value {
                    Value::Integer(n) => *n as f64,
                    Value::Real(x) => *x,
                    Value::Text(_) => return None,
                };
                let (low, high) = (scale.forward(*min), scale.forward(*max));
                (*min..=*max).contains(&x).then(|| ((scale.forward(x) - low) / (high - low)).clamp(0.0, 1.0))
            }
            (Self::Integer { min, max, scale }, Value::Integer(n)) => {
                let (low, high) = (scale.forward(*min as f64 - 0.5), scale.forward(*max as f64 + 0.5));
                (*min..=*max).contains(n).then(|| ((scale.forward(*n as f64) - low) / (high - low)).clamp(0.0, 1.0))
            }
            (Self::Categorical { choices }, Value::Text(text)) => {
                let place = choices.iter().position(|choice| choice == text)?;
                Some((place as f64 + 0.5) / choices.len() as f64)
            }
            _ => None,
        }
    }
}

impl Scale {
    fn forward(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => x.ln(),
            Self::ReverseLog => -(1.0 - x).ln(),
        }
    }

    fn backward(self, y: f64) -> f64 {
        match self {
            Self::Linear => y,
            Self::Log => y.exp(),
            Self::ReverseLog => 1.0 - (-y).exp(),
        }
    }
}
