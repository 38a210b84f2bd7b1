//! Why a file of records can't be iterated over.

use std::io;
use std::path::PathBuf;

use labelwright_dataset::formats::recordio::{HeaderError, RecordError, TextError};

use crate::loader::OptionsError;
use crate::pixels::DecodeError;

/// Why an iterator can't be made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("{name}: {reason}")]
    Parameter { name: &'static str, reason: &'static str },
    #[error("{path} can't be read: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Record { path: PathBuf, source: RecordError },
    #[error("{path}: {source}")]
    Text { path: PathBuf, source: TextError },
    #[error("{path} has no records in part {part} of {parts}")]
    Empty { path: PathBuf, part: usize, parts: usize },
    #[error("{0} and the file of masks have no records with the same id")]
    Unpaired(PathBuf),
    #[error(transparent)]
    Options(#[from] OptionsError),
}

/// Why a record gives no row of a batch. Others may.
#[derive(Debug, thiserror::Error)]
pub enum RecordProblem {
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error("the picture can't be decoded: {0}")]
    Picture(#[from] DecodeError),
    #[error("the picture has {found} labels, but label_width is {wanted}")]
    LabelWidth { found: usize, wanted: usize },
    #[error("the picture's id {id} is not in path_imglist")]
    NotInList { id: u64 },
    #[error("the label of boxes can't be understood: {0}")]
    Boxes(&'static str),
    #[error("there is no mask with the picture's id {id}")]
    NoMask { id: u64 },
    #[error("the mask can't be read: {0}")]
    Mask(#[from] labelwright_dataset::formats::png_masks::MaskPngError),
    #[error("the mask holds numbers of things, not of classes")]
    MaskOfThings,
    #[error("the picture has {}×{} pixels, its mask {}×{}", picture[0], picture[1], mask[0], mask[1])]
    Sizes { picture: [u32; 2], mask: [u32; 2] },
    #[error("the changes drawn for this picture would need {pixels} pixels, but at most {limit} are allowed")]
    TooLarge { pixels: u64, limit: u64 },
}
