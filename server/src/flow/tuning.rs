//! Searching for better settings: a tuning is begun, its trials are proposed one after the other, and what was found is taken over.
//!
//! A tuning has no process of its own. Whenever a trial ends, and at every tick of the clock, [`advance`] looks at what became of its
//! trials and queues the next ones; so it goes on after a crash of anything.

use labelwright_ml::train::TrainConfig;
use labelwright_tune::{Plan, Settings, Slice, bayes, best};
use serde_json::json;
use uuid::Uuid;

use super::{FlowError, Result, blocking};
use crate::{
    context::Context,
    domain::tuning::{self, MAX_PARALLEL, MAX_TRIALS},
    store::{
        self, JobKind, JobState, Millis, TrialState, TuningState, Tx, jobs, labels, projects,
        projects::Project,
        tunings::{self, Ended, NewTuning, Trial, Tuning},
        users,
    },
};

/// Begins a tuning and queues its first trials. The settings in force are tried first.
///
/// # Errors
/// The plan can't be followed, there are too few labels, or another tuning of the project runs.
pub async fn start(ctx: &Context, project: &Project, mut plan: Plan, parallel: i64, parents: &[Uuid], by: Uuid) -> Result<Uuid> {
    let head = &project.policy.head;
    let now = TrainConfig::with(head).map_err(FlowError::Invalid)?;
    plan.baseline = Some(tuning::baseline(&plan.space, &now));
    tuning::check(&plan, head).map_err(FlowError::Invalid)?;
    if !(1..=MAX_PARALLEL).contains(&parallel) {
        return Err(FlowError::Invalid(format!("parallel must be between 1 and {MAX_PARALLEL}, not {parallel}")));
    }
    if parents.len() > usize::from(bayes::MAX_PARENTS) {
        return Err(FlowError::Invalid(format!("a tuning learns from at most {} earlier ones", bayes::MAX_PARENTS)));
    }
    let (id, now) = (Uuid::now_v7(), Millis::now());
    let mut tx = ctx.db.write().await?;
    for parent in parents {
        if tunings::get(&mut tx, *parent).await?.is_none_or(|parent| parent.project_id != project.id) {
            return Err(FlowError::NotFound("earlier tuning"));
        }
    }
    let labeled = labels::train_labeled(&mut tx, project.id).await?;
    if labeled < tuning::MIN_LABELS as i64 {
        return Err(FlowError::Conflict(format!(
            "Tuning holds some labeled images out to measure on, so it needs at least {} of them; there are {labeled}.",
            tuning::MIN_LABELS
        )));
    }
    if tunings::list(&mut tx, project.id, 1).await?.iter().any(|tuning| tuning.state == TuningState::Running) {
        return Err(FlowError::Conflict("Another tuning of this project runs. Wait for its end, or stop it.".into()));
    }
    let (plan, parents) = (json!(plan).to_string(), json!(parents).to_string());
    tunings::insert(&mut tx, &NewTuning { id, project: project.id, plan: &plan, parallel, parents: &parents, by }, now).await?;
    users::audit(&mut tx, Some(project.id), Some(by), "tuning.add", &json!({ "tuning": id }), now).await?;
    tx.commit().await?;
    advance(ctx, id).await?;
    Ok(id)
}

/// Looks at what became of a tuning's trials, and queues the next ones, until as many are under way as may be. Does no harm when called at
/// any time, also by several at once.
///
/// # Errors
/// The database failed, or what is stored can't be read.
pub async fn advance(ctx: &Context, id: Uuid) -> Result<()> {
    loop {
        let mut tx = ctx.db.read().await?;
        let Some(tuning) = tunings::get(&mut tx, id).await?.filter(|tuning| tuning.state == TuningState::Running) else { return Ok(()) };
        let open = tunings::open(&mut tx, id).await?;
        let lost = open.iter().any(|trial| !matches!(trial.job, Some(JobState::Queued | JobState::Running)));
        if lost {
            drop(tx);
            end_lost(ctx, id).await?;
            continue;
        }
        if open.len() as i64 >= tuning.parallel {
            return Ok(());
        }
        let trials = tunings::trials(&mut tx, id, i64::from(MAX_TRIALS)).await?;
        let history = history(&mut tx, &tuning, &trials).await?;
        drop(tx);
        let plan = plan_of(&tuning)?;
        let number = trials.len() as i64;
        match blocking(move || plan.next(&history)).await? {
            Some(settings) => {
                if !queue(ctx, &tuning, number, &settings).await? {
                    return Ok(());
                }
            }
            None if open.is_empty() => return finish(ctx, &tuning, &trials).await,
            None => return Ok(()),
        }
    }
}

/// Trials whose job ended without saying what came out: it broke down, was cancelled, or died with its workers.
async fn end_lost(ctx: &Context, id: Uuid) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    for trial in tunings::open(&mut tx, id).await? {
        let message = match trial.job {
            Some(JobState::Queued | JobState::Running) => continue,
            Some(JobState::Cancelled) => "cancelled".to_owned(),
            Some(_) => trial.message.unwrap_or_default(),
            None => "its job is gone".to_owned(),
        };
        let ended = Ended { state: TrialState::Failed, value: None, message: &message, seconds: None };
        tunings::end_trial(&mut tx, id, trial.number, &ended).await?;
    }
    Ok(tx.commit().await?)
}

/// `false` when somebody else was faster.
async fn queue(ctx: &Context, tuning: &Tuning, number: i64, settings: &Settings) -> Result<bool> {
    let job = Uuid::now_v7();
    let mut tx = ctx.db.write().await?;
    let running = tunings::get(&mut tx, tuning.id).await?.is_some_and(|tuning| tuning.state == TuningState::Running);
    if !running || !tunings::add_trial(&mut tx, tuning.id, number, job, &json!(settings).to_string()).await? {
        return Ok(false);
    }
    let params = json!({ "tuning": tuning.id, "trial": number });
    jobs::insert(&mut tx, job, tuning.project_id, JobKind::Tune, &params, Millis::now()).await?;
    tx.commit().await?;
    Ok(true)
}

async fn finish(ctx: &Context, tuning: &Tuning, trials: &[Trial]) -> Result<()> {
    let failed = trials.iter().filter(|trial| trial.state == TrialState::Failed).count();
    let mut message = match (best_of(trials), trials.first().and_then(|first| first.value)) {
        (Some(best), Some(before)) => match best.value {
            Some(value) if best.number > 0 => format!("trial {} reached a mean IoU of {value:.3}, against {before:.3} before", best.number),
            _ => format!("nothing better than the settings in force was found, with a mean IoU of {before:.3}"),
        },
        (Some(best), None) => format!("trial {} was best; the settings in force failed", best.number),
        (None, _) => "every trial failed".to_owned(),
    };
    if failed > 0 && failed < trials.len() {
        message += &format!("; {failed} of {} trials failed", trials.len());
    }
    let mut tx = ctx.db.write().await?;
    tunings::end(&mut tx, tuning.id, TuningState::Done, &message, Millis::now()).await?;
    Ok(tx.commit().await?)
}

/// Ends a tuning early: trials under way are cancelled, what came out so far is kept.
///
/// # Errors
/// It is over already.
pub async fn stop(ctx: &Context, id: Uuid) -> Result<()> {
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    if !tunings::end(&mut tx, id, TuningState::Stopped, "stopped by a manager", now).await? {
        return Err(FlowError::Conflict("The tuning is over already.".into()));
    }
    for trial in tunings::trials(&mut tx, id, i64::from(MAX_TRIALS)).await?.iter().filter(|trial| trial.state == TrialState::Open) {
        jobs::cancel(&mut tx, trial.job_id, now).await?;
        let ended = Ended { state: TrialState::Failed, value: trial.value, message: "the tuning was stopped", seconds: None };
        tunings::end_trial(&mut tx, id, trial.number, &ended).await?;
    }
    Ok(tx.commit().await?)
}

/// Trains the project's models with a trial's settings from now on.
///
/// # Errors
/// There is no such trial, or it has no result.
pub async fn take_over(ctx: &Context, tuning: &Tuning, number: i64, by: Uuid) -> Result<()> {
    let mut tx = ctx.db.write().await?;
    let trial = tunings::trial(&mut tx, tuning.id, number).await?.ok_or(FlowError::NotFound("trial"))?;
    if trial.value.is_none() || trial.state == TrialState::Failed {
        return Err(FlowError::Conflict("This trial has no result, so its settings can't be taken over.".into()));
    }
    let mut project = projects::get(&mut tx, tuning.project_id).await?.ok_or(FlowError::NotFound("project"))?;
    project.policy.head = tuning::with(&project.policy.head, &settings_of(&trial)?);
    project.policy.check().map_err(FlowError::Invalid)?;
    projects::update(&mut tx, &project).await?;
    let detail = json!({ "tuning": tuning.id, "trial": number, "head": project.policy.head });
    users::audit(&mut tx, Some(project.id), Some(by), "tuning.use", &detail, Millis::now()).await?;
    Ok(tx.commit().await?)
}

/// # Errors
/// What is stored can't be read.
pub fn plan_of(tuning: &Tuning) -> store::Result<Plan> {
    serde_json::from_str(&tuning.plan).map_err(|error| store::Error::Corrupt("a tuning's plan", error.to_string()))
}

/// # Errors
/// What is stored can't be read.
pub fn settings_of(trial: &Trial) -> store::Result<Settings> {
    serde_json::from_str(&trial.settings).map_err(|error| store::Error::Corrupt("a trial's settings", error.to_string()))
}

/// Mean IoU after each epoch so far.
///
/// # Errors
/// What is stored can't be read.
pub fn course_of(trial: &Trial) -> store::Result<Vec<f64>> {
    serde_json::from_str(&trial.course).map_err(|error| store::Error::Corrupt("a trial's course", error.to_string()))
}

/// The trial with the highest mean IoU of those that are over.
#[must_use]
pub fn best_of(trials: &[Trial]) -> Option<&Trial> {
    let history: Vec<bayes::Trial> =
        trials.iter().map(|trial| bayes::Trial { settings: Settings::new(), outcome: outcome(trial), search: 0 }).collect();
    best(&history).and_then(|place| trials.get(place))
}

fn outcome(trial: &Trial) -> bayes::Outcome {
    let value = trial.value.filter(|_| trial.state != TrialState::Failed);
    tuning::outcome(trial.state == TrialState::Open, value)
}

/// All that the search may learn from: its own trials, and those of earlier tunings that it was told to learn from.
///
/// # Errors
/// The database failed, or what is stored can't be read.
pub async fn history(tx: &mut Tx, tuning: &Tuning, trials: &[Trial]) -> store::Result<Vec<bayes::Trial>> {
    let parents: Vec<Uuid> =
        serde_json::from_str(&tuning.parents).map_err(|error| store::Error::Corrupt("a tuning's parents", error.to_string()))?;
    let mut all = Vec::new();
    for (place, parent) in parents.into_iter().enumerate().take(usize::from(bayes::MAX_PARENTS)) {
        let search = u8::try_from(place + 1).unwrap_or(bayes::MAX_PARENTS);
        for trial in tunings::trials(tx, parent, i64::from(MAX_TRIALS)).await?.iter().filter(|trial| trial.state != TrialState::Open) {
            all.push(bayes::Trial { settings: settings_of(trial)?, outcome: outcome(trial), search });
        }
    }
    for trial in trials {
        all.push(bayes::Trial { settings: settings_of(trial)?, outcome: outcome(trial), search: 0 });
    }
    Ok(all)
}

/// What the search believes along one parameter through its best trial; empty before there is a result, None for a parameter that isn't
/// searched.
///
/// # Errors
/// The database failed, or what is stored can't be read.
pub async fn slice(tx: &mut Tx, tuning: &Tuning, trials: &[Trial], parameter: &str, points: usize) -> Result<Option<Vec<Slice>>> {
    let plan = plan_of(tuning)?;
    if !plan.space.parameters().iter().any(|known| known.name == parameter) {
        return Ok(None);
    }
    let Some(best) = best_of(trials) else { return Ok(Some(Vec::new())) };
    let (around, history, parameter) = (settings_of(best)?, history(tx, tuning, trials).await?, parameter.to_owned());
    let slice = blocking(move || plan.slice(&history, &parameter, &around, points)).await?;
    Ok(Some(slice.unwrap_or_default()))
}
