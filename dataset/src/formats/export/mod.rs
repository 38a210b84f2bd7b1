//! Datasets as RecordIO, in three layouts. Pictures are passed through as they are.
//!
//! - [`SegmentationWriter`]: two sets with the same ids, one of pictures and one of masks as 8-bit PNG.
//! - [`BoxWriter`]: pictures with boxes, as MXNet's detection iterators read them.
//! - [`ClassWriter`]: pictures with classes.
//!
//! Each takes its sinks at the beginning and images one by one, and gives the sinks back at the end. Together with
//! [`classes_json`](super::classes::classes_json) they make up an export.

mod boxes;
mod classes;
mod segmentation;

pub use boxes::{BoxItem, BoxWriter, LabeledBox, boxes_of};
pub use classes::{ClassItem, ClassLabels, ClassWriter, classes_of};
pub use segmentation::{SegmentationItem, SegmentationWriter};

use super::recordio::SetError;

/// Why an image can't be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("image '{name}': {source}")]
    Write { name: String, source: SetError },
    #[error("image '{name}': the mask can't be written: {source}")]
    Mask { name: String, source: png::EncodingError },
    #[error("image '{name}': class {class} is not one of the dataset's classes")]
    UnknownClass { name: String, class: u8 },
    #[error("the files can't be finished: {0}")]
    Finish(SetError),
}

/// How many images a writer took and left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportCount {
    pub written: u64,
    /// Images without anything that the layout can say of them.
    pub left_out: u64,
}
