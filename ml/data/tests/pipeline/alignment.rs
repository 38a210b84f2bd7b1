//! Picture, mask, map of things, outlines and boxes stay on one another.

use labelwright_data::pixels::Picture;
use labelwright_data::sample::{BoxLabel, Outline, Sample};
use labelwright_data::transform::Chain;
use labelwright_dataset::{ClassMap, InstanceMap, Mask, Point, Polygon};
use proptest::prelude::*;

use crate::support::{chain, run};

/// The outline that was drawn, and the outline of the pixels that it covers.
const DRAWN: u32 = 700;
const PIXELS: u32 = 701;

const AROUND: [[i64; 2]; 8] = [[-1, -1], [0, -1], [1, -1], [-1, 0], [1, 0], [-1, 1], [0, 1], [1, 1]];

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
    sample.target.instances =
        Some(InstanceMap { width, height, numbers: inside.iter().map(|&i| if i { DRAWN as u16 } else { 0 }).collect() });
    let corners = polygon
        .rings()
        .flatten()
        .fold([f64::MAX, f64::MAX, f64::MIN, f64::MIN], |[l, t, r, b], p| [l.min(p.x), t.min(p.y), r.max(p.x), b.max(p.y)]);
    sample.target.boxes = vec![BoxLabel::new(1, corners)];
    let pixels = Mask::from_bitmap(width, height, &inside).unwrap().to_polygon();
    sample.target.outlines =
        vec![Outline { class: 1, instance: Some(DRAWN), polygon }, Outline { class: 1, instance: Some(PIXELS), polygon: pixels }];
    sample
}

fn from_mask(sample: &Sample) -> Mask {
    sample.target.mask.as_ref().unwrap().mask_of(1).unwrap()
}

fn from_outline(sample: &Sample, instance: u32) -> Mask {
    let [width, height] = sample.size();
    let empty = Mask::empty(width, height).unwrap();
    let outline = sample.target.outlines.iter().find(|outline| outline.instance == Some(instance));
    outline.map_or(empty, |outline| outline.polygon.to_mask(width, height).unwrap())
}

fn from_picture(sample: &Sample) -> Mask {
    let [width, height] = sample.size();
    let red: Vec<bool> = sample.picture.as_pixels().iter().map(|p| p[0] > 130).collect();
    Mask::from_bitmap(width, height, &red).unwrap()
}

/// How long the edge between a mask's pixels and the others is, along the pixels' sides.
fn length(mask: &Mask) -> f64 {
    let step = |(a, b): (&Point, &Point)| (a.x - b.x).abs() + (a.y - b.y).abs();
    mask.to_polygon().rings().map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)).map(step).sum::<f64>()).sum()
}

/// How many pixels differ, for each pixel of the edge.
fn apart(a: &Mask, b: &Mask) -> f64 {
    let (a_only, b_only) = (a.subtract(b).unwrap().area(), b.subtract(a).unwrap().area());
    (a_only + b_only) as f64 / length(a).max(8.0)
}

/// How many pixels are of the other colour than the mask says, for each pixel of its edge. Those in which both colours meet count for neither.
fn unlike(sample: &Sample, mask: &Mask) -> f64 {
    let pixels = sample.picture.as_pixels().iter().zip(mask.to_bitmap());
    pixels.filter(|(p, inside)| if *inside { p[0] < 80 } else { p[0] > 180 }).count() as f64 / length(mask).max(8.0)
}

/// The mask moved by so many columns and rows; what comes in is empty.
fn moved(mask: &Mask, by: [i64; 2]) -> Mask {
    let (width, height) = (i64::from(mask.width()), i64::from(mask.height()));
    let old = mask.to_bitmap();
    let at = |x: i64, y: i64| (0..width).contains(&x) && (0..height).contains(&y) && old[(y * width + x) as usize];
    let new: Vec<bool> = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x - by[0], y - by[1])).collect();
    Mask::from_bitmap(mask.width(), mask.height(), &new).unwrap()
}

/// The middle of a pixel that is within the mask and outside of what became of its pixels' outline, or the other way round. Middles on the
/// outline itself may be either.
fn astray(sample: &Sample, mask: &Mask) -> Option<Point> {
    let outline = sample.target.outlines.iter().find(|outline| outline.instance == Some(PIXELS));
    let exact = from_outline(sample, PIXELS);
    let edges: Vec<(Point, Point)> = outline.map_or_else(Vec::new, |outline| {
        outline.polygon.rings().flat_map(|ring| ring.iter().copied().zip(ring.iter().copied().cycle().skip(1))).collect()
    });
    let width = mask.width() as usize;
    let differ = exact.to_bitmap().into_iter().zip(mask.to_bitmap()).enumerate().filter(|(_, (a, b))| a != b);
    differ
        .map(|(at, _)| Point { x: (at % width) as f64 + 0.5, y: (at / width) as f64 + 0.5 })
        .find(|middle| edges.iter().all(|edge| distance(*middle, *edge) > 1e-6))
}

fn distance(p: Point, (a, b): (Point, Point)) -> f64 {
    let (along, to) = ([b.x - a.x, b.y - a.y], [p.x - a.x, p.y - a.y]);
    let square = along[0] * along[0] + along[1] * along[1];
    let share = if square > 0.0 { ((along[0] * to[0] + along[1] * to[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
    (to[0] - share * along[0]).hypot(to[1] - share * along[1])
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
        prop_assert_eq!(&from_outline(&made, DRAWN), &mask);
        prop_assert_eq!(&from_outline(&made, PIXELS), &mask);
        let things = made.target.instances.unwrap().masks().unwrap().pop().map(|(number, mask)| (number, mask.area()));
        prop_assert_eq!(things, (!mask.is_empty()).then(|| (DRAWN as u16, mask.area())));
    }

    #[test]
    fn any_map_keeps_them_on_one_another(sample in any_star(), seed in any::<u64>(), turned in any::<bool>()) {
        let chain = if turned { free() } else { scaled() };
        let made = run(&chain, sample, seed);
        let (mask, outline) = (from_mask(&made), from_outline(&made, DRAWN));
        prop_assert!(astray(&made, &mask).is_none(), "a pixel of the mask is astray: {:?}", astray(&made, &mask));
        // Thinner things than a pixel are in the outline alone.
        if mask.area() > 300 {
            // Nearest pixels of an enlarged mask have steps of up to half an old pixel, which is at most three new ones here.
            prop_assert!(apart(&outline, &mask) < 1.5, "outline and mask: {}", apart(&outline, &mask));
            for by in AROUND {
                let moved = moved(&mask, by);
                prop_assert!(astray(&made, &moved).is_some(), "a mask moved by {by:?} would not be found out");
                let nearer = unlike(&made, &mask) - unlike(&made, &moved);
                // A little, because a picture has no sharp corners, and those of one side may be more than those of the other.
                prop_assert!(nearer < 0.1, "the picture is nearer to a mask moved by {by:?}, by {nearer}");
            }
        }
        if let (Some(bounds), Some(labeled)) = (outline.bounds(), made.target.boxes.first()) {
            let [l, t, r, b] = labeled.corners;
            prop_assert!(l <= f64::from(bounds.left) + 1.0 && t <= f64::from(bounds.top) + 1.0);
            prop_assert!(r >= f64::from(bounds.right) - 1.0 && b >= f64::from(bounds.bottom) - 1.0);
        }
    }
}
