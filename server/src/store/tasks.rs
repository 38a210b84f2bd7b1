//! Tasks and their leases.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Millis, Result, TaskKind, TaskState, Tx, WriteTx};
use crate::{on, run, statements};

#[derive(Clone, Debug, FromRow)]
pub struct Task {
    pub id: Uuid,
    pub project_id: Uuid,
    pub image_id: Uuid,
    pub kind: TaskKind,
    /// Which of the wanted opinions this is, from 0.
    pub slot: i64,
    pub state: TaskState,
    /// Larger is handed out earlier.
    pub priority: f64,
    pub assigned_to: Option<Uuid>,
    /// Who holds, finished or skipped it.
    pub worker: Option<Uuid>,
    pub lease_until: Option<Millis>,
    pub attempts: i64,
    pub reason: Option<String>,
}

impl Task {
    /// Whether this person holds it with a lease that is not over.
    #[must_use]
    pub fn is_held_by(&self, user: Uuid, now: Millis) -> bool {
        self.worker == Some(user) && self.state == TaskState::Leased && self.lease_until.is_some_and(|until| until > now)
    }
}

/// A line of the work board.
#[derive(Clone, Debug, FromRow)]
pub struct BoardRow {
    pub id: Uuid,
    pub image_id: Uuid,
    pub image_name: String,
    pub kind: TaskKind,
    pub slot: i64,
    pub state: TaskState,
    pub priority: f64,
    pub assigned_to: Option<Uuid>,
    pub worker: Option<Uuid>,
    pub lease_until: Option<Millis>,
    pub attempts: i64,
    pub reason: Option<String>,
}

/// How many tasks somebody has.
#[derive(Clone, Debug, FromRow)]
pub struct PersonCount {
    pub user_id: Uuid,
    pub n: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct StateCount {
    pub state: TaskState,
    pub n: i64,
}

// SQLite without statistics takes the index with the most columns that fit, even where a partial one holds just the rows that are asked for.
// On the way of every annotator it is told which one: `INDEXED BY`, or a `+` in front of a column whose index would read all that somebody did.
statements! {
    TASK_INSERT = [
        "INSERT INTO tasks (id, project_id, image_id, kind, slot, state, priority, created_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (image_id, slot) DO NOTHING"];
    TASK_GET = [
        "SELECT id, project_id, image_id, kind, slot, state, priority, assigned_to, worker, lease_until, attempts, reason
           FROM tasks WHERE id = $1"];
    TASKS_OF_IMAGE = [
        "SELECT id, project_id, image_id, kind, slot, state, priority, assigned_to, worker, lease_until, attempts, reason
           FROM tasks WHERE image_id = $1 ORDER BY slot"];
    /// What a person holds, oldest lease first.
    TASKS_HELD = [
        "SELECT id, project_id, image_id, kind, slot, state, priority, assigned_to, worker, lease_until, attempts, reason
           FROM tasks " {lite: "INDEXED BY tasks_worker "}
        "WHERE worker = $1 AND project_id = $2 AND state = 'leased' AND lease_until > $3 ORDER BY lease_until LIMIT 16"];
    /// Leases that ran out go back to the queue. What somebody began of their own accord (an adjustment) ends with its lease.
    TASKS_RECLAIM = [
        "UPDATE tasks SET state = CASE WHEN kind = 'label' THEN 'open' ELSE 'skipped' END, worker = NULL, lease_until = NULL
          WHERE project_id = $1 AND state = 'leased' AND lease_until <= $2"];
    /// Projects in which a lease ran out.
    TASKS_EXPIRED_PROJECTS = ["SELECT DISTINCT project_id FROM tasks WHERE state = 'leased' AND lease_until <= $1 LIMIT 200"];
    /// The most urgent task assigned to this person, or else the most urgent one that is nobody's; never a second opinion from the same person.
    TASK_LEASE = [
        "UPDATE tasks SET state = 'leased', worker = $2, lease_until = $3, attempts = attempts + 1
          WHERE id = COALESCE(
                (SELECT t.id FROM tasks t
                  WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to = $2
                    AND NOT EXISTS (SELECT 1 FROM tasks o WHERE o.image_id = t.image_id AND " {lite: "+"} "o.worker = $2)
                  ORDER BY t.priority DESC, t.id
                  LIMIT 1 " {pg: "FOR UPDATE SKIP LOCKED"} "),
                (SELECT t.id FROM tasks t
                  WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to IS NULL
                    AND NOT EXISTS (SELECT 1 FROM tasks o WHERE o.image_id = t.image_id AND " {lite: "+"} "o.worker = $2)
                  ORDER BY t.priority DESC, t.id
                  LIMIT 1 " {pg: "FOR UPDATE SKIP LOCKED"} "))
        RETURNING id, project_id, image_id, kind, slot, state, priority, assigned_to, worker, lease_until, attempts, reason"];
    /// Leases one certain task that is open, for somebody who opens that image.
    TASK_TAKE = [
        "UPDATE tasks SET state = 'leased', worker = $2, lease_until = $3, attempts = attempts + 1 WHERE id = $1 AND state = 'open'"];
    TASK_HEARTBEAT = ["UPDATE tasks SET lease_until = $4 WHERE id = $1 AND worker = $2 AND state = 'leased' AND lease_until > $3"];
    /// Only the holder of a live lease may finish the task.
    TASK_FINISH = [
        "UPDATE tasks SET state = $4, lease_until = NULL, finished_ms = $3, reason = $5
          WHERE id = $1 AND worker = $2 AND state = 'leased' AND lease_until > $3"];
    TASK_RELEASE = [
        "UPDATE tasks SET state = CASE WHEN kind = 'label' THEN 'open' ELSE 'skipped' END, worker = NULL, lease_until = NULL
          WHERE id = $1 AND worker = $2 AND state = 'leased'"];
    TASKS_RELEASE_ALL = [
        "UPDATE tasks SET state = 'open', worker = NULL, lease_until = NULL WHERE worker = $2 AND project_id = $1 AND state = 'leased'"];
    TASKS_UNASSIGN_ALL = ["UPDATE tasks SET assigned_to = NULL WHERE project_id = $1 AND assigned_to = $2 AND state = 'open'"];
    /// A manager takes a task back from whoever holds or skipped it.
    TASK_REOPEN = [
        "UPDATE tasks SET state = 'open', worker = NULL, lease_until = NULL, finished_ms = NULL, reason = NULL
          WHERE id = $1 AND state IN ('leased', 'skipped', 'parked', 'done')"];
    /// Nobody has to do it any more: the image got its label in another way.
    TASK_CLOSE = ["UPDATE tasks SET state = 'done', finished_ms = $2 WHERE id = $1 AND state = 'open'"];
    /// A number for one more task of an image.
    TASK_NEXT_SLOT = ["SELECT COALESCE(MAX(slot), -1) + 1 FROM tasks WHERE image_id = $1"];
    TASK_ASSIGN = ["UPDATE tasks SET assigned_to = $2 WHERE id = $1"];
    TASK_PRIORITY = ["UPDATE tasks SET priority = $2 WHERE id = $1"];
    IMAGE_TASKS_PRIORITY = ["UPDATE tasks SET priority = $2 WHERE image_id = $1 AND state IN ('open', 'parked')"];
    IMAGE_TASKS_PARK = ["UPDATE tasks SET state = 'parked' WHERE image_id = $1 AND state = 'open'"];
    IMAGE_TASKS_UNPARK = ["UPDATE tasks SET state = 'open' WHERE image_id = $1 AND state = 'parked'"];
    IMAGE_TASKS_PENDING = ["SELECT COUNT(*) FROM tasks WHERE image_id = $1 AND kind = 'label' AND state IN ('open', 'leased', 'parked')"];
    TASK_COUNTS = ["SELECT state, COUNT(*) AS n FROM tasks WHERE project_id = $1 GROUP BY state"];
    /// Counting stops at a thousand: 'many' is all that an annotator needs to know.
    TASKS_LEFT = [
        "SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM tasks t " {lite: "INDEXED BY tasks_free "} "
                                        WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to IS NULL LIMIT 1000) AS counted)
              + (SELECT COUNT(*) FROM (SELECT 1 FROM tasks t " {lite: "INDEXED BY tasks_assigned "} "
                                        WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to = $2 LIMIT 1000) AS counted)"];
    TASK_BOARD = [
        "SELECT t.id, t.image_id, i.name AS image_name, t.kind, t.slot, t.state, t.priority, t.assigned_to, t.worker, t.lease_until, t.attempts, t.reason
           FROM tasks t JOIN images i ON i.id = t.image_id
          WHERE t.project_id = $1 AND t.state = $2 AND t.id > $3 ORDER BY t.id LIMIT $4"];
    /// What is waiting, most urgent first.
    TASK_QUEUE = [
        "SELECT t.id, t.image_id, i.name AS image_name, t.kind, t.slot, t.state, t.priority, t.assigned_to, t.worker, t.lease_until, t.attempts, t.reason
           FROM tasks t JOIN images i ON i.id = t.image_id
          WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to IS NULL ORDER BY t.priority DESC, t.id LIMIT $2"];
    /// The queue from a place in it on.
    TASK_QUEUE_AFTER = [
        "SELECT t.id, t.image_id, i.name AS image_name, t.kind, t.slot, t.state, t.priority, t.assigned_to, t.worker, t.lease_until, t.attempts, t.reason
           FROM tasks t JOIN images i ON i.id = t.image_id
          WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to IS NULL
            AND t.priority <= $2 AND (t.priority < $2 OR t.id > $3)
          ORDER BY t.priority DESC, t.id LIMIT $4"];
    /// What waits for certain people.
    TASKS_GIVEN = [
        "SELECT t.id, t.image_id, i.name AS image_name, t.kind, t.slot, t.state, t.priority, t.assigned_to, t.worker, t.lease_until, t.attempts, t.reason
           FROM tasks t JOIN images i ON i.id = t.image_id
          WHERE t.project_id = $1 AND t.state = 'open' AND t.assigned_to IS NOT NULL ORDER BY t.assigned_to, t.priority DESC, t.id LIMIT $2"];
    TASKS_GIVEN_COUNTS = [
        "SELECT assigned_to AS user_id, COUNT(*) AS n FROM tasks
          WHERE project_id = $1 AND state = 'open' AND assigned_to IS NOT NULL GROUP BY assigned_to"];
    TASKS_HELD_COUNTS = [
        "SELECT worker AS user_id, COUNT(*) AS n FROM tasks
          WHERE project_id = $1 AND state = 'leased' AND lease_until > $2 GROUP BY worker"];
    TASKS_HELD_NOW = [
        "SELECT t.id, t.image_id, i.name AS image_name, t.kind, t.slot, t.state, t.priority, t.assigned_to, t.worker, t.lease_until, t.attempts, t.reason
           FROM tasks t JOIN images i ON i.id = t.image_id
          WHERE t.project_id = $1 AND t.state = 'leased' AND t.lease_until > $2 ORDER BY t.lease_until LIMIT $3"];
}

pub struct NewTask {
    pub id: Uuid,
    pub project_id: Uuid,
    pub image_id: Uuid,
    pub kind: TaskKind,
    pub slot: i64,
    pub state: TaskState,
    pub priority: f64,
}

pub async fn insert(tx: &mut WriteTx, task: &NewTask, now: Millis) -> Result<u64> {
    run!(tx, TASK_INSERT, |sql| sqlx::query(sql)
        .bind(task.id)
        .bind(task.project_id)
        .bind(task.image_id)
        .bind(task.kind)
        .bind(task.slot)
        .bind(task.state)
        .bind(task.priority)
        .bind(now))
}

pub async fn get(tx: &mut Tx, id: Uuid) -> Result<Option<Task>> {
    on!(tx, TASK_GET, |sql, conn| sqlx::query_as(sql).bind(id).fetch_optional(conn))
}

pub async fn of_image(tx: &mut Tx, image: Uuid) -> Result<Vec<Task>> {
    on!(tx, TASKS_OF_IMAGE, |sql, conn| sqlx::query_as(sql).bind(image).fetch_all(conn))
}

pub async fn held(tx: &mut Tx, worker: Uuid, project: Uuid, now: Millis) -> Result<Vec<Task>> {
    on!(tx, TASKS_HELD, |sql, conn| sqlx::query_as(sql).bind(worker).bind(project).bind(now).fetch_all(conn))
}

/// Returns leases that ran out to the queue; how many there were.
pub async fn reclaim_expired(tx: &mut WriteTx, project: Uuid, now: Millis) -> Result<u64> {
    run!(tx, TASKS_RECLAIM, |sql| sqlx::query(sql).bind(project).bind(now))
}

/// Projects that have leases to be reclaimed, at most two hundred.
pub async fn expired_projects(tx: &mut Tx, now: Millis) -> Result<Vec<Uuid>> {
    on!(tx, TASKS_EXPIRED_PROJECTS, |sql, conn| sqlx::query_scalar(sql).bind(now).fetch_all(conn))
}

/// Leases the next task to `worker` until `until`: one assigned to them, else the most urgent one; `None` when none is free for them.
pub async fn lease(tx: &mut WriteTx, project: Uuid, worker: Uuid, until: Millis) -> Result<Option<Task>> {
    on!(tx, TASK_LEASE, |sql, conn| sqlx::query_as(sql).bind(project).bind(worker).bind(until).fetch_optional(conn))
}

pub async fn take(tx: &mut WriteTx, id: Uuid, worker: Uuid, until: Millis) -> Result<bool> {
    Ok(run!(tx, TASK_TAKE, |sql| sqlx::query(sql).bind(id).bind(worker).bind(until))? == 1)
}

pub async fn heartbeat(tx: &mut WriteTx, id: Uuid, worker: Uuid, now: Millis, until: Millis) -> Result<bool> {
    Ok(run!(tx, TASK_HEARTBEAT, |sql| sqlx::query(sql).bind(id).bind(worker).bind(now).bind(until))? == 1)
}

/// Ends a held task as done or skipped. `false` when the lease is no longer this person's.
pub async fn finish(tx: &mut WriteTx, id: Uuid, worker: Uuid, now: Millis, state: TaskState, reason: Option<&str>) -> Result<bool> {
    Ok(run!(tx, TASK_FINISH, |sql| sqlx::query(sql).bind(id).bind(worker).bind(now).bind(state).bind(reason))? == 1)
}

pub async fn release(tx: &mut WriteTx, id: Uuid, worker: Uuid) -> Result<bool> {
    Ok(run!(tx, TASK_RELEASE, |sql| sqlx::query(sql).bind(id).bind(worker))? == 1)
}

/// Gives all that a person holds or is given in a project back to everybody, because they no longer label there.
pub async fn leave(tx: &mut WriteTx, project: Uuid, person: Uuid) -> Result<()> {
    run!(tx, TASKS_RELEASE_ALL, |sql| sqlx::query(sql).bind(project).bind(person))?;
    run!(tx, TASKS_UNASSIGN_ALL, |sql| sqlx::query(sql).bind(project).bind(person))?;
    Ok(())
}

pub async fn reopen(tx: &mut WriteTx, id: Uuid) -> Result<bool> {
    Ok(run!(tx, TASK_REOPEN, |sql| sqlx::query(sql).bind(id))? == 1)
}

pub async fn close(tx: &mut WriteTx, id: Uuid, now: Millis) -> Result<u64> {
    run!(tx, TASK_CLOSE, |sql| sqlx::query(sql).bind(id).bind(now))
}

pub async fn next_slot(tx: &mut Tx, image: Uuid) -> Result<i64> {
    on!(tx, TASK_NEXT_SLOT, |sql, conn| sqlx::query_scalar(sql).bind(image).fetch_one(conn))
}

pub async fn assign(tx: &mut WriteTx, id: Uuid, user: Option<Uuid>) -> Result<u64> {
    run!(tx, TASK_ASSIGN, |sql| sqlx::query(sql).bind(id).bind(user))
}

pub async fn set_priority(tx: &mut WriteTx, id: Uuid, priority: f64) -> Result<u64> {
    run!(tx, TASK_PRIORITY, |sql| sqlx::query(sql).bind(id).bind(priority))
}

pub async fn set_image_priority(tx: &mut WriteTx, image: Uuid, priority: f64) -> Result<u64> {
    run!(tx, IMAGE_TASKS_PRIORITY, |sql| sqlx::query(sql).bind(image).bind(priority))
}

/// Takes an image's waiting tasks out of the queue while the model's label stands.
pub async fn park(tx: &mut WriteTx, image: Uuid) -> Result<u64> {
    run!(tx, IMAGE_TASKS_PARK, |sql| sqlx::query(sql).bind(image))
}

pub async fn unpark(tx: &mut WriteTx, image: Uuid) -> Result<u64> {
    run!(tx, IMAGE_TASKS_UNPARK, |sql| sqlx::query(sql).bind(image))
}

/// How many opinions on an image are still to come.
pub async fn pending(tx: &mut Tx, image: Uuid) -> Result<i64> {
    on!(tx, IMAGE_TASKS_PENDING, |sql, conn| sqlx::query_scalar(sql).bind(image).fetch_one(conn))
}

pub async fn counts(tx: &mut Tx, project: Uuid) -> Result<Vec<StateCount>> {
    on!(tx, TASK_COUNTS, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

/// How many tasks wait for this person, counted up to a thousand of each kind.
pub async fn left(tx: &mut Tx, project: Uuid, worker: Uuid) -> Result<i64> {
    on!(tx, TASKS_LEFT, |sql, conn| sqlx::query_scalar(sql).bind(project).bind(worker).fetch_one(conn))
}

pub async fn board(tx: &mut Tx, project: Uuid, state: TaskState, after: Uuid, limit: i64) -> Result<Vec<BoardRow>> {
    on!(tx, TASK_BOARD, |sql, conn| sqlx::query_as(sql).bind(project).bind(state).bind(after).bind(limit).fetch_all(conn))
}

pub async fn queue(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<BoardRow>> {
    on!(tx, TASK_QUEUE, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}

pub async fn held_now(tx: &mut Tx, project: Uuid, now: Millis, limit: i64) -> Result<Vec<BoardRow>> {
    on!(tx, TASKS_HELD_NOW, |sql, conn| sqlx::query_as(sql).bind(project).bind(now).bind(limit).fetch_all(conn))
}

/// The queue behind the task with that priority and id.
pub async fn queue_after(tx: &mut Tx, project: Uuid, priority: f64, id: Uuid, limit: i64) -> Result<Vec<BoardRow>> {
    on!(tx, TASK_QUEUE_AFTER, |sql, conn| sqlx::query_as(sql).bind(project).bind(priority).bind(id).bind(limit).fetch_all(conn))
}

/// Open tasks that only one person each may take, person by person.
pub async fn given(tx: &mut Tx, project: Uuid, limit: i64) -> Result<Vec<BoardRow>> {
    on!(tx, TASKS_GIVEN, |sql, conn| sqlx::query_as(sql).bind(project).bind(limit).fetch_all(conn))
}

/// How many open tasks wait for each person alone.
pub async fn given_counts(tx: &mut Tx, project: Uuid) -> Result<Vec<PersonCount>> {
    on!(tx, TASKS_GIVEN_COUNTS, |sql, conn| sqlx::query_as(sql).bind(project).fetch_all(conn))
}

/// How many tasks each person holds.
pub async fn held_counts(tx: &mut Tx, project: Uuid, now: Millis) -> Result<Vec<PersonCount>> {
    on!(tx, TASKS_HELD_COUNTS, |sql, conn| sqlx::query_as(sql).bind(project).bind(now).fetch_all(conn))
}
