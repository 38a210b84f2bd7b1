//! Files written by MXNet are read with the values MXNet reads, and written again byte for byte.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use std::fs;
use std::io::Cursor;

use labelwright_dataset::ClassMap;
use labelwright_dataset::formats::png_masks::{MAX_MASK_PIXELS, MaskPng, read_mask_png};
use labelwright_dataset::formats::recordio::protobuf::{DataRecord, Value as SageValue};
use labelwright_dataset::formats::recordio::{
    ImageHeader, ImageRecordWriter, Index, Keys, Labels, ListEntry, ListReader, PartOf, RecordFiles, RecordReader, RecordWriter,
    rebuild_index,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

fn golden(name: &str) -> Vec<u8> {
    fs::read(format!("{}/../tests/golden/mxnet/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn expected() -> Value {
    serde_json::from_slice(&golden("expected.json")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn records(name: &str) -> Vec<Vec<u8>> {
    RecordReader::new(&golden(name)[..]).collect::<Result<_, _>>().unwrap()
}

fn index(name: &str) -> Index {
    Index::read(&golden(name)[..]).unwrap()
}

/// Writes the records again and compares the `.rec`, and the `.idx` if there is one.
fn assert_written_alike(base: &str, with_index: bool) {
    let mut writer = RecordWriter::new(Vec::new());
    let offsets: Vec<u64> = records(&format!("{base}.rec")).iter().map(|record| writer.write(record).unwrap()).collect();
    assert!(writer.finish().unwrap() == golden(&format!("{base}.rec")), "{base}.rec");
    if with_index {
        let read = index(&format!("{base}.idx"));
        let mut again = Index::default();
        read.entries().iter().zip(offsets).for_each(|(entry, offset)| again.push(entry.key.clone(), offset));
        let mut text = Vec::new();
        again.write(&mut text).unwrap();
        assert_eq!(text, golden(&format!("{base}.idx")), "{base}.idx");
    }
}

#[test]
fn plain_records() {
    let expected = expected();
    for base in ["raw_pad", "raw_magic", "irheader"] {
        let payloads: Vec<Value> = records(&format!("{base}.rec")).iter().map(|record| hex(record).into()).collect();
        assert_eq!(expected[base]["payloads"], Value::Array(payloads), "{base}");
        assert_eq!(expected[base]["rec_hex"], hex(&golden(&format!("{base}.rec"))), "{base}");
        assert_eq!(expected[base]["idx"], String::from_utf8(golden(&format!("{base}.idx"))).unwrap(), "{base}");
        let keys: Vec<Value> = index(&format!("{base}.idx")).entries().iter().map(|e| e.key.parse::<u64>().unwrap().into()).collect();
        assert_eq!(expected[base]["keys"], Value::Array(keys), "{base}");
        assert_written_alike(base, true);
    }
    assert_eq!(records("raw_empty.rec"), [&b"ab"[..], b"", b"cd"]);
    assert_written_alike("raw_empty", false);
}

#[test]
fn records_are_found_by_key() {
    let expected = expected();
    let mut reader = RecordReader::new(Cursor::new(golden("raw_magic.rec")));
    let index = index("raw_magic.idx");
    for (key, payload) in
        expected["raw_magic"]["keys"].as_array().unwrap().iter().zip(expected["raw_magic"]["payloads"].as_array().unwrap()).rev()
    {
        let record = reader.read_at(index.offset(&key.to_string()).unwrap()).unwrap();
        assert_eq!(payload, &hex(&record), "key {key}");
    }
    let mut reader = RecordReader::new(Cursor::new(golden("raw_strkey.rec")));
    for key in ["zz top", "a", "img/0001"] {
        let offset = self::index("raw_strkey.idx").offset(key).unwrap();
        assert_eq!(reader.read_at(offset).unwrap(), format!("v:{key}").as_bytes());
    }
    assert_written_alike("raw_strkey", true);
}

fn label_value(labels: &Labels) -> Value {
    match labels {
        Labels::One(label) => f64::from(*label).into(),
        Labels::Many(labels) => labels.iter().map(|&label| f64::from(label)).collect::<Vec<_>>().into(),
    }
}

#[test]
fn headers_of_every_kind() {
    let expected = expected();
    let fields = expected["irheader"]["fields"].as_array().unwrap();
    let records = records("irheader.rec");
    assert_eq!(fields.len(), records.len());
    for (record, field) in records.iter().zip(fields) {
        let (header, body) = ImageHeader::unpack(record).unwrap();
        assert_eq!((&field["label"], &field["body"]), (&label_value(&header.labels), &hex(body).into()));
        assert_eq!((&field["id"], &field["id2"]), (&header.id.into(), &header.id2.into()));
        let mut again = Vec::new();
        header.pack(body, &mut again);
        assert_eq!(&again, record);
    }
}

/// Reads a set and writes it anew as a set; the paths come from the list.
fn assert_set_written_alike(base: &str, list: &str) {
    let paths: Vec<ListEntry> = ListReader::new(&golden(&format!("{list}.lst"))[..]).collect::<Result<_, _>>().unwrap();
    let mut writer = ImageRecordWriter::new(RecordFiles { rec: Vec::new(), idx: Vec::new(), lst: Vec::new() });
    for (record, line) in records(&format!("{base}.rec")).iter().zip(paths) {
        let (header, body) = ImageHeader::unpack(record).unwrap();
        assert_eq!(header.id, line.id);
        writer.write(&header, &line.path, body).unwrap();
    }
    let files = writer.finish().unwrap();
    assert!(files.rec == golden(&format!("{base}.rec")), "{base}.rec");
    assert_eq!(files.idx, golden(&format!("{base}.idx")), "{base}.idx");
    assert_eq!(String::from_utf8(files.lst).unwrap(), String::from_utf8(golden(&format!("{list}.lst"))).unwrap(), "{base}: {list}.lst");
}

#[test]
fn pictures_with_labels() {
    let expected = expected();
    for base in ["cls_pass", "cls_q95", "cls_r32", "cls_png", "cls_gray", "multi", "det25p", "det46p"] {
        let rows = expected[base]["records"].as_array().unwrap();
        let records = records(&format!("{base}.rec"));
        assert_eq!(rows.len(), records.len());
        for (record, row) in records.iter().zip(rows) {
            let (header, body) = ImageHeader::unpack(record).unwrap();
            assert_eq!((&row["id"], &row["label"]), (&header.id.into(), &label_value(&header.labels)), "{base}");
            assert_eq!(row["body_sha256"], hex(&Sha256::digest(body)), "{base}");
            let flag = match &header.labels {
                Labels::One(_) => 0,
                Labels::Many(labels) => labels.len(),
            };
            assert_eq!(row["flag"], flag, "{base}");
            if let Some(length) = row.get("body_len") {
                assert_eq!((length, &row["body_head"]), (&body.len().into(), &hex(&body[..4]).into()), "{base}");
            }
        }
        assert_eq!(expected[base]["idx"], String::from_utf8(golden(&format!("{base}.idx"))).unwrap());
        assert_written_alike(base, true);
        // The five of one label were packed with the same list.
        assert_set_written_alike(base, if base.starts_with("cls") { "cls_pass" } else { base });
    }
}

#[test]
fn pictures_that_hold_the_magic_word() {
    let expected = expected();
    for (i, record) in records("img_magic.rec").iter().enumerate() {
        let (header, body) = ImageHeader::unpack(record).unwrap();
        assert_eq!((header.id, header.labels), (i as u64, Labels::One(i as f32)));
        assert_eq!(expected["img_magic"]["body_sha256"][i % 2], hex(&Sha256::digest(body)));
    }
    assert_eq!(expected["img_magic"]["idx"], String::from_utf8(golden("img_magic.idx")).unwrap());
    assert_written_alike("img_magic", true);
}

#[test]
fn pictures_and_masks_side_by_side() {
    let images = records("seg_image.rec");
    let masks = records("seg_mask.rec");
    assert_eq!(images.len(), masks.len());
    for (i, (image, mask)) in images.iter().zip(&masks).enumerate() {
        let ((image, picture), (mask, png)) = (ImageHeader::unpack(image).unwrap(), ImageHeader::unpack(mask).unwrap());
        assert_eq!((image.id, mask.id), (i as u64, i as u64));
        assert_eq!(expected()["cls_pass"]["records"][i]["body_sha256"], hex(&Sha256::digest(picture)));
        assert_eq!(png, golden(&format!("masks/{i}.png")));
        let size = [(64, 48), (60, 44), (40, 70), (64, 48)][i];
        let MaskPng::Classes(ClassMap { width, height, classes }) = read_mask_png(png, MAX_MASK_PIXELS).unwrap() else {
            panic!("masks are 8-bit")
        };
        assert_eq!((width, height), size);
        assert!(classes.iter().all(|&class| class <= 3) && classes.iter().any(|&class| class > 0));
    }
    // The first mask is one rectangle.
    let MaskPng::Classes(first) = read_mask_png(&golden("masks/0.png"), MAX_MASK_PIXELS).unwrap() else { panic!("masks are 8-bit") };
    assert_eq!(first.mask_of(1).unwrap().bounds().map(|b| (b.left, b.top, b.right, b.bottom)), Some((8, 6, 40, 30)));
    assert_eq!(first.mask_of(1).unwrap().area(), 32 * 24);
    assert_written_alike("seg_image", true);
    assert_written_alike("seg_mask", true);
}

#[test]
fn lists() {
    let expected = expected();
    for name in
        ["lst_rec", "lst_shuf", "lst_chunk_0.lst", "lst_chunk_1.lst", "lst_split_test.lst", "lst_split_train.lst", "lst_split_val.lst"]
    {
        let file = golden(&format!("{}.lst", name.trim_end_matches(".lst")));
        assert_eq!(expected[name], String::from_utf8(file.clone()).unwrap());
        let mut again = Vec::new();
        for line in ListReader::new(&file[..]) {
            line.unwrap().write(&mut again).unwrap();
        }
        assert_eq!(again, file, "{name}");
    }
    for base in ["cls_pass", "multi", "det25p", "det46p"] {
        let rows = ListReader::new(&golden(&format!("{base}.lst"))[..]).collect::<Result<Vec<_>, _>>().unwrap();
        for (row, record) in rows.iter().zip(expected[base]["records"].as_array().unwrap()) {
            let as_stored: Vec<f64> = row.labels.iter().map(|&label| f64::from(label as f32)).collect();
            let labels = record["label"].as_array().cloned().unwrap_or_else(|| vec![record["label"].clone()]);
            assert_eq!(Value::from(as_stored), Value::Array(labels), "{base}");
        }
    }
}

/// The labels of image records at these places.
fn labels_at(name: &str, offsets: impl IntoIterator<Item = u64>) -> Value {
    let mut reader = RecordReader::new(Cursor::new(golden(name)));
    let mut label = |offset| label_value(&ImageHeader::unpack(&reader.read_at(offset).unwrap()).unwrap().0.labels);
    offsets.into_iter().map(&mut label).collect()
}

#[test]
fn parts_are_cut_where_mxnet_cuts_them() {
    let expected = expected();
    let index = index("cls_png.idx");
    let (mut by_count, mut by_bytes) = (Vec::new(), Vec::new());
    for part in 0..2 {
        let part = PartOf::new(part, 2).unwrap();
        by_count.push(labels_at("cls_png.rec", part.by_count(&index)));
        let range = part.by_bytes(&mut Cursor::new(golden("cls_png.rec"))).unwrap();
        let offsets = index.entries().iter().map(|entry| entry.offset).filter(|offset| range.contains(offset));
        by_bytes.push(labels_at("cls_png.rec", offsets));
    }
    assert_eq!(expected["parts_idx_True"], Value::Array(by_count));
    assert_eq!(expected["parts_idx_False"], Value::Array(by_bytes));
}

#[test]
fn lost_indices_are_made_anew() {
    for base in ["cls_q95", "cls_png", "irheader", "multi", "seg_mask", "raw_pad", "img_magic"] {
        let mut text = Vec::new();
        rebuild_index(&golden(&format!("{base}.rec"))[..], Keys::Numbers).unwrap().write(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), String::from_utf8(golden(&format!("{base}.idx"))).unwrap(), "{base}");
    }
}

#[test]
fn a_list_of_new_labels_in_any_order() {
    let file = golden("relabel.lst");
    let rows = ListReader::new(&file[..]).collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [3, 2, 1, 0]);
    let mut again = Vec::new();
    rows.iter().for_each(|row| row.write(&mut again).unwrap());
    assert_eq!(again, file);
}

#[test]
fn messages_of_sagemaker_are_made_byte_for_byte() {
    let mut messages: Vec<DataRecord> =
        (0u8..3).map(|i| DataRecord::vector(vec![f32::from(i) + 0.5, f32::from(i) * 2.0, 0.0 - f32::from(i)], f32::from(i))).collect();
    messages.push(DataRecord {
        features: [("image".to_owned(), SageValue::file(golden("src/cat/a.jpg"), "image/jpeg"))].into(),
        label: [("mask".to_owned(), SageValue::file(golden("masks/0.png"), "image/png"))].into(),
        uid: Some("0".to_owned()),
        ..DataRecord::default()
    });
    let mut writer = RecordWriter::new(Vec::new());
    for message in &messages {
        writer.write(&message.encode()).unwrap();
    }
    assert!(writer.finish().unwrap() == golden("sagemaker_pb.rec"));
    let read: Vec<DataRecord> = records("sagemaker_pb.rec").iter().map(|record| DataRecord::decode(record).unwrap()).collect();
    assert_eq!(read, messages);
}

#[test]
fn records_of_other_payloads() {
    let expected = expected();
    let records = records("sagemaker_pb.rec");
    for (record, message) in records.iter().zip(expected["sagemaker_pb"]["messages"].as_array().unwrap()) {
        let digest = format!("sha256:{}", hex(&Sha256::digest(record)));
        assert!(message == &hex(record) || message == &digest);
    }
    assert_written_alike("sagemaker_pb", false);
}
