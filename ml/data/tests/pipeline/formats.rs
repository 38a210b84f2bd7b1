//! Sets in the formats of exchange.

use std::sync::Arc;

use labelwright_data::source::{DataSet, ExchangeSet, ItemProblem, Parts};
use labelwright_dataset::exchange::{Item, MemoryFiles};
use labelwright_dataset::formats::registry;
use labelwright_dataset::{Geometry, Mask, Point, Schema, Shape, Subset};
use serde_json::Value;

use crate::support::{picture, png, schema};

fn shapes() -> Vec<Shape> {
    let triangle = [[2.0, 2.0], [18.0, 2.0], [2.0, 14.0]].map(Point::from).to_vec();
    let mut polygon = Shape::polygon(1, triangle);
    polygon.instance = Some(1);
    let inside: Vec<bool> = (0..20 * 16).map(|i| i % 20 >= 10 && i / 20 >= 8).collect();
    let mut mask = Shape::mask(2, Mask::from_bitmap(20, 16, &inside).unwrap());
    mask.instance = Some(2);
    vec![polygon, mask]
}

fn export(format: &str, schema: &Schema) -> Arc<MemoryFiles> {
    let mut files = MemoryFiles::default();
    let mut writer = registry::writer(format, schema, &Value::Null, None).unwrap();
    for name in ["first.png", "second.png"] {
        let item = Item { name: name.to_owned(), width: 20, height: 16, subset: Some(Subset::Train), shapes: shapes(), ..Item::default() };
        writer.write(&item, &png(&picture(20, 16)), &mut files).unwrap();
    }
    writer.finish(&mut files).unwrap();
    Arc::new(files)
}

#[test]
fn coco_gives_masks_outlines_and_boxes() {
    let files = export("coco", &schema(&["cat", "dog"]));
    let reader = registry::reader("coco", files.clone(), &Value::Null).unwrap();
    let set = ExchangeSet::read(reader, files, Parts::ALL).unwrap();
    assert_eq!((set.len(), set.problems().len(), set.schema().classes.len()), (2, 0, 2));
    let sample = set.item(1).unwrap();
    assert_eq!(sample.picture, picture(20, 16));
    let wanted = labelwright_dataset::paint(&shapes(), 20, 16);
    let mask = sample.target.mask.unwrap();
    assert_eq!(mask, wanted);
    let things = sample.target.instances.unwrap();
    assert!(things.numbers.iter().zip(&mask.classes).all(|(&thing, &class)| (thing == 0) == (class == 0)));
    assert_eq!(sample.target.outlines.len(), 2);
    let mut corners: Vec<_> = sample.target.boxes.iter().map(|labeled| (labeled.class, labeled.corners)).collect();
    corners.sort_by_key(|(class, _)| *class);
    assert_eq!(corners, [(1, [2.0, 2.0, 18.0, 14.0]), (2, [10.0, 8.0, 20.0, 16.0])]);
    // One number names one thing in every part.
    for outline in &sample.target.outlines {
        let number = outline.instance.unwrap();
        assert!(things.numbers.contains(&(number as u16)));
        assert!(sample.target.boxes.iter().any(|labeled| labeled.instance == Some(number) && labeled.class == u32::from(outline.class)));
    }
}

#[test]
fn every_format_that_is_read_is_a_set() {
    let mut read = 0;
    for format in registry::FORMATS.iter().filter(|format| format.reader.is_some() && format.writer.is_some()) {
        let files = export(format.id, &schema(&["cat", "dog"]));
        let Ok(reader) = registry::reader(format.id, files.clone(), &Value::Null) else { panic!("{} is read", format.id) };
        let set = ExchangeSet::read(reader, files, Parts::ALL).unwrap();
        assert_eq!((set.len(), set.problems().len()), (2, 0), "{}", format.id);
        let sample = set.item(0).unwrap_or_else(|error| panic!("{}: {error}", format.id));
        assert_eq!(sample.size(), [20, 16], "{}", format.id);
        if format.holds.masks || format.holds.polygons {
            let classes = sample.target.mask.unwrap().classes;
            assert!(classes.contains(&1) && classes.contains(&2), "{}", format.id);
        }
        read += 1;
    }
    assert!(read >= 3, "{read} formats were read");
}

#[test]
fn a_picture_of_another_size_is_refused() {
    let mut files = (*export("coco", &schema(&["cat", "dog"]))).clone();
    let name = files.0.keys().find(|name| name.ends_with("first.png")).unwrap().clone();
    files.0.insert(name, png(&picture(7, 7)));
    let files = Arc::new(files);
    let reader = registry::reader("coco", files.clone(), &Value::Null).unwrap();
    let set = ExchangeSet::read(reader, files, Parts::DETECTION).unwrap();
    assert!(matches!(set.item(0).unwrap_err().problem, ItemProblem::SizesDiffer { .. }));
    assert_eq!(set.item(1).unwrap().target.mask, None);
}

#[test]
fn tags_are_labels() {
    let tag = Shape { geometry: Geometry::Tag, ..Shape::polygon(2, Vec::new()) };
    let target = labelwright_data::source::target(&[tag], [4, 4], Parts::CLASSIFICATION, &schema(&["cat", "dog"])).unwrap();
    assert_eq!((target.labels, target.mask), (vec![1.0], None));
}
