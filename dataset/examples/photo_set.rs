//! Draws a set of pictures that cost a JPEG decoder about what photographs cost: 500×375 pixels, quality 92, 4:2:0, about 60 kB on average.
//! The same arguments always give the same files. Benchmarks use it: `cargo run --release -p labelwright-dataset --example photo_set -- FOLDER 1000`

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

const WIDTH: usize = 500;
const HEIGHT: usize = 375;
const QUALITY: u8 = 92;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("give a folder, and how many pictures")?);
    let count: u32 = arguments.next().ok_or("give how many pictures")?.to_str().ok_or("not a number")?.parse()?;
    fs::create_dir_all(&folder)?;
    let mut total = 0;
    for number in 0..count {
        let mut jpeg = Vec::new();
        let mut encoder = Encoder::new(&mut jpeg, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        encoder.encode(&photo(number), WIDTH as u16, HEIGHT as u16, ColorType::Rgb)?;
        total += jpeg.len();
        fs::write(folder.join(format!("{number:06}.jpg")), jpeg)?;
    }
    println!("{count} pictures, {} bytes on average", total / count.max(1) as usize);
    Ok(())
}

/// A number that depends on all of its arguments and looks random.
fn hash(seed: u32, x: u32, y: u32) -> u32 {
    let mut h = seed.wrapping_mul(0x9e37_79b1) ^ x.wrapping_mul(0x85eb_ca6b) ^ y.wrapping_mul(0xc2b2_ae35);
    for shift in [16, 13, 16] {
        h = (h ^ (h >> shift)).wrapping_mul(0x7feb_352d);
    }
    h ^ (h >> 15)
}

/// From −1 to 1.
fn unit(seed: u32, x: u32, y: u32) -> f32 {
    hash(seed, x, y) as f32 / u32::MAX as f32 * 2.0 - 1.0
}

/// Smooth noise whose hills are `cell` pixels wide.
fn noise(seed: u32, x: f32, y: f32, cell: f32) -> f32 {
    let (x, y) = (x / cell, y / cell);
    let (left, top) = (x.floor(), y.floor());
    let smooth = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (smooth(x - left), smooth(y - top));
    let at = |dx: u32, dy: u32| unit(seed, left as u32 + dx, top as u32 + dy);
    let upper = at(0, 0) * (1.0 - u) + at(1, 0) * u;
    let lower = at(0, 1) * (1.0 - u) + at(1, 1) * u;
    upper * (1.0 - v) + lower * v
}

/// An ellipse with a colour and a texture of its own.
struct Thing {
    centre: (f32, f32),
    radii: (f32, f32),
    color: [f32; 3],
    rough: f32,
}

fn photo(number: u32) -> Vec<u8> {
    let draw = |what: u32| unit(number ^ 0x5151_0000, what, 7);
    // Some pictures are calm, some are full of detail.
    let detail = 1.0 + 0.6 * draw(0);
    let (sky, ground) = ([draw(1), draw(2), draw(3)].map(|c| 150.0 + 60.0 * c), [draw(4), draw(5), draw(6)].map(|c| 100.0 + 60.0 * c));
    let things: Vec<Thing> = (0..6)
        .map(|i| Thing {
            centre: ((draw(10 + i) + 1.0) * 250.0, (draw(20 + i) + 1.0) * 187.0),
            radii: (60.0 + 40.0 * draw(30 + i), 60.0 + 40.0 * draw(40 + i)),
            color: [draw(50 + i), draw(60 + i), draw(70 + i)].map(|c| 128.0 + 100.0 * c),
            rough: 1.0 + draw(80 + i),
        })
        .collect();
    let mut pixels = Vec::with_capacity(WIDTH * HEIGHT * 3);
    for row in 0..HEIGHT {
        for column in 0..WIDTH {
            let (x, y) = (column as f32, row as f32);
            let down = y / HEIGHT as f32;
            let covers = |t: &&Thing| ((x - t.centre.0) / t.radii.0).powi(2) + ((y - t.centre.1) / t.radii.1).powi(2) < 1.0;
            let thing = things.iter().rev().find(covers);
            let rough = thing.map_or(0.4 + down, |t| t.rough);
            let large = 25.0 * noise(number, x, y, 60.0) + 14.0 * noise(number ^ 1, x, y, 17.0);
            let fine = 12.0 * noise(number ^ 2, x, y, 6.0) + 15.0 * noise(number ^ 3, x, y, 2.5);
            let grain = 6.0 * unit(number ^ 4, column as u32, row as u32);
            let light = large + detail * (rough * fine + grain);
            for c in 0..3 {
                let base = thing.map_or(sky[c] * (1.0 - down) + ground[c] * down, |t| t.color[c]);
                let tint = 6.0 * noise(number ^ (5 + c as u32), x, y, 9.0);
                pixels.push((base + light + tint).clamp(0.0, 255.0) as u8);
            }
        }
    }
    pixels
}
