//! A file of records that several threads read at any place.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use labelwright_dataset::formats::recordio::{ImageHeader, Index, MAX_RECORD, RecordError, RecordReader};

use crate::source::SourceError;

/// Bytes that are read at once: most pictures take one or two reads.
const BUFFER: usize = 1 << 16;

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
        let at = At { file: &self.file, position: 0 };
        RecordReader::new(BufReader::with_capacity(BUFFER, at)).with_limit(limit).read_at(offset)
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

/// A place in a file that others read too.
struct At<'a> {
    file: &'a File,
    position: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.position)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for At<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let beyond = || io::Error::new(io::ErrorKind::InvalidInput, "the place is not in the file");
        self.position = match to {
            SeekFrom::Start(position) => position,
            SeekFrom::Current(by) => self.position.checked_add_signed(by).ok_or_else(beyond)?,
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by).ok_or_else(beyond)?,
        };
        Ok(self.position)
    }
}
