//! A file that the system maps into memory, so that its records are read without being copied.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file, read by the system when they are first touched.
///
/// The file must not be changed meanwhile: bytes that another program writes show up here, and reading what another program has cut off
/// ends this one (SIGBUS). Files that may change are read with [`RecordReader`](super::RecordReader).
#[derive(Debug)]
pub struct MappedFile(Option<Mmap>);

impl MappedFile {
    /// Maps a file.
    ///
    /// # Errors
    /// It can't be opened or mapped.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::open(path)?;
        // Systems refuse to map nothing.
        if file.metadata()?.len() == 0 {
            return Ok(Self(None));
        }
        // SAFETY: the map is only read, and lives as long as the bytes lent from it. If another program changes the file, bytes change
        // behind a shared reference; everything here takes them for untrusted data, checks each length against the map's own, which is fixed,
        // and reads a length once before it uses it. If the file is cut, the system ends the program; no memory is corrupted.
        #[expect(unsafe_code, reason = "mapping a file can't be checked by the compiler; what happens when the file changes is said above")]
        let map = unsafe { Mmap::map(&file)? };
        Ok(Self(Some(map)))
    }
}

impl Deref for MappedFile {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_any_length_are_mapped() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(MappedFile::open(file.path()).unwrap().is_empty());
        std::fs::write(file.path(), b"ab").unwrap();
        assert_eq!(&MappedFile::open(file.path()).unwrap()[..], b"ab");
        assert!(MappedFile::open(file.path().join("none")).is_err());
    }
}
