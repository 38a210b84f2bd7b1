//! How a labeled dataset passes from one format to another: one image at a time, through three small traits.
//!
//! - [`DatasetWriter`] takes an [`Item`] and its picture and appends to the files of an [`Output`].
//! - [`DatasetReader`] gives one [`Item`] after another from the files of an [`Input`].
//! - [`Losses`] counts what a format could not say, so that nothing is dropped silently.
//!
//! Neither side knows where the files lie: a folder ([`FolderOutput`], [`FolderInput`]), an archive, or the memory of a test. The same items
//! in the same order give the same bytes. A writer holds no more than one image and a few numbers for each image before it, and an export
//! that was cut off goes on where its last [`DatasetWriter::state`] was taken.

mod error;
mod folder;
mod input;
mod item;
mod losses;
mod memory;
mod names;
mod output;
mod resumable;
mod unique;

pub use error::ExchangeError;
pub use folder::{FolderInput, FolderOutput};
pub use input::{DatasetReader, Input, ReadSeek};
pub use item::{Item, Origin, ReadItem};
pub use losses::{Loss, Losses};
pub use memory::MemoryFiles;
pub use names::{UnsafeName, safe_name, stem};
pub use output::{DatasetWriter, Output};
pub use resumable::{FolderState, ResumableFolder};
pub use unique::UniqueNames;
