//! Lists into record files, on several threads and in the list's order.

mod files;
mod one;
mod ordered;
mod pairs;
mod plain;

use std::path::{Path, PathBuf};

use labelwright_dataset::formats::recordio::TextError;

use super::picture::PictureOptions;
use super::{Im2recError, PictureError};

pub use files::RecordFile;
pub use pairs::{MaskPlace, pack_pairs};
pub use plain::pack_list;

/// How a list is packed. The names are those of `im2rec.py`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackOptions {
    /// What is done to pictures; nothing takes their files as they are (`--pass-through`).
    pub pictures: Option<PictureOptions>,
    /// All labels of a line, otherwise the first one alone.
    pub pack_label: bool,
    /// Whether labels must be boxes, `[A, B, …, (class, left, top, right, bottom, …) …]`.
    pub check_boxes: bool,
    /// On how many threads pictures are made; a further one writes.
    pub threads: usize,
}

impl Default for PackOptions {
    fn default() -> Self {
        Self { pictures: Some(PictureOptions::default()), pack_label: false, check_boxes: false, threads: 1 }
    }
}

/// What happens while a list is packed.
#[derive(Debug)]
pub enum Event<'a> {
    /// The record of a line was written.
    Written,
    /// A picture is left out; its id is not in the index.
    LeftOut { id: u64, path: &'a str, why: &'a PictureError },
    /// A line of the list is no line of a list.
    BadLine(&'a TextError),
}

/// What a list became.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Records written.
    pub written: u64,
    /// Pictures left out.
    pub left_out: u64,
    /// Lines that could not be read.
    pub bad_lines: u64,
    /// Length of the `.rec`.
    pub bytes: u64,
}

/// The lists that a prefix means, in the order of their names: every `PREFIX*.lst`, or every list in the folder PREFIX.
///
/// # Errors
/// The folder can't be read, or there is none.
pub fn lists_of(prefix: &Path) -> Result<Vec<PathBuf>, Im2recError> {
    let absolute = std::path::absolute(prefix).map_err(Im2recError::io(prefix))?;
    let folder = if absolute.is_dir() { Some(&*absolute) } else { absolute.parent() };
    let folder = folder.ok_or(Im2recError::Options("the prefix names no file"))?;
    let begin = absolute.as_os_str().as_encoded_bytes();
    let mut lists = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(Im2recError::io(folder))? {
        let path = entry.map_err(Im2recError::io(folder))?.path();
        let name = path.as_os_str().as_encoded_bytes();
        if name.starts_with(begin) && name.ends_with(b".lst") && path.is_file() {
            lists.push(path);
        }
    }
    lists.sort_unstable();
    if lists.is_empty() { Err(Im2recError::NoList { prefix: prefix.to_owned() }) } else { Ok(lists) }
}
