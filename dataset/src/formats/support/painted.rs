//! An image as one layer of pixels, each of which one shape has.

use std::collections::{HashMap, HashSet};

use super::objects::{is_area, is_crowd, is_thing};
use crate::exchange::{Item, Loss, Losses};
use crate::geometry::rasterize;
use crate::schema::{Schema, VOID};
use crate::shape::{Geometry, Shape};

/// Which shape every pixel belongs to: the uppermost one there.
pub(crate) struct Painted<'a> {
    pub item: &'a Item,
    /// Row by row: 0 for none, else one more than the shape's place in the item.
    owners: Vec<u32>,
}

impl<'a> Painted<'a> {
    /// Paints an item whose size was [checked](super::check). Shapes for which `wanted` is false are left out.
    pub fn new(item: &'a Item, wanted: impl Fn(&Shape) -> bool) -> Self {
        let mut owners = vec![0; item.width as usize * item.height as usize];
        for (number, shape) in (1..).zip(&item.shapes) {
            if wanted(shape) {
                shape.fill(item.width, item.height, &mut owners, number);
            }
        }
        Self { item, owners }
    }

    /// A value for every pixel: that of its shape, or the background's.
    pub fn map<T: Copy>(&self, background: T, of: impl Fn(usize) -> T) -> Vec<T> {
        let values: Vec<T> = (0..self.item.shapes.len()).map(of).collect();
        let value = |&owner: &u32| owner.checked_sub(1).map_or(background, |index| values[index as usize]);
        self.owners.iter().map(value).collect()
    }

    /// The class of every pixel; void is `void`.
    pub fn classes(&self, background: u8, void: u8) -> Vec<u8> {
        let class = |index: usize| match self.item.shapes[index].class {
            VOID => void,
            class => class,
        };
        self.map(background, class)
    }

    /// Counts what was lost by painting: outlines, what lies below others, what has no pixel, and which shapes can't be told apart by
    /// their class and number (of [`thing_numbers`], or all 0 where things are not numbered).
    pub fn count(&self, schema: &Schema, numbers: Option<&[u32]>, losses: &mut Losses) {
        let (item, name) = (self.item, &self.item.name);
        let mut visible = vec![0u64; item.shapes.len()];
        for owner in &self.owners {
            if let Some(index) = owner.checked_sub(1) {
                visible[index as usize] += 1;
            }
        }
        let mut seen = HashSet::new();
        for (index, shape) in item.shapes.iter().enumerate().filter(|(_, shape)| is_area(shape)) {
            let area = match &shape.geometry {
                Geometry::Polygon(polygon) => {
                    losses.add(Loss::PolygonToMask, name);
                    let mut area = 0;
                    rasterize(polygon, item.width, item.height, |_, from, to| area += u64::from(to - from));
                    area
                }
                Geometry::Mask(mask) if (mask.width(), mask.height()) == (item.width, item.height) => mask.area(),
                _ => 0,
            };
            match (area, visible[index]) {
                (0, _) => losses.add(Loss::NoArea, name),
                (area, seen) if seen < area => losses.add(Loss::Overlap, name),
                _ => {}
            }
            let thing = is_thing(shape, schema);
            let number = numbers.map_or(0, |numbers| numbers[index]);
            if thing && number == 0 && !is_crowd(shape, schema) {
                losses.add(if numbers.is_some() { Loss::TooMany } else { Loss::Instances }, name);
            } else if !seen.insert((shape.class, number)) {
                losses.add(Loss::Merged, name);
            }
        }
    }
}

/// A number for every shape: 0 for what is not an area of a thing and for crowds, else one that all shapes of that thing share. Numbers stay
/// if none is above `limit` and no two classes share one; otherwise things are counted anew from 1, and those beyond the limit have 0.
pub(crate) fn thing_numbers(shapes: &[Shape], schema: &Schema, limit: u32) -> Vec<u32> {
    let counted = |shape: &Shape| is_area(shape) && is_thing(shape, schema) && !is_crowd(shape, schema);
    let things = || shapes.iter().filter(|shape| counted(shape));
    let highest = things().filter_map(|shape| shape.instance).max().unwrap_or(0);
    let unnumbered = things().filter(|shape| shape.instance.is_none()).count();
    let mut classes = HashMap::new();
    let alone = things().all(|shape| shape.instance.is_none() || *classes.entry(shape.instance).or_insert(shape.class) == shape.class);
    let keep = alone && u64::from(highest) + unnumbered as u64 <= u64::from(limit);
    let mut next = if keep { u64::from(highest) } else { 0 };
    let mut known: HashMap<(u8, u32), u32> = HashMap::new();
    let mut fresh = || {
        next += 1;
        u32::try_from(next).ok().filter(|&number| number <= limit).unwrap_or(0)
    };
    let number = |shape: &Shape| match shape.instance {
        _ if !counted(shape) => 0,
        Some(instance) if keep => instance,
        Some(instance) => *known.entry((shape.class, instance)).or_insert_with(&mut fresh),
        None => fresh(),
    };
    shapes.iter().map(number).collect()
}
