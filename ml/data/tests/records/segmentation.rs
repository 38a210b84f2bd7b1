//! Masks follow their pictures.

use image::{Rgb, RgbImage};
use labelwright_data::ImageRecordParameters;
use labelwright_data::record_iter::{Dtype, SegmentationRecordIter};
use labelwright_dataset::formats::png_masks::png_gray8;
use labelwright_dataset::formats::recordio::ImageHeader;

use crate::files::{golden, parameters, png, write_rec};

#[test]
fn without_changes_the_mask_is_the_files() {
    let shape = [3, 44, 40];
    let iter = SegmentationRecordIter::new(parameters(golden("seg_image.rec"), shape, 4), &golden("seg_mask.rec")).unwrap();
    let batch = iter.epoch(0).next().unwrap().unwrap();
    let file = std::fs::read(golden("masks/0.png")).unwrap();
    let mask = image::load_from_memory(&file).unwrap().into_luma8();
    for y in 0..44 {
        for x in 0..40 {
            // The centre of 64×48.
            assert_eq!(batch.mask[(y * 40 + x) as usize], mask.get_pixel(x + 12, y + 2).0[0]);
        }
    }
}

/// Pictures whose red is the class of a pixel times 20, in large areas; and their masks.
fn painted(folder: &std::path::Path) -> [std::path::PathBuf; 2] {
    let paths = ["image.rec", "mask.rec"].map(|name| folder.join(name));
    let class = |i: u32, x: u32, y: u32| 1 + (x / 23 + 2 * (y / 19) + i) % 11;
    let pictures: Vec<_> = (0..5u32)
        .map(|i| {
            let picture = RgbImage::from_fn(120 + i * 9, 90 + i * 14, |x, y| Rgb([class(i, x, y) as u8 * 20, 0, 0]));
            (ImageHeader::one(u64::from(i), 0.0), png(&picture))
        })
        .collect();
    let masks: Vec<_> = (0..5u32)
        .rev()
        .map(|i| {
            let (w, h) = (120 + i * 9, 90 + i * 14);
            let classes: Vec<u8> = (0..w * h).map(|at| class(i, at % w, at / w) as u8).collect();
            (ImageHeader::one(u64::from(i), 0.0), png_gray8(w, h, &classes).unwrap())
        })
        .collect();
    write_rec(&paths[0], &pictures);
    write_rec(&paths[1], &masks);
    paths
}

#[test]
fn masks_follow_every_change_of_place() {
    let folder = tempfile::tempdir().unwrap();
    let [images, masks] = painted(folder.path());
    let base = ImageRecordParameters {
        dtype: Dtype::Uint8,
        fill_value: 255,
        rand_crop: true,
        rand_mirror: true,
        ..parameters(images, [3, 64, 72], 2)
    };
    let cases = [
        base.clone(),
        ImageRecordParameters { resize: 80, ..base.clone() },
        ImageRecordParameters { resize: 100, max_rotate_angle: 25, min_random_scale: 0.6, max_random_scale: 1.6, ..base.clone() },
        ImageRecordParameters { max_shear_ratio: 0.2, max_aspect_ratio: 0.3, ..base.clone() },
        ImageRecordParameters { resize: 40, pad: 6, ..base.clone() },
        ImageRecordParameters { random_resized_crop: true, min_random_area: 0.3, max_aspect_ratio: 1.4, ..base.clone() },
        ImageRecordParameters { min_crop_size: 40, max_crop_size: 80, ..base.clone() },
        ImageRecordParameters { resize: 90, max_rotate_angle: 12, cache_bytes: 1 << 22, ..base },
    ];
    for (number, case) in cases.into_iter().enumerate() {
        let iter = SegmentationRecordIter::new(ImageRecordParameters { seed: number as u64, ..case }, &masks).unwrap();
        let (mut same, mut all) = (0, 0);
        for epoch in 0..4 {
            for batch in iter.epoch(epoch) {
                let batch = batch.unwrap();
                let (data, plane) = (batch.data().as_u8().unwrap(), 64 * 72);
                for row in 0..batch.len() {
                    let mask = &batch.mask[row * plane..][..plane];
                    for i in 0..plane {
                        // Between two classes the picture has mixed colours.
                        let (x, y) = (i % 72, i / 72);
                        let inside = (1..71).contains(&x) && (1..63).contains(&y);
                        if !inside || [0, 1, 2, 72, 74, 144, 145, 146].iter().any(|around| mask[i + around - 73] != mask[i]) {
                            continue;
                        }
                        let (class, red) = (batch.mask[row * plane + i], data[row * 3 * plane + i]);
                        let painted = if class == 255 { 255 } else { class * 20 };
                        same += i32::from(red.abs_diff(painted) <= 1);
                        all += 1;
                    }
                }
            }
        }
        let share = f64::from(same) / f64::from(all);
        // A pixel that was shrunk and enlarged again is mixed from further away.
        assert!(all > 50_000 && share > 0.985, "case {number}: {share} of {all}");
    }
}

#[test]
fn missing_and_wrong_masks_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let [images, _] = painted(folder.path());
    let wrong = folder.path().join("wrong.rec");
    write_rec(&wrong, &[(ImageHeader::one(0, 0.0), png_gray8(2, 2, &[0; 4]).unwrap())]);
    let iter = SegmentationRecordIter::new(parameters(&images, [3, 64, 64], 1), &wrong).unwrap();
    let error = iter.epoch(0).next().unwrap().unwrap_err();
    assert!(error.to_string().contains("its mask 2×2"), "{error}");
    write_rec(&wrong, &[(ImageHeader::one(77, 0.0), Vec::new())]);
    let iter = SegmentationRecordIter::new(parameters(&images, [3, 64, 64], 1), &wrong).unwrap();
    assert!(iter.epoch(0).next().unwrap().unwrap_err().to_string().contains("no mask"));
}
