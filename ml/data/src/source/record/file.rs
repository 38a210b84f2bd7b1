//! A file of records that several threads read at any place.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use labelwright_dataset::formats::recordio::{ImageHeader, Index, MAX_RECORD, RecordError, RecordReader};

use crate::place::read_record;
use crate::source::SourceError;

/// An open `.rec`.
#[derive(Debug)]
pub(super) struct Records {
    file: File,
}

impl Records {
    /// Opens a `.rec` with its index.
    pub fn open(rec: &Path) -> Result<(Self, Index), SourceError> {
        let file = File::open(rec).map_err(SourceError::io(rec.display()))?;
        let idx: PathBuf = rec.with_extension("idx");
        let index = match File::open(&idx) {
            Ok(file) => {
                Index::read(BufReader::new(file)).map_err(|source| SourceError::Text { file: idx.display().to_string(), source })?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => scan(BufReader::with_capacity(1 << 18, &file))
                .map_err(|source| SourceError::Record { file: rec.display().to_string(), source })?,
            Err(error) => return Err(SourceError::io(idx.display())(error)),
        };
        Ok((Self { file }, index))
    }

    /// The record that begins at `offset`, if it has at most `limit` bytes.
    pub fn read(&self, offset: u64, limit: u64) -> Result<Vec<u8>, RecordError> {
        let limit = usize::try_from(limit).unwrap_or(MAX_RECORD).min(MAX_RECORD);
        let mut record = Vec::new();
        read_record(&self.file, offset, limit, &mut record)?;
        Ok(record)
    }
}

/// Where each record begins, with the id of its picture as the key.
fn scan(source: impl BufRead) -> Result<Index, RecordError> {
    let mut reader = RecordReader::new(source);
    let (mut index, mut record) = (Index::default(), Vec::new());
    while let Some(offset) = reader.read_into(&mut record)? {
        // A record that is none of a picture is told when it is asked for.
        let key = ImageHeader::unpack(&record).map_or_else(|_| format!("at byte {offset}"), |(header, _)| header.id.to_string());
        index.push(key, offset);
    }
    Ok(index)
}
