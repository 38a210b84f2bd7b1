//! What worker processes do: features, training, prediction and exports, each a job that can be begun anew at any time.
//!
//! A job writes its results so that doing it twice does no harm: features image by image, a model only when its weights are stored,
//! predictions page by page, an export into a folder that gets its name at the end. So a worker may die at any moment, and the job is
//! simply queued again. The long computations run outside the async threads, and ask between their steps whether they shall stop.

pub mod clock;
pub mod export;
pub mod features;
pub mod progress;
pub mod supervisor;
pub mod train;
pub mod worker;

#[cfg(test)]
mod tests;

use std::time::Duration;

use serde_json::Value;

use crate::{
    blobs::BlobError,
    flow::FlowError,
    store::{self, JobKind},
};

pub use progress::Progress;

/// What a job leaves behind when it is done.
#[derive(Clone, Debug)]
pub struct Finished {
    /// One sentence for the list of jobs.
    pub message: String,
    /// By kind of job; see each job's module.
    pub result: Value,
}

/// Why a job ended early.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Somebody cancelled it, or the worker is ending.
    #[error("stopped")]
    Stopped,
    /// It can't be done as things are; the text says what is missing and what to do.
    #[error("{0}")]
    NotYet(String),
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Blob(#[from] BlobError),
    #[error("{0}")]
    Flow(FlowError),
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    #[error("{0}")]
    Work(String),
    #[error("a fault of the program: {0}")]
    Fault(String),
}

impl From<FlowError> for JobError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Store(error) => Self::Store(error),
            FlowError::Blob(error) => Self::Blob(error),
            other => Self::Flow(other),
        }
    }
}

pub type Result<T, E = JobError> = std::result::Result<T, E>;

impl JobError {
    /// What happened, what was kept, and what to do, for the list of jobs.
    #[must_use]
    pub fn in_words(&self, kind: JobKind) -> String {
        let failed = match kind {
            JobKind::Features => "The features were not finished",
            JobKind::Train => "The training was not finished",
            JobKind::Predict => "The prediction was not finished",
            JobKind::Export => "The export was not finished",
            JobKind::Tune => "The trial was not finished",
        };
        let kept = match kind {
            JobKind::Features => "Those that were computed are kept.",
            JobKind::Train | JobKind::Predict => "All labels and the models so far are kept.",
            JobKind::Export => "No file was left behind, earlier exports are kept.",
            JobKind::Tune => "The tuning goes on with other settings.",
        };
        let advice = match self {
            Self::NotYet(text) => return text.clone(),
            Self::Stopped => return "stopped".to_owned(),
            Self::Store(store::Error::DiskFull) | Self::Blob(BlobError::DiskFull) => "Make room on the disk, then retry the job.",
            Self::File(_, error) if error.kind() == std::io::ErrorKind::StorageFull => "Make room on the disk, then retry the job.",
            Self::Fault(_) => "Retry the job; if it fails again, please report this text.",
            _ => "Retry the job.",
        };
        format!("{failed}: {self}. {kept} {advice}")
    }
}

/// Runs CPU work outside the async threads; a panic there becomes an error with its text.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(fault)
}

/// Tries a short transaction again while another program holds the database's lock, for about ten seconds.
pub(crate) async fn patiently<T, F: Future<Output = store::Result<T>>>(attempt: impl Fn() -> F) -> store::Result<T> {
    for pause in [100, 300, 1000, 3000] {
        match attempt().await {
            Err(store::Error::Busy | store::Error::Gone(_)) => tokio::time::sleep(Duration::from_millis(pause)).await,
            ended => return ended,
        }
    }
    attempt().await
}

/// What a task that panicked said.
pub(crate) fn fault(error: tokio::task::JoinError) -> JobError {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
            JobError::Fault(text.unwrap_or_else(|| "a computation broke off".to_owned()))
        }
        Err(_) => JobError::Stopped,
    }
}
