//! Pixels of an image back to shapes.

use std::collections::BTreeMap;

use crate::geometry::{Mask, MaskError};
use crate::shape::Shape;

/// The key of a pixel of a thing, or of stuff with the number 0.
pub(crate) fn thing_key(class: u8, number: u32) -> u64 {
    u64::from(class) << 32 | u64::from(number)
}

/// One mask for each class and number that occurs in `keys` (of [`thing_key`]; 0 is background), in the order of classes and numbers. A
/// number of 0 is none.
///
/// # Errors
/// The size is zero or absurd, or `keys` has another length.
pub(crate) fn shapes_of_pixels(width: u32, height: u32, keys: impl ExactSizeIterator<Item = u64>) -> Result<Vec<Shape>, MaskError> {
    let pixels = u64::from(width) * u64::from(height);
    if keys.len() as u64 != pixels {
        return Err(MaskError::WrongTotal { covered: keys.len() as u64, pixels });
    }
    Mask::empty(width, height)?;
    // All runs in one pass over the pixels: an image may hold thousands of things.
    let mut found: BTreeMap<u64, (Vec<u32>, u32)> = BTreeMap::new();
    let mut close = |key: u64, from: u32, to: u32| {
        if key != 0 {
            let (runs, end) = found.entry(key).or_default();
            runs.extend([from - *end, to - from]);
            *end = to;
        }
    };
    let (mut key, mut from) = (0, 0);
    for (at, next) in (0u32..).zip(keys) {
        if next != key {
            close(key, from, at);
            (key, from) = (next, at);
        }
    }
    close(key, from, pixels as u32);
    let shape = |(key, (mut runs, end)): (u64, (Vec<u32>, u32))| {
        runs.push(pixels as u32 - end);
        let number = (key & u64::from(u32::MAX)) as u32;
        Ok(Shape { instance: (number > 0).then_some(number), ..Shape::mask((key >> 32) as u8, Mask::from_runs(width, height, runs)?) })
    };
    found.into_iter().map(shape).collect()
}
