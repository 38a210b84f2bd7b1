//! Writes `tests/golden/geometry.json`: polygons and masks with what must come out of them. The editor's tests read the same
//! file, so that both sides of the program draw the same pixels.
//!
//! `cargo run -p labelwright-dataset --example geometry_vectors` writes the file anew; a test compares it with the code.

use labelwright_dataset::{Mask, Part, Point, Polygon};
use serde_json::{Value, json};

/// Where the file lies in the repository.
pub const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/geometry.json");

#[allow(dead_code, reason = "the test includes this file for its vectors and does not write them")]
fn main() -> std::io::Result<()> {
    std::fs::write(PATH, vectors())
}

/// A small generator of numbers that look random and are the same everywhere.
struct Numbers(u32);

impl Numbers {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 16
    }

    /// A number in `[from, to)`.
    fn between(&mut self, from: f64, to: f64) -> f64 {
        from + (to - from) * f64::from(self.next()) / 65_536.0
    }
}

fn ring(points: &[[f64; 2]]) -> Vec<Point> {
    points.iter().map(|&p| p.into()).collect()
}

fn part(outer: &[[f64; 2]], holes: &[&[[f64; 2]]]) -> Part {
    Part { outer: ring(outer), holes: holes.iter().map(|hole| ring(hole)).collect() }
}

fn polygons() -> Vec<(String, u32, u32, Polygon)> {
    let square: &[[f64; 2]] = &[[1.0, 1.0], [5.0, 1.0], [5.0, 5.0], [1.0, 5.0]];
    let hole: &[[f64; 2]] = &[[2.0, 2.0], [4.0, 2.0], [4.0, 4.0], [2.0, 4.0]];
    let named = [
        ("square on corners", vec![part(square, &[])]),
        ("square the other way round", vec![part(&[[1.0, 5.0], [5.0, 5.0], [5.0, 1.0], [1.0, 1.0]], &[])]),
        ("edges through centres", vec![part(&[[1.5, 1.5], [4.5, 1.5], [4.5, 4.5], [1.5, 4.5]], &[])]),
        ("hole", vec![part(square, &[hole])]),
        ("two parts", vec![part(&[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]], &[]), part(&[[5.0, 5.0], [8.0, 5.0], [8.0, 7.0]], &[])]),
        ("overlapping parts cancel", vec![part(square, &[]), part(hole, &[])]),
        ("bow tie", vec![part(&[[0.0, 0.0], [7.0, 7.0], [7.0, 0.0], [0.0, 7.0]], &[])]),
        ("triangle with slanted edges", vec![part(&[[0.3, 0.2], [7.6, 3.1], [2.2, 6.9]], &[])]),
        ("sliver between centres", vec![part(&[[0.6, 0.6], [7.4, 0.6], [7.4, 1.4], [0.6, 1.4]], &[])]),
        ("beyond all borders", vec![part(&[[-20.0, -20.0], [30.0, -20.0], [30.0, 30.0], [-20.0, 30.0]], &[])]),
        ("half outside", vec![part(&[[-3.2, 2.1], [4.7, -2.3], [11.9, 5.5], [3.3, 9.8]], &[])]),
        ("outside", vec![part(&[[20.0, 1.0], [30.0, 1.0], [25.0, 6.0]], &[])]),
        ("a line", vec![part(&[[1.0, 1.0], [6.0, 6.0], [3.0, 3.0]], &[])]),
        ("repeated first point", vec![part(&[[1.0, 1.0], [6.0, 1.0], [3.0, 6.0], [1.0, 1.0]], &[])]),
        ("nothing", vec![]),
    ];
    let mut out: Vec<_> = named.into_iter().map(|(name, parts)| (name.to_owned(), 8, 7, Polygon { parts })).collect();
    let mut numbers = Numbers(7);
    for i in 0..24 {
        let (width, height) = (1 + numbers.next() % 40, 1 + numbers.next() % 40);
        let (right, bottom) = (f64::from(width), f64::from(height));
        let mut parts = Vec::new();
        for _ in 0..1 + i % 3 {
            let count = 3 + numbers.next() % 9;
            // Every other polygon has its corners on halves of pixels, where rounding is decided.
            let step = |value: f64| if i % 2 == 0 { (value * 2.0).round() / 2.0 } else { value };
            let mut point = || [step(numbers.between(-0.2 * right, 1.2 * right)), step(numbers.between(-0.2 * bottom, 1.2 * bottom))];
            let points: Vec<[f64; 2]> = (0..count).map(|_| point()).collect();
            parts.push(part(&points, &[]));
        }
        out.push((format!("random {i}"), width, height, Polygon { parts }));
    }
    out
}

fn masks() -> Vec<(String, Mask)> {
    let drawn: [(&str, &[&str]); 9] = [
        ("empty", &["....", "...."]),
        ("full", &["####", "####"]),
        ("one pixel", &["....", ".#..", "...."]),
        ("corners do not connect", &["#.#", ".#.", "#.#"]),
        ("holes that meet at a corner are two rings", &["####", "#.##", "##.#", "####"]),
        ("hole open at a corner", &["###.", "#.#.", "##.#", "...."]),
        ("island in a lake", &["#######", "#.....#", "#.###.#", "#.#.#.#", "#.###.#", "#.....#", "#######"]),
        ("comb", &["#.#.#", "#.#.#", "#####"]),
        ("run over the end of a row", &["..##", "##..", "...#", "#..."]),
    ];
    let mask = |rows: &[&str]| {
        let inside: Vec<bool> = rows.iter().flat_map(|row| row.bytes().map(|c| c == b'#')).collect();
        Mask::from_bitmap(rows[0].len() as u32, rows.len() as u32, &inside)
    };
    let mut out: Vec<(String, Mask)> = drawn.into_iter().filter_map(|(name, rows)| Some((name.to_owned(), mask(rows).ok()?))).collect();
    let mut numbers = Numbers(11);
    for i in 0..12 {
        let (width, height) = (1 + numbers.next() % 16, 1 + numbers.next() % 16);
        let share = 20_000 + 4_000 * i;
        let inside: Vec<bool> = (0..width * height).map(|_| numbers.next() < share).collect();
        out.extend(Mask::from_bitmap(width, height, &inside).ok().map(|mask| (format!("noise {i}"), mask)));
    }
    out
}

/// The whole file, one case a line.
pub fn vectors() -> String {
    let line = |value: Value| format!("    {value}");
    let rasterize = polygons().into_iter().map(|(name, width, height, polygon)| {
        let counts = polygon.to_mask(width, height).map(|mask| mask.runs().to_vec());
        line(json!({"name": name, "size": [height, width], "parts": polygon.parts, "counts": counts}))
    });
    let contour = masks().into_iter().map(|(name, mask)| {
        line(json!({"name": name, "size": [mask.height(), mask.width()], "counts": mask.runs(), "parts": mask.to_polygon().parts}))
    });
    let join = |lines: Vec<String>| lines.join(",\n");
    format!(
        "{{\n  \"about\": \"rasterize: parts of a polygon -> counts of the mask; contour: counts of a mask -> parts of its polygon; size is [height, width]\",\n  \
         \"rasterize\": [\n{}\n  ],\n  \"contour\": [\n{}\n  ]\n}}\n",
        join(rasterize.collect()),
        join(contour.collect())
    )
}
