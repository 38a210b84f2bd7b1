//! The loop of a worker process: lease a job, run it, report it, and so on until it is told to end.

use std::{io::Read, time::Duration};

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Finished, JobError, Progress, Result, export, fault, features, progress::Why, train};
use crate::{
    context::Context,
    store::{
        self, JobKind, JobState, Millis,
        jobs::{self, Job},
    },
};

/// A job that gives no sign of life for so long is given to another worker.
pub const LEASE_SECONDS: i64 = 60;

const POLL_FIRST: Duration = Duration::from_millis(500);
const POLL_IDLE: Duration = Duration::from_secs(2);
const RECLAIM_EVERY: Duration = Duration::from_secs(10);
/// Progress is written at most this often …
const REPORT_EVERY: Duration = Duration::from_millis(500);
/// … and at least this often: that renews the lease, and tells whether the job shall stop.
const LISTEN_EVERY: Duration = Duration::from_secs(2);
/// A database that failed so often in a row will not come back by waiting; whoever started the worker starts a fresh one.
const MAX_FAILURES: u32 = 30;

/// Works on jobs until `stop`; a job at hand is then given back to the queue. `name` must be this process's alone.
///
/// # Errors
/// The database failed again and again for about a minute.
pub async fn run(ctx: Context, name: String, stop: CancellationToken) -> store::Result<()> {
    tracing::info!(worker = name, "worker is ready");
    let (mut pause, mut failures) = (POLL_FIRST, 0);
    let mut next_reclaim = Instant::now();
    while !stop.is_cancelled() {
        let reclaim = Instant::now() >= next_reclaim;
        if reclaim {
            next_reclaim = Instant::now() + RECLAIM_EVERY;
        }
        match lease(&ctx, &name, reclaim).await {
            Ok(Some(job)) => {
                (pause, failures) = (POLL_FIRST, 0);
                run_job(&ctx, &name, job, &stop).await;
                continue;
            }
            Ok(None) => failures = 0,
            Err(error) => {
                failures += 1;
                tracing::warn!(worker = name, %error, failures, "the queue of jobs can't be read");
                if failures >= MAX_FAILURES {
                    return Err(error);
                }
            }
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
        pause = (pause * 3 / 2).min(POLL_IDLE);
    }
    tracing::info!(worker = name, "worker ends");
    Ok(())
}

/// The oldest waiting job, if there is one. The write lock is only taken when there is something to write.
async fn lease(ctx: &Context, name: &str, reclaim: bool) -> store::Result<Option<Job>> {
    if !reclaim && !jobs::waiting(&mut ctx.db.read().await?).await? {
        return Ok(None);
    }
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    if reclaim {
        let dead = jobs::reclaim(&mut tx, now).await?;
        if dead > 0 {
            tracing::warn!(jobs = dead, "jobs of workers that gave no sign of life were taken back");
        }
    }
    let job = jobs::lease(&mut tx, name, now, now.plus_seconds(LEASE_SECONDS)).await?;
    tx.commit().await?;
    Ok(job)
}

/// Runs one leased job to its end and writes down how it ended. Never fails and never panics, whatever the job does.
pub(crate) async fn run_job(ctx: &Context, name: &str, job: Job, stop: &CancellationToken) {
    tracing::info!(worker = name, job = %job.id, kind = %job.kind, attempt = job.attempts, "job begins");
    let progress = Progress::new();
    let over = CancellationToken::new();
    let keeper = tokio::spawn(keep(ctx.clone(), name.to_owned(), job.clone(), progress.clone(), stop.clone(), over.clone()));
    let work = {
        let (ctx, job, progress) = (ctx.clone(), job.clone(), progress.clone());
        tokio::spawn(async move { dispatch(&ctx, &job, &progress).await })
    };
    let ended = work.await.map_err(fault).and_then(|result| result);
    over.cancel();
    // The keeper ends at its next tick; a report that came after the end would change nothing.
    if let Err(error) = keeper.await {
        tracing::warn!(%error, "reporting of a job broke off");
    }
    let mut failures = 0;
    while let Err(error) = finish(ctx, name, &job, &ended, progress.stopped()).await {
        failures += 1;
        tracing::warn!(worker = name, job = %job.id, %error, "the end of a job can't be written down");
        if failures >= 10 {
            // Its lease runs out and it is queued again; nothing of what it did is lost.
            return;
        }
        sleep(POLL_IDLE).await;
    }
    if job.kind == JobKind::Tune {
        super::clock::advance_tunings(ctx).await;
    }
}

async fn dispatch(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    match job.kind {
        JobKind::Features => features::run(ctx, job, progress).await,
        JobKind::Train => train::run(ctx, job, progress).await,
        JobKind::Predict => train::predict_only(ctx, job, progress).await,
        JobKind::Export => export::run(ctx, job, progress).await,
        JobKind::Tune => train::tune::run(ctx, job, progress).await,
    }
}

/// Writes progress down and renews the lease until `over`; tells the job to stop when it is cancelled, lost, or the worker ends.
async fn keep(ctx: Context, name: String, job: Job, progress: Progress, stop: CancellationToken, over: CancellationToken) {
    let lease = Duration::from_secs(LEASE_SECONDS.unsigned_abs());
    let (mut written, mut renewed) = ((0.0, String::new()), Instant::now());
    loop {
        tokio::select! {
            () = over.cancelled() => return,
            () = stop.cancelled(), if progress.stopped().is_none() => progress.stop(Why::Shutdown),
            () = sleep(REPORT_EVERY) => {}
        }
        let now = progress.get();
        let due = if now == written { LISTEN_EVERY } else { Duration::ZERO };
        if renewed.elapsed() < due {
            continue;
        }
        match report(&ctx, &name, &job, &now).await {
            Ok(Some(cancel)) => {
                (written, renewed) = (now, Instant::now());
                if cancel {
                    progress.stop(Why::Cancelled);
                }
            }
            Ok(None) => progress.stop(Why::Lost),
            Err(error) => {
                tracing::warn!(worker = name, job = %job.id, %error, "progress can't be written down");
                if renewed.elapsed() > lease {
                    progress.stop(Why::Lost);
                }
            }
        }
    }
}

async fn report(ctx: &Context, name: &str, job: &Job, (share, message): &(f64, String)) -> store::Result<Option<bool>> {
    let mut tx = ctx.db.write().await?;
    let cancel = jobs::progress(&mut tx, job.id, name, *share, message, Millis::now().plus_seconds(LEASE_SECONDS)).await?;
    tx.commit().await?;
    Ok(cancel)
}

async fn finish(ctx: &Context, name: &str, job: &Job, ended: &Result<Finished>, why: Option<Why>) -> store::Result<()> {
    let now = Millis::now();
    let (state, message, result) = match (ended, why) {
        (Ok(done), _) => (JobState::Done, done.message.clone(), Some(done.result.to_string())),
        (Err(JobError::Stopped), Some(Why::Cancelled)) => {
            (JobState::Cancelled, "stopped; what was finished before is kept".to_owned(), None)
        }
        (Err(JobError::Stopped), Some(Why::Lost)) => return Ok(()),
        (Err(JobError::Stopped), _) => {
            let mut tx = ctx.db.write().await?;
            jobs::release(&mut tx, job.id, name, now).await?;
            return tx.commit().await;
        }
        (Err(error), _) => {
            tracing::warn!(worker = name, job = %job.id, %error, "job failed");
            (JobState::Failed, error.in_words(job.kind), None)
        }
    };
    let mut tx = ctx.db.write().await?;
    let mine = jobs::finish(&mut tx, job.id, name, state, &message, result.as_deref(), now).await?;
    tx.commit().await?;
    tracing::info!(worker = name, job = %job.id, %state, mine, "job ended: {message}");
    Ok(())
}

/// Ends the worker when its parent ends: whoever started it holds the other end of its standard input and never writes to it.
///
/// A thread of its own, because a read from standard input can't be given up. A job that does not stop in time is cut off: it loses
/// nothing, and a worker that nobody watches must not go on.
pub fn end_with_parent(stop: CancellationToken, grace: Duration) {
    std::thread::spawn(move || {
        let mut sink = [0; 64];
        while matches!(std::io::stdin().read(&mut sink), Ok(n) if n > 0) {}
        stop.cancel();
        std::thread::sleep(grace);
        std::process::exit(1);
    });
}
