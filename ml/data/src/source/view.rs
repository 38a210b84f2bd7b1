//! Some items of a set, in any order.

use std::borrow::Cow;

use labelwright_dataset::{Schema, Subset};

use super::{DataSet, ItemError, ItemProblem, SourceError};
use crate::sample::Sample;

/// Items of another set, by a list of their numbers.
#[derive(Clone, Debug)]
pub struct View<S> {
    set: S,
    indices: Vec<usize>,
}

impl<S: DataSet> View<S> {
    /// The items with those numbers, in that order.
    ///
    /// # Errors
    /// The set has no such item.
    pub fn new(set: S, indices: Vec<usize>) -> Result<Self, SourceError> {
        let len = set.len();
        match indices.iter().find(|&&index| index >= len) {
            Some(&index) => Err(SourceError::NoItem { index, len }),
            None => Ok(Self { set, indices }),
        }
    }

    pub(super) fn of_known(set: S, indices: Vec<usize>) -> Self {
        Self { set, indices }
    }

    pub(super) fn filtered(set: S, mut keep: impl FnMut(usize, &str) -> bool) -> Result<Self, ItemError> {
        let mut indices = Vec::new();
        for index in 0..set.len() {
            if keep(index, &set.name(index)?) {
                indices.push(index);
            }
        }
        Ok(Self { set, indices })
    }

    /// The numbers that the items have in the set behind.
    #[must_use]
    pub fn indices(&self) -> &[usize] {
        &self.indices
    }

    fn at(&self, index: usize) -> Result<usize, ItemError> {
        let missing = || ItemProblem::Missing { len: self.indices.len() }.at(index, "");
        self.indices.get(index).copied().ok_or_else(missing)
    }
}

impl<S: DataSet> DataSet for View<S> {
    fn len(&self) -> usize {
        self.indices.len()
    }

    fn schema(&self) -> &Schema {
        self.set.schema()
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        self.set.name(self.at(index)?)
    }

    fn subset(&self, index: usize) -> Option<Subset> {
        self.set.subset(*self.indices.get(index)?)
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        self.set.item(self.at(index)?)
    }
}
