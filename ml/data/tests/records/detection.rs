//! Boxes: MXNet's labels, and boxes that follow what happens to their pictures.

use image::{Rgb, RgbImage};
use labelwright_data::ImageRecordParameters;
use labelwright_data::record_iter::{DetectionParameters, EmitMode, ImageBatch, ImageDetRecordIter, ResizeMode};
use labelwright_dataset::formats::recordio::ImageHeader;

use crate::files::{golden, parameters, png, write_rec};

fn batches(parameters: ImageRecordParameters, detection: DetectionParameters, epochs: u64) -> Vec<ImageBatch> {
    let iter = ImageDetRecordIter::new(parameters, detection).unwrap();
    (0..epochs).flat_map(|epoch| iter.epoch(epoch).map(Result::unwrap)).collect()
}

#[test]
fn labels_are_mxnets() {
    let text = std::fs::read_to_string(golden("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    for name in ["det25p", "det46p"] {
        let batch = &batches(parameters(golden(&format!("{name}.rec")), [3, 32, 32], 4), DetectionParameters::default(), 1)[0];
        let theirs: Vec<f32> = expected[name]["ImageDetRecordIter_label"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|row| row.as_array().unwrap().iter().map(|v| v.as_f64().unwrap() as f32))
            .collect();
        assert_eq!(batch.label, theirs, "{name}");
        assert_eq!(batch.label_width, theirs.len() / 4);
    }
}

/// Pictures of one white box on blue, with the box in their labels.
fn white_boxes(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("boxes.rec");
    let records: Vec<_> = (0..6u32)
        .map(|i| {
            let (w, h) = (80 + 8 * i, 60 + 5 * i);
            let [l, t, r, b] = [10 + 3 * i, 12 + i, 50 + 4 * i, 45 + 2 * i];
            let inside = |x, y| (l..r).contains(&x) && (t..b).contains(&y);
            let picture = RgbImage::from_fn(w, h, |x, y| if inside(x, y) { Rgb([255; 3]) } else { Rgb([0, 0, 200]) });
            let share = |v: u32, of: u32| v as f32 / of as f32;
            let label = vec![2.0, 5.0, 7.0, share(l, w), share(t, h), share(r, w), share(b, h)];
            (ImageHeader::many(u64::from(i), label), png(&picture))
        })
        .collect();
    write_rec(&path, &records);
    path
}

/// The box around what is white in the red plane, as shares.
fn seen(batch: &ImageBatch, row: usize, side: usize) -> Option<[f32; 4]> {
    let plane = &batch.data().as_f32().unwrap()[row * 3 * side * side..][..side * side];
    let white = |i: &usize| plane[*i] > 127.0;
    let places: Vec<[usize; 2]> = (0..side * side).filter(white).map(|i| [i % side, i / side]).collect();
    let bound = |i: usize| (places.iter().map(|p| p[i]).min(), places.iter().map(|p| p[i]).max());
    let ((l, r), (t, b)) = (bound(0), bound(1));
    Some([l?, t?, r? + 1, b? + 1].map(|v| v as f32 / side as f32))
}

#[test]
fn boxes_follow_crops_borders_and_mirrors() {
    let folder = tempfile::tempdir().unwrap();
    let rec = white_boxes(folder.path());
    let detection = DetectionParameters {
        rand_crop_prob: 0.7,
        min_crop_scales: 0.4,
        min_crop_aspect_ratios: 0.6,
        max_crop_aspect_ratios: 1.6,
        rand_pad_prob: 0.5,
        max_pad_scale: 2.0,
        rand_mirror_prob: 0.5,
        crop_emit_mode: EmitMode::Overlap,
        ..DetectionParameters::default()
    };
    let side = 96;
    let base = ImageRecordParameters { fill_value: 0, seed: 5, ..parameters(rec, [3, side, side], 3) };
    let (mut whole, mut moved) = (0, 0);
    for batch in batches(base, detection, 20) {
        for row in 0..batch.len() {
            let label = &batch.label[row * batch.label_width..][..batch.label_width];
            assert_eq!((label[0], label[1], label[2]), (3.0, side as f32, side as f32));
            if label[3] == 2.0 {
                continue;
            }
            assert_eq!((label[3], label[6]), (7.0, 7.0));
            let found = seen(&batch, row, side as usize).unwrap();
            let off = found.iter().zip(&label[7..11]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(off <= 2.0 / side as f32, "{found:?} {label:?}");
            whole += 1;
            moved += usize::from((label[7] - 10.0 / 80.0).abs() > 0.05);
        }
    }
    assert!(whole > 100 && moved > 40, "{whole} {moved}");
}

#[test]
fn smaller_pictures_say_their_size() {
    let folder = tempfile::tempdir().unwrap();
    let rec = white_boxes(folder.path());
    for (mode, columns) in [(ResizeMode::Fit, 160.0), (ResizeMode::Shrink, 80.0), (ResizeMode::Force, 160.0)] {
        let detection = DetectionParameters { resize_mode: mode, ..DetectionParameters::default() };
        let batch = &batches(parameters(&rec, [3, 160, 160], 6), detection, 1)[0];
        assert_eq!(batch.label[2], columns, "{mode:?}");
        let rows = batch.label[1] as usize;
        assert_eq!(rows, if mode == ResizeMode::Force { 160 } else { (columns * 0.75) as usize });
        let blue = &batch.data().as_f32().unwrap()[2 * 160 * 160..3 * 160 * 160];
        assert!(blue[..columns as usize].iter().all(|&v| v == 200.0));
        assert!(blue[rows * 160..].iter().all(|&v| v == 0.0));
    }
}

#[test]
fn labels_that_make_no_sense_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bad.rec");
    let picture = png(&RgbImage::new(8, 8));
    for label in [vec![1.0, 5.0], vec![2.0, 4.0], vec![9.0, 5.0, 0.0], vec![2.0, 5.0, 1.0], vec![f32::NAN, 5.0]] {
        write_rec(&path, &[(ImageHeader::many(1, label), picture.clone())]);
        let iter = ImageDetRecordIter::new(parameters(&path, [3, 8, 8], 1), DetectionParameters::default()).unwrap();
        let error = iter.epoch(0).next().unwrap().unwrap_err();
        assert!(error.to_string().contains("boxes can't be understood"), "{error}");
    }
    // Pictures without boxes: a header alone, and the placeholder.
    for label in [vec![2.0, 5.0], vec![2.0, 5.0, -1.0, 0.0, 0.0, 0.0, 0.0]] {
        write_rec(&path, &[(ImageHeader::many(1, label), picture.clone())]);
        let batch = &batches(parameters(&path, [3, 8, 8], 1), DetectionParameters::default(), 1)[0];
        assert_eq!(batch.label[..6], [3.0, 8.0, 8.0, 2.0, 2.0, 5.0]);
    }
}
