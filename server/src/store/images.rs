//! Images and where each stands.

use sqlx::FromRow;
use uuid::Uuid;

use super::{ImageState, LabelSource, LabelStatus, Millis, Result, Subset, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Image {
    pub id: Uuid,
    pub project_id: Uuid,
    pub name: String,
    /// SHA-256 of the file as it came, in hex.
    pub hash: String,
    /// Pixels, after the EXIF orientation was applied.
    pub width: i64,
    pub height: i64,
    pub bytes: i64,
    pub format: String,
    /// The EXIF orientation (1 to 8) that was applied once at import.
    pub orientation: i64,
    pub blob_key: String,
    pub display_key: String,
    pub thumb_key: String,
    pub subset: Subset,
    pub state: ImageState,
    pub created_ms: Millis,
}

/// An image in the grid, with its current label's figures.
#[derive(Clone, Debug, FromRow)]
pub struct Listed {
    pub id: Uuid,
    pub name: String,
    pub width: i64,
    pub height: i64,
    pub subset: Subset,
    pub state: ImageState,
    pub source: Option<LabelSource>,
    pub status: Option<LabelStatus>,
    pub confidence: Option<f64>,
    pub agreement: Option<f64>,
    pub mask_key: Option<String>,
}

/// Filters of the grid; none means all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub state: Option<ImageState>,
    pub subset: Option<Subset>,
    pub source: Option<LabelSource>,
    pub name: Option<String>,
    /// Somebody holds a task of the image.
    pub held: bool,
}

#[derive(Clone, Debug, FromRow)]
pub struct StateCount {
    pub state: ImageState,
    pub n: i64,
}

statements! {
    /// The same picture twice in one project is one image: the second insert does nothing.
    IMAGE_INSERT = [
        "INSERT INTO images (id, project_id, name, hash, width, height, bytes, format, orientation, blob_key, display_key, thumb_key, subset, state, created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'waiting', $14)
         ON CONFLICT (project_id, hash) DO NOTHING"];
    IMAGE_GET = [
        "SELECT id, project_id, name, hash, width, height, bytes, format, orientation, blob_key, display_key, thumb_key, subset, state, created_ms
           FROM images WHERE id = $1"];
    IMAGE_BY_HASH = [
        "SELECT id, project_id, name, hash, width, height, bytes, format, orientation, blob_key, display_key, thumb_key, subset, state, created_ms
           FROM images WHERE project_id = $1 AND hash = $2"];
    IMAGES_AFTER = [
        "SELECT id, project_id, name, hash, width, height, bytes, format, orientation, blob_key, display_key, thumb_key, subset, state, created_ms
           FROM images WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3"];
    IMAGE_SET_STATE = ["UPDATE images SET state = $2 WHERE id = $1"];
    IMAGE_COUNTS = ["SELECT state, COUNT(*) AS n FROM images WHERE project_id = $1 GROUP BY state"];
    IMAGES_WITHOUT_FEATURES = [
        "SELECT i.id, i.project_id, i.name, i.hash, i.width, i.height, i.bytes, i.format, i.orientation, i.blob_key, i.display_key, i.thumb_key, i.subset, i.state, i.created_ms
           FROM images i
          WHERE i.project_id = $1 AND i.id > $2
            AND NOT EXISTS (SELECT 1 FROM features f WHERE f.image_id = i.id AND f.extractor = $3)
          ORDER BY i.id LIMIT $4"];
    /// Images whose opinions are all in but that got no label, because the server stopped in between.
    IMAGES_TO_FUSE = [
        "SELECT i.id FROM images i
          WHERE i.project_id = $1 AND i.state = 'waiting'
            AND EXISTS (SELECT 1 FROM tasks d WHERE d.image_id = i.id AND d.state = 'done')
            AND NOT EXISTS (SELECT 1 FROM tasks p WHERE p.image_id = i.id AND p.kind = 'label' AND p.state IN ('open', 'leased', 'parked'))
          ORDER BY i.id LIMIT $2"];
    IMAGE_NEIGHBOURS = [
        "SELECT (SELECT p.id FROM images p WHERE p.project_id = $1 AND p.id < $2 ORDER BY p.id DESC LIMIT 1) AS before,
                (SELECT n.id FROM images n WHERE n.project_id = $1 AND n.id > $2 ORDER BY n.id LIMIT 1) AS after"];
}

/// Whether the image is new; `false` when the project has the same file already.
pub async fn insert(tx: &mut WriteTx, image: &Image) -> Result<bool> {
    let n = run!(tx, IMAGE_INSERT, |sql| sqlx::query(sql)
        .bind(image.id)
        .bind(image.project_id)
        .bind(&image.name)
        .bind(&image.hash)
        .bind(image.width)
        .bind(image.height)
        .bind(image.bytes)
        .bind(&image.format)
        .bind(image.orientation)
        .bind(&image.blob_key)
        .bind(&image.display_key)
        .bind(&image.thumb_key)
        .bind(image.subset)
        .bind(image.created_ms))?;
    Ok(n == 1)
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Image>> {
    on!(tx, IMAGE_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn by_hash(tx: &mut Tx, project: Uuid, hash: &str) -> Result<Option<Image>> {
    on!(tx, IMAGE_BY_HASH, |sql, conn| sqlx::query_as(sql).bind(project).bind(hash).fetch_optional(conn))
}

/// A page of a project's images in the order of their ids.
pub async fn after(tx: &mut Tx, project: Uuid, after: Uuid, limit: i64) -> Result<Vec<Image>> {
    on!(tx, IMAGES_AFTER, |sql, conn| sqlx::query_as(sql).bind(project).bind(after).bind(limit).fetch_all(conn))
}

pub async fn without_features(tx: &mut Tx, project: Uuid, after: Uuid, extractor: &str, limit: i64) -> Result<Vec<Image>> {
    on!(tx, IMAGES_WITHOUT_FEATURES, |sql, conn| sqlx::query_as(sql).bind(project).bind(after).bind(extractor).bind(limit).fetch_all(conn))
}

pub async fn set_state(tx: &mut WriteTx, id: Uuid, state: ImageState) -> Result<u64> {
    run!(tx, IMAGE_SET_STATE, |sql| sqlx::query(sql).bind(id).bind(state))
}

pub async fn counts(tx: &mut Tx, project: Uuid) -> Result<Vec<StateCount>> {
    on!(tx, IMAGE_COUNTS, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

pub async fn to_fuse(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    on!(tx, IMAGES_TO_FUSE, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(limit).fetch_all(conn))
}

/// The images before and after one, in the order of the grid.
pub async fn neighbours(tx: &mut Tx, project: Uuid, id: Uuid) -> Result<(Option<Uuid>, Option<Uuid>)> {
    on!(tx, IMAGE_NEIGHBOURS, |sql, conn| sqlx::query_as(sql).bind(project).bind(id).fetch_one(conn))
}

/// The filtered grid after a cursor. The builder writes `?` or `$n` for the database at hand.
pub async fn list(tx: &mut Tx, project: Uuid, filter: &Filter, after: Uuid, limit: i64) -> Result<Vec<Listed>> {
    const LIST: super::sql::Sql = super::sql::Sql { sqlite: GRID, postgres: GRID };
    const GRID: &str =
        "SELECT i.id, i.name, i.width, i.height, i.subset, i.state, l.source, l.status, l.confidence, l.agreement, l.mask_key
           FROM images i LEFT JOIN labels l ON l.image_id = i.id AND l.ended_ms IS NULL WHERE i.project_id = ";
    on!(tx, LIST, |sql, conn| {
        let mut q = sqlx::QueryBuilder::new(sql);
        q.push_bind(project).push(" AND i.id > ").push_bind(after);
        if let Some(state) = filter.state {
            q.push(" AND i.state = ").push_bind(state);
        }
        if let Some(subset) = filter.subset {
            q.push(" AND i.subset = ").push_bind(subset);
        }
        if let Some(source) = filter.source {
            q.push(" AND l.source = ").push_bind(source);
        }
        if filter.held {
            q.push(" AND EXISTS (SELECT 1 FROM tasks t WHERE t.image_id = i.id AND t.state = 'leased')");
        }
        if let Some(name) = &filter.name {
            let escaped = name.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            q.push(" AND LOWER(i.name) LIKE ").push_bind(format!("%{escaped}%")).push(" ESCAPE '\\'");
        }
        q.push(" ORDER BY i.id LIMIT ").push_bind(limit);
        async move { q.build_query_as::<Listed>().fetch_all(conn).await }
    })
}
