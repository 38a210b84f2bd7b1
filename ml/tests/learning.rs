//! The whole chain on pictures made by a formula: it learns, it is repeatable, and it fails with words.

#![allow(clippy::unwrap_used, reason = "a test that fails should stop right there")]

use std::{ops::ControlFlow, sync::Arc};

use image::{Rgb, RgbImage};
use labelwright_dataset::{Class, ClassKind, Geometry, Schema};
use labelwright_ml::{
    Device, Extractor, TrainedHead,
    metrics::Confusion,
    predict::{PredictError, Prediction, ShapeOptions, predict, shapes},
    train::{HeldOut, Sample, Target, TrainConfig, TrainError, TrialEvent, train_head, try_head},
};

/// A bright disc on a noisy ground, and its class map.
fn picture(seed: u32, class: u8) -> (RgbImage, Vec<u8>) {
    let (width, height) = (96 + seed % 3 * 8, 80u32);
    let (cx, cy, r) = (30.0 + (seed * 7 % 30) as f32, 25.0 + (seed * 5 % 25) as f32, 12.0 + (seed % 5) as f32);
    let inside = |x: u32, y: u32| (x as f32 - cx).powi(2) + (y as f32 - cy).powi(2) < r * r;
    let image = RgbImage::from_fn(width, height, |x, y| {
        let noise = (x * 31 + y * 17 + x * y * 7 + seed * 13) % 40;
        if inside(x, y) { Rgb([200 - noise as u8, 90, 60]) } else { Rgb([60 + noise as u8, 80, 100]) }
    });
    let classes = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| if inside(x, y) { class } else { 0 }).collect();
    (image, classes)
}

fn sample(extractor: &Extractor, seed: u32, class: u8) -> (Sample, Vec<u8>) {
    let (image, classes) = picture(seed, class);
    let features = extractor.extract(&image, 128).unwrap();
    let target = Target::new(&classes, image.width(), image.height(), features.fit()).unwrap();
    (Sample { features: Arc::new(features), target }, classes)
}

fn config() -> TrainConfig {
    TrainConfig { iterations: 40, images_per_step: 4, places_per_image: 128, width: 16, heads: 2, ..TrainConfig::default() }
}

fn train(samples: &[Sample], config: &TrainConfig) -> Result<TrainedHead, TrainError> {
    train_head(samples, config, &Device::flex(), &mut |_| ControlFlow::Continue(()))
}

fn predicted(sample: &Sample, head: &TrainedHead) -> Prediction {
    predict(&sample.features, head, &Device::flex()).unwrap()
}

#[test]
fn a_head_learns_predicts_and_comes_back_from_bytes() {
    let extractor = Extractor::new(Device::flex()).unwrap();
    let all: Vec<(Sample, Vec<u8>)> = (0..10).map(|seed| sample(&extractor, seed, 4)).collect();
    let samples: Vec<Sample> = all[..6].iter().map(|(sample, _)| sample.clone()).collect();

    let mut last = 0.0;
    let head = train_head(&samples, &config(), &Device::flex(), &mut |progress| {
        assert!(progress.done > last);
        last = progress.done;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(last, 1.0);
    assert_eq!((head.classes(), head.heads(), head.input_size()), (&[0u8, 4][..], 2, 128));
    assert_eq!(train(&samples, &config()).unwrap(), head, "the same seed gives the same head");
    assert_ne!(train(&samples, &TrainConfig { seed: 9, ..config() }).unwrap(), head);
    assert_eq!(TrainedHead::from_bytes(&head.to_bytes().unwrap()).unwrap(), head);

    for (sample, truth) in &all[6..] {
        let prediction = predicted(sample, &head);
        assert_eq!(prediction.class_map.len(), truth.len());
        let iou = Confusion::of(truth, &prediction.class_map).unwrap().mean_iou();
        assert!(iou > 0.85, "{iou}");
        assert!(prediction.confidence > 0.6 && prediction.confidence <= 1.0, "{}", prediction.confidence);
        let schema = Schema { classes: vec![Class { index: 4, name: "disc".into(), color: "#ff0000".into(), kind: ClassKind::Thing }] };
        let shapes = shapes(&prediction, &schema, &ShapeOptions::default());
        assert!(matches!(shapes[0].geometry, Geometry::Polygon(_)) && shapes[0].confidence.unwrap() > 0.7);
    }

    let (image, _) = picture(1, 4);
    let other_size = extractor.extract(&image, 64).unwrap();
    assert_eq!(predict(&other_size, &head, &Device::flex()), Err(PredictError::InputSizes { features: 64, head: 128 }));
}

#[test]
fn what_cannot_be_learned_is_said() {
    let extractor = Extractor::new(Device::flex()).unwrap();
    let (good, truth) = sample(&extractor, 1, 4);
    let (width, height) = (good.features.fit().image_width, good.features.fit().image_height);
    let with = |class: u8| {
        let target = Target::new(&vec![class; truth.len()], width, height, good.features.fit()).unwrap();
        Sample { features: good.features.clone(), target }
    };
    assert_eq!(train(&[], &config()), Err(TrainError::NoSamples));
    assert_eq!(train(&[with(255)], &config()), Err(TrainError::NoSamples));
    assert_eq!(train(&[with(3), with(3)], &config()), Err(TrainError::OneClass(3)));
    assert_eq!(train(std::slice::from_ref(&good), &TrainConfig { heads: 0, ..config() }), Err(TrainError::Config("heads")));
    let cancelled = train_head(std::slice::from_ref(&good), &config(), &Device::flex(), &mut |_| ControlFlow::Break(()));
    assert_eq!(cancelled, Err(TrainError::Cancelled));
    // Two images of one class each are fine together, and an image that is all void is passed over.
    let head = train(&[with(3), with(0), with(255)], &TrainConfig { iterations: 3, ..config() }).unwrap();
    assert_eq!(head.classes(), [0, 3]);
    assert!(matches!(train(&[good], &TrainConfig { learning_rate: 1e30, ..config() }), Err(TrainError::Diverged(_))));
}

#[test]
fn a_trial_is_measured_while_it_learns_and_can_be_ended() {
    let extractor = Extractor::new(Device::flex()).unwrap();
    let all: Vec<(Sample, Vec<u8>)> = (0..8).map(|seed| sample(&extractor, seed, 4)).collect();
    let samples: Vec<Sample> = all[..5].iter().map(|(sample, _)| sample.clone()).collect();
    let held: Vec<HeldOut> =
        all[5..].iter().map(|(sample, truth)| HeldOut { features: sample.features.clone(), truth: truth.clone() }).collect();
    let run = |end_at: usize| {
        let mut course = Vec::new();
        let ended = try_head(&samples, &held, &config(), 4, &Device::flex(), &mut |event| match event {
            TrialEvent::Step(_) => ControlFlow::Continue(()),
            TrialEvent::Epoch(epoch, value) => {
                course.push(value);
                assert_eq!(epoch, course.len());
                if epoch == end_at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        });
        (ended, course)
    };
    let (whole, course) = run(0);
    assert_eq!(course.len(), 4);
    assert_eq!(whole, Ok(course[3]));
    assert!(course[3] > 0.85 && course[3] > course[0], "{course:?}");
    let (ended, part) = run(2);
    assert_eq!((ended, part.as_slice()), (Ok(course[1]), &course[..2]), "the same seed gives the same course");

    let never = try_head(&samples, &held, &config(), 4, &Device::flex(), &mut |_| ControlFlow::Break(()));
    assert_eq!(never, Err(TrainError::Cancelled));
    assert_eq!(try_head(&samples, &[], &config(), 4, &Device::flex(), &mut |_| ControlFlow::Continue(())), Err(TrainError::NoSamples));
}

#[test]
fn settings_are_taken_by_name_and_checked() {
    let settings = |text: &str| TrainConfig::with(&serde_json::from_str(text).unwrap());
    assert_eq!(settings("{}"), Ok(TrainConfig::default()));
    assert_eq!(
        settings(r#"{"learning_rate": 0.01, "width": 32}"#),
        Ok(TrainConfig { learning_rate: 0.01, width: 32, ..TrainConfig::default() })
    );
    assert!(settings(r#"{"rate": 0.01}"#).unwrap_err().contains("unknown field `rate`"));
    assert!(settings(r#"{"width": 1.5}"#).is_err());
    assert!(settings(r#"{"width": 0}"#).unwrap_err().contains("width"));
}
