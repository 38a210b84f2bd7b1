//! Trials of a head on features that are computed once.

use std::{ops::ControlFlow, sync::Arc};

use anyhow::{Context as _, bail};
use image::{RgbImage, imageops::flip_horizontal};
use labelwright_data::source::{DataSet, DataSetExt as _, Shares};
use labelwright_dataset::{ClassMap, Subset};
use labelwright_ml::{
    Device, Extractor,
    train::{HeldOut, Sample, Target, TrainConfig, TrainError, TrialEvent, mean_iou, train_head, try_head},
};
use labelwright_tune::{Settings, Space, Value};

use super::{Subject, file::File};
use crate::{
    cli::train::labeled,
    domain::tuning::{self, HeadSettings},
};

/// A setting that is not one of the head's own: whether it also learns from mirrored pictures.
const MIRROR: &str = "mirror";

pub struct Head {
    fixed: HeadSettings,
    train: Vec<Sample>,
    /// The same pictures, mirrored; empty if the search does not ask for them.
    mirrored: Vec<Sample>,
    validation: Vec<HeldOut>,
    test: Vec<HeldOut>,
    epochs: usize,
    device: Device,
}

impl Head {
    /// # Errors
    /// The data can't be read or divided, or a setting does not exist.
    pub fn new(file: &File) -> anyhow::Result<Self> {
        let fixed: HeadSettings = serde_json::from_value(serde_json::to_value(&file.settings)?)?;
        TrainConfig::with(&own(&fixed)).map_err(anyhow::Error::msg).context("[settings]")?;
        let set = labeled(&file.data, &file.format, file.things_are)?;
        let device = Device::flex();
        let extractor = Extractor::new(device.clone())?;
        let mirrors = file.space.parameters().iter().any(|parameter| parameter.name == MIRROR) || fixed.contains_key(MIRROR);
        let shares = Shares { validation: file.validation, test: file.test };
        let part = |subset| -> anyhow::Result<_> { Ok(set.clone().split(subset, shares, 1)?) };
        let (mut train, mut mirrored) = (Vec::new(), Vec::new());
        let learned = part(Subset::Train)?;
        for index in 0..learned.len() {
            let (picture, truth) = pair(&learned, index)?;
            train.push(sample(&extractor, &picture, &truth, file.input_size)?);
            if mirrors {
                mirrored.push(sample(&extractor, &flip_horizontal(&picture), &flipped(&truth), file.input_size)?);
            }
        }
        let held = |subset| -> anyhow::Result<Vec<HeldOut>> {
            let part = part(subset)?;
            let one = |index| {
                let (picture, truth) = pair(&part, index)?;
                Ok(HeldOut { features: Arc::new(extractor.extract(&picture, file.input_size)?), truth: truth.classes })
            };
            (0..part.len()).map(one).collect()
        };
        let (validation, test) = (held(Subset::Validation)?, held(Subset::Test)?);
        if train.is_empty() || validation.is_empty() {
            bail!(
                "there are {} images to learn from and {} to measure on; change 'validation' and 'test', or add images",
                train.len(),
                validation.len()
            );
        }
        println!("{} images to learn from, {} to measure trials on, {} kept for the end", train.len(), validation.len(), test.len());
        Ok(Self { fixed, train, mirrored, validation, test, epochs: tuning::epochs(&file.stopping), device })
    }

    fn config(&self, settings: &Settings) -> anyhow::Result<TrainConfig> {
        TrainConfig::with(&own(&tuning::with(&self.fixed, settings))).map_err(anyhow::Error::msg)
    }

    /// What is learned from, with these settings.
    fn samples(&self, settings: &Settings) -> Vec<Sample> {
        let wanted = match settings.get(MIRROR) {
            Some(value) => *value == Value::Text("yes".into()),
            None => self.fixed.get(MIRROR).and_then(|value| value.as_str()) == Some("yes"),
        };
        let mirrored = if wanted { self.mirrored.as_slice() } else { &[] };
        self.train.iter().chain(mirrored).cloned().collect()
    }
}

impl Subject for Head {
    fn baseline(&self, space: &Space) -> Option<Settings> {
        let config = TrainConfig::with(&own(&self.fixed)).ok()?;
        let mut settings = tuning::baseline(space, &config);
        if space.parameters().iter().any(|parameter| parameter.name == MIRROR) {
            let now = self.fixed.get(MIRROR).and_then(|value| value.as_str()).unwrap_or("no");
            settings.insert(MIRROR.into(), Value::Text(now.to_owned()));
        }
        (settings.len() == space.dimensions()).then_some(settings)
    }

    fn run(&self, _: usize, settings: &Settings, told: &mut dyn FnMut(f64) -> ControlFlow<()>) -> anyhow::Result<f64> {
        let (config, samples) = (self.config(settings)?, self.samples(settings));
        let value = try_head(&samples, &self.validation, &config, self.epochs, &self.device, &mut |event| match event {
            TrialEvent::Epoch(_, value) => told(value),
            TrialEvent::Step(_) => ControlFlow::Continue(()),
        });
        Ok(value?)
    }

    fn test(&self, _: usize, settings: &Settings) -> anyhow::Result<Option<f64>> {
        if self.test.is_empty() {
            return Ok(None);
        }
        let (config, samples) = (self.config(settings)?, self.samples(settings));
        let head = train_head(&samples, &config, &self.device, &mut |_| ControlFlow::Continue(()))
            .map_err(|error: TrainError| anyhow::anyhow!(error))?;
        Ok(Some(mean_iou(&head, &self.test, &self.device)?))
    }
}

/// Without what is not the head's own.
fn own(settings: &HeadSettings) -> HeadSettings {
    settings.iter().filter(|(name, _)| name.as_str() != MIRROR).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn pair(set: &dyn DataSet, index: usize) -> anyhow::Result<(RgbImage, ClassMap)> {
    let item = set.item(index)?;
    let (width, height) = (item.picture.width(), item.picture.height());
    let truth = item.target.mask.with_context(|| format!("'{}' has no mask", item.id))?;
    let picture = RgbImage::from_raw(width, height, item.picture.into_pixels()).context("a picture without all of its pixels")?;
    Ok((picture, truth))
}

fn sample(extractor: &Extractor, picture: &RgbImage, truth: &ClassMap, input_size: u32) -> anyhow::Result<Sample> {
    let features = extractor.extract(picture, input_size)?;
    let target = Target::new(&truth.classes, truth.width, truth.height, features.fit()).context("a mask without all of its pixels")?;
    Ok(Sample { features: Arc::new(features), target })
}

fn flipped(map: &ClassMap) -> ClassMap {
    let rows = map.classes.chunks_exact(map.width.max(1) as usize);
    ClassMap { width: map.width, height: map.height, classes: rows.flat_map(|row| row.iter().rev().copied()).collect() }
}
