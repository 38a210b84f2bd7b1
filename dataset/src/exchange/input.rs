//! Where a dataset is read from, and what reads it.

use std::io::{self, Read, Seek};

use super::error::ExchangeError;
use super::item::ReadItem;
use super::losses::Losses;
use crate::schema::Schema;

/// A file that is open for reading at any place.
pub trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}

/// Files of a dataset. Names are relative, with `/`, and safe.
pub trait Input: Send + Sync {
    /// Opens a file.
    ///
    /// # Errors
    /// There is none ([`io::ErrorKind::NotFound`]), or it can't be opened.
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadSeek>>;

    /// The names of all files below a folder, at any depth, in the order of their bytes. `""` is the whole dataset; a folder that is not
    /// there has no files.
    ///
    /// # Errors
    /// The folder can't be read.
    fn list(&self, folder: &str) -> io::Result<Vec<String>>;

    /// Length of a file in bytes, or none if there is no such file.
    ///
    /// # Errors
    /// The folder can't be read.
    fn size(&self, name: &str) -> io::Result<Option<u64>>;
}

/// Reads one dataset in one format, image by image, always in the same order. After an error that
/// [is of one image](ExchangeError::is_of_one_image) the next image may be asked for; after any other it ends.
///
/// It is made by the format's own constructor, which reads what comes first: the classes and, where the format needs it, an index with a
/// few numbers for each image.
pub trait DatasetReader: Iterator<Item = Result<ReadItem, ExchangeError>> + Send {
    /// The classes, with indices from 1. Formats that count otherwise are mapped in the order in which they list them; colours that a
    /// format doesn't have are taken from our palette.
    fn schema(&self) -> &Schema;

    /// How many images there are, where it is known before they are read.
    fn images(&self) -> Option<u64>;

    /// Takes the picture file of the image that was given last, where it lies within the labels themselves and
    /// [`ReadItem::picture`] names none.
    fn take_picture(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// What could not be taken over so far.
    fn losses(&self) -> &Losses;
}
