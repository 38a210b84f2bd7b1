//! What happens by itself.

use super::*;
use crate::jobs::clock;

#[tokio::test]
async fn a_training_is_queued_once_when_enough_was_labeled() {
    let f = Fixture::new(Policy { retrain_after_labels: 2, validation_share: 0.0, ..Policy::default() }).await;
    let mut images = Vec::new();
    for number in 0..4 {
        images.push(f.add(number).await);
    }
    assert_eq!(clock::retrain(&f.ctx, Millis::now()).await.unwrap(), 0);
    f.label(images[0], 0).await;
    f.label(images[1], 1).await;
    // The policy is content, but two images teach nothing.
    assert_eq!(clock::retrain(&f.ctx, Millis::now()).await.unwrap(), 0);
    f.label(images[2], 2).await;
    assert_eq!(clock::retrain(&f.ctx, Millis::now()).await.unwrap(), 1);
    assert_eq!(clock::retrain(&f.ctx, Millis::now()).await.unwrap(), 0);
    let job = f.lease("w", 60).await.unwrap();
    assert_eq!((job.kind, job.project_id), (JobKind::Train, f.project.id));
}

#[tokio::test]
async fn expired_leases_of_tasks_and_jobs_are_taken_back() {
    let f = Fixture::new(Policy::default()).await;
    let image = f.add(1).await;
    let id = f.queue(JobKind::Features, json!({})).await;
    f.lease("dead", -1).await.unwrap();
    let mut tx = f.ctx.db.write().await.unwrap();
    let task = tasks::of_image(&mut tx, image).await.unwrap().remove(0);
    assert!(tasks::take(&mut tx, task.id, f.user, Millis::now().plus_seconds(-1)).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(clock::reclaim(&f.ctx, Millis::now()).await.unwrap(), 1);
    assert_eq!(clock::reclaim(&f.ctx, Millis::now()).await.unwrap(), 0);
    assert_eq!(f.job(id).await.state, JobState::Queued);
    let task = tasks::get(&mut f.ctx.db.read().await.unwrap(), task.id).await.unwrap().unwrap();
    assert_eq!(task.state, TaskState::Open);
    assert_eq!(clock::fuse(&f.ctx, true).await.unwrap(), 0);
}
