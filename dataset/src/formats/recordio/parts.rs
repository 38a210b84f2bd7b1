//! Splitting a `.rec` among several readers, so that each record is read by exactly one: with the same cuts as MXNet's `num_parts` and
//! `part_index`.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use super::{Index, MAGIC_BYTES, Piece};

/// Which of how many parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartOf {
    part: u64,
    parts: u64,
}

impl PartOf {
    /// Part number `part`, counted from 0, of `parts`; none if there is no such part.
    #[must_use]
    pub fn new(part: u64, parts: u64) -> Option<Self> {
        (part < parts).then_some(Self { part, parts })
    }

    /// The share of `total` in steps that are multiples of `align`.
    fn share(self, total: u64, align: u64) -> Range<u64> {
        let step = total.div_ceil(self.parts).next_multiple_of(align);
        let at = |part: u64| step.saturating_mul(part).min(total);
        at(self.part)..at(self.part + 1)
    }

    /// Without an index: the bytes of this part. The file is cut into equal lengths, and each cut is moved to the next record.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn by_bytes(self, file: &mut (impl Read + Seek)) -> io::Result<Range<u64>> {
        let total = file.seek(SeekFrom::End(0))?;
        let Range { start, end } = self.share(total, 4);
        if start == end {
            return Ok(start..end);
        }
        let move_on = |file: &mut _, at| if at == 0 || at == total { Ok(at) } else { next_record(file, at, total) };
        Ok(move_on(file, start)?..move_on(file, end)?)
    }

    /// With an index: where the records of this part begin, in the order of the file. Every part but the last has the same number.
    #[must_use]
    pub fn by_count(self, index: &Index) -> Vec<u64> {
        let mut offsets: Vec<u64> = index.entries().iter().map(|entry| entry.offset).collect();
        offsets.sort_unstable();
        let Range { start, end } = self.share(offsets.len() as u64, 1);
        offsets[start as usize..end as usize].to_vec()
    }
}

/// Where the next record begins at or after `at`, which is a multiple of four; the end of the file if there is none.
fn next_record(file: &mut (impl Read + Seek), at: u64, total: u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(at))?;
    let mut source = io::BufReader::with_capacity(1 << 16, file);
    let mut place = at;
    let mut word = [0; 4];
    let mut was_magic = false;
    loop {
        match source.read_exact(&mut word) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(total),
            Err(error) => return Err(error),
        }
        if was_magic && matches!(Piece::of(u32::from_le_bytes(word)), Some(Piece::Whole | Piece::First)) {
            return Ok(place - 4);
        }
        was_magic = word == MAGIC_BYTES;
        place += 4;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::recordio::{RecordReader, RecordWriter};

    #[test]
    fn every_record_is_in_one_part() {
        let mut writer = RecordWriter::new(Vec::new());
        let mut index = Index::default();
        for i in 0..37u32 {
            let mut record = vec![i as u8; (i * 7 % 60) as usize];
            if i % 5 == 0 {
                record.splice(0..0, MAGIC_BYTES);
            }
            index.push(i.to_string(), writer.write(&record).unwrap());
        }
        let bytes = writer.finish().unwrap();
        let all: Vec<Vec<u8>> = RecordReader::new(&bytes[..]).collect::<Result<_, _>>().unwrap();
        for parts in [1, 2, 3, 7, 36, 37, 100, 5000] {
            let mut by_bytes = Vec::new();
            let mut by_count = Vec::new();
            for part in 0..parts {
                let part = PartOf::new(part, parts).unwrap();
                let range = part.by_bytes(&mut io::Cursor::new(&bytes)).unwrap();
                by_bytes.extend(RecordReader::new(&bytes[range.start as usize..range.end as usize]).map(Result::unwrap));
                by_count.extend(part.by_count(&index));
            }
            assert_eq!(by_bytes, all, "{parts}");
            assert_eq!(by_count, index.entries().iter().map(|entry| entry.offset).collect::<Vec<_>>(), "{parts}");
        }
        assert_eq!(PartOf::new(2, 2), None);
        assert!(PartOf::new(0, 3).unwrap().by_bytes(&mut io::Cursor::new([])).unwrap().is_empty());
    }
}
