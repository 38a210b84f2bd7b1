//! The accepted truth of each image. At most one row an image is current; the others are its history.

use sqlx::FromRow;
use uuid::Uuid;

use super::{LabelSource, LabelStatus, Millis, Result, Subset, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Label {
    pub id: Uuid,
    pub project_id: Uuid,
    pub image_id: Uuid,
    pub source: LabelSource,
    pub status: LabelStatus,
    /// Of the model or of the fusion, in [0, 1].
    pub confidence: Option<f64>,
    /// Mean IoU between the opinions, in [0, 1].
    pub agreement: Option<f64>,
    pub model_id: Option<Uuid>,
    /// JSON list of shapes.
    pub shapes: String,
    /// Blob of the class map (8-bit PNG of class indices), once somebody needed it.
    pub mask_key: Option<String>,
    pub created_ms: Millis,
}

/// A label together with what an export needs of its image.
#[derive(Clone, Debug, FromRow)]
pub struct Labeled {
    pub label_id: Uuid,
    pub image_id: Uuid,
    pub name: String,
    pub hash: String,
    pub width: i64,
    pub height: i64,
    pub format: String,
    pub orientation: i64,
    pub blob_key: String,
    pub display_key: String,
    pub subset: Subset,
    pub source: LabelSource,
    pub status: LabelStatus,
    pub confidence: Option<f64>,
    pub shapes: String,
    pub mask_key: Option<String>,
    pub created_ms: Millis,
}

#[derive(Clone, Debug, FromRow)]
pub struct SourceCount {
    pub source: LabelSource,
    pub status: LabelStatus,
    pub n: i64,
}

/// How many labels in force come from a model.
#[derive(Clone, Debug, FromRow)]
pub struct ModelCount {
    pub model_id: Uuid,
    pub n: i64,
}

statements! {
    LABEL_INSERT = [
        "INSERT INTO labels (id, project_id, image_id, source, status, confidence, agreement, model_id, shapes, mask_key, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"];
    LABEL_END = ["UPDATE labels SET ended_ms = $2 WHERE image_id = $1 AND ended_ms IS NULL"];
    LABEL_SET_MASK = ["UPDATE labels SET mask_key = $2 WHERE id = $1 AND mask_key IS NULL"];
    LABEL_OF_IMAGE = [
        "SELECT id, project_id, image_id, source, status, confidence, agreement, model_id, shapes, mask_key, created_ms
           FROM labels WHERE image_id = $1 AND ended_ms IS NULL"];
    LABEL_COUNTS = [
        "SELECT source, status, COUNT(*) AS n FROM labels WHERE project_id = $1 AND ended_ms IS NULL GROUP BY source, status"];
    LABELS_AFTER = [
        "SELECT l.id AS label_id, l.image_id, i.name, i.hash, i.width, i.height, i.format, i.orientation, i.blob_key, i.display_key, i.subset,
                l.source, l.status, l.confidence, l.shapes, l.mask_key, l.created_ms
           FROM images i JOIN labels l ON l.image_id = i.id AND l.ended_ms IS NULL
          WHERE i.project_id = $1 AND i.id > $2 ORDER BY i.id LIMIT $3"];
    LABELS_NEW = [
        "SELECT COUNT(*) FROM labels WHERE project_id = $1 AND source IN ('people', 'import') AND created_ms > $2 AND ended_ms IS NULL"];
    VALIDATION_LABELED = [
        "SELECT COUNT(*) FROM labels l JOIN images i ON i.id = l.image_id
          WHERE l.project_id = $1 AND l.source IN ('people', 'import') AND l.ended_ms IS NULL AND i.subset = 'validation'"];
    TRAIN_LABELED = [
        "SELECT COUNT(*) FROM labels l JOIN images i ON i.id = l.image_id
          WHERE l.project_id = $1 AND l.source IN ('people', 'import') AND l.status = 'committed' AND l.ended_ms IS NULL AND i.subset = 'train'"];
    MACHINE_LABELED_IMAGES = [
        "SELECT image_id FROM labels
          WHERE project_id = $1 AND source = 'model' AND status = 'provisional' AND ended_ms IS NULL AND image_id > $2
          ORDER BY image_id LIMIT $3"];
    MACHINE_COMMIT = [
        "UPDATE labels SET status = 'committed' WHERE project_id = $1 AND source = 'model' AND status = 'provisional' AND ended_ms IS NULL"];
    MACHINE_WITHDRAW = [
        "UPDATE labels SET status = 'withdrawn', ended_ms = $2 WHERE image_id = $1 AND source = 'model' AND ended_ms IS NULL"];
    LABELS_BY_MODEL = [
        "SELECT model_id, COUNT(*) AS n FROM labels
          WHERE project_id = $1 AND source = 'model' AND ended_ms IS NULL AND model_id IS NOT NULL GROUP BY model_id"];
    AGREEMENT_MEAN = ["SELECT AVG(agreement) FROM labels WHERE project_id = $1 AND source = 'people' AND ended_ms IS NULL"];
}

/// Makes `label` the image's current label; the one before stays in the history.
pub async fn replace(tx: &mut WriteTx, label: &Label) -> Result<()> {
    run!(tx, LABEL_END, |sql| sqlx::query(sql).bind(label.image_id).bind(label.created_ms))?;
    run!(tx, LABEL_INSERT, |sql| sqlx::query(sql)
        .bind(label.id)
        .bind(label.project_id)
        .bind(label.image_id)
        .bind(label.source)
        .bind(label.status)
        .bind(label.confidence)
        .bind(label.agreement)
        .bind(label.model_id)
        .bind(&label.shapes)
        .bind(&label.mask_key)
        .bind(label.created_ms))?;
    Ok(())
}

/// Ends the current label without a new one; the image has no accepted truth then.
pub async fn end(tx: &mut WriteTx, image: Uuid, now: Millis) -> Result<u64> {
    run!(tx, LABEL_END, |sql| sqlx::query(sql).bind(image).bind(now))
}

pub async fn of_image(tx: &mut Tx, image: Uuid) -> Result<Option<Label>> {
    on!(tx, LABEL_OF_IMAGE, |sql, conn| sqlx::query_as(sql).bind(image).fetch_optional(conn))
}

pub async fn counts(tx: &mut Tx, project: Uuid) -> Result<Vec<SourceCount>> {
    on!(tx, LABEL_COUNTS, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

/// A page of current labels with their images, in the order of image ids.
pub async fn after(tx: &mut Tx, project: Uuid, after: Uuid, limit: i64) -> Result<Vec<Labeled>> {
    on!(tx, LABELS_AFTER, |sql, conn| sqlx::query_as(sql).bind(project).bind(after).bind(limit).fetch_all(conn))
}

/// How many labels people made since a time.
pub async fn new_since(tx: &mut Tx, project: Uuid, since: Millis) -> Result<i64> {
    on!(tx, LABELS_NEW, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(since).fetch_one(conn))
}

pub async fn validation_labeled(tx: &mut Tx, project: Uuid) -> Result<i64> {
    on!(tx, VALIDATION_LABELED, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

/// How many images a model can learn from: of the train subset, with a label from people that is not in dispute.
pub async fn train_labeled(tx: &mut Tx, project: Uuid) -> Result<i64> {
    on!(tx, TRAIN_LABELED, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

pub async fn machine_labeled(tx: &mut Tx, project: Uuid, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    on!(tx, MACHINE_LABELED_IMAGES, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(after).bind(limit).fetch_all(conn))
}

/// Commits every provisional machine label of a project.
pub async fn commit_machine(tx: &mut WriteTx, project: Uuid) -> Result<u64> {
    run!(tx, MACHINE_COMMIT, |sql| sqlx::query(sql).bind(project))
}

/// Withdraws the machine label of one image.
pub async fn withdraw_machine(tx: &mut WriteTx, image: Uuid, now: Millis) -> Result<bool> {
    Ok(run!(tx, MACHINE_WITHDRAW, |sql| sqlx::query(sql).bind(image).bind(now))? == 1)
}

pub async fn mean_agreement(tx: &mut Tx, project: Uuid) -> Result<Option<f64>> {
    on!(tx, AGREEMENT_MEAN, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

/// How many labels in force come from each model.
pub async fn by_model(tx: &mut Tx, project: Uuid) -> Result<Vec<ModelCount>> {
    on!(tx, LABELS_BY_MODEL, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

/// Remembers where the drawn class map of a label is kept.
pub async fn set_mask(tx: &mut WriteTx, label: Uuid, mask_key: &str) -> Result<u64> {
    run!(tx, LABEL_SET_MASK, |sql| sqlx::query(sql).bind(label).bind(mask_key))
}
