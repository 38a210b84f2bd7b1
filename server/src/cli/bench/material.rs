//! What the simulated people are given and what they hand in.

use std::f64::consts::TAU;
use std::fmt::{self, Display, Formatter};

use anyhow::Result;
use labelwright_dataset::{Mask, Point, Shape};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use crate::cli::demo::scene::png;

/// Side of pictures and masks in pixels.
pub const SIDE: u32 = 1024;

/// Points of a polygon.
const POINTS: usize = 100;

/// Different annotations that take turns.
const VARIANTS: u64 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Polygon,
    Brush,
}

pub const KINDS: [Kind; 2] = [Kind::Polygon, Kind::Brush];

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Polygon => "polygon",
            Self::Brush => "brush",
        })
    }
}

/// Pictures to upload and annotations to hand in.
pub struct Material {
    /// Names and PNG files, all different.
    pub pictures: Vec<(String, Vec<u8>)>,
    polygons: Vec<Shape>,
    masks: Vec<Shape>,
}

impl Material {
    /// # Errors
    /// A picture can't be coded; that doesn't happen with this size.
    pub fn new(pictures: usize) -> Result<Self> {
        let pictures = (0..pictures).map(|number| Ok((format!("bench-{number:05}.png"), picture(number)?))).collect::<Result<_>>()?;
        let masks = (0..VARIANTS).map(brush).collect::<Result<_>>()?;
        Ok(Self { pictures, polygons: (0..VARIANTS).map(polygon).collect(), masks })
    }

    /// The annotation for a task.
    #[must_use]
    pub fn shape(&self, kind: Kind, number: usize) -> &Shape {
        let all = match kind {
            Kind::Polygon => &self.polygons,
            Kind::Brush => &self.masks,
        };
        &all[number % all.len()]
    }
}

/// The outline of a cell with 100 points at places as a mouse leaves them, with all their decimals.
fn polygon(seed: u64) -> Shape {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let lobes: Vec<(f64, f64)> = (2..7).map(|_| (rng.random_range(0.0..0.06), rng.random_range(0.0..TAU))).collect();
    let (x, y, radius) = (rng.random_range(400.0..620.0), rng.random_range(400.0..620.0), rng.random_range(150.0..300.0));
    let outer = (0..POINTS).map(|i| {
        let angle = TAU * i as f64 / POINTS as f64;
        let wave: f64 = lobes.iter().zip(2..).map(|((size, phase), k)| size * (f64::from(k) * angle + phase).sin()).sum();
        let r = radius * (1.0 + wave) + rng.random_range(-1.0..1.0);
        Point { x: x + r * angle.cos(), y: y + r * angle.sin() }
    });
    Shape::polygon(1, outer.collect())
}

/// Three strokes of a round brush that wander over the picture.
fn brush(seed: u64) -> Result<Shape> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ 0xB1_0B);
    let side = f64::from(SIDE);
    let mut inside = vec![false; (SIDE * SIDE) as usize];
    for _ in 0..3 {
        let radius: f64 = rng.random_range(18.0..40.0);
        let (mut x, mut y) = (rng.random_range(200.0..800.0), rng.random_range(200.0..800.0));
        let mut direction: f64 = rng.random_range(0.0..TAU);
        for _ in 0..60 {
            disc(&mut inside, x, y, radius);
            direction += rng.random_range(-0.5..0.5);
            x = (x + 5.0 * direction.cos()).clamp(0.0, side);
            y = (y + 5.0 * direction.sin()).clamp(0.0, side);
        }
    }
    Ok(Shape::mask(1, Mask::from_bitmap(SIDE, SIDE, &inside)?))
}

fn disc(inside: &mut [bool], x: f64, y: f64, radius: f64) {
    let range = |centre: f64| (centre - radius).max(0.0) as u32..((centre + radius).max(0.0) as u32 + 1).min(SIDE);
    for row in range(y) {
        for column in range(x) {
            if (f64::from(column) + 0.5 - x).hypot(f64::from(row) + 0.5 - y) <= radius {
                inside[(row * SIDE + column) as usize] = true;
            }
        }
    }
}

/// A flat picture with a few pixels that make it another file than all the others of the measurement.
fn picture(number: usize) -> Result<Vec<u8>> {
    let mut rgb = vec![150; (SIDE * SIDE * 3) as usize];
    for (value, byte) in rgb.iter_mut().zip((number as u64).to_le_bytes()) {
        *value = byte;
    }
    png(SIDE, SIDE, rgb)
}

#[cfg(test)]
mod tests {
    use super::*;
    use labelwright_dataset::{Class, ClassKind, Geometry, Schema, validate};

    #[test]
    fn what_is_handed_in_is_as_promised_and_needs_no_repair() {
        let class = Class { index: 1, name: "Cell".into(), color: "#4cc38a".into(), kind: ClassKind::Thing };
        let (material, schema) = (Material::new(0).unwrap(), Schema { classes: vec![class] });
        for (kind, number) in KINDS.into_iter().flat_map(|kind| (0..VARIANTS as usize).map(move |number| (kind, number))) {
            let shape = material.shape(kind, number);
            let (valid, repairs) = validate(shape, SIDE, SIDE, &schema, 4).unwrap();
            assert!(valid == *shape && repairs.is_empty(), "{kind} {number}: {repairs:?}");
            match &shape.geometry {
                Geometry::Polygon(polygon) => assert_eq!(polygon.points(), POINTS),
                Geometry::Mask(mask) => assert!((300..2500).contains(&mask.runs().len()), "{} runs", mask.runs().len()),
                _ => panic!("another kind of shape"),
            }
        }
    }

    #[test]
    fn pictures_differ_and_are_small() {
        let (one, two) = (picture(1).unwrap(), picture(2).unwrap());
        assert!(one != two && one.len() < 50_000, "{} bytes", one.len());
    }
}
