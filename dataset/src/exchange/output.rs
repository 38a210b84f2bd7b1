//! Where a dataset is written, and what writes it.

use std::io;

use serde_json::Value;

use super::error::ExchangeError;
use super::item::Item;
use super::losses::Losses;

/// Files that only grow: a folder, an archive, memory. Names are relative, with `/`, and safe.
pub trait Output {
    /// Writes a whole file; one of the same name is replaced.
    ///
    /// # Errors
    /// The disk refuses.
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Appends to a file, which begins empty.
    ///
    /// # Errors
    /// The disk refuses.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Appends the file `from` to the file `to`, and removes `from`. A `from` that was never written is empty. For formats whose parts are
    /// written side by side and belong into one file.
    ///
    /// # Errors
    /// The disk refuses.
    fn join(&mut self, to: &str, from: &str) -> io::Result<()>;
}

/// Writes one dataset in one format.
///
/// It is made by the format's own constructor from the schema, its options, and, to go on with an export that was cut off, the last
/// [`state`](Self::state).
pub trait DatasetWriter: Send {
    /// Writes one image. `picture` is its file as it is, in a form that browsers know (JPEG, PNG, WebP). Returns `false` when the format
    /// has nothing to say of this image, and nothing was written.
    ///
    /// # Errors
    /// The image can't be written ([`ExchangeError::is_of_one_image`]: and nothing was), or the output refuses.
    fn write(&mut self, item: &Item, picture: &[u8], out: &mut dyn Output) -> Result<bool, ExchangeError>;

    /// Everything that a new writer needs to go on after the images so far. A few numbers: never the labels themselves.
    fn state(&self) -> Value;

    /// What could not be said so far.
    fn losses(&self) -> &Losses;

    /// Writes what belongs at the end.
    ///
    /// # Errors
    /// The output refuses.
    fn finish(self: Box<Self>, out: &mut dyn Output) -> Result<Losses, ExchangeError>;
}
