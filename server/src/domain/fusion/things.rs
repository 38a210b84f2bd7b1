//! Fusing objects: which outlines are the same object, whether it exists, and where it ends.

use std::collections::BTreeMap;

use labelwright_dataset::{Attributes, Geometry, Mask, Shape};

use super::answers::majority;
use super::consensus::{consensus, evidence};
use super::matching::{Pair, group};
use super::opinion::{Prepared, Thing};
use super::pixels::{Votes, Window, iou};
use super::shapes::window_shape;
use super::skills::Counts;
use super::{Fusing, Piece};

/// An object with the worker who outlined it.
type Owned<'a> = (usize, &'a Thing);

/// A fused object before it is put in order.
struct FusedThing {
    piece: Piece,
    rank: f64,
    first: usize,
}

/// Fuses the objects of all classes; the result is in painting order.
pub(crate) fn fuse_things(fusing: &mut Fusing<'_>, prepared: &[Prepared]) -> Vec<Piece> {
    let mut by_class: BTreeMap<u8, Vec<Owned<'_>>> = BTreeMap::new();
    for (worker, opinion) in prepared.iter().enumerate() {
        for thing in &opinion.things {
            by_class.entry(thing.class).or_default().push((worker, thing));
        }
    }
    let mut out = Vec::new();
    for (class, things) in by_class {
        let owner: Vec<usize> = things.iter().map(|(worker, _)| *worker).collect();
        let known = fusing.known(class);
        let mut truth = vec![0f32; fusing.size.pixels()];
        for members in group(&owner, &alike(&things, fusing.options.iou_match)) {
            let members: Vec<Owned<'_>> = members.into_iter().map(|i| things[i]).collect();
            out.extend(fuse_group(fusing, class, &members, &known, &mut truth));
        }
        learn(fusing, class, prepared, &truth);
    }
    out.sort_by(|a, b| a.rank.total_cmp(&b.rank).then(a.first.cmp(&b.first)));
    out.into_iter().map(|fused| fused.piece).collect()
}

fn alike(things: &[Owned<'_>], least: f64) -> Vec<Pair> {
    let areas: Vec<u64> = things.iter().map(|(_, thing)| thing.mask.area()).collect();
    let mut pairs = Vec::new();
    for (a, (one, first)) in things.iter().enumerate() {
        for (b, (other, second)) in things.iter().enumerate().skip(a + 1) {
            if one == other || !first.window.touches(&second.window) {
                continue;
            }
            // All masks of one image have its size, so this can't fail.
            let common = first.mask.intersection_area(&second.mask).unwrap_or(0);
            let similarity = iou(areas[a], areas[b], common);
            if similarity >= least && similarity > 0.0 {
                pairs.push(Pair { a, b, similarity });
            }
        }
    }
    pairs
}

fn fuse_group(fusing: &mut Fusing<'_>, class: u8, members: &[Owned<'_>], known: &[Counts], truth: &mut [f32]) -> Option<FusedThing> {
    let size = fusing.size;
    let workers: Vec<usize> = members.iter().map(|(worker, _)| *worker).collect();
    let support = fusing.support(known, &workers);
    let masks: Vec<&Mask> = members.iter().map(|(_, thing)| &thing.mask).collect();
    let window = members.iter().map(|(_, thing)| thing.window).reduce(|a, b| a.union(&b))?;
    let marked = members.iter().map(|(_, thing)| thing.mask.area()).max().unwrap_or(0) as f64;
    let rank = members.iter().map(|(_, thing)| thing.rank).sum::<f64>() / members.len() as f64;
    let first = members.first().map_or(0, |(worker, _)| *worker);
    if support <= fusing.options.quorum {
        fusing.notes.push(format!(
            "class {class}: an object near ({}, {}) was left out, {} of {} opinions have it",
            (window.x0 + window.x1) / 2,
            (window.y0 + window.y1) / 2,
            members.len(),
            fusing.opinions.len()
        ));
        // How sure the fusion is that there is nothing counts for the image, though there is no shape to carry it.
        let piece = Piece { shapes: Vec::new(), area: false, certainty: 1.0 - support, weight: marked };
        return Some(FusedThing { piece, rank, first });
    }
    if masks.iter().all(|mask| *mask == masks[0]) {
        for (start, length) in masks[0].spans() {
            truth[start as usize..(start + length) as usize].fill(1.0);
        }
        let attributes = attributes_of(fusing, members);
        let shapes = original(fusing, members[0], support);
        let shapes = shapes.into_iter().map(|shape| Shape { attributes: attributes.clone(), ..shape }).collect();
        return Some(FusedThing { piece: Piece { shapes, area: false, certainty: support, weight: marked }, rank, first });
    }
    let window = window.widened(size.width, size.height);
    let votes = Votes::of_objects(&masks, window);
    let trust: Vec<Counts> = workers.iter().map(|&worker| known[worker]).collect();
    let agreed = consensus(&votes.patterns(), &trust, fusing.options.method);
    let meaning: BTreeMap<u64, (f32, bool, f64)> = {
        let patterns: std::collections::BTreeSet<u64> = votes.bits.iter().copied().filter(|votes| *votes != 0).collect();
        patterns.into_iter().map(|votes| (votes, (agreed.posterior(votes) as f32, agreed.inside(votes), agreed.margin(votes)))).collect()
    };
    let (mut margin, mut marked) = (0.0, 0.0);
    let inside: Vec<bool> = votes
        .bits
        .iter()
        .enumerate()
        .map(|(i, votes)| {
            let Some(&(posterior, inside, certainty)) = meaning.get(votes) else { return false };
            margin += certainty;
            marked += 1.0;
            let pixel = &mut truth[pixel_of(i, &window, size.width)];
            *pixel = pixel.max(posterior);
            inside
        })
        .collect();
    let certainty = support * margin / f64::max(marked, 1.0);
    let polygons = members.iter().all(|member| shapes_of(fusing, *member).all(|shape| matches!(shape.geometry, Geometry::Polygon(_))));
    // All share a majority of the pixels of each pair, but three outlines may still have no pixel that most of them have.
    let shapes = window_shape(class, &inside, window, size, polygons, certainty as f32).into_iter().collect::<Vec<_>>();
    let (instance, attributes) = (instance_of(fusing, members), attributes_of(fusing, members));
    let shapes = shapes.into_iter().map(|shape| Shape { instance, attributes: attributes.clone(), ..shape }).collect();
    Some(FusedThing { piece: Piece { shapes, area: false, certainty, weight: marked }, rank, first })
}

fn pixel_of(i: usize, window: &Window, width: usize) -> usize {
    (window.y0 + i / window.width()) * width + window.x0 + i % window.width()
}

fn shapes_of<'a>(fusing: &Fusing<'a>, (worker, thing): Owned<'a>) -> impl Iterator<Item = &'a Shape> + use<'a> {
    let shapes = fusing.opinions[worker].shapes;
    thing.shapes.iter().filter_map(move |&index| shapes.get(index))
}

/// A number that says 'this is one object'; all are numbered anew at the end.
fn instance_of(fusing: &Fusing<'_>, members: &[Owned<'_>]) -> Option<u32> {
    members
        .iter()
        .flat_map(|(worker, thing)| thing.shapes.iter().filter_map(|&index| fusing.opinions[*worker].shapes[index].instance))
        .min()
}

/// The answers that most gave; an object of several shapes answers once.
fn attributes_of(fusing: &Fusing<'_>, members: &[Owned<'_>]) -> Attributes {
    majority(members.iter().map(|member| shapes_of(fusing, *member).flat_map(|shape| &shape.attributes).collect()))
}

fn original(fusing: &Fusing<'_>, member: Owned<'_>, confidence: f64) -> Vec<Shape> {
    shapes_of(fusing, member).cloned().map(|shape| Shape { confidence: Some(confidence as f32), ..shape }).collect()
}

fn learn(fusing: &mut Fusing<'_>, class: u8, prepared: &[Prepared], truth: &[f32]) {
    let maps: Vec<&[u8]> = prepared.iter().map(|opinion| opinion.map.as_slice()).collect();
    let votes = Votes::of_class(&maps, class, fusing.size.width, fusing.size.height);
    let counted = votes.count(&votes.band(), Some(truth));
    let patterns: BTreeMap<u64, f64> = counted.iter().map(|(&votes, &(count, _))| (votes, count)).collect();
    let seen = evidence(&patterns, maps.len(), |votes| counted.get(&votes).map_or(0.0, |&(_, mean)| mean));
    fusing.learn(class, &seen);
}
