//! A folder that is written over several lives of a program.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::folder::FolderOutput;
use super::output::Output;

/// The list of whole files in the order in which they were written, one name a line; it begins with a dot, so that no reader takes it.
const WHOLE: &str = ".whole-files";

/// How far a folder was on disk at a checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderState {
    /// Length in bytes of each file that grows.
    grown: BTreeMap<String, u64>,
    /// Length in bytes of the list of whole files.
    listed: u64,
}

/// A [`FolderOutput`] that can go on from its last [`checkpoint`](Self::checkpoint) after the program, or the machine, was stopped: files that
/// grew since are cut back, and whole files written since are deleted.
#[derive(Debug)]
pub struct ResumableFolder {
    root: PathBuf,
    inner: FolderOutput,
    state: FolderState,
    list: File,
    /// Whole files since the last checkpoint, not yet forced to disk.
    fresh: Vec<String>,
    /// Files that were joined to another one; they go away at the end, because a checkpoint before the join needs them.
    joined: Vec<String>,
}

impl ResumableFolder {
    /// Goes on in `root`, which exists, from a checkpoint; from the default state, begins anew in an empty folder.
    ///
    /// # Errors
    /// The disk refuses, or the folder holds less than the checkpoint says.
    pub fn open(root: impl Into<PathBuf>, state: FolderState) -> io::Result<Self> {
        let root = root.into();
        let list = OpenOptions::new().create(true).read(true).append(true).open(root.join(WHOLE))?;
        cut(&list, state.listed, WHOLE)?;
        for (name, &length) in &state.grown {
            cut(&OpenOptions::new().write(true).open(root.join(name))?, length, name)?;
        }
        Ok(Self { inner: FolderOutput::new(&root), root, state, list, fresh: Vec::new(), joined: Vec::new() })
    }

    /// Prepares a folder for [`open`](Self::open): deletes the whole files that were written after the checkpoint. Their names are read from
    /// the folder's own list, and only names that are safe are deleted.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn forget_since(root: impl Into<PathBuf>, state: &FolderState) -> io::Result<()> {
        let root = root.into();
        let list = match File::open(root.join(WHOLE)) {
            Ok(list) => list,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let (mut at, mut before, mut since) = (0u64, std::collections::HashSet::new(), Vec::new());
        let mut lines = BufReader::new(list);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            at += line.len() as u64;
            // A line without its end was cut off while it was written, before its file was begun.
            if let Some(name) = line.strip_suffix(b"\n").and_then(|name| std::str::from_utf8(name).ok()) {
                if at <= state.listed {
                    before.insert(hash(name));
                } else if let Ok(name) = super::safe_name(name) {
                    since.push(name);
                }
            }
            line.clear();
        }
        for name in since.into_iter().filter(|name| !before.contains(&hash(name))) {
            match fs::remove_file(root.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Forces everything so far to disk and says how far that is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn checkpoint(&mut self) -> io::Result<FolderState> {
        self.inner.flush(true)?;
        for name in self.fresh.drain(..) {
            File::open(self.root.join(name))?.sync_all()?;
        }
        self.list.sync_all()?;
        Ok(self.state.clone())
    }

    /// Forces everything to disk and removes what only resuming needs.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn finish(mut self) -> io::Result<()> {
        self.checkpoint()?;
        for name in self.joined {
            fs::remove_file(self.root.join(name))?;
        }
        fs::remove_file(self.root.join(WHOLE))
    }
}

fn hash(name: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

fn cut(file: &File, length: u64, name: &str) -> io::Result<()> {
    let is = file.metadata()?.len();
    if is < length {
        let text = format!("{name} has {is} bytes, but {length} had been written; the folder was changed meanwhile");
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    file.set_len(length)
}

impl Output for ResumableFolder {
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // The name is listed before the file is there, so that no file is ever overlooked.
        let line = format!("{name}\n");
        self.list.write_all(line.as_bytes())?;
        self.state.listed += line.len() as u64;
        self.inner.put(name, bytes)?;
        self.fresh.push(name.to_owned());
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        if !self.state.grown.contains_key(name) {
            // What a program that died may have left of it was after the last checkpoint.
            match fs::remove_file(self.root.join(super::safe_name(name).map_err(io::Error::other)?)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        self.inner.append(name, bytes)?;
        *self.state.grown.entry(name.to_owned()).or_default() += bytes.len() as u64;
        Ok(())
    }

    fn join(&mut self, to: &str, from: &str) -> io::Result<()> {
        let Some(&length) = self.state.grown.get(from) else { return Ok(()) };
        self.inner.flush(false)?;
        let mut source = BufReader::with_capacity(1 << 18, File::open(self.root.join(from))?);
        let mut copied = 0;
        loop {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            let taken = bytes.len();
            self.append(to, bytes)?;
            copied += taken as u64;
            source.consume(taken);
        }
        if copied != length {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{from} was changed meanwhile")));
        }
        self.joined.push(from.to_owned());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(root: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
        fs::read_dir(root)
            .expect("listed")
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), fs::read(&path).expect("read")))
            .collect()
    }

    /// Writes five steps; `from` is the first that is done now.
    fn steps(out: &mut ResumableFolder, from: u32, to: u32) {
        for step in from..to {
            out.put(&format!("{step}.png"), &[step as u8; 100]).expect("put");
            out.append("all.json", format!("{step},").as_bytes()).expect("appended");
            out.append("side", b"x").expect("appended");
        }
    }

    fn end(mut out: ResumableFolder) {
        out.join("all.json", "side").expect("joined");
        out.append("all.json", b"]").expect("appended");
        out.finish().expect("finished");
    }

    #[test]
    fn whatever_was_cut_off_the_folder_is_the_same_in_the_end() {
        let whole = tempfile::tempdir().expect("a folder");
        let mut out = ResumableFolder::open(whole.path(), FolderState::default()).expect("open");
        steps(&mut out, 0, 5);
        end(out);
        let expected = contents(whole.path());
        assert_eq!(expected.len(), 6);
        assert_eq!(expected["all.json"], b"0,1,2,3,4,xxxxx]");

        for (kept, died) in [(0, 3), (2, 2), (2, 4), (3, 5)] {
            let dir = tempfile::tempdir().expect("a folder");
            let mut out = ResumableFolder::open(dir.path(), FolderState::default()).expect("open");
            steps(&mut out, 0, kept);
            let state = out.checkpoint().expect("on disk");
            steps(&mut out, kept, died);
            // A label that was there then and is not now.
            out.put("gone.png", b"x").expect("put");
            if died == 5 {
                out.join("all.json", "side").expect("joined");
            }
            out.checkpoint().expect("on disk");
            drop(out);

            let state: FolderState = serde_json::from_str(&serde_json::to_string(&state).expect("said")).expect("understood");
            ResumableFolder::forget_since(dir.path(), &state).expect("forgotten");
            let mut out = ResumableFolder::open(dir.path(), state).expect("open");
            steps(&mut out, kept, 5);
            end(out);
            assert!(contents(dir.path()) == expected, "cut off after {died}, kept {kept}");
        }
    }

    #[test]
    fn a_folder_that_lost_bytes_is_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut out = ResumableFolder::open(dir.path(), FolderState::default()).expect("open");
        steps(&mut out, 0, 2);
        let state = out.checkpoint().expect("on disk");
        drop(out);
        fs::write(dir.path().join("all.json"), b"0").expect("written");
        let error = ResumableFolder::open(dir.path(), state).expect_err("refused");
        assert!(error.to_string().contains("changed meanwhile"), "{error}");
    }
}
