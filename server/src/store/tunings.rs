//! Searches for better settings, and their trials.

use sqlx::FromRow;
use uuid::Uuid;

use super::{JobState, Millis, Result, TrialState, TuningState, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Tuning {
    pub id: Uuid,
    pub project_id: Uuid,
    pub state: TuningState,
    /// JSON: what is searched and how.
    pub plan: String,
    /// Trials that may run at the same time.
    pub parallel: i64,
    /// JSON: ids of earlier tunings that it learns from.
    pub parents: String,
    /// One sentence about how it ended.
    pub message: String,
    pub created_by: Option<Uuid>,
    pub created_ms: Millis,
    pub finished_ms: Option<Millis>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Trial {
    pub tuning_id: Uuid,
    /// Counted from 0 in the order in which they were begun.
    pub number: i64,
    pub job_id: Uuid,
    pub state: TrialState,
    /// JSON: a value for each parameter.
    pub settings: String,
    /// JSON: mean IoU on the held-out images after each epoch.
    pub course: String,
    /// The last of them.
    pub value: Option<f64>,
    pub message: String,
    /// Seconds that it took.
    pub seconds: Option<f64>,
}

/// A trial that is not over, and how its job is.
#[derive(Clone, Debug, FromRow)]
pub struct OpenTrial {
    pub number: i64,
    /// None if the job is gone.
    pub job: Option<JobState>,
    pub message: Option<String>,
}

statements! {
    TUNING_INSERT = [
        "INSERT INTO tunings (id, project_id, state, plan, parallel, parents, created_by, created_ms) VALUES ($1, $2, 'running', $3, $4, $5, $6, $7)"];
    TUNING_GET = [
        "SELECT id, project_id, state, plan, parallel, parents, message, created_by, created_ms, finished_ms FROM tunings WHERE id = $1"];
    TUNINGS_LIST = [
        "SELECT id, project_id, state, plan, parallel, parents, message, created_by, created_ms, finished_ms
           FROM tunings WHERE project_id = $1 ORDER BY created_ms DESC LIMIT $2"];
    TUNINGS_RUNNING = ["SELECT id FROM tunings WHERE state = 'running' AND id > $1 ORDER BY id LIMIT $2"];
    TUNING_END = ["UPDATE tunings SET state = $2, message = $3, finished_ms = $4 WHERE id = $1 AND state = 'running'"];
    /// Two that propose the same trial at once: the second one's is not kept.
    TRIAL_INSERT = [
        "INSERT INTO trials (tuning_id, number, job_id, state, settings) VALUES ($1, $2, $3, 'open', $4) ON CONFLICT (tuning_id, number) DO NOTHING"];
    TRIAL_GET = [
        "SELECT tuning_id, number, job_id, state, settings, course, value, message, seconds FROM trials WHERE tuning_id = $1 AND number = $2"];
    TRIALS_LIST = [
        "SELECT tuning_id, number, job_id, state, settings, course, value, message, seconds FROM trials WHERE tuning_id = $1 ORDER BY number LIMIT $2"];
    TRIALS_OPEN = [
        "SELECT t.number, j.state AS job, j.message
           FROM trials t LEFT JOIN jobs j ON j.id = t.job_id WHERE t.tuning_id = $1 AND t.state = 'open' ORDER BY t.number"];
    TRIAL_COURSE = ["UPDATE trials SET course = $3, value = $4 WHERE tuning_id = $1 AND number = $2 AND state = 'open'"];
    TRIAL_END = [
        "UPDATE trials SET state = $3, value = $4, message = $5, seconds = $6 WHERE tuning_id = $1 AND number = $2 AND state = 'open'"];
}

/// A new tuning, as the manager asked for it.
#[derive(Clone, Copy, Debug)]
pub struct NewTuning<'a> {
    pub id: Uuid,
    pub project: Uuid,
    pub plan: &'a str,
    pub parallel: i64,
    pub parents: &'a str,
    pub by: Uuid,
}

pub async fn insert(tx: &mut WriteTx, new: &NewTuning<'_>, now: Millis) -> Result<()> {
    run!(tx, TUNING_INSERT, |sql| sqlx::query(sql)
        .bind(new.id)
        .bind(new.project)
        .bind(new.plan)
        .bind(new.parallel)
        .bind(new.parents)
        .bind(new.by)
        .bind(now))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Tuning>> {
    on!(tx, TUNING_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

/// Newest first.
pub async fn list(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<Tuning>> {
    on!(tx, TUNINGS_LIST, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}

/// Ids of running tunings of all projects, page by page.
pub async fn running(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>> {
    on!(tx, TUNINGS_RUNNING, |sql, conn| sqlx::query_scalar(sql).bind(after).bind(limit).fetch_all(conn))
}

/// `false` when it was over already.
pub async fn end(tx: &mut WriteTx, id: Uuid, state: TuningState, message: &str, now: Millis) -> Result<bool> {
    Ok(run!(tx, TUNING_END, |sql| sqlx::query(sql).bind(id).bind(state).bind(message).bind(now))? == 1)
}

/// `false` when there is a trial of that number.
pub async fn add_trial(tx: &mut WriteTx, tuning: Uuid, number: i64, job: Uuid, settings: &str) -> Result<bool> {
    Ok(run!(tx, TRIAL_INSERT, |sql| sqlx::query(sql).bind(tuning).bind(number).bind(job).bind(settings))? == 1)
}

pub async fn trial(tx: &mut Tx, tuning: Uuid, number: i64) -> Result<Option<Trial>> {
    on!(tx, TRIAL_GET, |sql, conn| sqlx::query_as(sql).bind(tuning).bind(number).fetch_optional(conn))
}

/// In the order in which they were begun.
pub async fn trials(tx: &mut Tx, tuning: Uuid, limit: i64) -> Result<Vec<Trial>> {
    on!(tx, TRIALS_LIST, |sql, conn| sqlx::query_as(sql).bind(tuning).bind(limit).fetch_all(conn))
}

/// Those that are not over.
pub async fn open(tx: &mut Tx, tuning: Uuid) -> Result<Vec<OpenTrial>> {
    on!(tx, TRIALS_OPEN, |sql, conn| sqlx::query_as(sql).bind(tuning).fetch_all(conn))
}

/// Writes down how far a trial came. `false` when it is over.
pub async fn set_course(tx: &mut WriteTx, tuning: Uuid, number: i64, course: &str, value: Option<f64>) -> Result<bool> {
    Ok(run!(tx, TRIAL_COURSE, |sql| sqlx::query(sql).bind(tuning).bind(number).bind(course).bind(value))? == 1)
}

/// How a trial ended.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    pub state: TrialState,
    pub value: Option<f64>,
    pub message: &'a str,
    pub seconds: Option<f64>,
}

/// `false` when it was over already.
pub async fn end_trial(tx: &mut WriteTx, tuning: Uuid, number: i64, ended: &Ended<'_>) -> Result<bool> {
    Ok(run!(tx, TRIAL_END, |sql| sqlx::query(sql)
        .bind(tuning)
        .bind(number)
        .bind(ended.state)
        .bind(ended.value)
        .bind(ended.message)
        .bind(ended.seconds))?
        == 1)
}
