//! The grammar of protobuf: numbers of seven bits a byte, and fields with a number and a kind.

/// Why bytes are not a message. Offsets are in bytes from the message's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    #[error("the message ends within the field at byte {offset}")]
    Truncated { offset: usize },
    #[error("the number at byte {offset} is longer than ten bytes")]
    LongNumber { offset: usize },
    #[error("the field at byte {offset} has the kind {kind}, which this message does not use")]
    Kind { offset: usize, kind: u8 },
    #[error("the text at byte {offset} is not UTF-8")]
    NotText { offset: usize },
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'a> {
    Varint(u64),
    Fixed64([u8; 8]),
    Bytes(Part<'a>),
    Fixed32([u8; 4]),
}

/// Bytes that are read from the front, and where they stand in the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub bytes: &'a [u8],
    pub offset: usize,
}

impl<'a> Part<'a> {
    pub fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// The next field and its number; none at the end.
    pub fn field(&mut self) -> Result<Option<(u64, Field<'a>)>, WireError> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let offset = self.offset;
        let tag = self.varint()?;
        let field = match (tag & 7) as u8 {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(self.array()?),
            2 => {
                let length = usize::try_from(self.varint()?).map_err(|_| WireError::Truncated { offset })?;
                Field::Bytes(self.take(length, offset)?)
            }
            5 => Field::Fixed32(self.array()?),
            kind => return Err(WireError::Kind { offset, kind }),
        };
        Ok(Some((tag >> 3, field)))
    }

    pub fn varint(&mut self) -> Result<u64, WireError> {
        let offset = self.offset;
        let mut number = 0;
        for (i, &byte) in self.bytes.iter().enumerate().take(10) {
            number |= u64::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                self.take(i + 1, offset)?;
                return Ok(number);
            }
        }
        Err(if self.bytes.len() < 10 { WireError::Truncated { offset } } else { WireError::LongNumber { offset } })
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let offset = self.offset;
        let array = self.bytes.first_chunk().copied().ok_or(WireError::Truncated { offset })?;
        self.take(N, offset)?;
        Ok(array)
    }

    pub fn text(self) -> Result<String, WireError> {
        std::str::from_utf8(self.bytes).map(str::to_owned).map_err(|_| WireError::NotText { offset: self.offset })
    }

    fn take(&mut self, length: usize, begin: usize) -> Result<Part<'a>, WireError> {
        let (bytes, rest) = self.bytes.split_at_checked(length).ok_or(WireError::Truncated { offset: begin })?;
        let part = Part { bytes, offset: self.offset };
        (self.bytes, self.offset) = (rest, self.offset + length);
        Ok(part)
    }
}

/// Appends a number.
pub(super) fn put_varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Appends a field of bytes.
pub(super) fn put_bytes(field: u8, bytes: &[u8], out: &mut Vec<u8>) {
    out.push(field << 3 | 2);
    put_varint(bytes.len() as u64, out);
    out.extend(bytes);
}
