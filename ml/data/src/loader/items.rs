//! Items of a source, put into batches.

use std::error::Error;
use std::sync::Arc;

use super::assembly::{Assembly, Engine, Filled};
use super::epoch::Epoch;
use super::error::OptionsError;
use super::options::LoaderOptions;
use super::order::Pick;

/// What a loader asks for items, from several threads at once. A set with a transformation is one.
pub trait Source: Send + Sync + 'static {
    type Item: Send;
    type Error: Error + Send + 'static;

    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// An item as it is in that epoch. The same pick must give the same item, so whatever is random about it is drawn by both numbers.
    ///
    /// # Errors
    /// The item can't be had; others may be.
    fn load(&self, pick: Pick) -> Result<Self::Item, Self::Error>;
}

/// Puts items into batches: each into a part of its own, by the thread that loaded it.
pub trait Batcher<I>: Send + Sync + 'static {
    type Batch: Send + 'static;
    /// The part of a batch that belongs to one item.
    type Slot<'a>: Send
    where
        Self: 'a;

    /// A batch for so many items.
    fn start(&self, items: usize) -> Self::Batch;

    /// Its parts, one for each item.
    fn slots<'a>(&'a self, batch: &'a mut Self::Batch) -> Vec<Self::Slot<'a>>;

    /// Puts an item into its part.
    ///
    /// # Errors
    /// The item does not fit, say because it has another size.
    fn put(&self, slot: Self::Slot<'_>, item: I) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Ends a batch: takes the parts out that have no item.
    fn finish(&self, batch: &mut Self::Batch, filled: &Filled);
}

/// Why an item is not in a batch.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded<E: Error + 'static> {
    #[error(transparent)]
    Source(E),
    #[error("it does not fit into the batch: {0}")]
    Batch(Box<dyn Error + Send + Sync>),
}

/// Items and batcher as the threads see them.
#[derive(Debug)]
pub struct Items<S, B> {
    source: S,
    batcher: B,
}

impl<S: Source, B: Batcher<S::Item>> Assembly for Items<S, B> {
    type Batch = B::Batch;
    type Slot<'a> = B::Slot<'a>;
    type Error = NotLoaded<S::Error>;

    fn len(&self) -> usize {
        self.source.len()
    }

    fn start(&self, items: usize) -> B::Batch {
        self.batcher.start(items)
    }

    fn slots<'a>(&'a self, batch: &'a mut B::Batch) -> Vec<B::Slot<'a>> {
        self.batcher.slots(batch)
    }

    fn fill(&self, slot: B::Slot<'_>, pick: Pick) -> Result<(), Self::Error> {
        let item = self.source.load(pick).map_err(NotLoaded::Source)?;
        self.batcher.put(slot, item).map_err(NotLoaded::Batch)
    }

    fn finish(&self, batch: &mut B::Batch, filled: &Filled) {
        self.batcher.finish(batch, filled);
    }
}

/// Batches of a source, epoch by epoch.
#[derive(Debug)]
pub struct DataLoader<S, B> {
    engine: Arc<Engine<Items<S, B>>>,
}

impl<S: Source, B: Batcher<S::Item>> DataLoader<S, B> {
    /// Starts the threads of a loader.
    ///
    /// # Errors
    /// An option makes no sense, or threads can't be started.
    pub fn new(source: S, batcher: B, options: LoaderOptions) -> Result<Self, OptionsError> {
        Ok(Self { engine: Engine::new(Items { source, batcher }, &options)? })
    }

    /// How many batches that epoch has.
    #[must_use]
    pub fn batches(&self, epoch: u64) -> usize {
        self.engine.order.batches(epoch)
    }

    /// What items come from.
    pub fn source(&self) -> &S {
        &self.engine.assembly.source
    }

    /// The batches of an epoch, in order. Epochs may be asked for in any order, and again.
    pub fn epoch(&self, epoch: u64) -> Epoch<Items<S, B>> {
        Epoch::start(&self.engine, epoch)
    }
}
