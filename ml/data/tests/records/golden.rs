//! Batches without randomness are MXNet's.

use labelwright_data::record_iter::{Dtype, ImageBatch};
use labelwright_data::{ImageRecordIter, ImageRecordParameters};

use crate::files::{golden, npy, parameters};

pub fn first(parameters: ImageRecordParameters) -> ImageBatch {
    ImageRecordIter::new(parameters).unwrap().epoch(0).next().unwrap().unwrap()
}

fn values(batch: &ImageBatch) -> Vec<f32> {
    match (batch.data().as_f32(), batch.data().as_u8()) {
        (Some(data), _) => data.to_vec(),
        (_, Some(data)) => data.iter().map(|&v| f32::from(v)).collect(),
        _ => unreachable!(),
    }
}

fn assert_near(name: &str, parameters: ImageRecordParameters, tolerance: f32) -> ImageBatch {
    let batch = first(parameters);
    let (ours, theirs) = (values(&batch), npy(name));
    assert_eq!(ours.len(), theirs.len(), "{name}");
    let worst = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= tolerance, "{name}: {worst}");
    assert_eq!((batch.pad, batch.len()), (0, 4));
    batch
}

fn bytes(rec: &str, shape: [u32; 3]) -> ImageRecordParameters {
    ImageRecordParameters { dtype: Dtype::Uint8, ..parameters(golden(rec), shape, 4) }
}

#[test]
fn pixels_of_png_are_the_same() {
    let batch = assert_near("iter_u8_center.npy", bytes("cls_png.rec", [3, 24, 24]), 0.0);
    assert_eq!((&batch.label[..], &batch.index[..]), (&[0.0, 0.0, 1.0, 1.0][..], &[0, 1, 2, 3][..]));
    let resized = ImageRecordParameters { resize: 20, ..bytes("cls_png.rec", [3, 16, 16]) };
    assert_near("iter_u8_resize_center.npy", resized, 0.0);
}

#[test]
fn normalised_values_are_the_same() {
    let norm = ImageRecordParameters {
        mean_r: 123.675,
        mean_g: 116.28,
        mean_b: 103.53,
        std_r: 58.395,
        std_g: 57.12,
        std_b: 57.375,
        ..parameters(golden("cls_png.rec"), [3, 16, 16], 4)
    };
    assert_near("iter_f32_norm.npy", norm, 1e-6);
    let mirrored = ImageRecordParameters { mirror: true, scale: 1.0 / 255.0, ..parameters(golden("cls_png.rec"), [3, 16, 16], 4) };
    assert_near("iter_f32_mirror.npy", mirrored, 1e-7);
}

#[test]
fn pixels_of_jpeg_are_within_two_levels_nearly_everywhere() {
    // The decoders round colours between blocks differently: libjpeg-turbo up and down in turn, zune-jpeg in two steps.
    let batch = assert_near("iter_u8_jpeg.npy", bytes("cls_pass.rec", [3, 40, 40]), 4.0);
    let theirs = npy("iter_u8_jpeg.npy");
    let beyond = values(&batch).iter().zip(&theirs).filter(|(a, b)| (**a - **b).abs() > 2.0).count();
    assert!(beyond * 500 < theirs.len(), "{beyond} of {}", theirs.len());
}

#[test]
fn a_cache_changes_nothing() {
    for epoch in 0..2 {
        let parameters = ImageRecordParameters { resize: 20, cache_bytes: 1 << 20, ..bytes("cls_png.rec", [3, 16, 16]) };
        let iter = ImageRecordIter::new(parameters).unwrap();
        iter.epoch(0).for_each(drop);
        assert!(iter.cached_bytes() > 0);
        let batch = iter.epoch(epoch).next().unwrap().unwrap();
        assert_eq!(values(&batch), npy("iter_u8_resize_center.npy"));
    }
}

#[test]
fn a_list_gives_new_labels() {
    let relabelled = ImageRecordParameters { path_imglist: Some(golden("relabel.lst")), ..bytes("cls_png.rec", [3, 8, 8]) };
    let batch = assert_near("iter_relabel.npy", relabelled, 0.0);
    assert_eq!(batch.label, [10.0, 11.0, 12.0, 13.0]);
}

#[test]
fn several_labels_a_picture() {
    let batch = first(ImageRecordParameters { label_width: 3, ..parameters(golden("multi.rec"), [3, 24, 24], 4) });
    assert_eq!(batch.label[3..9], [1.0, 0.5, -1.0, 2.0, 1.0, -2.0]);
    let error = ImageRecordIter::new(parameters(golden("multi.rec"), [3, 24, 24], 4)).unwrap().epoch(0).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("3 labels"), "{error}");
}

#[test]
fn records_in_several_pieces_are_whole() {
    let batch = first(bytes("img_magic.rec", [3, 40, 40]));
    let data = batch.data().as_u8().unwrap();
    assert!(data.chunks_exact(3 * 40 * 40).all(|picture| picture == &data[..3 * 40 * 40]));
}

fn labels(parameters: ImageRecordParameters) -> Vec<(Vec<f32>, usize)> {
    let iter = ImageRecordIter::new(parameters).unwrap();
    iter.epoch(0).map(|batch| batch.map(|batch| (batch.label.clone(), batch.pad)).unwrap()).collect()
}

#[test]
fn the_last_batch_wraps_as_in_mxnet_or_is_short_in_truth() {
    let three = parameters(golden("cls_png.rec"), [3, 24, 24], 3);
    let wrapped = [(vec![0.0, 0.0, 1.0], 0), (vec![1.0, 0.0, 0.0], 2)];
    assert_eq!(labels(three.clone()), wrapped);
    let short = labels(ImageRecordParameters { round_batch: false, ..three.clone() });
    assert_eq!(short, [(vec![0.0, 0.0, 1.0], 0), (vec![1.0, 0.0, 0.0], 2)]);
    // The rows that hold nothing are black, not what an earlier batch left there.
    let iter = ImageRecordIter::new(ImageRecordParameters { round_batch: false, ..three.clone() }).unwrap();
    for epoch in 0..3 {
        let last = iter.epoch(epoch).last().unwrap().unwrap();
        assert_eq!((last.pad, last.len(), &last.index[..]), (2, 1, &[3, 0, 0][..]));
        let data = last.data().as_f32().unwrap();
        assert!(data[..3 * 24 * 24].iter().any(|&v| v > 0.0) && data[3 * 24 * 24..].iter().all(|&v| v == 0.0));
    }
    // Every epoch wraps alike, and none makes the next one shorter.
    let iter = ImageRecordIter::new(three).unwrap();
    for epoch in 0..3 {
        let batches: Vec<_> = iter.epoch(epoch).map(|batch| batch.map(|b| (b.label.clone(), b.pad)).unwrap()).collect();
        assert_eq!(batches, wrapped);
    }
}

#[test]
fn parts_are_mxnets() {
    let part = |part_index, idx: bool| -> Vec<f32> {
        let path_imgidx = idx.then(|| golden("cls_png.idx"));
        let one = ImageRecordParameters { num_parts: 2, part_index, path_imgidx, ..parameters(golden("cls_png.rec"), [3, 24, 24], 1) };
        labels(one).into_iter().flat_map(|(labels, _)| labels).collect()
    };
    assert_eq!((part(0, false), part(1, false)), (vec![0.0, 0.0, 1.0], vec![1.0]));
    assert_eq!((part(0, true), part(1, true)), (vec![0.0, 0.0], vec![1.0, 1.0]));
}
