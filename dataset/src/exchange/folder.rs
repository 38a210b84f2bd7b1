//! Datasets that lie in a folder.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::input::{Input, ReadSeek};
use super::names::safe_name;
use super::output::Output;

/// Bytes that are kept back before they are written to disk.
const BUFFER: usize = 1 << 18;

/// Files that are kept open for appending at most; the one that was not used for longest is closed for another.
const OPEN: usize = 16;

/// Writes below a folder that exists.
#[derive(Debug)]
pub struct FolderOutput {
    root: PathBuf,
    /// The one used last stands last.
    open: Vec<(String, BufWriter<File>)>,
}

impl FolderOutput {
    /// Files go below `root`.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), open: Vec::new() }
    }

    /// Hands everything to the system, and waits until it is on disk if `durable`.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn flush(&mut self, durable: bool) -> io::Result<()> {
        for (_, file) in &mut self.open {
            file.flush()?;
            if durable {
                file.get_ref().sync_all()?;
            }
        }
        Ok(())
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let safe = safe_name(name).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let path = self.root.join(safe);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(path)
    }

    fn close(&mut self, name: &str) -> io::Result<()> {
        match self.open.iter().position(|(open, _)| open == name) {
            Some(at) => self.open.remove(at).1.flush(),
            None => Ok(()),
        }
    }

    fn appending(&mut self, name: &str) -> io::Result<&mut BufWriter<File>> {
        let entry = match self.open.iter().position(|(open, _)| open == name) {
            Some(at) => self.open.remove(at),
            None => {
                let file = OpenOptions::new().create(true).append(true).open(self.path(name)?)?;
                if self.open.len() == OPEN {
                    self.open.remove(0).1.flush()?;
                }
                (name.to_owned(), BufWriter::with_capacity(BUFFER, file))
            }
        };
        self.open.push(entry);
        let last = self.open.last_mut().map(|(_, file)| file);
        last.ok_or_else(|| io::Error::other("no file is open"))
    }
}

impl Output for FolderOutput {
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.close(name)?;
        fs::write(self.path(name)?, bytes)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.appending(name)?.write_all(bytes)
    }

    fn join(&mut self, to: &str, from: &str) -> io::Result<()> {
        self.close(from)?;
        let path = self.path(from)?;
        match File::open(&path) {
            Ok(mut file) => {
                io::copy(&mut file, self.appending(to)?)?;
                fs::remove_file(&path)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// Reads below a folder. Links are not followed, so nothing outside is read.
#[derive(Clone, Debug)]
pub struct FolderInput {
    root: PathBuf,
}

impl FolderInput {
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let safe = safe_name(name).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let mut path = self.root.clone();
        for part in safe.split('/') {
            path.push(part);
            if fs::symlink_metadata(&path)?.is_symlink() {
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, "links in a dataset are not followed"));
            }
        }
        Ok(path)
    }

    fn walk(&self, folder: &Path, below: &str, names: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let name = if below.is_empty() { name } else { format!("{below}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                self.walk(&entry.path(), &name, names)?;
            } else if kind.is_file() {
                names.push(name);
            }
        }
        Ok(())
    }
}

impl Input for FolderInput {
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        let path = self.path(name)?;
        if path.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "this is a folder"));
        }
        Ok(Box::new(BufReader::with_capacity(1 << 16, File::open(path)?)))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        let path = if folder.is_empty() { Ok(self.root.clone()) } else { self.path(folder) };
        match path {
            Ok(path) if path.is_dir() => self.walk(&path, folder.trim_end_matches('/'), &mut names)?,
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        names.sort_unstable();
        Ok(names)
    }

    fn size(&self, name: &str) -> io::Result<Option<u64>> {
        match self.path(name).and_then(fs::metadata) {
            Ok(about) => Ok(about.is_file().then_some(about.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_takes_and_gives_files() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut out = FolderOutput::new(dir.path());
        for round in 0..3u8 {
            for file in 0..40u8 {
                out.append(&format!("many/{file}.txt"), &[round]).expect("appended");
            }
        }
        out.append("a.json", b"[").expect("appended");
        out.append("b.part", b"1,2").expect("appended");
        out.join("a.json", "b.part").expect("joined");
        out.join("a.json", "never").expect("joined");
        out.append("a.json", b"]").expect("appended");
        out.put("x/whole.txt", b"all").expect("put");
        out.put("x/whole.txt", b"new").expect("put");
        assert!(out.put("../out.txt", b"").is_err());
        out.flush(true).expect("flushed");

        let input = FolderInput::new(dir.path());
        let names = input.list("").expect("listed");
        assert_eq!((names.len(), names[0].as_str(), names[41].as_str()), (42, "a.json", "x/whole.txt"));
        let read = |name: &str| {
            let mut text = Vec::new();
            io::Read::read_to_end(&mut input.open(name).expect("open"), &mut text).expect("read");
            text
        };
        assert_eq!((read("a.json"), read("x/whole.txt"), read("many/7.txt")), (b"[1,2]".to_vec(), b"new".to_vec(), vec![0, 1, 2]));
        assert_eq!((input.size("a.json").ok(), input.size("none").ok()), (Some(Some(5)), Some(None)));
        assert_eq!(input.list("x").expect("listed"), ["x/whole.txt"]);
        assert!(input.list("none").expect("listed").is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let outside = tempfile::NamedTempFile::new().expect("a file");
        std::os::unix::fs::symlink(outside.path(), dir.path().join("link.png")).expect("linked");
        let input = FolderInput::new(dir.path());
        assert!(input.open("link.png").is_err());
        assert!(input.list("").expect("listed").is_empty());
    }
}
