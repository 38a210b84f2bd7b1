//! RecordIO, the record files of MXNet: `.rec` with its `.idx` and `.lst`.
//!
//! - [`RecordWriter`] and [`RecordReader`]: plain records of any bytes, one after another.
//! - [`ImageHeader`]: what stands before the picture in an image record: labels and ids.
//! - [`Index`]: where each record of a `.rec` begins, for reading in any order.
//! - [`ListEntry`]: a line of a `.lst`: id, labels and path of an image.
//! - [`RecordSlice`] and [`MappedFile`]: the same from memory or a mapped file, without copying.
//! - [`Salvager`]: what can still be read of a damaged file. [`rebuild_index`]: an `.idx` for a `.rec` that has none.
//! - [`PartOf`]: a share of a file for one of several readers.
//! - [`protobuf`]: the records of Amazon SageMaker.
//! - [`ImageRecordWriter`]: all three files of a set of images in step.
//!
//! What MXNet 1.9.1 writes is read here and written again byte for byte.

mod error;
mod header;
mod index;
mod lines;
mod list;
mod mapped;
mod parts;
pub mod protobuf;
mod reader;
mod rebuild;
mod recover;
mod set;
mod slice;
mod writer;

pub use error::RecordError;
pub use header::{HeaderError, ImageHeader, Labels};
pub use index::{Index, IndexEntry};
pub use lines::TextError;
pub use list::{ListEntry, ListReader};
pub use mapped::MappedFile;
pub use parts::PartOf;
pub use reader::RecordReader;
pub use rebuild::{Keys, rebuild_index};
pub use recover::{Salvage, Salvager};
pub use set::{ImageRecordWriter, RecordFiles, SetError};
pub use slice::{RecordSlice, SliceRecord};
pub use writer::RecordWriter;

/// The word that every part of a record begins with, in little-endian order.
pub const MAGIC: u32 = 0xced7_230a;

/// The longest record in bytes: lengths have 29 bits.
pub const MAX_RECORD: usize = (1 << 29) - 1;

const MAGIC_BYTES: [u8; 4] = MAGIC.to_le_bytes();

/// What a part is of its record, in the upper three bits of its length word. A record is split where the magic word stands in
/// its bytes at a multiple of four, so that whoever begins in the middle of a file can find the next record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Whole = 0,
    First = 1,
    Middle = 2,
    Last = 3,
}

impl Piece {
    fn of(length_word: u32) -> Option<Self> {
        match length_word >> 29 {
            0 => Some(Self::Whole),
            1 => Some(Self::First),
            2 => Some(Self::Middle),
            3 => Some(Self::Last),
            _ => None,
        }
    }
}

/// How many zero bytes follow so many bytes, up to a multiple of four.
fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}
