//! A folder that gets its name when everything in it is on disk, and that a program which was stopped goes on with.

use std::{
    fs::{self, DirEntry, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use labelwright_dataset::exchange::{FolderState, ResumableFolder};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use super::{JobError, Result, listing::Listing};
use crate::store::Millis;

const SUFFIX: &str = ".partial";
/// How far the export is; in the folder while it is written.
const CHECKPOINT: &str = ".checkpoint.json";
/// Held by the program that writes the folder.
const LOCK: &str = ".lock";

/// What is needed to go on.
#[derive(Serialize, Deserialize)]
struct Checkpoint<T> {
    /// What was asked for; a folder for something else is begun anew.
    asked: Value,
    folder: FolderState,
    rest: T,
}

/// The folder while it is written. It stays when the program dies and when [`Folder::keep`] was called, and is deleted when it is dropped
/// otherwise before [`Folder::finish`].
#[derive(Debug)]
pub(crate) struct Folder {
    partial: PathBuf,
    target: PathBuf,
    replace: bool,
    asked: Value,
    out: Option<ResumableFolder>,
    /// Released when the folder is dropped.
    _lock: File,
    keep: bool,
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> JobError {
    let path = path.display().to_string();
    move |error| JobError::File(path, error)
}

impl Folder {
    /// Begins a folder that shall be called `target`, beside it, so that it can be renamed; or goes on with one that a program left that was
    /// asked for the same, and gives what it said at its last checkpoint.
    ///
    /// # Errors
    /// `target` has something in it and may not be replaced, or no folder can be made there.
    pub fn open<T: DeserializeOwned>(target: &Path, replace: bool, asked: Value) -> Result<(Self, Option<T>)> {
        let full = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some()) || target.is_file();
        if full && !replace {
            let text = format!("{} is not empty. Nothing was written; name another folder, or empty this one.", target.display());
            return Err(JobError::NotYet(text));
        }
        let name = target.file_name().and_then(|name| name.to_str()).unwrap_or("export");
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let usual = parent.join(format!(".{name}{SUFFIX}"));
        // Where another program is at the same export right now, this one writes its own.
        let (partial, lock) = match lock(&usual).map_err(failed(&usual))? {
            Some(lock) => (usual, lock),
            None => {
                let other = parent.join(format!(".{name}.{}{SUFFIX}", Uuid::new_v4().simple()));
                let lock = lock(&other).map_err(failed(&other))?;
                (other, lock.ok_or_else(|| JobError::Fault("a new folder is locked".into()))?)
            }
        };
        let folder = Self { partial, target: target.to_owned(), replace, asked, out: None, _lock: lock, keep: false };
        folder.resume()
    }

    fn resume<T: DeserializeOwned>(mut self) -> Result<(Self, Option<T>)> {
        let left: Option<Checkpoint<T>> = fs::read(self.partial.join(CHECKPOINT)).ok().and_then(|text| serde_json::from_slice(&text).ok());
        if let Some(checkpoint) = left.filter(|checkpoint| checkpoint.asked == self.asked) {
            let state = checkpoint.folder;
            let opened = ResumableFolder::forget_since(&self.partial, &state).and_then(|()| ResumableFolder::open(&self.partial, state));
            match opened {
                Ok(out) => {
                    self.out = Some(out);
                    return Ok((self, Some(checkpoint.rest)));
                }
                Err(error) => tracing::warn!(folder = %self.partial.display(), %error, "an unfinished export is begun anew"),
            }
        }
        clear(&self.partial).map_err(failed(&self.partial))?;
        let out = ResumableFolder::open(&self.partial, FolderState::default()).map_err(failed(&self.partial))?;
        self.out = Some(out);
        Ok((self, None))
    }

    /// Where files are written.
    ///
    /// # Errors
    /// Never, before [`Folder::finish`].
    pub fn out(&mut self) -> Result<&mut ResumableFolder> {
        self.out.as_mut().ok_or_else(|| JobError::Fault("the export's folder is closed".into()))
    }

    /// Forces everything so far to disk, and notes how far that is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn checkpoint(&mut self, rest: &impl Serialize) -> Result<()> {
        let path = self.partial.join(CHECKPOINT);
        let folder = self.out()?.checkpoint().map_err(failed(&path))?;
        let checkpoint = Checkpoint { asked: self.asked.clone(), folder, rest };
        let text = serde_json::to_vec(&checkpoint).map_err(|error| JobError::Fault(error.to_string()))?;
        let next = path.with_extension("next");
        let write = || {
            let mut file = File::create(&next)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&next, &path)
        };
        write().map_err(failed(&path))
    }

    /// The folder stays as it is when it is dropped, so that the export can go on later.
    pub fn keep(&mut self) {
        self.keep = true;
    }

    /// Gives the folder its name, and tells what is in it.
    ///
    /// # Errors
    /// The disk refuses; then the folder is deleted and what had its name before is kept.
    pub fn finish(mut self) -> Result<Listing> {
        let out = self.out.take().ok_or_else(|| JobError::Fault("the export's folder is closed".into()))?;
        out.finish().map_err(failed(&self.partial))?;
        for name in [CHECKPOINT, LOCK] {
            match fs::remove_file(self.partial.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&self.partial)(error)),
                _ => {}
            }
        }
        let listing = Listing::of(&self.partial).map_err(failed(&self.partial))?;
        for folder in listing.every_folder() {
            sync_folder(&self.partial.join(folder))?;
        }
        if self.target.exists() {
            // An empty folder gives way to the new one; a full one only where it may be replaced.
            let removed = if self.replace { fs::remove_dir_all(&self.target) } else { fs::remove_dir(&self.target) };
            removed.map_err(failed(&self.target))?;
        }
        fs::rename(&self.partial, &self.target).map_err(failed(&self.target))?;
        self.keep = true;
        if let Some(parent) = self.target.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_folder(parent)?;
        }
        Ok(listing)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.keep
            && let Err(error) = fs::remove_dir_all(&self.partial)
        {
            tracing::warn!(folder = %self.partial.display(), %error, "an unfinished export can't be deleted");
        }
    }
}

/// Makes the folder if need be and holds it; none while another program does.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let file = File::create(folder.join(LOCK))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Deletes what is in a folder but its lock.
fn clear(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else if entry.file_name() != LOCK {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn sync_folder(path: &Path) -> Result<()> {
    // Not every system lets a folder be opened; there the names are as safe as the system makes them.
    match File::open(path) {
        Ok(folder) => folder.sync_all().or_else(|error| if cfg!(unix) { Err(error) } else { Ok(()) }).map_err(failed(path)),
        Err(_) => Ok(()),
    }
}

/// The export that an unfinished folder belongs to, if its name is that of one.
pub(super) fn partial_of(name: &str) -> Option<&str> {
    let name = name.strip_prefix('.')?.strip_suffix(SUFFIX)?;
    Some(name.split_once('.').map_or(name, |(name, _)| name))
}

pub(super) fn older_than_a_day(entry: &DirEntry, now: Millis) -> bool {
    let changed = entry.metadata().and_then(|about| about.modified()).ok();
    let age = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).map(|at| now.0 - at.as_millis() as i64);
    age.is_some_and(|age| age > 86_400_000)
}
