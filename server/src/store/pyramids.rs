//! Large images cut into tiles.

use uuid::Uuid;

use super::{Millis, Result, Tx, WriteTx};
use crate::{on, run, statements};

statements! {
    PYRAMID_PUT = [
        "INSERT INTO pyramids (image_id, blob_key, created_ms) VALUES ($1, $2, $3)
         ON CONFLICT (image_id) DO UPDATE SET blob_key = excluded.blob_key, created_ms = excluded.created_ms"];
    PYRAMID_GET = ["SELECT blob_key FROM pyramids WHERE image_id = $1"];
}

/// Says where the tiles of an image are.
pub async fn put(tx: &mut WriteTx, image: Uuid, blob_key: &str, now: Millis) -> Result<()> {
    run!(tx, PYRAMID_PUT, |sql| sqlx::query(sql).bind(image).bind(blob_key).bind(now))?;
    Ok(())
}

/// The blob with the tiles of an image.
pub async fn get(tx: &mut Tx, image: Uuid) -> Result<Option<String>> {
    on!(tx, PYRAMID_GET, |sql, conn| sqlx::query_scalar(sql).bind(image).fetch_optional(conn))
}
