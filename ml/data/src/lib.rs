//! From pictures on disk to batches of numbers: data sets, transformations, loaders, and `ImageRecordIter`.
//!
//! This crate knows no burn, so that it builds and is measured in seconds; `labelwright_ml::data` hands its batches to burn.

pub mod pixels;
