//! Labels that come with a dataset.

use labelwright_dataset::Shape;
use serde_json::json;
use uuid::Uuid;

use super::{
    FlowError, Result, blocking,
    labels::accept_person,
    tasks::{check, schema},
};
use crate::{
    context::Context,
    store::{
        ImageState, LabelSource, LabelStatus, Millis, Origin, TaskState, annotations, images,
        labels::{self, Label},
        projects, revisions, tasks,
    },
};

/// Who said a label in the dataset that it comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Said {
    /// A machine, and no person has confirmed it: the label stays provisional.
    pub machine: bool,
    /// In [0, 1].
    pub confidence: Option<f32>,
    /// Width and height of the picture that the shapes were drawn on, in pixels, where that is known.
    pub size: Option<(u32, u32)>,
}

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    Labeled,
    /// The image has a label already; it stays.
    Kept,
}

/// Makes shapes from elsewhere the label of an image that has none. Shapes are checked and repaired like those that people hand in.
///
/// # Errors
/// A shape can't be stored ([`FlowError::Invalid`] says which and why), the image is gone, or the database failed; nothing was stored then.
pub async fn import_label(ctx: &Context, image: Uuid, shapes: Vec<Shape>, said: Said) -> Result<Imported> {
    let mut tx = ctx.db.read().await?;
    let row = images::get(&mut tx, image).await?.ok_or(FlowError::NotFound("image"))?;
    let classes = projects::classes(&mut tx, row.project_id).await?;
    drop(tx);
    let (width, height) = (row.width as u32, row.height as u32);
    if let Some((w, h)) = said.size.filter(|&size| size != (width, height)) {
        return Err(FlowError::Invalid(format!(
            "its shapes are for a picture of {w}×{h} pixels, but this one, upright, is of {width}×{height}"
        )));
    }
    let checked = blocking(move || check(&shapes, width, height, &schema(&classes))).await?.map_err(FlowError::Invalid)?;

    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    if labels::of_image(&mut tx, image).await?.is_some() {
        return Ok(Imported::Kept);
    }
    if said.machine {
        let label = Label {
            id: Uuid::now_v7(),
            project_id: row.project_id,
            image_id: image,
            source: LabelSource::Model,
            status: LabelStatus::Provisional,
            confidence: said.confidence.map(f64::from),
            agreement: None,
            model_id: None,
            shapes: checked.json,
            mask_key: None,
            created_ms: now,
        };
        labels::replace(&mut tx, &label).await?;
        images::set_state(&mut tx, image, ImageState::Machine).await?;
        tasks::park(&mut tx, image).await?;
        tx.commit().await?;
        return Ok(Imported::Labeled);
    }
    let annotation = annotations::Annotation {
        id: Uuid::now_v7(),
        project_id: row.project_id,
        image_id: image,
        task_id: None,
        user_id: None,
        origin: Origin::Import,
        revision: revisions::next(&mut tx, image).await?,
        request: Uuid::now_v7(),
        shapes: checked.json,
        repairs: json!(checked.repairs).to_string(),
        seconds: 0.0,
        created_ms: now,
    };
    annotations::insert(&mut tx, &annotation).await?;
    accept_person(&mut tx, &annotation).await?;
    for task in tasks::of_image(&mut tx, image).await? {
        if task.state == TaskState::Open {
            tasks::close(&mut tx, task.id, now).await?;
        }
    }
    tx.commit().await?;
    Ok(Imported::Labeled)
}
