//! The three files of a set of images, written in step.

use std::io::Write;

use super::{ImageHeader, IndexEntry, Labels, ListEntry, RecordError, RecordWriter, TextError};

/// Where the three files of a set go. Files should be wrapped in `BufWriter`s.
#[derive(Debug)]
pub struct RecordFiles<W> {
    pub rec: W,
    pub idx: W,
    pub lst: W,
}

/// Why a set of images can't be written.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Text(#[from] TextError),
}

/// Writes image records with their `.idx` and `.lst`, holding one record in memory.
#[derive(Debug)]
pub struct ImageRecordWriter<W: Write> {
    records: RecordWriter<W>,
    idx: W,
    lst: W,
    record: Vec<u8>,
}

impl<W: Write> ImageRecordWriter<W> {
    /// Begins a set; the sinks are taken to be empty.
    pub fn new(files: RecordFiles<W>) -> Self {
        Self { records: RecordWriter::new(files.rec), idx: files.idx, lst: files.lst, record: Vec::new() }
    }

    /// Writes one image: its picture file as it is, and a line in both text files. Ids should differ and rise. Returns where the
    /// record begins.
    ///
    /// # Errors
    /// The picture is too long for a record, and then nothing is written; or a sink fails.
    pub fn write(&mut self, header: &ImageHeader, path: &str, picture: &[u8]) -> Result<u64, SetError> {
        self.record.clear();
        header.pack(picture, &mut self.record);
        let offset = self.records.write(&self.record)?;
        IndexEntry { key: header.id.to_string(), offset }.write(&mut self.idx)?;
        let labels = match &header.labels {
            Labels::One(label) => vec![f64::from(*label)],
            Labels::Many(labels) => labels.iter().copied().map(f64::from).collect(),
        };
        ListEntry { id: header.id, labels, path: path.to_owned() }.write(&mut self.lst)?;
        Ok(offset)
    }

    /// Flushes all three files and gives the sinks back.
    ///
    /// # Errors
    /// A sink fails.
    pub fn finish(mut self) -> Result<RecordFiles<W>, SetError> {
        let rec = self.records.finish()?;
        for sink in [&mut self.idx, &mut self.lst] {
            sink.flush().map_err(|source| TextError::Io { line: 0, source })?;
        }
        Ok(RecordFiles { rec, idx: self.idx, lst: self.lst })
    }
}
