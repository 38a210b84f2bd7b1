//! Picture, mask, map of things, outlines and boxes stay on one another.

use labelwright_data::pixels::Picture;
use labelwright_data::sample::{BoxLabel, Outline, Sample};
use labelwright_data::transform::Chain;
use labelwright_dataset::geometry::iou;
use labelwright_dataset::{ClassMap, InstanceMap, Mask, Point, Polygon};
use proptest::prelude::*;

use crate::support::{chain, run};

/// A star around the middle of its box, painted into picture, mask and map alike.
fn star(width: u32, height: u32, middle: [f64; 2], radii: &[f64]) -> Sample {
    let points = radii.iter().enumerate().map(|(i, radius)| {
        let angle = i as f64 / radii.len() as f64 * std::f64::consts::TAU;
        Point { x: middle[0] + radius * angle.cos(), y: middle[1] + radius * angle.sin() }
    });
    let whole = Polygon::simple(points.collect());
    let polygon = whole.clipped(width, height).unwrap_or(whole);
    let inside = polygon.to_mask(width, height).unwrap().to_bitmap();
    let pixels = inside.iter().flat_map(|&inside| if inside { [250, 20, 20] } else { [10, 200, 30] }).collect();
    let mut sample = Sample::new("star", Picture::new(width, height, pixels).unwrap());
    sample.target.mask = Some(ClassMap { width, height, classes: inside.iter().map(|&i| u8::from(i)).collect() });
    sample.target.instances = Some(InstanceMap { width, height, numbers: inside.iter().map(|&i| if i { 700 } else { 0 }).collect() });
    let corners = polygon
        .rings()
        .flatten()
        .fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[l, t, r, b], p| [l.min(p.x), t.min(p.y), r.max(p.x), b.max(p.y)]);
    sample.target.boxes = vec![BoxLabel::new(1, corners)];
    sample.target.outlines = vec![Outline { class: 1, instance: Some(700), polygon }];
    sample
}

fn from_mask(sample: &Sample) -> Mask {
    sample.target.mask.as_ref().unwrap().mask_of(1).unwrap()
}

fn from_outline(sample: &Sample) -> Mask {
    let [width, height] = sample.size();
    let empty = Mask::empty(width, height).unwrap();
    sample.target.outlines.first().map_or(empty, |outline| outline.polygon.to_mask(width, height).unwrap())
}

fn from_picture(sample: &Sample) -> Mask {
    let [width, height] = sample.size();
    let red: Vec<bool> = sample.picture.as_pixels().iter().map(|p| p[0] > 130).collect();
    Mask::from_bitmap(width, height, &red).unwrap()
}

/// How many pixels differ, for each pixel of the outline's length.
fn apart(a: &Mask, b: &Mask) -> f64 {
    let (a_only, b_only) = (a.subtract(b).unwrap().area(), b.subtract(a).unwrap().area());
    let border: usize =
        a.to_polygon().rings().flat_map(|ring| ring.windows(2).map(|w| (w[0].x - w[1].x).abs() + (w[0].y - w[1].y).abs())).sum::<f64>()
            as usize;
    (a_only + b_only) as f64 / border.max(8) as f64
}

fn any_star() -> impl Strategy<Value = Sample> {
    (20u32..90, 20u32..90, 0.2f64..0.8, 0.2f64..0.8, prop::collection::vec(4.0f64..30.0, 5..14))
        .prop_map(|(w, h, x, y, radii)| star(w, h, [x * f64::from(w), y * f64::from(h)], &radii))
}

/// Steps that move whole pixels.
fn exact() -> Chain {
    chain(
        r#"
        [[transform]]
        kind = "random_horizontal_flip"
        [[transform]]
        kind = "random_rotate90"
        [[transform]]
        kind = "random_crop"
        size = [17, 15]
        [[transform]]
        kind = "random_vertical_flip"
        [[transform]]
        kind = "pad"
        size = [25, 12]
        "#,
    )
}

fn free() -> Chain {
    chain(
        r#"
        [[transform]]
        kind = "resize_short"
        size = 70
        [[transform]]
        kind = "random_affine"
        degrees = 180
        scale = [0.7, 1.6]
        shear = 15
        aspect = [0.8, 1.25]
        translate = [0.1, 0.1]
        [[transform]]
        kind = "random_crop"
        size = [64, 60]
        [[transform]]
        kind = "random_horizontal_flip"
        "#,
    )
}

fn scaled() -> Chain {
    chain(
        r#"
        [[transform]]
        kind = "random_horizontal_flip"
        [[transform]]
        kind = "random_resize_long"
        size = 60
        [[transform]]
        kind = "pad"
        size = 48
        align = "top_left"
        [[transform]]
        kind = "random_crop"
        size = 48
        "#,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whole_pixels_stay_exactly(sample in any_star(), seed in any::<u64>()) {
        let made = run(&exact(), sample, seed);
        let mask = from_mask(&made);
        prop_assert_eq!(&from_picture(&made), &mask);
        prop_assert_eq!(&from_outline(&made), &mask);
        let things = made.target.instances.unwrap().masks().unwrap().pop().map(|(number, mask)| (number, mask.area()));
        prop_assert_eq!(things, (!mask.is_empty()).then(|| (700, mask.area())));
    }

    #[test]
    fn any_map_keeps_them_within_a_pixel(sample in any_star(), seed in any::<u64>(), turned in any::<bool>()) {
        let chain = if turned { free() } else { scaled() };
        let made = run(&chain, sample, seed);
        let (mask, outline, seen) = (from_mask(&made), from_outline(&made), from_picture(&made));
        // Nearest pixels of an enlarged mask have steps of up to half an old pixel, which is at most three new ones here.
        let most = 1.5;
        prop_assert!(apart(&outline, &mask) < most, "outline and mask: {}", apart(&outline, &mask));
        prop_assert!(apart(&seen, &mask) < most, "picture and mask: {}", apart(&seen, &mask));
        if outline.area() > 900 {
            prop_assert!(iou(&outline, &mask).unwrap() > 0.9, "{:?}", iou(&outline, &mask));
            prop_assert!(iou(&outline, &seen).unwrap() > 0.9, "{:?}", iou(&outline, &seen));
        }
        if let (Some(bounds), Some(labeled)) = (outline.bounds(), made.target.boxes.first()) {
            let [l, t, r, b] = labeled.corners;
            prop_assert!(l <= f64::from(bounds.left) + 1.0 && t <= f64::from(bounds.top) + 1.0);
            prop_assert!(r >= f64::from(bounds.right) - 1.0 && b >= f64::from(bounds.bottom) - 1.0);
        }
    }
}
