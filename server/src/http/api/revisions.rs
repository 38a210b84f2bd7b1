//! Work in progress, and earlier states of a task's image.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Items;
use crate::{
    context::Context,
    flow::revisions::{self, RevisionView, Work},
    http::{
        auth::{self, Signed},
        error::Result,
    },
    store::{Role, Tx, projects::Project, tasks::Task},
};

#[derive(Deserialize, ToSchema)]
pub struct DraftBody {
    /// Active seconds spent so far.
    #[serde(default)]
    pub seconds: f64,
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
    /// The draft's revision that the work began from; a newer one of another browser is a conflict. Without it nothing is compared.
    pub base_revision: Option<i64>,
    /// Tells this browser from others of the same person.
    pub device: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Kept {
    pub revision: i64,
}

#[derive(Serialize, ToSchema)]
pub struct RevisionShapes {
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
}

/// Keeps work in progress, so that it can go on at another computer. When the lease is lost it is kept all the same, and 409 says so.
#[utoipa::path(tag = "tasks", request_body = DraftBody, responses((status = 200, body = Kept), (status = 404), (status = 409), (status = 422)))]
#[put("/tasks/{task}/draft")]
pub async fn draft(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<DraftBody>) -> Result<web::Json<Kept>> {
    let (_, task) = auth::task(&mut ctx.db.glance().await?, &signed.user, *path, Role::Annotator).await?;
    let DraftBody { seconds, shapes, base_revision, device } = body.into_inner();
    let work = Work { shapes: String::from(Box::<str>::from(shapes)), seconds, base_revision, device };
    let revision = revisions::put(&ctx, &task, signed.user.id, work).await?;
    Ok(web::Json(Kept { revision }))
}

/// A task, and whether the person may see everybody's work on it.
async fn seen(tx: &mut Tx, signed: &Signed, id: Uuid) -> Result<(Project, Task, bool)> {
    let (project, task) = auth::task(tx, &signed.user, id, Role::Annotator).await?;
    let sees_all = auth::project(tx, &signed.user, project.id, Role::Reviewer).await.is_ok();
    Ok((project, task, sees_all))
}

/// Earlier states of the task's image, newest first: one's own, or everybody's for reviewers and managers.
#[utoipa::path(tag = "tasks", responses((status = 200, body = Items<RevisionView>), (status = 404)))]
#[get("/tasks/{task}/revisions")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Items<RevisionView>>> {
    let mut tx = ctx.db.read().await?;
    let (_, task, sees_all) = seen(&mut tx, &signed, *path).await?;
    let items = revisions::list(&mut tx, &task, signed.user.id, sees_all).await?;
    Ok(web::Json(Items { items, next: None }))
}

/// The shapes of one of them.
#[utoipa::path(tag = "tasks", responses((status = 200, body = RevisionShapes), (status = 404)))]
#[get("/tasks/{task}/revisions/{revision}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<(Uuid, Uuid)>) -> Result<web::Json<RevisionShapes>> {
    let (task, revision) = path.into_inner();
    let mut tx = ctx.db.read().await?;
    let (project, task, sees_all) = seen(&mut tx, &signed, task).await?;
    let shapes = revisions::shapes(&mut tx, &project, &task, signed.user.id, sees_all, revision).await?;
    Ok(web::Json(RevisionShapes { shapes }))
}
