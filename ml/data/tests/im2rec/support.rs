//! What the tests share.

use std::fs;
use std::path::{Path, PathBuf};

use labelwright_data::im2rec::{PackOptions, Packed, pack_list};
use labelwright_dataset::formats::recordio::{ImageHeader, RecordReader};

/// A file that MXNet or its im2rec.py wrote.
pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mxnet").join(name)
}

/// The records of a file: header and picture.
pub fn records(path: &Path) -> Vec<(ImageHeader, Vec<u8>)> {
    let bytes = fs::read(path).unwrap();
    let split = |record: Vec<u8>| ImageHeader::unpack(&record).map(|(header, picture)| (header, picture.to_vec())).unwrap();
    RecordReader::new(&bytes[..]).map(|record| split(record.unwrap())).collect()
}

/// Packs a list beside itself with the golden pictures; says how often each picture was left out, and why.
pub fn pack(list: &Path, root: &Path, options: &PackOptions) -> (Packed, Vec<String>) {
    let mut said = Vec::new();
    let packed = pack_list(list, root, options, |event| said.extend(in_words(&event))).unwrap();
    (packed, said)
}

/// What an event says that a person would see.
pub fn in_words(event: &labelwright_data::im2rec::Event<'_>) -> Option<String> {
    use labelwright_data::im2rec::Event;
    match event {
        Event::Written => None,
        Event::LeftOut { id, path, why } => Some(format!("{id} {path}: {why}")),
        Event::BadLine(error) => Some(error.to_string()),
    }
}
