//! Work for worker processes, leased like tasks are.

use sqlx::FromRow;
use uuid::Uuid;

use super::{JobKind, JobState, Millis, Result, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Job {
    pub id: Uuid,
    pub project_id: Uuid,
    pub kind: JobKind,
    pub state: JobState,
    /// JSON, by kind.
    pub params: String,
    /// In [0, 1].
    pub progress: f64,
    pub message: String,
    pub worker: Option<String>,
    pub attempts: i64,
    /// Somebody asked for it to stop.
    pub cancel: bool,
    /// JSON, once done.
    pub result: Option<String>,
    pub created_ms: Millis,
    pub started_ms: Option<Millis>,
    pub finished_ms: Option<Millis>,
}

statements! {
    JOB_INSERT = [
        "INSERT INTO jobs (id, project_id, kind, state, params, created_ms) VALUES ($1, $2, $3, 'queued', $4, $5)"];
    JOB_GET = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE id = $1"];
    JOBS_LIST = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE project_id = $1 ORDER BY created_ms DESC LIMIT $2"];
    JOBS_OF_KIND = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE project_id = $1 AND kind = $2 ORDER BY created_ms DESC LIMIT $3"];
    JOBS_RUNNING = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE state = 'running' ORDER BY lease_until LIMIT $1"];
    JOBS_QUEUED = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE state = 'queued' ORDER BY created_ms, id LIMIT $1"];
    /// Ids grow with time: the newest jobs of all projects are found without an index of their own.
    JOBS_FAILED_SINCE = [
        "SELECT id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms
           FROM jobs WHERE id > $1 AND state = 'failed' ORDER BY id DESC LIMIT $2"];
    /// Unfinished jobs of a kind: there is no use in queueing the same work twice.
    JOB_PENDING = ["SELECT id FROM jobs WHERE project_id = $1 AND kind = $2 AND state IN ('queued', 'running') LIMIT 1"];
    JOB_LEASE = [
        "UPDATE jobs SET state = 'running', worker = $1, lease_until = $3, attempts = attempts + 1, started_ms = COALESCE(started_ms, $2),
                progress = 0, message = ''
          WHERE id = (SELECT id FROM jobs WHERE state = 'queued' ORDER BY created_ms, id LIMIT 1 " {pg: "FOR UPDATE SKIP LOCKED"} ")
        RETURNING id, project_id, kind, state, params, progress, message, worker, attempts, cancel, result, created_ms, started_ms, finished_ms"];
    /// The dead worker's jobs go back to the queue; one that killed three workers fails instead.
    JOBS_RECLAIM = [
        "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' WHEN attempts >= 3 THEN 'failed' ELSE 'queued' END,
                message = CASE WHEN attempts >= 3 THEN 'the worker died three times at this job' ELSE 'the worker stopped; queued again' END,
                finished_ms = CASE WHEN cancel OR attempts >= 3 THEN CAST($1 AS BIGINT) ELSE NULL END,
                worker = NULL, lease_until = NULL
          WHERE state = 'running' AND lease_until <= $1"];
    /// The same for one worker whose process is known to have ended.
    JOBS_RECLAIM_WORKER = [
        "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' WHEN attempts >= 3 THEN 'failed' ELSE 'queued' END,
                message = CASE WHEN attempts >= 3 THEN 'the worker died three times at this job' ELSE 'the worker stopped; queued again' END,
                finished_ms = CASE WHEN cancel OR attempts >= 3 THEN CAST($1 AS BIGINT) ELSE NULL END,
                worker = NULL, lease_until = NULL
          WHERE state = 'running' AND worker = $2"];
    JOB_PROGRESS = [
        "UPDATE jobs SET progress = $3, message = $4, lease_until = $5 WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING cancel"];
    JOB_FINISH = [
        "UPDATE jobs SET state = $3, message = $4, result = $5, finished_ms = $6, lease_until = NULL,
                progress = CASE WHEN $3 = 'done' THEN 1 ELSE progress END
          WHERE id = $1 AND worker = $2 AND state = 'running'"];
    /// A worker that ends in good order gives its job back; that is not counted as an attempt.
    JOB_RELEASE = [
        "UPDATE jobs SET state = CASE WHEN cancel THEN 'cancelled' ELSE 'queued' END, finished_ms = CASE WHEN cancel THEN CAST($3 AS BIGINT) ELSE NULL END,
                message = CASE WHEN cancel THEN 'stopped' ELSE 'the worker was stopped; queued again' END,
                worker = NULL, lease_until = NULL, attempts = attempts - 1
          WHERE id = $1 AND worker = $2 AND state = 'running'"];
    /// Looked at before the write lock is taken.
    JOBS_WAITING = ["SELECT id FROM jobs WHERE state = 'queued' LIMIT 1"];
    JOB_CANCEL_QUEUED = ["UPDATE jobs SET state = 'cancelled', cancel = TRUE, finished_ms = $2 WHERE id = $1 AND state = 'queued'"];
    JOB_CANCEL_RUNNING = ["UPDATE jobs SET cancel = TRUE, message = 'stopping' WHERE id = $1 AND state = 'running'"];
    JOB_RETRY = [
        "UPDATE jobs SET state = 'queued', cancel = FALSE, attempts = 0, progress = 0, message = '', worker = NULL, finished_ms = NULL, started_ms = NULL, result = NULL
          WHERE id = $1 AND state IN ('failed', 'cancelled')"];
    JOB_LAST_OF_KIND = ["SELECT created_ms FROM jobs WHERE project_id = $1 AND kind = $2 ORDER BY created_ms DESC LIMIT 1"];
}

pub async fn insert(tx: &mut WriteTx, id: Uuid, project: Uuid, kind: JobKind, params: &serde_json::Value, now: Millis) -> Result<()> {
    run!(tx, JOB_INSERT, |sql| sqlx::query(sql).bind(id).bind(project).bind(kind).bind(params.to_string()).bind(now))?;
    Ok(())
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Job>> {
    on!(tx, JOB_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

/// Newest first.
pub async fn list(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<Job>> {
    on!(tx, JOBS_LIST, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}

pub async fn of_kind(tx: &mut Tx, project: Uuid, kind: JobKind, limit: i64) -> Result<Vec<Job>> {
    on!(tx, JOBS_OF_KIND, |sql, conn| sqlx::query_as(sql).bind(project).bind(kind).bind(limit).fetch_all(conn))
}

/// Running jobs of all projects.
pub async fn running(tx: &mut Tx, limit: i64) -> Result<Vec<Job>> {
    on!(tx, JOBS_RUNNING, |sql, conn| sqlx::query_as(sql).bind(limit).fetch_all(conn))
}

/// Waiting jobs of all projects, oldest first.
pub async fn queued(tx: &mut Tx, limit: i64) -> Result<Vec<Job>> {
    on!(tx, JOBS_QUEUED, |sql, conn| sqlx::query_as(sql).bind(limit).fetch_all(conn))
}

/// Failed jobs of all projects that were queued since a time, newest first.
pub async fn failed_since(tx: &mut Tx, since: Millis, limit: i64) -> Result<Vec<Job>> {
    on!(tx, JOBS_FAILED_SINCE, |sql, conn| sqlx::query_as(sql).bind(since.first_id()).bind(limit).fetch_all(conn))
}

/// A queued or running job of that kind, if there is one.
pub async fn pending(tx: &mut Tx, project: Uuid, kind: JobKind) -> Result<Option<Uuid>> {
    on!(tx, JOB_PENDING, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(kind).fetch_optional(conn))
}

pub async fn lease(tx: &mut WriteTx, worker: &str, now: Millis, until: Millis) -> Result<Option<Job>> {
    on!(tx, JOB_LEASE, |sql, conn| sqlx::query_as(sql).bind(worker).bind(now).bind(until).fetch_optional(conn))
}

pub async fn reclaim(tx: &mut WriteTx, now: Millis) -> Result<u64> {
    run!(tx, JOBS_RECLAIM, |sql| sqlx::query(sql).bind(now))
}

/// Queues again what a worker held whose process has ended.
pub async fn reclaim_worker(tx: &mut WriteTx, worker: &str, now: Millis) -> Result<u64> {
    run!(tx, JOBS_RECLAIM_WORKER, |sql| sqlx::query(sql).bind(now).bind(worker))
}

/// Reports progress and renews the lease. `None` when the job is no longer this worker's, else whether it shall stop.
pub async fn progress(tx: &mut WriteTx, id: Uuid, worker: &str, progress: f64, message: &str, until: Millis) -> Result<Option<bool>> {
    on!(tx, JOB_PROGRESS, |sql, conn| sqlx::query_scalar(sql)
        .bind(id)
        .bind(worker)
        .bind(progress)
        .bind(message)
        .bind(until)
        .fetch_optional(conn))
}

pub async fn finish(
    tx: &mut WriteTx,
    id: Uuid,
    worker: &str,
    state: JobState,
    message: &str,
    result: Option<&str>,
    now: Millis,
) -> Result<bool> {
    Ok(run!(tx, JOB_FINISH, |sql| sqlx::query(sql).bind(id).bind(worker).bind(state).bind(message).bind(result).bind(now))? == 1)
}

/// Puts a running job back into the queue because its worker is ending. `false` when the job is no longer this worker's.
pub async fn release(tx: &mut WriteTx, id: Uuid, worker: &str, now: Millis) -> Result<bool> {
    Ok(run!(tx, JOB_RELEASE, |sql| sqlx::query(sql).bind(id).bind(worker).bind(now))? == 1)
}

/// Whether any job waits for a worker.
pub async fn waiting(tx: &mut Tx) -> Result<bool> {
    let one: Option<Uuid> = on!(tx, JOBS_WAITING, |sql, conn| sqlx::query_scalar(sql).fetch_optional(conn))?;
    Ok(one.is_some())
}

/// Asks a job to stop; one that has not begun is cancelled at once. `false` when it was over already.
pub async fn cancel(tx: &mut WriteTx, id: Uuid, now: Millis) -> Result<bool> {
    let queued = run!(tx, JOB_CANCEL_QUEUED, |sql| sqlx::query(sql).bind(id).bind(now))?;
    let running = run!(tx, JOB_CANCEL_RUNNING, |sql| sqlx::query(sql).bind(id))?;
    Ok(queued + running > 0)
}

pub async fn retry(tx: &mut WriteTx, id: Uuid) -> Result<bool> {
    Ok(run!(tx, JOB_RETRY, |sql| sqlx::query(sql).bind(id))? == 1)
}

pub async fn last_of_kind(tx: &mut Tx, project: Uuid, kind: JobKind) -> Result<Option<Millis>> {
    on!(tx, JOB_LAST_OF_KIND, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(kind).fetch_optional(conn))
}
