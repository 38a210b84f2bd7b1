//! `.idx`: where each record of a `.rec` begins.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use super::lines::{Lines, TextError, excerpt};

/// A line of an `.idx`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// Mostly the image's id in decimal digits, but any text without tabs and line ends may be a key.
    pub key: String,
    /// Where the record begins, in bytes.
    pub offset: u64,
}

impl IndexEntry {
    /// Writes the line: `key TAB offset LF`.
    ///
    /// # Errors
    /// The key has a tab or a line end in it, or the sink fails.
    pub fn write(&self, sink: &mut impl Write) -> Result<(), TextError> {
        if self.key.contains(['\t', '\n', '\r']) {
            return Err(TextError::Key { key: excerpt(&self.key) });
        }
        writeln!(sink, "{}\t{}", self.key, self.offset).map_err(|source| TextError::Io { line: 0, source })
    }
}

/// A whole `.idx` in memory, in the file's order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    entries: Vec<IndexEntry>,
    positions: HashMap<String, usize>,
}

impl Index {
    /// Reads an `.idx`. Empty lines are skipped; of entries with the same key the last one is found by it.
    ///
    /// # Errors
    /// A line is not a key and an offset, or the source fails.
    pub fn read(source: impl BufRead) -> Result<Self, TextError> {
        let mut lines = Lines::new(source);
        let mut index = Self::default();
        while let Some((line, text)) = lines.read_line()? {
            let Some((key, offset)) = text.split_once('\t') else {
                return Err(TextError::Columns { line, needed: "a key and an offset" });
            };
            let number = offset.trim().parse().map_err(|_| TextError::Number { line, text: excerpt(offset), needed: "an offset" })?;
            index.push(key.to_owned(), number);
        }
        Ok(index)
    }

    /// Adds an entry at the end.
    pub fn push(&mut self, key: String, offset: u64) {
        self.positions.insert(key.clone(), self.entries.len());
        self.entries.push(IndexEntry { key, offset });
    }

    /// The entries in the file's order.
    #[must_use]
    pub fn entries(&self) -> &[IndexEntry] {
        &self.entries
    }

    /// Where the record with that key begins.
    #[must_use]
    pub fn offset(&self, key: &str) -> Option<u64> {
        self.positions.get(key).map(|&position| self.entries[position].offset)
    }

    /// Writes all lines.
    ///
    /// # Errors
    /// As [`IndexEntry::write`].
    pub fn write(&self, sink: &mut impl Write) -> Result<(), TextError> {
        self.entries.iter().try_for_each(|entry| entry.write(sink))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_is_found() {
        let index = Index::read(&b"a b\t0\n\n7\t 12 \r\n7\t40"[..]).unwrap();
        assert_eq!((index.offset("a b"), index.offset("7"), index.offset("8")), (Some(0), Some(40), None));
        assert_eq!(index.entries().len(), 3);
    }

    #[test]
    fn bad_lines_are_told_by_number() {
        assert!(matches!(Index::read(&b"1\t0\n2 7\n"[..]), Err(TextError::Columns { line: 2, .. })));
        assert!(matches!(Index::read(&b"\n1\t-4\n"[..]), Err(TextError::Number { line: 2, .. })));
        assert!(matches!(Index::read(&b"\xff\t0\n"[..]), Err(TextError::NotText { line: 1 })));
        assert!(matches!(Index::read(&vec![b'1'; 1 << 21][..]), Err(TextError::TooLong { line: 1 })));
        let bad = IndexEntry { key: "a\tb".into(), offset: 0 };
        assert!(matches!(bad.write(&mut Vec::new()), Err(TextError::Key { .. })));
    }
}
