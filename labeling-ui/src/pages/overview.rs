//! A project at a glance.

use crate::{
    Layout,
    charts::{RoundsChart, ThresholdChart},
    format,
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
    /// Mean IoU on the validation images at or above the threshold. Several thresholds may label the same share, so the curve alone
    /// doesn't tell it.
    pub miou: Option<f64>,
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

impl OverviewPage {
    /// What decides the threshold.
    pub(crate) fn policy_text(&self) -> String {
        let Some(view) = &self.threshold else { return String::new() };
        match (view.mode.as_str(), view.target, view.threshold) {
            ("off", ..) => format!("v{} only suggests; the policy is off", view.model_version),
            ("fixed", _, Some(t)) => format!("fixed at confidence {}", format::figure(t)),
            (_, Some(target), None) => format!("target mean IoU {} is not reached yet", format::figure(target)),
            (_, Some(target), _) => format!("target mean IoU {}", format::figure(target)),
            _ => format!("model v{}", view.model_version),
        }
    }

    pub(crate) fn threshold_chart(&self) -> Option<ThresholdChart> {
        self.threshold.as_ref().filter(|view| !view.curve.is_empty()).map(ThresholdChart::new)
    }

    pub(crate) fn rounds_chart(&self) -> Option<RoundsChart> {
        (!self.rounds.is_empty()).then(|| RoundsChart::new(&self.rounds))
    }

    /// When the first training starts.
    pub(crate) fn training_text(&self) -> String {
        match self.retrain_after_labels.checked_sub(self.labels_since_training) {
            Some(left) if left > 0 => {
                format!("The first training starts by itself after {} by people.", format::counted(left, "more label", "more labels"))
            }
            _ if self.retrain_after_labels > 0 => "There are enough labels; the first training starts soon.".into(),
            _ => "Training starts at the push of a button, under Models.".into(),
        }
    }

    /// The workers of the jobs that run, or what it takes to the next training.
    pub(crate) fn worker_text(&self) -> String {
        match self.jobs.iter().find(|job| job.state == "running").and_then(|job| job.worker.as_deref()) {
            Some(worker) => format!("worker {worker}"),
            None if self.retrain_after_labels > 0 => {
                format!(
                    "{} of {} new labels to the next training",
                    format::count(self.labels_since_training),
                    format::count(self.retrain_after_labels)
                )
            }
            None => String::new(),
        }
    }
}
