//! Work in progress: kept while it is drawn, so that it can go on at another computer and earlier states can be looked at.

use std::collections::HashSet;

use labelwright_dataset::Shape;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{FlowError, Result, blocking, bundle::raw, tasks::MAX_SHAPES};
use crate::{
    context::Context,
    store::{
        Millis, Origin, Subset, TaskKind, Tx, WriteTx, annotations, images, models, predictions,
        projects::Project,
        revisions::{self, Revision},
        tasks::{self, Task},
    },
};

/// Of drafts that follow each other faster than this, only the last is kept.
const APART_MS: i64 = 60_000;
/// At most this many drafts are kept of one person's work on one task, and so many bytes of them; the newest in any case.
const MAX_DRAFTS: usize = 100;
const MAX_BYTES: i64 = 16 << 20;
/// Longest list of revisions.
const MAX_LISTED: i64 = 200;
/// Longest name that a browser gives itself, in characters.
const MAX_DEVICE: usize = 64;

/// Work in progress as it is sent.
#[derive(Clone, Debug)]
pub struct Work {
    /// JSON list of shapes.
    pub shapes: String,
    pub seconds: f64,
    /// What it began from; without it, newer work elsewhere is not looked for.
    pub base_revision: Option<i64>,
    /// The browser that it was done in.
    pub device: Option<String>,
}

/// Newer work than what somebody wanted to store.
#[derive(Clone, Debug, Serialize)]
pub struct Newer {
    pub revision: i64,
    pub made_ms: Millis,
    pub shapes: Box<RawValue>,
}

/// A state of somebody's work, to be kept.
#[derive(Clone, Debug)]
pub struct Draft {
    /// JSON list of shapes.
    pub shapes: String,
    pub count: usize,
    pub seconds: f64,
    pub device: Option<String>,
}

/// A line in the list of a task's revisions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionView {
    pub id: Uuid,
    pub revision: i64,
    pub made_ms: Millis,
    /// Name of a person, or 'model v6'.
    pub author: String,
    /// `draft`, `submit`, `review` or `model`.
    #[schema(value_type = String)]
    pub source: &'static str,
    pub shapes_count: i64,
    pub seconds: Option<f64>,
}

/// Refuses when another of this person's browsers than `device` made a draft since the revision `base`.
///
/// # Errors
/// [`FlowError::Newer`] with that draft, or the database failed.
pub async fn refuse_newer(tx: &mut Tx, task: Uuid, user: Uuid, base: i64, device: Option<&str>) -> Result<()> {
    match revisions::newest(tx, task, user).await? {
        // What this browser sent itself is older than what it has.
        Some(newest) if newest.revision > base && (newest.device.is_none() || newest.device.as_deref() != device) => {
            let newer = Newer { revision: newest.revision, made_ms: newest.created_ms, shapes: raw(newest.shapes)? };
            Err(FlowError::Newer(Box::new(newer)))
        }
        _ => Ok(()),
    }
}

/// Keeps a draft and lets go of old ones; its revision. Drafts less than a minute apart take each other's place.
///
/// # Errors
/// The database failed.
pub async fn keep(tx: &mut WriteTx, task: &Task, user: Uuid, draft: Draft, now: Millis) -> Result<i64> {
    let known = revisions::of_person(tx, task.id, user, 2 * MAX_DRAFTS as i64).await?;
    let revision = revisions::next(tx, task.image_id).await?;
    let device = draft.device.map(|device| device.chars().take(MAX_DEVICE).collect());
    let bytes = draft.shapes.len() as i64;
    let mut gone = HashSet::new();
    if let [newest, before, ..] = known.as_slice()
        && newest.device == device
        && newest.created_ms.0 - before.created_ms.0 < APART_MS
    {
        gone.insert(newest.id);
    }
    let mut total = bytes;
    for (kept, row) in known.iter().skip(gone.len()).enumerate() {
        total += row.bytes;
        if kept + 1 >= MAX_DRAFTS || (total > MAX_BYTES && kept > 0) {
            gone.insert(row.id);
        }
    }
    for id in gone {
        revisions::delete(tx, id).await?;
    }
    let row = Revision {
        id: Uuid::now_v7(),
        task_id: task.id,
        image_id: task.image_id,
        user_id: user,
        revision,
        device,
        shapes: draft.shapes,
        bytes,
        count: draft.count as i64,
        seconds: if draft.seconds.is_finite() { draft.seconds.clamp(0.0, 86_400.0) } else { 0.0 },
        created_ms: now,
    };
    revisions::insert(tx, &row).await?;
    Ok(revision)
}

/// Stores work in progress of a held task; its revision.
///
/// # Errors
/// [`FlowError::Invalid`] when the shapes can't be read; [`FlowError::Newer`] when another of this person's browsers was there meanwhile;
/// [`FlowError::LeaseLost`] when the task is not theirs any more, in which case the draft is kept all the same.
pub async fn put(ctx: &Context, task: &Task, user: Uuid, work: Work) -> Result<i64> {
    let Work { shapes, seconds, base_revision, device } = work;
    // Half-drawn shapes need not be valid yet, but they must be shapes.
    let (shapes, count) = blocking(move || {
        let shapes: Vec<Shape> = serde_json::from_str(&shapes).map_err(|e| format!("the shapes can't be read: {e}"))?;
        if shapes.len() > MAX_SHAPES {
            return Err(format!("{} shapes are too many; at most {MAX_SHAPES} are taken for one image", shapes.len()));
        }
        Ok((serde_json::to_string(&shapes).map_err(|e| e.to_string())?, shapes.len()))
    })
    .await?
    .map_err(FlowError::Invalid)?;
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    let held = tasks::get(&mut tx, task.id).await?.ok_or(FlowError::NotFound("task"))?.is_held_by(user, now);
    if held && let Some(base) = base_revision {
        refuse_newer(&mut tx, task.id, user, base, device.as_deref()).await?;
    }
    let draft = Draft { shapes, count, seconds, device };
    let revision = keep(&mut tx, task, user, draft, now).await?;
    tx.commit().await?;
    if held { Ok(revision) } else { Err(FlowError::LeaseLost { kept: true }) }
}

/// Earlier states of a task's image, newest first: this person's own, or everybody's for who `sees_all`.
///
/// # Errors
/// The database failed.
pub async fn list(tx: &mut Tx, task: &Task, user: Uuid, sees_all: bool) -> Result<Vec<RevisionView>> {
    let drafts = if sees_all {
        revisions::of_image(tx, task.image_id, MAX_LISTED).await?
    } else {
        revisions::of_person(tx, task.id, user, MAX_LISTED).await?
    };
    let handed = revisions::handed_in(tx, task.image_id, MAX_LISTED).await?;
    let drafts = drafts.into_iter().map(|row| RevisionView {
        id: row.id,
        revision: row.revision,
        made_ms: row.created_ms,
        author: row.author.unwrap_or_else(|| "somebody".into()),
        source: "draft",
        shapes_count: row.count,
        seconds: Some(row.seconds),
    });
    let handed = handed.into_iter().filter(|row| sees_all || row.user_id == Some(user)).map(|row| RevisionView {
        id: row.id,
        revision: row.revision,
        made_ms: row.created_ms,
        author: match (row.origin, row.author) {
            (Origin::Import, _) => "import".into(),
            (Origin::Person, name) => name.unwrap_or_else(|| "somebody".into()),
        },
        source: if matches!(row.kind, None | Some(TaskKind::Label)) { "submit" } else { "review" },
        shapes_count: row.count,
        seconds: (row.origin == Origin::Person).then_some(row.seconds),
    });
    let mut all: Vec<_> = drafts.chain(handed).collect();
    if let Some(prediction) = visible_prediction(tx, task).await? {
        let version = models::get(tx, prediction.model_id).await?.map_or(0, |model| model.version);
        let count = serde_json::from_str::<Vec<serde::de::IgnoredAny>>(&prediction.shapes).map_or(0, |shapes| shapes.len());
        all.push(RevisionView {
            id: prediction.model_id,
            revision: 0,
            made_ms: prediction.created_ms,
            author: format!("model v{version}"),
            source: "model",
            shapes_count: count as i64,
            seconds: None,
        });
    }
    all.sort_by_key(|view| std::cmp::Reverse((view.made_ms, view.revision)));
    all.truncate(MAX_LISTED as usize);
    Ok(all)
}

/// The model's shapes, unless whoever has the task must not see them: validation images are labeled without the model's help.
async fn visible_prediction(tx: &mut Tx, task: &Task) -> Result<Option<predictions::Prediction>> {
    let image = images::get(tx, task.image_id).await?.ok_or(FlowError::NotFound("image"))?;
    if image.subset == Subset::Validation && task.kind == TaskKind::Label {
        return Ok(None);
    }
    Ok(predictions::get(tx, image.id).await?)
}

/// The shapes of one of the revisions that [`list`] names, as JSON.
///
/// # Errors
/// There is no such revision that this person may see, or the database failed.
pub async fn shapes(tx: &mut Tx, project: &Project, task: &Task, user: Uuid, sees_all: bool, id: Uuid) -> Result<Box<RawValue>> {
    if let Some(draft) = revisions::get(tx, id).await? {
        let mine = draft.task_id == task.id && draft.user_id == user;
        if mine || (sees_all && draft.image_id == task.image_id) {
            return raw(draft.shapes);
        }
    } else if let Some(annotation) = annotations::get(tx, id).await? {
        if annotation.project_id == project.id && annotation.image_id == task.image_id && (sees_all || annotation.user_id == Some(user)) {
            return raw(annotation.shapes);
        }
    } else if let Some(prediction) = visible_prediction(tx, task).await?.filter(|prediction| prediction.model_id == id) {
        return raw(prediction.shapes);
    }
    Err(FlowError::NotFound("revision"))
}
