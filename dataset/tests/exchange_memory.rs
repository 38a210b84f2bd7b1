//! Writers and readers hold one image, and a few numbers and the name of each other: what they allocate at most does not grow with the
//! images. Allocations are counted, so this is the only test of its file.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use std::sync::Arc;

use labelwright_dataset::exchange::{FolderInput, FolderOutput, Item};
use labelwright_dataset::formats::png_masks::png_gray8;
use labelwright_dataset::formats::registry::{FORMATS, Format, reader, writer};
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Point, Schema, Shape};
use peak_alloc::PeakAlloc;
use serde_json::Value;

#[global_allocator]
static COUNTED: PeakAlloc = PeakAlloc;

/// Bytes for each image more than the fewer ones, at most: the names of its files (Cityscapes has six), and where its annotations are.
const FOR_EACH: usize = 1000;

fn item(number: usize) -> Item {
    let polygon = |x: f64| [[x, 1.0], [x + 9.0, 2.5], [x + 4.25, 19.0]].map(Point::from).to_vec();
    let mask = Mask::from_runs(40, 24, vec![500 + number as u32 % 50, 30, 430 - number as u32 % 50]).unwrap();
    let corners = Geometry::Box { corners: [1.0, 2.0, 30.5, 20.0] };
    let shapes = vec![
        Shape { instance: Some(1), ..Shape::polygon(1, polygon(2.0)) },
        Shape { instance: Some(2), ..Shape::polygon(1, polygon(20.0)) },
        Shape::mask(2, mask),
        Shape { class: 1, instance: None, confidence: None, attributes: labelwright_dataset::Attributes::new(), geometry: corners },
    ];
    Item { name: format!("{number:06}.png"), width: 40, height: 24, shapes, ..Item::default() }
}

/// Highest memory above what was there before, while so many images are written and while they are read.
fn peaks(format: &Format, images: usize) -> (usize, usize) {
    let class = |index, name: &str, kind| Class { index, name: name.into(), color: "#102030".into(), kind };
    let schema = Schema { classes: vec![class(1, "cat", ClassKind::Thing), class(2, "road", ClassKind::Stuff)] };
    let (dir, picture) = (tempfile::tempdir().unwrap(), png_gray8(40, 24, &[5; 960]).unwrap());
    let above = |work: &mut dyn FnMut()| {
        COUNTED.reset_peak_usage();
        let before = COUNTED.current_usage();
        work();
        COUNTED.peak_usage() - before
    };
    let written = above(&mut || {
        let mut out = FolderOutput::new(dir.path());
        let mut writer = writer(format.id, &schema, &Value::Null, None).unwrap();
        for number in 0..images {
            assert!(writer.write(&item(number), &picture, &mut out).unwrap());
        }
        writer.finish(&mut out).unwrap();
        out.flush(false).unwrap();
    });
    let read = above(&mut || {
        let input = Arc::new(FolderInput::new(dir.path()));
        assert_eq!(reader(format.id, input, &Value::Null).unwrap().filter(|item| item.is_ok()).count(), images);
    });
    (written, read)
}

#[test]
fn memory_does_not_grow_with_the_images() {
    let (few, many) = (60, 400);
    for format in FORMATS.iter().filter(|format| format.writer.is_some() && format.reader.is_some()) {
        let (written_few, read_few) = peaks(format, few);
        let (written_many, read_many) = peaks(format, many);
        let id = format.id;
        // A buffer of the output and one of the compressor are there once or twice.
        assert!(
            written_many < written_few + (1 << 19),
            "{id}: writing took {written_few} bytes for {few} images, {written_many} for {many}"
        );
        let more = (many - few) * FOR_EACH;
        assert!(read_many < read_few + more, "{id}: reading took {read_few} bytes for {few} images, {read_many} for {many}");
    }
}
