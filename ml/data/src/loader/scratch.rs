//! Memory that threads take for an item and give back for the next.

use std::sync::{Mutex, PoisonError};

/// Pieces of memory that are used again. There are never more than were in use at once.
#[derive(Debug)]
pub(crate) struct Scratch<T>(Mutex<Vec<T>>);

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self(Mutex::new(Vec::new()))
    }
}

impl<T> Scratch<T> {
    /// A piece that was given back, if there is one.
    pub fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    pub fn give(&self, piece: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(piece);
    }
}

impl<T: Default> Scratch<T> {
    /// Works with a piece; after a panic the piece is not used again.
    pub fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> R {
        let mut piece = self.take().unwrap_or_default();
        let result = work(&mut piece);
        self.give(piece);
        result
    }
}
