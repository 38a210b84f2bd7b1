//! What must hold for every polygon and every mask.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use labelwright_dataset::geometry::{count_crossings, iou};
use labelwright_dataset::validate::MIN_AREA;
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Part, Point, Polygon, Schema, Shape, paint, validate};
use proptest::prelude::*;

fn cases() -> ProptestConfig {
    ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() }
}

fn schema() -> Schema {
    Schema { classes: vec![Class { index: 1, name: "thing".into(), color: "#ff0000".into(), kind: ClassKind::Thing }] }
}

/// Masks of noise and of blocks, so that both thin and large areas come up.
fn mask() -> impl Strategy<Value = Mask> {
    (1u32..20, 1u32..20, 1u32..4, 0u8..=255).prop_flat_map(|(width, height, block, share)| {
        let blocks = (width.div_ceil(block) * height.div_ceil(block)) as usize;
        prop::collection::vec(any::<u8>(), blocks).prop_map(move |noise| {
            let stride = width.div_ceil(block);
            let pixels: Vec<bool> =
                (0..width * height).map(|i| noise[((i / width / block) * stride + i % width / block) as usize] <= share).collect();
            Mask::from_bitmap(width, height, &pixels).unwrap()
        })
    })
}

/// Coordinates in and around a small image: whole, on halves, and anywhere.
fn coordinate() -> impl Strategy<Value = f64> {
    prop_oneof![(-4i32..28).prop_map(f64::from), (-8i32..56).prop_map(|n| f64::from(n) / 2.0), -4.0..28.0f64]
}

fn point() -> impl Strategy<Value = Point> {
    (coordinate(), coordinate()).prop_map(|(x, y)| Point { x, y })
}

fn ring() -> impl Strategy<Value = Vec<Point>> {
    prop::collection::vec(point(), 3..10)
}

fn polygon() -> impl Strategy<Value = Polygon> {
    let part = (ring(), prop::collection::vec(ring(), 0..2)).prop_map(|(outer, holes)| Part { outer, holes });
    prop::collection::vec(part, 1..3).prop_map(|parts| Polygon { parts })
}

const WIDTH: u32 = 24;
const HEIGHT: u32 = 21;

fn pixels(polygon: &Polygon) -> Mask {
    polygon.to_mask(WIDTH, HEIGHT).unwrap()
}

fn xor(a: &Mask, b: &Mask) -> Mask {
    a.union(b).unwrap().subtract(&a.intersect(b).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_mask_survives_being_a_polygon(mask in mask()) {
        let polygon = mask.to_polygon();
        prop_assert_eq!(&polygon.to_mask(mask.width(), mask.height()).unwrap(), &mask);
        prop_assert_eq!(count_crossings(&polygon), Ok(0));
        prop_assert_eq!(polygon.parts.len(), mask.component_areas().len());
        for ring in polygon.rings() {
            for i in 0..ring.len() {
                let (a, b, c) = (ring[i], ring[(i + 1) % ring.len()], ring[(i + 2) % ring.len()]);
                prop_assert!((a.x == b.x) != (a.y == b.y) && (a.x == b.x) == (b.y == c.y), "corners alternate");
            }
        }
    }

    #[test]
    fn a_polygons_pixels_survive_being_traced(polygon in polygon()) {
        let mask = pixels(&polygon);
        let traced = mask.to_polygon();
        prop_assert_eq!(&pixels(&traced), &mask);
        prop_assert_eq!(pixels(&traced).to_polygon(), traced);
        prop_assert_eq!(polygon.pixels(WIDTH, HEIGHT), mask.area());
    }

    #[test]
    fn rasterising_is_the_even_odd_rule_at_centres(polygon in polygon()) {
        let mask = pixels(&polygon).to_bitmap();
        for y in 0..HEIGHT {
            for x in 0..WIDTH {
                let (cx, cy) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
                let mut inside = false;
                for ring in polygon.rings() {
                    for i in 0..ring.len() {
                        let (from, to) = (ring[i], ring[(i + 1) % ring.len()]);
                        let (a, b) = if from.y <= to.y { (from, to) } else { (to, from) };
                        if a.y <= cy && cy < b.y && a.x + (cy - a.y) * (b.x - a.x) / (b.y - a.y) <= cx {
                            inside = !inside;
                        }
                    }
                }
                prop_assert_eq!(mask[(y * WIDTH + x) as usize], inside, "pixel {}, {}", x, y);
            }
        }
    }

    #[test]
    fn triangles_that_share_edges_make_up_the_ring(ring in ring(), apex in point()) {
        // Every inner edge belongs to two triangles, so any gap or overlap along it would show.
        let triangles = (0..ring.len()).map(|i| Polygon::simple(vec![apex, ring[i], ring[(i + 1) % ring.len()]]));
        let sum = triangles.fold(Mask::empty(WIDTH, HEIGHT).unwrap(), |sum, triangle| xor(&sum, &pixels(&triangle)));
        prop_assert_eq!(sum, pixels(&Polygon::simple(ring)));
    }

    #[test]
    fn neighbours_along_a_line_neither_overlap_nor_leave_gaps(xs in prop::collection::vec(0.0..24.0f64, 2..8), mut ys in prop::collection::vec(0.0..21.0f64, 0..8)) {
        ys.truncate(xs.len() - 2);
        ys.sort_by(f64::total_cmp);
        let mut line = vec![Point { x: xs[0], y: 0.0 }];
        line.extend(ys.iter().zip(&xs[1..]).map(|(&y, &x)| Point { x, y }));
        line.push(Point { x: xs[xs.len() - 1], y: 21.0 });
        let corner = |x, y| Point { x, y };
        let left = Polygon::simple(line.iter().copied().chain([corner(0.0, 21.0), corner(0.0, 0.0)]).collect());
        let right = Polygon::simple(line.iter().rev().copied().chain([corner(24.0, 0.0), corner(24.0, 21.0)]).collect());
        let (left, right) = (pixels(&left), pixels(&right));
        prop_assert_eq!(left.intersection_area(&right).unwrap(), 0);
        prop_assert_eq!(left.union(&right).unwrap().area(), u64::from(WIDTH * HEIGHT));
    }

    #[test]
    fn runs_survive_json_and_bitmaps(mask in mask()) {
        let json = serde_json::to_string(&mask).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Mask>(&json).unwrap(), &mask);
        prop_assert_eq!(&Mask::from_bitmap(mask.width(), mask.height(), &mask.to_bitmap()).unwrap(), &mask);
        prop_assert_eq!(&Mask::from_runs(mask.width(), mask.height(), mask.runs().to_vec()).unwrap(), &mask);
        if let Some(window) = mask.bounds() {
            let cropped = mask.crop(window).unwrap();
            let back = cropped.moved(mask.width(), mask.height(), i64::from(window.left), i64::from(window.top)).unwrap();
            prop_assert_eq!(&back, &mask);
        }
        let parts = mask.components(400).unwrap();
        let sum = parts.iter().fold(Mask::empty(mask.width(), mask.height()).unwrap(), |sum, part| sum.union(part).unwrap());
        prop_assert_eq!(&sum, &mask);
        prop_assert_eq!(parts.iter().map(Mask::area).collect::<Vec<_>>(), mask.component_areas());
    }

    #[test]
    fn masks_combine_like_bitmaps(a in mask(), seed in any::<u64>()) {
        let noise: Vec<bool> = (0..a.width() * a.height()).map(|i| seed.rotate_left(i % 64) & 5 == 1).collect();
        let b = Mask::from_bitmap(a.width(), a.height(), &noise).unwrap();
        let by_pixel = |keep: fn(bool, bool) -> bool| {
            let pixels: Vec<bool> = a.to_bitmap().into_iter().zip(&noise).map(|(a, &b)| keep(a, b)).collect();
            Mask::from_bitmap(a.width(), a.height(), &pixels).unwrap()
        };
        prop_assert_eq!(a.union(&b).unwrap(), by_pixel(|a, b| a || b));
        prop_assert_eq!(a.intersect(&b).unwrap(), by_pixel(|a, b| a && b));
        prop_assert_eq!(a.subtract(&b).unwrap(), by_pixel(|a, b| a && !b));
        prop_assert_eq!(a.intersection_area(&b).unwrap(), by_pixel(|a, b| a && b).area());
        prop_assert_eq!(iou(&a, &b).unwrap(), iou(&b, &a).unwrap());
    }

    #[test]
    fn what_validation_lets_through_stays_as_it_is(polygon in polygon()) {
        let shape = Shape { class: 1, instance: Some(2), confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry: Geometry::Polygon(polygon) };
        if let Ok((valid, repairs)) = validate(&shape, WIDTH, HEIGHT, &schema(), MIN_AREA) {
            if repairs.is_empty() {
                // Debug output tells -0 from 0 too.
                prop_assert_eq!(format!("{valid:?}"), format!("{shape:?}"));
            }
            let (again, more) = validate(&valid, WIDTH, HEIGHT, &schema(), MIN_AREA).unwrap();
            prop_assert_eq!(more, []);
            prop_assert_eq!(&again, &valid);
            let stored: Shape = serde_json::from_str(&serde_json::to_string(&valid).unwrap()).unwrap();
            prop_assert_eq!(stored, valid);
        }
    }

    #[test]
    fn nothing_in_json_makes_us_panic(text in shape_like_json()) {
        if let Ok(shape) = serde_json::from_str::<Shape>(&text) {
            let _ = validate(&shape, WIDTH, HEIGHT, &schema(), MIN_AREA);
            let _ = paint(&[shape], WIDTH, HEIGHT);
        }
    }
}

/// Text that is sometimes a shape, sometimes nearly one, with numbers of every size.
fn shape_like_json() -> impl Strategy<Value = String> {
    let number = || {
        prop_oneof![
            4 => (-9i32..40).prop_map(|n| n.to_string()),
            2 => any::<f64>().prop_map(|n| serde_json::to_string(&n).unwrap()),
            1 => prop::sample::select(vec!["1e308", "-1e308", "5e-324", "-0.0", "18446744073709551616", "1e999", "null", "\"1\""]).prop_map(str::to_owned),
        ]
    };
    let list = |item: BoxedStrategy<String>, most: usize| {
        prop::collection::vec(item, 0..most).prop_map(|items| format!("[{}]", items.join(","))).boxed()
    };
    let pair = || prop_oneof![9 => (number(), number()).prop_map(|(x, y)| format!("[{x},{y}]")), 1 => list(number().boxed(), 4)].boxed();
    let ring = move || list(pair(), 8);
    let part = (ring(), list(ring(), 2)).prop_map(|(outer, holes)| format!("{{\"outer\":{outer},\"holes\":{holes}}}")).boxed();
    let geometry = prop_oneof![
        list(part, 3).prop_map(|parts| format!("\"type\":\"polygon\",\"parts\":{parts}")),
        (list(number().boxed(), 4), list(number().boxed(), 9))
            .prop_map(|(size, counts)| format!("\"type\":\"mask\",\"size\":{size},\"counts\":{counts}")),
        Just("\"type\":\"mask\",\"size\":[21,24],\"counts\":[0,4,0,0,500]".to_owned()),
        list(number().boxed(), 6).prop_map(|numbers| format!("\"type\":\"box\",\"box\":{numbers}")),
        pair().prop_map(|pair| format!("\"type\":\"point\",\"point\":{pair}")),
        Just("\"type\":\"tag\"".to_owned()),
        ".{0,20}",
    ];
    prop_oneof![
        9 => (number(), geometry).prop_map(|(class, geometry)| format!("{{\"class\":{class},{geometry}}}")),
        1 => ".{0,40}",
    ]
}
