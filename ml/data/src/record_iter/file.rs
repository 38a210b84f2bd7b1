//! A file of records that several threads read at any place.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use labelwright_dataset::formats::recordio::{ImageHeader, Index, Labels, MAGIC, MAX_RECORD, RecordError};

use super::error::OpenError;
use crate::place::{Place, read_record};

/// An open `.rec` and where its records begin.
#[derive(Debug)]
pub(super) struct Records {
    file: File,
    offsets: Vec<u64>,
}

impl Records {
    /// Opens a `.rec`, with the offsets of its index or, without one, by going from record to record.
    pub fn open(rec: &Path, idx: Option<&Path>) -> Result<Self, OpenError> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        let file = File::open(rec).map_err(io(rec))?;
        let offsets = match idx {
            Some(idx) => {
                let index = Index::read(BufReader::new(File::open(idx).map_err(io(idx))?));
                let index = index.map_err(|source| OpenError::Text { path: idx.to_owned(), source })?;
                let mut offsets: Vec<u64> = index.entries().iter().map(|entry| entry.offset).collect();
                offsets.sort_unstable();
                offsets
            }
            None => beginnings(&file).map_err(|source| OpenError::Record { path: rec.to_owned(), source })?,
        };
        Ok(Self { file, offsets })
    }

    /// The numbers of the records of a part: equal counts, or those that begin in equal stretches of bytes.
    pub fn part(&self, part: usize, parts: usize, by_bytes: bool) -> Result<std::ops::Range<usize>, io::Error> {
        let (part, parts) = (part as u64, parts as u64);
        if !by_bytes {
            let (total, step) = (self.offsets.len() as u64, (self.offsets.len() as u64).div_ceil(parts));
            return Ok((step * part).min(total) as usize..(step * (part + 1)).min(total) as usize);
        }
        let total = self.file.metadata()?.len();
        let step = total.div_ceil(parts).next_multiple_of(4);
        let number = |byte: u64| self.offsets.partition_point(|&offset| offset < byte);
        Ok(number(step * part)..if part + 1 == parts { self.offsets.len() } else { number(step * (part + 1)) })
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.offsets.len()
    }

    /// Reads a record into `record`.
    pub fn read(&self, number: usize, record: &mut Vec<u8>) -> Result<(), RecordError> {
        let offset = self.offsets.get(number).copied().unwrap_or(u64::MAX);
        read_record(&self.file, offset, MAX_RECORD, record)
    }

    /// The most labels that a record has.
    pub fn widest_label(&self) -> Result<usize, RecordError> {
        let (mut widest, mut record) = (0, Vec::new());
        for number in 0..self.len() {
            self.header(number, &mut record)?;
            if let Ok((header, _)) = ImageHeader::unpack(&record) {
                widest = widest.max(if let Labels::Many(labels) = header.labels { labels.len() } else { 1 });
            }
        }
        Ok(widest)
    }

    /// Reads at least what stands before the picture in a record, without the picture where that is possible.
    pub fn header(&self, number: usize, record: &mut Vec<u8>) -> Result<(), RecordError> {
        let offset = self.offsets.get(number).copied().unwrap_or(u64::MAX);
        let mut head = [0; 8 + ImageHeader::BYTES];
        let short = Place::new(&self.file, offset).read_exact(&mut head).is_err();
        let [_, _, _, _, l0, l1, l2, l3, f0, f1, f2, f3, ..] = head;
        let (word, labels) = (u32::from_le_bytes([l0, l1, l2, l3]) as usize, u32::from_le_bytes([f0, f1, f2, f3]) as usize);
        let bytes = labels.saturating_mul(4).saturating_add(ImageHeader::BYTES);
        // What is odd in any way is read as a whole, so that it is told what it is.
        if short || word >> 29 != 0 || bytes > word || labels > 1 << 20 || head[..4] != MAGIC.to_le_bytes() {
            return self.read(number, record);
        }
        record.clear();
        record.resize(bytes, 0);
        let read = Place::new(&self.file, offset.saturating_add(8)).read_exact(record);
        read.map_err(|source| RecordError::Io { offset, source })
    }
}

/// Where each record begins, by reading nothing but the eight bytes before each part.
fn beginnings(file: &File) -> Result<Vec<u64>, RecordError> {
    let io = |offset| move |source| RecordError::Io { offset, source };
    let total = file.metadata().map_err(io(0))?.len();
    let (mut offset, mut offsets) = (0, Vec::new());
    while offset < total {
        let mut head = [0; 8];
        Place::new(file, offset).read_exact(&mut head).map_err(|source| match source.kind() {
            io::ErrorKind::UnexpectedEof => RecordError::Truncated { offset },
            _ => RecordError::Io { offset, source },
        })?;
        let [m0, m1, m2, m3, l0, l1, l2, l3] = head;
        let (magic, word) = (u32::from_le_bytes([m0, m1, m2, m3]), u32::from_le_bytes([l0, l1, l2, l3]));
        if magic != MAGIC {
            return Err(RecordError::NoMagic { offset, found: magic });
        }
        let length = u64::from(word) & MAX_RECORD as u64;
        // Whole records and first parts; the marks of the others are checked when they are read.
        if word >> 29 < 2 {
            offsets.push(offset);
        }
        offset += 8 + length.next_multiple_of(4);
    }
    Ok(offsets)
}

/// The path of what lies beside a `.rec`, if it is there.
pub(super) fn beside(rec: &Path, extension: &str) -> Option<PathBuf> {
    Some(rec.with_extension(extension)).filter(|path| path.is_file())
}
