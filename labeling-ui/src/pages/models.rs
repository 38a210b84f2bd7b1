//! The registry of models.

use crate::{Layout, parts::JobRow};
use askama::Template;

/// `GET /projects/{p}/models`.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "models.html")]
pub struct ModelsPage {
    pub layout: Layout,
    /// Newest first.
    pub models: Vec<ModelRow>,
    /// The training or prediction that runs or waits now.
    pub active: Option<JobRow>,
    /// Machine labels that can be withdrawn or committed.
    pub provisional: u64,
    pub committed: u64,
    /// Images with labels from people that the next training would see, and how many of them are new.
    pub labels: u64,
    pub labels_new: u64,
    /// The policy: `off`, `fixed`, `target` or `certified`, and its target mean IoU.
    pub mode: String,
    pub target_miou: f64,
    pub can_manage: bool,
}

/// One trained version.
#[derive(Clone, Debug, Default)]
pub struct ModelRow {
    pub id: String,
    pub version: u32,
    pub created_ms: i64,
    /// Images it learned from.
    pub labels: u64,
    pub train_seconds: Option<f64>,
    /// Figures on the validation images, 0 to 1.
    pub miou: Option<f64>,
    pub pixel_accuracy: Option<f64>,
    pub threshold: Option<f64>,
    /// Share of images at or above the threshold, 0 to 1.
    pub coverage: Option<f64>,
    pub validation_images: u64,
    pub per_class: Vec<ClassFigure>,
    /// Machine labels of this version that are in force.
    pub machine_labels: u64,
    /// The version that labels and suggests now.
    pub current: bool,
}

/// How well a model finds one class.
#[derive(Clone, Debug, Default)]
pub struct ClassFigure {
    pub name: String,
    /// `#rrggbb`.
    pub color: String,
    /// IoU on the validation images; `None` when the class does not occur there.
    pub iou: Option<f64>,
}
