//! Trying one configuration: a head is trained on some images and measured on others while it learns.

use std::{ops::ControlFlow, sync::Arc};

use burn::tensor::Device;

use super::{Batches, Progress, Sample, TrainConfig, TrainError, TrainedHead, Trainer, input_size};
use crate::{features::Features, metrics::Confusion, predict::Predictor};

/// An image that a trial is measured on, and never learns from.
#[derive(Clone, Debug)]
pub struct HeldOut {
    pub features: Arc<Features>,
    /// The true class of each pixel of the image, row by row; 255 is void.
    pub truth: Vec<u8>,
}

/// What a trial tells while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TrialEvent {
    Step(Progress),
    /// Mean IoU on the held-out images after this many of the epochs, counted from 1.
    Epoch(usize, f64),
}

/// Trains one head, whatever number the configuration names, in `epochs` equal parts, and measures it after each. Returns the last mean
/// IoU over all pixels of the held-out images together, of the classes without background.
///
/// `told` may end the trial after any step or epoch; the last mean IoU counts then. The same samples, configuration and seed give the same
/// result on the same machine.
///
/// # Errors
/// As for [`super::train_head`]; [`TrainError::NoSamples`] when nothing is held out, and [`TrainError::Cancelled`] when the trial was ended
/// before its first epoch.
pub fn try_head(
    samples: &[Sample],
    held_out: &[HeldOut],
    config: &TrainConfig,
    epochs: usize,
    device: &Device,
    told: &mut dyn FnMut(TrialEvent) -> ControlFlow<()>,
) -> Result<f64, TrainError> {
    config.check()?;
    if held_out.is_empty() {
        return Err(TrainError::NoSamples);
    }
    let input_size = input_size(samples)?;
    let mut batches = Batches::new(samples, config)?;
    let mut trainer = Trainer::new(config, batches.classes().len(), config.seed ^ (1 << 32), device);
    let epochs = epochs.clamp(1, config.iterations);
    let (mut last, mut epoch) = (None, 0);
    for step in 0..config.iterations {
        let loss = trainer.step(&batches.draw(), step)?;
        let done = (step + 1) as f32 / config.iterations as f32;
        let mut goes_on = told(TrialEvent::Step(Progress { done, loss }));
        if goes_on.is_continue() && (step + 1) * epochs / config.iterations > epoch {
            epoch = (step + 1) * epochs / config.iterations;
            let head =
                TrainedHead { classes: batches.classes().to_vec(), input_size, members: vec![trainer.weights(batches.normalisation())?] };
            let value = mean_iou(&head, held_out, device)?;
            last = Some(value);
            goes_on = told(TrialEvent::Epoch(epoch, value));
        }
        if goes_on.is_break() {
            return last.ok_or(TrainError::Cancelled);
        }
    }
    last.ok_or(TrainError::Cancelled)
}

/// Mean IoU of a head over all pixels of the images together.
///
/// # Errors
/// The device failed, or a truth has not its image's size.
pub fn mean_iou(head: &TrainedHead, images: &[HeldOut], device: &Device) -> Result<f64, TrainError> {
    let predictor = Predictor::new(head, device);
    let mut pooled = Confusion::new();
    for image in images {
        let prediction = predictor.predict(&image.features).map_err(|error| TrainError::Device(error.to_string()))?;
        pooled.add(&image.truth, &prediction.class_map).map_err(|_| TrainError::Config("truth of a held-out image"))?;
    }
    Ok(pooled.mean_iou())
}
