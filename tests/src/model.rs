//! A model that was really trained, on discs, put into a project as a training job does.

use std::{
    ops::ControlFlow,
    sync::{Arc, OnceLock},
};

use image::RgbImage;
use labelwright::{
    blobs::Kind,
    context::Context,
    store::{
        Millis,
        models::{self, Model},
    },
};
use labelwright_ml::{
    Device, Extractor,
    train::{Sample, Target, TrainConfig, train_head},
};
use uuid::Uuid;

use crate::pictures;

/// Width and height of the pictures that it is trained on.
pub const SIZE: (u32, u32) = (96, 64);

/// Whether a pixel of [`pictures::png`] lies on the disc.
#[must_use]
pub fn on_disc(picture: &RgbImage, x: u32, y: u32) -> bool {
    picture.get_pixel(x, y)[0] > 100
}

/// Weights of a head that finds the discs of [`pictures::png`] as class 1; trained once for all tests.
pub fn weights() -> &'static [u8] {
    static WEIGHTS: OnceLock<Vec<u8>> = OnceLock::new();
    WEIGHTS.get_or_init(|| {
        let extractor = Extractor::new(Device::flex()).unwrap();
        let sample = |seed: u64| {
            let picture = image::load_from_memory(&pictures::png(SIZE.0, SIZE.1, seed)).unwrap().into_rgb8();
            let classes: Vec<u8> = picture.enumerate_pixels().map(|(x, y, _)| u8::from(on_disc(&picture, x, y))).collect();
            let features = extractor.extract(&picture, 96).unwrap();
            let target = Target::new(&classes, SIZE.0, SIZE.1, features.fit()).unwrap();
            Sample { features: Arc::new(features), target }
        };
        let samples: Vec<Sample> = [1, 3, 5, 8, 9, 11].into_iter().map(sample).collect();
        let config =
            TrainConfig { iterations: 60, images_per_step: 4, places_per_image: 128, width: 16, heads: 1, ..TrainConfig::default() };
        let head = train_head(&samples, &config, &Device::flex(), &mut |_| ControlFlow::Continue(())).unwrap();
        head.to_bytes().unwrap()
    })
}

/// Gives a project its next model.
pub async fn add(ctx: &Context, project: &str) -> Model {
    let trained = tokio::task::spawn_blocking(weights).await.unwrap();
    add_with(ctx, project, trained).await
}

/// The same with other bytes for its weights.
pub async fn add_with(ctx: &Context, project: &str, weights: &[u8]) -> Model {
    let project: Uuid = project.parse().unwrap();
    let weights_key = ctx.blobs.put(Kind::Weights, "safetensors", weights.to_vec().into()).await.unwrap();
    let mut tx = ctx.db.write().await.unwrap();
    let model = Model {
        id: Uuid::now_v7(),
        project_id: project,
        version: models::next_version(&mut tx, project).await.unwrap(),
        architecture: "pyramid-head".into(),
        weights_key,
        labels: 6,
        train_seconds: 1.0,
        figures: "{}".into(),
        threshold: None,
        created_ms: Millis::now(),
    };
    models::insert(&mut tx, &model).await.unwrap();
    tx.commit().await.unwrap();
    model
}
