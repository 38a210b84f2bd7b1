//! Settings as points that a Gaussian process can compare.

use crate::space::{Domain, Settings, Space};

/// A coordinate for each number, and one for each choice of a categorical parameter: 1 for the chosen one, 0 for the others, so that all
/// choices are equally far apart. Whole numbers lie at the middle of their share: the process sees only points that can be tried.
#[derive(Clone, Debug)]
pub(super) struct Encoding {
    parts: Vec<Part>,
    groups: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Part {
    Real,
    Integer(Domain),
    Choices(usize),
}

impl Encoding {
    pub fn new(space: &Space) -> Self {
        let part = |domain: &Domain| match domain {
            Domain::Real { .. } => Part::Real,
            Domain::Integer { .. } => Part::Integer(domain.clone()),
            Domain::Categorical { choices } => Part::Choices(choices.len()),
        };
        let parts: Vec<Part> = space.parameters().iter().map(|parameter| part(&parameter.domain)).collect();
        let groups = parts.iter().enumerate().flat_map(|(group, part)| std::iter::repeat_n(group, part.width())).collect();
        Self { parts, groups }
    }

    /// For each coordinate, which parameter it is of.
    pub fn groups(&self) -> &[usize] {
        &self.groups
    }

    pub fn dimensions(&self) -> usize {
        self.groups.len()
    }

    /// The point of settings, or none if they are not of the space.
    pub fn encode(&self, space: &Space, settings: &Settings) -> Option<Vec<f64>> {
        let unit = space.point(settings)?;
        let idle = space.parameters().iter().map(|parameter| !settings.contains_key(&parameter.name));
        Some(self.spread(&unit, idle))
    }

    /// A point of the space's unit cube, one coordinate a parameter, as a point of the process.
    pub fn snap(&self, unit: &[f64]) -> Vec<f64> {
        self.round(self.spread(unit, std::iter::repeat(false)))
    }

    fn spread(&self, unit: &[f64], idle: impl Iterator<Item = bool>) -> Vec<f64> {
        let mut point = Vec::with_capacity(self.groups.len());
        for ((part, &u), idle) in self.parts.iter().zip(unit).zip(idle) {
            match part {
                Part::Real | Part::Integer(_) => point.push(u),
                Part::Choices(n) => {
                    let chosen = ((u * *n as f64) as usize).min(n.saturating_sub(1));
                    point.extend((0..*n).map(|place| if !idle && place == chosen { 1.0 } else { 0.0 }));
                }
            }
        }
        point
    }

    /// The nearest point that can be tried.
    pub fn round(&self, mut point: Vec<f64>) -> Vec<f64> {
        let mut at = 0;
        for part in &self.parts {
            let end = at + part.width();
            match part {
                Part::Real => {}
                Part::Integer(domain) => point[at] = domain.place(&domain.value(point[at])).unwrap_or(point[at]),
                Part::Choices(_) => {
                    let chosen = largest(&point[at..end]);
                    point[at..end].iter_mut().enumerate().for_each(|(place, x)| *x = if place == chosen { 1.0 } else { 0.0 });
                }
            }
            at = end;
        }
        point
    }

    /// The box in which a search by slopes may move from a point: real coordinates move, whole numbers and choices stay.
    pub fn free(&self, point: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let moves = self.groups.iter().map(|&group| matches!(self.parts[group], Part::Real));
        point.iter().zip(moves).map(|(&x, moves)| if moves { (0.0, 1.0) } else { (x, x) }).unzip()
    }

    /// The settings of a point.
    pub fn decode(&self, space: &Space, point: &[f64]) -> Settings {
        let mut unit = Vec::with_capacity(self.parts.len());
        let mut at = 0;
        for part in &self.parts {
            let end = at + part.width();
            unit.push(match part {
                Part::Real | Part::Integer(_) => point[at],
                Part::Choices(n) => (largest(&point[at..end]) as f64 + 0.5) / *n as f64,
            });
            at = end;
        }
        space.settings(&unit)
    }
}

impl Part {
    fn width(&self) -> usize {
        match self {
            Self::Real | Self::Integer(_) => 1,
            Self::Choices(n) => *n,
        }
    }
}

fn largest(values: &[f64]) -> usize {
    let mut best = 0;
    for (place, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = place;
        }
    }
    best
}
