//! Training a head on cached features; whole networks are trained in [`network`].
//!
//! Every step draws a few thousand places of a few images, gathers their features and takes one step of AdamW on cross-entropy plus soft Dice.
//! Places are drawn so that a class of frequency f counts as `1/sqrt(f)`, clipped. What is kept is a moving average of the weights.

mod batch;
pub mod network;
mod step;
mod trial;

use std::{ops::ControlFlow, sync::Arc};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use batch::Batches;
pub use batch::Target;
use step::Trainer;
pub use trial::{HeldOut, TrialEvent, mean_iou, try_head};

use crate::{features::Features, head::TrainedHead};

/// One labeled image. A flipped view of an image is another sample.
#[derive(Clone, Debug)]
pub struct Sample {
    pub features: Arc<Features>,
    pub target: Target,
}

/// How a head is trained. The defaults are the recipe that was measured best on small data sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Steps per head.
    pub iterations: usize,
    /// Images per step.
    pub images_per_step: usize,
    /// Places drawn from each of them.
    pub places_per_image: usize,
    /// Channels of the hidden layers.
    pub width: usize,
    /// Heads that are trained independently and averaged.
    pub heads: usize,
    /// First learning rate; it falls as `(1 − t)^0.9`.
    pub learning_rate: f64,
    pub weight_decay: f32,
    /// Share of input channels that are left out in each step.
    pub dropout: f32,
    /// Decay of the moving average of the weights.
    pub average: f32,
    /// Weight of soft Dice beside cross-entropy.
    pub dice: f32,
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            iterations: 200,
            images_per_step: 8,
            places_per_image: 256,
            width: 64,
            heads: 3,
            learning_rate: 3e-3,
            weight_decay: 1e-4,
            dropout: 0.1,
            average: 0.97,
            dice: 0.5,
            seed: 1,
        }
    }
}

/// How far training is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// From 0 to 1, over all heads.
    pub done: f32,
    /// Loss of the last step.
    pub loss: f32,
}

/// Why there is no head.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrainError {
    #[error("there is nothing to learn from: no labeled image, or every pixel is void; label some images first")]
    NoSamples,
    #[error("all labeled pixels have class {0}, so there is nothing to tell apart; label images that show another class too")]
    OneClass(u8),
    #[error("the samples were computed with different input sizes ({0} and {1}); compute their features again with one size")]
    InputSizes(u32, u32),
    #[error("the training setting {0} is out of range")]
    Config(&'static str),
    #[error("the loss stopped being a number at step {0}; the former model stays in use; train with a smaller learning rate")]
    Diverged(usize),
    #[error("training was cancelled; the former model stays in use")]
    Cancelled,
    #[error("the device failed while training: {0}; the former model stays in use; try again, or use the CPU")]
    Device(String),
}

/// Trains a head from scratch.
///
/// The same samples, configuration and seed give the same head on the same machine. `progress` is called after every step and may stop the
/// training. Memory: the samples, and a few megabytes for one step.
///
/// # Errors
/// There is too little to learn from, the configuration is out of range, the loss diverged, or training was cancelled.
pub fn train_head(
    samples: &[Sample],
    config: &TrainConfig,
    device: &Device,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<TrainedHead, TrainError> {
    config.check()?;
    let input_size = input_size(samples)?;
    let mut batches = Batches::new(samples, config)?;
    let mut members = Vec::with_capacity(config.heads);
    let total = (config.heads * config.iterations) as f32;
    for head in 0..config.heads {
        batches.reseed(config.seed.wrapping_mul(0x9E37_79B9).wrapping_add(head as u64));
        let mut trainer = Trainer::new(config, batches.classes().len(), config.seed ^ ((head as u64 + 1) << 32), device);
        for step in 0..config.iterations {
            let loss = trainer.step(&batches.draw(), step)?;
            let done = (head * config.iterations + step + 1) as f32 / total;
            if progress(Progress { done, loss }).is_break() {
                return Err(TrainError::Cancelled);
            }
        }
        members.push(trainer.weights(batches.normalisation())?);
    }
    Ok(TrainedHead { classes: batches.classes().to_vec(), input_size, members })
}

fn input_size(samples: &[Sample]) -> Result<u32, TrainError> {
    let size = |sample: &Sample| sample.features.fit.canvas_width.max(sample.features.fit.canvas_height);
    let first = size(samples.first().ok_or(TrainError::NoSamples)?);
    match samples.iter().map(size).find(|&other| other != first) {
        Some(other) => Err(TrainError::InputSizes(first, other)),
        None => Ok(first),
    }
}

impl TrainConfig {
    /// The defaults with some settings changed, by the names of the fields.
    ///
    /// # Errors
    /// There is no setting of a name, a value is of the wrong kind, or out of range; the text says which.
    pub fn with(settings: &serde_json::Map<String, serde_json::Value>) -> Result<Self, String> {
        let config: Self = serde_json::from_value(serde_json::Value::Object(settings.clone())).map_err(|error| error.to_string())?;
        config.check().map_err(|error| error.to_string())?;
        Ok(config)
    }

    fn check(&self) -> Result<(), TrainError> {
        let checks = [
            ("iterations", (1..=100_000).contains(&self.iterations)),
            ("images_per_step", (1..=1024).contains(&self.images_per_step)),
            ("places_per_image", (1..=65_536).contains(&self.places_per_image)),
            ("width", (1..=1024).contains(&self.width)),
            ("heads", (1..=16).contains(&self.heads)),
            ("learning_rate", self.learning_rate > 0.0 && self.learning_rate.is_finite()),
            ("weight_decay", (0.0..1.0).contains(&self.weight_decay)),
            ("dropout", (0.0..1.0).contains(&self.dropout)),
            ("average", (0.0..1.0).contains(&self.average)),
            ("dice", self.dice >= 0.0 && self.dice.is_finite()),
        ];
        match checks.iter().find(|(_, fine)| !fine) {
            Some((name, _)) => Err(TrainError::Config(name)),
            None => Ok(()),
        }
    }
}
