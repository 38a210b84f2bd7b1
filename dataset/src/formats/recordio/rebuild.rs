//! Making an `.idx` for a `.rec` that has none.

use std::io::Read;

use super::{ImageHeader, Index, RecordError, RecordReader};

/// What the keys of a new index are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keys {
    /// 0, 1, 2, … in the file's order, as MXNet's rec2idx does.
    #[default]
    Numbers,
    /// The ids in the image records; a record that has none gets its number.
    Ids,
}

/// Reads a `.rec` to its end and tells where each record begins. One record is in memory at a time.
///
/// # Errors
/// The file is damaged or can't be read.
pub fn rebuild_index(source: impl Read, keys: Keys) -> Result<Index, RecordError> {
    let mut reader = RecordReader::new(source);
    let mut index = Index::default();
    let mut record = Vec::new();
    let mut number = 0u64;
    while let Some(offset) = reader.read_into(&mut record)? {
        let id = match keys {
            Keys::Numbers => None,
            Keys::Ids => ImageHeader::unpack(&record).ok().map(|(header, _)| header.id),
        };
        index.push(id.unwrap_or(number).to_string(), offset);
        number += 1;
    }
    Ok(index)
}
