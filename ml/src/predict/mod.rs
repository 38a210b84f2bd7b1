//! From features and a head to a class map of the image, and how sure to be of it.

mod batch;
mod confidence;
mod derived;
mod enlarge;
mod instances;
mod shapes;
mod suggest;

use burn::tensor::{Device, activation::softmax};

pub use batch::{BatchError, predict_all};
pub use confidence::ClassConfidence;
pub use derived::{Detection, ImageClass, detections, image_classes};
pub use instances::Instances;
pub use shapes::{ShapeOptions, shapes};
pub use suggest::{Click, Suggestion, Wanted, suggest};

use crate::{
    features::{Features, Fit},
    head::{DenseHead, TrainedHead},
    models::pyramid_head::grid,
};

/// What the model says about one image.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    pub width: u32,
    pub height: u32,
    /// The most probable class of each pixel of the image, row by row; `width × height`.
    pub class_map: Vec<u8>,
    /// How good the class map probably is, from 0 to 1: the mean of [`Prediction::per_class`] over what is not background.
    pub confidence: f32,
    /// Soft intersection over union of every class that is predicted or has noticeable probability mass.
    pub per_class: Vec<ClassConfidence>,
    /// Whether nothing but background was predicted: its confidence means something else, so look at these images apart.
    pub empty: bool,
    /// Mean entropy in nats over the places that are predicted foreground or uncertain; what to label next is drawn by it.
    pub entropy: f32,
    pub(crate) probabilities: Probabilities,
}

/// Class probabilities on the head's grid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Probabilities {
    /// Class index of each column.
    pub(crate) classes: Vec<u8>,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// `height × width × classes`
    pub(crate) values: Vec<f32>,
}

/// Class probabilities on the head's grid, which covers the whole image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid<'a> {
    pub width: usize,
    pub height: usize,
    /// Class index of each column.
    pub classes: &'a [u8],
    /// `height × width × classes`
    pub values: &'a [f32],
}

/// What a head says about one image before it is enlarged to the image's own size: small, however large the image is.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    fit: Fit,
    probabilities: Probabilities,
}

impl Scores {
    /// The prediction at the image's own size. CPU work.
    #[must_use]
    pub fn enlarged(self) -> Prediction {
        let Self { fit, probabilities } = self;
        let (per_class, empty) = confidence::per_class(&probabilities);
        Prediction {
            width: fit.image_width,
            height: fit.image_height,
            class_map: enlarge::class_map(&probabilities, fit.image_width as usize, fit.image_height as usize),
            confidence: confidence::overall(&per_class, empty, &probabilities),
            per_class,
            empty,
            entropy: confidence::entropy(&probabilities),
            probabilities,
        }
    }
}

/// How unsure a model is, place by place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncertainty {
    pub width: u32,
    pub height: u32,
    /// 0 where it is sure, 255 where every class is as likely as any other; row by row.
    pub values: Vec<u8>,
}

impl Prediction {
    /// Entropy of the class probabilities in parts of the largest that is possible, on the head's grid, which covers the whole image.
    #[must_use]
    pub fn uncertainty(&self) -> Uncertainty {
        let Probabilities { classes, width, height, values } = &self.probabilities;
        let most = (classes.len().max(2) as f32).ln();
        let part = |cell: &[f32]| {
            let entropy: f32 = cell.iter().filter(|&&p| p > 0.0).map(|p| -p * p.ln()).sum();
            (255.0 * (entropy / most).clamp(0.0, 1.0)).round() as u8
        };
        Uncertainty { width: *width as u32, height: *height as u32, values: values.chunks_exact(classes.len().max(1)).map(part).collect() }
    }

    /// The class probabilities that the class map is made from.
    #[must_use]
    pub fn grid(&self) -> Grid<'_> {
        let Probabilities { classes, width, height, values } = &self.probabilities;
        Grid { width: *width, height: *height, classes, values }
    }

    /// Probability of each pixel's own class, 255 for certainty; `width × height`, row by row. CPU work.
    #[must_use]
    pub fn certainty(&self) -> Vec<u8> {
        enlarge::certainty(&self.probabilities, self.width as usize, self.height as usize)
    }
}

impl Probabilities {
    pub(crate) fn cell(&self, x: usize, y: usize) -> &[f32] {
        &self.values[(y * self.width + x) * self.classes.len()..][..self.classes.len()]
    }
}

/// Why there is no prediction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PredictError {
    #[error("the features were computed with input size {features}, the head was trained with {head}; compute the features again")]
    InputSizes { features: u32, head: u32 },
    #[error("the device failed while predicting: {0}; try again, or use the CPU")]
    Device(String),
    #[error("the head gave a probability that is not a number; train it again")]
    NotFinite,
}

/// A head ready to predict many images; cheap to make, and it may be shared between threads.
#[derive(Clone, Debug)]
pub struct Predictor {
    head: DenseHead,
    classes: Vec<u8>,
    input_size: u32,
}

impl Predictor {
    /// Puts the head's weights on a device.
    #[must_use]
    pub fn new(head: &TrainedHead, device: &Device) -> Self {
        Self { head: DenseHead::new(head, device), classes: head.classes.clone(), input_size: head.input_size }
    }

    /// Predicts one image.
    ///
    /// Probabilities are the mean over the head's members; the class map is their bilinear enlargement to the image's own size.
    ///
    /// # Errors
    /// The features don't belong to this head's input size, or the device failed.
    pub fn predict(&self, features: &Features) -> Result<Prediction, PredictError> {
        self.scores(features).map(Scores::enlarged)
    }

    /// The part of [`Predictor::predict`] that needs the head.
    ///
    /// # Errors
    /// As [`Predictor::predict`].
    pub fn scores(&self, features: &Features) -> Result<Scores, PredictError> {
        let fit = features.fit;
        let input_size = fit.canvas_width.max(fit.canvas_height);
        if input_size != self.input_size {
            return Err(PredictError::InputSizes { features: input_size, head: self.input_size });
        }
        Ok(Scores { fit, probabilities: self.probabilities(features, fit)? })
    }

    /// The input size of the features it takes.
    #[must_use]
    pub fn input_size(&self) -> u32 {
        self.input_size
    }

    fn probabilities(&self, features: &Features, fit: Fit) -> Result<Probabilities, PredictError> {
        let members = self.head.forward(features);
        let count = members.len().max(1) as f32;
        let mean =
            members.into_iter().map(|scores| softmax(scores, 1)).reduce(|sum, next| sum + next).ok_or(PredictError::NotFinite)? / count;
        let values = mean.try_into_vec_as::<f32>().map_err(|error| PredictError::Device(error.to_string()))?;
        if !values.iter().all(|value| value.is_finite()) {
            return Err(PredictError::NotFinite);
        }
        let (width, height) = grid(fit);
        Ok(Probabilities { classes: self.classes.clone(), width, height, values })
    }
}

/// Predicts one image; see [`Predictor`] for many.
///
/// # Errors
/// As [`Predictor::predict`].
pub fn predict(features: &Features, head: &TrainedHead, device: &Device) -> Result<Prediction, PredictError> {
    Predictor::new(head, device).predict(features)
}

/// The index of the largest value; the first of equal ones.
pub(crate) fn argmax(values: &[f32]) -> usize {
    values.iter().enumerate().fold((0, f32::NEG_INFINITY), |best, (at, &value)| if value > best.1 { (at, value) } else { best }).0
}
