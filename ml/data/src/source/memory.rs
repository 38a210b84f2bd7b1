//! Samples that are in memory already.

use std::borrow::Cow;

use labelwright_dataset::Schema;

use super::{DataSet, ItemError, ItemProblem};
use crate::sample::Sample;

/// Samples in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySet {
    schema: Schema,
    samples: Vec<Sample>,
}

impl MemorySet {
    /// Those samples, in that order.
    #[must_use]
    pub fn new(schema: Schema, samples: Vec<Sample>) -> Self {
        Self { schema, samples }
    }

    fn at(&self, index: usize) -> Result<&Sample, ItemError> {
        self.samples.get(index).ok_or_else(|| ItemProblem::Missing { len: self.samples.len() }.at(index, ""))
    }
}

impl DataSet for MemorySet {
    fn len(&self) -> usize {
        self.samples.len()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        Ok(Cow::Borrowed(&self.at(index)?.id))
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        self.at(index).cloned()
    }
}
