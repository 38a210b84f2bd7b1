//! Handing out tasks and taking back what people did.

use labelwright_dataset::{Class, ClassKind as DatasetKind, Schema, Shape, validate};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    FlowError, Result, blocking,
    bundle::{Bundle, bundle},
    labels, revisions,
};
use crate::{
    context::Context,
    domain::attributes::check_answers,
    store::{
        ClassKind, ImageState, JobKind, Millis, Origin, TaskKind, TaskState, Tx, annotations, images, labels as label_rows,
        projects::{self, ClassRow, Project},
        revisions as revision_rows,
        tasks::{self, Task},
        users,
    },
};

/// At most this many tasks are held by one person in one project: the one on the screen and those fetched ahead.
pub const MAX_HELD: usize = 3;

/// At most this many shapes are taken for one image.
pub const MAX_SHAPES: usize = 20_000;

/// Leases the next task to a person, or gives back one that they hold already and that is not in `except`; with all that the editor needs.
/// `None` when nothing is free for them, or the project is paused.
///
/// # Errors
/// The database failed, or the person holds [`MAX_HELD`] tasks already.
pub async fn next(ctx: &Context, project: &Project, user: Uuid, except: &[Uuid]) -> Result<Option<Bundle>> {
    let now = Millis::now();
    let until = now.plus_seconds(i64::from(project.policy.lease_seconds));
    let mut tx = ctx.db.write().await?;
    let held = tasks::held(&mut tx, user, project.id, now).await?;
    if let Some(task) = held.iter().find(|task| !except.contains(&task.id)) {
        let mut task = task.clone();
        if tasks::heartbeat(&mut tx, task.id, user, now, until).await? {
            task.lease_until = Some(until);
        }
        let bundle = bundle(&mut tx, project, &task, user).await?;
        tx.commit().await?;
        return Ok(Some(bundle));
    }
    if project.paused {
        return Ok(None);
    }
    if held.len() >= MAX_HELD {
        return Err(FlowError::Conflict(format!("you hold {MAX_HELD} tasks already; submit, skip or give back one of them first")));
    }
    let mut task = tasks::lease(&mut tx, project.id, user, until).await?;
    // The clock takes back leases that ran out; nobody is told that there is nothing before it was looked for them here too.
    if task.is_none() && tasks::reclaim_expired(&mut tx, project.id, now).await? > 0 {
        task = tasks::lease(&mut tx, project.id, user, until).await?;
    }
    // Read on the connection at hand; another one would cost more than these rows.
    let bundle = match &task {
        Some(task) => Some(bundle(&mut tx, project, task, user).await?),
        None => None,
    };
    tx.commit().await?;
    Ok(bundle)
}

/// The classes of a project as the dataset crate knows them.
#[must_use]
pub fn schema(classes: &[ClassRow]) -> Schema {
    let class = |row: &ClassRow| {
        let kind = match row.kind {
            ClassKind::Thing => DatasetKind::Thing,
            ClassKind::Stuff => DatasetKind::Stuff,
        };
        Some(Class { index: u8::try_from(row.idx).ok()?, name: row.name.clone(), color: row.color.clone(), kind })
    };
    Schema { classes: classes.iter().filter_map(class).collect() }
}

/// Shapes that may be stored, and what was repaired in them.
#[derive(Clone, Debug)]
pub struct Checked {
    pub shapes: Vec<Shape>,
    /// JSON list of the shapes.
    pub json: String,
    /// One sentence a repair, with the shape's number from 1.
    pub repairs: Vec<String>,
}

/// Checks every shape for an image of that size. CPU work.
///
/// # Errors
/// Names the first shape that can't be stored and why.
pub fn check(shapes: &[Shape], width: u32, height: u32, schema: &Schema) -> Result<Checked, String> {
    if shapes.len() > MAX_SHAPES {
        return Err(format!("{} shapes are too many; at most {MAX_SHAPES} are taken for one image", shapes.len()));
    }
    let mut checked = Vec::with_capacity(shapes.len());
    let mut repairs = Vec::new();
    for (i, shape) in shapes.iter().enumerate() {
        let number = i + 1;
        let (shape, repaired) =
            validate(shape, width, height, schema, labelwright_dataset::validate::MIN_AREA).map_err(|e| format!("shape {number}: {e}"))?;
        repairs.extend(repaired.iter().map(|repair| format!("shape {number}: {repair}")));
        checked.push(shape);
    }
    let json = serde_json::to_string(&checked).map_err(|e| e.to_string())?;
    Ok(Checked { shapes: checked, json, repairs })
}

/// Checks every shape's answers to what its class asks.
///
/// # Errors
/// Names the first shape with an answer that doesn't fit.
fn check_attributes(shapes: &[Shape], classes: &[ClassRow]) -> Result<(), String> {
    let mut questions = Vec::with_capacity(classes.len());
    for class in classes {
        questions.push((class.idx, class.questions().map_err(|e| e.to_string())?));
    }
    for (i, shape) in shapes.iter().enumerate().filter(|(_, shape)| !shape.attributes.is_empty()) {
        let asked = questions.iter().find(|(class, _)| *class == i64::from(shape.class)).map_or(&[][..], |(_, specs)| specs);
        check_answers(asked, &shape.attributes).map_err(|e| format!("shape {}: {e}", i + 1))?;
    }
    Ok(())
}

/// What a person hands in.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The sender's id of this submission: sending it again changes nothing.
    pub key: Uuid,
    pub seconds: f64,
    /// JSON list of shapes.
    pub shapes: String,
    /// What the work began from; without it, newer work elsewhere is not looked for.
    pub base_revision: Option<i64>,
    /// The browser that it was done in.
    pub device: Option<String>,
}

/// What became of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    pub annotation_id: Uuid,
    pub revision: i64,
    /// What was changed in the shapes so that they could be stored.
    pub repaired: Vec<String>,
}

/// Stores a person's annotation and ends the task. When it was the last opinion wanted, the image gets its label. `tx` is where the task was
/// read; it ends before anything is written.
///
/// # Errors
/// [`FlowError::Invalid`] when a shape can't be stored; [`FlowError::LeaseLost`] when the task is no longer this person's (the shapes are
/// kept as a draft then); or the database failed, in which case nothing was stored.
pub async fn submit(ctx: &Context, mut tx: Tx, project: &Project, task: &Task, user: Uuid, submission: Submission) -> Result<Receipt> {
    let image = images::get(&mut tx, task.image_id).await?.ok_or(FlowError::NotFound("image"))?;
    let classes = projects::classes(&mut tx, project.id).await?;
    drop(tx);
    let (width, height) = (image.width as u32, image.height as u32);
    let text = submission.shapes;
    let checked = blocking(move || {
        let shapes: Vec<Shape> = serde_json::from_str(&text).map_err(|e| format!("the shapes can't be read: {e}"))?;
        check_attributes(&shapes, &classes)?;
        check(&shapes, width, height, &schema(&classes))
    })
    .await?
    .map_err(FlowError::Invalid)?;

    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    if let Some(known) = annotations::by_request(&mut tx, submission.key).await? {
        if known.user_id != Some(user) || known.task_id != Some(task.id) {
            return Err(FlowError::Conflict("this submission key was used for something else; send a new one".into()));
        }
        let repaired = serde_json::from_str(&known.repairs).unwrap_or_default();
        return Ok(Receipt { annotation_id: known.id, revision: known.revision, repaired });
    }
    if !tasks::finish(&mut tx, task.id, user, now, TaskState::Done, None).await? {
        let draft =
            revisions::Draft { shapes: checked.json, count: checked.shapes.len(), seconds: submission.seconds, device: submission.device };
        revisions::keep(&mut tx, task, user, draft, now).await?;
        tx.commit().await?;
        return Err(FlowError::LeaseLost { kept: true });
    }
    // The task is only finished if this does not fail: nothing is committed before.
    if let Some(base) = submission.base_revision {
        revisions::refuse_newer(&mut tx, task.id, user, base, submission.device.as_deref()).await?;
    }
    let revision = revision_rows::next(&mut tx, image.id).await?;
    let annotation = annotations::Annotation {
        id: Uuid::now_v7(),
        project_id: project.id,
        image_id: image.id,
        task_id: Some(task.id),
        user_id: Some(user),
        origin: Origin::Person,
        revision,
        request: submission.key,
        shapes: checked.json,
        repairs: json!(checked.repairs).to_string(),
        seconds: submission.seconds.clamp(0.0, 86_400.0),
        created_ms: now,
    };
    annotations::insert(&mut tx, &annotation).await?;
    let alone = project.policy.opinions == 1 || task.kind != TaskKind::Label;
    let last_opinion = !alone && tasks::pending(&mut tx, image.id).await? == 0;
    if alone {
        labels::accept_person(&mut tx, &annotation).await?;
    }
    tx.commit().await?;
    if last_opinion {
        labels::fuse_image(ctx, project, image.id).await?;
    }
    Ok(Receipt { annotation_id: annotation.id, revision, repaired: checked.repairs })
}

/// Ends a task without an annotation, with the reason. An image that nobody labeled is then the manager's to decide.
///
/// # Errors
/// The lease is over, or the database failed.
pub async fn skip(ctx: &Context, project: &Project, task: &Task, user: Uuid, reason: &str) -> Result<()> {
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    if !tasks::finish(&mut tx, task.id, user, now, TaskState::Skipped, Some(reason)).await? {
        return Err(FlowError::LeaseLost { kept: false });
    }
    let all = tasks::of_image(&mut tx, task.image_id).await?;
    let waiting = all.iter().any(|t| matches!(t.state, TaskState::Open | TaskState::Leased | TaskState::Parked));
    let answered = all.iter().any(|t| t.state == TaskState::Done);
    if !waiting && !answered {
        images::set_state(&mut tx, task.image_id, ImageState::Skipped).await?;
    }
    users::audit(&mut tx, Some(project.id), Some(user), "task.skip", &json!({ "task": task.id, "reason": reason }), now).await?;
    tx.commit().await?;
    if !waiting && answered {
        labels::fuse_image(ctx, project, task.image_id).await?;
    }
    Ok(())
}

/// Puts a task back into the queue, whatever became of it. The image's label from people ends, because it is asked for again.
///
/// # Errors
/// The database failed.
pub async fn reclaim(ctx: &Context, task: &Task, by: Uuid) -> Result<bool> {
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    let reopened = tasks::reopen(&mut tx, task.id).await?;
    if reopened && matches!(task.state, TaskState::Done | TaskState::Skipped | TaskState::Parked) {
        label_rows::end(&mut tx, task.image_id, now).await?;
        images::set_state(&mut tx, task.image_id, ImageState::Waiting).await?;
    }
    users::audit(&mut tx, Some(task.project_id), Some(by), "task.reclaim", &json!({ "task": task.id }), now).await?;
    tx.commit().await?;
    Ok(reopened)
}

/// A task to change an image's label, leased to `user` at once. One that this person has not finished yet is given again.
///
/// # Errors
/// The database failed.
pub async fn adjust(ctx: &Context, project: &Project, image: Uuid, user: Uuid) -> Result<Uuid> {
    let now = Millis::now();
    let until = now.plus_seconds(i64::from(project.policy.lease_seconds));
    let mut tx = ctx.db.write().await?;
    let begun = tasks::of_image(&mut tx, image).await?.into_iter().find(|task| {
        task.kind == TaskKind::Adjust && task.assigned_to == Some(user) && matches!(task.state, TaskState::Open | TaskState::Leased)
    });
    if let Some(task) = begun
        && (tasks::heartbeat(&mut tx, task.id, user, now, until).await? || {
            tasks::release(&mut tx, task.id, user).await?;
            tasks::take(&mut tx, task.id, user, until).await?
        })
    {
        tx.commit().await?;
        return Ok(task.id);
    }
    let task = tasks::NewTask {
        id: Uuid::now_v7(),
        project_id: project.id,
        image_id: image,
        kind: TaskKind::Adjust,
        slot: tasks::next_slot(&mut tx, image).await?,
        state: TaskState::Open,
        priority: 1.0,
    };
    tasks::insert(&mut tx, &task, now).await?;
    tasks::assign(&mut tx, task.id, Some(user)).await?;
    tasks::take(&mut tx, task.id, user, until).await?;
    tx.commit().await?;
    Ok(task.id)
}

/// Whether a project's policy asks for a training now.
///
/// # Errors
/// The database failed.
pub async fn training_due(tx: &mut Tx, project: &Project, now: Millis) -> Result<bool> {
    let policy = &project.policy;
    if project.paused || crate::store::jobs::pending(tx, project.id, JobKind::Train).await?.is_some() {
        return Ok(false);
    }
    let last = crate::store::jobs::last_of_kind(tx, project.id, JobKind::Train).await?.unwrap_or(Millis(0));
    let new = label_rows::new_since(tx, project.id, last).await?;
    let enough = policy.retrain_after_labels > 0 && new >= i64::from(policy.retrain_after_labels);
    let late = policy.retrain_every_minutes > 0 && new > 0 && now >= last.plus_seconds(60 * i64::from(policy.retrain_every_minutes));
    Ok(enough || late)
}
