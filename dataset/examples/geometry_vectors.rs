//! Writes `tests/golden/geometry.json` and `geometry_masks.json`: polygons and masks with what must come out of them. The editor's
//! tests read the same files, so that both sides of the program draw the same pixels.
//!
//! `cargo run -p labelwright-dataset --example geometry_vectors` writes the files anew; a test compares them with the code.

use labelwright_dataset::geometry::simplify_ring;
use labelwright_dataset::{Mask, Part, Point, Polygon};
use serde_json::{Value, json};

/// Where the files lie in the repository.
pub const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/geometry.json");
pub const MASKS_PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/golden/geometry_masks.json");
/// How many masks go into the fingerprint.
pub const MASKS: u32 = 10_000;

#[allow(dead_code, reason = "the test includes this file for its vectors and does not write them")]
fn main() -> std::io::Result<()> {
    std::fs::write(PATH, vectors())?;
    std::fs::write(MASKS_PATH, mask_vectors())
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

/// The masks of the fingerprint: noise of any density, and every other one rectangles over each other, each turning its pixels round.
pub fn many_masks() -> impl Iterator<Item = Mask> {
    let mut numbers = Numbers(2024);
    (0..MASKS).filter_map(move |i| {
        let (width, height) = (1 + numbers.next() % 24, 1 + numbers.next() % 24);
        let mut inside = vec![false; (width * height) as usize];
        if i % 2 == 0 {
            let share = numbers.next();
            inside.fill_with(|| numbers.next() < share);
        } else {
            for _ in 0..4 {
                let (left, top) = (numbers.next() % width, numbers.next() % height);
                let (right, bottom) = (left + 1 + numbers.next() % (width - left), top + 1 + numbers.next() % (height - top));
                for y in top..bottom {
                    for x in left..right {
                        inside[(y * width + x) as usize] ^= true;
                    }
                }
            }
        }
        Mask::from_bitmap(width, height, &inside).ok()
    })
}

/// Stirs a number into a fingerprint (FNV-1a over whole words).
fn stir(print: u32, word: u32) -> u32 {
    (print ^ word).wrapping_mul(16_777_619)
}

/// One number for the runs, outlines and filled runs of all masks: equal only if every corner of every outline is.
fn fingerprint() -> u32 {
    let mut print = 2_166_136_261;
    for mask in many_masks() {
        let polygon = mask.to_polygon();
        for runs in [mask.runs(), mask.filled().runs()] {
            print = runs.iter().fold(stir(print, runs.len() as u32), |print, &run| stir(print, run));
        }
        print = stir(print, polygon.parts.len() as u32);
        for ring in polygon.rings() {
            print = stir(print, ring.len() as u32);
            print = ring.iter().fold(print, |print, p| stir(stir(print, p.x as u32), p.y as u32));
        }
    }
    print
}

/// Pairs of masks with what joining them gives, outlines with their simpler ones, and the fingerprint of many masks.
pub fn mask_vectors() -> String {
    let line = |value: Value| format!("    {value}");
    let masks: Vec<Mask> = many_masks().take(400).collect();
    let same_size = masks.iter().enumerate().flat_map(|(i, a)| masks[..i].iter().map(move |b| (a, b)));
    let pairs = same_size.filter(|(a, b)| (a.width(), a.height()) == (b.width(), b.height()) && a.width() > 2 && a.height() > 2).take(24);
    let combine = pairs.filter_map(|(a, b)| {
        let (union, subtract, intersect) = (a.union(b).ok()?, a.subtract(b).ok()?, a.intersect(b).ok()?);
        let filled = union.filled();
        let results = [("a", a), ("b", b), ("union", &union), ("subtract", &subtract), ("intersect", &intersect), ("filled", &filled)];
        let mut case = json!({"size": [a.height(), a.width()]});
        for (name, mask) in results {
            case[name] = json!(mask.runs());
        }
        Some(line(case))
    });
    let mut numbers = Numbers(5);
    let simplify = (0..24).map(|i| {
        let count = 3 + numbers.next() % 40;
        // Every third outline has its points on whole pixels, where distances are equal again and again.
        let step = |value: f64| if i % 3 == 0 { value.round() } else { value };
        let mut point = || Point { x: step(numbers.between(0.0, 20.0)), y: step(numbers.between(0.0, 20.0)) };
        let outline: Vec<Point> = (0..count).map(|_| point()).collect();
        let tolerance = f64::from(i % 7) * 0.75;
        line(json!({"ring": outline, "tolerance": tolerance, "left": simplify_ring(&outline, tolerance)}))
    });
    let join = |lines: Vec<String>| lines.join(",\n");
    format!(
        "{{\n  \"about\": \"combine: runs of two masks and of what joining them gives, filled is the union without holes; simplify: an outline and what is left \
         of it, null when nothing is; fingerprint: of the runs, filled runs and outlines of many generated masks; size is [height, width]\",\n  \
         \"masks\": {MASKS},\n  \"fingerprint\": {},\n  \"combine\": [\n{}\n  ],\n  \"simplify\": [\n{}\n  ]\n}}\n",
        fingerprint(),
        join(combine.collect()),
        join(simplify.collect())
    )
}
