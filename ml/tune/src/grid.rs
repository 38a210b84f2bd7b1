//! Every combination of values.

use crate::space::{Domain, Parameter, Settings, Space, Value};

/// All settings of a grid, one after another. The last parameter changes fastest. Settings that differ only in a parameter without a value
/// come once.
#[derive(Clone, Debug)]
pub struct Grid<'a> {
    space: &'a Space,
    /// For each parameter, where its values lie in `[0, 1]`.
    places: Vec<Vec<f64>>,
}

impl<'a> Grid<'a> {
    /// More values of one parameter than this are not taken.
    pub const MAX_STEPS: u32 = 1000;

    /// A grid with `steps` values of each range, both ends included and equally far apart on its scale; an integer with fewer values, or
    /// whose values would repeat, has fewer. Categorical parameters have all their choices.
    #[must_use]
    pub fn new(space: &'a Space, steps: u32) -> Self {
        let steps = steps.clamp(1, Self::MAX_STEPS);
        Self { space, places: space.parameters().iter().map(|parameter| places(parameter, steps)).collect() }
    }

    /// Combinations, with those that differ only in parameters without a value; none if there are more than can be counted.
    #[must_use]
    pub fn combinations(&self) -> Option<u64> {
        self.places.iter().try_fold(1u64, |product, places| product.checked_mul(places.len() as u64))
    }

    /// The settings of one combination, or none if the grid has fewer, or if this one came before with other values for parameters that
    /// have none here.
    #[must_use]
    pub fn settings(&self, mut combination: u64) -> Option<Settings> {
        if combination >= self.combinations()? {
            return None;
        }
        let mut steps = vec![0usize; self.places.len()];
        for (step, places) in steps.iter_mut().zip(&self.places).rev() {
            *step = (combination % places.len() as u64) as usize;
            combination /= places.len() as u64;
        }
        let point: Vec<f64> = self.places.iter().zip(&steps).filter_map(|(places, &step)| places.get(step).copied()).collect();
        let settings = self.space.settings(&point);
        let idle = |parameter: &Parameter| !settings.contains_key(&parameter.name);
        let again = self.space.parameters().iter().zip(&steps).any(|(parameter, &step)| idle(parameter) && step > 0);
        (!again).then_some(settings)
    }

    /// All settings in order.
    pub fn iter(&self) -> impl Iterator<Item = Settings> {
        (0..self.combinations().unwrap_or(u64::MAX)).filter_map(|combination| self.settings(combination))
    }
}

fn places(parameter: &Parameter, steps: u32) -> Vec<f64> {
    let even = |steps: u32| (0..steps).map(move |step| if steps == 1 { 0.5 } else { f64::from(step) / f64::from(steps - 1) });
    match &parameter.domain {
        Domain::Real { .. } => even(steps).collect(),
        Domain::Integer { min, max, .. } => {
            let mut values: Vec<Value> = if max.abs_diff(*min) < u64::from(steps) {
                (*min..=*max).map(Value::Integer).collect()
            } else {
                even(steps).map(|u| parameter.domain.value(u)).collect()
            };
            values.dedup();
            values.iter().filter_map(|value| parameter.domain.place(value)).collect()
        }
        Domain::Categorical { choices } => (0..choices.len()).map(|place| (place as f64 + 0.5) / choices.len() as f64).collect(),
    }
}
