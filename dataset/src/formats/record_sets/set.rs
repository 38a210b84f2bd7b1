//! The three files of a set of records, in an output that grows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::exchange::{ExchangeError, Output};
use crate::formats::recordio::{ImageHeader, IndexEntry, Labels, ListEntry, RecordWriter};
use crate::schema::Subset;

/// How long each record file is so far, by name, and the id of the next image.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lengths {
    pub next_id: u64,
    records: BTreeMap<String, u64>,
}

impl Lengths {
    /// Appends one image to `NAME.rec`, `NAME.idx` and `NAME.lst`.
    ///
    /// # Errors
    /// The picture is too long for a record, and then nothing is written; or the output refuses.
    pub fn write(
        &mut self,
        set: &str,
        header: &ImageHeader,
        path: &str,
        picture: &[u8],
        out: &mut dyn Output,
    ) -> Result<(), ExchangeError> {
        let refused = |error: &dyn std::fmt::Display| ExchangeError::image(path, error);
        let length = self.records.get(set).copied().unwrap_or_default();
        let mut packed = Vec::with_capacity(picture.len() + 64);
        header.pack(picture, &mut packed);
        let mut record = Vec::with_capacity(packed.len() + 16);
        let mut writer = RecordWriter::new(&mut record);
        writer.write(&packed).map_err(|error| refused(&error))?;
        let grown = length + writer.offset();
        let (mut index, mut list) = (Vec::new(), Vec::new());
        IndexEntry { key: header.id.to_string(), offset: length }.write(&mut index).map_err(|error| refused(&error))?;
        let labels = match &header.labels {
            Labels::One(label) => vec![f64::from(*label)],
            Labels::Many(labels) => labels.iter().copied().map(f64::from).collect(),
        };
        ListEntry { id: header.id, labels, path: path.to_owned() }.write(&mut list).map_err(|error| refused(&error))?;
        for (ending, bytes) in [("rec", &record), ("idx", &index), ("lst", &list)] {
            let file = format!("{set}.{ending}");
            out.append(&file, bytes).map_err(ExchangeError::io(file.as_str()))?;
        }
        self.records.insert(set.to_owned(), grown);
        Ok(())
    }
}

/// The name of a set, with the subset at its end where subsets are told apart.
pub(super) fn named(set: &str, split: bool, subset: Option<Subset>) -> String {
    match subset.filter(|_| split) {
        None => set.to_owned(),
        Some(Subset::Train) => format!("{set}_train"),
        Some(Subset::Validation) => format!("{set}_validation"),
        Some(Subset::Test) => format!("{set}_test"),
    }
}
