//! Reading records, one after another or at offsets from an index.

use std::io::{self, Read, Seek, SeekFrom};

use super::{MAGIC, MAGIC_BYTES, MAX_RECORD, Piece, RecordError, padding};

/// Reads records one after another, as an iterator over their bytes. Wrap a file in a `BufReader`.
///
/// A record that claims to be long costs only as much memory as there really are bytes. After an error the iterator ends.
#[derive(Debug)]
pub struct RecordReader<R: Read> {
    source: R,
    offset: u64,
    limit: usize,
    failed: bool,
}

/// What stands before the bytes of a part.
struct PartHead {
    piece: Piece,
    length: usize,
}

impl<R: Read> RecordReader<R> {
    /// Reads from the beginning of a file, or from where a record begins.
    pub fn new(source: R) -> Self {
        Self { source, offset: 0, limit: MAX_RECORD, failed: false }
    }

    /// Refuses records of more than `bytes`; without this the limit is [`MAX_RECORD`].
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Where the next record is expected, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Gives the source back.
    pub fn into_inner(self) -> R {
        self.source
    }

    /// Reads the next record into `record`, replacing what it held, and returns where the record began; `None` at the end of the file.
    ///
    /// # Errors
    /// The file is damaged or cut off there, the record exceeds the limit, or the source fails.
    pub fn read_into(&mut self, record: &mut Vec<u8>) -> Result<Option<u64>, RecordError> {
        record.clear();
        let begin = self.offset;
        let Some(head) = self.head(begin)? else { return Ok(None) };
        match head.piece {
            Piece::Whole => self.bytes(begin, head.length, record)?,
            Piece::First => {
                self.bytes(begin, head.length, record)?;
                loop {
                    let at = self.offset;
                    let head = self.head(begin)?.ok_or(RecordError::Truncated { offset: begin })?;
                    if !matches!(head.piece, Piece::Middle | Piece::Last) {
                        return Err(RecordError::OutOfOrder { offset: at });
                    }
                    record.extend(MAGIC_BYTES);
                    self.bytes(begin, head.length, record)?;
                    if head.piece == Piece::Last {
                        break;
                    }
                }
            }
            Piece::Middle | Piece::Last => return Err(RecordError::OutOfOrder { offset: begin }),
        }
        Ok(Some(begin))
    }

    /// The magic word and the length word; `None` if the file ends before them.
    fn head(&mut self, record_begin: u64) -> Result<Option<PartHead>, RecordError> {
        let at = self.offset;
        let mut head = [0; 8];
        match self.fill(&mut head)? {
            0 => return Ok(None),
            8 => {}
            _ => return Err(RecordError::Truncated { offset: record_begin }),
        }
        let [m0, m1, m2, m3, l0, l1, l2, l3] = head;
        let (magic, length_word) = (u32::from_le_bytes([m0, m1, m2, m3]), u32::from_le_bytes([l0, l1, l2, l3]));
        if magic != MAGIC {
            return Err(RecordError::NoMagic { offset: at, found: magic });
        }
        let piece = Piece::of(length_word).ok_or(RecordError::UnknownMark { offset: at + 4, mark: length_word >> 29 })?;
        Ok(Some(PartHead { piece, length: (length_word & MAX_RECORD as u32) as usize }))
    }

    /// The bytes of a part and the padding after them.
    fn bytes(&mut self, record_begin: u64, length: usize, record: &mut Vec<u8>) -> Result<(), RecordError> {
        if record.len().saturating_add(length) > self.limit {
            return Err(RecordError::TooLong { offset: record_begin, limit: self.limit });
        }
        let wanted = length as u64;
        let read =
            self.source.by_ref().take(wanted).read_to_end(record).map_err(|source| RecordError::Io { offset: self.offset, source })?;
        self.offset += read as u64;
        let mut pad = [0; 4];
        let pad = &mut pad[..padding(length)];
        if read < length || self.fill(pad)? < pad.len() {
            return Err(RecordError::Truncated { offset: record_begin });
        }
        Ok(())
    }

    /// Fills the buffer as far as the file goes.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, RecordError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.source.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(RecordError::Io { offset: self.offset + filled as u64, source }),
            }
        }
        self.offset += filled as u64;
        Ok(filled)
    }
}

impl<R: Read + Seek> RecordReader<R> {
    /// Goes to where a record begins, as an index says, so that it is read next.
    ///
    /// # Errors
    /// The source fails.
    pub fn seek(&mut self, offset: u64) -> Result<(), RecordError> {
        self.source.seek(SeekFrom::Start(offset)).map_err(|source| RecordError::Io { offset, source })?;
        self.offset = offset;
        self.failed = false;
        Ok(())
    }

    /// Reads the record that begins at `offset`.
    ///
    /// # Errors
    /// As [`RecordReader::read_into`]; and no record begins there if the file ends there.
    pub fn read_at(&mut self, offset: u64) -> Result<Vec<u8>, RecordError> {
        self.seek(offset)?;
        let mut record = Vec::new();
        self.read_into(&mut record)?.ok_or(RecordError::Truncated { offset })?;
        Ok(record)
    }
}

impl<R: Read> Iterator for RecordReader<R> {
    type Item = Result<Vec<u8>, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let mut record = Vec::new();
        match self.read_into(&mut record) {
            Ok(Some(_)) => Some(Ok(record)),
            Ok(None) => None,
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::recordio::RecordWriter;

    fn written(records: &[&[u8]]) -> Vec<u8> {
        let mut writer = RecordWriter::new(Vec::new());
        for record in records {
            writer.write(record).unwrap();
        }
        writer.finish().unwrap()
    }

    fn first_error(bytes: &[u8]) -> RecordError {
        RecordReader::new(bytes).find_map(Result::err).unwrap()
    }

    #[test]
    fn damage_is_told_with_its_place() {
        let good = written(&[b"abcd", b"efgh"]);
        let mut no_magic = good.clone();
        no_magic[12] = 0;
        assert!(matches!(first_error(&no_magic), RecordError::NoMagic { offset: 12, found: 0xced7_2300 }));
        assert!(matches!(first_error(&good[..good.len() - 1]), RecordError::Truncated { offset: 12 }));
        assert!(matches!(first_error(&good[..15]), RecordError::Truncated { offset: 12 }));
        let mut mark = good.clone();
        mark[7] = 0x80;
        assert!(matches!(first_error(&mark), RecordError::UnknownMark { offset: 4, mark: 4 }));
        mark[7] = 0x60;
        assert!(matches!(first_error(&mark), RecordError::OutOfOrder { offset: 0 }));
        mark[7] = 0x20;
        assert!(matches!(first_error(&mark), RecordError::OutOfOrder { offset: 12 }));
        assert!(matches!(first_error(&mark[..12]), RecordError::Truncated { offset: 0 }));
        // The padding belongs to the record.
        assert!(matches!(first_error(&written(&[b"a"])[..11]), RecordError::Truncated { offset: 0 }));
    }

    #[test]
    fn a_lie_about_the_length_costs_no_memory() {
        let mut bytes = MAGIC.to_le_bytes().to_vec();
        bytes.extend((MAX_RECORD as u32).to_le_bytes());
        bytes.extend(b"short");
        let mut record = Vec::new();
        assert!(matches!(RecordReader::new(&bytes[..]).read_into(&mut record), Err(RecordError::Truncated { offset: 0 })));
        assert!(record.capacity() < 1 << 16);
        let limited = RecordReader::new(&bytes[..]).with_limit(100).read_into(&mut record);
        assert!(matches!(limited, Err(RecordError::TooLong { offset: 0, limit: 100 })));
    }

    #[test]
    fn records_are_found_by_their_offsets() {
        let bytes = written(&[b"one", b"\x0a\x23\xd7\xcesplit", b""]);
        let mut reader = RecordReader::new(io::Cursor::new(&bytes));
        assert_eq!(reader.read_at(12).unwrap(), b"\x0a\x23\xd7\xcesplit");
        assert_eq!(reader.read_at(0).unwrap(), b"one");
        assert_eq!(reader.by_ref().count(), 2);
        assert!(reader.read_at(bytes.len() as u64).is_err());
    }
}
