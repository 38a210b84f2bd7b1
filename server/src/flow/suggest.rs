//! Masks of single objects for somebody who points at them, from what the backbone and the project's newest model see.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use image::RgbImage;
use labelwright_dataset::Mask;
use labelwright_ml::{
    Features, TrainedHead,
    predict::{self, Click, Prediction, Predictor, Wanted},
};
use uuid::Uuid;

use super::{FlowError, Result, blocking};
use crate::{
    context::Context,
    jobs::{
        JobError,
        features::{Source, device},
    },
    media::{self, Limits},
    store::{
        Error,
        images::{self, Image},
        models,
        projects::Project,
    },
};

/// Images that are kept ready, the one asked for last first: people click on one image many times. At most so many pixels of them.
const READY: usize = 16;
const READY_PIXELS: u64 = 120_000_000;

/// An image that can be asked about at once.
#[derive(Debug)]
struct Ready {
    image: Uuid,
    model: Option<Uuid>,
    picture: RgbImage,
    features: Features,
    prediction: Option<Prediction>,
}

/// What is ready, shared by all requests of a server.
#[derive(Debug, Default)]
pub struct Suggester {
    ready: Mutex<VecDeque<Arc<Ready>>>,
}

impl Suggester {
    fn take(&self, image: Uuid, model: Option<Uuid>) -> Option<Arc<Ready>> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let at = ready.iter().position(|one| one.image == image && one.model == model)?;
        let one = ready.remove(at)?;
        ready.push_front(one.clone());
        Some(one)
    }

    fn keep(&self, one: Arc<Ready>) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.retain(|other| other.image != one.image);
        ready.push_front(one);
        let pixels = |one: &Ready| u64::from(one.picture.width()) * u64::from(one.picture.height());
        while ready.len() > 1 && (ready.len() > READY || ready.iter().map(|one| pixels(one)).sum::<u64>() > READY_PIXELS) {
            ready.pop_back();
        }
    }
}

fn failed(error: JobError) -> FlowError {
    match error {
        JobError::Store(error) => error.into(),
        JobError::Blob(error) => error.into(),
        JobError::Flow(error) => error,
        other => FlowError::Conflict(format!("no mask can be proposed now: {other}")),
    }
}

/// The mask of the object that the clicks or the box point at, and how clearly it stands out in `[0, 1]`; none when nothing does. `blind` leaves
/// the model out: validation images are labeled without its help.
///
/// # Errors
/// The database or the blobs failed, or the image can't be read any more.
pub async fn suggest(
    ctx: &Context,
    project: &Project,
    image: Uuid,
    blind: bool,
    clicks: Vec<Click>,
    around: Option<[f64; 4]>,
    class: Option<u8>,
) -> Result<Option<(Mask, f32)>> {
    let mut tx = ctx.db.glance().await?;
    let model = if blind { None } else { models::newest(&mut tx, project.id).await? };
    let ready = match ctx.suggester.take(image, model.as_ref().map(|model| model.id)) {
        Some(ready) => {
            // No connection is held while the processor works.
            drop(tx);
            ready
        }
        None => {
            let image = images::get(&mut tx, image).await?.ok_or(FlowError::NotFound("image"))?;
            drop(tx);
            let ready = Arc::new(prepare(ctx, project, &image, model).await?);
            ctx.suggester.keep(ready.clone());
            ready
        }
    };
    let found = blocking(move || {
        let wanted = Wanted { clicks: &clicks, around, class };
        predict::suggest(&ready.picture, &ready.features, ready.prediction.as_ref(), &wanted)
    })
    .await?;
    Ok(found.map(|found| (found.mask, found.confidence)))
}

async fn prepare(ctx: &Context, project: &Project, image: &Image, model: Option<models::Model>) -> Result<Ready> {
    let source = Source::new(ctx.clone(), project.policy.input_size);
    let features = source.of(image.id, &image.display_key).await.map_err(failed)?;
    let file = ctx.blobs.get(&image.display_key).await?;
    let limits = Limits { bytes: u64::MAX, pixels: ctx.config.max_image_pixels.max((image.width * image.height) as u64) };
    let weights = match &model {
        Some(model) => Some(ctx.blobs.get(&model.weights_key).await?),
        None => None,
    };
    let (id, device) = (image.id, device(&ctx.config));
    let ready = blocking(move || {
        let picture = media::decode(&file, limits)?.pixels.into_rgb8();
        let prediction = match weights {
            Some(weights) => {
                let head = TrainedHead::from_bytes(&weights).map_err(|e| Error::Corrupt("a model's weights", e.to_string()))?;
                // A model of another input size is left out until the next one is trained.
                Predictor::new(&head, &device).predict(&features).ok()
            }
            None => None,
        };
        Ok::<_, FlowError>(Ready { image: id, model: model.map(|model| model.id), picture, features, prediction })
    });
    ready.await?
}
