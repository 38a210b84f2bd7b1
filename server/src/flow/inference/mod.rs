//! A model at work on pictures that are not in any project: other programs' and those that people try it on.
//!
//! A picture is decoded and brought onto its canvas on a thread of its own request, goes through the network together with those that came at
//! about the same time, whatever project they are for, and is enlarged and drawn by itself again. Nothing of it is stored.

pub mod batcher;
mod models;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use labelwright_dataset::Schema;
use labelwright_ml::{
    Canvas, Extractor,
    predict::{BatchError, Prediction, Predictor, Scores, predict_all},
};
use tokio::sync::{OnceCell, Semaphore};
use uuid::Uuid;

use self::batcher::{Batcher, Broken, Limits, Place};
use super::{FlowError, Result, blocking, tasks::schema};
use crate::{
    config::Config,
    context::Context,
    media::{self, MediaError},
    store::{
        Tx,
        models::{self as rows, Model},
        projects,
    },
};

/// A picture on its way through the network.
struct Job {
    canvas: Canvas,
    predictor: Arc<Predictor>,
    extractor: Arc<Extractor>,
}

type Outcome = Result<Scores, BatchError>;

/// The queue, and the models that are ready; shared by all requests of a server.
#[derive(Debug)]
pub struct Inference {
    batcher: OnceCell<Batcher<Job, Outcome>>,
    limits: Limits,
    ready: models::Ready,
    /// Pictures that are decoded or drawn at the same time: more than there are processors would only take memory.
    hands: Semaphore,
}

/// A model that is asked, and the classes as they are called now.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub model: Model,
    pub schema: Schema,
}

/// What a model says of a picture, and how long it took.
#[derive(Debug)]
pub struct Answered {
    pub prediction: Prediction,
    pub times: Times,
}

/// Where the time of a request went.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    /// Decoding and resizing.
    pub prepared: Duration,
    /// In the queue.
    pub waited: Duration,
    /// The network, for all pictures of the batch.
    pub worked: Duration,
    /// Enlarging to the picture's own size.
    pub enlarged: Duration,
    /// Pictures in the batch.
    pub together: usize,
}

impl Inference {
    /// A queue as the settings want it; its thread is started by the first request.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let wait = Duration::from_millis(config.inference_wait_ms);
        let limits = Limits { batch: config.inference_batch.max(1), wait, places: config.inference_queue.max(1) };
        let hands = std::thread::available_parallelism().map_or(2, usize::from);
        Self { batcher: OnceCell::new(), limits, ready: models::Ready::default(), hands: Semaphore::new(hands) }
    }

    async fn batcher(&self) -> Result<&Batcher<Job, Outcome>> {
        let start = || async { Batcher::start(self.limits, forward).map_err(|_| FlowError::Aborted) };
        self.batcher.get_or_try_init(start).await
    }

    /// How many pictures go through the network together at most.
    #[must_use]
    pub fn batch(&self) -> usize {
        self.limits.batch
    }

    /// A place in the queue.
    ///
    /// # Errors
    /// [`FlowError::Full`] when there is none.
    pub async fn place(&self) -> Result<Place> {
        self.batcher().await?.place().ok_or(FlowError::Full)
    }

    /// A place in the queue as soon as there is one.
    ///
    /// # Errors
    /// The program is ending.
    pub async fn wait_for_place(&self) -> Result<Place> {
        self.batcher().await?.wait_for_place().await.map_err(aborted)
    }

    /// CPU work of one request.
    ///
    /// # Errors
    /// The work broke off.
    pub async fn by_hand<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _hand = self.hands.acquire().await.map_err(|_| FlowError::Aborted)?;
        blocking(work).await
    }
}

fn aborted(_: Broken) -> FlowError {
    FlowError::Aborted
}

/// The work of a batch. All jobs of a server have the same network.
fn forward(jobs: &[Job]) -> Vec<Outcome> {
    let Some(first) = jobs.first() else { return Vec::new() };
    let pairs: Vec<(&Canvas, &Predictor)> = jobs.iter().map(|job| (&job.canvas, job.predictor.as_ref())).collect();
    predict_all(&first.extractor, &pairs)
}

/// The project's current model.
///
/// # Errors
/// [`FlowError::NoModel`] when none was trained yet.
pub async fn current(tx: &mut Tx, project: Uuid) -> Result<Chosen> {
    let model = rows::newest(tx, project).await?.ok_or(FlowError::NoModel)?;
    chosen(tx, model).await
}

/// A model with the classes of its project.
///
/// # Errors
/// The database failed.
pub async fn chosen(tx: &mut Tx, model: Model) -> Result<Chosen> {
    let schema = schema(&projects::classes(tx, model.project_id).await?);
    Ok(Chosen { model, schema })
}

/// Makes a model ready, so that the first picture need not wait for it.
///
/// # Errors
/// Its weights are gone or of another program.
pub async fn load(ctx: &Context, chosen: &Chosen) -> Result<()> {
    ctx.inference.ready.get(ctx, &chosen.model).await.map(drop)
}

/// What the model says of a picture file.
///
/// # Errors
/// The file is no picture or too large, the model can't be loaded, or the device failed.
pub async fn ask(ctx: &Context, chosen: &Chosen, file: Bytes, place: &mut Place) -> Result<Answered> {
    let inference = &ctx.inference;
    let began = std::time::Instant::now();
    let predictor = inference.ready.get(ctx, &chosen.model).await?;
    let extractor = ctx.backbone.get(&ctx.config).await?;
    let limits = media::Limits { bytes: ctx.config.max_image_bytes, pixels: ctx.config.max_image_pixels };
    let input_size = predictor.input_size();
    let canvas = inference.by_hand(move || {
        let picture = media::pixels(&file, limits)?.into_rgb8();
        Canvas::new(&picture, input_size).map_err(|error| MediaError::Damaged(error.to_string()))
    });
    let canvas = canvas.await??;
    let prepared = began.elapsed();
    let done = inference.batcher().await?.run(place, Job { canvas, predictor, extractor }).await.map_err(aborted)?;
    let scores = done.result.map_err(|error| FlowError::Work(error.to_string()))?;
    let began = std::time::Instant::now();
    let prediction = inference.by_hand(move || scores.enlarged()).await?;
    let times = Times { prepared, waited: done.waited, worked: done.worked, enlarged: began.elapsed(), together: done.together };
    Ok(Answered { prediction, times })
}
