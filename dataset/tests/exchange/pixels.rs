//! Items as pixels and as objects, without any code of the formats.

use std::collections::BTreeMap;

use labelwright_dataset::exchange::Item;
use labelwright_dataset::{ClassKind, Geometry, Mask, Schema, Shape};

/// What tells objects of an image apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    /// A thing with a number, or a shape that is a thing of its own.
    Thing(u8, u64),
    /// Things that were not told apart.
    Crowd(u8),
    Stuff(u8),
}

impl Object {
    pub fn class(self) -> u8 {
        match self {
            Self::Thing(class, _) | Self::Crowd(class) | Self::Stuff(class) => class,
        }
    }
}

pub fn is_area(shape: &Shape) -> bool {
    matches!(shape.geometry, Geometry::Polygon(_) | Geometry::Mask(_))
}

/// The object that the shape at that place belongs to.
pub fn object(item: &Item, at: usize, schema: &Schema) -> Object {
    let shape = &item.shapes[at];
    let thing = schema.class(shape.class).is_some_and(|class| class.kind == ClassKind::Thing);
    match (thing, shape.instance, &shape.geometry) {
        (false, ..) => Object::Stuff(shape.class),
        (true, Some(number), _) => Object::Thing(shape.class, u64::from(number)),
        (true, None, Geometry::Mask(_)) => Object::Crowd(shape.class),
        (true, None, _) => Object::Thing(shape.class, (1 << 32) + at as u64),
    }
}

/// The pixels of each object's shapes together.
pub fn masks(item: &Item, schema: &Schema) -> BTreeMap<Object, Mask> {
    let mut masks: BTreeMap<Object, Mask> = BTreeMap::new();
    for (at, shape) in item.shapes.iter().enumerate() {
        let Some(mask) = shape.to_mask(item.width, item.height) else { continue };
        let object = object(item, at, schema);
        let together = match masks.get(&object) {
            Some(known) => known.union(&mask).unwrap(),
            None => mask,
        };
        masks.insert(object, together);
    }
    masks
}

/// The uppermost object of each pixel.
pub fn painted(item: &Item, schema: &Schema) -> Vec<Option<Object>> {
    let mut pixels = vec![None; (item.width * item.height) as usize];
    for (at, shape) in item.shapes.iter().enumerate() {
        if let Some(mask) = shape.to_mask(item.width, item.height) {
            for (start, length) in mask.spans() {
                pixels[start as usize..(start + length) as usize].fill(Some(object(item, at, schema)));
            }
        }
    }
    pixels
}

/// Whether some shape hides pixels of another.
pub fn overlap(item: &Item) -> bool {
    let masks = || item.shapes.iter().filter_map(|shape| shape.to_mask(item.width, item.height));
    let sum: u64 = masks().map(|mask| mask.area()).sum();
    let Some(together) = masks().reduce(|a, b| a.union(&b).unwrap()) else { return false };
    together.area() < sum
}
