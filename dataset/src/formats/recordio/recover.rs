//! Reading on after damage.

use std::borrow::Cow;

use super::slice::{SliceRecord, record_at};
use super::{MAGIC_BYTES, Piece, RecordError};

/// What stands at a place of a damaged file.
#[derive(Debug)]
pub enum Salvage<'a> {
    Record(SliceRecord<'a>),
    /// Bytes that belong to no whole record.
    Lost {
        from: u64,
        to: u64,
        why: RecordError,
    },
}

/// Walks over a `.rec` in memory from beginning to end and gives every record that is whole, and every stretch in between that is not.
/// The stretches and records together cover the file.
///
/// A record is believed if another or the end of the file follows it, and if no other record begins inside: a damaged length would
/// otherwise pass for a good record that swallows its neighbours. After damage records are looked for at every byte, so that bytes which
/// went missing or came in do no further harm. (Records that were written without splitting at the magic word, as SageMaker's Python
/// does, are taken for damaged here if they hold that word in front of something like a length.)
#[derive(Clone, Debug)]
pub struct Salvager<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Salvager<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// The record at a place, if it can be believed, and where it ends.
    fn good(&self, at: usize) -> Result<(Cow<'a, [u8]>, usize), RecordError> {
        let (record, end) = record_at(self.bytes, at)?;
        let after = &self.bytes[end..];
        if !after.is_empty() && !begins_record(after) {
            let found = after.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
            return Err(RecordError::NoMagic { offset: end as u64, found });
        }
        if let Cow::Borrowed(bytes) = &record
            && let Some(inside) = find_aligned(bytes)
        {
            return Err(RecordError::OutOfOrder { offset: (at + 8 + inside) as u64 });
        }
        Ok((record, end))
    }
}

/// Whether the magic word and the length of a first part stand here.
fn begins_record(bytes: &[u8]) -> bool {
    let Some(&[m0, m1, m2, m3, l0, l1, l2, l3]) = bytes.first_chunk::<8>() else { return false };
    [m0, m1, m2, m3] == MAGIC_BYTES && matches!(Piece::of(u32::from_le_bytes([l0, l1, l2, l3])), Some(Piece::Whole | Piece::First))
}

/// Where a record begins inside of a record, at a multiple of four.
fn find_aligned(bytes: &[u8]) -> Option<usize> {
    (0..bytes.len().saturating_sub(7)).step_by(4).find(|&at| begins_record(&bytes[at..]))
}

impl<'a> Iterator for Salvager<'a> {
    type Item = Salvage<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.bytes.len() {
            return None;
        }
        let from = self.at;
        let why = match self.good(from) {
            Ok((bytes, end)) => {
                self.at = end;
                return Some(Salvage::Record(SliceRecord { offset: from as u64, bytes }));
            }
            Err(why) => why,
        };
        // The last record of a cut file is followed by nothing good, so whatever can be read whole is the next good place.
        let next = (from + 1..self.bytes.len()).find(|&at| begins_record(&self.bytes[at..]) && self.good(at).is_ok());
        self.at = next.unwrap_or(self.bytes.len());
        Some(Salvage::Lost { from: from as u64, to: self.at as u64, why })
    }
}
