//! A sample seen through a frame: picture, maps, outlines and boxes move together.

use labelwright_dataset::geometry::{Part, Polygon};
use labelwright_dataset::{ClassMap, InstanceMap, VOID};

use super::affine::Affine;
use super::error::TransformError;
use super::frame::Frame;
use super::nearest::nearest;
use super::resample;
use crate::sample::{BoxLabel, Sample, Target};

/// The sample as the frame shows it. Pixels that the picture does not reach get the frame's colour and are void in the mask.
pub(super) fn apply(sample: Sample, frame: &Frame, least_visible: f64) -> Result<Sample, TransformError> {
    if frame.is_identity() {
        return Ok(sample);
    }
    let back = frame.map.inverse().ok_or(TransformError::Squeezed)?;
    let picture = resample::resample(&sample.picture, frame, &back)?;
    let target = moved(sample.target, frame, &back, least_visible);
    let mixed = sample
        .mixed
        .map(|mixed| crate::sample::Mixed { share: mixed.share, target: Box::new(moved(*mixed.target, frame, &back, least_visible)) });
    Ok(Sample { id: sample.id, picture, target, mixed })
}

fn moved(target: Target, frame: &Frame, back: &Affine, least_visible: f64) -> Target {
    let [width, height] = frame.to;
    let mask = target.mask.map(|map| {
        let classes = nearest(&map.classes, frame.from, back, frame.to, VOID);
        ClassMap { width, height, classes }
    });
    let instances = target.instances.map(|map| {
        let numbers = nearest(&map.numbers, frame.from, back, frame.to, 0);
        InstanceMap { width, height, numbers }
    });
    let outlines = target.outlines.into_iter().filter_map(|outline| {
        let polygon = polygon(outline.polygon, &frame.map, frame.to);
        (!polygon.parts.is_empty()).then_some(crate::sample::Outline { polygon, ..outline })
    });
    let boxes = target.boxes.into_iter().filter_map(|labeled| rectangle(labeled, &frame.map, frame.to, least_visible));
    Target { mask, instances, outlines: outlines.collect(), boxes: boxes.collect(), labels: target.labels }
}

/// A polygon moved, and cut off at the border of the new picture.
fn polygon(polygon: Polygon, map: &Affine, [width, height]: [u32; 2]) -> Polygon {
    let ring = |ring: Vec<_>| ring.into_iter().map(|p| map.apply(p)).collect();
    let parts = polygon.parts.into_iter().map(|part| Part { outer: ring(part.outer), holes: part.holes.into_iter().map(ring).collect() });
    let moved = Polygon { parts: parts.collect() };
    moved.clipped(width, height).unwrap_or(moved)
}

/// The box around a box that was moved, cut off at the border; `None` when less than the least share of it is still there.
fn rectangle(labeled: BoxLabel, map: &Affine, [width, height]: [u32; 2], least_visible: f64) -> Option<BoxLabel> {
    let [left, top, right, bottom] = map.bounds(labeled.corners);
    let whole = (right - left) * (bottom - top);
    let corners = [left.max(0.0), top.max(0.0), right.min(f64::from(width)), bottom.min(f64::from(height))];
    let (w, h) = (corners[2] - corners[0], corners[3] - corners[1]);
    let visible = labeled.visible * (w * h / whole).min(1.0);
    // False, too, for what is not a number.
    (w > 0.0 && h > 0.0 && visible >= least_visible && visible > 0.0).then_some(BoxLabel { corners, visible, ..labeled })
}
