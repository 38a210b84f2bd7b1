//! Where the backbone features of each image are kept.

use uuid::Uuid;

use super::{Millis, Result, Tx, WriteTx};
use crate::{on, run, statements};

statements! {
    FEATURES_PUT = [
        "INSERT INTO features (image_id, extractor, blob_key, created_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (image_id, extractor) DO UPDATE SET blob_key = excluded.blob_key, created_ms = excluded.created_ms"];
    FEATURES_COUNT = [
        "SELECT COUNT(*) FROM images i
          WHERE i.project_id = $1 AND EXISTS (SELECT 1 FROM features f WHERE f.image_id = i.id AND f.extractor = $2)"];
    FEATURES_GET = ["SELECT blob_key FROM features WHERE image_id = $1 AND extractor = $2"];
}

pub async fn put(tx: &mut WriteTx, image: Uuid, extractor: &str, blob_key: &str, now: Millis) -> Result<()> {
    run!(tx, FEATURES_PUT, |sql| sqlx::query(sql).bind(image).bind(extractor).bind(blob_key).bind(now))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, image: Uuid, extractor: &str) -> Result<Option<String>> {
    on!(tx, FEATURES_GET, |sql, conn| sqlx::query_scalar(sql).bind(image).bind(extractor).fetch_optional(conn))
}

/// How many images of a project have features of that extractor.
pub async fn count(tx: &mut Tx, project: Uuid, extractor: &str) -> Result<i64> {
    on!(tx, FEATURES_COUNT, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(extractor).fetch_one(conn))
}
