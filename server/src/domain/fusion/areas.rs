//! Fusing areas: stuff, void, and masks whose objects nobody told apart.

use std::collections::{BTreeMap, BTreeSet};

use labelwright_dataset::{Geometry, Shape};

use super::consensus::{consensus, evidence};
use super::opinion::Prepared;
use super::pixels::Votes;
use super::shapes::{class_shape, covers_exactly, same_geometry};
use super::skills::Counts;
use super::{Fusing, Piece};

/// What came of one class that is fused as an area.
struct ClassVotes {
    class: u8,
    /// Mean margin of the posterior over all pixels that anyone marked, and how many these are.
    margin: f64,
    marked: f64,
}

/// Fuses the area classes: for each class the posterior of each pixel, then for each pixel the likeliest class above one half.
pub(crate) fn fuse_areas(fusing: &mut Fusing<'_>, prepared: &[Prepared], classes: &BTreeSet<u8>) -> Vec<Piece> {
    let size = fusing.size;
    let maps: Vec<&[u8]> = prepared.iter().map(|opinion| opinion.map.as_slice()).collect();
    let mut seen = [false; 256];
    for map in &maps {
        for &class in *map {
            seen[usize::from(class)] = true;
        }
    }
    let mut label = vec![0u8; size.pixels()];
    let mut best = vec![0f32; size.pixels()];
    let mut found = Vec::new();
    for &class in classes.iter().filter(|class| seen[usize::from(**class)]) {
        let votes = Votes::of_class(&maps, class, size.width, size.height);
        let known: Vec<Counts> = fusing.known(class);
        let patterns = votes.patterns();
        let agreed = consensus(&patterns, &known, fusing.options.method);
        fusing.learn(class, &evidence(&patterns, known.len(), |votes| agreed.posterior(votes)));
        // A handful of patterns, a million pixels: what a pattern means is looked up once.
        let mut meaning: BTreeMap<u64, (f32, bool, f64)> = BTreeMap::new();
        let (mut margin, mut marked) = (0.0, 0.0);
        let (mut last, mut current) = (0u64, (0f32, false, 0f64));
        for (pixel, &votes) in votes.bits.iter().enumerate() {
            if votes == 0 {
                continue;
            }
            if votes != last {
                last = votes;
                current =
                    *meaning.entry(votes).or_insert_with(|| (agreed.posterior(votes) as f32, agreed.inside(votes), agreed.margin(votes)));
            }
            let (posterior, inside, certainty) = current;
            marked += 1.0;
            margin += certainty;
            if inside && posterior > best[pixel] {
                (best[pixel], label[pixel]) = (posterior, class);
            }
        }
        found.push(ClassVotes { class, margin, marked });
    }
    found.into_iter().map(|votes| piece(fusing, &votes, &label)).collect()
}

fn piece(fusing: &mut Fusing<'_>, votes: &ClassVotes, label: &[u8]) -> Piece {
    let confidence = votes.margin / votes.marked;
    let of_class = |opinion: &[Shape]| -> Vec<Shape> {
        opinion
            .iter()
            .filter(|shape| shape.class == votes.class && matches!(shape.geometry, Geometry::Polygon(_) | Geometry::Mask(_)))
            .cloned()
            .collect()
    };
    let inputs: Vec<Vec<Shape>> = fusing.opinions.iter().map(|opinion| of_class(opinion.shapes)).collect();
    let inside: Vec<bool> = label.iter().map(|&class| class == votes.class).collect();
    let shapes: Vec<Shape> = match inputs.split_first() {
        // The very same shapes are kept as they are, unless other shapes hid a part of them: in another order they would come out on top.
        Some((first, others)) if others.iter().all(|other| same_geometry(first, other)) && covers_exactly(first, &inside, fusing.size) => {
            first.iter().cloned().map(|shape| Shape { confidence: Some(confidence as f32), ..shape }).collect()
        }
        _ => {
            let polygons = inputs.iter().flatten().all(|shape| matches!(shape.geometry, Geometry::Polygon(_)));
            class_shape(votes.class, &inside, fusing.size, polygons, confidence as f32).into_iter().collect()
        }
    };
    if shapes.is_empty() {
        fusing.notes.push(format!("class {}: no pixel found enough agreement", votes.class));
    }
    Piece { shapes, area: true, certainty: confidence, weight: votes.marked }
}
