//! Things kept in memory up to a limit.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// What was made first for each number, until the memory that is given to it is full. Nothing is thrown out for another: an epoch asks for
/// every item once, so keeping the latest would keep nothing that is asked for again soon.
#[derive(Debug)]
pub struct Cache<T> {
    limit: usize,
    kept: RwLock<Kept<T>>,
}

#[derive(Debug)]
struct Kept<T> {
    bytes: usize,
    things: HashMap<usize, Arc<T>>,
}

impl<T> Cache<T> {
    /// Keeps things of up to `limit` bytes together.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: RwLock::new(Kept { bytes: 0, things: HashMap::new() }) }
    }

    /// The bytes that are kept.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// The thing of that number, if it is kept.
    #[must_use]
    pub fn get(&self, number: usize) -> Option<Arc<T>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).things.get(&number).cloned()
    }

    /// Whether a thing of so many bytes would be kept.
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        self.bytes().saturating_add(bytes) <= self.limit
    }

    /// Keeps a thing of so many bytes, if there is room for it.
    pub fn keep(&self, number: usize, bytes: usize, thing: T) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes.saturating_add(bytes) <= self.limit && !kept.things.contains_key(&number) {
            kept.bytes += bytes;
            kept.things.insert(number, Arc::new(thing));
        }
    }
}
