//! One image: its label, its history and its tasks.

use actix_web::{HttpResponse, web};
use labelwright_ui::{
    Section,
    pages::{ImagePage, image::AnnotationRow},
};
use uuid::Uuid;

use super::{
    html, see_other, view,
    visit::{Member, number},
    work::Names,
};
use crate::{
    flow,
    http::error::{ApiError, Result},
    store::{
        LabelSource, Origin, Role, TaskState, Tx,
        annotations::{self, HistoryRow},
        images::{self, Image, Listed},
        labels::{self, Label},
        projects, tasks,
    },
};

/// Lines of history that are shown.
const HISTORY: i64 = 50;

/// An image of the member's project; the path's first part is the project.
async fn find(tx: &mut Tx, path: &(String, Uuid), project: Uuid) -> Result<Image> {
    let image = images::get(tx, path.1).await?.filter(|image| image.project_id == project);
    image.ok_or(ApiError::NotFound("image"))
}

/// `GET /projects/{project}/images/{image}`.
pub async fn page(mut member: Member, path: web::Path<(String, Uuid)>) -> Result<HttpResponse> {
    let image = find(&mut member.tx, &path, member.project.id).await?;
    let layout = member.layout(Section::Images, &image.name).await?;
    let (reviews, manages) = (member.may(Role::Reviewer), member.may(Role::Manager));
    let (id, me, now, tx) = (member.project.id, member.user.id, member.now, &mut member.tx);
    let label = labels::of_image(tx, image.id).await?;
    let mut history = annotations::history(tx, image.id, HISTORY).await?;
    // Opinions stay independent only if nobody sees the others' before they are asked.
    history.retain(|row| reviews || row.user_id == Some(me));
    let found = tasks::of_image(tx, image.id).await?;
    let names = Names::read(tx, found.iter().flat_map(|task| [task.worker, task.assigned_to])).await?;
    let held = found.iter().any(|task| task.state == TaskState::Leased && task.lease_until.is_some_and(|until| until > now));
    let rows = found.iter().map(|task| {
        let mut row = view::task_row(task, &image.name);
        (row.holder, row.assigned_to) = (names.of(task.worker), names.of(task.assigned_to));
        row
    });
    let (previous, following) = images::neighbours(tx, id, image.id).await?;
    let classes = projects::classes(tx, id).await?;
    html(&ImagePage {
        layout,
        annotations: history.iter().map(|row| line(row, &history, label.as_ref())).collect(),
        tasks: rows.collect(),
        previous: previous.map(|id| id.to_string()),
        following: following.map(|id| id.to_string()),
        editor_url: reviews.then(|| format!("/projects/{id}/images/{}/adjust", image.id)),
        can_manage: manages,
        classes: classes.into_iter().map(|class| view::class(class, false)).collect(),
        image: view::card(listed(image, label.as_ref()), held),
    })
}

fn listed(image: Image, label: Option<&Label>) -> Listed {
    Listed {
        id: image.id,
        name: image.name,
        width: image.width,
        height: image.height,
        subset: image.subset,
        state: image.state,
        source: label.map(|label| label.source),
        status: label.map(|label| label.status),
        confidence: label.and_then(|label| label.confidence),
        agreement: label.and_then(|label| label.agreement),
        mask_key: None,
    }
}

fn line(row: &HistoryRow, history: &[HistoryRow], label: Option<&Label>) -> AnnotationRow {
    let by = match (&row.user_name, row.origin) {
        (_, Origin::Import) => "import".to_owned(),
        (Some(name), Origin::Person) => name.clone(),
        (None, Origin::Person) => "somebody who left".to_owned(),
    };
    let shapes = serde_json::from_str::<Vec<serde::de::IgnoredAny>>(&row.shapes).map_or(0, |shapes| shapes.len() as u64);
    AnnotationRow {
        id: row.id.to_string(),
        by,
        by_model: false,
        revision: number(row.revision),
        created_ms: row.created_ms.0,
        seconds: (row.origin == Origin::Person).then_some(row.seconds),
        shapes,
        in_label: label.is_some_and(|label| follows(label, row, history)),
    }
}

/// Whether the label comes from this annotation: it was made of it alone, or fused from it and others.
fn follows(label: &Label, row: &HistoryRow, history: &[HistoryRow]) -> bool {
    if label.source == LabelSource::Model {
        return false;
    }
    // A label that one annotation became has its time; a fused one is younger than all that went into it.
    if history.iter().any(|other| other.created_ms == label.created_ms) {
        return row.created_ms == label.created_ms;
    }
    let newer = |other: &HistoryRow| other.user_id == row.user_id && other.revision > row.revision && other.created_ms < label.created_ms;
    row.created_ms < label.created_ms && !history.iter().any(newer)
}

/// `POST /projects/{project}/images/{image}/adjust`: a task to change the label, opened in the editor.
pub async fn adjust(mut member: Member, path: web::Path<(String, Uuid)>) -> Result<HttpResponse> {
    let image = find(&mut member.tx, &path, member.project.id).await?;
    let Member { ctx, user, project, tx, .. } = member;
    drop(tx);
    let task = flow::tasks::adjust(&ctx, &project, image.id, user.id).await?;
    Ok(see_other(&format!("/projects/{}/label?task={task}", project.id)))
}
