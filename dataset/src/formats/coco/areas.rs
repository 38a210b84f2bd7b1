//! Objects of an item, and how each is said in COCO.

use crate::exchange::{Item, Loss, Losses};
use crate::formats::support::disjoint;
use crate::geometry::{Mask, Part, Polygon};
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
