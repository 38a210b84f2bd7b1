//! How annotations and predictions become labels, and how labels end.

use bytes::Bytes;
use labelwright_dataset::{Shape, paint};
use serde_json::json;
use uuid::Uuid;

use super::{FlowError, Result, blocking, tasks::schema};
use crate::{
    blobs::Kind,
    context::Context,
    domain::{
        fusion::{FusionOptions, Method, Opinion, WorkerSkills, fuse},
        policy::Fusion,
    },
    store::{
        Error, ImageState, LabelSource, LabelStatus, Millis, Origin, TaskState, WriteTx,
        annotations::{self, Annotation},
        images,
        labels::{self, Label},
        predictions::Prediction,
        projects::{self, Project},
        tasks, users,
    },
};

/// Below this mean IoU between the opinions, their fusion is not believed and the image is set aside for a person.
pub const DISAGREEMENT: f64 = 0.5;

/// One person's annotation becomes the label as it is.
///
/// # Errors
/// The database failed.
pub async fn accept_person(tx: &mut WriteTx, annotation: &Annotation) -> Result<()> {
    let source = if annotation.origin == Origin::Import { LabelSource::Import } else { LabelSource::People };
    let label = Label {
        id: Uuid::now_v7(),
        project_id: annotation.project_id,
        image_id: annotation.image_id,
        source,
        status: LabelStatus::Committed,
        confidence: None,
        agreement: None,
        model_id: None,
        shapes: annotation.shapes.clone(),
        mask_key: None,
        created_ms: annotation.created_ms,
    };
    labels::replace(tx, &label).await?;
    images::set_state(tx, annotation.image_id, ImageState::Done).await?;
    Ok(())
}

/// Fuses the newest opinion of each person on an image into its label.
///
/// # Errors
/// The database failed; the opinions are kept, and the image is fused later.
pub async fn fuse_image(ctx: &Context, project: &Project, image: Uuid) -> Result<()> {
    let mut tx = ctx.db.read().await?;
    let row = images::get(&mut tx, image).await?.ok_or(FlowError::NotFound("image"))?;
    let classes = projects::classes(&mut tx, project.id).await?;
    let opinions = annotations::to_fuse(&mut tx, image).await?;
    let before = labels::of_image(&mut tx, image).await?;
    let skills = projects::skills(&mut tx, project.id).await?;
    drop(tx);
    if opinions.is_empty() {
        return Ok(());
    }
    let skills: WorkerSkills = serde_json::from_str(&skills).map_err(|e| Error::Corrupt("the skills of workers", e.to_string()))?;
    let method = match project.policy.fusion {
        Fusion::Weighted => Method::Weighted,
        Fusion::Majority => Method::Majority,
    };
    let options = FusionOptions { method, quorum: project.policy.quorum, ..FusionOptions::default() };
    let (width, height) = (row.width as u32, row.height as u32);
    let fused = blocking(move || {
        let mut parsed: Vec<(Uuid, Vec<Shape>)> = Vec::with_capacity(opinions.len());
        for opinion in &opinions {
            let shapes = serde_json::from_str(&opinion.shapes).map_err(|e| e.to_string())?;
            parsed.push((opinion.user_id.unwrap_or(Uuid::nil()), shapes));
        }
        let opinions: Vec<Opinion<'_>> = parsed.iter().map(|(worker, shapes)| Opinion { worker: *worker, shapes }).collect();
        fuse(&opinions, width, height, &schema(&classes), &options, &skills).map_err(|e| e.to_string())
    })
    .await?
    .map_err(|e| Error::Corrupt("annotations", e))?;

    let now = Millis::now();
    let agreement = f64::from(fused.agreement);
    let disagree = agreement < DISAGREEMENT;
    let label = Label {
        id: Uuid::now_v7(),
        project_id: project.id,
        image_id: image,
        source: LabelSource::People,
        status: if disagree { LabelStatus::Provisional } else { LabelStatus::Committed },
        confidence: fused.confidence.map(f64::from),
        agreement: Some(agreement),
        model_id: None,
        shapes: serde_json::to_string(&fused.shapes).map_err(|e| Error::Corrupt("a fused label", e.to_string()))?,
        mask_key: None,
        created_ms: now,
    };
    let mut tx = ctx.db.write().await?;
    // An image teaches about its workers once, however often it is fused.
    if before.is_none_or(|label| label.source != LabelSource::People) {
        let text = projects::skills_for_update(&mut tx, project.id).await?;
        let mut skills: WorkerSkills = serde_json::from_str(&text).map_err(|e| Error::Corrupt("the skills of workers", e.to_string()))?;
        skills.learn(&fused.evidence);
        let text = serde_json::to_string(&skills).map_err(|e| Error::Corrupt("the skills of workers", e.to_string()))?;
        projects::set_skills(&mut tx, project.id, &text).await?;
    }
    labels::replace(&mut tx, &label).await?;
    images::set_state(&mut tx, image, if disagree { ImageState::Disagree } else { ImageState::Done }).await?;
    tx.commit().await?;
    Ok(())
}

/// Fuses what was left over when the server stopped between the last opinion and the fusion.
///
/// # Errors
/// The database failed.
pub async fn fuse_left_over(ctx: &Context, project: &Project) -> Result<usize> {
    let waiting = images::to_fuse(&mut ctx.db.read().await?, project.id, 100).await?;
    for image in &waiting {
        fuse_image(ctx, project, *image).await?;
    }
    Ok(waiting.len())
}

/// The model's label becomes the image's provisional label. `false` when people's work goes first: the image has a label from people, a
/// committed one, or somebody is at it right now.
///
/// # Errors
/// The database failed.
pub async fn accept_model(tx: &mut WriteTx, prediction: &Prediction, now: Millis) -> Result<bool> {
    let image = prediction.image_id;
    if !model_may_decide(tx, image, now).await? {
        return Ok(false);
    }
    let label = Label {
        id: Uuid::now_v7(),
        project_id: prediction.project_id,
        image_id: image,
        source: LabelSource::Model,
        status: LabelStatus::Provisional,
        confidence: Some(prediction.confidence),
        agreement: None,
        model_id: Some(prediction.model_id),
        shapes: prediction.shapes.clone(),
        mask_key: None,
        created_ms: now,
    };
    labels::replace(tx, &label).await?;
    images::set_state(tx, image, ImageState::Machine).await?;
    tasks::park(tx, image).await?;
    Ok(true)
}

/// The model is not sure enough: the image goes (back) to people, with a new priority. `false` when there is nothing to decide.
///
/// # Errors
/// The database failed.
pub async fn decline_model(tx: &mut WriteTx, image: Uuid, priority: f64, now: Millis) -> Result<bool> {
    if !model_may_decide(tx, image, now).await? {
        return Ok(false);
    }
    if labels::withdraw_machine(tx, image, now).await? {
        images::set_state(tx, image, ImageState::Waiting).await?;
    }
    tasks::unpark(tx, image).await?;
    tasks::set_image_priority(tx, image, priority).await?;
    Ok(true)
}

async fn model_may_decide(tx: &mut WriteTx, image: Uuid, now: Millis) -> Result<bool> {
    if let Some(label) = labels::of_image(tx, image).await?
        && (label.source != LabelSource::Model || label.status == LabelStatus::Committed)
    {
        return Ok(false);
    }
    let tasks = tasks::of_image(tx, image).await?;
    let busy = tasks.iter().any(|task| match task.state {
        TaskState::Leased => task.lease_until.is_some_and(|until| until > now),
        TaskState::Done | TaskState::Skipped => true,
        TaskState::Open | TaskState::Parked => false,
    });
    Ok(!busy)
}

/// Withdraws every provisional machine label of a project and opens its tasks again; how many there were.
///
/// # Errors
/// The database failed; what was withdrawn before stays so.
pub async fn withdraw(ctx: &Context, project: Uuid, by: Uuid) -> Result<u64> {
    let mut withdrawn = 0;
    loop {
        let now = Millis::now();
        let mut tx = ctx.db.write().await?;
        let page = labels::machine_labeled(&mut tx, project, Uuid::nil(), 500).await?;
        for image in &page {
            labels::withdraw_machine(&mut tx, *image, now).await?;
            images::set_state(&mut tx, *image, ImageState::Waiting).await?;
            tasks::unpark(&mut tx, *image).await?;
        }
        withdrawn += page.len() as u64;
        if page.is_empty() {
            users::audit(&mut tx, Some(project), Some(by), "labels.withdraw", &json!({ "withdrawn": withdrawn }), now).await?;
        }
        tx.commit().await?;
        if page.is_empty() {
            return Ok(withdrawn);
        }
    }
}

/// Commits every provisional machine label of a project; how many there were.
///
/// # Errors
/// The database failed; nothing was committed then.
pub async fn commit(ctx: &Context, project: Uuid, by: Uuid) -> Result<u64> {
    let mut tx = ctx.db.write().await?;
    let committed = labels::commit_machine(&mut tx, project).await?;
    users::audit(&mut tx, Some(project), Some(by), "labels.commit", &json!({ "committed": committed }), Millis::now()).await?;
    tx.commit().await?;
    Ok(committed)
}

/// The class map of a label as an 8-bit PNG, drawn when it is first asked for and kept as a blob from then on.
///
/// # Errors
/// The database or the blobs failed.
pub async fn mask_png(ctx: &Context, label: Uuid, mask_key: Option<&str>, shapes: &str, width: u32, height: u32) -> Result<Bytes> {
    if let Some(key) = mask_key {
        return Ok(ctx.blobs.get(key).await?);
    }
    let shapes: Vec<Shape> = serde_json::from_str(shapes).map_err(|e| Error::Corrupt("a label's shapes", e.to_string()))?;
    let png = blocking(move || {
        let map = paint(&shapes, width, height);
        labelwright_dataset::formats::png_masks::png_gray8(map.width, map.height, &map.classes)
    })
    .await?
    .map_err(|e| Error::Corrupt("a label's mask", e.to_string()))?;
    let png = Bytes::from(png);
    let key = ctx.blobs.put(Kind::Mask, "png", png.clone()).await?;
    let mut tx = ctx.db.write().await?;
    labels::set_mask(&mut tx, label, &key).await?;
    tx.commit().await?;
    Ok(png)
}
