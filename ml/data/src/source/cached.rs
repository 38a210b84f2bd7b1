//! Decoded items kept in memory.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use labelwright_dataset::{Schema, Subset};

use super::{DataSet, ItemError};
use crate::sample::{Sample, Target};

/// Keeps the items that are decoded first until the memory that is given to it is full. Nothing is thrown out for another: an epoch asks for
/// every item once, so keeping the latest would keep nothing that is asked for again soon.
#[derive(Debug)]
pub struct Cached<S> {
    set: S,
    limit: usize,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    bytes: usize,
    samples: HashMap<usize, Arc<Sample>>,
}

impl<S: DataSet> Cached<S> {
    /// Keeps up to `limit` bytes.
    pub fn new(set: S, limit: usize) -> Self {
        Self { set, limit, kept: RwLock::default() }
    }

    /// How many items are kept, and their bytes.
    #[must_use]
    pub fn kept(&self) -> (usize, usize) {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        (kept.samples.len(), kept.bytes)
    }
}

impl<S: DataSet> DataSet for Cached<S> {
    fn len(&self) -> usize {
        self.set.len()
    }

    fn schema(&self) -> &Schema {
        self.set.schema()
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        self.set.name(index)
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        self.set.subset(index)
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        let found = self.kept.read().unwrap_or_else(PoisonError::into_inner).samples.get(&index).cloned();
        if let Some(sample) = found {
            return Ok((*sample).clone());
        }
        let sample = self.set.item(index)?;
        let bytes = size_of(&sample);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes.saturating_add(bytes) <= self.limit && !kept.samples.contains_key(&index) {
            kept.bytes += bytes;
            kept.samples.insert(index, Arc::new(sample.clone()));
        }
        Ok(sample)
    }
}

/// Bytes that a sample takes, nearly.
fn size_of(sample: &Sample) -> usize {
    let of_target = |target: &Target| {
        let maps = target.mask.as_ref().map_or(0, |m| m.classes.len()) + target.instances.as_ref().map_or(0, |m| 2 * m.numbers.len());
        let outlines: usize = target.outlines.iter().map(|outline| 64 + 16 * outline.polygon.points()).sum();
        maps + outlines + 96 * target.boxes.len() + 4 * target.labels.len()
    };
    let mixed = sample.mixed.as_ref().map_or(0, |mixed| of_target(&mixed.target));
    std::mem::size_of::<Sample>() + sample.id.len() + sample.picture.pixels().len() + of_target(&sample.target) + mixed
}
