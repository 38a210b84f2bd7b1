//! One trial of a tuning: a head is trained with the trial's settings on some of the train subset, and measured on the rest of it.

use std::{ops::ControlFlow, time::Instant};

use labelwright_ml::train::{HeldOut, Sample, TrainConfig, TrainError, TrialEvent, try_head};
use serde_json::json;
use tokio::runtime::Handle;
use uuid::Uuid;

use super::{gather, project_of};
use crate::{
    context::Context,
    domain::tuning,
    flow,
    jobs::{
        Finished, JobError, Progress, Result, blocking,
        features::{Source, device},
        patiently,
        progress::Why,
    },
    store::{
        self, TrialState, TuningState,
        jobs::Job,
        tunings::{self, Ended, Trial, Tuning},
    },
};

/// Runs a trial. Its figures are in the database as they come.
///
/// # Errors
/// The trial's tuning is over, there is too little to learn from, the settings are no good, or the job shall stop.
pub(in crate::jobs) async fn run(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let params: serde_json::Value = serde_json::from_str(&job.params).unwrap_or_default();
    let place = params["tuning"].as_str().and_then(|text| text.parse::<Uuid>().ok()).zip(params["trial"].as_i64());
    let (id, number) = place.ok_or_else(|| JobError::NotYet("The job names no trial.".into()))?;
    let mut tx = ctx.db.read().await?;
    let tuning =
        tunings::get(&mut tx, id).await?.filter(|tuning| tuning.state == TuningState::Running && tuning.project_id == job.project_id);
    let trial = tunings::trial(&mut tx, id, number).await?.filter(|trial| trial.state == TrialState::Open);
    drop(tx);
    let over = || JobError::NotYet("The tuning is over, so this trial is not needed any more.".into());
    let (tuning, trial) = tuning.zip(trial).ok_or_else(over)?;
    match measured(ctx, job, &tuning, &trial, progress).await {
        // A worker that ends gives its job back, and the trial is begun anew; every other end is the trial's as well.
        Err(JobError::Stopped) if progress.stopped().is_none_or(Why::may_go_on) => Err(JobError::Stopped),
        Err(error) => {
            let message = error.in_words(job.kind);
            end(ctx, &trial, &Ended { state: TrialState::Failed, value: None, message: &message, seconds: None }).await?;
            Err(error)
        }
        Ok(done) => Ok(done),
    }
}

async fn measured(ctx: &Context, job: &Job, tuning: &Tuning, trial: &Trial, progress: &Progress) -> Result<Finished> {
    let project = project_of(ctx, job).await?;
    let plan = flow::tuning::plan_of(tuning)?;
    let settings = flow::tuning::settings_of(trial)?;
    let config = TrainConfig::with(&tuning::with(&project.policy.head, &settings)).map_err(JobError::Work)?;
    let source = Source::new(ctx.clone(), project.policy.input_size);
    let (samples, held_out) = gather::divided(ctx, project.id, &source, tuning.created_ms, &progress.part(0.0, 0.2)).await?;
    if samples.is_empty() || held_out.is_empty() {
        return Err(JobError::NotYet(
            "Too few labeled images are left to learn from, or to measure on. Label more, then tune again.".into(),
        ));
    }
    let (images, held) = (samples.len(), held_out.len());
    let watch = Watch { ctx: ctx.clone(), plan, tuning: tuning.id, number: trial.number, course: Vec::new(), stopped: false };
    let (epochs, start) = (tuning::epochs(&watch.plan.stopping), Instant::now());
    let (watch, value) = tried(ctx, samples, held_out, config, epochs, watch, progress.part(0.2, 1.0)).await?;
    let state = if watch.stopped { TrialState::Stopped } else { TrialState::Done };
    let seconds = start.elapsed().as_secs_f64();
    end(ctx, trial, &Ended { state, value: Some(value), message: "", seconds: Some(seconds) }).await?;
    let early = if watch.stopped { ", ended early" } else { "" };
    Ok(Finished {
        message: format!("trial {}: mean IoU {value:.3} on {held} held-out images{early}", trial.number),
        result: json!({ "tuning": tuning.id, "trial": trial.number, "miou": value, "images": images, "held_out": held, "stopped": watch.stopped }),
    })
}

async fn tried(
    ctx: &Context,
    samples: Vec<Sample>,
    held_out: Vec<HeldOut>,
    config: TrainConfig,
    epochs: usize,
    mut watch: Watch,
    progress: Progress,
) -> Result<(Watch, f64)> {
    let (device, database) = (device(&ctx.config), Handle::current());
    blocking(move || {
        let mut broken = None;
        let value = try_head(&samples, &held_out, &config, epochs, &device, &mut |event| match event {
            TrialEvent::Step(step) => {
                // Whether to go on is asked below; the report itself can't fail otherwise.
                let _ = progress
                    .set(f64::from(step.done), format!("trial {}: {:.0} %, loss {:.2}", watch.number, 100.0 * step.done, step.loss));
                progress.flow()
            }
            TrialEvent::Epoch(epoch, value) => match database.block_on(watch.epoch(value, epoch == epochs)) {
                Ok(flow) => flow,
                Err(error) => {
                    broken = Some(error);
                    ControlFlow::Break(())
                }
            },
        });
        progress.check()?;
        match (broken, value) {
            (Some(error), _) => Err(error),
            (None, Ok(value)) => Ok((watch, value)),
            (None, Err(TrainError::Cancelled)) => Err(JobError::Stopped),
            (None, Err(error)) => Err(JobError::Work(error.to_string())),
        }
    })
    .await?
}

/// Writes down how far a trial came, and decides whether it is worth going on.
struct Watch {
    ctx: Context,
    plan: labelwright_tune::Plan,
    tuning: Uuid,
    number: i64,
    course: Vec<f64>,
    stopped: bool,
}

impl Watch {
    async fn epoch(&mut self, value: f64, last: bool) -> Result<ControlFlow<()>> {
        self.course.push(value);
        let text = json!(self.course).to_string();
        let mine = patiently(|| async {
            let mut tx = self.ctx.db.write().await?;
            let mine = tunings::set_course(&mut tx, self.tuning, self.number, &text, Some(value)).await?;
            tx.commit().await?;
            Ok(mine)
        });
        if !mine.await? {
            return Err(JobError::Stopped);
        }
        if last {
            return Ok(ControlFlow::Continue(()));
        }
        let trials = tunings::trials(&mut self.ctx.db.read().await?, self.tuning, i64::from(tuning::MAX_TRIALS)).await?;
        let others = trials.iter().filter(|trial| trial.number != self.number && trial.state != TrialState::Failed);
        let less_is_better = |course: &[f64]| course.iter().map(|miou| 1.0 - miou).collect::<Vec<f64>>();
        let others = others.map(|trial| Ok(less_is_better(&flow::tuning::course_of(trial)?))).collect::<store::Result<Vec<_>>>()?;
        // What was there before is always measured to its end, since everything is compared with it.
        let worth = self.number == 0 || !self.plan.stopping.stops(self.number as usize, &less_is_better(&self.course), &others);
        self.stopped = !worth;
        Ok(if worth { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    }
}

async fn end(ctx: &Context, trial: &Trial, ended: &Ended<'_>) -> Result<()> {
    patiently(|| async {
        let mut tx = ctx.db.write().await?;
        tunings::end_trial(&mut tx, trial.tuning_id, trial.number, ended).await?;
        tx.commit().await
    })
    .await?;
    Ok(())
}
