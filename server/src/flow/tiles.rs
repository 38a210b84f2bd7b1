//! Tiles of large images: cut once, when an image is added or else when somebody first looks at it.

use bytes::Bytes;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{FlowError, Result, blocking};
use crate::{
    blobs::Kind,
    context::Context,
    media::{self, Head, Pyramid},
    store::{Error, Millis, images::Image, pyramids},
};

/// One picture at a time: cutting one of the largest takes gigabytes.
static CUTTING: Mutex<()> = Mutex::const_new(());

/// One tile of an image as a picture file; none for places outside it, and for images that are sent whole.
///
/// # Errors
/// The database or the blobs failed, or the picture can't be decoded any more.
pub async fn tile(ctx: &Context, image: &Image, level: u32, x: u32, y: u32) -> Result<Option<Bytes>> {
    if Pyramid::wanted(image.width, image.height).is_none() {
        return Ok(None);
    }
    let key = match pyramids::get(&mut ctx.db.glance().await?, image.id).await? {
        Some(key) => key,
        None => cut(ctx, image).await?,
    };
    let corrupt = || FlowError::Store(Error::Corrupt("the tiles of an image", key.clone()));
    let head = Head::read(&ctx.blobs.range(&key, Head::RANGE).await?).ok_or_else(corrupt)?;
    let Some(entry) = head.entry(level, x, y) else { return Ok(None) };
    let place = media::place(&ctx.blobs.range(&key, entry).await?).ok_or_else(corrupt)?;
    Ok(Some(ctx.blobs.range(&key, place).await?))
}

/// Cuts an image into tiles, unless that was done meanwhile; the blob's key.
///
/// # Errors
/// As for [`tile`].
pub async fn cut(ctx: &Context, image: &Image) -> Result<String> {
    let _one = CUTTING.lock().await;
    if let Some(key) = pyramids::get(&mut ctx.db.glance().await?, image.id).await? {
        return Ok(key);
    }
    let file = ctx.blobs.get(&image.display_key).await?;
    let limits = media::Limits { bytes: u64::MAX, pixels: ctx.config.max_image_pixels.max((image.width * image.height) as u64) };
    let tiles = blocking(move || {
        let picture = media::decode(&file, limits)?;
        media::cut(picture.pixels, picture.format != "jpeg")
    })
    .await??;
    let key = ctx.blobs.put(Kind::Tiles, "tiles", tiles.into()).await?;
    store(ctx, image.id, &key).await?;
    Ok(key)
}

async fn store(ctx: &Context, image: Uuid, key: &str) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    pyramids::put(&mut tx, image, key, Millis::now()).await?;
    tx.commit().await?;
    Ok(())
}
