//! A folder that gets its name when everything in it is on disk.

use std::{
    fs::{self, DirEntry, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{ExportedFile, JobError, Result};
use crate::store::Millis;

const SUFFIX: &str = ".partial";

/// The folder while it is written. Dropped before [`Folder::finish`], it is deleted.
#[derive(Debug)]
pub(super) struct Folder {
    partial: PathBuf,
    target: PathBuf,
    replace: bool,
    finished: bool,
}

fn failed(path: &Path) -> impl FnOnce(std::io::Error) -> JobError {
    let path = path.display().to_string();
    move |error| JobError::File(path, error)
}

impl Folder {
    /// Begins a folder that shall be called `target`; beside it, so that it can be renamed.
    ///
    /// # Errors
    /// `target` has something in it and may not be replaced, or no folder can be made there.
    pub fn create(target: &Path, replace: bool) -> Result<Self> {
        let full = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) || target.is_file();
        if full && !replace {
            let text = format!("{} is not empty. Nothing was written; name another folder, or empty this one.", target.display());
            return Err(JobError::NotYet(text));
        }
        let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("export");
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let partial = parent.join(format!(".{name}.{}{SUFFIX}", Uuid::new_v4().simple()));
        fs::create_dir(&partial).map_err(failed(&partial))?;
        Ok(Self { partial, target: target.to_owned(), replace, finished: false })
    }

    /// A new file in the folder, with the subfolders that its name asks for.
    ///
    /// # Errors
    /// It can't be created.
    pub fn file(&self, name: &str) -> Result<BufWriter<File>> {
        let path = self.partial.join(name);
        if let Some(parent) = path.parent().filter(|parent| *parent != self.partial) {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        Ok(BufWriter::with_capacity(1 << 18, File::create_new(&path).map_err(failed(&path))?))
    }

    /// A whole file.
    ///
    /// # Errors
    /// It can't be written.
    pub fn add(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let mut file = self.file(name)?;
        file.write_all(bytes).map_err(failed(Path::new(name)))?;
        sync(file, name)
    }

    /// Gives the folder its name, and tells which files lie directly in it.
    ///
    /// # Errors
    /// The disk refuses; then the folder is deleted and what had its name before is kept.
    pub fn finish(mut self) -> Result<Vec<ExportedFile>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.partial).map_err(failed(&self.partial))? {
            let entry = entry.map_err(failed(&self.partial))?;
            let about = entry.metadata().map_err(failed(&entry.path()))?;
            if about.is_file() {
                files.push(ExportedFile { name: entry.file_name().to_string_lossy().into_owned(), bytes: about.len() });
            } else {
                sync_folder(&entry.path())?;
            }
        }
        files.sort_by(|a, b| a.name.cmp(&b.name));
        sync_folder(&self.partial)?;
        if self.target.exists() {
            // An empty folder gives way to the new one; a full one only where it may be replaced.
            let removed = if self.replace { fs::remove_dir_all(&self.target) } else { fs::remove_dir(&self.target) };
            removed.map_err(failed(&self.target))?;
        }
        fs::rename(&self.partial, &self.target).map_err(failed(&self.target))?;
        self.finished = true;
        if let Some(parent) = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
        Ok(files)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = fs::remove_dir_all(&self.partial)
        {
            tracing::warn!(folder = %self.partial.display(), %error, "an unfinished export can't be deleted");
        }
    }
}

/// Forces a written file to disk.
pub(super) fn sync(mut file: BufWriter<File>, name: &str) -> Result<()> {
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(failed(Path::new(name)))
}

fn sync_folder(path: &Path) -> Result<()> {
    // Not every system lets a folder be opened; there the names are as safe as the system makes them.
    match File::open(path) {
        Ok(folder) => folder.sync_all().or_else(|error| if cfg!(unix) { Err(error) } else { Ok(()) }).map_err(failed(path)),
        Err(_) => Ok(()),
    }
}

pub(super) fn is_partial(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(SUFFIX)
}

pub(super) fn older_than_a_day(entry: &DirEntry, now: Millis) -> bool {
    let changed = entry.metadata().and_then(|about| about.modified()).ok();
    let age = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).map(|at| now.0 - at.as_millis() as i64);
    age.is_some_and(|age| age > 86_400_000)
}
