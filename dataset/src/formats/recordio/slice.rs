//! Records in bytes that lie in memory, lent without a copy wherever a record is whole.

use std::borrow::Cow;

use super::{MAGIC, MAGIC_BYTES, MAX_RECORD, Piece, RecordError, padding};

/// A record and where it begins, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceRecord<'a> {
    pub offset: u64,
    /// Lent if the record lies in one piece; only one that was split at the magic word is put together anew.
    pub bytes: Cow<'a, [u8]>,
}

/// Walks over the records of a `.rec` in memory, for example in a [`MappedFile`](super::MappedFile). After an error the iterator ends.
#[derive(Clone, Debug)]
pub struct RecordSlice<'a> {
    bytes: &'a [u8],
    at: usize,
    failed: bool,
}

impl<'a> RecordSlice<'a> {
    /// All records.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, failed: false }
    }

    /// The record that begins at an offset, as an index says.
    ///
    /// # Errors
    /// None begins there, or it is damaged or cut off.
    pub fn read_at(&self, offset: u64) -> Result<Cow<'a, [u8]>, RecordError> {
        let at = usize::try_from(offset).ok().filter(|&at| at < self.bytes.len()).ok_or(RecordError::Truncated { offset })?;
        Ok(record_at(self.bytes, at)?.0)
    }

    /// Goes to where a record begins.
    pub fn seek(&mut self, offset: u64) {
        self.at = usize::try_from(offset).map_or(self.bytes.len(), |at| at.min(self.bytes.len()));
        self.failed = false;
    }

    /// Where the next record is expected, in bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.at as u64
    }
}

impl<'a> Iterator for RecordSlice<'a> {
    type Item = Result<SliceRecord<'a>, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.at == self.bytes.len() {
            return None;
        }
        let offset = self.at as u64;
        match record_at(self.bytes, self.at) {
            Ok((bytes, end)) => {
                self.at = end;
                Some(Ok(SliceRecord { offset, bytes }))
            }
            Err(error) => {
                self.failed = true;
                Some(Err(error))
            }
        }
    }
}

/// The record at `begin` and where it ends, its padding included.
pub(super) fn record_at(bytes: &[u8], begin: usize) -> Result<(Cow<'_, [u8]>, usize), RecordError> {
    let (piece, part, mut end) = part_at(bytes, begin, begin, 0)?;
    if piece == Piece::Whole {
        return Ok((Cow::Borrowed(part), end));
    }
    let mut whole = part.to_vec();
    loop {
        let (piece, part, after) = part_at(bytes, end, begin, whole.len() + MAGIC_BYTES.len())?;
        whole.extend(MAGIC_BYTES);
        whole.extend(part);
        end = after;
        if piece == Piece::Last {
            return Ok((Cow::Owned(whole), end));
        }
    }
}

/// The part at `at`, of the record that begins at `begin` and has `held` bytes before it, and where it ends.
fn part_at(bytes: &[u8], at: usize, begin: usize, held: usize) -> Result<(Piece, &[u8], usize), RecordError> {
    let cut = RecordError::Truncated { offset: begin as u64 };
    let rest = bytes.get(at..).unwrap_or_default();
    let Some((&[m0, m1, m2, m3, l0, l1, l2, l3], rest)) = rest.split_first_chunk::<8>() else { return Err(cut) };
    let (magic, length_word) = (u32::from_le_bytes([m0, m1, m2, m3]), u32::from_le_bytes([l0, l1, l2, l3]));
    if magic != MAGIC {
        return Err(RecordError::NoMagic { offset: at as u64, found: magic });
    }
    let piece = Piece::of(length_word).ok_or(RecordError::UnknownMark { offset: at as u64 + 4, mark: length_word >> 29 })?;
    // Told before anything about the length, and a length before the end of the file, as a reader of streams does.
    if matches!(piece, Piece::Middle | Piece::Last) != (at != begin) {
        return Err(RecordError::OutOfOrder { offset: at as u64 });
    }
    let length = (length_word & MAX_RECORD as u32) as usize;
    if held + length > MAX_RECORD {
        return Err(RecordError::TooLong { offset: begin as u64, limit: MAX_RECORD });
    }
    let padded = length + padding(length);
    if rest.len() < padded {
        return Err(cut);
    }
    Ok((piece, &rest[..length], at + 8 + padded))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::recordio::RecordWriter;

    #[test]
    fn a_part_that_is_too_long_and_cut_off_is_told_as_from_a_stream() {
        let mut bytes = b"\x0a\x23\xd7\xce\x02\x00\x00\x20ab\0\0".to_vec();
        bytes.extend(b"\x0a\x23\xd7\xce\xfd\xff\xff\x5fcut");
        let lent = RecordSlice::new(&bytes).next().unwrap().unwrap_err();
        let streamed = crate::formats::recordio::RecordReader::new(&bytes[..]).next().unwrap().unwrap_err();
        assert!(matches!(lent, RecordError::TooLong { offset: 0, .. }), "{lent}");
        assert_eq!(lent.to_string(), streamed.to_string());
    }

    #[test]
    fn only_split_records_are_copied() {
        let mut writer = RecordWriter::new(Vec::new());
        for record in [&b"one"[..], b"\x0a\x23\xd7\xcesplit", b""] {
            writer.write(record).unwrap();
        }
        let bytes = writer.finish().unwrap();
        let records: Vec<_> = RecordSlice::new(&bytes).collect::<Result<_, _>>().unwrap();
        assert!(matches!(records[0].bytes, Cow::Borrowed(b"one")));
        assert!(matches!(&records[1].bytes, Cow::Owned(bytes) if bytes == b"\x0a\x23\xd7\xcesplit"));
        assert!(matches!(records[2].bytes, Cow::Borrowed(b"")));
        assert_eq!(&*RecordSlice::new(&bytes).read_at(12).unwrap(), b"\x0a\x23\xd7\xcesplit");
        assert!(RecordSlice::new(&bytes).read_at(bytes.len() as u64).is_err());
        assert!(RecordSlice::new(&bytes).read_at(u64::MAX).is_err());
    }
}
