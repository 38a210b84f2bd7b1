//! Rounds of labeling and learning: people label a batch, the model learns and labels, what is left goes back to people.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use reqwest::StatusCode;
use uuid::Uuid;

use super::client::{Api, Job, Progress};
use super::crew::Crew;
use super::options::DemoOptions;
use super::voice::Voice;

/// How often the server is asked how things stand.
const LOOK: Duration = Duration::from_millis(700);

/// How long the server has to start training by itself before it is asked to.
const BY_ITSELF: Duration = Duration::from_secs(8);

/// How long nothing may move before a round counts as over.
const STILL: Duration = Duration::from_secs(4);

/// What the rounds need.
pub struct Rounds<'a> {
    pub api: &'a Api,
    pub options: &'a DemoOptions,
    pub project: Uuid,
    pub voice: &'a mut Voice,
    /// What went wrong without stopping the demonstration.
    pub warnings: Vec<String>,
}

impl Rounds<'_> {
    /// Plays rounds until nothing waits, people's budget is spent, or the model can't be trained; gives the crew back.
    ///
    /// # Errors
    /// The server refuses a step, an annotator fails, or a job takes too long.
    pub async fn play(&mut self, mut crew: Crew, images: usize) -> Result<Crew> {
        let budget = self.options.budget(images);
        let mut labeled = 0;
        for round in 1.. {
            let batch = self.options.retrain_after.min(budget - labeled);
            let before: BTreeSet<Uuid> = self.api.jobs(self.project).await?.iter().map(|job| job.id).collect();
            self.voice.say(&format!("Round {round}: people label up to {batch} images"));
            let made = self.label(&mut crew, batch).await?;
            labeled += made;
            let progress = self.api.progress(self.project).await?;
            self.show(&progress, "people's batch is done");
            if made == 0 || progress.waiting == 0 || labeled >= budget || self.options.mode == "off" {
                break;
            }
            if !self.learn(&before).await? {
                break;
            }
            let progress = self.api.progress(self.project).await?;
            self.show(&progress, "the model looked at all images");
            if progress.waiting == 0 {
                break;
            }
        }
        Ok(crew)
    }

    /// Trains on everything once more, so that the committed labels come from the model that has seen the most. When nothing waits any
    /// more, there is nothing that a newer model could still decide, and its second thoughts would only send images back.
    ///
    /// # Errors
    /// The server refuses, or a job takes too long.
    pub async fn last_model(&mut self) -> Result<()> {
        if self.options.mode == "off" || self.api.progress(self.project).await?.waiting == 0 {
            return Ok(());
        }
        self.voice.say("Last round: training on all labels");
        self.still().await?;
        let before: BTreeSet<Uuid> = self.api.jobs(self.project).await?.iter().map(|job| job.id).collect();
        self.ask("train").await?;
        self.learn(&before).await?;
        let progress = self.api.progress(self.project).await?;
        self.show(&progress, "the last model looked at all images");
        Ok(())
    }

    /// Lets the crew label `batch` images; how many they did.
    async fn label(&mut self, crew: &mut Crew, batch: usize) -> Result<usize> {
        let opinions = usize::from(self.options.opinions);
        let start = crew.submitted();
        let wanted = batch * opinions;
        crew.allow(wanted);
        let (mut seen, mut moved) = (start, Instant::now());
        loop {
            tokio::time::sleep(LOOK).await;
            crew.check()?;
            let now = crew.submitted();
            if now > seen {
                (seen, moved) = (now, Instant::now());
            }
            let progress = self.api.progress(self.project).await?;
            self.show(&progress, &format!("{} of {batch} in this round", (now - start).div_ceil(opinions)));
            if now - start >= wanted || (crew.is_idle() && moved.elapsed() > STILL) {
                break;
            }
            if moved.elapsed() > self.options.patience {
                bail!("no annotation was submitted for {} seconds", moved.elapsed().as_secs());
            }
        }
        crew.hold();
        Ok((crew.submitted() - start).div_ceil(opinions))
    }

    /// Waits until a model newer than the jobs in `before` was trained and has looked at all images. False when training failed: then
    /// people's labels are all there is.
    async fn learn(&mut self, before: &BTreeSet<Uuid>) -> Result<bool> {
        let began = Instant::now();
        let new = |jobs: &[Job], kind: &str| {
            jobs.iter().filter(|job| !before.contains(&job.id) && job.kind == kind).cloned().collect::<Vec<Job>>()
        };
        let mut asked = false;
        loop {
            let jobs = self.api.jobs(self.project).await?;
            if !new(&jobs, "train").is_empty() {
                break;
            }
            if !asked && began.elapsed() > BY_ITSELF {
                self.ask("train").await?;
                asked = true;
            }
            self.wait_a_little(began, "training to start").await?;
        }
        let jobs = self.still().await?;
        let trained = new(&jobs, "train");
        if let Some(failed) = trained.iter().find(|job| job.state != "done").filter(|_| !trained.iter().any(|job| job.state == "done")) {
            let reason = failed.message.clone().unwrap_or_else(|| "no reason given".to_owned());
            self.warnings
                .push(format!("training ended as '{}': {reason}; labels by people are kept, the model labels nothing more", failed.state));
            return Ok(false);
        }
        Ok(true)
    }

    /// Starts a job; one of its kind that is already waiting or running will do as well.
    async fn ask(&mut self, kind: &str) -> Result<()> {
        match self.api.start_job(self.project, kind).await {
            Err(error) if error.status() == Some(StatusCode::CONFLICT) => Ok(()),
            other => Ok(other.map(drop)?),
        }
    }

    /// Waits until no job is open, also not one that another left behind; all jobs.
    async fn still(&mut self) -> Result<Vec<Job>> {
        let began = Instant::now();
        let mut quiet = 0;
        loop {
            let jobs = self.api.jobs(self.project).await?;
            match jobs.iter().filter(|job| job.is_open()).max_by_key(|job| job.state == "running") {
                // A job may be followed by another a moment later.
                None if quiet >= 3 => return Ok(jobs),
                None => quiet += 1,
                Some(job) => {
                    quiet = 0;
                    let share = job.progress.map(|share| format!(" {:.0} %", 100.0 * share)).unwrap_or_default();
                    let message = job.message.clone().filter(|text| !text.is_empty()).map(|text| format!(", {text}")).unwrap_or_default();
                    let progress = self.api.progress(self.project).await?;
                    self.show(&progress, &format!("{} {}{share}{message}", job.kind, job.state));
                }
            }
            self.wait_a_little(began, "the jobs to end").await?;
        }
    }

    async fn wait_a_little(&self, began: Instant, what: &str) -> Result<()> {
        if began.elapsed() > self.options.patience {
            bail!("waited {} seconds for {what}; is a worker running?", began.elapsed().as_secs());
        }
        tokio::time::sleep(LOOK).await;
        Ok(())
    }

    fn show(&mut self, progress: &Progress, text: &str) {
        let machine = progress.machine_provisional + progress.machine_committed;
        let people = progress.people + progress.disagree;
        self.voice.at(people + machine, progress.images, &format!("{people} by people, {machine} by the model; {text}"));
    }
}
