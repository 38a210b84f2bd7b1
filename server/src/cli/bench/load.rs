//! Simulated people who take all tasks of a project, and then hand in all of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::HELD;
use super::child::Child;
use super::figures::postgres_cpu_ms;
use super::material::{Kind, Material};
use crate::cli::demo::client::Api;

/// How many pictures go into one upload.
const UPLOAD_BATCH: usize = 32;

/// One measurement: so many people, each with one request at a time, share so many tasks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scenario {
    pub kind: Kind,
    pub workers: usize,
    pub tasks: usize,
}

/// What one kind of request cost.
#[derive(Clone, Debug, Serialize)]
pub struct Cost {
    pub requests: usize,
    pub per_second: f64,
    /// Processor time of the server's process, user and system, for each request.
    pub cpu_ms: f64,
    /// The same of PostgreSQL's processes on this machine.
    pub postgres_cpu_ms: f64,
    /// Time until the answer, as the middle and the slow end of the people see it.
    pub median_ms: f64,
    pub p95_ms: f64,
}

#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub next: Cost,
    pub submit: Cost,
    /// Tasks that more than one person got.
    pub handed_out_twice: usize,
}

/// The accounts that do the work.
pub struct Crew {
    accounts: Vec<(Uuid, Api)>,
}

impl Crew {
    /// # Errors
    /// The HTTP client can't be built.
    pub fn new(url: &str, accounts: Vec<(Uuid, String)>) -> Result<Self> {
        let accounts = accounts.into_iter().map(|(id, token)| Ok((id, Api::with_token(url, &token)?))).collect::<Result<_>>()?;
        Ok(Self { accounts })
    }
}

/// Where measurements take place.
pub struct Ground<'a> {
    pub boss: Api,
    pub crew: Crew,
    pub material: Arc<Material>,
    /// Name of the PostgreSQL database, by which its processes are found; empty for SQLite.
    pub database: String,
    pub child: &'a Child,
}

/// An account and the tasks it takes.
struct Seat {
    api: Api,
    wanted: usize,
    held: Vec<Uuid>,
}

/// What one worker does: one request at a time, from one seat after the other, because an account may hold few tasks.
type Share = Vec<Seat>;

impl Ground<'_> {
    /// Makes a project for the scenario and works through it.
    ///
    /// # Errors
    /// The server refuses something, or labels are missing in the end.
    pub async fn run(&self, scenario: Scenario) -> Result<Outcome> {
        let project = self.project(scenario).await?;
        let meter = Meter::start(self)?;
        let (shares, times) = together(self.shares(scenario)?.into_iter().map(|share| take(share, project))).await?;
        let next = meter.stop(self, times)?;

        let taken: Vec<Uuid> = shares.iter().flatten().flat_map(|seat| seat.held.iter().copied()).collect();
        let distinct = taken.iter().copied().collect::<HashSet<Uuid>>().len();

        let meter = Meter::start(self)?;
        let (_, times) = together(shares.into_iter().map(|share| hand_in(share, Arc::clone(&self.material), scenario.kind))).await?;
        let submit = meter.stop(self, times)?;

        let labeled = self.boss.progress(project).await?.people as usize;
        if labeled != distinct {
            bail!("{distinct} tasks were submitted, but {labeled} images are labeled");
        }
        Ok(Outcome { next, submit, handed_out_twice: taken.len() - distinct })
    }

    /// A project with one picture for each task, and the crew as its members. None of this is measured.
    async fn project(&self, scenario: Scenario) -> Result<Uuid> {
        let body = json!({
            "name": format!("{} × {}", scenario.kind, scenario.workers),
            "instructions": "Outline every cell.",
            "classes": [
                {"index": 1, "name": "Cell", "color": "#4cc38a", "kind": "thing"},
                {"index": 2, "name": "Ground", "color": "#e0a843", "kind": "stuff"},
            ],
        });
        let project = self.boss.create_project(&body).await?.id;
        for (account, _) in &self.crew.accounts {
            self.boss.add_member(project, *account, "annotator").await?;
        }
        let pictures = self.material.pictures.get(..scenario.tasks).context("there are fewer pictures than tasks")?;
        for batch in pictures.chunks(UPLOAD_BATCH) {
            let refused = self.boss.upload(project, batch.to_vec()).await?.into_iter().find(|item| item.outcome != "added");
            if let Some(item) = refused {
                bail!("the picture {} was not taken: {} ({})", item.name, item.outcome, item.reason.unwrap_or_default());
            }
        }
        Ok(project)
    }

    /// Shares the tasks out evenly. No two workers use the same account.
    fn shares(&self, scenario: Scenario) -> Result<Vec<Share>> {
        let mut accounts = self.crew.accounts.iter();
        let mut shares = Vec::with_capacity(scenario.workers);
        for worker in 0..scenario.workers {
            let mut left = (scenario.tasks + scenario.workers - 1 - worker) / scenario.workers;
            let mut share = Vec::new();
            while left > 0 {
                let (_, api) = accounts.next().context("there are too few accounts")?;
                let wanted = left.min(HELD);
                share.push(Seat { api: api.clone(), wanted, held: Vec::with_capacity(wanted) });
                left -= wanted;
            }
            shares.push(share);
        }
        Ok(shares)
    }
}

/// A worker's share after its work, and how many milliseconds each request took.
type Worked = Result<(Share, Vec<f64>)>;

async fn take(mut share: Share, project: Uuid) -> Worked {
    let mut times = Vec::new();
    for seat in &mut share {
        while seat.held.len() < seat.wanted {
            let began = Instant::now();
            let bundle = seat.api.next_task(project, &seat.held).await?.context("the server gave no task although some are left")?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            seat.held.push(bundle.task.id);
        }
    }
    Ok((share, times))
}

async fn hand_in(share: Share, material: Arc<Material>, kind: Kind) -> Worked {
    let mut times = Vec::new();
    for seat in &share {
        for task in &seat.held {
            let shape = material.shape(kind, times.len());
            let began = Instant::now();
            seat.api.submit(*task, Uuid::new_v4(), 12.5, std::slice::from_ref(shape)).await?;
            times.push(began.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok((share, times))
}

/// Runs all workers at the same time.
async fn together(work: impl Iterator<Item = impl Future<Output = Worked> + Send + 'static>) -> Result<(Vec<Share>, Vec<f64>)> {
    let mut workers: JoinSet<Worked> = work.collect();
    let (mut shares, mut times) = (Vec::new(), Vec::new());
    while let Some(done) = workers.join_next().await {
        let (share, own) = done.context("a worker stopped unexpectedly")??;
        shares.push(share);
        times.extend(own);
    }
    Ok((shares, times))
}

/// What was used up before a phase.
struct Meter {
    began: Instant,
    server: f64,
    postgres: f64,
}

impl Meter {
    fn start(ground: &Ground<'_>) -> Result<Self> {
        let postgres = postgres_cpu_ms(&ground.database);
        Ok(Self { server: ground.child.figures()?.cpu_ms, postgres, began: Instant::now() })
    }

    fn stop(self, ground: &Ground<'_>, mut times: Vec<f64>) -> Result<Cost> {
        let seconds = self.began.elapsed().as_secs_f64();
        let server = ground.child.figures()?.cpu_ms - self.server;
        let postgres = postgres_cpu_ms(&ground.database) - self.postgres;
        times.sort_by(f64::total_cmp);
        let requests = times.len();
        let at = |share: f64| times.get((requests as f64 * share) as usize).copied().unwrap_or_default();
        let each = |total: f64| total / requests.max(1) as f64;
        Ok(Cost {
            requests,
            per_second: requests as f64 / seconds,
            cpu_ms: each(server),
            postgres_cpu_ms: each(postgres),
            median_ms: at(0.5),
            p95_ms: at(0.95),
        })
    }
}
