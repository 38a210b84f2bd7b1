//! Writing records.

use std::io::Write;

use super::{MAGIC_BYTES, MAX_RECORD, Piece, RecordError, padding};

/// Writes records one after another. Each is written at once; wrap a file in a `BufWriter`.
#[derive(Debug)]
pub struct RecordWriter<W: Write> {
    sink: W,
    offset: u64,
}

impl<W: Write> RecordWriter<W> {
    /// Begins a file; the sink is taken to be empty.
    pub fn new(sink: W) -> Self {
        Self { sink, offset: 0 }
    }

    /// Where the next record will begin, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Writes one record, which may be empty, and returns where it begins.
    ///
    /// # Errors
    /// It is longer than [`MAX_RECORD`], and then nothing is written; or the sink fails.
    pub fn write(&mut self, payload: &[u8]) -> Result<u64, RecordError> {
        if payload.len() > MAX_RECORD {
            return Err(RecordError::TooLongToWrite { length: payload.len() });
        }
        let begin = self.offset;
        let mut from = 0;
        let mut first = true;
        for (word, _) in payload.chunks_exact(4).enumerate().filter(|(_, bytes)| *bytes == MAGIC_BYTES) {
            let at = word * 4;
            self.part(if first { Piece::First } else { Piece::Middle }, &payload[from..at])?;
            // The word itself is left out; a reader puts it back between two parts.
            (from, first) = (at + 4, false);
        }
        self.part(if first { Piece::Whole } else { Piece::Last }, &payload[from..])?;
        Ok(begin)
    }

    fn part(&mut self, piece: Piece, bytes: &[u8]) -> Result<(), RecordError> {
        let length_word = (piece as u32) << 29 | bytes.len() as u32;
        self.put(&MAGIC_BYTES)?;
        self.put(&length_word.to_le_bytes())?;
        self.put(bytes)?;
        self.put(&[0; 4][..padding(bytes.len())])
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RecordError> {
        self.sink.write_all(bytes).map_err(|source| RecordError::Io { offset: self.offset, source })?;
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Flushes and gives the sink back.
    ///
    /// # Errors
    /// The sink fails.
    pub fn finish(mut self) -> Result<W, RecordError> {
        self.sink.flush().map_err(|source| RecordError::Io { offset: self.offset, source })?;
        Ok(self.sink)
    }
}
