//! One worker's shapes, made comparable: a class map, objects, and marks.

use std::collections::{BTreeMap, BTreeSet};

use labelwright_dataset::{ClassKind, Geometry, Mask, Schema, Shape, VOID};

use super::FusionError;
use super::pixels::{Window, paint};
use super::shapes::raster;

/// The size of an image in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub width: usize,
    pub height: usize,
}

impl Size {
    /// A mask of this size; none if the bitmap has another.
    pub fn mask(self, inside: &[bool]) -> Option<Mask> {
        Mask::from_bitmap(u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?, inside).ok()
    }

    pub fn pixels(self) -> usize {
        self.width * self.height
    }
}

/// One object that a worker outlined; shapes of one instance are one object.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub class: u8,
    pub mask: Mask,
    pub window: Window,
    /// The shapes it consists of, by their place in the opinion.
    pub shapes: Vec<usize>,
    /// Its place in the order of painting, 0 (bottom) to 1 (top).
    pub rank: f64,
}

/// A box, point or tag, by its place in the opinion.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub class: u8,
    pub geometry: MarkGeometry,
    /// Which of the worker's shapes it is.
    pub shape: usize,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum MarkGeometry {
    Box([f64; 4]),
    Point([f64; 2]),
    Tag,
}

/// What one worker says, made comparable.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    /// The visible class of each pixel: shapes painted in order, later ones on top.
    pub map: Vec<u8>,
    pub things: Vec<Thing>,
    pub marks: Vec<Mark>,
}

/// The classes that are fused as one area each, because their objects can't be told apart: void, stuff, and classes of things
/// of which some worker painted several places into one mask without an instance.
pub(crate) fn area_classes<'a>(opinions: impl IntoIterator<Item = &'a [Shape]>, schema: &Schema) -> BTreeSet<u8> {
    let mut classes: BTreeSet<u8> = schema.classes.iter().filter(|class| class.kind == ClassKind::Stuff).map(|class| class.index).collect();
    classes.insert(VOID);
    for shape in opinions.into_iter().flatten() {
        if let (Geometry::Mask(mask), None) = (&shape.geometry, shape.instance)
            && !classes.contains(&shape.class)
            && super::shapes::has_several_places(mask)
        {
            classes.insert(shape.class);
        }
    }
    classes
}

/// Rasterises a worker's shapes.
///
/// # Errors
/// A mask has another size than the image.
pub(crate) fn prepare(shapes: &[Shape], size: Size, areas: &BTreeSet<u8>) -> Result<Prepared, FusionError> {
    let mut map = vec![0u8; size.pixels()];
    let mut rasters: Vec<Option<Mask>> = Vec::with_capacity(shapes.len());
    for (index, shape) in shapes.iter().enumerate() {
        let mask = raster(shape, size).map_err(|found| FusionError::MaskSize { index, found, width: size.width, height: size.height })?;
        if let Some(mask) = &mask {
            paint(&mut map, mask, shape.class);
        }
        rasters.push(mask);
    }
    let things = things(shapes, rasters, &map, size, areas);
    let marks = shapes.iter().enumerate().filter_map(|(index, shape)| mark(index, shape)).collect();
    Ok(Prepared { map, things, marks })
}

fn mark(index: usize, shape: &Shape) -> Option<Mark> {
    let geometry = match &shape.geometry {
        Geometry::Box { corners } => MarkGeometry::Box(*corners),
        Geometry::Point { point } => MarkGeometry::Point([point.x, point.y]),
        Geometry::Tag => MarkGeometry::Tag,
        Geometry::Polygon(_) | Geometry::Mask(_) => return None,
    };
    Some(Mark { class: shape.class, geometry, shape: index })
}

fn things(shapes: &[Shape], rasters: Vec<Option<Mask>>, map: &[u8], size: Size, areas: &BTreeSet<u8>) -> Vec<Thing> {
    // An area painted over an object hides it; without this the object would come out on top.
    let mixed = shapes.iter().zip(&rasters).any(|(shape, mask)| mask.is_some() && areas.contains(&shape.class));
    let hidden = mixed.then(|| size.mask(&map.iter().map(|class| areas.contains(class)).collect::<Vec<bool>>())).flatten();
    let mut things: Vec<Thing> = Vec::new();
    let mut of_instance: BTreeMap<(u8, u32), usize> = BTreeMap::new();
    for (index, (shape, mask)) in shapes.iter().zip(rasters).enumerate() {
        let Some(mask) = mask.filter(|_| !areas.contains(&shape.class)) else { continue };
        let mask = hidden.as_ref().and_then(|hidden| mask.subtract(hidden).ok()).unwrap_or(mask);
        let Some(window) = mask.bounds().map(Window::from) else { continue };
        if let Some(&known) = shape.instance.and_then(|instance| of_instance.get(&(shape.class, instance))) {
            let thing = &mut things[known];
            if let Ok(both) = thing.mask.union(&mask) {
                thing.mask = both;
            }
            thing.window = thing.window.union(&window);
            thing.shapes.push(index);
            continue;
        }
        if let Some(instance) = shape.instance {
            of_instance.insert((shape.class, instance), things.len());
        }
        let rank = (index as f64 + 0.5) / shapes.len() as f64;
        things.push(Thing { class: shape.class, mask, window, shapes: vec![index], rank });
    }
    things
}
