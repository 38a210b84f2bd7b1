//! What record sets hold, and that the same dataset gives the same bytes.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use labelwright_dataset::exchange::{Item, Loss, Losses, MemoryFiles, Origin};
use labelwright_dataset::formats::png_masks::{MAX_MASK_PIXELS, MaskPng, read_mask_png};
use labelwright_dataset::formats::record_sets::{LabeledBox, boxes_of, classes_of};
use labelwright_dataset::formats::recordio::{ImageHeader, Index, Labels, RecordReader};
use labelwright_dataset::formats::registry::writer;
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Point, Schema, Shape, Subset, VOID, paint};
use serde_json::{Value, json};

fn schema() -> Schema {
    let class = |index, name: &str, kind| Class { index, name: name.into(), color: "#102030".into(), kind };
    Schema { classes: vec![class(2, "cat", ClassKind::Thing), class(5, "dog", ClassKind::Thing), class(9, "grass", ClassKind::Stuff)] }
}

fn item(name: &str, width: u32, height: u32, shapes: Vec<Shape>) -> Item {
    Item { name: name.into(), width, height, subset: Some(Subset::Train), shapes, origin: Origin::default() }
}

/// Writes items; after `cut` of them with a new writer that goes on. Which were written, the files, and the losses.
fn export(format: &str, form: &Value, items: &[Item], cut: usize) -> (Vec<bool>, MemoryFiles, Losses) {
    let (mut files, mut written) = (MemoryFiles::default(), Vec::new());
    let mut writing = writer(format, &schema(), form, None).unwrap();
    for (at, item) in items.iter().enumerate() {
        if at == cut {
            let state = serde_json::from_str(&writing.state().to_string()).unwrap();
            writing = writer(format, &schema(), form, Some(&state)).unwrap();
        }
        written.push(writing.write(item, b"\x0a\x23\xd7\xcepicture", &mut files).unwrap());
    }
    let losses = writing.finish(&mut files).unwrap();
    (written, files, losses)
}

fn text(files: &MemoryFiles, name: &str) -> String {
    String::from_utf8(files.0[name].clone()).unwrap()
}

fn unpacked(files: &MemoryFiles, set: &str) -> Vec<(ImageHeader, Vec<u8>)> {
    let records: Vec<Vec<u8>> = RecordReader::new(&files.0[&format!("{set}.rec")][..]).collect::<Result<_, _>>().unwrap();
    let index = Index::read(&files.0[&format!("{set}.idx")][..]).unwrap();
    let unpack = |record: &Vec<u8>| ImageHeader::unpack(record).map(|(header, body)| (header, body.to_vec())).unwrap();
    let out: Vec<_> = records.iter().map(unpack).collect();
    assert_eq!(
        index.entries().iter().map(|e| e.key.clone()).collect::<Vec<_>>(),
        out.iter().map(|(h, _)| h.id.to_string()).collect::<Vec<_>>()
    );
    out
}

fn tag(class: u8) -> Shape {
    Shape { class, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry: Geometry::Tag }
}

fn boxed(class: u8, corners: [f64; 4]) -> Shape {
    Shape {
        class,
        instance: None,
        confidence: None,
        attributes: labelwright_dataset::Attributes::new(),
        geometry: Geometry::Box { corners },
    }
}

fn square(class: u8, instance: Option<u32>, from: f64, to: f64) -> Shape {
    let corners = [[from, from], [to, from], [to, to], [from, to]].map(Point::from).to_vec();
    Shape { instance, ..Shape::polygon(class, corners) }
}

#[test]
fn pictures_and_masks() {
    let shapes = |class| vec![square(class, Some(1), 0.0, 3.0), square(VOID, None, 2.0, 4.0)];
    let items = [item("a/one.jpg", 5, 4, shapes(2)), item("two", 5, 4, shapes(5)), item("three.x.png", 5, 4, vec![])];
    let (written, files, losses) = export("recordio-seg", &Value::Null, &items, 9);
    assert_eq!(written, [true; 3]);
    assert_eq!(text(&files, "seg_image.lst"), "0\t0.000000\ta/one.jpg\n1\t0.000000\ttwo\n2\t0.000000\tthree.x.png\n");
    assert_eq!(text(&files, "seg_mask.lst"), "0\t0.000000\ta/one.png\n1\t0.000000\ttwo.png\n2\t0.000000\tthree.x.png\n");
    for (((image, picture), (mask, png)), item) in unpacked(&files, "seg_image").iter().zip(&unpacked(&files, "seg_mask")).zip(&items) {
        assert_eq!((image.id, &image.labels, &picture[..]), (mask.id, &Labels::One(0.0), &b"\x0a\x23\xd7\xcepicture"[..]));
        assert_eq!(read_mask_png(png, MAX_MASK_PIXELS).unwrap(), MaskPng::Classes(paint(&item.shapes, 5, 4)));
    }
    assert_eq!((losses.count(Loss::Instances), losses.count(Loss::PolygonToMask), losses.count(Loss::Void)), (2, 4, 0));
    for cut in 0..3 {
        let again = export("recordio-seg", &Value::Null, &items, cut);
        assert!(again == (written.clone(), files.clone(), losses.clone()), "cut off after {cut}");
    }
    let (_, split, _) = export("recordio-seg", &json!({ "split": true }), &items, 1);
    assert!(split.0.keys().all(|name| name.contains("_train.")) && split.0.len() == 6);
    let wrong = writer("recordio-seg", &schema(), &json!({ "spilt": true }), None).err().unwrap();
    assert!(wrong.to_string().contains("spilt"), "{wrong}");
}

#[test]
fn boxes() {
    let nothing = boxed(2, [20.0, 10.0, 20.0, 50.0]);
    let dog = boxed(5, [20.0, 10.0, 100.0, 125.0]);
    let items = [
        item("empty.jpg", 200, 100, vec![]),
        item("nothing.jpg", 200, 100, vec![nothing.clone(), boxed(VOID, [0.0, 0.0, 9.0, 9.0]), boxed(2, [f64::NAN; 4])]),
        item("dog.jpg", 200, 100, vec![dog, nothing, boxed(2, [0.0, 0.0, 200.0, 50.0])]),
    ];
    let (written, files, losses) = export("recordio-box", &Value::Null, &items, 2);
    assert_eq!(written, [false, false, true]);
    assert_eq!(losses.count(Loss::NoArea), 3);
    let labels = vec![2.0, 5.0, 1.0, 0.1, 0.1, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0, 0.5];
    assert_eq!(unpacked(&files, "boxes"), [(ImageHeader::many(0, labels), b"\x0a\x23\xd7\xcepicture".to_vec())]);
    let line = "0\t2.000000\t5.000000\t1.000000\t0.100000\t0.100000\t0.500000\t1.000000\t0.000000\t0.000000\t0.000000\t1.000000\t0.500000\tdog.jpg\n";
    assert_eq!(text(&files, "boxes.lst"), line);
}

#[test]
fn boxes_are_put_around_things() {
    let mask = Shape { instance: Some(1), ..Shape::mask(2, Mask::from_runs(8, 8, vec![60, 3, 1]).unwrap()) };
    let shapes = [
        square(2, Some(1), 1.5, 3.0),
        square(9, None, 0.0, 8.0),
        mask,
        square(5, Some(1), 0.0, 2.0),
        square(5, None, 1.0, 2.0),
        tag(2),
        square(VOID, None, 0.0, 4.0),
    ];
    let boxes = boxes_of(&shapes, &schema());
    assert_eq!(
        boxes,
        [
            LabeledBox { class: 2, corners: [1.5, 1.5, 7.0, 8.0] },
            LabeledBox { class: 5, corners: [0.0, 0.0, 2.0, 2.0] },
            LabeledBox { class: 5, corners: [1.0, 1.0, 2.0, 2.0] },
        ]
    );
}

#[test]
fn classes() {
    let items = [vec![tag(5)], vec![tag(9), tag(2)], vec![], vec![square(9, None, 0.0, 2.0), square(VOID, None, 0.0, 2.0)]]
        .map(|shapes| item("x.jpg", 8, 8, shapes));
    let headers = |multi_hot: bool| {
        let (written, files, _) = export("recordio-class", &json!({ "multi_hot": multi_hot }), &items, 2);
        (written, unpacked(&files, "classes").into_iter().map(|(header, _)| header).collect::<Vec<_>>())
    };
    assert_eq!(headers(false), (vec![true, false, false, true], vec![ImageHeader::one(0, 1.0), ImageHeader::one(1, 2.0)]));
    let expected = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0; 3], [0.0, 0.0, 1.0]];
    let expected = expected.iter().enumerate().map(|(id, labels)| ImageHeader::many(id as u64, labels.to_vec())).collect();
    assert_eq!(headers(true), (vec![true; 4], expected));
    let mut writing = writer("recordio-class", &schema(), &Value::Null, None).unwrap();
    let unknown = writing.write(&item("x.jpg", 8, 8, vec![tag(1)]), b"", &mut MemoryFiles::default()).unwrap_err();
    assert!(unknown.is_of_one_image() && unknown.to_string().contains("class 1"), "{unknown}");
    assert_eq!(classes_of(&[square(5, None, 0.0, 1.0), tag(2), square(VOID, None, 0.0, 1.0)]), [2]);
    assert_eq!(classes_of(&[square(5, None, 0.0, 1.0), square(2, None, 0.0, 1.0), square(5, None, 0.0, 1.0)]), [2, 5]);
}
