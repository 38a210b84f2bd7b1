//! What can be wrong with a record file.

use std::io;

use super::MAX_RECORD;

/// Why a record can't be read or written. Offsets are in bytes from where reading or writing began.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    #[error("reading or writing failed at byte {offset}: {source}")]
    Io { offset: u64, source: io::Error },
    #[error("no record begins at byte {offset} (found {found:#010x}); the file is damaged there or not a record file")]
    NoMagic { offset: u64, found: u32 },
    #[error("the length word at byte {offset} has the unknown mark {mark}; the file is damaged there")]
    UnknownMark { offset: u64, mark: u32 },
    #[error("the part at byte {offset} does not follow the one before it; the file is damaged there")]
    OutOfOrder { offset: u64 },
    #[error("the file ends within the record that begins at byte {offset}; it was cut off")]
    Truncated { offset: u64 },
    #[error("the record at byte {offset} is longer than {limit} bytes")]
    TooLong { offset: u64, limit: usize },
    #[error("a record of {length} bytes is too long; at most {MAX_RECORD} are possible")]
    TooLongToWrite { length: usize },
}
