//! Objects of an item, and how each is said in COCO.

use crate::exchange::{Item, Loss, Losses};
use crate::formats::support::{is_area, is_thing};
use crate::geometry::{Mask, Part, Polygon};
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

/// The area of one object.
pub(super) enum Area {
    /// Outlines without holes that don't cover each other.
    Polygons {
        parts: Vec<Part>,
        pixels: u64,
    },
    Mask(Mask),
}

/// The shapes of each object of areas: those of a thing with the same number together, every other one alone. In the order of the first
/// shapes, void left out.
pub(super) fn objects<'a>(item: &'a Item, schema: &Schema) -> Vec<Vec<&'a Shape>> {
    let mut objects: Vec<Vec<&Shape>> = Vec::new();
    for shape in item.shapes.iter().filter(|shape| is_area(shape) && shape.class != VOID) {
        let same = |known: &&mut Vec<&Shape>| (known[0].class, known[0].instance) == (shape.class, shape.instance);
        let numbered = shape.instance.is_some() && is_thing(shape, schema);
        match objects.iter_mut().filter(|_| numbered).find(same) {
            Some(known) => known.push(shape),
            None => objects.push(vec![shape]),
        }
    }
    objects
}

/// The area of an object; none if it has no pixels. What is lost is counted for the image `item`.
pub(super) fn area(shapes: &[&Shape], item: &Item, trace: bool, losses: &mut Losses) -> Option<Area> {
    let (width, height, name) = (item.width, item.height, &item.name);
    losses.add_many(Loss::Merged, name, shapes.len() as u64 - 1);
    let area = match as_polygons(shapes, width, height) {
        Some(area) => Some(area),
        None => {
            let masks = shapes.iter().filter_map(|shape| shape.to_mask(width, height));
            let mask = masks.reduce(|one, other| one.union(&other).unwrap_or(one)).filter(|mask| !mask.is_empty());
            let outlined = mask.as_ref().filter(|_| trace).map(Mask::to_polygon);
            let polygons = shapes.iter().filter(|shape| matches!(shape.geometry, Geometry::Polygon(_))).count();
            losses.add_many(Loss::PolygonToMask, name, polygons as u64);
            match outlined.filter(|polygon| polygon.parts.iter().all(|part| part.holes.is_empty())) {
                Some(Polygon { parts }) => {
                    losses.add_many(Loss::MaskToPolygon, name, (shapes.len() - polygons) as u64);
                    mask.map(|mask| Area::Polygons { parts, pixels: mask.area() })
                }
                None => mask.map(Area::Mask),
            }
        }
    };
    if area.is_none() {
        losses.add_many(Loss::NoArea, name, shapes.len() as u64);
    }
    area
}

/// The outlines, if all shapes are polygons without holes, and none covers a pixel of another: COCO takes outlines for a union.
fn as_polygons(shapes: &[&Shape], width: u32, height: u32) -> Option<Area> {
    let mut parts = Vec::new();
    for shape in shapes {
        let Geometry::Polygon(polygon) = &shape.geometry else { return None };
        if polygon.parts.iter().any(|part| !part.holes.is_empty() || part.outer.len() < 3) {
            return None;
        }
        parts.extend(polygon.parts.iter().cloned());
    }
    let together = Polygon { parts };
    let pixels = together.pixels(width, height);
    if pixels == 0 || (together.parts.len() > 1 && !disjoint(&together, pixels, width, height)) {
        return None;
    }
    Some(Area::Polygons { parts: together.parts, pixels })
}

/// Whether no part covers pixels of another; `pixels` is what all cover together by the even-odd rule.
pub(super) fn disjoint(polygon: &Polygon, pixels: u64, width: u32, height: u32) -> bool {
    let alone = |part: &Part| Polygon { parts: vec![part.clone()] }.pixels(width, height);
    polygon.parts.iter().map(alone).sum::<u64>() == pixels
}
