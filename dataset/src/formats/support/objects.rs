//! Which shapes are one object, and what of an item a format leaves out.

use crate::exchange::{ExchangeError, Item, Loss, Losses, Origin};
use crate::formats::registry::Holds;
use crate::geometry::{Mask, Point};
use crate::schema::{ClassKind, Schema, VOID};
use crate::shape::{Geometry, Shape};

/// Whether a shape covers pixels.
pub(crate) fn is_area(shape: &Shape) -> bool {
    matches!(shape.geometry, Geometry::Polygon(_) | Geometry::Mask(_))
}

/// Whether the shape's class is one of things.
pub(crate) fn is_thing(shape: &Shape, schema: &Schema) -> bool {
    schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing)
}

/// Whether a shape covers several things that were not told apart: a mask of a class of things without a number. Every other shape of
/// such a class without a number is a thing of its own.
pub(crate) fn is_crowd(shape: &Shape, schema: &Schema) -> bool {
    shape.instance.is_none() && matches!(shape.geometry, Geometry::Mask(_)) && is_thing(shape, schema)
}

/// Refuses what no format can write: no size or an absurd one, a class that the dataset doesn't have.
pub(crate) fn check(item: &Item, schema: &Schema) -> Result<(), ExchangeError> {
    Mask::empty(item.width, item.height).map_err(|error| ExchangeError::image(&item.name, error))?;
    match item.shapes.iter().find(|shape| !schema.accepts(shape.class)) {
        Some(shape) => Err(ExchangeError::image(&item.name, format!("class {} is not one of the dataset's classes", shape.class))),
        None => Ok(()),
    }
}

/// The shapes of each object of areas: those of a thing with the same number together, every other one alone. In the order of the first
/// shapes, void left out.
pub(crate) fn objects<'a>(item: &'a Item, schema: &Schema) -> Vec<Vec<&'a Shape>> {
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

/// Counts what a format has no place for at all. What happens to areas is for the format itself to tell.
pub(crate) fn count_unsaid(item: &Item, holds: Holds, losses: &mut Losses) {
    let name = &item.name;
    if !holds.confidence && item.shapes.iter().any(|shape| shape.confidence.is_some()) {
        losses.add(Loss::Confidence, name);
    }
    if !holds.attributes && item.shapes.iter().any(|shape| !shape.attributes.is_empty()) {
        losses.add(Loss::Attributes, name);
    }
    if item.origin != Origin::default() {
        losses.add(Loss::Origin, name);
    }
    if !holds.subsets && item.subset.is_some() {
        losses.add(Loss::Subset, name);
    }
    for shape in &item.shapes {
        let (held, loss) = match shape.geometry {
            Geometry::Polygon(_) | Geometry::Mask(_) => (true, Loss::Void),
            Geometry::Box { .. } => (holds.boxes, Loss::Boxes),
            Geometry::Point { .. } => (holds.points, Loss::Points),
            Geometry::Tag => (holds.tags, Loss::Tags),
        };
        if !held {
            losses.add(loss, name);
        } else if shape.class == VOID && !holds.void {
            losses.add(Loss::Void, name);
        }
    }
}

/// The box around points: left, top, right, bottom.
pub(crate) fn bounds_of<'a>(points: impl IntoIterator<Item = &'a Point>) -> Option<[f64; 4]> {
    points.into_iter().fold(None, |bounds, &Point { x, y }| {
        let [left, top, right, bottom] = bounds.unwrap_or([x, y, x, y]);
        Some([left.min(x), top.min(y), right.max(x), bottom.max(y)])
    })
}

/// A length that added to `from` gives `to`, if there is one: a difference is rounded.
pub(crate) fn extent(from: f64, to: f64) -> f64 {
    let length = to - from;
    let fits = |length: &f64| from + length == to;
    [length, length.next_up(), length.next_down()].into_iter().find(fits).unwrap_or(length)
}
