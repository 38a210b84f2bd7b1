//! Lists of the pictures in a folder.

mod shuffle;
mod split;
mod walk;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Im2recError;

pub use shuffle::shuffle_like_python;
pub use walk::{Found, Walk};

/// How lists are made. The names are those of `im2rec.py`.
#[derive(Clone, Debug, PartialEq)]
pub struct ListOptions {
    /// Ends of names, with the dot. Upper and lower case are the same.
    pub exts: Vec<String>,
    /// Into how many lists of about the same length.
    pub chunks: usize,
    /// Which share of each chunk is for training; the rest of 1 that is neither for training nor for test is for validation.
    pub train_ratio: f64,
    /// Which share of each chunk is for test.
    pub test_ratio: f64,
    /// With the folders below, each with pictures a label of its own; otherwise only the folder itself, with the label 0.
    pub recursive: bool,
    /// In the order of `random.seed(100); random.shuffle(…)`, otherwise in the order of the names.
    pub shuffle: bool,
}

impl Default for ListOptions {
    fn default() -> Self {
        let exts = [".jpeg", ".jpg", ".png"].map(str::to_owned).to_vec();
        Self { exts, chunks: 1, train_ratio: 1.0, test_ratio: 0.0, recursive: false, shuffle: true }
    }
}

/// What lists were made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// The lists and how many lines each has.
    pub files: Vec<(PathBuf, u64)>,
    /// The folders with pictures, in the order of their labels.
    pub folders: Vec<String>,
    /// Names that can't stand in a list (not Unicode, or with tabs, line ends or blanks at an end), and folders that contain themselves.
    pub left_out: Vec<String>,
}

/// Writes the lists `PREFIX.lst`, or `PREFIX_0.lst`, `PREFIX_train.lst`, …
///
/// Paths and labels of all pictures are in memory, because they are shuffled.
///
/// # Errors
/// The folder can't be read, a list can't be written, or an option makes no sense.
pub fn write_lists(prefix: &Path, root: &Path, options: &ListOptions) -> Result<Listed, Im2recError> {
    split::check(options)?;
    let mut walk = Walk::new(root, options)?;
    let mut found = walk.by_ref().collect::<Result<Vec<_>, _>>()?;
    if options.shuffle {
        shuffle_like_python(&mut found, 100);
    }
    let files = split::write(prefix, &found, options)?;
    let (folders, left_out) = walk.finish();
    Ok(Listed { files, folders, left_out })
}

/// A path with more at its end.
pub(super) fn named(prefix: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(prefix);
    name.push(end);
    name.into()
}
