//! What happens when somebody acts: each function is one transaction over the store and the blobs, the same for HTTP, jobs and the command line.

pub mod bundle;
pub mod images;
pub mod imports;
pub mod inference;
pub mod labels;
pub mod masks;
pub mod progress;
pub mod revisions;
pub mod suggest;
pub mod tasks;
pub mod tiles;
pub mod tuning;

use crate::{blobs::BlobError, media::MediaError, store};

/// Why an action was not done. The text is for the person who acted.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("{0}")]
    Conflict(String),
    #[error("{0}")]
    Invalid(String),
    /// The lease ran out or was taken back; the shapes are kept as a draft of that person.
    #[error("the lease of this task is over: it ran out or was taken back")]
    LeaseLost { kept: bool },
    /// Another of this person's browsers made a newer draft; nothing was stored.
    #[error("another of your browsers has newer work on this image")]
    Newer(Box<revisions::Newer>),
    #[error("this project has no model yet")]
    NoModel,
    #[error("too many pictures wait for the model")]
    Full,
    /// The device or the model failed over one picture.
    #[error("{0}")]
    Work(String),
    #[error("a background task ended early")]
    Aborted,
}

pub type Result<T, E = FlowError> = std::result::Result<T, E>;

/// Runs CPU work where it does not hold up requests.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| FlowError::Aborted)
}
