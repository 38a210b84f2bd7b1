//! Walking over a folder in the order of Python's `os.walk` with sorted names.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Im2recError, ListOptions};

/// A picture of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its number in the order of the walk.
    pub id: u64,
    /// The number of its folder among those with pictures.
    pub label: u32,
    /// Its path below the folder that was walked over, with `/` between names.
    pub path: Box<str>,
}

/// A folder that is still to be walked over.
struct Below {
    path: PathBuf,
    name: String,
    /// The folders above it, without symbolic links, so that one that contains itself is seen.
    above: Vec<PathBuf>,
}

/// Gives the pictures one after another: those of a folder in the order of their names, then those of the folders in it. Symbolic links are
/// followed.
pub struct Walk {
    exts: Vec<String>,
    recursive: bool,
    folders: Vec<Below>,
    files: std::vec::IntoIter<String>,
    folder: String,
    labeled: bool,
    next: u64,
    labels: Vec<String>,
    left_out: Vec<String>,
}

impl Walk {
    /// Begins at a folder.
    ///
    /// # Errors
    /// It can't be read.
    pub fn new(root: &Path, options: &ListOptions) -> Result<Self, Im2recError> {
        fs::read_dir(root).map_err(Im2recError::io(root))?;
        Ok(Self {
            exts: options.exts.iter().map(|ext| ext.to_lowercase()).collect(),
            recursive: options.recursive,
            folders: vec![Below { path: root.to_owned(), name: String::new(), above: Vec::new() }],
            files: Vec::new().into_iter(),
            folder: String::new(),
            labeled: false,
            next: 0,
            labels: Vec::new(),
            left_out: Vec::new(),
        })
    }

    /// The folders with pictures in the order of their labels, and what was left out.
    #[must_use]
    pub fn finish(self) -> (Vec<String>, Vec<String>) {
        (self.labels, self.left_out)
    }

    /// Reads the names in a folder: its pictures are next, the folders in it come after them.
    fn enter(&mut self, folder: Below) -> Result<(), Im2recError> {
        let own = folder.path.canonicalize().map_err(Im2recError::io(&folder.path))?;
        if folder.above.contains(&own) {
            self.left_out.push(format!("{} (a link to a folder that it is in)", folder.name));
            return Ok(());
        }
        let names = fs::read_dir(&folder.path).and_then(|entries| entries.map(|entry| Ok(entry?.file_name())).collect());
        let mut names: Vec<OsString> = names.map_err(Im2recError::io(&folder.path))?;
        names.sort_unstable();
        let above: Vec<PathBuf> = folder.above.into_iter().chain([own]).collect();
        let (mut files, mut below) = (Vec::new(), Vec::new());
        for name in names {
            let path = folder.path.join(&name);
            // What can't be looked at, such as a link to nothing, is neither a file nor a folder.
            let Ok(kind) = fs::metadata(&path) else { continue };
            if kind.is_dir() && !self.recursive {
                continue;
            }
            let picture = kind.is_file() && self.has_ext(&name);
            if !kind.is_dir() && !picture {
                continue;
            }
            match self.below(&folder.name, name) {
                Some(name) if picture => files.push(name),
                Some(name) => below.push(Below { path, name, above: above.clone() }),
                None => {}
            }
        }
        self.folders.extend(below.into_iter().rev());
        self.files = files.into_iter();
        (self.folder, self.labeled) = (if folder.name.is_empty() { ".".to_owned() } else { folder.name }, false);
        Ok(())
    }

    /// Whether the name ends as pictures do; the dot of a hidden file begins no end.
    fn has_ext(&self, name: &OsString) -> bool {
        let Some(ext) = Path::new(name).extension() else { return false };
        let ext = format!(".{}", ext.to_string_lossy().to_lowercase());
        self.exts.contains(&ext)
    }

    /// The path below the root, if it can stand in a list.
    fn below(&mut self, folder: &str, name: OsString) -> Option<String> {
        let path = name.to_str().map(|name| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") });
        let path = path.filter(|path| !path.contains(char::is_control) && path.trim() == path);
        if path.is_none() {
            self.left_out.push(if folder.is_empty() { format!("{name:?}") } else { format!("{name:?} in {folder}") });
        }
        path
    }
}

impl Iterator for Walk {
    type Item = Result<Found, Im2recError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(path) = self.files.next() {
                if !self.labeled {
                    self.labeled = true;
                    self.labels.push(self.folder.clone());
                }
                let id = self.next;
                self.next += 1;
                return Some(Ok(Found { id, label: (self.labels.len() - 1) as u32, path: path.into() }));
            }
            let folder = self.folders.pop()?;
            if let Err(error) = self.enter(folder) {
                self.folders.clear();
                return Some(Err(error));
            }
        }
    }
}
