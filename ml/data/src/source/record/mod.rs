//! Sets in a `.rec` of MXNet, read in any order.

mod detection;
mod file;

use std::borrow::Cow;
use std::path::Path;

use labelwright_dataset::Schema;
use labelwright_dataset::formats::recordio::{ImageHeader, Index, IndexEntry, Labels};

use super::error::ItemProblem;
use super::files::{self, Limits};
use super::{DataSet, ItemError, SourceError};
use crate::sample::Sample;
use file::Records;

/// What the numbers before each picture mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordLabels {
    /// Numbers for the picture as a whole.
    #[default]
    Numbers,
    /// Boxes with coordinates divided by the picture's size, as `im2rec --pack-label` and our exports have them.
    Boxes,
    /// Boxes with coordinates in pixels.
    PixelBoxes,
}

/// Pictures in a `.rec`; their masks, where there are any, in a second one with the same keys.
///
/// Items are in the order of the `.idx`, or of the file where there is none. Any number of threads read at once.
#[derive(Debug)]
pub struct RecordSet {
    pictures: Records,
    index: Index,
    masks: Option<(Records, Index)>,
    labels: RecordLabels,
    schema: Schema,
    limits: Limits,
}

impl RecordSet {
    /// Opens a `.rec` and the `.idx` of the same name. Without an `.idx` the file is read through once to find its records.
    ///
    /// # Errors
    /// A file can't be read, or is damaged.
    pub fn open(rec: &Path, labels: RecordLabels) -> Result<Self, SourceError> {
        let (pictures, index) = Records::open(rec)?;
        if index.entries().is_empty() {
            return Err(SourceError::Empty(rec.display().to_string()));
        }
        Ok(Self { pictures, index, masks: None, labels, schema: Schema::default(), limits: Limits::default() })
    }

    /// Takes masks from the records of a second file with the same keys: PNGs of 8 bits, the values are classes.
    ///
    /// # Errors
    /// The file can't be read, or lacks a key.
    pub fn with_masks(self, rec: &Path) -> Result<Self, SourceError> {
        let (masks, index) = Records::open(rec)?;
        if let Some(entry) = self.index.entries().iter().find(|entry| index.offset(&entry.key).is_none()) {
            return Err(SourceError::Unpaired(entry.key.clone()));
        }
        Ok(Self { masks: Some((masks, index)), ..self })
    }

    /// The classes, which a `.rec` does not name. With them a box's number is a place among the classes; without, number `k` is class `k + 1`.
    #[must_use]
    pub fn with_schema(self, schema: Schema) -> Self {
        Self { schema, ..self }
    }

    /// Other limits than the usual ones.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    fn entry(&self, index: usize) -> Result<&IndexEntry, ItemError> {
        let entries = self.index.entries();
        entries.get(index).ok_or_else(|| ItemProblem::Missing { len: entries.len() }.at(index, ""))
    }

    fn read(&self, entry: &IndexEntry) -> Result<Sample, ItemProblem> {
        let record = self.pictures.read(entry.offset, self.limits.bytes)?;
        let (header, picture) = ImageHeader::unpack(&record)?;
        let mut sample = Sample::new(entry.key.clone(), files::picture(picture, self.limits)?);
        let numbers = match header.labels {
            Labels::One(label) => vec![label],
            Labels::Many(labels) => labels,
        };
        match self.labels {
            RecordLabels::Numbers => sample.target.labels = numbers,
            RecordLabels::Boxes => sample.target.boxes = detection::boxes(&numbers, sample.size(), &self.schema)?,
            RecordLabels::PixelBoxes => sample.target.boxes = detection::boxes(&numbers, [1, 1], &self.schema)?,
        }
        if let Some((masks, index)) = &self.masks {
            let missing = || ItemProblem::Label(format!("there is no mask with the key '{}'", entry.key));
            let record = masks.read(index.offset(&entry.key).ok_or_else(missing)?, self.limits.bytes)?;
            let (_, mask) = ImageHeader::unpack(&record)?;
            sample.target.mask = Some(files::classes(mask, self.limits, &sample)?);
        }
        Ok(sample)
    }
}

impl DataSet for RecordSet {
    fn len(&self) -> usize {
        self.index.entries().len()
    }

    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn name(&self, index: usize) -> Result<Cow<'_, str>, ItemError> {
        Ok(Cow::Borrowed(&self.entry(index)?.key))
    }

    fn item(&self, index: usize) -> Result<Sample, ItemError> {
        let entry = self.entry(index)?;
        self.read(entry).map_err(|problem| problem.at(index, &entry.key))
    }
}
