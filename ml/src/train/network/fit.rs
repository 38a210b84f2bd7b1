//! The loop.

use std::{ops::ControlFlow, path::Path, sync::Arc, time::Instant};

use burn::{
    module::Module,
    optim::{GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor, TensorData},
};
use labelwright_data::{
    DataLoader, LoaderOptions,
    source::DataSet,
    transform::{
        Pipeline,
        batch::{SegmentationBatch, SegmentationBatcher},
    },
};
use labelwright_dataset::VOID;

use super::{Accumulated, Checkpoint, EpochFigures, FitError, Position, Recipe, Truth, evaluate, journal::Journal, numbered, replace};
use crate::{
    models::{ModelSpec, Network, SegmentationModel},
    weights::{self, NamedTensors},
};

/// What is learned from and what is checked against.
#[derive(Clone)]
pub struct Data {
    pub train: Arc<dyn DataSet>,
    pub validation: Arc<dyn DataSet>,
}

/// What training tells while it runs.
#[derive(Debug)]
pub enum Event<'a> {
    Step { epoch: usize, step: usize, steps: usize, loss: f64 },
    Epoch(&'a EpochFigures),
}

/// What came out.
pub struct Fitted {
    /// The best network on the validation set.
    pub network: Network,
    /// Its mean IoU there.
    pub mean_iou: f64,
    /// The epochs of this run.
    pub epochs: Vec<EpochFigures>,
}

/// Trains a network, or goes on where a former run in the same folder was stopped.
///
/// The folder gets `last.ckpt` after each epoch, `best.safetensors` with torchvision's names whenever the mean IoU is better than before,
/// `metrics.jsonl` and TensorBoard's event files. `watch` is told of every step and epoch and may stop training.
///
/// # Errors
/// There is nothing to learn from, the recipe makes no sense, the loss is no number any more, a file can't be written, or training was stopped.
/// The folder then still holds the last checkpoint and the best network.
pub fn fit(
    network: Network,
    recipe: &Recipe,
    data: &Data,
    folder: &Path,
    device: &Device,
    watch: &mut dyn FnMut(Event<'_>) -> ControlFlow<()>,
) -> Result<Fitted, FitError> {
    let spec = network.spec().clone();
    recipe.check(spec.classes)?;
    survey(data, spec.classes)?;
    let [chain, validation] = recipe.chains(spec.backbone)?;
    let batcher = SegmentationBatcher::of(&chain).ok_or(FitError::Size)?;
    let options = LoaderOptions { batch_size: recipe.batch, shuffle: Some(recipe.seed), ..Default::default() };
    let loader = DataLoader::new(Pipeline::new(data.train.clone(), chain, recipe.seed), batcher, options)?;
    let steps = recipe.epochs * loader.batches(0).div_ceil(recipe.optimizer.accumulate);

    let mut run = Run::new(network, recipe, device)?.resumed(folder)?;
    let mut journal = Journal::open(folder)?;
    let mut epochs = Vec::new();
    while run.position.epoch < recipe.epochs && !(recipe.patience > 0 && run.position.since_best >= recipe.patience) {
        let (start, mut sum, mut batches) = (Instant::now(), 0.0, 0);
        let (mut gradients, mut rate, mut norm) = (Accumulated::default(), 0.0, 0.0);
        let epoch = run.position.epoch;
        let last = loader.batches(epoch as u64);
        for loaded in loader.epoch(epoch as u64) {
            let batch = loaded.map_err(|error| FitError::Load(error.to_string()))?.batch;
            let (loss, new) = run.gradients(batch, batches)?;
            (sum, batches) = (sum + loss, batches + 1);
            gradients.add(&run.network, new);
            if gradients.count() == recipe.optimizer.accumulate || batches == last {
                let share = recipe.warm_up.factor(recipe.schedule, run.position.step, steps);
                (rate, norm) = (recipe.optimizer.rate * share, run.step(&mut gradients, share)?);
            }
            if watch(Event::Step { epoch, step: run.position.step, steps, loss }).is_break() {
                return Err(FitError::Stopped { epoch });
            }
        }
        let network = run.judged();
        let counts = evaluate(&network, data.validation.clone(), &validation, recipe.batch, device)?;
        let figures = EpochFigures {
            epoch: epoch + 1,
            step: run.position.step,
            loss: sum / f64::from(batches.max(1) as u32),
            rate,
            gradient: norm,
            mean_iou: counts.mean_iou_with_background(),
            foreground_iou: counts.mean_iou(),
            pixel_accuracy: counts.pixel_accuracy(),
            per_class: counts.per_class(),
            seconds: start.elapsed().as_secs_f64(),
        };
        run.keep(&network, figures.mean_iou, folder)?;
        journal.write(&figures).map_err(FitError::file(folder))?;
        let stop = watch(Event::Epoch(&figures)).is_break();
        epochs.push(figures);
        if stop && run.position.epoch < recipe.epochs {
            return Err(FitError::Stopped { epoch: run.position.epoch });
        }
    }
    let best = folder.join("best.safetensors");
    let bytes = std::fs::read(&best).map_err(FitError::file(&best))?;
    let (network, ..) = weights::load(run.judged(), &bytes)?;
    Ok(Fitted { network, mean_iou: run.position.best, epochs })
}

/// Looks at all masks before the first step: an empty set, a class without labels and a foreign class are said at once.
fn survey(data: &Data, classes: usize) -> Result<(), FitError> {
    for (name, set) in [("training", &data.train), ("validation", &data.validation)] {
        if set.is_empty() {
            return Err(FitError::Empty(name));
        }
    }
    let mut seen = [false; 256];
    for index in 0..data.train.len() {
        let item = data.train.item(index)?;
        let mask = item.target.mask.map(|mask| mask.classes).unwrap_or_default();
        mask.iter().for_each(|&class| seen[usize::from(class)] = true);
        if let Some(class) = (classes..usize::from(VOID)).find(|&class| seen[class]) {
            return Err(FitError::ForeignClass { class: class as u8, classes, id: item.id });
        }
    }
    match (0..classes).find(|&class| !seen[class]) {
        Some(class) => Err(FitError::Unseen { class: class as u8, seen: (0..VOID).filter(|&class| seen[usize::from(class)]).collect() }),
        None => Ok(()),
    }
}

/// A network in training.
pub(super) struct Run<'a> {
    pub network: Network,
    pub position: Position,
    recipe: &'a Recipe,
    spec: ModelSpec,
    optimizer: ModuleOptimizer,
    average: NamedTensors,
    device: Device,
}

impl<'a> Run<'a> {
    pub fn new(network: Network, recipe: &'a Recipe, device: &Device) -> Result<Self, FitError> {
        let spec = network.spec().clone();
        // Made anew, because parameters take part in gradients only where they were made for that.
        let names = |path: &[&str]| Network::tensor_name(&spec, path);
        let trained = Network::empty(&spec, &device.clone().autodiff());
        let (network, report) = weights::apply(trained, &weights::collect(&network, &names)?, &names);
        report.complete()?;
        let network = numbered(network);
        let network = if recipe.frozen_norms { network.with_frozen_norms() } else { network };
        let network = if recipe.optimizer.backbone == 0.0 { network.with_frozen_backbone() } else { network };
        let position = Position { epoch: 0, step: 0, best: -1.0, since_best: 0, recipe: recipe.clone() };
        let optimizer = recipe.optimizer.build();
        Ok(Self { network, position, recipe, spec, optimizer, average: NamedTensors::default(), device: device.clone() })
    }

    fn resumed(mut self, folder: &Path) -> Result<Self, FitError> {
        let Some(checkpoint) = Checkpoint::load(&folder.join("last.ckpt"))? else { return Ok(self) };
        if checkpoint.position.recipe != *self.recipe {
            return Err(FitError::OtherRecipe);
        }
        let bytes = checkpoint.optimizer();
        self.optimizer = self.optimizer.from_bytes(bytes).map_err(|error| FitError::Checkpoint(error.to_string()))?;
        self.network = self.filled(self.network.clone(), &checkpoint.weights)?;
        self.average = checkpoint.average;
        self.position = checkpoint.position;
        Ok(self)
    }

    fn filled(&self, network: Network, tensors: &NamedTensors) -> Result<Network, FitError> {
        let (network, report) = weights::apply(network, tensors, &|path| Network::tensor_name(&self.spec, path));
        report.complete()?;
        Ok(network)
    }

    fn weights(&self) -> Result<NamedTensors, FitError> {
        // `valid` also brings the normalisations' statistics up to date, which lag behind by one step otherwise.
        Ok(weights::collect(&self.network.valid(), &|path| Network::tensor_name(&self.spec, path))?)
    }

    /// Loss and gradients of a batch. Dropout is drawn by the seed and the numbers of step and batch.
    pub fn gradients(&mut self, batch: SegmentationBatch, number: usize) -> Result<(f64, GradientsParams), FitError> {
        let at = ((self.position.step as u64) << 20) ^ number as u64;
        self.device.seed(self.recipe.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ at);
        let truth = Truth::new(&batch, self.spec.classes, &self.device)?;
        let [width, height] = batch.size.map(|side| side as usize);
        let data = TensorData::new(batch.pictures, [batch.ids.len(), 3, height, width]);
        let images = Tensor::<4>::from_data(data, &self.device).autodiff();
        let loss = self.recipe.loss.of(&self.network.forward(images), &truth)?;
        let value: f32 = loss.clone().without_autodiff().try_into_scalar().map_err(|error| FitError::Device(error.to_string()))?;
        if !value.is_finite() {
            return Err(FitError::Diverged { step: self.position.step, epoch: self.position.epoch });
        }
        Ok((f64::from(value), GradientsParams::from_grads(loss.backward(), &self.network)))
    }

    /// One step of the optimizer; returns the norm of the gradients.
    pub fn step(&mut self, gradients: &mut Accumulated, share: f64) -> Result<f64, FitError> {
        let settings = &self.recipe.optimizer;
        let (gradients, norm) = gradients.take(&self.network, settings.clip)?;
        if !norm.is_finite() {
            return Err(FitError::Diverged { step: self.position.step, epoch: self.position.epoch });
        }
        self.network = self.optimizer.step(settings.rates(share), self.network.clone(), gradients);
        if settings.average > 0.0 {
            let decay = settings.average.min((1.0 + self.position.step as f32) / (10.0 + self.position.step as f32));
            let new = self.weights()?;
            if self.average.0.is_empty() {
                self.average = new;
            } else {
                for (average, new) in self.average.0.values_mut().zip(new.0.values()) {
                    average.values.iter_mut().zip(&new.values).for_each(|(average, new)| *average = decay * *average + (1.0 - decay) * new);
                }
            }
        }
        self.position.step += 1;
        Ok(norm)
    }

    /// The network that is validated and kept: the moving average where there is one.
    fn judged(&self) -> Network {
        let network = self.network.valid();
        if self.average.0.is_empty() {
            return network;
        }
        weights::apply(network, &self.average, &|path| Network::tensor_name(&self.spec, path)).0
    }

    fn keep(&mut self, network: &Network, mean_iou: f64, folder: &Path) -> Result<(), FitError> {
        let position = &mut self.position;
        position.epoch += 1;
        position.since_best += 1;
        if mean_iou > position.best {
            (position.best, position.since_best) = (mean_iou, 0);
            replace(&folder.join("best.safetensors"), &weights::export(network)?)?;
        }
        let optimizer = self.optimizer.into_bytes().map_err(|error| FitError::Checkpoint(error.to_string()))?.to_vec();
        let checkpoint = Checkpoint { position: self.position.clone(), weights: self.weights()?, average: self.average.clone(), optimizer };
        checkpoint.save(&folder.join("last.ckpt"))
    }
}
