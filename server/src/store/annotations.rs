//! What people said about images. Rows are only ever added.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Origin, Result, Tx, WriteTx, tasks::PersonCount};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Annotation {
    pub id: Uuid,
    pub project_id: Uuid,
    pub image_id: Uuid,
    pub task_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub origin: Origin,
    pub revision: i64,
    /// The sender's own id of the request, so that sending twice stores once.
    pub request: Uuid,
    /// JSON list of shapes, exactly as validated.
    pub shapes: String,
    /// JSON list of what validation repaired.
    pub repairs: String,
    /// Active time spent.
    pub seconds: f64,
    pub created_ms: Millis,
}

/// A line of an image's history.
#[derive(Clone, Debug, FromRow)]
pub struct HistoryRow {
    pub id: Uuid,
    pub user_id: Option<Uuid>,
    pub user_name: Option<String>,
    pub origin: Origin,
    pub revision: i64,
    pub shapes: String,
    pub seconds: f64,
    pub created_ms: Millis,
}

/// How much one person has done.
#[derive(Clone, Debug, FromRow)]
pub struct WorkRow {
    pub user_id: Uuid,
    pub labels: i64,
    pub seconds: f64,
}

statements! {
    ANNOTATION_INSERT = [
        "INSERT INTO annotations (id, project_id, image_id, task_id, user_id, origin, revision, request, shapes, repairs, seconds, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"];
    ANNOTATION_BY_REQUEST = [
        "SELECT id, project_id, image_id, task_id, user_id, origin, revision, request, shapes, repairs, seconds, created_ms
           FROM annotations WHERE request = $1"];
    ANNOTATION_GET = [
        "SELECT id, project_id, image_id, task_id, user_id, origin, revision, request, shapes, repairs, seconds, created_ms
           FROM annotations WHERE id = $1"];
    /// The newest annotation of each person on an image, oldest first; the bound keeps a vandal from making fusion endless.
    ANNOTATIONS_TO_FUSE = [
        "SELECT a.id, a.project_id, a.image_id, a.task_id, a.user_id, a.origin, a.revision, a.request, a.shapes, a.repairs, a.seconds, a.created_ms
           FROM annotations a
          WHERE a.image_id = $1 AND a.user_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM annotations n WHERE n.image_id = a.image_id AND n.user_id = a.user_id AND n.revision > a.revision)
          ORDER BY a.revision LIMIT 32"];
    HISTORY = [
        "SELECT a.id, a.user_id, u.name AS user_name, a.origin, a.revision, a.shapes, a.seconds, a.created_ms
           FROM annotations a LEFT JOIN users u ON u.id = a.user_id
          WHERE a.image_id = $1 ORDER BY a.created_ms DESC LIMIT $2"];
    WORK_BY_PERSON = [
        "SELECT user_id, COUNT(*) AS labels, SUM(seconds) AS seconds FROM annotations
          WHERE project_id = $1 AND user_id IS NOT NULL GROUP BY user_id"];
    /// Ids grow with time, so a bound on the id is a bound on the time that needs no index of its own.
    WORK_SINCE = [
        "SELECT user_id, COUNT(*) AS n FROM annotations
          WHERE project_id = $1 AND user_id IS NOT NULL AND id > $2 GROUP BY user_id"];
    MEDIAN_SECONDS = [
        "SELECT seconds FROM annotations WHERE project_id = $1 AND user_id = $2 ORDER BY created_ms DESC LIMIT 101"];
    SECONDS_SPENT = ["SELECT COALESCE(SUM(seconds), 0.0) FROM annotations WHERE project_id = $1 AND user_id IS NOT NULL"];
    CLASS_IN_USE = ["SELECT id FROM annotations WHERE project_id = $1 AND shapes LIKE $2 LIMIT 1"];
}

pub async fn insert(tx: &mut WriteTx, a: &Annotation) -> Result<()> {
    run!(tx, ANNOTATION_INSERT, |sql| sqlx::query(sql)
        .bind(a.id)
        .bind(a.project_id)
        .bind(a.image_id)
        .bind(a.task_id)
        .bind(a.user_id)
        .bind(a.origin)
        .bind(a.revision)
        .bind(a.request)
        .bind(&a.shapes)
        .bind(&a.repairs)
        .bind(a.seconds)
        .bind(a.created_ms))?;
    Ok(())
}

pub async fn by_request(tx: &mut Tx, request: Uuid) -> Result<Option<Annotation>> {
    on!(tx, ANNOTATION_BY_REQUEST, |sql, conn| sqlx::query_as(sql).bind(request).fetch_optional(conn))
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Annotation>> {
    on!(tx, ANNOTATION_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn to_fuse(tx: &mut Tx, image: Uuid) -> Result<Vec<Annotation>> {
    on!(tx, ANNOTATIONS_TO_FUSE, |sql, conn| sqlx::query_as(sql).bind(image).fetch_all(conn))
}

pub async fn history(tx: &mut Tx, image: Uuid, limit: i64) -> Result<Vec<HistoryRow>> {
    on!(tx, HISTORY, |sql, conn| sqlx::query_as(sql).bind(image).bind(limit).fetch_all(conn))
}

pub async fn work_by_person(tx: &mut Tx, project: Uuid) -> Result<Vec<WorkRow>> {
    on!(tx, WORK_BY_PERSON, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

/// How much each person has submitted since a time.
pub async fn work_since(tx: &mut Tx, project: Uuid, since: Millis) -> Result<Vec<PersonCount>> {
    on!(tx, WORK_SINCE, |sql, conn| sqlx::query_as(sql).bind(project).bind(since.first_id()).fetch_all(conn))
}

/// Median active seconds of a person's newest hundred annotations.
pub async fn median_seconds(tx: &mut Tx, project: Uuid, user: Uuid) -> Result<Option<f64>> {
    let mut seconds: Vec<f64> = on!(tx, MEDIAN_SECONDS, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(user).fetch_all(conn))?;
    seconds.sort_by(f64::total_cmp);
    Ok(seconds.get(seconds.len() / 2).copied())
}

pub async fn seconds_spent(tx: &mut Tx, project: Uuid) -> Result<f64> {
    on!(tx, SECONDS_SPENT, |sql, conn| sqlx::query_scalar(sql).bind(project).fetch_one(conn))
}

/// Whether any annotation of the project has a shape of this class.
pub async fn class_in_use(tx: &mut Tx, project: Uuid, class: i64) -> Result<bool> {
    // Shapes are written by serde with `class` first, so the text is certain.
    let pattern = format!("%{{\"class\":{class},%");
    let one: Option<Uuid> = on!(tx, CLASS_IN_USE, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(&pattern).fetch_optional(conn))?;
    Ok(one.is_some())
}
