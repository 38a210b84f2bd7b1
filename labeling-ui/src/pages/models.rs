//! The registry of models.

use crate::{Layout, format, parts::JobRow};
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

impl ModelsPage {
    pub(crate) fn active_jobs(&self) -> Vec<JobRow> {
        self.active.iter().cloned().collect()
    }

    pub(crate) fn mode_text(&self) -> String {
        match self.mode.as_str() {
            "fixed" => "policy: fixed confidence".into(),
            "target" => format!("policy: target mean IoU {}", format::figure(self.target_miou)),
            "certified" => format!("policy: certified mean IoU {}", format::figure(self.target_miou)),
            _ => "policy: off, it only suggests".into(),
        }
    }

    pub(crate) fn labels_text(&self) -> String {
        match (self.labels, self.labels_new) {
            (0, _) => "Nothing to learn from yet: no image is labeled by people.".into(),
            (all, 0) => format!("It has learned from all {}.", format::counted(all, "labeled image", "labeled images")),
            (all, new) => format!(
                "The next training learns from {}, {} of them new.",
                format::counted(all, "labeled image", "labeled images"),
                format::count(new)
            ),
        }
    }

    pub(crate) fn machine_text(&self) -> String {
        if self.provisional + self.committed == 0 {
            return "No label in force comes from the model.".into();
        }
        format!(
            "{} by the model in force: {} provisional, {} committed.",
            format::counted(self.provisional + self.committed, "label", "labels"),
            format::count(self.provisional),
            format::count(self.committed)
        )
    }

    /// What the figures of the table mean.
    pub(crate) fn figures_text(&self) -> String {
        let Some(newest) = self.models.first() else { return String::new() };
        format!(
            "Measured on {} chosen at random and never trained on. Coverage is the share of images at or above the threshold.",
            format::counted(newest.validation_images, "held-out image", "held-out images")
        )
    }
}
