//! Leases, cancelling, giving back, dying.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::*;
use crate::jobs::{
    supervisor::{Launch, Supervisor, take_back},
    worker,
};

#[tokio::test]
async fn a_job_is_leased_once_and_comes_back_when_its_worker_dies() {
    let f = Fixture::new(Policy::default()).await;
    let id = f.queue(JobKind::Features, json!({})).await;
    let job = f.lease("a", 60).await.unwrap();
    assert_eq!((job.id, job.state, job.attempts), (id, JobState::Running, 1));
    assert!(f.lease("b", 60).await.is_none());
    take_back(&f.ctx, "b").await;
    assert_eq!(f.job(id).await.state, JobState::Running);
    take_back(&f.ctx, "a").await;
    assert_eq!(f.job(id).await.state, JobState::Queued);
    // One that kills three workers is given up, and says so.
    for _ in 0..2 {
        f.lease("a", 60).await.unwrap();
        take_back(&f.ctx, "a").await;
    }
    let job = f.job(id).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.message.contains("three times"), "{}", job.message);
}

#[tokio::test]
async fn an_expired_lease_is_reclaimed_by_the_loop_and_the_job_is_done() {
    let f = Fixture::new(Policy::default()).await;
    let id = f.queue(JobKind::Features, json!({})).await;
    f.lease("dead", -1).await.unwrap();
    let stop = CancellationToken::new();
    let task = tokio::spawn(worker::run(f.ctx.clone(), "alive".into(), stop.clone()));
    timeout(Duration::from_secs(20), async {
        while f.job(id).await.state != JobState::Done {
            sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .unwrap();
    stop.cancel();
    timeout(Duration::from_secs(5), task).await.unwrap().unwrap().unwrap();
    assert_eq!(f.job(id).await.attempts, 2);
}

#[tokio::test]
async fn a_cancelled_job_stops_and_an_ending_worker_gives_its_job_back() {
    let f = Fixture::new(Policy { input_size: 64, ..Policy::default() }).await;
    f.add(1).await;
    let id = f.queue(JobKind::Features, json!({})).await;
    let job = f.lease("w", 60).await.unwrap();
    let stop = CancellationToken::new();
    stop.cancel();
    run_job(&f.ctx, "w", job, &stop).await;
    let job = f.job(id).await;
    // The worker may have been so quick that it was done before it heard.
    assert!(matches!(job.state, JobState::Queued | JobState::Done), "{job:?}");
    if job.state == JobState::Queued {
        assert_eq!((job.attempts, job.worker), (0, None));
    }

    let id = f.queue(JobKind::Features, json!({})).await;
    while f.lease("w", 60).await.is_some_and(|job| job.id != id) {}
    let mut tx = f.ctx.db.write().await.unwrap();
    assert!(jobs::cancel(&mut tx, id, Millis::now()).await.unwrap());
    let told = jobs::progress(&mut tx, id, "w", 0.5, "half", Millis::now()).await.unwrap();
    assert_eq!(told, Some(true));
    assert_eq!(jobs::progress(&mut tx, id, "other", 0.5, "half", Millis::now()).await.unwrap(), None);
    assert!(jobs::release(&mut tx, id, "w", Millis::now()).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(f.job(id).await.state, JobState::Cancelled);
}

#[tokio::test]
async fn a_job_that_can_not_be_done_says_what_to_do() {
    let f = Fixture::new(Policy::default()).await;
    let job = f.run(JobKind::Train, json!({})).await;
    assert_eq!(job.state, JobState::Failed);
    assert!(job.message.contains("there are 0. Label 3 more images"), "{}", job.message);
    let job = f.run(JobKind::Predict, json!({})).await;
    assert!(job.message.contains("There is no model yet"), "{}", job.message);
    let job = f.run(JobKind::Export, json!({ "format": "floppy" })).await;
    assert!(job.message.contains("'floppy' is not one of the formats recordio-seg, recordio-box"), "{}", job.message);
}

/// A stand-in for the worker program: writes its name down and ends when told so or when its standard input does.
#[cfg(unix)]
#[tokio::test]
async fn the_supervisor_starts_again_what_died_and_takes_its_job_back() {
    let f = Fixture::new(Policy::default()).await;
    let id = f.queue(JobKind::Features, json!({})).await;
    let (names, die) = (f.dir.path().join("names"), f.dir.path().join("die"));
    let script = "echo \"$1\" >> \"$NAMES\"; while [ ! -e \"$DIE\" ]; do sleep 0.05; done; rm \"$DIE\"; exit 1";
    let launch = Launch {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), script.into()],
        env: vec![("NAMES".into(), names.display().to_string()), ("DIE".into(), die.display().to_string())],
    };
    let supervisor = Supervisor::start(f.ctx.clone(), launch, "cpu-1");
    let lines = |count: usize| {
        let names = names.clone();
        async move {
            loop {
                let text = std::fs::read_to_string(&names).unwrap_or_default();
                if text.ends_with('\n') && text.lines().count() >= count {
                    return text.lines().map(str::to_owned).collect::<Vec<_>>();
                }
                sleep(Duration::from_millis(20)).await;
            }
        }
    };
    let first = timeout(Duration::from_secs(10), lines(1)).await.unwrap().remove(0);
    assert!(first.starts_with("cpu-1-"), "{first}");
    f.lease(&first, 60).await.unwrap();
    std::fs::write(&die, "").unwrap();
    let both = timeout(Duration::from_secs(10), lines(2)).await.unwrap();
    assert_ne!(both[0], both[1]);
    let job = f.job(id).await;
    assert_eq!((job.state, job.worker), (JobState::Queued, None));
    // This one does not listen to the end of its input, so it is killed.
    timeout(Duration::from_secs(15), supervisor.shutdown()).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_worker_lives_as_long_as_its_input_is_open_and_ends_by_itself_with_it() {
    let f = Fixture::new(Policy::default()).await;
    let told = f.dir.path().join("told");
    let launch = Launch {
        program: "/bin/sh".into(),
        args: vec!["-c".into(), "echo begun >> \"$TOLD\"; cat; echo ended >> \"$TOLD\"".into()],
        env: vec![("TOLD".into(), told.display().to_string())],
    };
    let supervisor = Supervisor::start(f.ctx.clone(), launch, "cpu-1");
    let lines = || std::fs::read_to_string(&told).unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>();
    timeout(Duration::from_secs(10), async {
        while lines().is_empty() {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    sleep(Duration::from_millis(300)).await;
    assert_eq!(lines(), ["begun"]);
    timeout(Duration::from_secs(5), supervisor.shutdown()).await.unwrap();
    assert_eq!(lines(), ["begun", "ended"]);
}
