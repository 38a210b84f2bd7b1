//! Order, parts, and independence of threads.

use std::collections::BTreeSet;

use labelwright_data::record_iter::Data;
use labelwright_data::{ImageRecordIter, ImageRecordParameters};

use crate::files::{numbered, parameters};

/// All that can be random, switched on.
fn lively(rec: &std::path::Path) -> ImageRecordParameters {
    ImageRecordParameters {
        resize: 18,
        rand_crop: true,
        rand_mirror: true,
        shuffle: true,
        max_rotate_angle: 20,
        max_aspect_ratio: 0.2,
        max_shear_ratio: 0.1,
        max_random_scale: 1.2,
        min_random_scale: 0.8,
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.2,
        pca_noise: 0.1,
        random_h: 20,
        random_s: 30,
        random_l: 30,
        max_random_contrast: 0.1,
        max_random_illumination: 5.0,
        inter_method: 10,
        seed: 9,
        ..parameters(rec, [3, 14, 15], 4)
    }
}

fn all(parameters: ImageRecordParameters, epoch: u64) -> Vec<(Data, Vec<u64>, usize)> {
    let iter = ImageRecordIter::new(parameters).unwrap();
    iter.epoch(epoch).map(|batch| batch.map(|b| (b.data().clone(), b.index.clone(), b.pad)).unwrap()).collect()
}

#[test]
fn threads_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 23);
    let with = |preprocess_threads, prefetch_buffer, epoch| {
        all(ImageRecordParameters { preprocess_threads, prefetch_buffer, ..lively(&rec) }, epoch)
    };
    for epoch in [0, 3] {
        let one = with(1, 1, epoch);
        assert_eq!(one.len(), 6);
        assert_eq!(one, with(2, 4, epoch));
        assert_eq!(one, with(4, 2, epoch));
    }
    assert_ne!(with(1, 1, 0), with(1, 1, 1));
    assert_ne!(with(1, 1, 0), all(ImageRecordParameters { seed: 10, ..lively(&rec) }, 0));
}

#[test]
fn every_number_is_finite() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 23);
    for epoch in 0..10 {
        for (data, _, _) in all(lively(&rec), epoch) {
            let Data::F32(data) = data else { unreachable!() };
            assert!(data.iter().all(|v| v.is_finite() && (-30.0..300.0).contains(v)));
        }
    }
}

#[test]
fn a_seed_orders_an_epoch() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 23);
    let order = |seed, epoch| -> Vec<u64> {
        let batches = all(ImageRecordParameters { shuffle: true, seed, ..parameters(&rec, [3, 12, 12], 4) }, epoch);
        batches.into_iter().flat_map(|(_, index, pad)| index[..4 - pad].to_vec()).collect()
    };
    let first = order(1, 0);
    assert_eq!(first.iter().copied().collect::<BTreeSet<u64>>(), (0..23).collect());
    assert_eq!(first, order(1, 0));
    assert!(first != order(1, 1) && first != order(2, 0) && first != (0..23).collect::<Vec<_>>());
}

#[test]
fn parts_cover_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 23);
    for num_parts in [1, 2, 3, 7] {
        let mut seen = Vec::new();
        for part_index in 0..num_parts {
            let part = ImageRecordParameters { num_parts, part_index, shuffle: true, ..parameters(&rec, [3, 12, 12], 1) };
            seen.extend(all(part, 2).into_iter().flat_map(|(_, index, _)| index));
        }
        seen.sort_unstable();
        assert_eq!(seen, (0..23).collect::<Vec<_>>(), "{num_parts}");
    }
}

#[test]
fn a_cache_keeps_to_its_limit_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let rec = numbered(folder.path(), 23);
    let lively = ImageRecordParameters { inter_method: 1, ..lively(&rec) };
    let limit = 10_000;
    let iter = ImageRecordIter::new(ImageRecordParameters { cache_bytes: limit, ..lively.clone() }).unwrap();
    for epoch in 0..3 {
        let cached: Vec<_> = iter.epoch(epoch).map(|b| b.map(|b| (b.data().clone(), b.index.clone(), b.pad)).unwrap()).collect();
        assert_eq!(cached, all(lively.clone(), epoch));
        assert!(iter.cached_bytes() <= limit && iter.cached_bytes() > limit / 2, "{}", iter.cached_bytes());
    }
}
