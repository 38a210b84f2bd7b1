//! Shapes painted into one picture: which class, or which thing, every pixel belongs to.

use std::collections::HashMap;

use crate::geometry::{Mask, MaskError, rasterize};
use crate::schema::{BACKGROUND, VOID};
use crate::shape::{Geometry, Shape};

/// One class index a pixel, row by row: 0 background, 255 void.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassMap {
    pub width: u32,
    pub height: u32,
    pub classes: Vec<u8>,
}

/// One number a pixel, row by row: 0 for no thing, else the number of the thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstanceMap {
    pub width: u32,
    pub height: u32,
    pub numbers: Vec<u16>,
}

/// Why shapes can't be numbered with 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("instance number {number} does not fit into a 16-bit map, which ends at 65535; number the instances anew from 1")]
pub struct InstanceTooLarge {
    pub number: u64,
}

impl Shape {
    /// The pixels the shape covers in an image of that size. `None` for boxes, points and tags, which cover no pixels by
    /// themselves, and for a mask of another size.
    #[must_use]
    pub fn to_mask(&self, width: u32, height: u32) -> Option<Mask> {
        match &self.geometry {
            Geometry::Polygon(polygon) => polygon.to_mask(width, height),
            Geometry::Mask(mask) => (mask.width() == width && mask.height() == height).then(|| mask.clone()),
            Geometry::Box { .. } | Geometry::Point { .. } | Geometry::Tag => None,
        }
    }

    /// Fills the shape's pixels in a buffer of `width × height` values in row order.
    pub(crate) fn fill<T: Copy>(&self, width: u32, height: u32, pixels: &mut [T], value: T) {
        match &self.geometry {
            Geometry::Polygon(polygon) => rasterize(polygon, width, height, |row, from, to| {
                let begin = row as usize * width as usize;
                pixels[begin + from as usize..begin + to as usize].fill(value);
            }),
            Geometry::Mask(mask) if mask.width() == width && mask.height() == height => {
                for (start, length) in mask.spans() {
                    pixels[start as usize..start as usize + length as usize].fill(value);
                }
            }
            _ => {}
        }
    }
}

/// Paints shapes in the order of the list, later ones on top, over background. Boxes, points, tags, and masks of another size
/// are not painted.
#[must_use]
pub fn paint(shapes: &[Shape], width: u32, height: u32) -> ClassMap {
    let mut classes = vec![BACKGROUND; width as usize * height as usize];
    for shape in shapes {
        shape.fill(width, height, &mut classes, shape.class);
    }
    ClassMap { width, height, classes }
}

/// Paints the numbers of things in the same order as [`paint`]. A shape with an instance number has that number, so several
/// shapes can be one thing; each other shape gets the next number above all of those. Void shapes paint 0.
///
/// # Errors
/// A number is above 65535.
pub fn paint_instances(shapes: &[Shape], width: u32, height: u32) -> Result<InstanceMap, InstanceTooLarge> {
    let mut next = u64::from(shapes.iter().filter_map(|shape| shape.instance).max().unwrap_or(0));
    let mut numbers = vec![0u16; width as usize * height as usize];
    for shape in shapes {
        if matches!(shape.geometry, Geometry::Box { .. } | Geometry::Point { .. } | Geometry::Tag) {
            continue;
        }
        let number = match shape.instance {
            _ if shape.class == VOID => 0,
            Some(instance) => u64::from(instance),
            None => {
                next += 1;
                next
            }
        };
        let number = u16::try_from(number).map_err(|_| InstanceTooLarge { number })?;
        shape.fill(width, height, &mut numbers, number);
    }
    Ok(InstanceMap { width, height, numbers })
}

impl ClassMap {
    /// The pixels of one class as a mask.
    ///
    /// # Errors
    /// The map's size is zero or absurd, or `classes` has another length.
    pub fn mask_of(&self, class: u8) -> Result<Mask, MaskError> {
        let mut runs = Vec::new();
        for stretch in self.classes.chunk_by(|&a, &b| (a == class) == (b == class)) {
            if runs.is_empty() && stretch[0] == class {
                runs.push(0);
            }
            // A length beyond 32 bits is beyond any mask, and then the total is wrong.
            runs.push(u32::try_from(stretch.len()).unwrap_or(u32::MAX));
        }
        Mask::from_runs(self.width, self.height, runs)
    }

    /// One mask shape for each class in the map in the order of the indices, without background. Painted again they give the same map.
    ///
    /// # Errors
    /// As [`ClassMap::mask_of`].
    pub fn to_shapes(&self) -> Result<Vec<Shape>, MaskError> {
        let mut present = [false; 256];
        for &class in &self.classes {
            present[usize::from(class)] = true;
        }
        let classes = (1..=255u8).filter(|&class| present[usize::from(class)]);
        classes.map(|class| Ok(Shape::mask(class, self.mask_of(class)?))).collect()
    }
}

impl InstanceMap {
    /// One mask for each thing in the map, in the order of the numbers.
    ///
    /// # Errors
    /// The map's size is zero or absurd, or `numbers` has another length.
    pub fn masks(&self) -> Result<Vec<(u16, Mask)>, MaskError> {
        // All runs in one pass over the pixels: a map may hold thousands of things.
        let expected = u64::from(self.width) * u64::from(self.height);
        if self.numbers.len() as u64 != expected {
            return Err(MaskError::WrongTotal { covered: self.numbers.len() as u64, pixels: expected });
        }
        Mask::empty(self.width, self.height)?;
        let mut things: HashMap<u16, (Vec<u32>, u32)> = HashMap::new();
        let mut at = 0u32;
        for stretch in self.numbers.chunk_by(|a, b| a == b) {
            let (number, length) = (stretch[0], stretch.len() as u32);
            if number != 0 {
                let (runs, end) = things.entry(number).or_default();
                runs.extend([at - *end, length]);
                *end = at + length;
            }
            at += length;
        }
        let mut masks = Vec::with_capacity(things.len());
        for (number, (mut runs, end)) in things {
            runs.push(at - end);
            masks.push((number, Mask::from_runs(self.width, self.height, runs)?));
        }
        masks.sort_unstable_by_key(|&(number, _)| number);
        Ok(masks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Point;

    fn square(class: u8, from: f64, to: f64) -> Shape {
        Shape::polygon(class, [[from, from], [to, from], [to, to], [from, to]].map(Point::from).to_vec())
    }

    #[test]
    fn later_shapes_lie_on_top() {
        let mut tag = square(9, 0.0, 3.0);
        tag.geometry = Geometry::Tag;
        let mask = Shape::mask(VOID, Mask::from_runs(3, 3, vec![8, 1]).unwrap());
        let other_size = Shape::mask(7, Mask::from_runs(2, 2, vec![0, 4]).unwrap());
        let shapes = [square(1, 0.0, 2.0), square(2, 1.0, 3.0), tag, mask, other_size];
        let map = paint(&shapes, 3, 3);
        assert_eq!(map.classes, [1, 1, 0, 1, 2, 2, 0, 2, 255]);
        assert_eq!(paint_instances(&shapes, 3, 3).unwrap().numbers, [1, 1, 0, 1, 2, 2, 0, 2, 0]);
        assert_eq!(paint(&map.to_shapes().unwrap(), 3, 3), map);
        assert_eq!(map.mask_of(2).unwrap().runs(), [4, 2, 1, 1, 1]);
        assert_eq!(shapes[2].to_mask(3, 3), None);
        assert_eq!(shapes[4].to_mask(3, 3), None);
    }

    #[test]
    fn instances_keep_their_numbers() {
        let mut shapes = [square(1, 0.0, 1.0), square(1, 1.0, 2.0), square(1, 2.0, 3.0)];
        shapes[1].instance = Some(5);
        let map = paint_instances(&shapes, 3, 3).unwrap();
        assert_eq!(map.numbers, [6, 0, 0, 0, 5, 0, 0, 0, 7]);
        let masks = map.masks().unwrap();
        assert_eq!(masks.iter().map(|(n, m)| (*n, m.area())).collect::<Vec<_>>(), [(5, 1), (6, 1), (7, 1)]);
        shapes[1].instance = Some(65_535);
        assert_eq!(paint_instances(&shapes, 3, 3), Err(InstanceTooLarge { number: 65_536 }));
    }
}
