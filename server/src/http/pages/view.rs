//! What the store knows, as the pages show it.

use labelwright_ui::parts::{ClassRow, Holding, ImageCard, JobRow, LabelInfo, PersonRow, Progress, TaskRow};

use super::visit::{count, number};
use crate::{
    flow::progress,
    store::{
        ImageState, TaskState,
        images::Listed,
        jobs::Job,
        projects,
        tasks::{BoardRow, Task},
    },
};

/// The pages call a task that nobody has yet `waiting`, as they do for an image.
pub fn task_state(state: TaskState) -> &'static str {
    match state {
        TaskState::Open => "waiting",
        other => other.as_str(),
    }
}

/// The state that such a word names.
pub fn named_task_state(word: &str) -> Option<TaskState> {
    if word == "waiting" { Some(TaskState::Open) } else { word.parse().ok() }
}

pub fn figures(p: &progress::Progress) -> Progress {
    Progress {
        images: count(p.images),
        people: count(p.people),
        machine_provisional: count(p.machine_provisional),
        machine_committed: count(p.machine_committed),
        disagree: count(p.disagree),
        waiting: count(p.waiting),
        leased: count(p.leased),
        skipped: count(p.skipped),
        validation_labeled: count(p.validation_labeled),
        seconds_spent: p.seconds_spent,
        eta_seconds: p.eta_seconds,
        share_model: p.share_model,
    }
}

pub fn person(person: progress::Person) -> PersonRow {
    PersonRow {
        id: person.user.id.to_string(),
        login: person.user.login,
        name: person.user.name,
        role: person.role.to_string(),
        labels: count(person.labels),
        median_seconds: person.median_seconds,
        agreement: person.agreement,
        now: person.now.map(|now| Holding {
            task_id: now.task.to_string(),
            image_name: now.image_name,
            lease_until_ms: now.lease_until_ms.0,
        }),
    }
}

pub fn job(job: Job) -> JobRow {
    JobRow {
        id: job.id.to_string(),
        kind: job.kind.to_string(),
        state: job.state.to_string(),
        progress: job.progress,
        message: job.message,
        worker: job.worker,
        created_ms: job.created_ms.0,
        started_ms: job.started_ms.map(|at| at.0),
        finished_ms: job.finished_ms.map(|at| at.0),
    }
}

pub fn class(class: projects::ClassRow, in_use: bool) -> ClassRow {
    ClassRow {
        index: u8::try_from(class.idx).unwrap_or(u8::MAX),
        name: class.name,
        color: class.color,
        kind: class.kind.to_string(),
        in_use,
    }
}

/// An image as a card. `held` tells that somebody works on it now.
pub fn card(image: Listed, held: bool) -> ImageCard {
    let base = format!("/api/v1/images/{}", image.id);
    let label = image.source.zip(image.status).map(|(source, status)| LabelInfo {
        source: source.to_string(),
        status: status.to_string(),
        confidence: image.confidence,
        agreement: image.agreement,
    });
    let state = if held && image.state == ImageState::Waiting { "leased" } else { image.state.as_str() };
    ImageCard {
        id: image.id.to_string(),
        name: image.name,
        width: number(image.width),
        height: number(image.height),
        subset: image.subset.to_string(),
        state: state.to_owned(),
        mask_url: label.is_some().then(|| format!("{base}/mask.png?colour=1")),
        label,
        url: format!("{base}/file"),
        thumb_url: format!("{base}/thumb"),
    }
}

/// A line of the board, without the names of people.
pub fn board_row(row: &BoardRow) -> TaskRow {
    TaskRow {
        id: row.id.to_string(),
        image_id: row.image_id.to_string(),
        image_name: row.image_name.clone(),
        thumb_url: format!("/api/v1/images/{}/thumb", row.image_id),
        kind: row.kind.to_string(),
        state: task_state(row.state).to_owned(),
        priority: row.priority,
        slot: number(row.slot),
        assigned_to: None,
        holder: None,
        lease_until_ms: row.lease_until.map(|at| at.0),
    }
}

/// A task on the page of its image, without the names of people.
pub fn task_row(task: &Task, image_name: &str) -> TaskRow {
    TaskRow {
        id: task.id.to_string(),
        image_id: task.image_id.to_string(),
        image_name: image_name.to_owned(),
        thumb_url: format!("/api/v1/images/{}/thumb", task.image_id),
        kind: task.kind.to_string(),
        state: task_state(task.state).to_owned(),
        priority: task.priority,
        slot: number(task.slot),
        assigned_to: None,
        holder: None,
        lease_until_ms: task.lease_until.map(|at| at.0),
    }
}
