//! Record files of pictures with numbers, boxes and masks.

use std::fs::File;
use std::path::{Path, PathBuf};

use labelwright_data::sample::BoxLabel;
use labelwright_data::source::{DataSet, ItemProblem, RecordLabels, RecordSet, SourceError};
use labelwright_data::transform::batch::fill_boxes;
use labelwright_dataset::formats::png_masks::png_gray8;
use labelwright_dataset::formats::recordio::{ImageHeader, ImageRecordWriter, RecordFiles};

use crate::support::{picture, png, schema};

fn write(dir: &Path, name: &str, records: &[(ImageHeader, Vec<u8>)]) -> PathBuf {
    let file = |ending: &str| File::create(dir.join(format!("{name}.{ending}"))).unwrap();
    let mut writer = ImageRecordWriter::new(RecordFiles { rec: file("rec"), idx: file("idx"), lst: file("lst") });
    for (header, bytes) in records {
        writer.write(header, "x.png", bytes).unwrap();
    }
    writer.finish().unwrap();
    dir.join(format!("{name}.rec"))
}

#[test]
fn pictures_come_with_their_numbers_in_any_order() {
    let dir = tempfile::tempdir().unwrap();
    let records: Vec<_> = (0..5u32)
        .map(|i| {
            let header = if i % 2 == 0 {
                ImageHeader::one(u64::from(i) + 10, i as f32)
            } else {
                ImageHeader::many(u64::from(i) + 10, vec![1.0, 2.0])
            };
            (header, png(&picture(8 + i, 6)))
        })
        .collect();
    let rec = write(dir.path(), "set", &records);
    let set = RecordSet::open(&rec, RecordLabels::Numbers).unwrap();
    assert_eq!((set.len(), set.name(3).unwrap().into_owned()), (5, "13".to_owned()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for i in [4, 0, 3, 1, 2] {
                    let sample = set.item(i).unwrap();
                    assert_eq!(sample.picture, picture(8 + i as u32, 6));
                    assert_eq!(sample.target.labels, if i % 2 == 0 { vec![i as f32] } else { vec![1.0, 2.0] });
                }
            });
        }
    });
    // Without an index the file is looked through.
    std::fs::remove_file(dir.path().join("set.idx")).unwrap();
    let found = RecordSet::open(&rec, RecordLabels::Numbers).unwrap();
    assert_eq!((found.len(), found.item(2).unwrap()), (5, set.item(2).unwrap()));
    // A file that was cut off: its index still says five.
    let bytes = std::fs::read(&rec).unwrap();
    std::fs::write(&rec, &bytes[..bytes.len() - 40]).unwrap();
    assert!(matches!(RecordSet::open(&rec, RecordLabels::Numbers), Err(SourceError::Record { .. })));
    assert!(matches!(RecordSet::open(&dir.path().join("none.rec"), RecordLabels::Numbers), Err(SourceError::Io { .. })));
}

#[test]
fn boxes_are_in_pixels_and_go_back_into_batches() {
    let dir = tempfile::tempdir().unwrap();
    let good = vec![4.0, 6.0, 20.0, 10.0, 1.0, 0.1, 0.2, 0.5, 0.8, 7.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.5, 0.5, 0.5, 0.9, 0.0];
    let records: Vec<_> =
        [good, vec![2.0, 5.0, -1.0, 0.0, 0.0, 0.0, 0.0], vec![2.0, 5.0, 0.0, 0.1], vec![1.0, 5.0], vec![2.0, 5.0, 9.0, 0.0, 0.0, 1.0, 1.0]]
            .into_iter()
            .enumerate()
            .map(|(i, labels)| (ImageHeader::many(i as u64, labels), png(&picture(20, 10))))
            .collect();
    let set = RecordSet::open(&write(dir.path(), "det", &records), RecordLabels::Boxes).unwrap();
    let boxes = set.item(0).unwrap().target.boxes;
    let near = |got: &BoxLabel, class: u32, corners: [f64; 4]| {
        assert!(got.class == class && got.corners.iter().zip(corners).all(|(a, b)| (a - b).abs() < 1e-5), "{got:?}");
    };
    near(&boxes[0], 2, [2.0, 2.0, 10.0, 8.0]);
    near(&boxes[1], 1, [0.0, 0.0, 20.0, 10.0]);
    assert_eq!((boxes.len(), &boxes[0].extra[..]), (2, &[7.0][..]));
    assert!(set.item(1).unwrap().target.boxes.is_empty());
    for bad in [2, 3] {
        assert!(matches!(set.item(bad).unwrap_err().problem, ItemProblem::Label(_)));
    }
    let mut rows = [0.0; 15];
    fill_boxes(&set.item(0).unwrap(), set.schema(), &mut rows).unwrap();
    let wanted = [1.0, 0.1, 0.2, 0.5, 0.8, 0.0, 0.0, 0.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0];
    assert!(rows.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-6), "{rows:?}");
    assert!(fill_boxes(&set.item(0).unwrap(), set.schema(), &mut rows[..5]).is_err());
    // With classes, a number beyond them is an error.
    let named = set.with_schema(schema(&["a", "b"]));
    assert!(named.item(0).is_ok() && matches!(named.item(4).unwrap_err().problem, ItemProblem::Label(_)));
}

#[test]
fn masks_are_found_by_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let header = |id: u64| ImageHeader::one(id, 0.0);
    let images = write(dir.path(), "seg_image", &[(header(1), png(&picture(4, 3))), (header(2), png(&picture(5, 3)))]);
    let mask = |width: u32, class: u8| png_gray8(width, 3, &vec![class; 3 * width as usize]).unwrap();
    let masks = write(dir.path(), "seg_mask", &[(header(2), mask(5, 7)), (header(1), mask(4, 255))]);
    let set = RecordSet::open(&images, RecordLabels::Numbers).unwrap().with_masks(&masks).unwrap();
    assert_eq!([0, 1].map(|i| set.item(i).unwrap().target.mask.unwrap().classes[0]), [255, 7]);
    let few = write(dir.path(), "few", &[(header(1), mask(4, 1))]);
    let error = RecordSet::open(&images, RecordLabels::Numbers).unwrap().with_masks(&few).unwrap_err();
    assert!(matches!(&error, SourceError::Unpaired(key) if key == "2"), "{error}");
}
