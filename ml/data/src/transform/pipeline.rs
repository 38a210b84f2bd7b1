//! A set and a transformation together: what a loader asks for samples.

use crate::loader::{Pick, Source};
use crate::sample::Sample;
use crate::source::{DataSet, ItemError, ItemProblem};

use super::chain::{Partners, Transformation};
use super::draws::Draws;

/// Items of a set, transformed by random numbers of seed, epoch and number: any thread gets the same.
#[derive(Clone, Debug)]
pub struct Pipeline<S, T> {
    set: S,
    transformation: T,
    seed: u64,
}

impl<S: DataSet, T: Transformation> Pipeline<S, T> {
    /// That set, transformed.
    pub fn new(set: S, transformation: T, seed: u64) -> Self {
        Self { set, transformation, seed }
    }

    /// The set behind.
    pub fn set(&self) -> &S {
        &self.set
    }

    /// What items go through.
    pub fn transformation(&self) -> &T {
        &self.transformation
    }

    /// Item `index` as it is in that epoch.
    ///
    /// # Errors
    /// The item, or the one that it is blended with, can't be read or changed.
    pub fn sample(&self, epoch: u64, index: usize) -> Result<Sample, ItemError> {
        let sample = self.set.item(index)?;
        let name = sample.id.clone();
        let draws = Draws::new(self.seed, epoch, index as u64);
        let changed = self.transformation.apply(sample, &draws, &OfSet(&self.set));
        changed.map_err(|error| ItemProblem::Transform(Box::new(error)).at(index, name))
    }
}

impl<S: DataSet + 'static, T: Transformation + 'static> Source for Pipeline<S, T> {
    type Item = Sample;
    type Error = ItemError;

    fn len(&self) -> usize {
        self.set.len()
    }

    fn load(&self, pick: Pick) -> Result<Sample, ItemError> {
        self.sample(pick.epoch, pick.index)
    }
}

/// Partners from the set itself.
struct OfSet<'a, S>(&'a S);

impl<S: DataSet> Partners for OfSet<'_, S> {
    fn partner(&self, random: u64) -> Result<Sample, ItemError> {
        let index = (u128::from(random) * self.0.len() as u128) >> 64;
        self.0.item(index as usize)
    }
}
