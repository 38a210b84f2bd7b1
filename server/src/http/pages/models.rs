//! The registry of models.

use actix_web::HttpResponse;
use labelwright_ui::{
    Section,
    pages::{
        ModelsPage,
        models::{ClassFigure, ModelRow},
    },
};
use serde::Deserialize;

use super::{
    html, view,
    visit::{Member, count, number},
};
use crate::{
    domain::policy::Mode,
    http::error::Result,
    store::{
        JobKind, JobState, LabelSource, LabelStatus, Millis, Role, jobs, labels,
        models::{self, Model},
        projects::{self, ClassRow},
    },
};

const MODELS: i64 = 50;

/// What was measured about a model; all of it is absent until its first prediction is done.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Figures {
    pub miou: Option<f64>,
    pub pixel_accuracy: Option<f64>,
    pub coverage: Option<f64>,
    pub validation_images: u64,
    pub per_class: Vec<PerClass>,
    /// Coverage, mean IoU and what else is known of each threshold.
    curve: Vec<Vec<f64>>,
}

/// IoU of one class on the validation images.
#[derive(Clone, Debug, Deserialize)]
pub struct PerClass {
    pub class: i64,
    #[serde(default)]
    pub name: String,
    pub iou: Option<f64>,
}

impl Figures {
    /// `(coverage, mean IoU)` by rising coverage.
    pub fn curve(&self) -> Vec<(f64, f64)> {
        self.curve.iter().filter_map(|point| Some((*point.first()?, *point.get(1)?))).collect()
    }

    /// Mean IoU of the validation images at or above a confidence, if it is one of those on the curve.
    pub fn miou_at(&self, confidence: f64) -> Option<f64> {
        let at = |point: &&Vec<f64>| point.get(2).is_some_and(|at| (at - confidence).abs() < 1e-9);
        self.curve.iter().find(at)?.get(1).copied()
    }

    /// Figures that can't be read are as good as none: the page stands without them.
    pub fn of(model: &Model) -> Self {
        serde_json::from_str(&model.figures).unwrap_or_else(|error| {
            tracing::warn!(model = %model.id, %error, "the figures of a model can't be read");
            Self::default()
        })
    }
}

pub fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::Off => "off",
        Mode::Fixed => "fixed",
        Mode::Target => "target",
        Mode::Certified => "certified",
    }
}

/// `GET /projects/{project}/models`.
pub async fn page(mut member: Member) -> Result<HttpResponse> {
    let layout = member.layout(Section::Models, "Models").await?;
    let (id, tx) = (member.project.id, &mut member.tx);
    let found = models::list(tx, id, MODELS).await?;
    let in_force = labels::by_model(tx, id).await?;
    let counts = labels::counts(tx, id).await?;
    let classes = projects::classes(tx, id).await?;
    let trained = jobs::last_of_kind(tx, id, JobKind::Train).await?.unwrap_or(Millis(0));
    let labels = labels::train_labeled(tx, id).await?;
    let labels_new = labels::new_since(tx, id, trained).await?;
    let active = jobs::list(tx, id, 10)
        .await?
        .into_iter()
        .find(|job| matches!(job.kind, JobKind::Train | JobKind::Predict) && matches!(job.state, JobState::Running | JobState::Queued));
    let machine =
        |status| counts.iter().filter(|row| row.source == LabelSource::Model && row.status == status).map(|row| count(row.n)).sum::<u64>();
    let current = found.first().map(|model| model.id);
    let rows = found.iter().map(|model| {
        let labels = in_force.iter().find(|row| row.model_id == model.id).map_or(0, |row| count(row.n));
        row(model, &classes, labels, Some(model.id) == current)
    });
    html(&ModelsPage {
        layout,
        models: rows.collect(),
        active: active.map(view::job),
        provisional: machine(LabelStatus::Provisional),
        committed: machine(LabelStatus::Committed),
        labels: count(labels),
        // Labels of validation images are new too, but nothing is learned from them.
        labels_new: count(labels_new.min(labels)),
        mode: mode_word(member.project.policy.mode).to_owned(),
        target_miou: member.project.policy.target_miou,
        can_manage: member.role.covers(Role::Manager),
    })
}

fn row(model: &Model, classes: &[ClassRow], machine_labels: u64, current: bool) -> ModelRow {
    let figures = Figures::of(model);
    let per_class = figures.per_class.iter().map(|figure| {
        let class = classes.iter().find(|class| class.idx == figure.class);
        ClassFigure {
            name: class.map_or_else(|| figure.name.clone(), |class| class.name.clone()),
            color: class.map_or_else(|| "#888888".to_owned(), |class| class.color.clone()),
            iou: figure.iou,
        }
    });
    ModelRow {
        id: model.id.to_string(),
        version: number(model.version),
        created_ms: model.created_ms.0,
        labels: count(model.labels),
        train_seconds: Some(model.train_seconds),
        miou: figures.miou,
        pixel_accuracy: figures.pixel_accuracy,
        threshold: model.threshold,
        coverage: figures.coverage,
        validation_images: figures.validation_images,
        per_class: per_class.collect(),
        machine_labels,
        current,
    }
}
