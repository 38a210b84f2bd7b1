//! How far a project is, once or live.

use std::time::Duration;

use actix_web::{Responder, get, web};
use actix_web_lab::sse;
use serde::Serialize;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::jobs::JobView;
use crate::{
    context::Context,
    flow::progress::{self, Person, Progress},
    http::{
        auth::{self, Signed},
        error::Result,
    },
    store::{Error, Millis, Role, Tx, jobs, projects, users::User},
};

/// How often a listener's figures are looked up.
const PERIOD: Duration = Duration::from_secs(1);

/// Where the images of a project stand.
#[utoipa::path(tag = "progress", responses((status = 200, body = Progress), (status = 404)))]
#[get("/projects/{project}/progress")]
pub async fn figures(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Progress>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(progress::of(&mut tx, project.id).await?))
}

/// The members with what they have done and what they hold.
///
/// # Errors
/// The database failed.
pub async fn people_of(tx: &mut Tx, project: Uuid) -> Result<Vec<Person>> {
    let skills = projects::skills(tx, project).await?;
    let skills = serde_json::from_str(&skills).map_err(|e| Error::Corrupt("the skills of workers", e.to_string()))?;
    Ok(progress::people(tx, project, Millis::now(), &skills).await?)
}

/// Who works in a project, how much, and on what now. Reviewers and managers.
#[utoipa::path(tag = "progress", responses((status = 200, body = Vec<Person>), (status = 403), (status = 404)))]
#[get("/projects/{project}/people")]
pub async fn at_work(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<Person>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Reviewer).await?;
    Ok(web::Json(people_of(&mut tx, project.id).await?))
}

/// Live figures as server-sent events: `progress`, `jobs` and, for reviewers and managers, `people`; each is sent when it changed.
#[utoipa::path(tag = "progress", responses((status = 200, content_type = "text/event-stream"), (status = 404)))]
#[get("/projects/{project}/events")]
pub async fn events(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<impl Responder> {
    auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Viewer).await?;
    let (tx, rx) = mpsc::channel(8);
    actix_web::rt::spawn(async move {
        let mut sent = Sent::default();
        // The listener went away, lost access, or the database is gone: the browser asks again by itself.
        while send_changes(&ctx, &signed.user, *path, &tx, &mut sent).await.is_some() {
            tokio::time::sleep(PERIOD).await;
        }
    });
    Ok(sse::Sse::from_infallible_receiver(rx).with_keep_alive(Duration::from_secs(15)).with_retry_duration(Duration::from_secs(3)))
}

/// What a listener knows.
#[derive(Default)]
struct Sent {
    progress: String,
    jobs: String,
    people: String,
}

async fn send_changes(ctx: &Context, user: &User, project: Uuid, to: &mpsc::Sender<sse::Event>, sent: &mut Sent) -> Option<()> {
    if to.is_closed() {
        return None;
    }
    let mut tx = ctx.db.read().await.ok()?;
    let (_, role) = auth::project(&mut tx, user, project, Role::Viewer).await.ok()?;
    let progress = progress::of(&mut tx, project).await.ok()?;
    send(to, "progress", &progress, &mut sent.progress).await?;
    let jobs: Vec<JobView> = jobs::list(&mut tx, project, 10).await.ok()?.into_iter().map(JobView::from).collect();
    send(to, "jobs", &jobs, &mut sent.jobs).await?;
    if role.covers(Role::Reviewer) {
        let people = people_of(&mut tx, project).await.ok()?;
        send(to, "people", &people, &mut sent.people).await?;
    }
    Some(())
}

async fn send(to: &mpsc::Sender<sse::Event>, name: &'static str, value: &impl Serialize, sent: &mut String) -> Option<()> {
    let text = serde_json::to_string(value).ok()?;
    if *sent != text {
        to.send(sse::Data::new(text.clone()).event(name).into()).await.ok()?;
        *sent = text;
    }
    Some(())
}
