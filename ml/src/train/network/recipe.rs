//! Everything that decides what training does, as it stands in a configuration file.

use labelwright_data::transform::{
    Chain, Step,
    step::{Flip, Normalize, Resize, Size},
};
use serde::{Deserialize, Serialize};

use super::{FitError, Loss, Optimizer, Schedule, WarmUp};
use crate::models::BackboneKind;

/// A training recipe. What is left out has the value of the default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    pub epochs: usize,
    pub batch: usize,
    /// Pictures are brought to this width and height, unless `transform` says otherwise, and always for validation.
    pub size: Size,
    pub seed: u64,
    /// Changes of training pictures; without any they are resized and mirrored half of the time. Pictures are normalised as the backbone wants it.
    pub transform: Vec<Step>,
    pub loss: Loss,
    pub optimizer: Optimizer,
    pub schedule: Schedule,
    pub warm_up: WarmUp,
    /// The backbone's normalisations keep their statistics, as batches below about 8 need.
    pub frozen_norms: bool,
    /// Ends training after so many epochs without a better mean IoU; 0 never.
    pub patience: usize,
}

impl Default for Recipe {
    fn default() -> Self {
        Self {
            epochs: 20,
            batch: 8,
            size: Size::Square(256),
            seed: 1,
            transform: Vec::new(),
            loss: Loss::default(),
            optimizer: Optimizer::default(),
            schedule: Schedule::Poly { power: 0.9 },
            warm_up: WarmUp::default(),
            frozen_norms: true,
            patience: 0,
        }
    }
}

impl Recipe {
    pub(super) fn check(&self, classes: usize) -> Result<(), FitError> {
        let sides = self.size.sides();
        let checks = [
            ("epochs", (1..=1_000_000).contains(&self.epochs)),
            ("batch", (1..=4096).contains(&self.batch)),
            ("size", sides.iter().all(|side| (32..=8192).contains(side))),
            ("warm_up.from", (0.0..=1.0).contains(&self.warm_up.from)),
        ];
        if let Some((name, _)) = checks.iter().find(|(_, fine)| !fine) {
            return Err(FitError::Setting(name));
        }
        self.loss.check(classes)?;
        self.optimizer.check()
    }

    /// The chains for training and for validation.
    pub(super) fn chains(&self, backbone: BackboneKind) -> Result<[Chain; 2], FitError> {
        let resize = Step::Resize(Resize { size: self.size });
        let mut steps = self.transform.clone();
        if steps.is_empty() {
            steps = vec![resize.clone(), Step::RandomHorizontalFlip(Flip { p: 0.5 })];
        }
        let own = backbone.normalisation();
        let normalize = Step::Normalize(Normalize { mean: own.mean, std: own.std });
        steps.retain(|step| !matches!(step, Step::Normalize(_)));
        steps.push(normalize.clone());
        Ok([Chain::new(steps)?, Chain::new(vec![resize, normalize])?])
    }
}
