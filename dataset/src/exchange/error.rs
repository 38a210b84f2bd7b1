//! Why a dataset can't be read or written.

use std::io;

use super::names::UnsafeName;

/// Why a dataset, or one image of it, can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// A file can't be read or written. Reading and writing end here.
    #[error("{file}: {source}")]
    Io { file: String, source: io::Error },
    /// A whole file can't be understood. Reading ends here.
    #[error("{file}{}: {reason}", at(*.line))]
    File { file: String, line: Option<u64>, reason: String },
    /// One image can't be read or written; the others can.
    #[error("image '{name}': {reason}")]
    Image { name: String, reason: String },
    /// The dataset itself can't be said in this format, or in this form.
    #[error("{0}")]
    Format(String),
    #[error(transparent)]
    Name(#[from] UnsafeName),
}

fn at(line: Option<u64>) -> String {
    line.map(|line| format!(", line {line}")).unwrap_or_default()
}

impl ExchangeError {
    /// A file that can't be read or written.
    pub fn io(file: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let file = file.into();
        move |source| Self::Io { file, source }
    }

    /// A file that can't be understood.
    pub fn file(file: impl Into<String>, line: Option<u64>, reason: impl std::fmt::Display) -> Self {
        Self::File { file: file.into(), line, reason: reason.to_string() }
    }

    /// An image that can't be read or written.
    pub fn image(name: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Image { name: name.into(), reason: reason.to_string() }
    }

    /// Whether only one image is concerned, so that the next may still be read or written.
    #[must_use]
    pub fn is_of_one_image(&self) -> bool {
        matches!(self, Self::Image { .. } | Self::Name(_))
    }
}
