//! What happens by itself in a server: leases run out, opinions that were left over are fused, models are retrained.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{export, train::MIN_LABELS};
use crate::{
    context::Context,
    flow::{self, FlowError},
    store::{self, JobKind, Millis, jobs, labels, projects, revisions, tasks, tunings, users},
};

const TICK: Duration = Duration::from_secs(2);
const LEASES_EVERY: Duration = Duration::from_secs(30);
/// Projects that want a single opinion have left-over ones only when their policy changed.
const EVERYTHING_EVERY: Duration = Duration::from_secs(600);
const SECRETS_EVERY: Duration = Duration::from_secs(3600);
/// Drafts of work that was handed in are kept for 90 days.
const DRAFTS_KEPT_SECONDS: i64 = 90 * 86_400;
/// Projects that are looked at in one go.
const PAGE: i64 = 200;

/// Runs until `stop`. When nothing happens, it costs one indexed query every two seconds. An error is logged, and tried again at the next
/// tick.
pub async fn run(ctx: Context, stop: CancellationToken) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let start = Instant::now();
    let (mut leases, mut secrets, mut everything) = (start, start, start);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stop.cancelled() => return,
        }
        let now = Millis::now();
        if let Err(error) = retrain(&ctx, now).await {
            tracing::warn!(%error, "the clock can't look for trainings that are due");
        }
        advance_tunings(&ctx).await;
        if Instant::now() >= leases {
            leases = Instant::now() + LEASES_EVERY;
            if let Err(error) = reclaim(&ctx, now).await {
                tracing::warn!(%error, "the clock can't take back leases that ran out");
            }
            let all = Instant::now() >= everything;
            if all {
                everything = Instant::now() + EVERYTHING_EVERY;
            }
            if let Err(error) = fuse(&ctx, all).await {
                tracing::warn!(%error, "the clock can't fuse the opinions that were left over");
            }
        }
        if Instant::now() >= secrets {
            secrets = Instant::now() + SECRETS_EVERY;
            if let Err(error) = forget_secrets(&ctx, now).await {
                tracing::warn!(%error, "the clock can't delete sign-ins that ended");
            }
            if let Err(error) = export::tidy(&ctx, now).await {
                tracing::warn!(%error, "the clock can't delete exports that were left half-written");
            }
        }
    }
}

/// Queues the next trials of every tuning that runs. Errors are logged: the next tick tries again.
pub async fn advance_tunings(ctx: &Context) {
    let mut after = Uuid::nil();
    loop {
        let page = match ctx.db.read().await {
            Ok(mut tx) => tunings::running(&mut tx, after, PAGE).await,
            Err(error) => Err(error),
        };
        let page = page.unwrap_or_else(|error| {
            tracing::warn!(%error, "the tunings can't be read");
            Vec::new()
        });
        for id in &page {
            if let Err(error) = flow::tuning::advance(ctx, *id).await {
                tracing::warn!(tuning = %id, %error, "a tuning can't go on");
            }
        }
        match page.last() {
            Some(&last) if page.len() as i64 >= PAGE => after = last,
            _ => return,
        }
    }
}

/// Queues a training for every project whose policy asks for one; how many there were.
///
/// # Errors
/// The database failed; the projects before that one have their trainings.
pub async fn retrain(ctx: &Context, now: Millis) -> store::Result<usize> {
    let (mut after, mut queued) = (Uuid::nil(), 0);
    loop {
        let page = projects::with_news(&mut ctx.db.read().await?, after, PAGE).await?;
        let Some(&last) = page.last() else { return Ok(queued) };
        after = last;
        for id in &page {
            if due(&mut ctx.db.read().await?, *id, now).await? && queue_training(ctx, *id, now).await? {
                queued += 1;
            }
        }
        if (page.len() as i64) < PAGE {
            return Ok(queued);
        }
    }
}

async fn due(tx: &mut store::Tx, id: Uuid, now: Millis) -> store::Result<bool> {
    let Some(project) = projects::get(tx, id).await? else { return Ok(false) };
    let due = match flow::tasks::training_due(tx, &project, now).await {
        Ok(due) => due,
        Err(FlowError::Store(error)) => return Err(error),
        Err(_) => false,
    };
    // Nobody asked for this training, so it is not begun when it can only fail.
    Ok(due && labels::train_labeled(tx, id).await? >= MIN_LABELS as i64)
}

/// `false` when somebody else queued one meanwhile.
async fn queue_training(ctx: &Context, project: Uuid, now: Millis) -> store::Result<bool> {
    let mut tx = ctx.db.write().await?;
    if jobs::pending(&mut tx, project, JobKind::Train).await?.is_some() {
        return Ok(false);
    }
    jobs::insert(&mut tx, Uuid::now_v7(), project, JobKind::Train, &json!({ "by": "policy" }), now).await?;
    tx.commit().await?;
    tracing::info!(%project, "a training is due");
    Ok(true)
}

/// Takes back the leases of tasks and jobs that ran out; how many tasks there were.
///
/// # Errors
/// The database failed.
pub async fn reclaim(ctx: &Context, now: Millis) -> store::Result<u64> {
    let expired = tasks::expired_projects(&mut ctx.db.read().await?, now).await?;
    let mut tx = ctx.db.write().await?;
    jobs::reclaim(&mut tx, now).await?;
    let mut taken = 0;
    for project in expired {
        taken += tasks::reclaim_expired(&mut tx, project, now).await?;
    }
    tx.commit().await?;
    Ok(taken)
}

/// Fuses opinions of which the last one came just before the server stopped; how many images there were. Not `all` looks only at projects
/// that want several opinions.
///
/// # Errors
/// The database failed; what was fused before stays so.
pub async fn fuse(ctx: &Context, all: bool) -> flow::Result<usize> {
    let (mut after, mut fused) = (Uuid::nil(), 0);
    loop {
        let page = projects::ids(&mut ctx.db.read().await?, after, PAGE).await?;
        let Some(&last) = page.last() else { return Ok(fused) };
        after = last;
        for id in page {
            let project = projects::get(&mut ctx.db.read().await?, id).await?;
            if let Some(project) = project.filter(|project| all || project.policy.opinions > 1) {
                fused += flow::labels::fuse_left_over(ctx, &project).await?;
            }
        }
    }
}

async fn forget_secrets(ctx: &Context, now: Millis) -> store::Result<u64> {
    let mut tx = ctx.db.write().await?;
    let gone = users::delete_expired_secrets(&mut tx, now).await?;
    revisions::forget(&mut tx, now.plus_seconds(-DRAFTS_KEPT_SECONDS)).await?;
    tx.commit().await?;
    Ok(gone)
}
