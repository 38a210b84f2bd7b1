//! Sets one after the other, and sets whose items are changed.

use std::borrow::Cow;

use labelwright_dataset::{Schema, Subset};

use super::{DataSet, ItemError, SourceError};
use crate::sample::Sample;

/// The items of one set and then those of another.
#[derive(Clone, Debug)]
pub struct Concat<A, B> {
    first: A,
    second: B,
}

impl<A: DataSet, B: DataSet> Concat<A, B> {
    /// Both sets must have the same names for the same class numbers; colours may differ.
    ///
    /// # Errors
    /// They have not.
    pub fn new(first: A, second: B) -> Result<Self, SourceError> {
        let classes = |schema: &Schema| {
            let mut classes: Vec<(u8, String)> = schema.classes.iter().map(|class| (class.index, class.name.clone())).collect();
            classes.sort_unstable();
            classes
        };
        let (one, other) = (classes(first.schema()), classes(second.schema()));
        let differs = one.iter().zip(&other).find(|(a, b)| a != b);
        match differs {
            Some((a, b)) => Err(SourceError::ClassesDiffer(format!("{} is '{}' here and {} is '{}' there", a.0, a.1, b.0, b.1))),
            None if one.len() != other.len() => Err(SourceError::ClassesDiffer(format!("{} here and {} there", one.len(), other.len()))),
            None => Ok(Self { first, second }),
        }
    }
}

impl<A: DataSet, B: DataSet> DataSet for Concat<A, B> {
    fn len(&self) -> usize {
        self.first.len() + self.second.len()
    }

    fn schema(&self) -> &Schema {
        self.first.schema()
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        match index.checked_sub(self.first.len()) {
            Some(index) => self.second.name(index),
            None => self.first.name(index),
        }
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        match index.checked_sub(self.first.len()) {
            Some(index) => self.second.subset(index),
            None => self.first.subset(index),
        }
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        match index.checked_sub(self.first.len()) {
            Some(index) => self.second.item(index),
            None => self.first.item(index),
        }
    }
}

/// A set whose items go through a function.
#[derive(Clone, Debug)]
pub struct Map<S, F> {
    set: S,
    change: F,
}

impl<S: DataSet, F: Fn(usize, Sample) -> Result<Sample, ItemError> + Send + Sync> Map<S, F> {
    /// `change` is given an item's number and the item.
    pub fn new(set: S, change: F) -> Self {
        Self { set, change }
    }
}

impl<S: DataSet, F: Fn(usize, Sample) -> Result<Sample, ItemError> + Send + Sync> DataSet for Map<S, F> {
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
        (self.change)(index, self.set.item(index)?)
    }
}
