//! From pictures on disk to batches of numbers: data sets, transformations, loaders, and `ImageRecordIter`.
//!
//! This crate knows no burn, so that it builds and is measured in seconds; `labelwright_ml::data` hands its batches to burn.

pub mod im2rec;
pub mod loader;
pub mod pixels;
mod place;
pub mod record_iter;
pub mod sample;
pub mod source;
pub mod transform;

pub use loader::{DataLoader, LoaderOptions};
pub use record_iter::{ImageRecordIter, ImageRecordParameters};
