//! Samples into batches: one buffer of numbers for pictures, one for labels.
//!
//! Pictures are `[batch, channel, height, width]` of 32-bit floats, red, green, blue, normalised on the way. Each function here fills the part of
//! one item, so that a loader's threads fill different parts of one buffer at once and nothing is copied twice.

mod batcher;
mod boxes;
mod classes;
mod pictures;
mod segmentation;

pub use batcher::{SegmentationBatcher, SegmentationSlot};
pub use boxes::{BOX_WIDTH, fill_boxes};
pub use classes::fill_labels;
pub use pictures::fill_picture;
pub use segmentation::{SegmentationBatch, fill_mask};

/// Why a sample can't be put into a batch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    #[error("'{id}' has {}×{} pixels, but the batch has {}×{}; let the transformation end with a crop or a resize to one size", .has[0], .has[1], .batch[0], .batch[1])]
    Size { id: String, has: [u32; 2], batch: [u32; 2] },
    #[error("'{id}' has no mask")]
    NoMask { id: String },
    #[error("'{id}' has {has} labels, but the batch takes {width} of each")]
    LabelWidth { id: String, has: usize, width: usize },
    #[error("'{id}' has {has} boxes, but the batch takes {most} of each")]
    TooManyBoxes { id: String, has: usize, most: usize },
    #[error("'{id}' is blended of two pictures, but the batch has no place for a second mask; make the batcher from the chain that blends")]
    Mixed { id: String },
    #[error("a part of the buffer has {has} values instead of {needed}")]
    Buffer { has: usize, needed: usize },
}
