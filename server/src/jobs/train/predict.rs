//! Predictions of a project's images, page by page, and how well they agree with people on the validation images.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use labelwright_dataset::{Schema, Shape, formats::png_masks::png_gray8, paint};
use labelwright_ml::{
    TrainedHead,
    metrics::Confusion,
    predict::{Predictor, ShapeOptions, shapes},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    decide::{Decision, Score, mean_iou},
    gather,
};
use crate::{
    blobs::Kind,
    context::Context,
    flow::tasks::schema,
    jobs::{
        Progress, Result, blocking,
        features::{AT_ONCE, Source, device, left_out},
        patiently,
    },
    store::{
        self, LabelSource, LabelStatus, Millis, Subset,
        images::{self, Image},
        labels,
        models::Model,
        predictions::{self, Prediction},
        projects::{self, Project},
    },
};

const PAGE: i64 = 200;
/// Predictions that are written in one transaction at most; people's requests come in between.
const WRITE: usize = 40;

/// What came out of predicting a project's images.
pub(super) struct Measured {
    pub predicted: u64,
    pub unreadable: u64,
    /// Pixels of the validation images that people labeled.
    confusion: Confusion,
    schema: Schema,
}

/// Predicts every image that people have not labeled, and those validation images that they have.
///
/// # Errors
/// The database, the blobs or the device failed, or the job shall stop. The pages before are kept.
pub(super) async fn all(
    ctx: &Context,
    project: &Project,
    model: &Model,
    head: TrainedHead,
    source: &Source,
    progress: &Progress,
) -> Result<Measured> {
    let classes = schema(&projects::classes(&mut ctx.db.read().await?, project.id).await?);
    let predictor = Arc::new(Predictor::new(&head, &device(&ctx.config)));
    let shared = Arc::new(classes.clone());
    let total = gather::images(ctx, project.id).await?.max(1);
    let mut measured = Measured { predicted: 0, unreadable: 0, confusion: Confusion::new(), schema: classes };
    let (mut after, mut seen) = (Uuid::nil(), 0i64);
    loop {
        let (page, skipped, last) = page(ctx, project.id, after).await?;
        let Some(last) = last else { return Ok(measured) };
        after = last;
        seen += skipped;
        let (predictor, shared) = (&predictor, &shared);
        let mut work = stream::iter(page.into_iter().map(|(image, truth)| async move {
            let one = predict(source, predictor.clone(), shared.clone(), &image, truth).await;
            (image, one)
        }))
        .buffered(AT_ONCE)
        .chunks(WRITE);
        while let Some(chunk) = work.next().await {
            let mut rows = Vec::with_capacity(chunk.len());
            for (image, one) in chunk {
                seen += 1;
                match one {
                    Ok(one) => {
                        if let Some(confusion) = &one.confusion {
                            measured.confusion.merge(confusion);
                        }
                        let key = ctx.blobs.put(Kind::Mask, "png", one.uncertainty.clone()).await?;
                        rows.push(one.row(&image, model, key));
                    }
                    Err(error) if left_out(&image, &error) => measured.unreadable += 1,
                    Err(error) => return Err(error),
                }
            }
            patiently(|| write(ctx, &rows)).await?;
            measured.predicted += rows.len() as u64;
            progress.set(seen as f64 / total.max(seen) as f64, format!("predicting {seen} of {}", total.max(seen)))?;
        }
    }
}

/// The images of the next page that are to be predicted, each with people's shapes if it is measured; how many others there are; and the
/// last id, none at the end.
async fn page(ctx: &Context, project: Uuid, after: Uuid) -> Result<(Vec<(Image, Option<String>)>, i64, Option<Uuid>)> {
    let mut tx = ctx.db.read().await?;
    let rows = images::after(&mut tx, project, after, PAGE).await?;
    let (last, mut skipped) = (rows.last().map(|image| image.id), 0);
    let mut wanted = Vec::with_capacity(rows.len());
    for image in rows {
        match labels::of_image(&mut tx, image.id).await? {
            None => wanted.push((image, None)),
            Some(label) if label.source == LabelSource::Model => wanted.push((image, None)),
            Some(label) if image.subset == Subset::Validation && label.status == LabelStatus::Committed => {
                wanted.push((image, Some(label.shapes)));
            }
            Some(_) => skipped += 1,
        }
    }
    Ok((wanted, skipped, last))
}

struct One {
    confidence: f32,
    entropy: f32,
    shapes: String,
    uncertainty: Bytes,
    iou: Option<f64>,
    confusion: Option<Confusion>,
}

async fn predict(source: &Source, predictor: Arc<Predictor>, schema: Arc<Schema>, image: &Image, truth: Option<String>) -> Result<One> {
    let features = source.of(image.id, &image.display_key).await?;
    let work = blocking(move || {
        let prediction = predictor.predict(&features).map_err(|error| super::JobError::Work(error.to_string()))?;
        let found = shapes(&prediction, &schema, &ShapeOptions::default());
        let corrupt = |what| move |error: serde_json::Error| store::Error::Corrupt(what, error.to_string());
        let confusion = match truth {
            Some(truth) => {
                let truth: Vec<Shape> = serde_json::from_str(&truth).map_err(corrupt("a label's shapes"))?;
                let truth = paint(&truth, prediction.width, prediction.height);
                // What is measured is what would become the label: the shapes, not the class map that they were made from.
                let painted = paint(&found, prediction.width, prediction.height);
                Some(Confusion::of(&truth.classes, &painted.classes).map_err(|error| super::JobError::Work(error.to_string()))?)
            }
            None => None,
        };
        Ok::<_, super::JobError>(One {
            confidence: prediction.confidence,
            entropy: prediction.entropy,
            shapes: serde_json::to_string(&found).map_err(corrupt("a prediction"))?,
            uncertainty: {
                let map = prediction.uncertainty();
                png_gray8(map.width, map.height, &map.values).map_err(|error| super::JobError::Work(error.to_string()))?.into()
            },
            iou: confusion.as_ref().map(Confusion::mean_iou),
            confusion,
        })
    });
    work.await?
}

impl One {
    fn row(self, image: &Image, model: &Model, uncertainty_key: String) -> Prediction {
        Prediction {
            image_id: image.id,
            project_id: image.project_id,
            model_id: model.id,
            confidence: f64::from(self.confidence.clamp(0.0, 1.0)),
            entropy: f64::from(self.entropy),
            iou: self.iou,
            shapes: self.shapes,
            // The class map is drawn from the shapes when somebody needs it.
            mask_key: String::new(),
            uncertainty_key: Some(uncertainty_key),
            created_ms: Millis::now(),
        }
    }
}

async fn write(ctx: &Context, rows: &[Prediction]) -> store::Result<()> {
    let mut tx = ctx.db.write().await?;
    for row in rows {
        predictions::put(&mut tx, row).await?;
    }
    tx.commit().await
}

impl Measured {
    /// The figures of a model, as they are stored with it and shown.
    pub fn figures(&self, scores: &[Score], decision: &Decision) -> Value {
        let validation = scores.iter().filter(|score| score.iou.is_some()).count();
        let known = validation > 0;
        let class = |index: u8| {
            let class = self.schema.class(index)?;
            Some(json!({ "class": index, "name": class.name, "iou": self.confusion.iou(index)? }))
        };
        let per_class: Vec<Value> = self.schema.classes.iter().filter_map(|each| class(each.index)).collect();
        json!({
            // The mean over images, which is what the threshold rests on; the pooled figure counts pixels of all images together.
            "miou": mean_iou(scores),
            "miou_pooled": known.then(|| self.confusion.mean_iou()),
            "pixel_accuracy": known.then(|| self.confusion.pixel_accuracy()),
            "per_class": if known { per_class } else { Vec::new() },
            "validation_images": validation,
            "coverage": decision.coverage,
            "curve": decision.curve,
            "threshold_reason": decision.reason,
        })
    }
}
