//! All that the editor needs to begin with a task.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{FlowError, Result};
use crate::{
    domain::{attributes::AttributeSpec, policy::Checks},
    media::Pyramid,
    store::{
        ClassKind, Millis, Subset, TaskKind, Tx, images, labels, models, predictions,
        projects::{self, ClassRow, Project},
        revisions,
        tasks::{self, Task},
    },
};

/// A class as people and programs see it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClassView {
    pub index: i64,
    pub name: String,
    /// `#rrggbb`
    pub color: String,
    pub kind: ClassKind,
    /// What it asks about each of its objects.
    #[serde(default)]
    pub attributes: Vec<AttributeSpec>,
}

impl TryFrom<ClassRow> for ClassView {
    type Error = crate::store::Error;
    fn try_from(row: ClassRow) -> Result<Self, Self::Error> {
        let attributes = row.questions()?;
        Ok(Self { index: row.idx, name: row.name, color: row.color, kind: row.kind, attributes })
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskView {
    pub id: Uuid,
    pub kind: TaskKind,
    pub image_id: Uuid,
    pub lease_until_ms: Millis,
    pub lease_seconds: u32,
    pub priority: f64,
    pub attempt: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TaskImage {
    pub id: Uuid,
    pub name: String,
    pub width: i64,
    pub height: i64,
    pub url: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Named {
    pub id: Uuid,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Suggester {
    pub version: i64,
    /// Of the whole prediction, in [0, 1].
    pub confidence: f64,
}

/// What this person may do beside the task.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct May {
    pub edit_instructions: bool,
}

/// Parts of the API that every task has; others depend on the image.
const OFFERS: [&str; 6] = ["draft", "revisions", "comments", "keymap", "instructions", "suggest"];

/// All that the editor needs to begin.
#[derive(Debug, Serialize, ToSchema)]
pub struct Bundle {
    pub task: TaskView,
    pub image: TaskImage,
    pub project: Named,
    pub classes: Vec<ClassView>,
    pub instructions: String,
    /// Counts up with every change of the instructions.
    pub instructions_version: i64,
    pub can: May,
    /// Parts of the API that the editor may use for this task beyond tasks and leases.
    #[schema(value_type = Vec<String>)]
    pub offers: Vec<&'static str>,
    /// What people are warned of before they hand in.
    pub checks: Checks,
    /// The newest draft of this person's work on the task; 0 when there is none.
    pub revision: i64,
    /// When that draft was made, and by which of their browsers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision_ms: Option<Millis>,
    pub revision_device: Option<String>,
    /// How the image is cut into tiles; absent when it is sent whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tiles: Option<Pyramid>,
    /// A gray PNG over the whole image: the brighter, the less sure the model is.
    pub uncertainty_url: Option<String>,
    /// Where to start from: a draft, or the label to be adjusted.
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
    /// The model's shapes, each with its confidence.
    #[schema(value_type = Vec<Object>)]
    pub suggestions: Box<RawValue>,
    pub model: Option<Suggester>,
    /// Tasks that wait for this person, counted up to a thousand.
    pub left: i64,
}

/// Stored JSON as it is, without parsing and writing it again.
pub(crate) fn raw(json: String) -> Result<Box<RawValue>> {
    RawValue::from_string(json).map_err(|e| crate::store::Error::Corrupt("shapes", e.to_string()).into())
}

/// Gathers what the editor needs for a task that its reader holds.
///
/// # Errors
/// The database failed, or the image is gone.
pub async fn bundle(tx: &mut Tx, project: &Project, task: &Task, user: Uuid) -> Result<Bundle> {
    let image = images::get(tx, task.image_id).await?.ok_or(FlowError::NotFound("image"))?;
    let classes = projects::classes(tx, project.id).await?;
    let draft = revisions::newest(tx, task.id, user).await?;
    let (revision, revision_ms, revision_device) =
        draft.as_ref().map_or((0, None, None), |draft| (draft.revision, Some(draft.created_ms), draft.device.clone()));
    let start = match draft {
        Some(draft) => Some(draft.shapes),
        None if task.kind == TaskKind::Label => None,
        None => labels::of_image(tx, image.id).await?.map(|label| label.shapes),
    };
    // Validation images are labeled without the model's help: whoever saw its proposal would agree with it too readily, and the figures
    // that decide how far the model is trusted would flatter it.
    let blind = image.subset == Subset::Validation && task.kind == TaskKind::Label;
    let mut uncertainty_url = None;
    let (suggestions, model) = match predictions::get(tx, image.id).await? {
        Some(prediction) if !blind => {
            let model = models::get(tx, prediction.model_id).await?;
            // The address changes with the picture behind it, so browsers may keep it for ever.
            uncertainty_url =
                prediction.uncertainty_key.map(|_| format!("/api/v1/images/{}/uncertainty.png?of={}", image.id, prediction.model_id));
            (prediction.shapes, model.map(|model| Suggester { version: model.version, confidence: prediction.confidence }))
        }
        _ => ("[]".to_owned(), None),
    };
    let tiles = Pyramid::wanted(image.width, image.height);
    let offers = OFFERS.iter().copied().chain(tiles.is_some().then_some("tiles")).chain(uncertainty_url.is_some().then_some("uncertainty"));
    let edit_instructions = projects::manages(tx, project.id, user).await?;
    Ok(Bundle {
        task: TaskView {
            id: task.id,
            kind: task.kind,
            image_id: image.id,
            lease_until_ms: task.lease_until.unwrap_or(Millis(0)),
            lease_seconds: project.policy.lease_seconds,
            priority: task.priority,
            attempt: task.attempts,
        },
        image: TaskImage {
            id: image.id,
            name: image.name,
            width: image.width,
            height: image.height,
            url: format!("/api/v1/images/{}/file", image.id),
        },
        project: Named { id: project.id, name: project.name.clone() },
        classes: classes.into_iter().map(ClassView::try_from).collect::<Result<_, _>>()?,
        instructions: project.instructions.clone(),
        instructions_version: project.instructions_version,
        can: May { edit_instructions },
        offers: offers.collect(),
        checks: project.policy.checks,
        revision,
        revision_ms,
        revision_device,
        tiles,
        uncertainty_url,
        shapes: raw(start.unwrap_or_else(|| "[]".to_owned()))?,
        suggestions: raw(suggestions)?,
        model,
        left: tasks::left(tx, project.id, user).await?,
    })
}
