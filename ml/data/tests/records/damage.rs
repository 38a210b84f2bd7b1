//! Damaged files and pictures are told, or left out where that is wished.

use std::fs;

use labelwright_data::record_iter::{Data, OpenError};
use labelwright_data::{ImageRecordIter, ImageRecordParameters};
use labelwright_dataset::formats::recordio::ImageHeader;

use crate::files::{golden, numbered, parameters, picture, png, write_rec};

fn with_damage(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("damaged.rec");
    let jpeg = fs::read(golden("cls_pass.rec")).unwrap()[8 + 24..1388].to_vec();
    let records: Vec<_> = (0..7u64)
        .map(|i| {
            let whole = png(&picture(i as u32, 20, 20));
            let bytes = match i {
                2 => whole[..whole.len() / 2].to_vec(),
                3 => jpeg[..jpeg.len() / 2].to_vec(),
                5 => b"no picture at all".to_vec(),
                _ => whole,
            };
            (ImageHeader::one(i, i as f32), bytes)
        })
        .collect();
    write_rec(&path, &records);
    path
}

#[test]
fn an_epoch_ends_with_a_damaged_picture() {
    let folder = tempfile::tempdir().unwrap();
    let rec = with_damage(folder.path());
    let iter = ImageRecordIter::new(parameters(&rec, [3, 12, 12], 2)).unwrap();
    let batches: Vec<_> = iter.epoch(0).collect();
    assert_eq!(batches.len(), 2);
    let error = batches[1].as_ref().unwrap_err().to_string();
    assert!(error.starts_with("item 2 can't be loaded in epoch 0: the picture can't be decoded"), "{error}");
}

#[test]
fn damaged_pictures_are_left_out_where_that_is_wished() {
    let folder = tempfile::tempdir().unwrap();
    let rec = with_damage(folder.path());
    let iter = ImageRecordIter::new(ImageRecordParameters { skip_damaged: true, ..parameters(&rec, [3, 12, 12], 4) }).unwrap();
    let batches: Vec<_> = iter.epoch(0).map(Result::unwrap).collect();
    let told: Vec<_> =
        batches.iter().map(|b| (b.index.clone(), b.pad, b.skipped.iter().map(|(pick, _)| pick.index).collect::<Vec<_>>())).collect();
    assert_eq!(told[0], (vec![0, 1, 0, 0], 2, vec![2, 3]));
    // Records 4, 6 and the 0 that fills the batch.
    assert_eq!(told[1], (vec![4, 6, 0, 0], 2, vec![5]));
    let clean = ImageRecordIter::new(parameters(&rec, [3, 12, 12], 1)).unwrap().epoch(0).next().unwrap().unwrap();
    let (Data::F32(clean), Data::F32(batch)) = (clean.data(), batches[1].data()) else { unreachable!() };
    assert_eq!(&batch[2 * 432..3 * 432], &clean[..]);
    assert!(batch[3 * 432..].iter().all(|&v| v == 0.0));
}

#[test]
fn pictures_that_are_too_large_are_refused_before_they_are_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.rec");
    // A PNG of 100 megapixels in a few kilobytes, and a JPEG that says so too.
    let mut bomb = Vec::new();
    let mut encoder = png::Encoder::new(&mut bomb, 10_000, 10_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&vec![0; 1250 * 10_000]).unwrap();
    let mut jpeg = fs::read(golden("cls_pass.rec")).unwrap()[8 + 24..1388].to_vec();
    let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    for bytes in [bomb, jpeg] {
        write_rec(&path, &[(ImageHeader::one(0, 0.0), bytes)]);
        let iter = ImageRecordIter::new(parameters(&path, [3, 12, 12], 1)).unwrap();
        let error = iter.epoch(0).next().unwrap().unwrap_err().to_string();
        assert!(error.contains("at most 67108864 pixels are decoded"), "{error}");
    }
}

#[test]
fn a_cut_file_is_told_when_it_is_opened_or_read() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 5);
    let bytes = fs::read(&rec).unwrap();
    fs::write(&rec, &bytes[..bytes.len() - 40]).unwrap();
    let iter = ImageRecordIter::new(parameters(&rec, [3, 12, 12], 1)).unwrap();
    assert!(iter.epoch(0).last().unwrap().unwrap_err().to_string().contains("cut off"));
    let mut flipped = bytes.clone();
    flipped[0] ^= 1;
    fs::write(&rec, &flipped).unwrap();
    assert!(matches!(ImageRecordIter::new(parameters(&rec, [3, 12, 12], 1)), Err(OpenError::Record { .. })));
    fs::write(&rec, b"").unwrap();
    assert!(matches!(ImageRecordIter::new(parameters(&rec, [3, 12, 12], 1)), Err(OpenError::Empty { .. })));
    assert!(matches!(ImageRecordIter::new(parameters("nowhere.rec", [3, 12, 12], 1)), Err(OpenError::Io { .. })));
    // An index that leads beyond the end.
    fs::write(&rec, &bytes).unwrap();
    let idx = folder.path().join("set.idx");
    fs::write(&idx, format!("0\t0\n1\t{}\n", u64::MAX)).unwrap();
    let iter = ImageRecordIter::new(ImageRecordParameters { path_imgidx: Some(idx), ..parameters(&rec, [3, 12, 12], 1) }).unwrap();
    assert_eq!(iter.epoch(0).filter(Result::is_err).count(), 1);
}

#[test]
fn parameters_that_make_no_sense_are_told_by_name() {
    let good = || parameters(golden("cls_png.rec"), [3, 12, 12], 1);
    let bad = [
        ("data_shape", ImageRecordParameters { data_shape: [2, 12, 12], ..good() }),
        ("data_shape", ImageRecordParameters { batch_size: 0, ..good() }),
        ("part_index", ImageRecordParameters { part_index: 1, ..good() }),
        ("std_r, std_g, std_b", ImageRecordParameters { std_g: 0.0, ..good() }),
        ("inter_method", ImageRecordParameters { inter_method: 5, ..good() }),
        ("min_random_scale, max_random_scale", ImageRecordParameters { min_random_scale: 2.0, ..good() }),
        ("min_random_scale, max_random_scale", ImageRecordParameters { max_random_scale: f32::NAN, ..good() }),
        ("random_h, random_s, random_l", ImageRecordParameters { random_h: 181, ..good() }),
    ];
    for (wanted, parameters) in bad {
        let Err(OpenError::Parameter { name, .. }) = ImageRecordIter::new(parameters) else { panic!("{wanted} was taken") };
        assert_eq!(name, wanted);
    }
    assert!(toml::from_str::<ImageRecordParameters>("path_imgrec = 'a.rec'\nrand_corp = true").is_err());
    let read: ImageRecordParameters = toml::from_str("path_imgrec = 'a.rec'\ndtype = 'uint8'\nrand_crop = true").unwrap();
    assert!(read.rand_crop && read.scale == 1.0);
}
