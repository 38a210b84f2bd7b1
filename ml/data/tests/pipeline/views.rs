//! Sets made of sets, and a set with a transformation.

use std::sync::atomic::{AtomicUsize, Ordering};

use labelwright_data::sample::Sample;
use labelwright_data::source::{DataSet, DataSetExt, ItemProblem, MemorySet, Shares, SourceError};
use labelwright_data::transform::batch::{SegmentationBatch, SegmentationBatcher};
use labelwright_data::transform::{Chain, Pipeline};
use labelwright_data::{DataLoader, LoaderOptions};
use labelwright_dataset::Subset;

use crate::support::{picture, sample, schema};

fn set(count: usize) -> MemorySet {
    let samples = (0..count).map(|i| Sample { id: format!("{i}.png"), ..sample(20 + i as u32 % 3, 20) });
    MemorySet::new(schema(&["cat"]), samples.collect())
}

fn names(set: &impl DataSet) -> Vec<String> {
    (0..set.len()).map(|i| set.name(i).unwrap().into_owned()).collect()
}

#[test]
fn views_have_the_items_they_were_asked_for() {
    assert_eq!(names(&set(9).take(2)), ["0.png", "1.png"]);
    assert_eq!(names(&set(3).subset_at(vec![2, 0, 2]).unwrap()), ["2.png", "0.png", "2.png"]);
    assert!(matches!(set(3).subset_at(vec![3]), Err(SourceError::NoItem { index: 3, len: 3 })));
    assert_eq!(names(&set(5).filter(|i, name| i > 2 && name.ends_with("png")).unwrap()), ["3.png", "4.png"]);
    let shuffled = set(50).shuffled(1);
    assert_ne!(names(&shuffled), names(&set(50)));
    assert_eq!(names(&shuffled), names(&set(50).shuffled(1)));
    assert_eq!(shuffled.item(7).unwrap().id, names(&shuffled)[7]);
    let both = set(2).concat(set(3)).unwrap();
    assert_eq!(names(&both), ["0.png", "1.png", "0.png", "1.png", "2.png"]);
    assert_eq!(both.item(4).unwrap().id, "2.png");
    assert!(both.item(5).is_err());
    let other = MemorySet::new(schema(&["dog"]), Vec::new());
    assert!(matches!(set(1).concat(other), Err(SourceError::ClassesDiffer(_))));
}

#[test]
fn splits_share_nothing_and_stay_when_others_come() {
    let shares = Shares { validation: 0.2, test: 0.1 };
    let of = |count: usize, subset| names(&set(count).split(subset, shares, 5).unwrap());
    let parts = [Subset::Train, Subset::Validation, Subset::Test].map(|subset| of(200, subset));
    let mut all = parts.concat();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 200);
    assert!(parts.iter().all(|part| part.len() > 8));
    let earlier = of(100, Subset::Validation);
    assert!(earlier.iter().all(|name| parts[1].contains(name)));
}

#[test]
fn a_cache_asks_once_and_holds_its_limit() {
    let asked = AtomicUsize::new(0);
    let counting = set(6).map(|_, sample| {
        asked.fetch_add(1, Ordering::Relaxed);
        Ok(sample)
    });
    let cached = counting.cached(5000);
    let first: Vec<_> = (0..6).map(|i| cached.item(i).unwrap()).collect();
    let second: Vec<_> = (0..6).map(|i| cached.item(i).unwrap()).collect();
    assert_eq!(first, second);
    let (items, bytes) = cached.kept();
    assert!(items > 0 && items < 6 && bytes <= 5000, "{items} items, {bytes} bytes");
    assert_eq!(asked.load(Ordering::Relaxed), 12 - items);
}

#[test]
fn a_pipeline_is_the_same_on_every_thread_and_tells_the_item_that_fails() {
    let chain: Chain = serde_json::from_str(
        r#"[{"kind": "random_crop", "size": 16}, {"kind": "copy_paste", "p": 0.5}, {"kind": "mixup", "p": 0.5}, {"kind": "color_jitter", "hue": 0.1}]"#,
    )
    .unwrap();
    let pipeline = Pipeline::new(set(12), chain, 9);
    let alone: Vec<_> = (0..12).map(|i| pipeline.sample(3, i).unwrap()).collect();
    std::thread::scope(|scope| {
        for start in [5, 11] {
            let (pipeline, alone) = (&pipeline, &alone);
            scope.spawn(move || {
                for i in (0..12).map(|i| (i * 7 + start) % 12) {
                    assert_eq!(pipeline.sample(3, i).unwrap(), alone[i]);
                }
            });
        }
    });
    assert!((0..12).any(|i| pipeline.sample(4, i).unwrap() != alone[i]));

    let mut wrong = set(2).item(1).unwrap();
    wrong.picture = picture(5, 5);
    let broken = MemorySet::new(schema(&[]), vec![set(1).item(0).unwrap(), wrong]);
    let pipeline = Pipeline::new(broken, Chain::gluoncv_val(8).unwrap(), 0);
    let error = pipeline.sample(0, 1).unwrap_err();
    assert!(matches!(error.problem, ItemProblem::Transform(_)) && error.index == 1 && error.name == "1.png", "{error}");
}

#[test]
fn a_loader_fills_the_same_batches_as_one_thread() {
    let chain = Chain::gluoncv_train(30, 24).unwrap();
    let batcher = SegmentationBatcher::of(&chain).unwrap();
    let alone = Pipeline::new(set(7), chain.clone(), 4);
    let options = LoaderOptions { batch_size: 3, threads: 3, ..LoaderOptions::default() };
    let loader = DataLoader::new(Pipeline::new(set(7), chain.clone(), 4), batcher, options).unwrap();
    for epoch in [0, 1] {
        let batches: Vec<_> = loader.epoch(epoch).map(|loaded| loaded.unwrap().batch).collect();
        assert_eq!(batches.len(), 3);
        for (batch, first) in batches.iter().zip([0, 3, 6]) {
            let samples: Vec<_> = (first..(first + 3).min(7)).map(|i| alone.sample(epoch, i).unwrap()).collect();
            assert_eq!(*batch, SegmentationBatch::new(&samples, &chain.normalize(), [24, 24]).unwrap());
        }
    }
}
