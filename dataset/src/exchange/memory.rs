//! Datasets that lie in memory: small ones, and those of tests.

use std::collections::BTreeMap;
use std::io::{self, Cursor};

use super::input::{Input, ReadSeek};
use super::output::Output;

/// Files by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryFiles(pub BTreeMap<String, Vec<u8>>);

impl Output for MemoryFiles {
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.insert(name.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.entry(name.to_owned()).or_default().extend_from_slice(bytes);
        Ok(())
    }

    fn join(&mut self, to: &str, from: &str) -> io::Result<()> {
        let bytes = self.0.remove(from).unwrap_or_default();
        self.append(to, &bytes)
    }
}

impl Input for MemoryFiles {
    fn open(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such file");
        Ok(Box::new(Cursor::new(self.0.get(name).ok_or_else(missing)?.clone())))
    }

    fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        let below = |name: &&String| folder.is_empty() || name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        Ok(self.0.keys().filter(below).cloned().collect())
    }

    fn size(&self, name: &str) -> io::Result<Option<u64>> {
        Ok(self.0.get(name).map(|bytes| bytes.len() as u64))
    }
}
