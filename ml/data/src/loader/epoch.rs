//! The batches of one epoch, made ahead and given out in order.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use super::assembly::{Assembly, Engine};
use super::error::LoadError;
use super::order::{Pick, Plan};

/// How many batches are in work at once: while one waits for its last item, the threads begin with the next.
const LANES: usize = 2;

/// A batch, and what had to be left out of it.
#[derive(Debug)]
pub struct Loaded<B, E> {
    /// From 0 in each epoch.
    pub number: usize,
    pub batch: B,
    /// Items that could not be had, where the loader was told to go on without them.
    pub skipped: Vec<(Pick, E)>,
}

type Made<A> = Result<Loaded<<A as Assembly>::Batch, <A as Assembly>::Error>, LoadError<<A as Assembly>::Error>>;

struct Shared<A: Assembly> {
    engine: Arc<Engine<A>>,
    plan: Plan,
    state: Mutex<State<A>>,
    changed: Condvar,
}

struct State<A: Assembly> {
    /// The next batch that nobody makes yet.
    next: usize,
    /// The next batch that is asked for.
    asked: usize,
    ready: BTreeMap<usize, Made<A>>,
    stopped: bool,
}

/// An iterator over the batches of an epoch. When it is dropped, its threads stop after what they have in hand.
pub struct Epoch<A: Assembly> {
    shared: Arc<Shared<A>>,
    lanes: Vec<JoinHandle<()>>,
    /// Why a thread could not be started.
    failed: Option<std::io::Error>,
}

impl<A: Assembly> fmt::Debug for Epoch<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epoch").field("batches", &self.shared.plan.batches()).finish_non_exhaustive()
    }
}

impl<A: Assembly> Epoch<A> {
    pub(crate) fn start(engine: &Arc<Engine<A>>, epoch: u64) -> Self {
        let state = State { next: 0, asked: 0, ready: BTreeMap::new(), stopped: false };
        let plan = engine.order.plan(epoch);
        let shared = Arc::new(Shared { engine: Arc::clone(engine), plan, state: Mutex::new(state), changed: Condvar::new() });
        let (mut lanes, mut failed) = (Vec::new(), None);
        for lane in 0..LANES.min(engine.prefetch).min(shared.plan.batches()) {
            let shared = Arc::clone(&shared);
            match thread::Builder::new().name(format!("batches-{lane}")).spawn(move || shared.work()) {
                Ok(handle) => lanes.push(handle),
                Err(error) => failed = Some(error),
            }
        }
        // One lane is enough to get through.
        let failed = failed.filter(|_| lanes.is_empty());
        Self { shared, lanes, failed }
    }

    /// How many batches are ready at this moment.
    #[must_use]
    pub fn ready(&self) -> usize {
        self.shared.lock().ready.len()
    }
}

impl<A: Assembly> Shared<A> {
    fn lock(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<A>>) -> MutexGuard<'a, State<A>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some(number) = self.claim() {
            let made = catch_unwind(AssertUnwindSafe(|| self.engine.batch(&self.plan, number)));
            let made = match made {
                Ok(Ok((batch, skipped))) => Ok(Loaded { number, batch, skipped }),
                Ok(Err(error)) => Err(error),
                Err(_) => Err(LoadError::Panicked { number }),
            };
            let mut state = self.lock();
            state.ready.insert(number, made);
            self.changed.notify_all();
        }
    }

    /// The next batch to be made, as soon as there is room for it.
    fn claim(&self) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.stopped || state.next >= self.plan.batches() {
                return None;
            }
            if state.next < state.asked + self.engine.prefetch {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.wait(state);
        }
    }
}

impl<A: Assembly> Iterator for Epoch<A> {
    type Item = Made<A>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.shared.lock().stopped = true;
            return Some(Err(LoadError::Thread(error)));
        }
        let mut state = self.shared.lock();
        loop {
            if state.stopped || state.asked >= self.shared.plan.batches() {
                return None;
            }
            let asked = state.asked;
            if let Some(made) = state.ready.remove(&asked) {
                state.asked += 1;
                // After an error nothing more is to be had.
                state.stopped = made.is_err();
                self.shared.changed.notify_all();
                return Some(made);
            }
            state = self.shared.wait(state);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let state = self.shared.lock();
        let left = if state.stopped { 0 } else { self.shared.plan.batches() - state.asked };
        (0, Some(left))
    }
}

impl<A: Assembly> Drop for Epoch<A> {
    fn drop(&mut self) {
        self.shared.lock().stopped = true;
        self.shared.changed.notify_all();
        for lane in self.lanes.drain(..) {
            // A lane catches its own panics, so there is nothing to be told here.
            let _ = lane.join();
        }
    }
}
