//! Classes of formats that list none: their names are gathered from the labels.

use std::collections::{BTreeSet, HashMap};

use super::colors::{class_named, usable};
use crate::exchange::ExchangeError;
use crate::schema::{ClassKind, Schema};

/// Names of classes, in the order of their bytes.
#[derive(Debug, Default)]
pub(crate) struct NamesFound(BTreeSet<String>);

impl NamesFound {
    /// Names at most: far more than there can be classes.
    const MOST: usize = 100_000;

    pub fn add(&mut self, name: &str) {
        if self.0.len() < Self::MOST && !self.0.contains(name) {
            self.0.insert(name.to_owned());
        }
    }

    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// Things with the indices from 1 on.
    pub fn schema(self) -> Result<Schema, ExchangeError> {
        schema_of(self.0.into_iter().map(|name| (name, None, ClassKind::Thing)))
    }
}

/// Classes in their order, with the indices from 1 on.
pub(crate) fn schema_of(classes: impl ExactSizeIterator<Item = (String, Option<[u8; 3]>, ClassKind)>) -> Result<Schema, ExchangeError> {
    if classes.len() > 254 {
        return Err(ExchangeError::Format(format!("there are {} classes, but at most 254 are possible", classes.len())));
    }
    let classes = (1..=254).zip(classes).map(|(index, (name, color, kind))| class_named(index, &name, color, kind));
    usable(classes.collect()).map_err(ExchangeError::Format)
}

/// Class indices by name.
pub(crate) fn by_name(schema: &Schema) -> HashMap<String, u8> {
    schema.classes.iter().map(|class| (class.name.clone(), class.index)).collect()
}
