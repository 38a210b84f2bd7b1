//! What exports hold, and that the same dataset gives the same bytes.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use labelwright_dataset::formats::export::{
    BoxItem, BoxWriter, ClassItem, ClassLabels, ClassWriter, ExportCount, ExportError, LabeledBox, SegmentationItem, SegmentationWriter,
    boxes_of, classes_of,
};
use labelwright_dataset::formats::png_masks::{MAX_MASK_PIXELS, MaskPng, read_mask_png};
use labelwright_dataset::formats::recordio::{ImageHeader, Index, Labels, RecordFiles, RecordReader};
use labelwright_dataset::{Class, ClassKind, ClassMap, Geometry, Mask, Point, Schema, Shape, VOID};

fn schema() -> Schema {
    let class = |index, name: &str, kind| Class { index, name: name.into(), color: "#102030".into(), kind };
    Schema { classes: vec![class(2, "cat", ClassKind::Thing), class(5, "dog", ClassKind::Thing), class(9, "grass", ClassKind::Stuff)] }
}

fn files() -> RecordFiles<Vec<u8>> {
    RecordFiles { rec: Vec::new(), idx: Vec::new(), lst: Vec::new() }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn unpacked(files: &RecordFiles<Vec<u8>>) -> Vec<(ImageHeader, Vec<u8>)> {
    let records: Vec<Vec<u8>> = RecordReader::new(&files.rec[..]).collect::<Result<_, _>>().unwrap();
    let index = Index::read(&files.idx[..]).unwrap();
    let unpack = |record: &Vec<u8>| ImageHeader::unpack(record).map(|(header, body)| (header, body.to_vec())).unwrap();
    let out: Vec<_> = records.iter().map(unpack).collect();
    assert_eq!(
        index.entries().iter().map(|e| e.key.clone()).collect::<Vec<_>>(),
        out.iter().map(|(h, _)| h.id.to_string()).collect::<Vec<_>>()
    );
    out
}

fn tag(class: u8) -> Shape {
    Shape { class, instance: None, confidence: None, geometry: Geometry::Tag }
}

fn square(class: u8, instance: Option<u32>, from: f64, to: f64) -> Shape {
    let corners = [[from, from], [to, from], [to, to], [from, to]].map(Point::from).to_vec();
    Shape { instance, ..Shape::polygon(class, corners) }
}

#[test]
fn pictures_and_masks() {
    let map = |first: u8| ClassMap { width: 5, height: 4, classes: (0..20).map(|i| if i < 7 { first } else { VOID }).collect() };
    let write = || {
        let mut writer = SegmentationWriter::new(files(), files());
        for (id, name) in [(0, "a/one.jpg"), (1, "two"), (4_294_967_296, "three.x.png")] {
            writer.write(&SegmentationItem { id, name, image: b"\x0a\x23\xd7\xcepicture", mask: &map(id as u8 + 2) }).unwrap();
        }
        writer.finish().unwrap()
    };
    let (images, masks, count) = write();
    assert_eq!(count, ExportCount { written: 3, left_out: 0 });
    assert_eq!(text(&images.lst), "0\t0.000000\ta/one.jpg\n1\t0.000000\ttwo\n4294967296\t0.000000\tthree.x.png\n");
    assert_eq!(text(&masks.lst), "0\t0.000000\ta/one.png\n1\t0.000000\ttwo.png\n4294967296\t0.000000\tthree.x.png\n");
    assert_eq!(masks.idx.iter().filter(|&&b| b == b'\n').count(), 3);
    let (images_read, masks_read) = (unpacked(&images), unpacked(&masks));
    for ((image, picture), (mask, png)) in images_read.iter().zip(&masks_read) {
        assert_eq!((image.id, &image.labels, &picture[..]), (mask.id, &Labels::One(0.0), &b"\x0a\x23\xd7\xcepicture"[..]));
        assert_eq!(read_mask_png(png, MAX_MASK_PIXELS).unwrap(), MaskPng::Classes(map(image.id as u8 + 2)));
    }
    let (images_again, masks_again, _) = write();
    assert!((images.rec, masks.rec) == (images_again.rec, masks_again.rec), "the same dataset gives the same bytes");
    let broken = ClassMap { width: 5, height: 4, classes: vec![0; 3] };
    let error = SegmentationWriter::new(files(), files()).write(&SegmentationItem { id: 0, name: "x", image: b"", mask: &broken });
    assert!(matches!(error, Err(ExportError::Mask { .. })));
}

#[test]
fn boxes() {
    let mut writer = BoxWriter::new(files(), &schema());
    let mut write =
        |id, name: &str, boxes: &[LabeledBox]| writer.write(&BoxItem { id, name, image: b"picture", width: 200, height: 100, boxes });
    let dog = LabeledBox { class: 5, corners: [20.0, 10.0, 100.0, 125.0] };
    let nothing = LabeledBox { class: 2, corners: [20.0, 10.0, 20.0, 50.0] };
    let void = LabeledBox { class: VOID, corners: [0.0, 0.0, 9.0, 9.0] };
    assert!(write(3, "dog.jpg", &[dog, nothing, void, LabeledBox { class: 2, corners: [0.0, 0.0, 200.0, 50.0] }]).unwrap());
    assert!(!write(4, "empty.jpg", &[]).unwrap());
    assert!(!write(5, "nothing.jpg", &[nothing, void, LabeledBox { class: 2, corners: [f64::NAN; 4] }]).unwrap());
    assert!(matches!(write(6, "odd.jpg", &[LabeledBox { class: 3, ..dog }]), Err(ExportError::UnknownClass { class: 3, .. })));
    let (files, count) = writer.finish().unwrap();
    assert_eq!(count, ExportCount { written: 1, left_out: 2 });
    let labels = vec![2.0, 5.0, 1.0, 0.1, 0.1, 0.5, 1.0, 0.0, 0.0, 0.0, 1.0, 0.5];
    assert_eq!(unpacked(&files), [(ImageHeader::many(3, labels), b"picture".to_vec())]);
    let line = "3\t2.000000\t5.000000\t1.000000\t0.100000\t0.100000\t0.500000\t1.000000\t0.000000\t0.000000\t0.000000\t1.000000\t0.500000\tdog.jpg\n";
    assert_eq!(text(&files.lst), line);
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
    let write = |labels| {
        let mut writer = ClassWriter::new(files(), &schema(), labels);
        for (id, classes) in [(0, &[5u8][..]), (1, &[9, 2]), (2, &[]), (3, &[9, 9, VOID])] {
            writer.write(&ClassItem { id, name: "x.jpg", image: b"picture", classes }).unwrap();
        }
        let unknown = writer.write(&ClassItem { id: 9, name: "x.jpg", image: b"", classes: &[1] });
        assert!(matches!(unknown, Err(ExportError::UnknownClass { class: 1, .. })));
        let (files, count) = writer.finish().unwrap();
        (unpacked(&files).into_iter().map(|(header, _)| header).collect::<Vec<_>>(), count)
    };
    let (single, count) = write(ClassLabels::Single);
    assert_eq!((single, count), (vec![ImageHeader::one(0, 1.0), ImageHeader::one(3, 2.0)], ExportCount { written: 2, left_out: 2 }));
    let (hot, count) = write(ClassLabels::MultiHot);
    let expected = [[0.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0; 3], [0.0, 0.0, 1.0]];
    assert_eq!(hot, expected.iter().enumerate().map(|(id, labels)| ImageHeader::many(id as u64, labels.to_vec())).collect::<Vec<_>>());
    assert_eq!(count.written, 4);
    assert_eq!(classes_of(&[square(5, None, 0.0, 1.0), tag(2), square(VOID, None, 0.0, 1.0)]), [2]);
    assert_eq!(classes_of(&[square(5, None, 0.0, 1.0), square(2, None, 0.0, 1.0), square(5, None, 0.0, 1.0)]), [2, 5]);
}
