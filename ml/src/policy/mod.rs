//! Which machine labels are accepted, and which images people should label next.

pub mod acquisition;
pub mod threshold;

pub use acquisition::{AcquisitionConfig, Candidate, rank};
pub use threshold::{CurvePoint, Scored, Threshold, curve, target_threshold};

/// How much the model may do in a project.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Mode {
    /// The model only suggests inside the editor.
    #[default]
    Off,
    /// Images at or above a confidence that a person chose. Promises nothing.
    Fixed { threshold: f64 },
    /// Images at or above the lowest confidence at which the validation images reach a mean IoU: SageMaker Ground Truth's rule. It holds on
    /// average only, because the threshold is chosen on the very images it is judged by.
    Target { mean_iou: f64 },
    /// With probability at least 1 − `delta` the mean IoU of the accepted labels is at least `mean_iou`.
    Certified { mean_iou: f64, delta: f64 },
}

/// What to do with one machine label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The label may stand.
    Accept,
    /// A person must look at the image.
    AskPeople,
}

/// Why a mode has no threshold.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum PolicyError {
    #[error("{name} is {value}, but must lie between 0 and 1; nothing was accepted; set it in the project's policy")]
    OutOfRange { name: &'static str, value: f64 },
    #[error("certified labels are not available in this version; nothing was accepted; choose the mode 'target' or 'fixed'")]
    NotCertifiable,
}

impl Mode {
    /// The lowest confidence that is accepted, from validation images that the model never saw; `None` if nothing may be accepted.
    ///
    /// # Errors
    /// A setting is out of range, or the mode is not available.
    pub fn threshold(&self, validation: &[Scored]) -> Result<Option<f64>, PolicyError> {
        let checked =
            |name, value: f64| if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(PolicyError::OutOfRange { name, value }) };
        match *self {
            Self::Off => Ok(None),
            Self::Fixed { threshold } => checked("the threshold", threshold).map(Some),
            Self::Target { mean_iou } => {
                let target = checked("the target", mean_iou)?;
                Ok(target_threshold(validation, target).map(|threshold| threshold.confidence))
            }
            Self::Certified { .. } => Err(PolicyError::NotCertifiable),
        }
    }
}

/// Accepts a label whose confidence is at or above the threshold. Without a threshold, and for a confidence that is not a number, people decide.
#[must_use]
pub fn decide(confidence: f64, threshold: Option<f64>) -> Decision {
    if threshold.is_some_and(|threshold| confidence >= threshold) { Decision::Accept } else { Decision::AskPeople }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mode_has_its_threshold() {
        let validation = [Scored { confidence: 0.9, iou: 0.95 }, Scored { confidence: 0.5, iou: 0.4 }];
        assert_eq!(Mode::Off.threshold(&validation), Ok(None));
        assert_eq!(Mode::Fixed { threshold: 0.7 }.threshold(&validation), Ok(Some(0.7)));
        assert_eq!(Mode::Target { mean_iou: 0.9 }.threshold(&validation), Ok(Some(0.9)));
        assert_eq!(Mode::Target { mean_iou: 0.99 }.threshold(&validation), Ok(None));
        assert_eq!(Mode::Certified { mean_iou: 0.9, delta: 0.05 }.threshold(&validation), Err(PolicyError::NotCertifiable));
        assert!(matches!(Mode::Fixed { threshold: f64::NAN }.threshold(&[]), Err(PolicyError::OutOfRange { .. })));
    }

    #[test]
    fn in_doubt_people_decide() {
        assert_eq!(decide(0.8, Some(0.8)), Decision::Accept);
        assert_eq!(decide(0.79, Some(0.8)), Decision::AskPeople);
        assert_eq!(decide(1.0, None), Decision::AskPeople);
        assert_eq!(decide(f64::NAN, Some(0.0)), Decision::AskPeople);
    }
}
