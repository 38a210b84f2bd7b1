//! Fusing what several people said about one image.
//!
//! Areas (stuff, void) and the outlines of objects are fused pixel by pixel with Dawid and Skene's model of the workers, in the band
//! around the pixels on which they disagree. What is known of each worker, [`WorkerSkills`], is shared over all images of a project.
//! Objects are first matched over the workers by intersection over union; an object that too few have is left out. Boxes and
//! points are matched and averaged, tags are voted on. A plain majority of votes can be chosen instead.
//!
//! The result depends on the opinions alone, not on their order: they are put into an order by what they say before anything is summed up.

mod agreement;
mod answers;
mod areas;
mod consensus;
mod marks;
mod matching;
mod opinion;
mod pixels;
mod shapes;
mod skills;
#[cfg(test)]
mod tests;
mod things;

use std::hash::{DefaultHasher, Hash, Hasher};

use labelwright_dataset::{Geometry, Mask, Schema, Shape};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use agreement::agreement;
use opinion::{Prepared, Size, area_classes, prepare};
pub use skills::{Counts, WorkerSkills};

/// At most this many opinions of one image are fused.
pub const MAX_OPINIONS: usize = 64;

/// What one worker said about the image.
#[derive(Clone, Copy, Debug)]
pub struct Opinion<'a> {
    pub worker: Uuid,
    /// In painting order, later shapes on top.
    pub shapes: &'a [Shape],
}

/// How votes are weighed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// By what is known of each worker (Dawid and Skene).
    #[default]
    Weighted,
    /// All alike.
    Majority,
}

/// How opinions are fused.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FusionOptions {
    pub method: Method,
    /// An object, box, point or tag is kept when more than this (weighted) share of the workers has it, 0 to 1.
    pub quorum: f64,
    /// Objects of this intersection over union or more may be the same one, 0 to 1.
    pub iou_match: f64,
}

impl Default for FusionOptions {
    fn default() -> Self {
        Self { method: Method::Weighted, quorum: 0.5, iou_match: 0.5 }
    }
}

/// What the opinions come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Fused {
    /// Areas first, then objects and marks in painting order, void last. A single opinion passes through unchanged.
    pub shapes: Vec<Shape>,
    /// How far the posterior is from a coin toss, averaged over all pixels that anyone marked, 0 to 1; none for a single opinion.
    pub confidence: Option<f32>,
    /// Mean intersection over union of all pairs of opinions, averaged over the classes of either; 1 for a single opinion.
    pub agreement: f32,
    /// The same as Dice coefficient.
    pub dice: f32,
    /// Each worker's agreement with the fused label, in the order of the workers' ids.
    pub workers: Vec<WorkerAgreement>,
    /// What this image showed about the workers: to be added with [`WorkerSkills::learn`], and taken away with
    /// [`WorkerSkills::forget`] before the image is fused anew.
    pub evidence: WorkerSkills,
    /// What a person should know: objects left out, classes without enough agreement.
    pub notes: Vec<String>,
}

/// How well one worker agrees with the fused label.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkerAgreement {
    pub worker: Uuid,
    pub iou: f32,
    pub dice: f32,
}

/// Why opinions can't be fused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FusionError {
    #[error("there is no opinion to fuse; the image keeps the label it has")]
    NoOpinions,
    #[error("{0} opinions are more than {MAX_OPINIONS}; the image keeps the label it has. Ask for fewer opinions in the project's policy")]
    TooMany(usize),
    #[error("an image of {width}×{height} pixels can't carry masks; the opinions are kept")]
    Size { width: u32, height: u32 },
    #[error(
        "shape {index} is a mask of {}×{} pixels on an image of {width}×{height}; the opinions are kept. Submit this annotation anew",
        found.0,
        found.1
    )]
    MaskSize { index: usize, found: (u32, u32), width: usize, height: usize },
}

/// A part of the result.
struct Piece {
    shapes: Vec<Shape>,
    area: bool,
    /// How sure this is, 0 to 1, and how many pixels (or marks) it speaks for.
    certainty: f64,
    weight: f64,
}

/// What all parts of the fusion share.
struct Fusing<'a> {
    opinions: Vec<Opinion<'a>>,
    size: Size,
    options: &'a FusionOptions,
    skills: &'a WorkerSkills,
    evidence: WorkerSkills,
    notes: Vec<String>,
}

impl Fusing<'_> {
    /// What is known of each worker, in the order of the opinions.
    fn known(&self, class: u8) -> Vec<Counts> {
        self.opinions.iter().map(|opinion| self.skills.counts(opinion.worker, class)).collect()
    }

    fn weight(&self, counts: &Counts) -> f64 {
        match self.options.method {
            Method::Weighted => counts.weight(),
            Method::Majority => 1.0,
        }
    }

    /// The share of all votes that these workers have.
    fn support(&self, known: &[Counts], workers: &[usize]) -> f64 {
        let total: f64 = known.iter().map(|counts| self.weight(counts)).sum();
        if workers.len() == known.len() {
            return 1.0;
        }
        workers.iter().map(|&worker| self.weight(&known[worker])).sum::<f64>() / total
    }

    fn learn(&mut self, class: u8, seen: &[Counts]) {
        for (opinion, counts) in self.opinions.iter().zip(seen) {
            let sum = self.evidence.counts(opinion.worker, class).plus(counts, 1.0);
            self.evidence.set(opinion.worker, class, sum);
        }
    }
}

/// Fuses the opinions of one image of `width × height` pixels.
///
/// The method is that of A. P. Dawid and A. M. Skene (1979) by worker and class, with a Beta(1.6, 0.4) prior, on the pixels within 2 of a
/// disagreement; 8 rounds of expectation and maximisation, the prior of a pixel in the band being one half. Objects of more than two
/// workers are matched greedily under complete linkage, of two by the Hungarian method. Costs grow with the pixels times the opinions
/// times the classes; call it on a thread that may block.
///
/// # Errors
/// There is no opinion or there are too many, the image has no size, or a mask has another size than the image.
pub fn fuse(
    opinions: &[Opinion<'_>],
    width: u32,
    height: u32,
    schema: &Schema,
    options: &FusionOptions,
    skills: &WorkerSkills,
) -> Result<Fused, FusionError> {
    if opinions.len() > MAX_OPINIONS {
        return Err(FusionError::TooMany(opinions.len()));
    }
    // Building an empty mask checks the size by the same rule as any mask.
    Mask::empty(width, height).map_err(|_| FusionError::Size { width, height })?;
    let size = Size { width: width as usize, height: height as usize };
    let mut opinions = opinions.to_vec();
    opinions.sort_by_cached_key(|opinion| (fingerprint(opinion.shapes), opinion.worker));
    let Some((first, others)) = opinions.split_first() else { return Err(FusionError::NoOpinions) };
    if others.is_empty() {
        let workers = vec![WorkerAgreement { worker: first.worker, iou: 1.0, dice: 1.0 }];
        let (confidence, evidence) = (None, WorkerSkills::default());
        return Ok(Fused { shapes: first.shapes.to_vec(), confidence, agreement: 1.0, dice: 1.0, workers, evidence, notes: Vec::new() });
    }
    let areas = area_classes(opinions.iter().map(|opinion| opinion.shapes), schema);
    let prepared = opinions.iter().map(|opinion| prepare(opinion.shapes, size, &areas)).collect::<Result<Vec<Prepared>, _>>()?;
    let (shared, dice) = pairwise(&prepared, size, options.iou_match);
    let same = others.iter().all(|other| shapes::same_geometry(first.shapes, other.shapes));
    let mut fusing = Fusing { opinions, size, options, skills, evidence: WorkerSkills::default(), notes: Vec::new() };
    let (shapes, confidence) = if same {
        let answers = |at: usize| answers::majority(fusing.opinions.iter().map(|opinion| opinion.shapes[at].attributes.iter().collect()));
        let agreed = |(at, shape): (usize, &Shape)| Shape { confidence: Some(1.0), attributes: answers(at), ..shape.clone() };
        let shapes = fusing.opinions[0].shapes.iter().enumerate().map(agreed).collect();
        (shapes, 1.0)
    } else {
        let mut pieces = areas::fuse_areas(&mut fusing, &prepared, &areas);
        pieces.extend(things::fuse_things(&mut fusing, &prepared));
        pieces.extend(marks::fuse_marks(&mut fusing, &prepared));
        assemble(pieces)
    };
    let consensus = prepare(&shapes, size, &areas)?;
    let mut workers: Vec<WorkerAgreement> = fusing
        .opinions
        .iter()
        .zip(&prepared)
        .map(|(opinion, prepared)| {
            let found = agreement(prepared, &consensus, size, options.iou_match);
            WorkerAgreement { worker: opinion.worker, iou: found.iou as f32, dice: found.dice as f32 }
        })
        .collect();
    workers.sort_by_key(|worker| worker.worker);
    let Fusing { evidence, notes, .. } = fusing;
    Ok(Fused { shapes, confidence: Some(confidence as f32), agreement: shared as f32, dice: dice as f32, workers, evidence, notes })
}

/// Puts the pieces in painting order and numbers the objects from 1, if anyone told objects apart.
fn assemble(pieces: Vec<Piece>) -> (Vec<Shape>, f64) {
    let total: f64 = pieces.iter().map(|piece| piece.weight).sum();
    let confidence = if total > 0.0 { pieces.iter().map(|piece| piece.weight * piece.certainty).sum::<f64>() / total } else { 1.0 };
    let on_top = |piece: &Piece| piece.shapes.iter().any(|shape| shape.class == labelwright_dataset::VOID);
    let (void, rest): (Vec<Piece>, Vec<Piece>) = pieces.into_iter().partition(|piece| piece.area && on_top(piece));
    let mut shapes = Vec::new();
    let mut instance = 0;
    for piece in rest.into_iter().chain(void) {
        // The shapes of one piece are one object.
        let numbered = !piece.area && piece.shapes.iter().any(|shape| shape.instance.is_some());
        instance += u32::from(numbered);
        shapes.extend(piece.shapes.into_iter().map(|shape| if numbered { Shape { instance: Some(instance), ..shape } } else { shape }));
    }
    (shapes, confidence)
}

fn pairwise(prepared: &[Prepared], size: Size, least: f64) -> (f64, f64) {
    let mut pairs = Vec::new();
    for (i, a) in prepared.iter().enumerate() {
        pairs.extend(prepared[i + 1..].iter().map(|b| agreement(a, b, size, least)));
    }
    let mean = |value: fn(&agreement::Agreement) -> f64| pairs.iter().map(value).sum::<f64>() / pairs.len().max(1) as f64;
    (mean(|pair| pair.iou), mean(|pair| pair.dice))
}

/// A number made from what an opinion says, to put opinions in an order that doesn't depend on who says it.
fn fingerprint(shapes: &[Shape]) -> u64 {
    // Its keys are fixed, so the order is the same in every run.
    let mut hasher = DefaultHasher::new();
    for shape in shapes {
        (shape.class, shape.instance).hash(&mut hasher);
        match &shape.geometry {
            Geometry::Polygon(polygon) => {
                for part in &polygon.parts {
                    (0u8, part.holes.len()).hash(&mut hasher);
                    for ring in std::iter::once(&part.outer).chain(&part.holes) {
                        ring.len().hash(&mut hasher);
                        ring.iter().for_each(|point| (point.x.to_bits(), point.y.to_bits()).hash(&mut hasher));
                    }
                }
            }
            Geometry::Mask(mask) => (1u8, mask.runs()).hash(&mut hasher),
            Geometry::Box { corners } => (2u8, corners.map(f64::to_bits)).hash(&mut hasher),
            Geometry::Point { point } => (3u8, point.x.to_bits(), point.y.to_bits()).hash(&mut hasher),
            Geometry::Tag => 4u8.hash(&mut hasher),
        }
    }
    hasher.finish()
}
