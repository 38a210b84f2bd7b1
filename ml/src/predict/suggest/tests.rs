use half::f16;

use super::*;
use crate::{
    features::{Fit, Level},
    predict::{ClassConfidence, Probabilities},
};

/// A bright disc of radius 20 at (60, 50) and one at (120, 50), in an image of 180×100.
fn picture() -> RgbImage {
    RgbImage::from_fn(180, 100, |x, y| {
        let near = |cx: f64| (f64::from(x) + 0.5 - cx).hypot(f64::from(y) + 0.5 - 50.0) < 20.0;
        let noise = ((x * 31 + y * 17) % 9) as u8;
        image::Rgb(if near(60.0) || near(120.0) { [190 + noise, 180, 160] } else { [40 + noise, 50, 60] })
    })
}

/// Features that say as much as the mean colour does.
fn features(picture: &RgbImage) -> Features {
    let fit = Fit::new(180, 100, 256).unwrap();
    let level = |(width, height, channels): (usize, usize, usize)| {
        let values = (0..height * width).flat_map(|cell| {
            let (x, y) = ((cell % width) * 180 / width, (cell / width) * 100 / height);
            let bright = f32::from(picture.get_pixel(x as u32, y as u32).0[0]) / 255.0;
            (0..channels).map(move |channel| f16::from_f32(if channel % 2 == 0 { bright } else { 1.0 - bright }))
        });
        Level { width, height, channels, values: values.collect() }
    };
    let levels = Features::shapes(fit).into_iter().map(level).collect();
    Features { fit, picture: Vec::new(), levels }
}

fn disc(cx: f64) -> Mask {
    let inside = |p: usize| ((p % 180) as f64 + 0.5 - cx).hypot((p / 180) as f64 + 0.5 - 50.0) < 20.0;
    Mask::from_bitmap(180, 100, &(0..180 * 100).map(inside).collect::<Vec<_>>()).unwrap()
}

fn iou(a: &Mask, b: &Mask) -> f64 {
    let (a, b) = (a.to_bitmap(), b.to_bitmap());
    let both = a.iter().zip(&b).filter(|(a, b)| **a && **b).count();
    let either = a.iter().zip(&b).filter(|(a, b)| **a || **b).count();
    both as f64 / either as f64
}

fn click(x: f64, y: f64, inside: bool) -> Click {
    Click { x, y, inside }
}

#[test]
fn one_click_finds_its_object_and_no_other() {
    let picture = picture();
    let clicks = [click(57.0, 55.0, true)];
    let found = suggest(&picture, &features(&picture), None, &Wanted { clicks: &clicks, ..Wanted::default() }).unwrap();
    assert!(iou(&found.mask, &disc(60.0)) > 0.9, "{}", iou(&found.mask, &disc(60.0)));
}

#[test]
fn a_box_is_enough() {
    let picture = picture();
    let wanted = Wanted { around: Some([97.0, 27.0, 143.0, 73.0]), ..Wanted::default() };
    let found = suggest(&picture, &features(&picture), None, &wanted).unwrap();
    assert!(iou(&found.mask, &disc(120.0)) > 0.9, "{}", iou(&found.mask, &disc(120.0)));
}

#[test]
fn two_clicks_are_one_object_of_two_parts_and_a_click_outside_takes_away() {
    let picture = picture();
    let features = features(&picture);
    let ask = |clicks: &[Click]| suggest(&picture, &features, None, &Wanted { clicks, ..Wanted::default() }).unwrap().mask.to_bitmap();
    let both = ask(&[click(60.0, 50.0, true), click(120.0, 50.0, true)]);
    assert!(both[50 * 180 + 60] && both[50 * 180 + 120] && !both[50 * 180 + 90]);
    let one = ask(&[click(60.0, 50.0, true), click(60.0, 36.0, false)]);
    assert!(one[50 * 180 + 60] && !one[36 * 180 + 60]);
}

/// What looks alike is told apart by a model that has learned to.
#[test]
fn the_model_is_heard() {
    let picture = RgbImage::from_pixel(180, 100, image::Rgb([90, 90, 90]));
    let (width, height) = (45, 25);
    let values = (0..width * height).flat_map(|cell| if cell % width < 20 { [0.02, 0.98] } else { [0.98, 0.02] }).collect();
    let prediction = Prediction {
        width: 180,
        height: 100,
        class_map: Vec::new(),
        confidence: 0.9,
        per_class: Vec::<ClassConfidence>::new(),
        empty: false,
        entropy: 0.1,
        probabilities: Probabilities { classes: vec![0, 1], width, height, values },
    };
    let clicks = [click(40.0, 50.0, true)];
    let wanted = Wanted { clicks: &clicks, class: Some(1), ..Wanted::default() };
    let found = suggest(&picture, &features(&picture), Some(&prediction), &wanted).unwrap().mask.to_bitmap();
    assert!(found[50 * 180 + 20] && found[50 * 180 + 60] && !found[50 * 180 + 120]);
}

#[test]
fn nothing_comes_from_nothing() {
    let picture = picture();
    let features = features(&picture);
    let ask = |wanted: Wanted<'_>| suggest(&picture, &features, None, &wanted);
    assert_eq!(ask(Wanted::default()), None);
    assert_eq!(ask(Wanted { clicks: &[click(60.0, 50.0, false)], ..Wanted::default() }), None);
    assert_eq!(ask(Wanted { clicks: &[click(-3.0, f64::NAN, true)], ..Wanted::default() }), None);
    assert_eq!(ask(Wanted { around: Some([5.0, 5.0, 5.5, 90.0]), ..Wanted::default() }), None);
}

#[test]
fn one_click_on_bare_ground_finds_nothing_and_a_second_click_says_what_is_meant() {
    // Light falls off a little from left to right, as on many pictures, and there is a disc far away.
    let picture = RgbImage::from_fn(180, 100, |x, y| {
        let disc = (f64::from(x) - 160.0).hypot(f64::from(y) - 50.0) < 15.0;
        image::Rgb(if disc { [200; 3] } else { [60 - (x / 12) as u8; 3] })
    });
    let features = features(&picture);
    let ask = |clicks: &[Click]| suggest(&picture, &features, None, &Wanted { clicks, ..Wanted::default() });
    assert_eq!(ask(&[click(50.0, 50.0, true)]), None);
    let meant = ask(&[click(50.0, 50.0, true), click(70.0, 50.0, true)]).unwrap().mask.to_bitmap();
    assert!(meant[50 * 180 + 50] && meant[50 * 180 + 70]);
    let disc = ask(&[click(160.0, 50.0, true)]).unwrap().mask.to_bitmap();
    assert!(disc[50 * 180 + 160] && !disc[50 * 180 + 60]);
}
