//! The loader from outside: order, rules for the last batch, shards, bounded memory, failures.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions here")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use labelwright_data::DataLoader;
use labelwright_data::loader::{Batcher, Filled, LastBatch, LoadError, LoaderOptions, OnFailure, OptionsError, Pick, Shard, Source};
use proptest::prelude::*;

/// Numbers; some of them can't be had, one makes its thread panic.
struct Numbers {
    len: usize,
    bad: Vec<usize>,
    panics: Option<usize>,
    loaded: Arc<AtomicUsize>,
}

#[derive(Debug, thiserror::Error)]
#[error("the number is bad")]
struct Bad;

impl Source for Numbers {
    type Item = Pick;
    type Error = Bad;

    fn len(&self) -> usize {
        self.len
    }

    fn load(&self, pick: Pick) -> Result<Pick, Bad> {
        self.loaded.fetch_add(1, Ordering::SeqCst);
        assert!(self.panics != Some(pick.index), "a defect");
        // Some take longer than others, so that they are not ready in order.
        std::thread::sleep(Duration::from_micros((pick.index * 37 % 11) as u64 * 50));
        if self.bad.contains(&pick.index) { Err(Bad) } else { Ok(pick) }
    }
}

/// Picks in a row.
struct Rows;

impl Batcher<Pick> for Rows {
    type Batch = (Vec<Option<Pick>>, usize);
    type Slot<'a> = &'a mut Option<Pick>;

    fn start(&self, items: usize) -> Self::Batch {
        (vec![None; items], 0)
    }

    fn slots<'a>(&'a self, batch: &'a mut Self::Batch) -> Vec<Self::Slot<'a>> {
        batch.0.iter_mut().collect()
    }

    fn put(&self, slot: Self::Slot<'_>, item: Pick) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        *slot = Some(item);
        Ok(())
    }

    fn finish(&self, batch: &mut Self::Batch, filled: &Filled) {
        assert_eq!(batch.0.len(), filled.parts);
        batch.0.retain(Option::is_some);
        batch.1 = filled.pad;
    }
}

fn numbers(len: usize) -> Numbers {
    Numbers { len, bad: Vec::new(), panics: None, loaded: Arc::default() }
}

fn options(batch_size: usize, last_batch: LastBatch) -> LoaderOptions {
    LoaderOptions { batch_size, last_batch, threads: 2, prefetch: 2, ..LoaderOptions::default() }
}

fn epoch(loader: &DataLoader<Numbers, Rows>, epoch: u64) -> Vec<Vec<usize>> {
    let batches = loader.epoch(epoch).map(|made| made.unwrap().batch.0);
    batches.map(|batch| batch.into_iter().map(|pick| pick.unwrap().index).collect()).collect()
}

#[test]
fn rules_for_the_last_batch() {
    let loader = |last| DataLoader::new(numbers(5), Rows, options(2, last)).unwrap();
    assert_eq!(epoch(&loader(LastBatch::Keep), 1), [vec![0, 1], vec![2, 3], vec![4]]);
    assert_eq!(epoch(&loader(LastBatch::Discard), 1), [[0, 1], [2, 3]]);
    assert_eq!(epoch(&loader(LastBatch::Wrap), 1), [[0, 1], [2, 3], [4, 0]]);
    let pads: Vec<usize> = loader(LastBatch::Wrap).epoch(0).map(|made| made.unwrap().batch.1).collect();
    assert_eq!(pads, [0, 0, 1]);
    let roll = loader(LastBatch::Rollover);
    assert_eq!(epoch(&roll, 0), [[0, 1], [2, 3]]);
    assert_eq!(epoch(&roll, 1), [[4, 0], [1, 2], [3, 4]]);
    assert_eq!(epoch(&roll, 2), [[0, 1], [2, 3]]);
    assert_eq!((roll.batches(0), roll.batches(1)), (2, 3));
    // What was rolled over keeps the randomness of its own epoch.
    let first = roll.epoch(1).next().unwrap().unwrap().batch.0;
    assert_eq!(first, [Some(Pick { epoch: 0, index: 4 }), Some(Pick { epoch: 1, index: 0 })]);
    // A set smaller than a batch fills one over several epochs, and wraps more than once.
    let small = DataLoader::new(numbers(2), Rows, options(5, LastBatch::Rollover)).unwrap();
    assert_eq!((0..3).map(|e| epoch(&small, e)).collect::<Vec<_>>(), [vec![], vec![], vec![vec![0, 1, 0, 1, 0]]]);
    let small = DataLoader::new(numbers(2), Rows, options(5, LastBatch::Wrap)).unwrap();
    assert_eq!(epoch(&small, 0), [[0, 1, 0, 1, 0]]);
    assert!(epoch(&DataLoader::new(numbers(0), Rows, options(5, LastBatch::Wrap)).unwrap(), 0).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn shards_cover_everything_once(len in 0usize..40, count in 1usize..6, batch_size in 1usize..7, seed: Option<u64>, number in 0u64..4) {
        let mut seen = Vec::new();
        for index in 0..count {
            let options = LoaderOptions { shuffle: seed, shard: Shard { index, count }, ..options(batch_size, LastBatch::Keep) };
            let loader = DataLoader::new(numbers(len), Rows, options).unwrap();
            let batches = epoch(&loader, number);
            prop_assert_eq!(batches.len(), loader.batches(number));
            seen.extend(batches.concat());
        }
        seen.sort_unstable();
        prop_assert_eq!(seen, (0..len).collect::<Vec<_>>());
    }

    #[test]
    fn rollover_loses_nothing(len in 1usize..20, batch_size in 1usize..9, seed: Option<u64>) {
        let loader = DataLoader::new(numbers(len), Rows, LoaderOptions { shuffle: seed, ..options(batch_size, LastBatch::Rollover) }).unwrap();
        let all: Vec<usize> = (0..6).flat_map(|number| epoch(&loader, number)).flatten().collect();
        prop_assert_eq!(all.len(), 6 * len / batch_size * batch_size);
        for number in 0..all.len() / len {
            let mut one = all[number * len..(number + 1) * len].to_vec();
            one.sort_unstable();
            prop_assert_eq!(one, (0..len).collect::<Vec<_>>());
        }
    }
}

#[test]
fn no_more_is_loaded_ahead_than_allowed() {
    let numbers = numbers(100);
    let loaded = Arc::clone(&numbers.loaded);
    let loader = DataLoader::new(numbers, Rows, LoaderOptions { prefetch: 3, ..options(4, LastBatch::Keep) }).unwrap();
    let mut batches = loader.epoch(0);
    for taken in 1..=5 {
        batches.next().unwrap().unwrap();
        std::thread::sleep(Duration::from_millis(30));
        assert!(batches.ready() <= 3);
        assert!(loaded.load(Ordering::SeqCst) <= (taken + 3) * 4);
    }
    // An epoch that is left early stops.
    drop(batches);
    let stopped = loaded.load(Ordering::SeqCst);
    std::thread::sleep(Duration::from_millis(30));
    assert_eq!(loaded.load(Ordering::SeqCst), stopped);
    assert!(stopped < 40);
}

#[test]
fn failures_end_an_epoch_or_are_told() {
    let bad = || Numbers { bad: vec![3, 4], ..numbers(7) };
    let mut batches = DataLoader::new(bad(), Rows, options(2, LastBatch::Keep)).unwrap().epoch(0);
    assert!(batches.next().unwrap().is_ok());
    let error = batches.next().unwrap().unwrap_err();
    assert!(matches!(error, LoadError::Item { epoch: 0, index: 3, .. }), "{error}");
    assert!(batches.next().is_none());
    let skip = LoaderOptions { on_failure: OnFailure::Skip, ..options(2, LastBatch::Keep) };
    let made: Vec<_> = DataLoader::new(bad(), Rows, skip).unwrap().epoch(0).map(Result::unwrap).collect();
    let told: Vec<_> = made.iter().map(|made| (made.batch.0.len(), made.skipped.iter().map(|(pick, _)| pick.index).collect())).collect();
    assert_eq!(told, [(2, vec![]), (1, vec![3]), (1, vec![4]), (1, vec![])]);
}

#[test]
fn a_defect_in_a_thread_is_an_error() {
    let mut batches = DataLoader::new(Numbers { panics: Some(2), ..numbers(7) }, Rows, options(2, LastBatch::Keep)).unwrap().epoch(0);
    assert!(batches.next().unwrap().is_ok());
    assert!(matches!(batches.next(), Some(Err(LoadError::Panicked { number: 1 }))));
    assert!(batches.next().is_none());
}

#[test]
fn options_that_make_no_sense_are_told() {
    let make = |options| DataLoader::new(numbers(3), Rows, options).map(|_| ()).unwrap_err();
    assert!(matches!(make(options(0, LastBatch::Keep)), OptionsError::BatchSize));
    let shard = Shard { index: 2, count: 2 };
    assert!(matches!(make(LoaderOptions { shard, ..options(1, LastBatch::Keep) }), OptionsError::Shard { index: 2, count: 2 }));
    assert!(matches!(make(LoaderOptions { threads: 5000, ..options(1, LastBatch::Keep) }), OptionsError::Threads { .. }));
}
