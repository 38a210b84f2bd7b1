//! Taking images in.

use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Result, blocking};
use crate::{
    blobs::{Kind, hex},
    context::Context,
    domain::policy::Policy,
    media::{self, Limits, MediaError, Pyramid},
    store::{ImageState, Millis, Subset, TaskKind, TaskState, images, projects, tasks, users},
};

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Added(Uuid),
    /// The project has this very file already.
    Duplicate(Uuid),
    Rejected(MediaError),
}

/// Takes one file into a project: checks and decodes it, stores it under its hash, and puts its tasks into the queue.
/// The same file twice is one image. `name` is only shown, never used as a path.
///
/// # Errors
/// The database or the blob store failed; the file was not added then.
pub async fn add(ctx: &Context, project: Uuid, policy: &Policy, name: &str, file: Bytes, by: Option<Uuid>) -> Result<Outcome> {
    add_to(ctx, project, policy, name, file, by, None).await
}

/// The same for an image whose subset was decided before, by the dataset that it comes from.
///
/// # Errors
/// See [`add`].
pub async fn add_to(
    ctx: &Context,
    project: Uuid,
    policy: &Policy,
    name: &str,
    file: Bytes,
    by: Option<Uuid>,
    subset: Option<Subset>,
) -> Result<Outcome> {
    let limits = Limits { bytes: ctx.config.max_image_bytes, pixels: ctx.config.max_image_pixels };
    if file.len() as u64 > limits.bytes {
        return Ok(Outcome::Rejected(MediaError::TooManyBytes { bytes: file.len() as u64, limit: limits.bytes }));
    }
    let hash = hex(&Sha256::digest(&file));
    if let Some(known) = images::by_hash(&mut ctx.db.read().await?, project, &hash).await? {
        return Ok(Outcome::Duplicate(known.id));
    }
    let bytes = file.clone();
    let decoded = blocking(move || {
        let picture = media::decode(&bytes, limits)?;
        let thumbnail = media::thumbnail(&picture.pixels)?;
        Ok::<_, MediaError>((picture.width, picture.height, picture.format, picture.orientation, picture.display, thumbnail))
    })
    .await?;
    let (width, height, format, orientation, display, thumbnail) = match decoded {
        Ok(decoded) => decoded,
        Err(error) => return Ok(Outcome::Rejected(error)),
    };
    let length = file.len() as i64;
    let blob_key = ctx.blobs.put(Kind::Image, format, file).await?;
    let display_key = match display {
        Some(png) => ctx.blobs.put(Kind::Image, "png", png).await?,
        None => blob_key.clone(),
    };
    let thumb_key = ctx.blobs.put(Kind::Thumbnail, "jpeg", thumbnail).await?;

    let (now, id) = (Millis::now(), Uuid::now_v7());
    let draw = Draw::new(project, &hash);
    let image = images::Image {
        id,
        project_id: project,
        name: clean_name(name),
        hash: hash.clone(),
        width: i64::from(width),
        height: i64::from(height),
        bytes: length,
        format: format.to_owned(),
        orientation: i64::from(orientation),
        blob_key,
        display_key,
        thumb_key,
        subset: subset.unwrap_or_else(|| draw.subset(policy.validation_share)),
        state: ImageState::Waiting,
        created_ms: now,
    };
    let mut tx = ctx.db.write().await?;
    if !images::insert(&mut tx, &image).await? {
        let known = images::by_hash(&mut tx, project, &hash).await?;
        return Ok(Outcome::Duplicate(known.map_or(id, |image| image.id)));
    }
    for slot in 0..i64::from(policy.opinions) {
        let task = tasks::NewTask {
            id: Uuid::now_v7(),
            project_id: project,
            image_id: id,
            kind: TaskKind::Label,
            slot,
            state: TaskState::Open,
            priority: draw.priority(image.subset),
        };
        tasks::insert(&mut tx, &task, now).await?;
    }
    users::audit(&mut tx, Some(project), by, "image.add", &json!({ "image": id, "name": image.name }), now).await?;
    tx.commit().await?;
    if Pyramid::wanted(image.width, image.height).is_some()
        && let Err(error) = super::tiles::cut(ctx, &image).await
    {
        // The image is there; its tiles are cut when somebody looks at it.
        tracing::warn!(%error, image = %id, "a large image was not cut into tiles");
    }
    Ok(Outcome::Added(id))
}

/// The policy of a project, for those who add images to it.
///
/// # Errors
/// The database failed, or there is no such project.
pub async fn policy_of(ctx: &Context, project: Uuid) -> Result<Policy> {
    let found = projects::get(&mut ctx.db.read().await?, project).await?;
    found.map(|project| project.policy).ok_or(super::FlowError::NotFound("project"))
}

/// The last part of a path as a name to show: no separators, no control characters, at most 200 characters.
#[must_use]
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if clean.trim().is_empty() { "unnamed".to_owned() } else { clean }
}

/// Random numbers of an image that come out the same whenever it is imported into the same project: its subset does not depend on the
/// order of files, nor on anything that the people who label it do.
struct Draw([u8; 32]);

impl Draw {
    fn new(project: Uuid, hash: &str) -> Self {
        Self(Sha256::new().chain_update(project.as_bytes()).chain_update(hash.as_bytes()).finalize().into())
    }

    /// Uniform in [0, 1).
    fn unit(&self, which: usize) -> f64 {
        let mut eight = [0; 8];
        eight.copy_from_slice(&self.0[8 * which..8 * which + 8]);
        (u64::from_le_bytes(eight) >> 11) as f64 / (1u64 << 53) as f64
    }

    fn subset(&self, validation_share: f64) -> Subset {
        if self.unit(0) < validation_share { Subset::Validation } else { Subset::Train }
    }

    /// Before the first model the queue is in random order, with validation images in its first half: the figures that decide how far
    /// the model may be trusted are measured on them.
    fn priority(&self, subset: Subset) -> f64 {
        let unit = self.unit(1);
        if subset == Subset::Validation { 0.5 + unit / 2.0 } else { unit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_control_characters() {
        assert_eq!(clean_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_name("C:\\scans\\a\u{7}b.png"), "ab.png");
        assert_eq!(clean_name("///"), "unnamed");
    }

    #[test]
    fn a_fifth_of_the_images_is_for_validation_and_stays_so() {
        let project = Uuid::from_u128(7);
        let validation = |i: i32| Draw::new(project, &i.to_string()).subset(0.2) == Subset::Validation;
        let share = (0..5000).filter(|&i| validation(i)).count() as f64 / 5000.0;
        assert!((share - 0.2).abs() < 0.02, "{share}");
        assert_eq!(validation(3), validation(3));
    }
}
