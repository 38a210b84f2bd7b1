//! Trained models, version by version.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Model {
    pub id: Uuid,
    pub project_id: Uuid,
    pub version: i64,
    pub architecture: String,
    pub weights_key: String,
    /// How many labeled images it was trained on.
    pub labels: i64,
    pub train_seconds: f64,
    /// JSON: mean IoU, pixel accuracy, per-class IoU on the validation images, the coverage curve.
    pub figures: String,
    /// The confidence from which on its labels are accepted.
    pub threshold: Option<f64>,
    pub created_ms: Millis,
}

statements! {
    MODEL_INSERT = [
        "INSERT INTO models (id, project_id, version, architecture, weights_key, labels, train_seconds, figures, threshold, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"];
    MODEL_GET = [
        "SELECT id, project_id, version, architecture, weights_key, labels, train_seconds, figures, threshold, created_ms FROM models WHERE id = $1"];
    MODEL_NEWEST = [
        "SELECT id, project_id, version, architecture, weights_key, labels, train_seconds, figures, threshold, created_ms
           FROM models WHERE project_id = $1 ORDER BY version DESC LIMIT 1"];
    MODELS_LIST = [
        "SELECT id, project_id, version, architecture, weights_key, labels, train_seconds, figures, threshold, created_ms
           FROM models WHERE project_id = $1 ORDER BY version DESC LIMIT $2"];
    MODEL_FIGURES = ["UPDATE models SET figures = $2, threshold = $3 WHERE id = $1"];
    MODEL_NEXT_VERSION = ["SELECT COALESCE(MAX(version), 0) + 1 FROM models WHERE project_id = $1"];
}

pub async fn insert(tx: &mut WriteTx, m: &Model) -> Result<()> {
    run!(tx, MODEL_INSERT, |sql| sqlx::query(sql)
        .bind(m.id)
        .bind(m.project_id)
        .bind(m.version)
        .bind(&m.architecture)
        .bind(&m.weights_key)
        .bind(m.labels)
        .bind(m.train_seconds)
        .bind(&m.figures)
        .bind(m.threshold)
        .bind(m.created_ms))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Model>> {
    on!(tx, MODEL_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn newest(tx: &mut Tx, project: Uuid) -> Result<Option<Model>> {
    on!(tx, MODEL_NEWEST, |sql, conn| sqlx::query_as(sql).bind(project).fetch_optional(conn))
}

/// Newest first.
pub async fn list(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<Model>> {
    on!(tx, MODELS_LIST, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}

pub async fn set_figures(tx: &mut WriteTx, id: Uuid, figures: &str, threshold: Option<f64>) -> Result<u64> {
    run!(tx, MODEL_FIGURES, |sql| sqlx::query(sql).bind(id).bind(figures).bind(threshold))
}

pub async fn next_version(tx: &mut Tx, project: Uuid) -> Result<i64> {
    on!(tx, MODEL_NEXT_VERSION, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}
