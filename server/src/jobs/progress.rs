//! How far a job is, and whether it shall stop: written by the job from any thread, read by whoever reports it.

use std::{
    ops::ControlFlow,
    sync::{Arc, Mutex, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::{JobError, Result};

/// Why a job shall stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Somebody asked for it.
    Cancelled,
    /// Another worker may have it by now.
    Lost,
    /// The worker is ending.
    Shutdown,
}

impl Why {
    /// Whether the same job is likely to be begun again, so that what it did so far should be kept.
    #[must_use]
    pub fn may_go_on(self) -> bool {
        match self {
            Self::Cancelled => false,
            Self::Lost | Self::Shutdown => true,
        }
    }
}

type Observer = dyn Fn(f64, &str) + Send + Sync;

#[derive(Default)]
struct Shared {
    share: f64,
    message: String,
    why: Option<Why>,
}

/// A job's progress, or the progress of a part of it. Cheap to clone.
#[derive(Clone)]
pub struct Progress {
    shared: Arc<Mutex<Shared>>,
    stop: CancellationToken,
    observer: Option<Arc<Observer>>,
    from: f64,
    to: f64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { shared: Arc::default(), stop: CancellationToken::new(), observer: None, from: 0.0, to: 1.0 }
    }
}

impl std::fmt::Debug for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (share, message) = self.get();
        f.debug_struct("Progress").field("share", &share).field("message", &message).finish_non_exhaustive()
    }
}

impl Progress {
    /// Progress that nobody has asked to stop and that starts at 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Progress that tells `observer` every step: the share done in [0, 1], and what is being done.
    #[must_use]
    pub fn observed(observer: impl Fn(f64, &str) + Send + Sync + 'static) -> Self {
        Self { observer: Some(Arc::new(observer)), ..Self::default() }
    }

    /// The part of this progress between two shares of it; a step of the job sees 0 to 1.
    #[must_use]
    pub fn part(&self, from: f64, to: f64) -> Self {
        let at = |share: f64| self.from + (self.to - self.from) * share;
        Self { from: at(from), to: at(to), ..self.clone() }
    }

    /// Reports how far this part is (in [0, 1]; the whole never goes back) and what is being done.
    ///
    /// # Errors
    /// [`JobError::Stopped`] when the job shall stop.
    pub fn set(&self, share: f64, message: impl Into<String>) -> Result<()> {
        let (share, message) = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            let share = self.from + (self.to - self.from) * share.clamp(0.0, 1.0);
            shared.share = shared.share.max(share);
            shared.message = message.into();
            (shared.share, shared.message.clone())
        };
        if let Some(observer) = &self.observer {
            observer(share, &message);
        }
        self.check()
    }

    /// # Errors
    /// [`JobError::Stopped`] when the job shall stop.
    pub fn check(&self) -> Result<()> {
        if self.stop.is_cancelled() { Err(JobError::Stopped) } else { Ok(()) }
    }

    /// The same for callbacks that are told to go on or to break off.
    pub fn flow(&self) -> ControlFlow<()> {
        if self.stop.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Asks the job to stop; the first reason counts.
    pub fn stop(&self, why: Why) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).why.get_or_insert(why);
        self.stop.cancel();
    }

    /// Why the job was asked to stop, if it was.
    #[must_use]
    pub fn stopped(&self) -> Option<Why> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).why
    }

    /// The share of the whole and the newest message.
    #[must_use]
    pub fn get(&self) -> (f64, String) {
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        (shared.share, shared.message.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_add_up_and_never_go_back() {
        let whole = Progress::new();
        let half = whole.part(0.5, 1.0);
        half.part(0.0, 0.5).set(1.0, "middle").unwrap();
        assert_eq!(whole.get(), (0.75, "middle".to_owned()));
        whole.set(0.1, "again").unwrap();
        assert_eq!(whole.get().0, 0.75);
        assert!(half.flow().is_continue());
        whole.stop(Why::Lost);
        whole.stop(Why::Shutdown);
        assert!(matches!(half.set(1.0, "late"), Err(JobError::Stopped)));
        assert!(half.flow().is_break());
        assert_eq!(half.stopped(), Some(Why::Lost));
    }
}
