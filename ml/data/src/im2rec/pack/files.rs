//! A `.rec` and its `.idx`, written beside their names and moved there when they are whole.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use labelwright_dataset::formats::recordio::{IndexEntry, RecordWriter, TextError};

use crate::im2rec::Im2recError;
use crate::im2rec::list::named;

/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// A `.rec` and its `.idx` that are being written. What had their names before stays until both are whole.
pub struct RecordFile {
    records: RecordWriter<BufWriter<File>>,
    index: BufWriter<File>,
    rec: PathBuf,
    idx: PathBuf,
}

impl RecordFile {
    /// Begins `BASE.rec` and `BASE.idx`.
    ///
    /// # Errors
    /// They can't be made.
    pub fn create(base: &Path) -> Result<Self, Im2recError> {
        let (rec, idx) = (named(base, ".rec"), named(base, ".idx"));
        let create = |path: &Path| File::create(named(path, ".part")).map_err(Im2recError::io(path));
        let records = RecordWriter::new(BufWriter::with_capacity(BUFFER, create(&rec)?));
        let index = BufWriter::new(create(&idx)?);
        Ok(Self { records, index, rec, idx })
    }

    /// Writes a record and its line in the index.
    ///
    /// # Errors
    /// They can't be written, the record is too long, or the key can't stand in an index.
    pub fn write(&mut self, key: impl ToString, record: &[u8]) -> Result<(), Im2recError> {
        let written = self.records.write(record);
        let offset = written.map_err(|source| Im2recError::Record { path: self.rec.clone(), source })?;
        let line = IndexEntry { key: key.to_string(), offset }.write(&mut self.index);
        line.map_err(|source| Im2recError::Text { path: self.idx.clone(), source })
    }

    /// Gives both files their names; returns the length of the `.rec`.
    ///
    /// # Errors
    /// They can't be written.
    pub fn finish(mut self) -> Result<u64, Im2recError> {
        let bytes = self.records.offset();
        self.records.finish().map_err(|source| Im2recError::Record { path: self.rec.clone(), source })?;
        let flushed = self.index.flush().map_err(|source| TextError::Io { line: 0, source });
        flushed.map_err(|source| Im2recError::Text { path: self.idx.clone(), source })?;
        for path in [&self.rec, &self.idx] {
            fs::rename(named(path, ".part"), path).map_err(Im2recError::io(path))?;
        }
        Ok(bytes)
    }
}

/// A list's path without `.lst`.
pub(super) fn base_of(list: &Path) -> PathBuf {
    list.with_extension("")
}
