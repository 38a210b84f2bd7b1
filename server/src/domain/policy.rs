//! How much the model may do in a project.

use serde::{Deserialize, Serialize};

use super::tuning::HeadSettings;

/// How the confidence threshold for machine labels is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The model only suggests inside the editor.
    Off,
    /// Confidence at or above the number that the manager set.
    Fixed,
    /// The lowest confidence at which the mean IoU of the validation images reaches the target.
    #[default]
    Target,
    /// With a statistical certificate. It has its place here; no project can choose it yet.
    Certified,
}

/// How several opinions become one label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fusion {
    /// Weighted by each worker's measured skill in each class.
    #[default]
    Weighted,
    Majority,
}

/// What people are warned of before they hand an image in. The warnings can be overruled: only a person knows what is right.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Checks {
    /// More than this share of the image, in [0, 1], has no label; null is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unlabeled: Option<f64>,
    /// Shapes of less than this many pixels; null is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiny: Option<f64>,
    /// Objects that share more than this part of the smaller one's pixels, in [0, 1]; null is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<f64>,
    /// Objects without an answer to a required attribute.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub attributes: bool,
}

/// A project's labeling policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    pub mode: Mode,
    /// Confidence in [0, 1] for mode `fixed`.
    pub threshold: f64,
    /// Mean IoU in [0, 1] for modes `target` and `certified`.
    pub target_miou: f64,
    /// How many people label each image.
    pub opinions: u8,
    /// Weighted share of opinions that must have an object for it to be kept.
    pub quorum: f64,
    pub fusion: Fusion,
    /// Share of images kept for validation: labeled by people, never trained on.
    pub validation_share: f64,
    /// Retrain after so many new labels; 0 is never.
    pub retrain_after_labels: u32,
    /// Retrain every so many minutes when there are new labels; 0 is never.
    pub retrain_every_minutes: u32,
    /// How long a task stays with a person who gives no sign of life.
    pub lease_seconds: u32,
    /// Share of the queue that is drawn at random instead of by usefulness.
    pub random_share: f64,
    /// Long side in pixels at which the model sees an image; a multiple of 32.
    pub input_size: u32,
    /// Allowed chance that a certificate is wrong.
    pub certificate_delta: f64,
    pub checks: Checks,
    /// How models are trained where it differs from the usual, by the names of the settings: `learning_rate`, `width`, …
    #[serde(skip_serializing_if = "HeadSettings::is_empty")]
    #[schema(value_type = Object)]
    pub head: HeadSettings,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Target,
            threshold: 0.9,
            target_miou: 0.85,
            opinions: 1,
            quorum: 0.5,
            fusion: Fusion::Weighted,
            validation_share: 0.2,
            retrain_after_labels: 20,
            retrain_every_minutes: 0,
            lease_seconds: 1800,
            random_share: 0.25,
            input_size: 256,
            certificate_delta: 0.05,
            checks: Checks::default(),
            head: HeadSettings::new(),
        }
    }
}

impl Policy {
    /// # Errors
    /// What is wrong with the first value that can't be, in words for the manager.
    pub fn check(&self) -> Result<(), String> {
        let unit = |name: &str, value: f64| {
            if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(format!("{name} must be between 0 and 1, not {value}")) }
        };
        if self.mode == Mode::Certified {
            return Err("mode 'certified' is not available yet; choose off, fixed or target".into());
        }
        unit("threshold", self.threshold)?;
        unit("target_miou", self.target_miou)?;
        unit("quorum", self.quorum)?;
        unit("random_share", self.random_share)?;
        unit("certificate_delta", self.certificate_delta)?;
        if let Some(share) = self.checks.unlabeled {
            unit("checks.unlabeled", share)?;
        }
        if let Some(share) = self.checks.overlap {
            unit("checks.overlap", share)?;
        }
        if let Some(pixels) = self.checks.tiny.filter(|pixels| !(0.0..=1e9).contains(pixels)) {
            return Err(format!("checks.tiny must be a number of pixels, not {pixels}"));
        }
        if !(0.0..=0.9).contains(&self.validation_share) {
            return Err(format!("validation_share must be between 0 and 0.9, not {}", self.validation_share));
        }
        if !(1..=9).contains(&self.opinions) {
            return Err(format!("opinions must be between 1 and 9, not {}", self.opinions));
        }
        if !(30..=86_400).contains(&self.lease_seconds) {
            return Err(format!("lease_seconds must be between 30 and 86400, not {}", self.lease_seconds));
        }
        if !(64..=1024).contains(&self.input_size) || !self.input_size.is_multiple_of(32) {
            return Err(format!("input_size must be a multiple of 32 between 64 and 1024, not {}", self.input_size));
        }
        labelwright_ml::train::TrainConfig::with(&self.head).map(drop).map_err(|error| format!("head: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_allowed_and_bad_numbers_are_named() {
        assert_eq!(Policy::default().check(), Ok(()));
        let certified = Policy { mode: Mode::Certified, ..Policy::default() };
        assert!(certified.check().unwrap_err().contains("not available yet"));
        let nan = Policy { threshold: f64::NAN, ..Policy::default() };
        assert!(nan.check().unwrap_err().starts_with("threshold"));
        let odd = Policy { input_size: 250, ..Policy::default() };
        assert!(odd.check().unwrap_err().starts_with("input_size"));
    }

    #[test]
    fn missing_fields_take_their_defaults_and_unknown_ones_are_refused() {
        let policy: Policy = serde_json::from_str(r#"{"mode":"fixed","threshold":0.8}"#).unwrap();
        assert_eq!((policy.mode, policy.threshold, policy.opinions), (Mode::Fixed, 0.8, 1));
        assert!(serde_json::from_str::<Policy>(r#"{"treshold":0.8}"#).is_err());
    }
}
