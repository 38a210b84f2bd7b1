//! The header before the picture in an image record (`IRHeader`).

/// The labels of an image record.
#[derive(Clone, Debug, PartialEq)]
pub enum Labels {
    /// One number, in the header itself.
    One(f32),
    /// Any number of numbers after the header, also a single one. No numbers at all are written, and read again, as `One(0.0)`.
    Many(Vec<f32>),
}

/// What stands before the picture in an image record: labels and ids.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageHeader {
    pub labels: Labels,
    /// The image's number, as in the `.idx` and the `.lst`.
    pub id: u64,
    /// A second number, which is 0 nearly everywhere.
    pub id2: u64,
}

/// Why a record is not an image record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("a record of {length} bytes is too short for the header of an image record, which has {}", ImageHeader::BYTES)]
    TooShort { length: usize },
    #[error("the header says that {labels} labels follow, but only {left} bytes do; this is not an image record, or it is damaged")]
    LabelsMissing { labels: u32, left: usize },
}

impl ImageHeader {
    /// How many bytes the header has without labels after it.
    pub const BYTES: usize = 24;

    /// A header with one label.
    #[must_use]
    pub fn one(id: u64, label: f32) -> Self {
        Self { labels: Labels::One(label), id, id2: 0 }
    }

    /// A header with a list of labels.
    #[must_use]
    pub fn many(id: u64, labels: Vec<f32>) -> Self {
        Self { labels: Labels::Many(labels), id, id2: 0 }
    }

    /// Appends header and picture to `record`.
    pub fn pack(&self, picture: &[u8], record: &mut Vec<u8>) {
        let (after, label): (&[f32], f32) = match &self.labels {
            Labels::One(label) => (&[], *label),
            Labels::Many(labels) => (labels, 0.0),
        };
        record.reserve(Self::BYTES + after.len() * 4 + picture.len());
        record.extend((after.len() as u32).to_le_bytes());
        record.extend(label.to_le_bytes());
        record.extend(self.id.to_le_bytes());
        record.extend(self.id2.to_le_bytes());
        for label in after {
            record.extend(label.to_le_bytes());
        }
        record.extend(picture);
    }

    /// Splits a record into header and picture.
    ///
    /// # Errors
    /// The record is too short for what it claims to hold.
    pub fn unpack(record: &[u8]) -> Result<(Self, &[u8]), HeaderError> {
        let short = HeaderError::TooShort { length: record.len() };
        let (flag, rest) = record.split_first_chunk::<4>().ok_or(short)?;
        let (label, rest) = rest.split_first_chunk::<4>().ok_or(short)?;
        let (id, rest) = rest.split_first_chunk::<8>().ok_or(short)?;
        let (id2, rest) = rest.split_first_chunk::<8>().ok_or(short)?;
        let (count, id, id2) = (u32::from_le_bytes(*flag), u64::from_le_bytes(*id), u64::from_le_bytes(*id2));
        if count == 0 {
            return Ok((Self { labels: Labels::One(f32::from_le_bytes(*label)), id, id2 }, rest));
        }
        let missing = HeaderError::LabelsMissing { labels: count, left: rest.len() };
        let bytes = (count as usize).checked_mul(4).ok_or(missing)?;
        let (labels, picture) = rest.split_at_checked(bytes).ok_or(missing)?;
        let labels = labels.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
        Ok((Self { labels: Labels::Many(labels), id, id2 }, picture))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lies_are_refused() {
        assert_eq!(ImageHeader::unpack(&[0; 23]), Err(HeaderError::TooShort { length: 23 }));
        let mut record = Vec::new();
        ImageHeader::many(1, vec![1.0, 2.0]).pack(b"", &mut record);
        assert!(ImageHeader::unpack(&record).is_ok());
        record[..4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(ImageHeader::unpack(&record), Err(HeaderError::LabelsMissing { labels: u32::MAX, left: 8 }));
    }
}
