//! Lines of the text files beside a `.rec`.

use std::io::{self, BufRead, Read};

/// A line of more bytes than this is not one of ours.
const MAX_LINE: usize = 1 << 20;

/// Why an `.idx` or `.lst` can't be read or written. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    #[error("reading or writing failed at line {line}: {source}")]
    Io { line: u64, source: io::Error },
    #[error("line {line} is longer than {MAX_LINE} bytes; this is not an index or list file")]
    TooLong { line: u64 },
    #[error("line {line} is not UTF-8 text; this is not an index or list file")]
    NotText { line: u64 },
    #[error("line {line} needs {needed}, separated by tabs")]
    Columns { line: u64, needed: &'static str },
    #[error("line {line}: '{text}' is not {needed}")]
    Number { line: u64, text: String, needed: &'static str },
    #[error("the key '{key}' has a tab or a line end in it, which would break the file; choose another")]
    Key { key: String },
}

impl TextError {
    /// Whether only one line is bad, so that the lines after it can still be read.
    #[must_use]
    pub fn is_of_one_line(&self) -> bool {
        matches!(self, Self::NotText { .. } | Self::Columns { .. } | Self::Number { .. })
    }
}

/// Hands out lines without their ends, skipping empty ones.
pub(super) struct Lines<R> {
    source: R,
    buffer: Vec<u8>,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    pub fn new(source: R) -> Self {
        Self { source, buffer: Vec::new(), line: 0 }
    }

    /// The next line and its number.
    pub fn read_line(&mut self) -> Result<Option<(u64, &str)>, TextError> {
        loop {
            self.line += 1;
            let line = self.line;
            self.buffer.clear();
            let read = self.source.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut self.buffer);
            match read.map_err(|source| TextError::Io { line, source })? {
                0 => return Ok(None),
                n if n > MAX_LINE => return Err(TextError::TooLong { line }),
                _ if self.buffer.trim_ascii().is_empty() => {}
                _ => break,
            }
        }
        let text = std::str::from_utf8(&self.buffer).map_err(|_| TextError::NotText { line: self.line })?;
        Ok(Some((self.line, text.trim_end_matches(['\n', '\r']))))
    }
}

/// A piece of a bad line, short enough for a message.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(40).collect()
}
