//! Which places of which images a step learns from.

use labelwright_dataset::VOID;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
use rayon::prelude::*;

use super::{Sample, TrainConfig, TrainError};
use crate::{
    features::Fit,
    models::pyramid_head::{self, OUTPUT_STRIDE},
};

/// What an image shows, one class a pixel of the canvas; 255 is void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    classes: Vec<u8>,
}

impl Target {
    /// From a class map of the image (`width × height`, row by row), taking the class at each canvas pixel's centre. `None` if the map has another
    /// length. The map may have another size than the image, as long as it covers the same area.
    #[must_use]
    pub fn new(class_map: &[u8], width: u32, height: u32, fit: Fit) -> Option<Self> {
        let (width, height) = (width as usize, height as usize);
        if width == 0 || height == 0 || class_map.len() != width * height {
            return None;
        }
        let axis = |canvas: u32, size: usize| -> Vec<usize> {
            (0..canvas).map(|at| (((f64::from(at) + 0.5) * size as f64 / f64::from(canvas)) as usize).min(size - 1)).collect()
        };
        let (columns, rows) = (axis(fit.canvas_width, width), axis(fit.canvas_height, height));
        let classes = rows.iter().flat_map(|row| columns.iter().map(move |column| class_map[row * width + column])).collect();
        Some(Self { classes })
    }
}

/// One step's data.
pub(crate) struct Batch {
    /// `[rows, inputs]`, normalised.
    pub(crate) rows: Vec<f32>,
    /// Class of each row as an index into the class list.
    pub(crate) classes: Vec<usize>,
}

/// Mean and reciprocal standard deviation of every input.
pub(crate) struct Normalisation {
    pub(crate) mean: Vec<f32>,
    pub(crate) scale: Vec<f32>,
}

/// Draws batches; the same seed draws the same ones.
pub(crate) struct Batches<'a> {
    samples: &'a [Sample],
    classes: Vec<u8>,
    normalisation: Normalisation,
    /// For each sample and class: the canvas pixels of that class, and the chance that a place is drawn from it.
    pixels: Vec<Vec<(Vec<u32>, f32)>>,
    places: usize,
    images: usize,
    order: Vec<usize>,
    random: StdRng,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(samples: &'a [Sample], config: &TrainConfig) -> Result<Self, TrainError> {
        let mut counts = [0u64; 256];
        for &class in samples.iter().flat_map(|sample| &sample.target.classes) {
            counts[usize::from(class)] += 1;
        }
        counts[usize::from(VOID)] = 0;
        let classes: Vec<u8> = (0..VOID).filter(|&class| counts[usize::from(class)] > 0).collect();
        match classes.as_slice() {
            [] => return Err(TrainError::NoSamples),
            [only] => return Err(TrainError::OneClass(*only)),
            _ => {}
        }
        let total: u64 = counts.iter().sum();
        let weight = |class: u8| ((total as f32 / counts[usize::from(class)] as f32).sqrt()).min(5.0);
        let weights: Vec<f32> = classes.iter().map(|&class| weight(class)).collect();
        let mut out = Self {
            samples,
            pixels: samples.iter().map(|sample| places_of(&sample.target, &classes, &weights)).collect(),
            classes,
            normalisation: Normalisation { mean: vec![0.0; pyramid_head::inputs()], scale: vec![1.0; pyramid_head::inputs()] },
            places: config.places_per_image,
            images: config.images_per_step,
            order: Vec::new(),
            random: StdRng::seed_from_u64(config.seed),
        };
        out.normalisation = out.measured();
        Ok(out)
    }

    pub(crate) fn classes(&self) -> &[u8] {
        &self.classes
    }

    pub(crate) fn normalisation(&self) -> &Normalisation {
        &self.normalisation
    }

    pub(crate) fn reseed(&mut self, seed: u64) {
        self.random = StdRng::seed_from_u64(seed);
        self.order.clear();
    }

    /// The next batch. Every image is visited once before any is visited again.
    pub(crate) fn draw(&mut self) -> Batch {
        let chosen: Vec<(usize, u64)> = (0..self.images).map(|_| (self.next_image(), self.random.random())).collect();
        self.gather(&chosen, self.places)
    }

    fn next_image(&mut self) -> usize {
        if self.order.is_empty() {
            self.order = (0..self.samples.len()).filter(|&at| self.pixels[at].iter().any(|(pixels, _)| !pixels.is_empty())).collect();
            self.order.shuffle(&mut self.random);
        }
        self.order.pop().unwrap_or(0)
    }

    fn gather(&self, chosen: &[(usize, u64)], places: usize) -> Batch {
        let (inputs, layout) = (pyramid_head::inputs(), pyramid_head::layout());
        let mut rows = vec![0.0f32; chosen.len() * places * inputs];
        let mut classes = vec![0usize; chosen.len() * places];
        rows.par_chunks_exact_mut(places * inputs).zip(classes.par_chunks_exact_mut(places)).zip(chosen).for_each(
            |((rows, classes), &(image, seed))| {
                let mut random = StdRng::seed_from_u64(seed);
                let features = &self.samples[image].features;
                let sources = pyramid_head::sources(features);
                let canvas_width = features.fit.canvas_width as usize;
                for (row, class) in rows.chunks_exact_mut(inputs).zip(classes) {
                    let (chosen, pixel) = pick(&self.pixels[image], &mut random);
                    *class = chosen;
                    let cell = (pixel % canvas_width / OUTPUT_STRIDE, pixel / canvas_width / OUTPUT_STRIDE);
                    pyramid_head::gather(&sources, &layout, cell, row);
                    for ((value, mean), scale) in row.iter_mut().zip(&self.normalisation.mean).zip(&self.normalisation.scale) {
                        *value = (*value - mean) * scale;
                    }
                }
            },
        );
        Batch { rows, classes }
    }

    /// Mean and deviation over places of up to 64 images, drawn as in training.
    fn measured(&mut self) -> Normalisation {
        let images = self.samples.len().min(64);
        let chosen: Vec<(usize, u64)> = (0..images).map(|_| (self.next_image(), self.random.random())).collect();
        let batch = self.gather(&chosen, (8192 / images).clamp(32, 1024));
        let inputs = pyramid_head::inputs();
        let count = (batch.rows.len() / inputs) as f64;
        let (mut sum, mut squares) = (vec![0.0f64; inputs], vec![0.0f64; inputs]);
        for row in batch.rows.chunks_exact(inputs) {
            for ((sum, squares), value) in sum.iter_mut().zip(&mut squares).zip(row) {
                *sum += f64::from(*value);
                *squares += f64::from(*value) * f64::from(*value);
            }
        }
        let mean: Vec<f32> = sum.iter().map(|sum| (sum / count) as f32).collect();
        // A channel that never changes carries nothing; the floor keeps it from being blown up.
        let scale =
            squares.iter().zip(&mean).map(|(squares, &mean)| (1.0 / (squares / count - f64::from(mean).powi(2)).max(1e-4).sqrt()) as f32);
        Normalisation { scale: scale.collect(), mean }
    }
}

/// The canvas pixels of each class, and the share of draws that each class gets.
fn places_of(target: &Target, classes: &[u8], weights: &[f32]) -> Vec<(Vec<u32>, f32)> {
    let mut index = [usize::MAX; 256];
    classes.iter().enumerate().for_each(|(at, &class)| index[usize::from(class)] = at);
    let mut out: Vec<(Vec<u32>, f32)> = vec![(Vec::new(), 0.0); classes.len()];
    for (pixel, &class) in target.classes.iter().enumerate() {
        if let Some((pixels, _)) = out.get_mut(index[usize::from(class)]) {
            pixels.push(pixel as u32);
        }
    }
    let total: f32 = out.iter().zip(weights).map(|((pixels, _), weight)| pixels.len() as f32 * weight).sum();
    for ((pixels, share), weight) in out.iter_mut().zip(weights) {
        *share = pixels.len() as f32 * weight / total.max(1.0);
    }
    out
}

fn pick(pixels: &[(Vec<u32>, f32)], random: &mut StdRng) -> (usize, usize) {
    let mut at: f32 = random.random();
    let mut chosen = 0;
    for (class, (list, share)) in pixels.iter().enumerate() {
        if list.is_empty() {
            continue;
        }
        chosen = class;
        at -= share;
        if at < 0.0 {
            break;
        }
    }
    let list = &pixels[chosen].0;
    (chosen, list[random.random_range(0..list.len())] as usize)
}
