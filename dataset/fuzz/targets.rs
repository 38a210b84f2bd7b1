//! What is done with hostile bytes, for the fuzz targets and for the tests that run without them.

use std::sync::{Arc, OnceLock};

use labelwright_dataset::exchange::{Item, MemoryFiles, safe_name};
use labelwright_dataset::formats::coco::rle;
use labelwright_dataset::formats::png_masks::{png_gray8, read_mask_png};
use labelwright_dataset::formats::recordio::protobuf::DataRecord;
use labelwright_dataset::formats::recordio::{
    ImageHeader, Index, Keys, ListReader, RecordReader, RecordSlice, RecordWriter, Salvage, Salvager, rebuild_index,
};
use labelwright_dataset::formats::registry::{self, FORMATS, Format};
use labelwright_dataset::validate::MIN_AREA;
use labelwright_dataset::{Class, ClassKind, Geometry, Mask, Point, Schema, Shape, Subset, paint, paint_instances, validate};

/// Reads bytes as a `.rec`; what could be read is written and read again.
pub fn records(bytes: &[u8]) {
    let records: Vec<Vec<u8>> = RecordReader::new(bytes).map_while(Result::ok).collect();
    let mut writer = RecordWriter::new(Vec::new());
    for record in &records {
        writer.write(record).expect("what was read can be written");
    }
    let written = writer.finish().expect("memory takes everything");
    let again: Vec<Vec<u8>> = RecordReader::new(&written[..]).collect::<Result<_, _>>().expect("what was written can be read");
    assert_eq!(records, again);
}

/// Reads bytes as an image record; what could be read is packed to the same fields again.
pub fn image_headers(bytes: &[u8]) {
    if let Ok((header, picture)) = ImageHeader::unpack(bytes) {
        let mut packed = Vec::new();
        header.pack(picture, &mut packed);
        let mut again = Vec::new();
        let (header, picture) = ImageHeader::unpack(&packed).expect("what was packed can be unpacked");
        header.pack(picture, &mut again);
        assert_eq!(packed, again);
    }
}

/// Reads bytes as an `.idx` and as a `.lst`; what could be read is written and read again.
pub fn text_files(bytes: &[u8]) {
    if let Ok(index) = Index::read(bytes) {
        let mut text = Vec::new();
        if index.write(&mut text).is_ok() {
            // A key of blanks alone is a blank line to readers, so only the number of entries can shrink.
            let again = Index::read(&text[..]).expect("what was written can be read");
            assert_eq!(again.entries().len(), index.entries().len());
        }
    }
    for entry in ListReader::new(bytes).map_while(Result::ok) {
        let mut text = Vec::new();
        entry.write(&mut text).expect("memory takes everything");
        let again = ListReader::new(&text[..]).next().expect("one line").expect("what was written can be read");
        assert_eq!((again.id, again.labels.len()), (entry.id, entry.labels.len()));
    }
}

/// Reads bytes as every file of RecordIO, one after another: a `.rec` of either reader, a damaged one, image records, the text files, and
/// the messages of SageMaker.
pub fn recordio(bytes: &[u8]) {
    records(bytes);
    salvage(bytes);
    image_headers(bytes);
    text_files(bytes);
    protobuf(bytes);
    for record in RecordSlice::new(bytes).map_while(Result::ok) {
        image_headers(&record.bytes);
        protobuf(&record.bytes);
    }
    for keys in [Keys::Numbers, Keys::Ids] {
        if let Ok(index) = rebuild_index(bytes, keys) {
            let slice = RecordSlice::new(bytes);
            let found = index.entries().iter().filter(|entry| slice.read_at(entry.offset).is_ok()).count();
            assert_eq!(found, slice.count());
        }
    }
}

/// Reads bytes as a mask picture of at most a megapixel.
pub fn mask_pictures(bytes: &[u8]) {
    let _ = read_mask_png(bytes, 1 << 20);
}

/// Reads bytes as the JSON of a shape, validates and paints it. What is valid stays valid and survives JSON.
pub fn shapes(bytes: &[u8]) {
    let Ok(shape) = serde_json::from_slice::<Shape>(bytes) else { return };
    let class = |index| Class { index, name: index.to_string(), color: "#808080".into(), kind: ClassKind::Thing };
    let schema = Schema { classes: vec![class(1), class(2)] };
    let (width, height) = (64, 48);
    let _ = paint(std::slice::from_ref(&shape), width, height);
    if let Ok((valid, _)) = validate(&shape, width, height, &schema, MIN_AREA) {
        let (again, repairs) = validate(&valid, width, height, &schema, MIN_AREA).expect("what was validated is valid");
        assert!(again == valid && repairs.is_empty(), "{repairs:?}");
        let json = serde_json::to_vec(&valid).expect("shapes are plain data");
        assert_eq!(serde_json::from_slice::<Shape>(&json).expect("our own JSON"), valid);
        if let Some(mask) = valid.to_mask(width, height) {
            assert_eq!(mask.to_polygon().to_mask(width, height), Some(mask));
        }
        let _ = paint_instances(&[valid], width, height);
    }
}

/// Reads bytes as COCO's run-length code; what could be read is written and read again.
pub fn coco_rle(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(counts) = rle::decompress(text) else { return };
    assert_eq!(rle::decompress(&rle::compress(&counts)).as_ref(), Ok(&counts));
    let pixels: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    if let Ok(width @ 1..=1024) = u32::try_from(pixels / 64)
        && pixels == u64::from(width) * 64
    {
        let mask = rle::from_column_runs(width, 64, counts).expect("the runs add up");
        let again = rle::from_column_runs(width, 64, rle::column_runs(&mask)).expect("our own runs");
        assert_eq!(mask, again);
    }
}

/// A small dataset in every format that is read: what our writers make, in the order of the registry, and then what others made.
pub fn sample_datasets() -> &'static [(&'static Format, MemoryFiles)] {
    static SAMPLES: OnceLock<Vec<(&'static Format, MemoryFiles)>> = OnceLock::new();
    SAMPLES.get_or_init(|| {
        let class = |index, name: &str, kind| Class { index, name: name.into(), color: "#808040".into(), kind };
        let schema = Schema { classes: vec![class(1, "cat", ClassKind::Thing), class(2, "road", ClassKind::Stuff)] };
        let ring = |x: f64| [[x, 1.0], [x + 6.0, 1.5], [x + 5.0, 7.25], [x, 6.0]].map(Point::from).to_vec();
        let mask = Mask::from_runs(20, 12, vec![150, 8, 12, 9, 61]).expect("a mask");
        let shapes = vec![
            Shape::polygon(2, ring(1.0)),
            Shape { instance: Some(1), confidence: Some(0.5), ..Shape::polygon(1, ring(9.0)) },
            Shape { instance: Some(2), ..Shape::mask(1, mask) },
            Shape {
                class: 1,
                instance: None,
                confidence: None,
                attributes: labelwright_dataset::Attributes::new(),
                geometry: Geometry::Box { corners: [2.0, 3.0, 9.5, 8.0] },
            },
        ];
        let picture = png_gray8(20, 12, &[7; 240]).expect("a picture");
        let both = FORMATS.iter().filter(|format| format.writer.is_some() && format.reader.is_some());
        let export = |format: &&'static Format| {
            let (mut files, make) = (MemoryFiles::default(), format.writer.expect("it is written"));
            let mut writer = make(&schema, &serde_json::Value::Null, None).expect("a writer");
            for (name, subset) in [("a b.png", Some(Subset::Train)), ("c/d.png", None)] {
                let item = Item { name: name.into(), width: 20, height: 12, subset, shapes: shapes.clone(), ..Item::default() };
                writer.write(&item, &picture, &mut files).expect("written");
            }
            writer.finish(&mut files).expect("finished");
            (*format, files)
        };
        both.map(export).chain(foreign_datasets()).collect()
    })
}

/// A task of Label Studio with an outline, a box, an ellipse, choices and a brush.
const LABEL_STUDIO: &str = r#"[{"id": 1, "data": {"image": "/data/upload/1/1a2b3c4d-one.png"}, "annotations": [{"result": [
  {"type": "polygonlabels", "original_width": 20, "original_height": 12, "value": {"points": [[5, 5], [90, 10], [50, 80]], "polygonlabels": ["cat"]}},
  {"type": "rectanglelabels", "original_width": 20, "original_height": 12, "value": {"x": 5, "y": 5, "width": 50, "height": 50, "rotation": 10, "rectanglelabels": ["cat"]}},
  {"type": "ellipselabels", "original_width": 20, "original_height": 12, "value": {"x": 50, "y": 50, "radiusX": 20, "radiusY": 10, "rotation": 0, "ellipselabels": ["road"]}},
  {"type": "choices", "value": {"choices": ["road"]}},
  {"type": "brushlabels", "original_width": 4, "original_height": 3, "value": {"format": "rle", "rle": [0, 0, 0, 48, 59, 64, 96, 64, 0, 0], "brushlabels": ["cat"]}}
]}]}]"#;

/// Formats that are read and not written.
fn foreign_datasets() -> Vec<(&'static Format, MemoryFiles)> {
    let dataset = |id: &str, name: &str, text: &str| {
        let format = FORMATS.iter().find(|format| format.id == id).expect("a format");
        (*format, MemoryFiles([(name.to_owned(), text.as_bytes().to_vec())].into()))
    };
    vec![
        dataset("cvat", "annotations.xml", include_str!("../tests/fixtures/cvat/train.xml")),
        dataset("label-studio", "tasks.json", LABEL_STUDIO),
    ]
}

/// Reads a dataset of which one file has other bytes: the first byte chooses the format, the second the file, the others are its content.
/// What is read can be painted.
pub fn datasets(bytes: &[u8]) {
    let [format, file, content @ ..] = bytes else { return };
    let samples = sample_datasets();
    let (format, mut files) = samples[usize::from(*format) % samples.len()].clone();
    let name = files.0.keys().nth(usize::from(*file) % files.0.len()).cloned().expect("there are files");
    files.0.insert(name, content.to_vec());
    let _ = registry::detect(&files);
    let make = format.reader.expect("it is read");
    let Ok(reader) = make(Arc::new(files), &serde_json::Value::Null) else { return };
    for read in reader.take(64) {
        match read {
            Ok(read) if u64::from(read.item.width) * u64::from(read.item.height) <= 1 << 20 => {
                let _ = paint(&read.item.shapes, read.item.width, read.item.height);
                assert_eq!(safe_name(&read.item.name).as_ref(), Ok(&read.item.name));
            }
            Ok(_) => {}
            Err(error) if error.is_of_one_image() => {}
            Err(_) => break,
        }
    }
}

/// Reads bytes as a damaged `.rec`: the stretches cover the file without gaps, and what is saved makes a file without damage.
pub fn salvage(bytes: &[u8]) {
    let mut writer = RecordWriter::new(Vec::new());
    let (mut end, mut saved) = (0, Vec::new());
    for stretch in Salvager::new(bytes) {
        match stretch {
            Salvage::Record(record) => {
                assert_eq!(record.offset, end);
                let mut reader = RecordReader::new(&bytes[record.offset as usize..]);
                let mut again = Vec::new();
                assert_eq!(reader.read_into(&mut again).expect("a good record"), Some(0));
                assert_eq!(again, &*record.bytes);
                end += reader.offset();
                writer.write(&record.bytes).expect("what was saved can be written");
                saved.push(record.bytes.into_owned());
            }
            Salvage::Lost { from, to, .. } => {
                assert!(from == end && to > from);
                end = to;
            }
        }
    }
    assert_eq!(end, bytes.len() as u64);
    let written = writer.finish().expect("memory takes everything");
    let again: Vec<Vec<u8>> =
        RecordSlice::new(&written).map(|record| record.expect("what was written can be read").bytes.into_owned()).collect();
    assert_eq!(saved, again);
    // Both readers agree, up to the first damage and about it.
    let streamed = RecordReader::new(bytes).map(|record| record.map_err(|error| error.to_string()));
    let lent = RecordSlice::new(bytes).map(|record| record.map(|r| r.bytes.into_owned()).map_err(|error| error.to_string()));
    let (streamed, lent): (Vec<_>, Vec<_>) = (streamed.collect(), lent.collect());
    assert_eq!(streamed, lent);
}

/// Reads bytes as a message of SageMaker; what could be read is written and read again.
pub fn protobuf(bytes: &[u8]) {
    if let Ok(record) = DataRecord::decode(bytes) {
        let written = record.encode();
        // Numbers that are not equal to themselves are compared by their bytes.
        assert_eq!(DataRecord::decode(&written).expect("what was written can be read").encode(), written);
    }
}
