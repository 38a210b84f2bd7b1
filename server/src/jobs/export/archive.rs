//! A finished export as one `.tar`, made while it is sent.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use tokio::sync::mpsc;

/// Bytes that are sent in one piece.
const PIECE: usize = 1 << 16;
/// Pieces that wait for a slow receiver at most.
const WAITING: usize = 8;
/// Tar files are made of blocks of this many bytes.
const BLOCK: u64 = 512;
/// The longest path in bytes that fits into the header itself.
const SHORT: usize = 100;

/// A file of the archive: its path in there, and its length in bytes.
type Entry = (String, u64);

/// The files of a folder, and how to send them.
#[derive(Debug)]
pub struct Archive {
    root: PathBuf,
    /// In the order of paths, so that the same folder gives the same bytes.
    entries: Vec<Entry>,
}

impl Archive {
    /// Lists a folder. Links are left out.
    ///
    /// # Errors
    /// The folder can't be read.
    pub fn of(root: &Path) -> io::Result<Self> {
        let mut entries = Vec::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let path = entry.path();
                    let Some(below) = path.strip_prefix(root).ok().and_then(Path::to_str) else { continue };
                    entries.push((below.replace(std::path::MAIN_SEPARATOR, "/"), entry.metadata()?.len()));
                }
            }
        }
        entries.sort_unstable();
        Ok(Self { root: root.to_owned(), entries })
    }

    /// Length of the archive in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        let blocks = |bytes: u64| bytes.div_ceil(BLOCK) * BLOCK;
        // A longer path has an entry of its own before the file: a header, and the path with a zero at its end.
        let path = |path: &str| if path.len() > SHORT { BLOCK + blocks(path.len() as u64 + 1) } else { 0 };
        self.entries.iter().map(|(name, size)| path(name) + BLOCK + blocks(*size)).sum::<u64>() + 2 * BLOCK
    }

    /// Sends the archive in pieces; ends early when nobody receives any more. To be run where blocking is allowed.
    pub fn send(self, to: mpsc::Sender<io::Result<Bytes>>) {
        let pieces = Pieces { piece: Vec::with_capacity(PIECE), to: to.clone() };
        if let Err(error) = self.write(pieces)
            && error.kind() != io::ErrorKind::BrokenPipe
        {
            tracing::warn!(folder = %self.root.display(), %error, "an export can't be packed");
            // The receiver sees that the archive is not whole. That nobody receives any more is no concern.
            let _ = to.blocking_send(Err(error));
        }
    }

    /// A channel that holds a few pieces.
    #[must_use]
    pub fn channel() -> (mpsc::Sender<io::Result<Bytes>>, mpsc::Receiver<io::Result<Bytes>>) {
        mpsc::channel(WAITING)
    }

    fn write(&self, to: impl Write) -> io::Result<()> {
        let mut tar = tar::Builder::new(to);
        for (name, size) in &self.entries {
            let file = File::open(self.root.join(name))?;
            if file.metadata()?.len() != *size {
                return Err(io::Error::other(format!("{name} was changed while it was sent")));
            }
            let mut header = tar::Header::new_gnu();
            header.set_size(*size);
            header.set_mode(0o644);
            header.set_mtime(0);
            tar.append_data(&mut header, name, file)?;
        }
        tar.into_inner()?.flush()
    }
}

/// Collects small writes into pieces and sends them.
struct Pieces {
    piece: Vec<u8>,
    to: mpsc::Sender<io::Result<Bytes>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        if self.piece.len() == PIECE {
            self.flush()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE));
        self.to.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn an_archive_holds_every_file_and_has_the_length_that_was_said() {
        let dir = tempfile::tempdir().unwrap();
        let long = format!("{}/{}.png", "folder".repeat(12), "ü".repeat(60));
        for (name, bytes) in [("a.json", vec![1; 700]), ("masks/b.png", vec![2; 512]), (long.as_str(), vec![]), ("z", vec![3; 200_000])] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let archive = Archive::of(dir.path()).unwrap();
        let (length, (sender, mut receiver)) = (archive.length(), Archive::channel());
        let sending = std::thread::spawn(move || archive.send(sender));
        let mut bytes = Vec::new();
        while let Some(piece) = receiver.blocking_recv() {
            bytes.extend(piece.unwrap());
        }
        sending.join().unwrap();
        assert_eq!(bytes.len() as u64, length);
        let mut tar = tar::Archive::new(bytes.as_slice());
        let read: Vec<(String, Vec<u8>)> = tar
            .entries()
            .unwrap()
            .map(|entry| {
                let mut entry = entry.unwrap();
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).unwrap();
                (entry.path().unwrap().to_str().unwrap().to_owned(), bytes)
            })
            .collect();
        let names: Vec<&str> = read.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.json", long.as_str(), "masks/b.png", "z"]);
        assert!(read.iter().all(|(name, bytes)| *bytes == fs::read(dir.path().join(name)).unwrap()));
    }

    #[test]
    fn nobody_waits_for_a_receiver_that_left() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("big"), vec![0; PIECE * (WAITING + 4)]).unwrap();
        let (sender, receiver) = Archive::channel();
        drop(receiver);
        Archive::of(dir.path()).unwrap().send(sender);
    }
}
