//! Things of one picture put on top of another.

use labelwright_dataset::geometry::Mask;
use labelwright_dataset::{BACKGROUND, ClassMap, VOID};

use super::draws::Draws;
use super::step::CopyPaste;
use crate::sample::{BoxLabel, Sample, Target};

/// A thing of the other picture.
struct Thing {
    /// As in its class mask; none where the other picture has no such mask.
    class: u8,
    /// Its number in the other picture's label.
    instance: Option<u32>,
    /// Its pixels, in a picture of the size that it is pasted into.
    area: Mask,
}

/// Puts some of the other picture's things at their own place on top of the sample. What they hide is not there any more: masks say the new
/// thing, outlines lie below its outline, boxes shrink to the pixels that are left where a map of things tells which these are.
pub(super) fn paste(sample: &mut Sample, other: &Sample, step: &CopyPaste, draws: &mut Draws, least_visible: f64) {
    let [width, height] = sample.size();
    let chosen: Vec<Thing> = things(&other.target, other.size())
        .into_iter()
        .filter(|thing| step.classes.is_empty() || step.classes.contains(&thing.class))
        .filter(|_| draws.chance(step.share))
        .filter_map(|thing| Some(Thing { area: thing.area.moved(width, height, 0, 0).ok()?, ..thing }))
        .filter(|thing| !thing.area.is_empty())
        .collect();
    let before = pixels_of_things(&sample.target);
    let mut next = last_number(&sample.target);
    for thing in &chosen {
        next = next.saturating_add(1);
        put(sample, other, thing, next);
    }
    if !chosen.is_empty() && !before.is_empty() {
        shrink_boxes(&mut sample.target, &before, least_visible);
    }
}

/// The things of a label: by its map of things, else by its outlines, else the connected areas of each class.
fn things(target: &Target, [width, height]: [u32; 2]) -> Vec<Thing> {
    let class_at = |area: &Mask| {
        let first = area.spans().next().map(|(start, _)| start as usize);
        first.and_then(|at| target.mask.as_ref()?.classes.get(at).copied()).unwrap_or(BACKGROUND)
    };
    if let Some(instances) = &target.instances {
        let masks = instances.masks().unwrap_or_default();
        return masks.into_iter().map(|(number, area)| Thing { class: class_at(&area), instance: Some(u32::from(number)), area }).collect();
    }
    if !target.outlines.is_empty() {
        let known = target.outlines.iter().filter(|outline| outline.class != VOID);
        let thing = |outline: &crate::sample::Outline| {
            let area = outline.polygon.to_mask(width, height)?;
            Some(Thing { class: outline.class, instance: outline.instance, area })
        };
        return known.filter_map(thing).collect();
    }
    target.mask.as_ref().map(areas).unwrap_or_default()
}

/// More separate areas of one class than this are texture rather than things; they stay together.
const MOST_AREAS: usize = 1000;

fn areas(map: &ClassMap) -> Vec<Thing> {
    let shapes = map.to_shapes().unwrap_or_default().into_iter().filter(|shape| shape.class != VOID);
    let of_class = |shape: labelwright_dataset::Shape| {
        let areas = shape.to_mask(map.width, map.height).map(|mask| mask.components(MOST_AREAS).unwrap_or_else(|_| vec![mask]));
        areas.unwrap_or_default().into_iter().map(move |area| Thing { class: shape.class, instance: None, area })
    };
    shapes.flat_map(of_class).collect()
}

/// Puts one thing on top, with that number.
fn put(sample: &mut Sample, other: &Sample, thing: &Thing, number: u32) {
    let width = sample.size()[0] as usize;
    let from_width = other.size()[0] as usize;
    let (pixels, from) = (sample.picture.pixels_mut().as_chunks_mut::<3>().0, other.picture.pixels().as_chunks::<3>().0);
    for (row, left, right) in thing.area.row_spans().map(|(row, left, right)| (row as usize, left as usize, right as usize)) {
        pixels[row * width + left..row * width + right].copy_from_slice(&from[row * from_width + left..row * from_width + right]);
        if let (Some(map), Some(classes)) = (&mut sample.target.mask, &other.target.mask) {
            let line = &classes.classes[row * from_width + left..row * from_width + right];
            map.classes[row * width + left..row * width + right].copy_from_slice(line);
        } else if let Some(map) = &mut sample.target.mask {
            map.classes[row * width + left..row * width + right].fill(thing.class);
        }
        if let Some(map) = &mut sample.target.instances {
            // A map of 16 bits that is full can't tell the thing apart.
            map.numbers[row * width + left..row * width + right].fill(u16::try_from(number).unwrap_or(0));
        }
    }
    let same = |instance: Option<u32>| instance.is_some() && instance == thing.instance;
    for outline in other.target.outlines.iter().filter(|outline| same(outline.instance)) {
        let [width, height] = sample.size();
        let polygon = outline.polygon.clipped(width, height).unwrap_or_else(|| outline.polygon.clone());
        sample.target.outlines.push(crate::sample::Outline { class: outline.class, instance: Some(number), polygon });
    }
    let found = other.target.boxes.iter().find(|labeled| same(labeled.instance));
    if let (Some(labeled), Some(bounds)) = (found, thing.area.bounds()) {
        let corners = [bounds.left, bounds.top, bounds.right, bounds.bottom].map(f64::from);
        sample.target.boxes.push(BoxLabel { corners, instance: Some(number), ..labeled.clone() });
    }
}

/// The highest number in use.
fn last_number(target: &Target) -> u32 {
    let in_map = target.instances.as_ref().and_then(|map| map.numbers.iter().max()).map_or(0, |&n| u32::from(n));
    let in_lists = target.outlines.iter().filter_map(|o| o.instance).chain(target.boxes.iter().filter_map(|b| b.instance)).max();
    in_map.max(in_lists.unwrap_or(0))
}

/// How many pixels each thing has; empty without a map.
fn pixels_of_things(target: &Target) -> Vec<(u32, u64)> {
    let masks = target.instances.as_ref().and_then(|map| map.masks().ok()).unwrap_or_default();
    masks.into_iter().map(|(number, mask)| (u32::from(number), mask.area())).collect()
}

/// Draws the boxes of things that lost pixels around those that are left.
fn shrink_boxes(target: &mut Target, before: &[(u32, u64)], least_visible: f64) {
    let masks = target.instances.as_ref().and_then(|map| map.masks().ok()).unwrap_or_default();
    target.boxes.retain_mut(|labeled| {
        let Some(&(number, pixels)) = before.iter().find(|(number, _)| Some(*number) == labeled.instance) else { return true };
        let left = masks.iter().find(|(n, _)| u32::from(*n) == number).map(|(_, mask)| mask);
        let Some((mask, bounds)) = left.and_then(|mask| Some((mask, mask.bounds()?))) else { return false };
        if mask.area() < pixels {
            let [x0, y0, x1, y1] = labeled.corners;
            let [l, t, r, b] = [bounds.left, bounds.top, bounds.right, bounds.bottom].map(f64::from);
            labeled.corners = [x0.max(l), y0.max(t), x1.min(r), y1.min(b)];
            labeled.visible *= mask.area() as f64 / pixels as f64;
        }
        labeled.visible >= least_visible && labeled.corners[2] > labeled.corners[0] && labeled.corners[3] > labeled.corners[1]
    });
}
