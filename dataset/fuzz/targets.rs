//! What is done with hostile bytes, for the fuzz targets and for the tests that run without them.

use labelwright_dataset::formats::png_masks::read_mask_png;
use labelwright_dataset::formats::recordio::{ImageHeader, Index, ListReader, RecordReader, RecordWriter};
use labelwright_dataset::validate::MIN_AREA;
use labelwright_dataset::{Class, ClassKind, Schema, Shape, paint, paint_instances, validate};

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
