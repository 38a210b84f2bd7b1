//! What a loader is told.

use super::error::OptionsError;
use super::order::{LastBatch, Order, Shard};

/// What happens when an item can't be had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// The epoch ends with the error.
    #[default]
    Fail,
    /// The batch comes without the item and tells the error.
    Skip,
}

/// How a loader works. Results depend on the first five only.
#[derive(Clone, Copy, Debug)]
pub struct LoaderOptions {
    pub batch_size: usize,
    /// The seed that items are shuffled by, each epoch anew; without it they keep their order.
    pub shuffle: Option<u64>,
    pub last_batch: LastBatch,
    pub shard: Shard,
    pub on_failure: OnFailure,
    /// Threads that load items; 0 for as many as the machine has cores.
    pub threads: usize,
    /// How many batches may be ready or in work before they are asked for; at least 1.
    pub prefetch: usize,
}

impl Default for LoaderOptions {
    fn default() -> Self {
        Self {
            batch_size: 1,
            shuffle: None,
            last_batch: LastBatch::Keep,
            shard: Shard::WHOLE,
            on_failure: OnFailure::Fail,
            threads: 0,
            prefetch: 4,
        }
    }
}

/// More threads than any machine has use for.
const MOST_THREADS: usize = 1024;

impl LoaderOptions {
    pub(super) fn check(&self) -> Result<(), OptionsError> {
        if self.batch_size == 0 {
            return Err(OptionsError::BatchSize);
        }
        if self.shard.index >= self.shard.count {
            return Err(OptionsError::Shard { index: self.shard.index, count: self.shard.count });
        }
        if self.threads > MOST_THREADS {
            return Err(OptionsError::Threads { threads: self.threads, most: MOST_THREADS });
        }
        Ok(())
    }

    pub(super) fn order(&self, len: usize) -> Order {
        Order { len, batch_size: self.batch_size, shuffle: self.shuffle, shard: self.shard, last: self.last_batch }
    }
}
