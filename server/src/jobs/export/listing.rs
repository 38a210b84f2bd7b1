//! What a finished export consists of.

use std::{collections::BTreeMap, fs, io, path::Path};

use serde::{Deserialize, Serialize};

/// Files that are named one by one at most; an export in loose files has as many as images.
const NAMED: usize = 60;
/// Files of a folder that are named one by one; in a fuller one they are only counted.
const FEW: u64 = 12;

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Path below the export's folder.
    pub name: String,
    pub bytes: u64,
}

/// A folder of an export with many files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFolder {
    /// Path below the export's folder.
    pub name: String,
    /// Files that lie directly in it.
    pub files: u64,
    pub bytes: u64,
}

/// The files of an export, those of full folders counted only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Sorted by name.
    pub files: Vec<ExportedFile>,
    /// Sorted by name.
    pub folders: Vec<ExportedFolder>,
    pub bytes: u64,
    #[serde(skip)]
    all: Vec<String>,
}

impl Listing {
    /// Lists a folder.
    ///
    /// # Errors
    /// It can't be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let (mut counted, mut named) = (BTreeMap::<String, ExportedFolder>::new(), BTreeMap::<String, Vec<ExportedFile>>::new());
        let mut below = vec![String::new()];
        while let Some(folder) = below.pop() {
            let total = counted.entry(folder.clone()).or_insert(ExportedFolder { name: folder.clone(), files: 0, bytes: 0 });
            for entry in fs::read_dir(root.join(&folder))? {
                let entry = entry?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
                let about = entry.metadata()?;
                if about.is_dir() {
                    below.push(name);
                    continue;
                }
                total.files += 1;
                total.bytes += about.len();
                let files = named.entry(folder.clone()).or_default();
                if folder.is_empty() || total.files <= FEW {
                    files.push(ExportedFile { name, bytes: about.len() });
                }
            }
        }
        let mut listing = Self { bytes: counted.values().map(|folder| folder.bytes).sum(), ..Self::default() };
        listing.all = counted.keys().cloned().collect();
        for (name, folder) in counted {
            let few = name.is_empty() || folder.files <= FEW;
            let files = named.remove(&name).unwrap_or_default();
            if few && listing.files.len() + files.len() <= NAMED {
                listing.files.extend(files);
            } else if folder.files > 0 {
                listing.folders.push(folder);
            }
        }
        listing.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listing)
    }

    /// The paths of all folders, the export's own (`""`) too.
    pub fn every_folder(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(String::as_str)
    }
}
