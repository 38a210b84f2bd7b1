//! Why a set, or one item of it, can't be read.

use std::io;

use labelwright_dataset::exchange::{ExchangeError, UnsafeName};
use labelwright_dataset::formats::png_masks::MaskPngError;
use labelwright_dataset::formats::recordio::{HeaderError, RecordError, TextError};

use crate::pixels::DecodeError;
use crate::transform::TransformError;

/// Why one item can't be had. The others may be fine, so a loader can leave it out and go on.
#[derive(Debug, thiserror::Error)]
#[error("item {index}{}: {problem}", named(name))]
pub struct ItemError {
    /// The item's number in the set that failed.
    pub index: usize,
    /// What the set calls it, where that is known.
    pub name: String,
    #[source]
    pub problem: ItemProblem,
}

fn named(name: &str) -> String {
    if name.is_empty() { String::new() } else { format!(" ('{name}')") }
}

/// What is wrong with an item.
#[derive(Debug, thiserror::Error)]
pub enum ItemProblem {
    #[error("there is no such item; the set has {len}")]
    Missing { len: usize },
    #[error("{file} can't be read: {source}")]
    Io { file: String, source: io::Error },
    #[error("{file} has {bytes} bytes, but at most {limit} are read")]
    TooManyBytes { file: String, bytes: u64, limit: u64 },
    #[error(transparent)]
    Name(#[from] UnsafeName),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error("the picture can't be decoded: {0}")]
    Picture(#[from] DecodeError),
    #[error("the mask can't be used: {0}")]
    Mask(#[from] MaskPngError),
    #[error("the mask holds numbers of things; a mask of classes is needed here")]
    MaskOfThings,
    #[error("the picture has {picture}, but its {what} {other}; they don't belong together")]
    SizesDiffer { what: &'static str, picture: Sides, other: Sides },
    #[error("the label can't be understood: {0}")]
    Label(String),
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error(transparent)]
    Transform(#[from] Box<TransformError>),
    /// For sets that others write.
    #[error("{0}")]
    Other(Box<dyn std::error::Error + Send + Sync>),
}

/// Width and height, as people write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides(pub [u32; 2]);

impl std::fmt::Display for Sides {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}×{}", self.0[0], self.0[1])
    }
}

impl ItemProblem {
    /// The problem of that item.
    #[must_use]
    pub fn at(self, index: usize, name: impl Into<String>) -> ItemError {
        ItemError { index, name: name.into(), problem: self }
    }
}

/// Why a set can't be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{file} can't be read: {source}")]
    Io { file: String, source: io::Error },
    #[error("{file}: {source}")]
    Text { file: String, source: TextError },
    #[error("{file}: {source}")]
    Record { file: String, source: RecordError },
    #[error("{file} can't be understood: {reason}")]
    File { file: String, reason: String },
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    #[error("there are no pictures in {0}")]
    Empty(String),
    #[error("{0} has no mask of the same name; {count} pictures have none", count = .1)]
    NoMask(String, usize),
    #[error("the picture {0} is not known by that number or key to the second file")]
    Unpaired(String),
    #[error("the sets have different classes, so their masks can't be mixed: {0}")]
    ClassesDiffer(String),
    #[error("there is no item {index}; the set has {len}")]
    NoItem { index: usize, len: usize },
}

impl SourceError {
    pub(super) fn io(file: impl std::fmt::Display) -> impl FnOnce(io::Error) -> Self {
        let file = file.to_string();
        move |source| Self::Io { file, source }
    }
}
