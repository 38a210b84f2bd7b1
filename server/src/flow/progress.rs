//! How far a project is, in numbers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::Result;
use crate::store::{ImageState, LabelSource, LabelStatus, Millis, TaskState, Tx, annotations, images, labels, projects, tasks};

/// Where the images of a project stand. `people`, `machine_*`, `disagree`, `skipped` and `waiting` add up to `images`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Progress {
    pub images: i64,
    /// Labeled by people, or imported with labels.
    pub people: i64,
    pub machine_provisional: i64,
    pub machine_committed: i64,
    /// People's opinions differ too much.
    pub disagree: i64,
    /// Without an accepted label, in the queue or in somebody's hands.
    pub waiting: i64,
    /// Tasks that somebody holds now.
    pub leased: i64,
    pub skipped: i64,
    /// Validation images with a label from people.
    pub validation_labeled: i64,
    /// Active seconds that people spent.
    pub seconds_spent: f64,
    /// Seconds of people's work left at the mean time so far; none before the first label.
    pub eta_seconds: Option<f64>,
    /// Share of the labeled images that the model labeled, in [0, 1].
    pub share_model: f64,
}

/// # Errors
/// The database failed.
pub async fn of(tx: &mut Tx, project: Uuid) -> Result<Progress> {
    let mut p = Progress::default();
    for count in images::counts(tx, project).await? {
        p.images += count.n;
        match count.state {
            ImageState::Waiting => p.waiting = count.n,
            ImageState::Disagree => p.disagree = count.n,
            ImageState::Skipped => p.skipped = count.n,
            ImageState::Done => p.people = count.n,
            ImageState::Machine => {}
        }
    }
    for count in labels::counts(tx, project).await? {
        if count.source == LabelSource::Model {
            match count.status {
                LabelStatus::Provisional => p.machine_provisional += count.n,
                LabelStatus::Committed => p.machine_committed += count.n,
                LabelStatus::Withdrawn => {}
            }
        }
    }
    p.leased = tasks::counts(tx, project).await?.iter().filter(|count| count.state == TaskState::Leased).map(|count| count.n).sum();
    p.validation_labeled = labels::validation_labeled(tx, project).await?;
    p.seconds_spent = annotations::seconds_spent(tx, project).await?;
    let by_hand = p.people + p.disagree;
    if by_hand > 0 && p.seconds_spent > 0.0 {
        p.eta_seconds = Some(p.seconds_spent / by_hand as f64 * p.waiting as f64);
    }
    let machine = p.machine_provisional + p.machine_committed;
    if machine > 0 {
        p.share_model = machine as f64 / (machine + p.people) as f64;
    }
    Ok(p)
}

/// What a member has done and is doing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Person {
    pub user: PersonUser,
    pub role: crate::store::Role,
    pub labels: i64,
    pub median_seconds: Option<f64>,
    /// Sensitivity and specificity as measured by fusion, averaged; none while nothing is known.
    pub agreement: Option<f64>,
    pub now: Option<Now>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonUser {
    pub id: Uuid,
    pub login: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Now {
    pub task: Uuid,
    pub image_name: String,
    pub lease_until_ms: Millis,
}

/// The members of a project with their work, at most two hundred.
///
/// # Errors
/// The database failed.
pub async fn people(tx: &mut Tx, project: Uuid, now: Millis, skills: &crate::domain::fusion::WorkerSkills) -> Result<Vec<Person>> {
    let members = projects::members(tx, project, 200).await?;
    let work = annotations::work_by_person(tx, project).await?;
    let held = tasks::held_now(tx, project, now, 500).await?;
    let mut out = Vec::with_capacity(members.len());
    for member in members {
        let labels = work.iter().find(|row| row.user_id == member.user_id).map_or(0, |row| row.labels);
        let median_seconds = if labels > 0 { annotations::median_seconds(tx, project, member.user_id).await? } else { None };
        let known: Vec<f64> = skills
            .iter()
            .filter(|(worker, _, _)| *worker == member.user_id)
            .map(|(_, _, counts)| f64::midpoint(counts.sensitivity(), counts.specificity()))
            .collect();
        let agreement = (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64);
        let task = held.iter().find(|row| row.worker == Some(member.user_id));
        out.push(Person {
            user: PersonUser { id: member.user_id, login: member.login, name: member.name },
            role: member.role,
            labels,
            median_seconds,
            agreement,
            now: task.and_then(|row| Some(Now { task: row.id, image_name: row.image_name.clone(), lease_until_ms: row.lease_until? })),
        });
    }
    Ok(out)
}
