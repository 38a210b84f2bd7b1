//! Steps one after the other.

use serde::{Deserialize, Serialize};

use super::apply::apply;
use super::draws::Draws;
use super::error::{ChainError, TransformError};
use super::frame::Frame;
use super::step::{Normalize, Step};
use super::{color, copy_paste, erase, mixup, moves};
use crate::sample::Sample;
use crate::source::ItemError;

/// Changes samples. Whoever wants something that no [`Step`] does writes their own.
pub trait Transformation: Send + Sync {
    /// The changed sample. Everything that is random comes from `draws`.
    ///
    /// # Errors
    /// The sample can't be changed so.
    fn apply(&self, sample: Sample, draws: &Draws, partners: &dyn Partners) -> Result<Sample, TransformError>;
}

/// Where the second sample of a blend comes from.
pub trait Partners: Sync {
    /// Any sample of the set, as it is in the set, chosen by a random number.
    ///
    /// # Errors
    /// It can't be read.
    fn partner(&self, random: u64) -> Result<Sample, ItemError>;
}

/// A chain of steps. In a configuration file it is a list of tables, each with its `kind`.
///
/// ```
/// use labelwright_data::transform::Chain;
///
/// #[derive(serde::Deserialize)]
/// struct File {
///     transform: Chain,
/// }
/// let file: File = toml::from_str(
///     r#"
///     [[transform]]
///     kind = "resize_short"
///     size = 520
///
///     [[transform]]
///     kind = "random_crop"
///     size = [480, 480]
///     "#,
/// )?;
/// assert_eq!(file.transform.output_size(), Some([480, 480]));
/// # Ok::<(), toml::de::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Chain {
    steps: Vec<Step>,
    least_visible: f64,
}

/// The share of a box that must be left of it, as `emit_overlap_thresh` of MXNet's detection iterator.
const LEAST_VISIBLE: f64 = 0.3;

impl TryFrom<Vec<Step>> for Chain {
    type Error = ChainError;
    fn try_from(steps: Vec<Step>) -> Result<Self, ChainError> {
        Self::new(steps)
    }
}

impl From<Chain> for Vec<Step> {
    fn from(chain: Chain) -> Self {
        chain.steps
    }
}

impl Chain {
    /// Those steps, in that order.
    ///
    /// # Errors
    /// A parameter has no meaning, or `normalize` is not the last step.
    pub fn new(steps: Vec<Step>) -> Result<Self, ChainError> {
        for (at, step) in steps.iter().enumerate() {
            let wrong = |reason| ChainError { at, kind: step.kind(), reason };
            step.check().map_err(wrong)?;
            if matches!(step, Step::Normalize(_)) && at + 1 != steps.len() {
                return Err(wrong("it must be the last step, because batches are filled by it".to_owned()));
            }
        }
        Ok(Self { steps, least_visible: LEAST_VISIBLE })
    }

    /// Leaves boxes out of which less than this share is still in the picture; 0.3 without it.
    #[must_use]
    pub fn with_least_visible(self, share: f64) -> Self {
        Self { least_visible: share, ..self }
    }

    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// How batches are filled; values from 0 to 1 where the chain does not say.
    #[must_use]
    pub fn normalize(&self) -> Normalize {
        match self.steps.last() {
            Some(Step::Normalize(normalize)) => *normalize,
            _ => Normalize::UNIT,
        }
    }

    /// Width and height of every sample that comes out, where the steps fix it.
    #[must_use]
    pub fn output_size(&self) -> Option<[u32; 2]> {
        let mut size = None;
        for step in &self.steps {
            match step {
                Step::Resize(step) => size = Some(step.size.sides()),
                Step::CenterCrop(step) => size = Some(step.size.sides()),
                Step::RandomCrop(step) => size = Some(step.size.sides()),
                Step::RandomResizedCrop(step) => size = Some(step.size.sides()),
                Step::Pad(step) => size = size.map(|[w, h]: [u32; 2]| [w.max(step.size.sides()[0]), h.max(step.size.sides()[1])]),
                Step::RandomRotate90(_) => size = size.filter(|[w, h]| w == h),
                Step::RandomRotation(step) if !step.expand => {}
                Step::ResizeShort(_) | Step::ResizeLong(_) | Step::RandomResizeShort(_) | Step::RandomResizeLong(_) => size = None,
                Step::RandomScale(_) | Step::RandomAspect(_) | Step::RandomRotation(_) => size = None,
                _ => {}
            }
        }
        size
    }

    fn run(&self, steps: &[Step], sample: Sample, draws: &Draws, partners: Option<&dyn Partners>) -> Result<Sample, TransformError> {
        if sample.wrong_map().is_some() {
            return Err(TransformError::Sizes);
        }
        let mut sample = sample;
        let mut frame = Frame::new(sample.size());
        for (at, step) in steps.iter().enumerate() {
            let mut own = draws.fork(at as u64);
            if let Some(next) = moves::draw(step, frame.to, &mut own) {
                frame = match frame.then(&next) {
                    Some(frame) => frame,
                    None => {
                        sample = apply(sample, &frame, self.least_visible)?;
                        // A frame that did nothing so far takes every move.
                        Frame::new(sample.size()).then(&next).ok_or(TransformError::Squeezed)?
                    }
                };
                continue;
            }
            if step.is_geometric() || matches!(step, Step::Normalize(_)) {
                continue;
            }
            sample = apply(sample, &frame, self.least_visible)?;
            frame = Frame::new(sample.size());
            let partner = |own: &mut Draws| -> Result<Option<Sample>, TransformError> {
                let Some(partners) = partners else { return Ok(None) };
                let other = partners.partner(own.bits()).map_err(|error| TransformError::Partner(Box::new(error)))?;
                // It goes through the steps before this one by numbers of its own; it asks for no third sample.
                self.run(&steps[..at], other, &own.fork(0), None).map(Some)
            };
            match step {
                Step::Mixup(step) => {
                    if own.chance(step.p)
                        && let Some(other) = partner(&mut own)?
                    {
                        sample = mixup::mix(sample, other, own.beta(step.alpha))?;
                    }
                }
                Step::CopyPaste(step) => {
                    if own.chance(step.p)
                        && let Some(other) = partner(&mut own)?
                    {
                        copy_paste::paste(&mut sample, &other, step, &mut own, self.least_visible);
                    }
                }
                Step::RandomErasing(step) => erase::erase(&mut sample, step, &mut own),
                _ => color::change(&mut sample.picture, step, &mut own),
            }
        }
        apply(sample, &frame, self.least_visible)
    }
}

impl Transformation for Chain {
    fn apply(&self, sample: Sample, draws: &Draws, partners: &dyn Partners) -> Result<Sample, TransformError> {
        self.run(&self.steps, sample, draws, Some(partners))
    }
}
