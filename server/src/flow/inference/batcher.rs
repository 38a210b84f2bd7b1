//! Work that comes in one by one and is cheaper done together: a queue with a bounded number of places, and a thread that takes from it.
//!
//! A batch is begun when it is full, when nobody else is on the way, or when its first job has waited long enough. While one is worked on, the
//! next one gathers.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, Instant},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How jobs are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Jobs in a batch.
    pub batch: usize,
    /// How long the first job of a batch waits for others that are on the way.
    pub wait: Duration,
    /// Jobs that are prepared, wait or are worked on at the same time.
    pub places: usize,
}

/// The work of a job broke off, or the program is ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the work broke off")]
pub struct Broken;

/// What became of a job.
#[derive(Clone, Debug)]
pub struct Done<R> {
    pub result: R,
    /// From handing it in to the beginning of its batch.
    pub waited: Duration,
    /// Time that its batch took.
    pub worked: Duration,
    /// How many jobs were done together.
    pub together: usize,
}

struct Job<J, R> {
    job: J,
    since: Instant,
    reply: oneshot::Sender<Done<R>>,
}

/// The queue. Its thread ends when the queue is dropped.
pub struct Batcher<J, R> {
    jobs: Sender<Job<J, R>>,
    places: Arc<Semaphore>,
    coming: Arc<AtomicUsize>,
}

/// A place in the queue: whoever has one may hand in a job.
pub struct Place {
    _permit: OwnedSemaphorePermit,
    coming: Coming,
}

/// Counts those who have a place and have not handed in yet.
struct Coming(Option<Arc<AtomicUsize>>);

impl Coming {
    fn arrived(&mut self) {
        if let Some(count) = self.0.take() {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.arrived();
    }
}

impl<J, R> fmt::Debug for Batcher<J, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batcher").field("free", &self.places.available_permits()).finish_non_exhaustive()
    }
}

impl<J: Send + 'static, R: Send + 'static> Batcher<J, R> {
    /// Starts the thread. `work` gives one result a job, in their order. When it panics over several jobs, each is tried alone, so that one bad
    /// job costs only itself.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(limits: Limits, work: impl Fn(&[J]) -> Vec<R> + Send + 'static) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel();
        let coming = Arc::new(AtomicUsize::new(0));
        let expected = coming.clone();
        std::thread::Builder::new().name("inference".into()).spawn(move || {
            while let Some(batch) = gather(&queue, limits, &expected) {
                done(batch, &work);
            }
        })?;
        Ok(Self { jobs, places: Arc::new(Semaphore::new(limits.places.max(1))), coming })
    }

    /// A place, if one is free now.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let permit = self.places.clone().try_acquire_owned().ok()?;
        Some(self.taken(permit))
    }

    /// A place as soon as one is free.
    ///
    /// # Errors
    /// The program is ending.
    pub async fn wait_for_place(&self) -> Result<Place, Broken> {
        let permit = self.places.clone().acquire_owned().await.map_err(|_| Broken)?;
        Ok(self.taken(permit))
    }

    fn taken(&self, permit: OwnedSemaphorePermit) -> Place {
        self.coming.fetch_add(1, Ordering::Relaxed);
        Place { _permit: permit, coming: Coming(Some(self.coming.clone())) }
    }

    /// Hands a job in and waits for its result. The place stays taken until it is dropped.
    ///
    /// # Errors
    /// The work panicked over this job, or the program is ending.
    pub async fn run(&self, place: &mut Place, job: J) -> Result<Done<R>, Broken> {
        let (reply, result) = oneshot::channel();
        let sent = self.jobs.send(Job { job, since: Instant::now(), reply });
        place.coming.arrived();
        sent.map_err(|_| Broken)?;
        result.await.map_err(|_| Broken)
    }
}

/// The next batch; none when nobody can hand in any more. Jobs whose askers went away are left out.
fn gather<J, R>(queue: &Receiver<Job<J, R>>, limits: Limits, coming: &AtomicUsize) -> Option<Vec<Job<J, R>>> {
    let mut batch = vec![queue.recv().ok()?];
    let until = Instant::now() + limits.wait;
    while batch.len() < limits.batch.max(1) {
        let next = queue.try_recv().ok().or_else(|| {
            let left = until.saturating_duration_since(Instant::now());
            // A short step, because whoever was on the way may have turned back.
            let step = left.min(Duration::from_millis(1));
            (coming.load(Ordering::Relaxed) > 0 && !left.is_zero()).then(|| queue.recv_timeout(step).ok()).flatten()
        });
        match next {
            Some(job) => batch.push(job),
            None if coming.load(Ordering::Relaxed) > 0 && Instant::now() < until => {}
            None => break,
        }
    }
    batch.retain(|job| !job.reply.is_closed());
    Some(batch)
}

fn done<J, R>(batch: Vec<Job<J, R>>, work: &impl Fn(&[J]) -> Vec<R>) {
    if batch.is_empty() {
        return;
    }
    let began = Instant::now();
    let together = batch.len();
    let (jobs, askers): (Vec<J>, Vec<_>) = batch.into_iter().map(|job| (job.job, (job.reply, job.since))).unzip();
    let tried = |jobs: &[J]| catch_unwind(AssertUnwindSafe(|| work(jobs))).ok().filter(|results| results.len() == jobs.len());
    let results: Vec<Option<R>> = match tried(&jobs) {
        Some(results) => results.into_iter().map(Some).collect(),
        None if together == 1 => vec![None],
        None => jobs.iter().map(|job| tried(std::slice::from_ref(job)).and_then(|mut results| results.pop())).collect(),
    };
    let worked = began.elapsed();
    for (result, (reply, since)) in results.into_iter().zip(askers) {
        if let Some(result) = result {
            // Whoever asked may have gone away meanwhile.
            let _ = reply.send(Done { result, waited: began.saturating_duration_since(since), worked, together });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const LIMITS: Limits = Limits { batch: 4, wait: Duration::from_secs(5), places: 16 };

    type Seen = Arc<Mutex<Vec<Vec<u32>>>>;

    /// Doubles numbers, slowly for 0, never for 13; keeps what came together.
    fn doubler(limits: Limits) -> (Arc<Batcher<u32, u32>>, Seen) {
        let seen = Seen::default();
        let log = seen.clone();
        let work = move |jobs: &[u32]| {
            log.lock().unwrap().push(jobs.to_vec());
            if jobs.contains(&0) {
                std::thread::sleep(Duration::from_millis(300));
            }
            assert!(!jobs.contains(&13), "a bad job");
            jobs.iter().map(|n| 2 * n).collect()
        };
        (Arc::new(Batcher::start(limits, work).unwrap()), seen)
    }

    /// Hands in numbers in this order, while a slow job keeps the thread busy; their results.
    async fn behind_a_slow_one(batcher: &Arc<Batcher<u32, u32>>, numbers: &[u32]) -> Vec<Result<Done<u32>, Broken>> {
        let mut places: Vec<Place> = numbers.iter().map(|_| batcher.place().unwrap()).collect();
        let mut first = batcher.place().unwrap();
        let slow = batcher.clone();
        // Its batch begins at once only if nobody is on the way, so the others' places are counted as arrived.
        places.iter_mut().for_each(|place| place.coming.arrived());
        let slow = tokio::spawn(async move { slow.run(&mut first, 0).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        let mut waiting = Vec::new();
        for (&number, mut place) in numbers.iter().zip(places) {
            let batcher = batcher.clone();
            waiting.push(tokio::spawn(async move { batcher.run(&mut place, number).await }));
            tokio::task::yield_now().await;
        }
        assert_eq!(slow.await.unwrap().unwrap().result, 0);
        let mut out = Vec::new();
        for one in waiting {
            out.push(one.await.unwrap());
        }
        out
    }

    #[tokio::test]
    async fn what_gathers_while_others_are_worked_on_is_done_together_and_in_order() {
        let (batcher, seen) = doubler(LIMITS);
        let results = behind_a_slow_one(&batcher, &[1, 2, 3, 4, 5, 6]).await;
        let results: Vec<Done<u32>> = results.into_iter().map(Result::unwrap).collect();
        assert_eq!(results.iter().map(|done| done.result).collect::<Vec<_>>(), [2, 4, 6, 8, 10, 12]);
        assert_eq!(results.iter().map(|done| done.together).collect::<Vec<_>>(), [4, 4, 4, 4, 2, 2]);
        assert_eq!(*seen.lock().unwrap(), [vec![0], vec![1, 2, 3, 4], vec![5, 6]]);
        assert!(results[0].waited > Duration::from_millis(50));
    }

    #[tokio::test]
    async fn a_bad_job_costs_only_itself() {
        let (batcher, _) = doubler(LIMITS);
        let results = behind_a_slow_one(&batcher, &[1, 13, 3]).await;
        let results: Vec<Option<u32>> = results.into_iter().map(|done| done.ok().map(|done| done.result)).collect();
        assert_eq!(results, [Some(2), None, Some(6)]);
        // And the thread lives on.
        let mut place = batcher.place().unwrap();
        assert_eq!(batcher.run(&mut place, 7).await.unwrap().result, 14);
    }

    #[tokio::test]
    async fn nobody_is_let_in_when_all_places_are_taken() {
        let (batcher, _) = doubler(Limits { places: 2, ..LIMITS });
        let (one, two) = (batcher.place().unwrap(), batcher.place());
        assert!(two.is_some() && batcher.place().is_none());
        drop(one);
        assert!(batcher.place().is_some());
        drop(two);
        assert!(batcher.wait_for_place().await.is_ok());
    }

    #[tokio::test]
    async fn a_job_waits_for_those_on_the_way_and_not_for_those_who_turned_back() {
        let (batcher, seen) = doubler(LIMITS);
        let (mut one, mut two, three) = (batcher.place().unwrap(), batcher.place().unwrap(), batcher.place().unwrap());
        let other = batcher.clone();
        let first = tokio::spawn(async move { other.run(&mut one, 1).await });
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(seen.lock().unwrap().is_empty(), "two others have a place and have not handed in");
        drop(three);
        let second = batcher.run(&mut two, 2).await.unwrap();
        assert_eq!((second.result, second.together, first.await.unwrap().unwrap().result), (4, 2, 2));
    }

    #[tokio::test]
    async fn a_lone_job_does_not_wait() {
        let (batcher, _) = doubler(LIMITS);
        let mut place = batcher.place().unwrap();
        let done = batcher.run(&mut place, 1).await.unwrap();
        assert!(done.waited < LIMITS.wait / 2, "{:?}", done.waited);
    }
}
