//! The annotators at work: one task each, taking, drawing and submitting until they are told to stop.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use rand::SeedableRng;
use rand::rngs::Xoshiro256PlusPlus;
use reqwest::StatusCode;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::annotator::{Skill, annotate};
use super::client::Api;
use super::scene::Scene;

/// How long an annotator waits before asking again when there was nothing to do.
const PAUSE: Duration = Duration::from_millis(300);

/// One annotator with an own account.
pub struct Member {
    pub api: Api,
    pub skill: Skill,
    /// What is counted while this annotator works.
    pub tally: Arc<Tally>,
}

/// What one annotator did so far.
#[derive(Debug, Default)]
pub struct Tally {
    pub submitted: AtomicUsize,
    pub taken: AtomicUsize,
    pub lost: AtomicUsize,
    milliseconds: AtomicU64,
    idle: AtomicBool,
}

impl Tally {
    /// How long a person would have worked, in seconds.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.milliseconds.load(Ordering::Relaxed) as f64 / 1000.0
    }
}

/// Annotators at work. Each label needs a permit, so that the crew waits for the model as people's slower pace would make it.
pub struct Crew {
    tasks: JoinSet<Result<()>>,
    permits: Arc<Semaphore>,
    tallies: Vec<Arc<Tally>>,
}

impl Crew {
    /// Starts one task for each member; nobody works before [`allow`](Self::allow).
    #[must_use]
    pub fn start(members: Vec<Member>, project: Uuid, scenes: &Arc<HashMap<String, Arc<Scene>>>, seed: u64, pace: Duration) -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let tallies = members.iter().map(|member| Arc::clone(&member.tally)).collect();
        let mut tasks = JoinSet::new();
        for (number, member) in members.into_iter().enumerate() {
            let rng = Xoshiro256PlusPlus::seed_from_u64(seed ^ (number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
            tasks.spawn(work(member, project, Arc::clone(scenes), rng, Arc::clone(&permits), pace));
        }
        Self { tasks, permits, tallies }
    }

    /// Lets the crew make so many more annotations.
    pub fn allow(&self, annotations: usize) {
        self.permits.add_permits(annotations);
    }

    /// Takes back what was allowed and not yet begun.
    pub fn hold(&self) {
        self.permits.forget_permits(usize::MAX);
    }

    /// Annotations submitted so far.
    #[must_use]
    pub fn submitted(&self) -> usize {
        self.tallies.iter().map(|tally| tally.submitted.load(Ordering::Relaxed)).sum()
    }

    /// Whether everybody asked and nobody got a task.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.tallies.iter().all(|tally| tally.idle.load(Ordering::Relaxed))
    }

    /// The error of an annotator who gave up, if one did.
    ///
    /// # Errors
    /// That error.
    pub fn check(&mut self) -> Result<()> {
        match self.tasks.try_join_next() {
            Some(ended) => ended.context("an annotator stopped unexpectedly")?,
            None => Ok(()),
        }
    }

    /// Lets everybody finish the image at hand and go home.
    ///
    /// # Errors
    /// An annotator had failed.
    pub async fn finish(mut self) -> Result<()> {
        self.permits.close();
        while let Some(ended) = self.tasks.join_next().await {
            ended.context("an annotator stopped unexpectedly")??;
        }
        Ok(())
    }
}

async fn work(
    member: Member,
    project: Uuid,
    scenes: Arc<HashMap<String, Arc<Scene>>>,
    mut rng: Xoshiro256PlusPlus,
    permits: Arc<Semaphore>,
    pace: Duration,
) -> Result<()> {
    let Member { api, skill, tally } = member;
    // The semaphore is closed when the work is over.
    while let Ok(permit) = permits.acquire().await {
        let Some(bundle) = api.next_task(project, &[]).await? else {
            drop(permit);
            tally.idle.store(true, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        tally.idle.store(false, Ordering::Relaxed);
        let Some(scene) = scenes.get(&bundle.image.name).map(Arc::clone) else {
            api.release(bundle.task.id).await?;
            return Err(anyhow!(
                "the server asked for a label of {}, which was not uploaded here; the task was given back",
                bundle.image.name
            ));
        };
        let start = if bundle.shapes.is_empty() { bundle.suggestions } else { bundle.shapes };
        let (kind, hand) = (bundle.task.kind, skill.clone());
        // Drawing is work for the processor and must not hold up the other annotators' requests.
        let (drawn, back) = tokio::task::spawn_blocking(move || {
            let drawn = annotate(&scene, &hand, &kind, &start, &mut rng);
            (drawn, rng)
        })
        .await
        .context("drawing an annotation failed")?;
        rng = back;
        tokio::time::sleep(pace).await;
        match api.submit(bundle.task.id, Uuid::new_v4(), drawn.seconds, &drawn.shapes).await {
            Ok(()) => {
                permit.forget();
                tally.submitted.fetch_add(1, Ordering::Relaxed);
                tally.taken.fetch_add(drawn.taken, Ordering::Relaxed);
                tally.milliseconds.fetch_add((drawn.seconds * 1000.0) as u64, Ordering::Relaxed);
            }
            // The lease went to somebody else meanwhile; the server keeps this as a draft and another task comes.
            Err(error) if error.status() == Some(StatusCode::CONFLICT) => {
                tally.lost.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
