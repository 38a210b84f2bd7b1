//! Which shapes may be stored, and what is repaired.

use labelwright_dataset::validate::{MAX_POINTS, MIN_AREA};
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Part, Point, Polygon, Repair, Schema, Shape, ShapeError, VOID, validate};

fn check(shape: &Shape) -> Result<(Shape, Vec<Repair>), ShapeError> {
    let schema = Schema { classes: vec![Class { index: 1, name: "thing".into(), color: "#ff0000".into(), kind: ClassKind::Thing }] };
    validate(shape, 100, 80, &schema, MIN_AREA)
}

fn polygon(points: &[[f64; 2]]) -> Shape {
    Shape::polygon(1, points.iter().map(|&p| p.into()).collect())
}

fn with(geometry: Geometry) -> Shape {
    Shape { class: 1, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry }
}

fn corners(corners: [f64; 4]) -> Shape {
    with(Geometry::Box { corners })
}

#[test]
fn shapes_without_fault_come_back_as_they_were() {
    let odd_numbers = polygon(&[[0.1 + 0.2, 5e-324], [99.999_999_999_999_99, 1.0 / 3.0], [100.0, 80.0], [-0.0, 7.0], [-0.0, 7.0]]);
    let (valid, repairs) = check(&odd_numbers).unwrap();
    assert_eq!((format!("{valid:?}"), repairs), (format!("{odd_numbers:?}"), vec![]));
    let with_hole = with(Geometry::Polygon(Polygon {
        parts: vec![Part {
            outer: [[1.0, 1.0], [9.0, 1.0], [9.0, 9.0], [1.0, 9.0]].map(Point::from).to_vec(),
            holes: vec![[[2.0, 2.0], [2.0, 4.0], [4.0, 4.0]].map(Point::from).to_vec()],
        }],
    }));
    let mask = Shape::mask(VOID, Mask::from_runs(100, 80, vec![10, 4, 7_986]).unwrap());
    let point = with(Geometry::Point { point: Point { x: 100.0, y: 0.0 } });
    for shape in [with_hole, mask, point, with(Geometry::Tag), corners([0.0, 0.5, 100.0, 80.0])] {
        assert_eq!(check(&shape), Ok((shape.clone(), vec![])));
    }
}

#[test]
fn small_faults_are_repaired_and_told() {
    let (cut, repairs) = check(&polygon(&[[-5.0, 10.0], [20.0, 10.0], [20.0, 30.0], [-5.0, 30.0]])).unwrap();
    assert_eq!(cut, polygon(&[[0.0, 10.0], [20.0, 10.0], [20.0, 30.0], [0.0, 30.0]]));
    assert_eq!(repairs, [Repair::Clipped]);
    let bow_tie = polygon(&[[10.0, 10.0], [30.0, 30.0], [30.0, 10.0], [10.0, 30.0]]);
    let (untangled, repairs) = check(&bow_tie).unwrap();
    assert_eq!(repairs, [Repair::Untangled { crossings: 1 }]);
    assert_eq!(untangled.to_mask(100, 80), bow_tie.to_mask(100, 80));
    assert!(repairs[0].to_string().contains("crossed itself"));
    let (boxed, repairs) = check(&corners([50.0, 20.0, -5.0, 10.0])).unwrap();
    assert_eq!((boxed, repairs), (corners([0.0, 10.0, 50.0, 20.0]), vec![Repair::BoxOrdered, Repair::Clipped]));
    let moved = check(&with(Geometry::Point { point: Point { x: 100.4, y: -0.4 } })).unwrap();
    assert_eq!(moved, (with(Geometry::Point { point: Point { x: 100.0, y: 0.0 } }), vec![Repair::PointMoved]));
}

#[test]
fn shapes_that_say_nothing_are_refused_with_a_reason() {
    let error = |shape: &Shape| check(shape).unwrap_err();
    let outside = ShapeError::Outside { width: 100, height: 80 };
    let too_small = |area| ShapeError::TooSmall { area, minimum: MIN_AREA };
    let square = [[1.0, 1.0], [9.0, 1.0], [9.0, 9.0], [1.0, 9.0]];
    assert_eq!(error(&Shape { class: 2, ..polygon(&square) }), ShapeError::UnknownClass { class: 2 });
    assert_eq!(error(&Shape { class: 0, ..polygon(&square) }), ShapeError::UnknownClass { class: 0 });
    assert_eq!(error(&Shape { instance: Some(0), ..polygon(&square) }), ShapeError::InstanceZero);
    assert_eq!(error(&Shape { confidence: Some(1.5), ..polygon(&square) }), ShapeError::Confidence { confidence: 1.5 });
    assert!(check(&Shape { confidence: Some(f32::NAN), ..polygon(&square) }).is_err());
    assert_eq!(error(&polygon(&[[1.0, 1.0], [9.0, 1.0]])), ShapeError::TooFewPoints { points: 2 });
    assert_eq!(error(&with(Geometry::Polygon(Polygon::default()))), ShapeError::TooFewPoints { points: 0 });
    assert_eq!(error(&polygon(&[[1.0, 1.0], [f64::NAN, 1.0], [9.0, 9.0]])), ShapeError::Coordinate);
    assert_eq!(error(&polygon(&[[1.0, 1.0], [f64::INFINITY, 1.0], [9.0, 9.0]])), ShapeError::Coordinate);
    assert_eq!(error(&polygon(&[[1.0, 1.0], [1e300, 1.0], [9.0, 9.0]])), ShapeError::Coordinate);
    assert_eq!(error(&polygon(&vec![[1.0, 1.0]; MAX_POINTS + 1])), ShapeError::TooManyPoints { points: MAX_POINTS + 1 });
    assert_eq!(error(&polygon(&[[200.0, 1.0], [209.0, 1.0], [209.0, 9.0]])), outside);
    assert_eq!(error(&polygon(&[[1.0, 1.0], [9.0, 9.0], [5.0, 5.0]])), too_small(0));
    assert_eq!(error(&polygon(&[[1.0, 1.0], [2.0, 1.0], [2.0, 3.0], [1.0, 3.0]])), too_small(2));
    assert_eq!(error(&Shape::mask(1, Mask::empty(100, 80).unwrap())), too_small(0));
    assert!(matches!(error(&Shape::mask(1, Mask::from_runs(80, 100, vec![0, 8000]).unwrap())), ShapeError::MaskSize { .. }));
    assert_eq!(error(&corners([1.0, 1.0, f64::NAN, 9.0])), ShapeError::Coordinate);
    assert_eq!(error(&corners([1.0, 1.0, 1.0, 9.0])), too_small(0));
    assert_eq!(error(&corners([100.0, 1.0, 120.0, 9.0])), outside);
    assert_eq!(error(&with(Geometry::Point { point: Point { x: 102.0, y: 1.0 } })), outside);
    assert_eq!(error(&with(Geometry::Point { point: Point { x: f64::NAN, y: 1.0 } })), ShapeError::Coordinate);
}

#[test]
fn hostile_polygons_are_refused_soon() {
    let comb = |points: usize, height: f64| {
        let point = |i: usize| [(i * 7919 % 997) as f64 / 10.0, if i.is_multiple_of(2) { 0.0 } else { height }];
        polygon(&(0..points).map(point).collect::<Vec<_>>())
    };
    let begun = std::time::Instant::now();
    assert_eq!(check(&comb(MAX_POINTS, 80.0)), Err(ShapeError::TooComplex));
    assert!(begun.elapsed().as_secs() < 10, "took {:?}", begun.elapsed());
}
