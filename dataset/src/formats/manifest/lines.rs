//! Manifests line by line.

use std::fmt;
use std::io::{BufRead, BufReader, Read};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::exchange::{ExchangeError, Input, ReadSeek};
use crate::formats::support::MAX_TEXT;

/// The files that may be manifests.
pub(super) fn manifests(names: &[String]) -> Vec<String> {
    let ending = |name: &&String| [".manifest", ".jsonl", ".manifest.json"].iter().any(|ending| name.ends_with(ending));
    names.iter().filter(ending).cloned().collect()
}

/// One line: its names and values in their order.
#[derive(Debug, Default)]
pub(super) struct Line(pub Vec<(String, Value)>);

impl Line {
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = Line;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let mut line = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    line.push(entry);
                }
                Ok(Line(line))
            }
        }
        deserializer.deserialize_map(Names)
    }
}

/// A file, and the number of the line that was read last.
type Open = (String, BufReader<Box<dyn ReadSeek>>, u64);

/// All lines of all manifests.
pub(super) struct Lines {
    files: std::vec::IntoIter<String>,
    open: Option<Open>,
    bytes: Vec<u8>,
}

/// A line, and where it is.
pub(super) struct Found {
    pub file: String,
    pub number: u64,
    pub line: Result<Line, String>,
}

impl Found {
    /// A name for it, until it has another one.
    pub fn place(&self) -> String {
        format!("{}, line {}", self.file, self.number)
    }
}

impl Lines {
    pub fn new(files: Vec<String>) -> Self {
        Self { files: files.into_iter(), open: None, bytes: Vec::new() }
    }

    /// The next line that is not empty.
    pub fn next(&mut self, input: &dyn Input) -> Result<Option<Found>, ExchangeError> {
        loop {
            if self.open.is_none() {
                let Some(name) = self.files.next() else { return Ok(None) };
                let file = input.open(&name).map_err(ExchangeError::io(&*name))?;
                self.open = Some((name, BufReader::with_capacity(1 << 16, file), 0));
            }
            let Some((name, file, number)) = self.open.as_mut() else { continue };
            self.bytes.clear();
            let read = file.by_ref().take(MAX_TEXT + 1).read_until(b'\n', &mut self.bytes).map_err(ExchangeError::io(&**name))?;
            if read == 0 {
                self.open = None;
                continue;
            }
            *number += 1;
            if read as u64 > MAX_TEXT {
                let reason = format!("the line has more than {MAX_TEXT} bytes");
                return Err(ExchangeError::file(&**name, Some(*number), reason));
            }
            let text = self.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.bytes).trim_ascii();
            if text.is_empty() {
                continue;
            }
            let line = serde_json::from_slice(text).map_err(|error| error.to_string());
            return Ok(Some(Found { file: name.clone(), number: *number, line }));
        }
    }
}
