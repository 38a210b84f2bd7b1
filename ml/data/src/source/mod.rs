//! Sets of labeled pictures: how many there are, what their classes are, and each of them by its number.
//!
//! | set | reads |
//! | --- | --- |
//! | [`FolderSet`] | `images/` and `masks/`, or one folder a class |
//! | [`RecordSet`] | a `.rec` of MXNet by its index: pictures with numbers, boxes, or masks in a second file |
//! | [`ExchangeSet`] | whatever a [`DatasetReader`](labelwright_dataset::exchange::DatasetReader) reads: COCO, VOC, Cityscapes, YOLO, … |
//! | [`MemorySet`] | samples that are there already |
//!
//! [`View`] and the functions of [`DataSetExt`] make a set of another: some of its items, in another order, changed, kept in memory.

mod cached;
mod combine;
mod error;
mod exchange;
mod files;
mod folder;
mod memory;
mod record;
mod split;
mod view;

use std::borrow::Cow;

use labelwright_dataset::{Schema, Subset};

use crate::sample::Sample;

pub use cached::Cached;
pub use combine::{Concat, Map};
pub use error::{ItemError, ItemProblem, SourceError};
pub use exchange::{ExchangeSet, target};
pub use files::{Limits, Parts};
pub use folder::FolderSet;
pub use memory::MemorySet;
pub use record::{RecordLabels, RecordSet};
pub use split::{Shares, subset_of};
pub use view::View;

/// A set of labeled pictures. Items are numbered from 0; the same number always gives the same item. Pictures are decoded when they are
/// asked for, by any number of threads at once.
pub trait DataSet: Send + Sync {
    /// How many items there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The classes that masks, outlines and boxes speak of.
    fn schema(&self) -> &Schema;

    /// What the set calls an item, known without decoding it: a file name or a key, unique in the set.
    ///
    /// # Errors
    /// There is no such item.
    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError>;

    /// What the item is for, where the set says so.
    fn subset(&self, index: usize) -> Option<Subset> {
        let _ = index;
        None
    }

    /// Reads and decodes an item.
    ///
    /// # Errors
    /// There is no such item, or it can't be read; others may be fine.
    fn item(&self, index: usize) -> Result<Sample, ItemError>;
}

impl<S: DataSet + ?Sized> DataSet for std::sync::Arc<S> {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn schema(&self) -> &Schema {
        (**self).schema()
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        (**self).name(index)
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        (**self).subset(index)
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        (**self).item(index)
    }
}

impl<S: DataSet + ?Sized> DataSet for Box<S> {
    fn len(&self) -> usize {
        (**self).len()
    }

    fn schema(&self) -> &Schema {
        (**self).schema()
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        (**self).name(index)
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        (**self).subset(index)
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        (**self).item(index)
    }
}

/// Sets made of sets.
pub trait DataSetExt: DataSet + Sized {
    /// Those items, in that order; numbers may come twice.
    ///
    /// # Errors
    /// There is no item of such a number.
    fn subset_at(self, indices: Vec<usize>) -> Result<View<Self>, SourceError> {
        View::new(self, indices)
    }

    /// The first items, at most `count`.
    fn take(self, count: usize) -> View<Self> {
        let count = count.min(self.len());
        View::of_known(self, (0..count).collect())
    }

    /// All items in a random order, the same for the same seed.
    fn shuffled(self, seed: u64) -> View<Self> {
        let order = split::shuffled(self.len(), seed);
        View::of_known(self, order)
    }

    /// The items whose number and name `keep` likes. Nothing is decoded for it.
    ///
    /// # Errors
    /// An item has no name.
    fn filter(self, keep: impl FnMut(usize, &str) -> bool) -> Result<View<Self>, ItemError> {
        View::filtered(self, keep)
    }

    /// The items of one subset: as the set itself says, else by a hash of seed and name, so that an item stays where it is when others come
    /// or go.
    ///
    /// # Errors
    /// An item has no name.
    fn split(self, subset: Subset, shares: Shares, seed: u64) -> Result<View<Self>, ItemError> {
        let mut indices = Vec::new();
        for index in 0..self.len() {
            let of = match self.subset(index) {
                Some(subset) => subset,
                None => subset_of(&self.name(index)?, shares, seed),
            };
            if of == subset {
                indices.push(index);
            }
        }
        Ok(View::of_known(self, indices))
    }

    /// This set's items and then the other's. Both must have the same classes.
    ///
    /// # Errors
    /// They have not.
    fn concat<O: DataSet>(self, other: O) -> Result<Concat<Self, O>, SourceError> {
        Concat::new(self, other)
    }

    /// Every item changed by a function.
    fn map<F: Fn(usize, Sample) -> Result<Sample, ItemError> + Send + Sync>(self, change: F) -> Map<Self, F> {
        Map::new(self, change)
    }

    /// Decoded items are kept in memory up to so many bytes; later ones are decoded each time.
    fn cached(self, bytes: usize) -> Cached<Self> {
        Cached::new(self, bytes)
    }
}

impl<S: DataSet + Sized> DataSetExt for S {}
