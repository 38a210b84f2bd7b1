//! `ImageRecordIter` and its two sisters: batches straight from a `.rec` file, with MXNet's parameter names.
//!
//! | iterator | labels |
//! | --- | --- |
//! | [`ImageRecordIter`] | `label_width` numbers a picture |
//! | [`ImageDetRecordIter`] | boxes, which follow crops and mirrors |
//! | [`SegmentationRecordIter`] | a class for every pixel, from a second file; it follows all changes of place |
//!
//! Without randomness the batches are those of MXNet 1.9.1 (JPEG within 2 levels). With it they depend on `seed`, epoch and record only,
//! not on threads. Differences on purpose are listed in `docs/data-pipeline.md`.

mod batch;
mod detection;
mod draw;
mod error;
mod file;
mod follow;
mod iter;
mod labels;
mod parameters;
mod plan;
mod rows;

pub use batch::{Data, ImageBatch, Row};
pub(crate) use detection::Label;
pub use detection::{DetectionParameters, DetectionRows, EmitMode, ImageDetRecordIter, ResizeMode};
pub use error::{OpenError, RecordProblem};
pub use iter::{Batches, ImageRecordIter, RecordLoadError, SegmentationRecordIter};
pub use parameters::{Dtype, ImageRecordParameters};
pub use rows::Rows;
