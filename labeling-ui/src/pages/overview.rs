//! A project at a glance.

use crate::{
    Layout,
    charts::{RoundsChart, ThresholdChart},
    parts::{JobRow, PersonRow, Progress},
};
use askama::Template;

/// `GET /projects/{p}`. The page script listens to `/api/v1/projects/{p}/events` and keeps the numbers, people and jobs up to date; when a
/// training or prediction ends it fetches this page again and takes over the charts.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    pub layout: Layout,
    pub paused: bool,
    pub progress: Progress,
    /// How the current model's auto-label threshold came about; `None` before the first model.
    pub threshold: Option<ThresholdView>,
    /// Every model so far, oldest first.
    pub rounds: Vec<Round>,
    /// Random images held out from training; the figures are measured on them.
    pub validation_images: u64,
    pub people: Vec<PersonRow>,
    /// Newest first, at most ten.
    pub jobs: Vec<JobRow>,
    /// New labels by people since the last training, and after how many it starts again (0: never by itself).
    pub labels_since_training: u64,
    pub retrain_after_labels: u64,
}

/// Coverage against quality of the current model on the validation images.
#[derive(Clone, Debug, Default)]
pub struct ThresholdView {
    pub model_version: u32,
    /// `off`, `fixed`, `target` or `certified`.
    pub mode: String,
    /// The target mean IoU.
    pub target: Option<f64>,
    /// The chosen lowest confidence; `None` when no threshold reaches the target.
    pub threshold: Option<f64>,
    /// Share of images at or above the threshold, 0 to 1.
    pub coverage: Option<f64>,
    /// `(coverage, mean IoU)`, both 0 to 1, by rising coverage.
    pub curve: Vec<(f64, f64)>,
}

/// A model as a point of the quality chart.
#[derive(Clone, Debug, Default)]
pub struct Round {
    pub version: u32,
    /// Mean IoU on the validation images.
    pub miou: f64,
    /// Images labeled by people it was trained on.
    pub labels: u64,
}
