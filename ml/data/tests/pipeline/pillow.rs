//! Against what Pillow makes, recorded by `ml/data/tools/pillow_golden.py`.

use labelwright_data::pixels::Picture;
use labelwright_data::sample::Sample;
use labelwright_dataset::ClassMap;
use serde_json::Value;

use crate::support::{one, run};

const GOLDEN: &str = include_str!("../golden/pillow.json");

fn sample() -> Sample {
    let (width, height) = (12u32, 8u32);
    let pixel = |x: u32, y: u32| [(x * 37 + y * 11) as u8, (x * 5 + y * 53 + 40) as u8, (x * y * 7 + 90) as u8];
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    let mut sample = Sample::new("golden", Picture::new(width, height, pixels).unwrap());
    let classes = (0..height).flat_map(|y| (0..width).map(move |x| ((x / 3 + 5 * (y / 2)) % 7) as u8)).collect();
    sample.target.mask = Some(ClassMap { width, height, classes });
    sample
}

fn golden(name: &str) -> ([u32; 2], Vec<u8>) {
    let all: Value = serde_json::from_str(GOLDEN).unwrap();
    let numbers = |value: &Value| value.as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect::<Vec<_>>();
    let size = numbers(&all[name]["size"]);
    ([size[0] as u32, size[1] as u32], numbers(&all[name]["values"]).iter().map(|&v| v as u8).collect())
}

fn near(name: &str, kind: &str, parameters: &str, most: u8) {
    let made = run(&one(kind, parameters), sample(), 0);
    let (size, wanted) = golden(name);
    assert_eq!(made.size(), size, "{name}");
    let worst = made.picture.pixels().iter().zip(&wanted).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(worst <= Some(most), "{name}: {worst:?}");
}

#[test]
fn colours_change_as_in_pillow_and_torchvision() {
    near("brightness 1.3", "random_brightness", "amount = [1.3, 1.3]", 1);
    near("brightness 0.6", "random_brightness", "amount = [0.6, 0.6]", 1);
    near("contrast 1.5", "random_contrast", "amount = [1.5, 1.5]", 1);
    near("contrast 0.5", "color_jitter", "contrast = [0.5, 0.5]\nbrightness = [1.0, 1.0]", 1);
    near("saturation 1.7", "random_saturation", "amount = [1.7, 1.7]", 1);
    near("saturation 0.4", "random_saturation", "amount = [0.4, 0.4]", 1);
    // Pillow cuts hue and saturation to 8 bits on the way: a 255th of the circle is six levels. Here they are not rounded.
    near("hue 0.2", "random_hue", "amount = [0.2, 0.2]", 7);
    near("hue -0.1", "random_hue", "amount = [-0.1, -0.1]", 7);
}

#[test]
fn sizes_change_as_in_pillow() {
    for (name, size) in [("7 5", "[7, 5]"), ("31 20", "[31, 20]")] {
        near(&format!("resize {name}"), "resize", &format!("size = {size}"), 1);
        let mask = run(&one("resize", &format!("size = {size}")), sample(), 0).target.mask.unwrap();
        // A centre on the line between two pixels goes to the right one here; in Pillow rounding errors decide.
        let tie = |at: u32, from: u32, to: u32| ((2 * at + 1) * from).is_multiple_of(2 * to);
        for (at, (got, wanted)) in (0..).zip(mask.classes.iter().zip(golden(&format!("mask {name}")).1)) {
            let (x, y) = (at % mask.width, at / mask.width);
            assert!(*got == wanted || tie(x, 12, mask.width) || tie(y, 8, mask.height), "{name}: {x} {y}");
        }
    }
}

#[test]
fn turns_are_those_of_pillow() {
    let quarter = (0..).map(|seed| run(&one("random_rotate90", ""), sample(), seed));
    let (size, wanted) = golden("rotate 90");
    let found = quarter.take(40).any(|made| made.size() == size && made.picture.pixels() == wanted);
    assert!(found, "a quarter turn clockwise comes up");

    let made = run(&one("random_rotation", "degrees = [30, 30]\nfill = 9"), sample(), 0);
    let (_, wanted) = golden("rotate 30");
    let (mine, theirs) = (made.picture.pixels().as_chunks::<3>().0, wanted.as_chunks::<3>().0);
    let filled = |pixels: &[[u8; 3]]| pixels.iter().filter(|&&p| p == [9; 3]).count();
    assert!(filled(mine).abs_diff(filled(theirs)) <= 4 && filled(mine) > 10);
    let both: Vec<_> = mine.iter().zip(theirs).filter(|(a, b)| **a != [9; 3] && **b != [9; 3]).collect();
    assert!(both.len() > 50);
    assert!(both.iter().all(|(a, b)| (0..3).all(|c| a[c].abs_diff(b[c]) <= 3)), "{both:?}");
}
