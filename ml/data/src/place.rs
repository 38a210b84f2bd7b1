//! One open file that several threads read at any place.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use labelwright_dataset::formats::recordio::{RecordError, RecordReader};

/// A place in a file that others read too.
pub(crate) struct Place<'a> {
    file: &'a File,
    position: u64,
}

impl<'a> Place<'a> {
    pub fn new(file: &'a File, position: u64) -> Self {
        Self { file, position }
    }
}

/// Reads the record that begins at `offset`, of at most `limit` bytes, into `record`.
///
/// # Errors
/// No whole record begins there, it is longer, or the file can't be read.
pub(crate) fn read_record(file: &File, offset: u64, limit: usize, record: &mut Vec<u8>) -> Result<(), RecordError> {
    let mut reader = RecordReader::new(Place::new(file, 0)).with_limit(limit);
    reader.seek(offset)?;
    reader.read_into(record)?.map(|_| ()).ok_or(RecordError::Truncated { offset })
}

impl Read for Place<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.position)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for Place<'_> {
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
