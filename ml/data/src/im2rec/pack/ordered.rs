//! Work on several threads whose results come in the order of the work.

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// How many pieces of work each thread may be ahead of the sink.
const AHEAD: usize = 4;

/// Where work comes from, and where a place in the order is taken for each piece.
struct Source<I, R> {
    items: I,
    places: SyncSender<Receiver<R>>,
}

/// Does `work` for each item on `threads` threads, each with memory of its own, and hands the results to `sink` in the order of the items.
/// No more than a few items a thread are under way. An error of the sink ends everything.
///
/// # Errors
/// The sink's, or a thread can't be started.
pub(super) fn ordered<T, R, M, E>(
    items: impl Iterator<Item = T> + Send,
    threads: usize,
    work: impl Fn(&mut M, T) -> R + Sync,
    mut sink: impl FnMut(R) -> Result<(), E>,
    failed: impl FnOnce(io::Error) -> E,
) -> Result<(), E>
where
    T: Send,
    R: Send,
    M: Default,
{
    let threads = threads.max(1);
    let (places, results) = sync_channel(threads * AHEAD);
    let source = Mutex::new(Some(Source { items, places }));
    let (source, work) = (&source, &work);
    thread::scope(|scope| {
        let run = move || {
            let mut memory = M::default();
            while let Some((item, result)) = next(source) {
                // Nobody waits for it if the sink has failed.
                let _ = result.send(work(&mut memory, item));
            }
        };
        let mut started = 0;
        for number in 0..threads {
            match thread::Builder::new().name(format!("im2rec-{number}")).spawn_scoped(scope, run) {
                Ok(_) => started += 1,
                // Those that run do all the work.
                Err(_) if started > 0 => break,
                Err(error) => return Err(failed(error)),
            }
        }
        // Taken apart when left early, which lets threads see that nobody listens.
        let results = results;
        while let Ok(result) = results.recv() {
            // A thread that panicked has no result; the scope passes its panic on.
            let Ok(result) = result.recv() else { break };
            sink(result)?;
        }
        Ok(())
    })
}

/// The next item, and where its result is waited for. Both are taken under one lock, so places have the order of items.
fn next<T, R>(source: &Mutex<Option<Source<impl Iterator<Item = T>, R>>>) -> Option<(T, SyncSender<R>)> {
    let mut guard = source.lock().ok()?;
    let begun = guard.as_mut().and_then(|source| {
        let item = source.items.next()?;
        let (result, place) = sync_channel(1);
        source.places.send(place).ok()?;
        Some((item, result))
    });
    if begun.is_none() {
        // Closes the order: the sink has all places then.
        *guard = None;
    }
    begun
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    #[test]
    fn results_come_in_order_and_little_is_under_way() {
        let (begun, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items = (0..500).inspect(|_| {
            let ahead = begun.fetch_add(1, Ordering::SeqCst) - done.load(Ordering::SeqCst);
            assert!(ahead <= 3 * AHEAD + 4, "{ahead}");
        });
        let work = |_: &mut (), item: usize| {
            thread::sleep(Duration::from_micros((item as u64 * 7919) % 300));
            item * 2
        };
        let mut seen = Vec::new();
        let sink = |result| {
            seen.push(result);
            done.fetch_add(1, Ordering::SeqCst);
            Ok(())
        };
        ordered(items, 3, work, sink, |error| error).unwrap();
        assert_eq!(seen, (0..500).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_of_the_sink_ends_the_work() {
        let begun = AtomicUsize::new(0);
        let items = (0..).inspect(|_| {
            begun.fetch_add(1, Ordering::SeqCst);
        });
        let sink = |result| if result == 40 { Err(io::Error::other("full")) } else { Ok(()) };
        let ended = ordered(items, 2, |_: &mut (), item: u32| item, sink, |error| error);
        assert_eq!(ended.unwrap_err().to_string(), "full");
        assert!(begun.load(Ordering::SeqCst) <= 41 + 2 * AHEAD + 4);
    }
}
