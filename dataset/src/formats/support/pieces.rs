//! Items for formats whose shapes have one outline each and are held together by group numbers.

use std::collections::HashSet;

use super::objects::{is_area, is_crowd, is_thing};
use super::outline::{disjoint, seamed};
use crate::exchange::{Item, Loss, Losses};
use crate::geometry::{Mask, Polygon, Ring};
use crate::schema::{ClassKind, Schema};
use crate::shape::{Geometry, Shape};

/// Where a piece is.
pub(crate) enum Place<'a> {
    Ring(Ring),
    Mask(&'a Mask),
    Other,
}

/// A shape, or one part of it.
pub(crate) struct Piece<'a> {
    pub shape: &'a Shape,
    pub place: Place<'a>,
    /// Pieces with the same number are one thing.
    pub group: Option<u32>,
    /// Several things that were not told apart.
    pub crowd: bool,
}

/// The pieces of an item from bottom to top: one for each part of a polygon, its holes cut open by seams.
pub(crate) fn pieces<'a>(item: &'a Item, schema: &Schema, losses: &mut Losses) -> Vec<Piece<'a>> {
    let mut groups = Groups::of(&item.shapes);
    let mut pieces = Vec::with_capacity(item.shapes.len());
    for shape in &item.shapes {
        let crowd = is_crowd(shape, schema);
        let group = shape.instance;
        match &shape.geometry {
            Geometry::Polygon(polygon) => {
                let rings = rings(polygon, item, losses);
                let group = if rings.len() > 1 && is_thing(shape, schema) { group.or_else(|| groups.fresh()) } else { group };
                pieces.extend(rings.into_iter().map(|ring| Piece { shape, place: Place::Ring(ring), group, crowd }));
            }
            Geometry::Mask(mask) if mask.is_empty() || (mask.width(), mask.height()) != (item.width, item.height) => {
                losses.add(Loss::NoArea, &item.name);
            }
            Geometry::Mask(mask) => pieces.push(Piece { shape, place: Place::Mask(mask), group, crowd }),
            _ => pieces.push(Piece { shape, place: Place::Other, group, crowd }),
        }
    }
    pieces
}

/// One ring for each part. Parts that lie within others cut holes into them, which they don't as shapes of their own; they are told apart
/// by their pixels.
fn rings(polygon: &Polygon, item: &Item, losses: &mut Losses) -> Vec<Ring> {
    let (width, height, name) = (item.width, item.height, &item.name);
    let traced;
    let mut polygon = polygon;
    if polygon.parts.len() > 1 && !disjoint(polygon, polygon.pixels(width, height), width, height) {
        losses.add(Loss::PolygonToMask, name);
        traced = polygon.to_mask(width, height).map(|mask| mask.to_polygon()).unwrap_or_default();
        polygon = &traced;
    }
    losses.add_many(Loss::Parts, name, u64::from(polygon.parts.len() > 1));
    losses.add_many(Loss::Holes, name, u64::from(polygon.parts.iter().any(|part| !part.holes.is_empty())));
    let rings: Vec<Ring> = polygon.parts.iter().map(|part| seamed([part])).filter(|ring| ring.len() > 2).collect();
    losses.add_many(Loss::NoArea, name, u64::from(rings.is_empty()));
    rings
}

/// Numbers of things in one image.
#[derive(Debug, Default)]
pub(crate) struct Groups(HashSet<u32>, u32);

impl Groups {
    /// The numbers that shapes have.
    pub fn of(shapes: &[Shape]) -> Self {
        Self(shapes.iter().filter_map(|shape| shape.instance).collect(), 0)
    }

    /// A number that no other thing has; none after four billions.
    pub fn fresh(&mut self) -> Option<u32> {
        loop {
            self.1 = self.1.checked_add(1)?;
            if self.0.insert(self.1) {
                return Some(self.1);
            }
        }
    }
}

/// A shape that was read, before it is known which numbers are free.
pub(crate) struct Read {
    pub shape: Shape,
    pub crowd: bool,
}

/// Shapes as our own: only areas of things have numbers, and each mask of a thing that is no crowd has one.
pub(crate) fn numbered(read: Vec<Read>, schema: &Schema) -> Vec<Shape> {
    let thing = |shape: &Shape| schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing);
    let (mut shapes, mut alone) = (Vec::with_capacity(read.len()), Vec::new());
    for Read { mut shape, crowd } in read {
        shape.instance = shape.instance.filter(|&number| number > 0 && is_area(&shape) && thing(&shape) && !crowd);
        if shape.instance.is_none() && is_crowd(&shape, schema) && !crowd {
            alone.push(shapes.len());
        }
        shapes.push(shape);
    }
    let mut groups = Groups::of(&shapes);
    for at in alone {
        shapes[at].instance = groups.fresh();
    }
    shapes
}
