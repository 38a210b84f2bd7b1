//! What fusion promises: order doesn't matter, agreement is kept exactly, one bad worker does no harm.

mod properties;
mod simulation;

use labelwright_dataset::{BACKGROUND, Class, ClassKind, Geometry, Mask, Point, Schema, Shape, VOID};
use uuid::Uuid;

use super::*;

const THING: u8 = 1;
const STUFF: u8 = 2;

fn schema() -> Schema {
    let class = |index: u8, kind| Class { index, name: format!("class {index}"), color: "#336699".into(), kind };
    Schema { classes: vec![class(THING, ClassKind::Thing), class(STUFF, ClassKind::Stuff)] }
}

fn worker(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn rectangle(class: u8, x0: f64, y0: f64, x1: f64, y1: f64) -> Shape {
    let corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    Shape::polygon(class, corners.into_iter().map(Point::from).collect())
}

fn of_box(class: u8, corners: [f64; 4]) -> Shape {
    Shape {
        class,
        instance: None,
        confidence: None,
        attributes: labelwright_dataset::Attributes::new(),
        geometry: Geometry::Box { corners },
    }
}

fn tag(class: u8) -> Shape {
    Shape { class, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry: Geometry::Tag }
}

fn fuse_all(opinions: &[Vec<Shape>], options: &FusionOptions) -> Fused {
    let opinions: Vec<Opinion<'_>> =
        opinions.iter().enumerate().map(|(k, shapes)| Opinion { worker: worker(k as u128 + 1), shapes }).collect();
    fuse(&opinions, 64, 48, &schema(), options, &WorkerSkills::default()).unwrap()
}

fn without_confidence(shapes: &[Shape]) -> Vec<Shape> {
    shapes.iter().cloned().map(|shape| Shape { confidence: None, ..shape }).collect()
}

fn pixels(shape: &Shape) -> Mask {
    shapes::raster(shape, Size { width: 64, height: 48 }).unwrap().unwrap()
}

#[test]
fn one_opinion_passes_through() {
    let shapes = vec![rectangle(THING, 3.3, 4.1, 20.7, 22.9), tag(STUFF)];
    let fused = fuse_all(std::slice::from_ref(&shapes), &FusionOptions::default());
    assert_eq!(fused.shapes, shapes);
    assert_eq!((fused.confidence, fused.agreement), (None, 1.0));
}

#[test]
fn nothing_to_fuse_is_an_error_and_two_empty_opinions_agree() {
    let none = fuse(&[], 8, 8, &schema(), &FusionOptions::default(), &WorkerSkills::default());
    assert_eq!(none.unwrap_err(), FusionError::NoOpinions);
    let fused = fuse_all(&[vec![], vec![]], &FusionOptions::default());
    assert!(fused.shapes.is_empty());
    assert_eq!((fused.confidence, fused.agreement), (Some(1.0), 1.0));
}

#[test]
fn a_mask_of_another_size_is_named() {
    let mask = Shape::mask(THING, Mask::from_runs(8, 8, vec![4, 60]).unwrap());
    let opinions = [vec![tag(1), mask], vec![]];
    let opinions: Vec<Opinion<'_>> = opinions.iter().map(|shapes| Opinion { worker: worker(1), shapes }).collect();
    let error = fuse(&opinions, 64, 48, &schema(), &FusionOptions::default(), &WorkerSkills::default()).unwrap_err();
    assert_eq!(error, FusionError::MaskSize { index: 1, found: (8, 8), width: 64, height: 48 });
}

#[test]
fn three_opinions_with_a_bad_one_recover_the_objects() {
    let good = |d: f64| vec![rectangle(THING, 5.0 + d, 5.0, 25.0, 25.0), rectangle(THING, 30.0, 10.0 + d, 50.0, 40.0)];
    // The third missed one object, drew the other far too large, and marked a thing that isn't there.
    let bad = vec![rectangle(THING, 2.0, 2.0, 30.0, 28.0), rectangle(THING, 54.0, 2.0, 62.0, 9.0)];
    for method in [Method::Weighted, Method::Majority] {
        let fused = fuse_all(&[good(0.0), good(1.0), bad.clone()], &FusionOptions { method, ..FusionOptions::default() });
        assert_eq!(fused.shapes.len(), 2, "{:?}", fused.notes);
        for (shape, truth) in fused.shapes.iter().zip(good(0.0)) {
            assert!(matches!(shape.geometry, Geometry::Polygon(_)));
            let (found, truth) = (pixels(shape), pixels(&truth));
            let overlap = pixels::iou(found.area(), truth.area(), found.intersection_area(&truth).unwrap());
            assert!(overlap > 0.93, "{method:?}: {overlap}");
        }
        assert!(fused.notes.iter().any(|note| note.contains("left out")));
        assert!(fused.agreement > 0.5 && fused.agreement < 0.95 && fused.dice > fused.agreement);
        assert!(fused.workers[2].iou < fused.workers[0].iou);
        assert!(fused.evidence.counts(worker(3), THING).specificity() < fused.evidence.counts(worker(1), THING).specificity());
    }
}

#[test]
fn stuff_and_void_are_fused_as_areas() {
    let opinion = |x: f64| vec![rectangle(STUFF, 0.0, 20.0, 64.0, 48.0), rectangle(VOID, x, 30.0, x + 10.0, 40.0)];
    let fused = fuse_all(&[opinion(10.0), opinion(10.0), opinion(12.0)], &FusionOptions::default());
    let classes: Vec<u8> = fused.shapes.iter().map(|shape| shape.class).collect();
    assert_eq!(classes, [STUFF, VOID]);
    assert_eq!(pixels(&fused.shapes[1]), pixels(&rectangle(VOID, 10.0, 30.0, 20.0, 40.0)));
    assert!(!classes.contains(&BACKGROUND));
}

#[test]
fn an_area_painted_over_an_object_stays_on_top() {
    let opinion = |x: f64| vec![rectangle(THING, 10.0, 10.0, 40.0, 40.0), rectangle(STUFF, x, 0.0, 64.0, 48.0)];
    let fused = fuse_all(&[opinion(30.0), opinion(30.0), opinion(31.0)], &FusionOptions::default());
    let thing = fused.shapes.iter().find(|shape| shape.class == THING).unwrap();
    let bounds = pixels(thing).bounds().unwrap();
    assert_eq!((bounds.left, bounds.right), (10, 30));
}

#[test]
fn objects_painted_into_one_mask_are_fused_as_an_area() {
    let two = |dx: u32| {
        let columns = |x: u32| (5..15 + dx).contains(&x) || (30..40).contains(&x);
        let inside: Vec<bool> = (0..64 * 48).map(|i| columns(i % 64) && (5..15).contains(&(i / 64))).collect();
        vec![Shape::mask(THING, Mask::from_bitmap(64, 48, &inside).unwrap())]
    };
    let apart = vec![rectangle(THING, 5.0, 5.0, 15.0, 15.0), rectangle(THING, 30.0, 5.0, 40.0, 15.0)];
    let fused = fuse_all(&[two(0), two(1), apart.clone()], &FusionOptions::default());
    assert_eq!(fused.shapes.len(), 1);
    assert_eq!(pixels(&fused.shapes[0]), pixels(&apart[0]).union(&pixels(&apart[1])).unwrap());
}

#[test]
fn boxes_are_averaged_and_tags_voted_on() {
    let opinions = [
        vec![of_box(THING, [10.0, 10.0, 20.0, 20.0]), tag(STUFF)],
        vec![of_box(THING, [11.0, 10.0, 21.0, 20.0]), tag(STUFF)],
        vec![of_box(THING, [12.0, 10.0, 22.0, 20.0]), of_box(THING, [40.0, 30.0, 50.0, 40.0]), tag(THING)],
    ];
    let fused = fuse_all(&opinions, &FusionOptions::default());
    assert_eq!(fused.shapes.iter().map(|shape| shape.class).collect::<Vec<u8>>(), [THING, STUFF]);
    let Geometry::Box { corners } = fused.shapes[0].geometry else { panic!("{:?}", fused.shapes[0]) };
    assert!(corners.iter().zip([11.0, 10.0, 21.0, 20.0]).all(|(found, mean)| (found - mean).abs() < 1e-9), "{corners:?}");
    assert_eq!(fused.shapes[1].geometry, Geometry::Tag);
    assert!(fused.shapes.iter().all(|shape| shape.confidence.is_some_and(|sure| sure > 0.5 && sure < 1.0)));
}

#[test]
fn shapes_of_one_instance_are_one_object_and_are_numbered_anew() {
    let of = |instance: u32, shape: Shape| Shape { instance: Some(instance), ..shape };
    let opinion = |d: f64, numbers: [u32; 2]| {
        vec![
            of(numbers[0], rectangle(THING, 2.0, 2.0, 12.0, 12.0)),
            of(numbers[0], rectangle(THING, 14.0, 2.0, 24.0, 12.0 + d)),
            of(numbers[1], rectangle(THING, 40.0, 20.0, 60.0, 40.0)),
        ]
    };
    let fused = fuse_all(&[opinion(0.0, [7, 9]), opinion(0.0, [3, 1]), opinion(1.0, [4, 5])], &FusionOptions::default());
    assert_eq!(fused.shapes.len(), 3 - usize::from(fused.shapes[0].instance != fused.shapes[1].instance));
    assert_eq!(fused.shapes.first().unwrap().instance, Some(1));
    assert_eq!(fused.shapes.last().unwrap().instance, Some(2));
}

#[test]
fn what_was_learned_lets_one_good_worker_win() {
    let mut skills = WorkerSkills::default();
    let (good, bad) = (vec![rectangle(THING, 10.0, 10.0, 40.0, 40.0)], vec![rectangle(THING, 10.0, 10.0, 40.0, 34.0)]);
    skills.set(worker(1), THING, Counts { hits: 190.0, misses: 10.0, rejections: 190.0, false_alarms: 10.0 });
    for number in [2, 3] {
        skills.set(worker(number), THING, Counts { hits: 100.0, misses: 100.0, rejections: 120.0, false_alarms: 80.0 });
    }
    let opinions = [&good, &bad, &bad].map(Vec::as_slice);
    let opinions: Vec<Opinion<'_>> = opinions.into_iter().zip(1..).map(|(shapes, k)| Opinion { worker: worker(k), shapes }).collect();
    let fused = fuse(&opinions, 64, 48, &schema(), &FusionOptions::default(), &skills).unwrap();
    assert_eq!(pixels(&fused.shapes[0]), pixels(&good[0]));
    let options = FusionOptions { method: Method::Majority, ..FusionOptions::default() };
    let fused = fuse(&opinions, 64, 48, &schema(), &options, &skills).unwrap();
    assert_eq!(pixels(&fused.shapes[0]), pixels(&bad[0]));
}

#[test]
fn a_fused_object_has_the_answers_that_most_gave() {
    let stage = |word: &str, shift: f64| {
        let answer = labelwright_dataset::AttributeValue::Text(word.to_owned());
        vec![Shape { attributes: [("stage".to_owned(), answer)].into(), ..rectangle(THING, 5.0 + shift, 5.0, 25.0, 25.0) }]
    };
    let said = |shapes: &[Shape]| shapes[0].attributes.get("stage").cloned();
    for shift in [0.0, 1.0] {
        let fused = fuse_all(&[stage("early", 0.0), stage("late", shift), stage("late", 0.0)], &FusionOptions::default());
        assert_eq!(said(&fused.shapes), Some(labelwright_dataset::AttributeValue::Text("late".into())));
    }
    let fused = fuse_all(&[stage("early", 0.0), vec![rectangle(THING, 5.0, 5.0, 25.0, 25.0)]], &FusionOptions::default());
    assert_eq!(said(&fused.shapes), Some(labelwright_dataset::AttributeValue::Text("early".into())));
}

#[test]
fn fused_boxes_points_and_tags_have_the_answers_that_most_gave() {
    let marks = |word: &str, shift: f64| {
        let answer = labelwright_dataset::AttributeValue::Text(word.to_owned());
        let attributes: labelwright_dataset::Attributes = [("stage".to_owned(), answer)].into();
        let point = labelwright_dataset::Point { x: 40.0 + shift / 2.0, y: 30.0 };
        let geometries = [Geometry::Box { corners: [5.0 + shift, 5.0, 25.0 + shift, 25.0] }, Geometry::Point { point }, Geometry::Tag];
        let shape = |geometry| Shape { class: THING, instance: None, confidence: None, attributes: attributes.clone(), geometry };
        geometries.into_iter().map(shape).collect::<Vec<_>>()
    };
    let late = Some(labelwright_dataset::AttributeValue::Text("late".into()));
    // Alike to the last digit, and not.
    for shift in [0.0, 1.0] {
        let fused = fuse_all(&[marks("early", 0.0), marks("late", shift), marks("late", 0.0)], &FusionOptions::default());
        assert_eq!(fused.shapes.len(), 3);
        for shape in &fused.shapes {
            assert_eq!(shape.attributes.get("stage").cloned(), late, "{:?}", shape.geometry);
        }
    }
}
