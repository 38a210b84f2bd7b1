//! A small set of drawn pictures: round cells and long seeds over a textured ground.

use std::f64::consts::TAU;

use anyhow::Result;
use labelwright_dataset::Mask;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use super::scene::{Object, Scene, png};

const SIDE: u32 = 256;

/// Names of the two classes, in the order of their indices from 1.
pub const CLASSES: [&str; 2] = ["Cell", "Seed"];

/// The outline of an object: distance from its centre by direction.
struct Outline {
    x: f64,
    y: f64,
    radius: f64,
    stretch: f64,
    turn: f64,
    lobes: Vec<(f64, f64, f64)>,
}

impl Outline {
    /// Where a point lies: below 1 inside, above outside.
    fn depth(&self, x: f64, y: f64) -> f64 {
        let (dx, dy) = (x - self.x, y - self.y);
        let (sin, cos) = self.turn.sin_cos();
        let (along, across) = ((dx * cos + dy * sin) / self.stretch, (dy * cos - dx * sin) * self.stretch);
        let angle = across.atan2(along);
        let lobes: f64 = self.lobes.iter().map(|(k, size, phase)| size * (k * angle + phase).sin()).sum();
        along.hypot(across) / (self.radius * (1.0 + lobes))
    }
}

/// Draws `count` pictures of 256×256 pixels; the same seed gives the same pictures.
///
/// # Errors
/// A picture can't be coded; that doesn't happen with this size.
pub fn draw(count: usize, seed: u64) -> Result<Vec<Scene>> {
    (0..count).map(|number| scene(number, seed)).collect()
}

fn scene(number: usize, seed: u64) -> Result<Scene> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
    let mut colour = ground(&mut rng);
    let mut truth = vec![0u8; (SIDE * SIDE) as usize];
    let mut owner = vec![0u8; truth.len()];
    let mut classes = Vec::new();
    let light = rng.random_range(0.82..1.12);
    for _ in 0..rng.random_range(4..10) {
        let class = if rng.random_bool(0.6) { 1 } else { 2 };
        let outline = outline(&mut rng, class);
        classes.push(class);
        let tint: f64 = rng.random_range(-14.0..14.0);
        for pixel in 0..truth.len() {
            let (x, y) = ((pixel as u32 % SIDE) as f64 + 0.5, (pixel as u32 / SIDE) as f64 + 0.5);
            let depth = outline.depth(x, y);
            if depth >= 1.0 {
                continue;
            }
            (truth[pixel], owner[pixel]) = (class, classes.len() as u8);
            // Cells have a dark nucleus and a pale rim, seeds are brighter along their middle.
            let shade = if class == 1 { 1.0 - 0.35 * (1.0 - depth / 0.45).max(0.0) + 0.18 * depth.powi(6) } else { 1.12 - 0.3 * depth };
            let base = if class == 1 { [150.0, 112.0, 168.0] } else { [188.0, 142.0, 78.0] };
            for channel in 0..3 {
                colour[pixel * 3 + channel] = (base[channel] + tint) * shade;
            }
        }
    }
    let bytes = colour.iter().map(|value| (value * light + rng.random_range(-9.0..9.0)).clamp(0.0, 255.0) as u8).collect();
    let mut objects = Vec::new();
    for (index, &class) in classes.iter().enumerate() {
        let inside: Vec<bool> = owner.iter().map(|owner| usize::from(*owner) == index + 1).collect();
        objects.push(Object { class, mask: Mask::from_bitmap(SIDE, SIDE, &inside)? });
    }
    Ok(Scene::new(format!("demo-{:04}.png", number + 1), png(SIDE, SIDE, bytes)?, SIDE, SIDE, truth, objects))
}

fn outline(rng: &mut Xoshiro256PlusPlus, class: u8) -> Outline {
    let (radius, stretch) = if class == 1 {
        (rng.random_range(13.0..30.0), rng.random_range(0.9..1.1))
    } else {
        (rng.random_range(9.0..17.0), rng.random_range(1.5..1.9))
    };
    let most = if class == 1 { 0.07 } else { 0.03 };
    let lobes = (2..6).map(|k| (f64::from(k), rng.random_range(0.0..most), rng.random_range(0.0..TAU))).collect();
    let side = f64::from(SIDE);
    Outline {
        x: rng.random_range(0.04..0.96) * side,
        y: rng.random_range(0.04..0.96) * side,
        radius,
        stretch,
        turn: rng.random_range(0.0..TAU),
        lobes,
    }
}

/// A ground of slow waves and faint fibres, three values a pixel.
fn ground(rng: &mut Xoshiro256PlusPlus) -> Vec<f64> {
    let waves: Vec<[f64; 4]> = (0..7)
        .map(|k| [rng.random_range(-0.03..0.03), rng.random_range(-0.03..0.03), rng.random_range(0.0..TAU), 14.0 / (1.0 + f64::from(k))])
        .collect();
    let fibres: Vec<[f64; 3]> =
        (0..2).map(|_| [rng.random_range(-0.5..0.5), rng.random_range(-0.5..0.5), rng.random_range(0.0..TAU)]).collect();
    let base = [rng.random_range(196.0..216.0), rng.random_range(194.0..212.0), rng.random_range(186.0..206.0)];
    let mut out = Vec::with_capacity((SIDE * SIDE * 3) as usize);
    for pixel in 0..SIDE * SIDE {
        let (x, y) = (f64::from(pixel % SIDE), f64::from(pixel / SIDE));
        let slow: f64 = waves.iter().map(|[a, b, phase, size]| size * (a * x + b * y + phase).sin()).sum();
        let fine: f64 = fibres.iter().map(|[a, b, phase]| 4.0 * (a * x + b * y + phase).sin()).sum();
        out.extend(base.map(|value: f64| value + slow + fine));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_is_repeatable_and_has_both_classes() {
        let (one, two) = (draw(6, 7).unwrap(), draw(6, 7).unwrap());
        assert!(one.iter().zip(&two).all(|(a, b)| a.bytes == b.bytes && a.truth == b.truth && a.name == b.name));
        assert_ne!(draw(1, 8).unwrap()[0].bytes, one[0].bytes);
        let classes: std::collections::BTreeSet<u8> =
            one.iter().flat_map(|scene| scene.objects.iter().map(|object| object.class)).collect();
        assert_eq!(classes.into_iter().collect::<Vec<u8>>(), [1, 2]);
        for scene in &one {
            let share = scene.truth.iter().filter(|class| **class > 0).count() as f64 / scene.truth.len() as f64;
            assert!((0.01..0.6).contains(&share), "{}: {share}", scene.name);
            assert!(image::load_from_memory(&scene.bytes).is_ok_and(|picture| picture.width() == SIDE));
        }
    }
}
