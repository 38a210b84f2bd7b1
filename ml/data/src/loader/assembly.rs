//! How one batch is made.

use std::sync::Arc;

use rayon::ThreadPool;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};

use super::error::{LoadError, OptionsError};
use super::options::{LoaderOptions, OnFailure};
use super::order::{Order, Pick, Plan};

/// Makes batches whose items are filled in by several threads at once, each in a part of its own.
pub trait Assembly: Send + Sync + 'static {
    type Batch: Send + 'static;
    /// The part of a batch that belongs to one item.
    type Slot<'a>: Send
    where
        Self: 'a;
    type Error: std::error::Error + Send + 'static;

    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A batch for so many items.
    fn start(&self, items: usize) -> Self::Batch;

    /// Its parts, one for each item.
    fn slots<'a>(&'a self, batch: &'a mut Self::Batch) -> Vec<Self::Slot<'a>>;

    /// Loads an item into its part.
    ///
    /// # Errors
    /// The item can't be had; others may be.
    fn fill(&self, slot: Self::Slot<'_>, pick: Pick) -> Result<(), Self::Error>;

    /// Ends a batch, and closes the gaps in it.
    fn finish(&self, batch: &mut Self::Batch, filled: &Filled);
}

/// What became of the parts of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// How many parts were asked for.
    pub parts: usize,
    /// Parts without an item, rising, because it could not be had.
    pub missing: Vec<usize>,
    /// How many of the last parts hold items of the epoch's beginning.
    pub pad: usize,
}

/// A batch, and the items that were left out of it.
pub(super) type Made<A> = (<A as Assembly>::Batch, Vec<(Pick, <A as Assembly>::Error)>);

/// Threads, order and assembly together.
#[derive(Debug)]
pub(crate) struct Engine<A> {
    pub assembly: A,
    pub order: Order,
    pub prefetch: usize,
    on_failure: OnFailure,
    pool: ThreadPool,
}

impl<A: Assembly> Engine<A> {
    pub fn new(assembly: A, options: &LoaderOptions) -> Result<Arc<Self>, OptionsError> {
        options.check()?;
        let name = |i| format!("loader-{i}");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).thread_name(name).build()?;
        let order = options.order(assembly.len());
        Ok(Arc::new(Self { assembly, order, prefetch: options.prefetch.max(1), on_failure: options.on_failure, pool }))
    }

    /// Makes a batch on the threads, and tells which items had to be left out.
    pub fn batch(&self, plan: &Plan, number: usize) -> Result<Made<A>, LoadError<A::Error>> {
        let planned = plan.batch(number);
        let picks: Vec<Pick> = planned.picks.iter().copied().chain(plan.fill(planned.pad)).collect();
        let mut batch = self.assembly.start(picks.len());
        let results: Vec<Result<(), A::Error>> = self.pool.install(|| {
            let slots = self.assembly.slots(&mut batch);
            slots.into_par_iter().zip(picks.par_iter()).with_max_len(1).map(|(slot, &pick)| self.assembly.fill(slot, pick)).collect()
        });
        let (mut missing, mut skipped) = (Vec::new(), Vec::new());
        for ((slot, pick), result) in picks.iter().enumerate().zip(results) {
            let Err(source) = result else { continue };
            if self.on_failure == OnFailure::Fail {
                return Err(LoadError::Item { epoch: pick.epoch, index: pick.index, source });
            }
            missing.push(slot);
            skipped.push((*pick, source));
        }
        self.assembly.finish(&mut batch, &Filled { parts: picks.len(), missing, pad: planned.pad });
        Ok((batch, skipped))
    }
}
