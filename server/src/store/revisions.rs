//! Work in progress: what somebody had drawn on a task at some time and had not handed in.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Origin, Result, TaskKind, Tx, WriteTx};
use crate::{on, run, statements};

/// One state of somebody's work on a task.
#[derive(Clone, Debug, FromRow)]
pub struct Revision {
    pub id: Uuid,
    pub task_id: Uuid,
    pub image_id: Uuid,
    pub user_id: Uuid,
    /// Counts on with the annotations of the image.
    pub revision: i64,
    /// Which of the person's browsers it came from, as that calls itself.
    pub device: Option<String>,
    /// JSON list of shapes, not validated.
    pub shapes: String,
    /// Length of `shapes`, and how many they are.
    pub bytes: i64,
    pub count: i64,
    /// Active seconds until then.
    pub seconds: f64,
    pub created_ms: Millis,
}

/// What a list says of a draft.
#[derive(Clone, Debug, FromRow)]
pub struct DraftRow {
    pub id: Uuid,
    pub user_id: Uuid,
    pub author: Option<String>,
    pub device: Option<String>,
    pub revision: i64,
    pub count: i64,
    pub bytes: i64,
    pub seconds: f64,
    pub created_ms: Millis,
}

/// What a list says of an annotation.
#[derive(Clone, Debug, FromRow)]
pub struct HandedRow {
    pub id: Uuid,
    pub user_id: Option<Uuid>,
    pub author: Option<String>,
    pub origin: Origin,
    /// Kind of the task that it was handed in for.
    pub kind: Option<TaskKind>,
    pub revision: i64,
    pub count: i64,
    pub seconds: f64,
    pub created_ms: Millis,
}

statements! {
    REVISION_INSERT = [
        "INSERT INTO revisions (id, task_id, image_id, user_id, revision, device, shapes, bytes, count, seconds, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"];
    REVISION_NEWEST = [
        "SELECT id, task_id, image_id, user_id, revision, device, shapes, bytes, count, seconds, created_ms FROM revisions
          WHERE task_id = $1 AND user_id = $2 ORDER BY revision DESC LIMIT 1"];
    REVISION_GET = [
        "SELECT id, task_id, image_id, user_id, revision, device, shapes, bytes, count, seconds, created_ms FROM revisions WHERE id = $1"];
    REVISION_DELETE = ["DELETE FROM revisions WHERE id = $1"];
    /// The next number after everything that was ever drawn on the image.
    REVISION_NEXT = [
        "SELECT COALESCE(MAX(n), 0) + 1 FROM (
            SELECT MAX(revision) AS n FROM annotations WHERE image_id = $1
            UNION ALL SELECT MAX(revision) AS n FROM revisions WHERE image_id = $1) AS counted"];
    DRAFTS_OF_PERSON = [
        "SELECT r.id, r.user_id, u.name AS author, r.device, r.revision, r.count, r.bytes, r.seconds, r.created_ms
           FROM revisions r LEFT JOIN users u ON u.id = r.user_id
          WHERE r.task_id = $1 AND r.user_id = $2 ORDER BY r.revision DESC LIMIT $3"];
    DRAFTS_OF_IMAGE = [
        "SELECT r.id, r.user_id, u.name AS author, r.device, r.revision, r.count, r.bytes, r.seconds, r.created_ms
           FROM revisions r LEFT JOIN users u ON u.id = r.user_id
          WHERE r.image_id = $1 ORDER BY r.revision DESC LIMIT $2"];
    HANDED_IN = [
        "SELECT a.id, a.user_id, u.name AS author, a.origin, t.kind, a.revision, "
        {lite: "json_array_length(a.shapes)"} {pg: "json_array_length(a.shapes::json)::bigint"}
        " AS count, a.seconds, a.created_ms
           FROM annotations a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN tasks t ON t.id = a.task_id
          WHERE a.image_id = $1 ORDER BY a.created_ms DESC LIMIT $2"];
    /// Drafts of work that was handed in long ago.
    REVISIONS_FORGET = [
        "DELETE FROM revisions WHERE created_ms < $1
            AND EXISTS (SELECT 1 FROM tasks t WHERE t.id = revisions.task_id AND t.state IN ('done', 'skipped'))"];
}

pub async fn insert(tx: &mut WriteTx, r: &Revision) -> Result<()> {
    run!(tx, REVISION_INSERT, |sql| sqlx::query(sql)
        .bind(r.id)
        .bind(r.task_id)
        .bind(r.image_id)
        .bind(r.user_id)
        .bind(r.revision)
        .bind(&r.device)
        .bind(&r.shapes)
        .bind(r.bytes)
        .bind(r.count)
        .bind(r.seconds)
        .bind(r.created_ms))?;
    Ok(())
}

/// The newest draft of a person's work on a task.
pub async fn newest(tx: &mut Tx, task: Uuid, user: Uuid) -> Result<Option<Revision>> {
    on!(tx, REVISION_NEWEST, |sql, conn| sqlx::query_as(sql).bind(task).bind(user).fetch_optional(conn))
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Revision>> {
    on!(tx, REVISION_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn delete(tx: &mut WriteTx, id: Uuid) -> Result<u64> {
    run!(tx, REVISION_DELETE, |sql| sqlx::query(sql).bind(id))
}

/// The number of the next revision of an image, draft or handed in.
pub async fn next(tx: &mut Tx, image: Uuid) -> Result<i64> {
    on!(tx, REVISION_NEXT, |sql, conn| sqlx::query_scalar(sql).bind(image).fetch_one(conn))
}

/// A person's drafts of a task, newest first.
pub async fn of_person(tx: &mut Tx, task: Uuid, user: Uuid, limit: i64) -> Result<Vec<DraftRow>> {
    on!(tx, DRAFTS_OF_PERSON, |sql, conn| sqlx::query_as(sql).bind(task).bind(user).bind(limit).fetch_all(conn))
}

/// Everybody's drafts of an image, newest first.
pub async fn of_image(tx: &mut Tx, image: Uuid, limit: i64) -> Result<Vec<DraftRow>> {
    on!(tx, DRAFTS_OF_IMAGE, |sql, conn| sqlx::query_as(sql).bind(image).bind(limit).fetch_all(conn))
}

/// What was handed in about an image, newest first.
pub async fn handed_in(tx: &mut Tx, image: Uuid, limit: i64) -> Result<Vec<HandedRow>> {
    on!(tx, HANDED_IN, |sql, conn| sqlx::query_as(sql).bind(image).bind(limit).fetch_all(conn))
}

/// Deletes drafts made before a time whose task has ended; how many there were.
pub async fn forget(tx: &mut WriteTx, before: Millis) -> Result<u64> {
    run!(tx, REVISIONS_FORGET, |sql| sqlx::query(sql).bind(before))
}
