//! What people say about places of images.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, Role, Tx, WriteTx};
use crate::{on, run, statements};

/// A comment, or an answer to one.
#[derive(Clone, Debug, FromRow)]
pub struct Comment {
    pub id: Uuid,
    pub project_id: Uuid,
    pub image_id: Uuid,
    /// The comment that this answers.
    pub parent_id: Option<Uuid>,
    pub user_id: Uuid,
    /// The sender's own id of the request, so that sending twice stores once.
    pub request: Uuid,
    /// In pixels of the image; an answer has the place of its comment.
    pub x: f64,
    pub y: f64,
    pub body: String,
    pub resolved: bool,
    pub created_ms: Millis,
}

/// The same with its author's name, and their role in the project now.
#[derive(Clone, Debug, FromRow)]
pub struct Signed {
    #[sqlx(flatten)]
    pub comment: Comment,
    pub author: String,
    pub role: Option<Role>,
}

statements! {
    COMMENT_INSERT = [
        "INSERT INTO comments (id, project_id, image_id, parent_id, user_id, request, x, y, body, resolved, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"];
    COMMENT_GET = [
        "SELECT id, project_id, image_id, parent_id, user_id, request, x, y, body, resolved, created_ms FROM comments WHERE id = $1"];
    COMMENT_BY_REQUEST = [
        "SELECT id, project_id, image_id, parent_id, user_id, request, x, y, body, resolved, created_ms FROM comments WHERE request = $1"];
    /// Ids grow with time, so this is the order in which they were written.
    COMMENTS_OF_IMAGE = [
        "SELECT c.id, c.project_id, c.image_id, c.parent_id, c.user_id, c.request, c.x, c.y, c.body, c.resolved, c.created_ms,
                u.name AS author, m.role
           FROM comments c JOIN users u ON u.id = c.user_id
           LEFT JOIN members m ON m.project_id = c.project_id AND m.user_id = c.user_id
          WHERE c.image_id = $1 ORDER BY c.id LIMIT $2"];
    COMMENTS_COUNT = ["SELECT COUNT(*) FROM comments WHERE image_id = $1"];
    COMMENT_RESOLVE = ["UPDATE comments SET resolved = $2 WHERE id = $1"];
}

pub async fn insert(tx: &mut WriteTx, c: &Comment) -> Result<()> {
    run!(tx, COMMENT_INSERT, |sql| sqlx::query(sql)
        .bind(c.id)
        .bind(c.project_id)
        .bind(c.image_id)
        .bind(c.parent_id)
        .bind(c.user_id)
        .bind(c.request)
        .bind(c.x)
        .bind(c.y)
        .bind(&c.body)
        .bind(c.resolved)
        .bind(c.created_ms))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Comment>> {
    on!(tx, COMMENT_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn by_request(tx: &mut Tx, request: Uuid) -> Result<Option<Comment>> {
    on!(tx, COMMENT_BY_REQUEST, |sql, conn| sqlx::query_as(sql).bind(request).fetch_optional(conn))
}

/// Comments and answers of an image, oldest first.
pub async fn of_image(tx: &mut Tx, image: Uuid, limit: i64) -> Result<Vec<Signed>> {
    on!(tx, COMMENTS_OF_IMAGE, |sql, conn| sqlx::query_as(sql).bind(image).bind(limit).fetch_all(conn))
}

pub async fn count(tx: &mut Tx, image: Uuid) -> Result<i64> {
    on!(tx, COMMENTS_COUNT, |sql, conn| sqlx::query_scalar(sql).bind(image).fetch_one(conn))
}

pub async fn resolve(tx: &mut WriteTx, id: Uuid, resolved: bool) -> Result<u64> {
    run!(tx, COMMENT_RESOLVE, |sql| sqlx::query(sql).bind(id).bind(resolved))
}
