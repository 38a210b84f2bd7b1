//! Which learning rate to begin with (Smith 2017): the rate rises from step to step until the loss runs away.

use burn::tensor::Device;
use labelwright_data::{
    DataLoader, LoaderOptions,
    transform::{Pipeline, batch::SegmentationBatcher},
};

use super::{Accumulated, Data, FitError, Recipe, fit::Run};
use crate::models::Network;

/// The loss at one rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RateTrial {
    pub rate: f64,
    /// Smoothed over the steps before.
    pub loss: f64,
}

const FROM: f64 = 1e-6;
const TO: f64 = 1.0;

/// Tries `steps` rates from 1e-6 up to 1 and suggests the one at which the loss falls fastest; the suggestion is missing where it never falls.
/// The network is not changed.
///
/// # Errors
/// There is nothing to learn from, or the device failed.
pub fn find_rate(
    network: Network,
    recipe: &Recipe,
    data: &Data,
    steps: usize,
    device: &Device,
) -> Result<(Vec<RateTrial>, Option<f64>), FitError> {
    let spec = network.spec().clone();
    recipe.check(spec.classes)?;
    if data.train.is_empty() {
        return Err(FitError::Empty("training"));
    }
    let [chain, _] = recipe.chains(spec.backbone)?;
    let batcher = SegmentationBatcher::of(&chain).ok_or(FitError::Size)?;
    let options = LoaderOptions { batch_size: recipe.batch, shuffle: Some(recipe.seed), ..Default::default() };
    let loader = DataLoader::new(Pipeline::new(data.train.clone(), chain, recipe.seed), batcher, options)?;
    let mut run = Run::new(network, recipe, device)?;
    let (mut trials, mut smooth, mut least) = (Vec::<RateTrial>::new(), 0.0, f64::INFINITY);
    let mut epoch = 0;
    'all: loop {
        for loaded in loader.epoch(epoch) {
            let at = trials.len();
            if at == steps.max(2) {
                break 'all;
            }
            let rate = FROM * (TO / FROM).powf(at as f64 / (steps.max(2) - 1) as f64);
            let batch = loaded.map_err(|error| FitError::Load(error.to_string()))?.batch;
            let (loss, gradients) = match run.gradients(batch, at) {
                Ok(found) => found,
                Err(FitError::Diverged { .. }) => break 'all,
                Err(error) => return Err(error),
            };
            let mut one = Accumulated::default();
            one.add(&run.network, gradients);
            smooth = 0.9 * smooth + 0.1 * loss;
            let loss = smooth / (1.0 - 0.9f64.powi(at as i32 + 1));
            trials.push(RateTrial { rate, loss });
            least = least.min(loss);
            // Four times the least loss is far beyond the useful range.
            if loss > 4.0 * least || run.step(&mut one, rate / recipe.optimizer.rate).is_err() {
                break 'all;
            }
        }
        epoch += 1;
    }
    let suggestion = steepest(&trials);
    Ok((trials, suggestion))
}

/// The rate in the middle of the steepest fall over five trials, before the least loss.
fn steepest(trials: &[RateTrial]) -> Option<f64> {
    let lowest = trials.iter().enumerate().min_by(|a, b| a.1.loss.total_cmp(&b.1.loss))?.0;
    let falls = trials[..=lowest].windows(5).map(|part| (part[2].rate, part[4].loss - part[0].loss));
    falls.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, fall)| *fall < 0.0).map(|(rate, _)| rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steepest_fall_is_suggested() {
        let losses = [1.0, 1.0, 0.99, 0.95, 0.8, 0.6, 0.5, 0.48, 0.47, 0.6, 2.0];
        let trials: Vec<RateTrial> =
            losses.iter().enumerate().map(|(at, &loss)| RateTrial { rate: 10f64.powi(at as i32 - 6), loss }).collect();
        assert_eq!(steepest(&trials), Some(10f64.powi(-2)));
        let rising: Vec<RateTrial> = (1..9).map(|at| RateTrial { rate: f64::from(at), loss: f64::from(at) }).collect();
        assert_eq!(steepest(&rising), None);
    }
}
