//! What can go wrong while lists and record files are made.

use std::io;
use std::path::PathBuf;

use labelwright_dataset::formats::png_masks::MaskPngError;
use labelwright_dataset::formats::recordio::{RecordError, TextError};

use crate::pixels::DecodeError;

/// Why making a list or a record file ended. What was there under the names of the results before is still there.
#[derive(Debug, thiserror::Error)]
pub enum Im2recError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Record { path: PathBuf, source: RecordError },
    #[error("{path}: {source}")]
    Text { path: PathBuf, source: TextError },
    #[error("{0}")]
    Options(&'static str),
    #[error("no file with the name {prefix}*.lst; make one with --list")]
    NoList { prefix: PathBuf },
    #[error(
        "in the list of masks the line of id {found} stands where id {expected} is needed; both lists need the same ids in the same order"
    )]
    MaskOrder { expected: u64, found: u64 },
    #[error("the list of masks ends before the one of pictures, at id {expected}")]
    MaskListEnds { expected: u64 },
    #[error("no thread could be started: {0}")]
    Thread(io::Error),
}

impl Im2recError {
    /// For `map_err`: the file that an error is about.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |source| Self::Io { path, source }
    }
}

/// Why one picture is left out.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("it can't be read: {0}")]
    Read(#[from] io::Error),
    #[error("it is not a file")]
    NotAFile,
    #[error("it has more than {limit} bytes")]
    TooLong { limit: u64 },
    #[error("it can't be decoded: {0}")]
    Decode(#[from] DecodeError),
    #[error("its colours have 16 bits; take it as it is, or choose gray or colour, which reduce them to 8")]
    SixteenBits,
    #[error("a side would have {0} pixels; JPEG allows at most 65535")]
    TooWide(u32),
    #[error("it can't be encoded: {0}")]
    Jpeg(#[from] jpeg_encoder::EncodingError),
    #[error("it can't be encoded: {0}")]
    Png(#[from] png::EncodingError),
    #[error("its labels are no boxes: {0}")]
    Boxes(&'static str),
    #[error("its mask: {0}")]
    Mask(#[from] MaskPngError),
    #[error("its mask can't be read: {0}")]
    MaskFile(io::Error),
    #[error("its mask has {}×{} pixels, the picture {}×{}", mask[0], mask[1], picture[0], picture[1])]
    MaskSize { picture: [u32; 2], mask: [u32; 2] },
}
