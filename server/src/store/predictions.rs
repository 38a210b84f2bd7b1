//! The newest prediction of each image.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, Subset, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Prediction {
    pub image_id: Uuid,
    pub project_id: Uuid,
    pub model_id: Uuid,
    /// Soft IoU of the predicted mask, in [0, 1].
    pub confidence: f64,
    /// Mean entropy where the model sees or doubts foreground, in nats.
    pub entropy: f64,
    /// Against people's label, for validation images.
    pub iou: Option<f64>,
    /// JSON list of shapes with confidences.
    pub shapes: String,
    /// Blob of the class map; empty while it is drawn from the shapes.
    pub mask_key: String,
    /// Blob of a gray PNG: where the model is unsure. Predictions of earlier versions have none.
    pub uncertainty_key: Option<String>,
    pub created_ms: Millis,
}

/// What a decision about an image rests on.
#[derive(Clone, Debug, FromRow)]
pub struct Scored {
    pub image_id: Uuid,
    pub confidence: f64,
    pub entropy: f64,
    pub iou: Option<f64>,
    pub subset: Subset,
}

statements! {
    PREDICTION_PUT = [
        "INSERT INTO predictions (image_id, project_id, model_id, confidence, entropy, iou, shapes, mask_key, uncertainty_key, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (image_id) DO UPDATE SET model_id = excluded.model_id, confidence = excluded.confidence, entropy = excluded.entropy,
             iou = excluded.iou, shapes = excluded.shapes, mask_key = excluded.mask_key,
             uncertainty_key = excluded.uncertainty_key, created_ms = excluded.created_ms"];
    PREDICTION_GET = [
        "SELECT image_id, project_id, model_id, confidence, entropy, iou, shapes, mask_key, uncertainty_key, created_ms FROM predictions WHERE image_id = $1"];
    PREDICTIONS_SCORED = [
        "SELECT p.image_id, p.confidence, p.entropy, p.iou, i.subset FROM predictions p JOIN images i ON i.id = p.image_id
          WHERE p.project_id = $1 AND p.model_id = $2 AND p.image_id > $3 ORDER BY p.image_id LIMIT $4"];
}

pub async fn put(tx: &mut WriteTx, p: &Prediction) -> Result<()> {
    run!(tx, PREDICTION_PUT, |sql| sqlx::query(sql)
        .bind(p.image_id)
        .bind(p.project_id)
        .bind(p.model_id)
        .bind(p.confidence)
        .bind(p.entropy)
        .bind(p.iou)
        .bind(&p.shapes)
        .bind(&p.mask_key)
        .bind(&p.uncertainty_key)
        .bind(p.created_ms))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, image: Uuid) -> Result<Option<Prediction>> {
    on!(tx, PREDICTION_GET, |sql, conn| sqlx::query_as(sql).bind(image).fetch_optional(conn))
}

/// Scores of one model's predictions, a page at a time in the order of image ids.
pub async fn scored(tx: &mut Tx, project: Uuid, model: Uuid, after: Uuid, limit: i64) -> Result<Vec<Scored>> {
    on!(tx, PREDICTIONS_SCORED, |sql, conn| sqlx::query_as(sql).bind(project).bind(model).bind(after).bind(limit).fetch_all(conn))
}
