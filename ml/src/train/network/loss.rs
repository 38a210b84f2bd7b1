//! What is minimised: cross-entropy in its variants and soft Dice, over the pixels that are not void.

use burn::tensor::{Device, Tensor, TensorData, activation::log_softmax};
use labelwright_data::transform::batch::SegmentationBatch;
use labelwright_dataset::VOID;
use serde::{Deserialize, Serialize};

use super::FitError;
use crate::models::Output;

/// `cross_entropy × CE + dice × (1 − soft Dice)`, and `auxiliary ×` the same of the auxiliary head (MixSoftmax of GluonCV).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Loss {
    pub cross_entropy: f32,
    pub dice: f32,
    /// Of the auxiliary head, where the network has one.
    pub auxiliary: f32,
    /// One for each class, as PyTorch's `weight`; empty means 1.
    pub class_weights: Vec<f32>,
    /// Focal loss: the cross-entropy of a pixel counts `(1 − p)^gamma`. 0 is plain cross-entropy, otherwise at least 1.
    pub focal_gamma: f32,
    pub ohem: Option<Ohem>,
}

/// Only hard pixels count: those whose true class has a probability below `threshold`, and at least about `least` of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ohem {
    pub threshold: f32,
    pub least: usize,
}

impl Default for Loss {
    fn default() -> Self {
        Self { cross_entropy: 1.0, dice: 0.0, auxiliary: 0.4, class_weights: Vec::new(), focal_gamma: 0.0, ohem: None }
    }
}

/// The true classes of a batch.
#[derive(Clone, Debug)]
pub struct Truth {
    /// `[batch, classes, height, width]`: 1 at the true class, all 0 where the pixel is void, shares where two pictures were blended.
    shares: Tensor<4>,
}

impl Truth {
    /// # Errors
    /// A mask has a class that the network does not tell apart.
    pub fn new(batch: &SegmentationBatch, classes: usize, device: &Device) -> Result<Self, FitError> {
        let [width, height] = batch.size.map(|side| side as usize);
        let plane = (width * height).max(1);
        let count = batch.masks.len() / plane;
        let mut shares = vec![0.0f32; count * classes * plane];
        let mut add = |masks: &[u8], other: bool| -> Result<(), FitError> {
            for (at, &class) in masks.iter().enumerate().filter(|(_, class)| **class != VOID) {
                let (item, pixel) = (at / plane, at % plane);
                if usize::from(class) >= classes {
                    return Err(FitError::ForeignClass { class, classes, id: batch.ids.get(item).cloned().unwrap_or_default() });
                }
                let share = batch.shares.get(item).copied().unwrap_or(1.0);
                shares[(item * classes + usize::from(class)) * plane + pixel] += if other { 1.0 - share } else { share };
            }
            Ok(())
        };
        add(&batch.masks, false)?;
        add(&batch.other_masks, true)?;
        Ok(Self { shares: Tensor::from_data(TensorData::new(shares, [count, classes, height, width]), device) })
    }
}

impl Loss {
    /// The loss of a batch; 0 if all of it is void.
    ///
    /// # Errors
    /// The device failed.
    pub fn of(&self, output: &Output, truth: &Truth) -> Result<Tensor<1>, FitError> {
        let main = self.single(output.logits.clone(), truth)?;
        match &output.auxiliary {
            Some(logits) if self.auxiliary > 0.0 => Ok(main + self.single(logits.clone(), truth)? * self.auxiliary),
            _ => Ok(main),
        }
    }

    fn single(&self, logits: Tensor<4>, truth: &Truth) -> Result<Tensor<1>, FitError> {
        let shares = if logits.device().is_autodiff() { truth.shares.clone().autodiff() } else { truth.shares.clone() };
        let log_probabilities = log_softmax(logits, 1);
        let weighted = match self.class_weights.len() {
            0 => shares.clone(),
            classes => {
                let weights =
                    Tensor::<4>::from_data(TensorData::new(self.class_weights.clone(), [1, classes, 1, 1]), &truth.shares.device());
                shares.clone() * if shares.device().is_autodiff() { weights.autodiff() } else { weights }
            }
        };
        let mut pixels = (log_probabilities.clone() * weighted.clone()).sum_dim(1).neg();
        let mut counts = weighted.sum_dim(1);
        if self.focal_gamma > 0.0 {
            let sure = (log_probabilities.clone().exp() * shares.clone()).sum_dim(1);
            pixels = pixels * (sure.neg() + 1.0).powf_scalar(self.focal_gamma);
        }
        if let Some(ohem) = self.ohem {
            let kept = ohem.kept(log_probabilities.clone(), &truth.shares)?;
            let kept = if pixels.device().is_autodiff() { kept.autodiff() } else { kept };
            (pixels, counts) = (pixels * kept.clone(), counts * kept);
        }
        let mut loss = pixels.sum() / counts.sum().clamp_min(1e-6) * self.cross_entropy;
        if self.dice > 0.0 {
            let valid = shares.clone().sum_dim(1);
            let sum = |values: Tensor<4>| values.sum_dim(0).sum_dim(2).sum_dim(3);
            let probabilities = log_probabilities.exp() * valid;
            let overlap = sum(probabilities.clone() * shares.clone());
            let dice = ((overlap * 2.0 + 1.0) / (sum(probabilities) + sum(shares) + 1.0)).mean();
            loss = loss + (dice.neg() + 1.0) * self.dice;
        }
        Ok(loss)
    }

    pub(super) fn check(&self, classes: usize) -> Result<(), FitError> {
        let fine = |value: f32| value.is_finite() && value >= 0.0;
        let checks = [
            ("loss.cross_entropy", fine(self.cross_entropy)),
            ("loss.dice", fine(self.dice) && self.cross_entropy + self.dice > 0.0),
            ("loss.auxiliary", fine(self.auxiliary)),
            ("loss.class_weights", matches!(self.class_weights.len(), 0) || self.class_weights.len() == classes),
            ("loss.class_weights", self.class_weights.iter().all(|&weight| fine(weight))),
            ("loss.focal_gamma", self.focal_gamma == 0.0 || (1.0..=10.0).contains(&self.focal_gamma)),
            ("loss.ohem", self.ohem.is_none_or(|ohem| (0.0..=1.0).contains(&ohem.threshold))),
        ];
        checks.iter().find(|(_, fine)| !fine).map_or(Ok(()), |(name, _)| Err(FitError::Setting(name)))
    }
}

impl Ohem {
    /// 1 for the pixels that count, as OpenMMLab's sampler chooses them: below the threshold, or below the probability of number `least`.
    fn kept(self, log_probabilities: Tensor<4>, shares: &Tensor<4>) -> Result<Tensor<4>, FitError> {
        let device = shares.device();
        let sure = (log_probabilities.without_autodiff().exp() * shares.clone()).sum_dim(1);
        let shape = sure.dims();
        let read = |tensor: Tensor<4>| tensor.try_into_vec_as::<f32>().map_err(|error| FitError::Device(error.to_string()));
        let (sure, valid) = (read(sure)?, read(shares.clone().sum_dim(1))?);
        let mut sorted: Vec<f32> = sure.iter().zip(&valid).filter(|(_, valid)| **valid > 0.0).map(|(sure, _)| *sure).collect();
        sorted.sort_by(f32::total_cmp);
        let limit = sorted.get(self.least.min(sorted.len().saturating_sub(1))).map_or(self.threshold, |&at| at.max(self.threshold));
        let kept: Vec<f32> = sure.iter().zip(&valid).map(|(&sure, &valid)| if valid > 0.0 && sure < limit { 1.0 } else { 0.0 }).collect();
        Ok(Tensor::from_data(TensorData::new(kept, shape), &device))
    }
}
