//! Promises that hold for any opinions.

use proptest::prelude::*;

use super::*;

fn shape() -> impl Strategy<Value = Shape> {
    let class = prop_oneof![Just(THING), Just(STUFF), Just(VOID)];
    let place = (class, 0u32..50, 0u32..36, 3u32..24, 3u32..24);
    (place, 0u8..6, proptest::option::of(1u32..4)).prop_map(|((class, x, y, w, h), kind, instance)| {
        let (x0, y0, x1, y1) = (f64::from(x), f64::from(y), f64::from(x + w), f64::from(y + h));
        let base = match kind {
            0..=2 => Shape::polygon(class, [[x0, y0], [x1, y0], [x1, y1], [(x0 + x1) / 2.0, y0 + 1.0]].map(Point::from).to_vec()),
            3 => {
                let inside: Vec<bool> = (0..64 * 48).map(|i| (x..x + w).contains(&(i % 64)) && (y..y + h).contains(&(i / 64))).collect();
                Shape::mask(class, Mask::from_bitmap(64, 48, &inside).unwrap())
            }
            4 => of_box(class, [x0, y0, x1, y1]),
            _ => tag(class),
        };
        Shape { instance, ..base }
    })
}

/// Opinions as people give them: one list of shapes, moved a little and sometimes left out by each worker.
fn opinions() -> impl Strategy<Value = Vec<Vec<Shape>>> {
    let worker =
        |shapes: Vec<Shape>| proptest::collection::vec((0u8..8, -2i8..3), shapes.len()).prop_map(move |changes| apply(&shapes, &changes));
    (proptest::collection::vec(shape(), 0..7), 2usize..5)
        .prop_flat_map(move |(shapes, workers)| proptest::collection::vec(worker(shapes), workers))
}

fn apply(shapes: &[Shape], changes: &[(u8, i8)]) -> Vec<Shape> {
    let changed = shapes.iter().zip(changes).filter(|(_, (fate, _))| *fate > 0).map(|(shape, (_, shift))| {
        let mut shape = shape.clone();
        match &mut shape.geometry {
            Geometry::Polygon(polygon) => {
                polygon.parts.iter_mut().flat_map(|part| &mut part.outer).for_each(|point| point.x += f64::from(*shift))
            }
            Geometry::Box { corners } => corners[2] += f64::from(*shift).abs(),
            _ => {}
        }
        shape
    });
    changed.collect()
}

fn known() -> WorkerSkills {
    let mut skills = WorkerSkills::default();
    for k in 1..5 {
        let right = 20.0 + 15.0 * k as f64;
        skills.set(worker(k), THING, Counts { hits: right, misses: 10.0, rejections: right, false_alarms: 12.0 });
    }
    skills
}

fn run(opinions: &[(u128, &Vec<Shape>)], method: Method, skills: &WorkerSkills) -> Fused {
    let opinions: Vec<Opinion<'_>> = opinions.iter().map(|(k, shapes)| Opinion { worker: worker(*k), shapes }).collect();
    fuse(&opinions, 64, 48, &schema(), &FusionOptions { method, ..FusionOptions::default() }, skills).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_opinions_does_not_matter(opinions in opinions(), turn in 1usize..4, majority: bool) {
        let method = if majority { Method::Majority } else { Method::Weighted };
        let mut named: Vec<(u128, &Vec<Shape>)> = (1..).zip(&opinions).collect();
        let before = run(&named, method, &known());
        named.rotate_left(turn % opinions.len());
        named.swap(0, opinions.len() - 1);
        prop_assert_eq!(run(&named, method, &known()), before);
    }

    #[test]
    fn who_says_what_does_not_matter_among_strangers(opinions in opinions(), turn in 1usize..4) {
        let mut named: Vec<(u128, &Vec<Shape>)> = (1..).zip(&opinions).collect();
        let before = run(&named, Method::Weighted, &WorkerSkills::default());
        let count = opinions.len();
        for (k, (number, _)) in named.iter_mut().enumerate() {
            *number = ((k + turn) % count + 1) as u128;
        }
        let after = run(&named, Method::Weighted, &WorkerSkills::default());
        prop_assert_eq!((after.shapes, after.confidence, after.agreement), (before.shapes, before.confidence, before.agreement));
    }

    #[test]
    fn identical_opinions_fuse_to_themselves(shapes in proptest::collection::vec(shape(), 0..7), workers in 2u128..6, majority: bool) {
        let method = if majority { Method::Majority } else { Method::Weighted };
        let named: Vec<(u128, &Vec<Shape>)> = (1..=workers).map(|k| (k, &shapes)).collect();
        let fused = run(&named, method, &known());
        prop_assert_eq!(without_confidence(&fused.shapes), shapes);
        prop_assert_eq!((fused.agreement, fused.dice), (1.0, 1.0));
        prop_assert!(fused.workers.iter().all(|worker| worker.iou == 1.0));
    }

    #[test]
    fn figures_stay_in_their_bounds(opinions in opinions()) {
        let named: Vec<(u128, &Vec<Shape>)> = (1..).zip(&opinions).collect();
        let fused = run(&named, Method::Weighted, &known());
        let bounded = |value: f32| (0.0..=1.0).contains(&value);
        prop_assert!(bounded(fused.agreement) && bounded(fused.dice) && fused.confidence.is_some_and(bounded));
        prop_assert!(fused.shapes.iter().all(|shape| shape.confidence.is_some_and(bounded)));
        prop_assert!(fused.workers.iter().all(|worker| bounded(worker.iou) && bounded(worker.dice)));
        prop_assert!(fused.evidence.iter().all(|(_, _, counts)| counts.sensitivity() < 1.0 && counts.specificity() < 1.0));
    }
}
