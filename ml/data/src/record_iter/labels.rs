//! The labels of a record: its own, or those of a list.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use labelwright_dataset::formats::recordio::{ImageHeader, Labels, ListReader};

use super::error::{OpenError, RecordProblem};

/// Labels by the ids of records.
#[derive(Debug, Default)]
pub(super) struct Relabelled(Option<HashMap<u64, Vec<f32>>>);

impl Relabelled {
    /// Reads a `.lst`, if there is one.
    pub fn read(path: Option<&Path>) -> Result<Self, OpenError> {
        let Some(path) = path else { return Ok(Self(None)) };
        let file = File::open(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?;
        let mut labels = HashMap::new();
        for entry in ListReader::new(BufReader::new(file)) {
            let entry = entry.map_err(|source| OpenError::Text { path: path.to_owned(), source })?;
            labels.insert(entry.id, entry.labels.iter().map(|&label| label as f32).collect());
        }
        Ok(Self(Some(labels)))
    }

    /// The labels of a record.
    pub fn of<'a>(&'a self, header: &'a ImageHeader) -> Result<&'a [f32], RecordProblem> {
        match (&self.0, &header.labels) {
            (Some(list), _) => list.get(&header.id).map(Vec::as_slice).ok_or(RecordProblem::NotInList { id: header.id }),
            (None, Labels::One(label)) => Ok(std::slice::from_ref(label)),
            (None, Labels::Many(labels)) => Ok(labels),
        }
    }

    /// The most labels that the list has for a record.
    pub fn widest(&self) -> Option<usize> {
        self.0.as_ref().map(|list| list.values().map(Vec::len).max().unwrap_or(0))
    }

    /// Copies the labels of a record into a row of as many.
    pub fn copy(&self, header: &ImageHeader, out: &mut [f32]) -> Result<(), RecordProblem> {
        let labels = self.of(header)?;
        if labels.len() != out.len() {
            return Err(RecordProblem::LabelWidth { found: labels.len(), wanted: out.len() });
        }
        out.copy_from_slice(labels);
        Ok(())
    }
}
