//! Files for tests: those of MXNet, and small ones that are made here.

use std::fs;
use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat, RgbImage};
use labelwright_data::ImageRecordParameters;
use labelwright_dataset::formats::recordio::{ImageHeader, RecordWriter};

pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/mxnet").join(name)
}

/// The values of an `.npy` file of bytes or 32-bit floats.
pub fn npy(name: &str) -> Vec<f32> {
    let bytes = fs::read(golden(name)).unwrap();
    assert_eq!(&bytes[..6], b"\x93NUMPY");
    let header = u16::from_le_bytes([bytes[8], bytes[9]]) as usize;
    let (text, values) = (String::from_utf8_lossy(&bytes[10..10 + header]), &bytes[10 + header..]);
    if text.contains("|u1") {
        return values.iter().map(|&v| f32::from(v)).collect();
    }
    assert!(text.contains("<f4"), "{text}");
    values.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

pub fn parameters(rec: impl AsRef<Path>, shape: [u32; 3], batch_size: usize) -> ImageRecordParameters {
    let path_imgrec = rec.as_ref().to_owned();
    ImageRecordParameters { path_imgrec, data_shape: shape, batch_size, preprocess_threads: 2, ..ImageRecordParameters::default() }
}

pub fn png(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture.clone()).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Writes a `.rec` of records with those headers and pictures.
pub fn write_rec(path: &Path, records: &[(ImageHeader, Vec<u8>)]) {
    let mut writer = RecordWriter::new(fs::File::create(path).unwrap());
    for (header, picture) in records {
        let mut record = Vec::new();
        header.pack(picture, &mut record);
        writer.write(&record).unwrap();
    }
    writer.finish().unwrap();
}

/// A picture whose pixels all differ from their neighbours.
pub fn picture(seed: u32, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let wave = |k: u32| (128.0 + 100.0 * f64::from(x * k + y * (5 - k) + seed * 7).sin()) as u8;
        image::Rgb([wave(1), wave(2), wave(3)])
    })
}

/// A `.rec` of so many pictures, with their numbers as ids and labels.
pub fn numbered(folder: &Path, count: u32) -> PathBuf {
    let path = folder.join("set.rec");
    let records: Vec<_> =
        (0..count).map(|i| (ImageHeader::one(u64::from(i), i as f32), png(&picture(i, 20 + i % 5, 16 + i % 3)))).collect();
    write_rec(&path, &records);
    path
}
