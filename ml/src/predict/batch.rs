//! Pictures of several requests through the backbone together, each with a head of its own.

use rayon::prelude::*;

use super::{PredictError, Predictor, Scores};
use crate::extractor::{Canvas, ExtractError, Extractor};

/// Why one image of a batch has no scores.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BatchError {
    #[error(transparent)]
    Extract(#[from] ExtractError),
    #[error(transparent)]
    Predict(#[from] PredictError),
}

/// Scores of every image, in their order. The backbone is frozen, so heads of different projects share its pass.
#[must_use]
pub fn predict_all(extractor: &Extractor, jobs: &[(&Canvas, &Predictor)]) -> Vec<Result<Scores, BatchError>> {
    let canvases: Vec<&Canvas> = jobs.iter().map(|(canvas, _)| *canvas).collect();
    let features = extractor.extract_all(&canvases);
    features.into_par_iter().zip(jobs).map(|(features, (_, predictor))| Ok(predictor.scores(&features?)?)).collect()
}
