//! Options, states, and files of a bounded size.

use std::collections::HashMap;
use std::io::{self, Read};

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::exchange::{ExchangeError, Input, stem};

/// Bytes of a text file of one image, or of a list of classes, at most.
pub(crate) const MAX_TEXT: u64 = 1 << 26;

/// Bytes of the file of a mask at most.
pub(crate) const MAX_MASK_FILE: u64 = 1 << 28;

/// The options of a format; `null` for all defaults.
pub(crate) fn settings<T: DeserializeOwned + Default>(options: &Value) -> Result<T, ExchangeError> {
    if options.is_null() {
        return Ok(T::default());
    }
    T::deserialize(options).map_err(|error| ExchangeError::Format(format!("the options don't suit this format: {error}")))
}

/// What a writer begins with: the state in which another one stopped, or nothing.
pub(crate) fn resume<T: DeserializeOwned + Default>(state: Option<&Value>) -> Result<T, ExchangeError> {
    match state {
        Some(state) => T::deserialize(state)
            .map_err(|error| ExchangeError::Format(format!("the export can't go on, because its state is another version's: {error}"))),
        None => Ok(T::default()),
    }
}

/// The bytes of a file of at most `limit` bytes.
pub(crate) fn read_whole(input: &dyn Input, name: &str, limit: u64) -> Result<Vec<u8>, ExchangeError> {
    let mut bytes = Vec::new();
    let file = input.open(name).map_err(ExchangeError::io(name))?;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(ExchangeError::io(name))?;
    if bytes.len() as u64 > limit {
        let reason = format!("the file has more than {limit} bytes");
        return Err(ExchangeError::Io { file: name.to_owned(), source: io::Error::new(io::ErrorKind::InvalidData, reason) });
    }
    Ok(bytes)
}

/// A text file, or none if there is no such file.
pub(crate) fn read_text(input: &dyn Input, name: &str) -> Result<Option<String>, ExchangeError> {
    if input.size(name).map_err(ExchangeError::io(name))?.is_none() {
        return Ok(None);
    }
    match String::from_utf8(read_whole(input, name, MAX_TEXT)?) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))),
        Err(error) => {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
            Err(ExchangeError::file(name, Some(line as u64), "this is not UTF-8 text"))
        }
    }
}

/// Whether a file among pictures may be one; their endings are many, and some have none.
pub(crate) fn is_picture(name: &str) -> bool {
    let ending = &name[stem(name).len()..];
    !matches!(ending.to_ascii_lowercase().as_str(), ".txt" | ".json" | ".xml" | ".yaml" | ".yml" | ".csv" | ".cache" | ".npy")
}

/// Picture files by their names without ending.
#[derive(Debug, Default)]
pub(crate) struct Pictures(HashMap<String, String>);

impl Pictures {
    /// All files below a folder; the stems are those below the folder. Of two with the same stem the first one counts.
    pub fn below(input: &dyn Input, folder: &str) -> Result<Self, ExchangeError> {
        let names = input.list(folder).map_err(ExchangeError::io(folder))?;
        let mut pictures = HashMap::with_capacity(names.len());
        for name in names {
            let inner = if folder.is_empty() { &name } else { &name[folder.len() + 1..] };
            if !is_picture(inner) {
                continue;
            }
            pictures.entry(stem(inner).to_owned()).or_insert(name);
        }
        Ok(Self(pictures))
    }

    /// The whole name of the picture with that stem.
    pub fn get(&self, stem: &str) -> Option<&str> {
        self.0.get(stem).map(String::as_str)
    }
}
