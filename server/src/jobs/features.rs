//! What the backbone sees in each image: computed once, kept as a blob, read by every training and prediction.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use labelwright_ml::{Device, Extractor, Features};
use serde_json::json;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::{Finished, JobError, Progress, Result, blocking, patiently};
use crate::{
    blobs::{BlobError, Kind},
    config::Config,
    context::Context,
    flow::{self, FlowError},
    media::{self, Limits},
    store::{
        self, Millis, features,
        images::{self, Image},
        jobs::Job,
        projects,
    },
};

/// Images that are read from the database in one go.
const PAGE: i64 = 200;

/// Images that are worked on at the same time: one keeps the cores busy with the network while the next one is read and decoded.
pub(super) const AT_ONCE: usize = 2;

/// Network, preprocessing and input size in one name: features under another name are of no use to each other's heads.
#[must_use]
pub fn extractor_name(input_size: u32) -> String {
    format!("efficientnet-lite0/1/{input_size}")
}

/// Where models run.
pub(crate) fn device(_config: &Config) -> Device {
    Device::flex()
}

/// Runs a features job.
///
/// # Errors
/// The database, the blobs or the device failed, or the job shall stop.
pub(super) async fn run(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let project = projects::get(&mut ctx.db.read().await?, job.project_id).await?;
    let project = project.ok_or_else(|| JobError::NotYet("The project is gone.".into()))?;
    let source = Source::new(ctx.clone(), project.policy.input_size);
    let done = source.ensure(project.id, progress).await?;
    let message = match (done.computed, done.unreadable) {
        (computed, 0) => format!("features of {computed} images computed"),
        (computed, bad) => format!("features of {computed} images computed; {bad} images can't be read and were left out"),
    };
    Ok(Finished { message, result: json!({ "computed": done.computed, "unreadable": done.unreadable }) })
}

/// What [`Source::ensure`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Done {
    pub computed: u64,
    pub unreadable: u64,
}

/// The network that features come from: loaded when something is first computed with it, then shared by all of the program.
#[derive(Debug, Default)]
pub struct Backbone(OnceCell<Arc<Extractor>>);

impl Backbone {
    /// # Errors
    /// The weights that come with the program are damaged.
    pub async fn get(&self, config: &Config) -> flow::Result<Arc<Extractor>> {
        let load = || async {
            let device = device(config);
            let extractor = flow::blocking(move || Extractor::new(device)).await?;
            Ok(Arc::new(extractor.map_err(|error| FlowError::Work(error.to_string()))?))
        };
        self.0.get_or_try_init(load).await.cloned()
    }
}

/// Features of one input size, from the cache or computed. Cheap to make and to clone.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    ctx: Context,
    name: Arc<str>,
    input_size: u32,
}

impl Source {
    pub fn new(ctx: Context, input_size: u32) -> Self {
        Self { ctx, name: extractor_name(input_size).into(), input_size }
    }

    pub fn input_size(&self) -> u32 {
        self.input_size
    }

    /// How many images of a project have no features yet.
    pub async fn missing(&self, project: Uuid) -> Result<u64> {
        let mut tx = self.ctx.db.read().await?;
        let all: i64 = images::counts(&mut tx, project).await?.iter().map(|count| count.n).sum();
        let known = features::count(&mut tx, project, &self.name).await?;
        Ok(u64::try_from(all - known).unwrap_or(0))
    }

    /// Computes what is missing, image by image; each is kept as soon as it is there. An image that can't be read is left out.
    pub async fn ensure(&self, project: Uuid, progress: &Progress) -> Result<Done> {
        let total = self.missing(project).await?;
        let (mut done, mut after) = (Done::default(), Uuid::nil());
        progress.set(0.0, format!("features 0 of {total}"))?;
        loop {
            let page = images::without_features(&mut self.ctx.db.read().await?, project, after, &self.name, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let mut work = stream::iter(page.into_iter().map(|image| async move {
                let result = self.compute(image.id, &image.display_key).await;
                (image, result)
            }))
            .buffer_unordered(AT_ONCE);
            while let Some((image, result)) = work.next().await {
                match result {
                    Ok(_) => done.computed += 1,
                    Err(error) if left_out(&image, &error) => done.unreadable += 1,
                    Err(error) => return Err(error),
                }
                let seen = done.computed + done.unreadable;
                let total = total.max(seen);
                progress.set(seen as f64 / total as f64, format!("features {seen} of {total}"))?;
            }
        }
        progress.set(1.0, "features are ready")?;
        Ok(done)
    }

    /// The features of one image: from the cache, or anew when there are none or they are damaged or of an older version.
    pub async fn of(&self, image: Uuid, display_key: &str) -> Result<Features> {
        let key = features::get(&mut self.ctx.db.read().await?, image, &self.name).await?;
        if let Some(key) = key {
            match self.ctx.blobs.get(&key).await {
                Ok(bytes) => match blocking(move || Features::from_bytes(&bytes)).await? {
                    Ok(features) => return Ok(features),
                    Err(error) => tracing::warn!(%image, %error, "features are computed again"),
                },
                Err(BlobError::Missing(_)) => tracing::warn!(%image, "features are gone and computed again"),
                Err(error) => return Err(error.into()),
            }
        }
        self.compute(image, display_key).await
    }

    async fn compute(&self, image: Uuid, display_key: &str) -> Result<Features> {
        let extractor = self.ctx.backbone.get(&self.ctx.config).await?;
        let file = self.ctx.blobs.get(display_key).await?;
        let limits = Limits { bytes: u64::MAX, pixels: self.ctx.config.max_image_pixels };
        let input_size = self.input_size;
        let (features, bytes) = blocking(move || {
            // What was taken in stays readable when the limits are lowered later.
            let limits = Limits { pixels: limits.pixels.max(1 << 28), ..limits };
            let picture = media::decode(&file, limits).map_err(|error| JobError::Flow(error.into()))?.pixels.into_rgb8();
            let features = extractor.extract(&picture, input_size).map_err(|error| JobError::Work(error.to_string()))?;
            let bytes = features.to_bytes();
            Ok::<_, JobError>((features, bytes))
        })
        .await??;
        let key = self.ctx.blobs.put(Kind::Features, "bin", bytes.into()).await?;
        patiently(|| self.remember(image, &key)).await?;
        Ok(features)
    }

    async fn remember(&self, image: Uuid, key: &str) -> store::Result<()> {
        let mut tx = self.ctx.db.write().await?;
        features::put(&mut tx, image, &self.name, key, Millis::now()).await?;
        tx.commit().await
    }
}

/// Whether the fault is the image's own, so that the others can go on without it.
pub(super) fn left_out(image: &Image, error: &JobError) -> bool {
    let own = matches!(error, JobError::Flow(_) | JobError::Blob(BlobError::Missing(_)));
    if own {
        tracing::warn!(image = %image.id, name = image.name, %error, "an image can't be read and is left out");
    }
    own
}
