//! A project's instructions, read and changed while people work.

use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::projects::check_instructions;
use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{Millis, Role, Tx, projects, users},
};

#[derive(Serialize, ToSchema)]
pub struct Instructions {
    /// Markdown.
    pub text: String,
    /// Counts up with every change.
    pub version: i64,
    /// When they were changed last, and who did; absent when they are as the project was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_ms: Option<Millis>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInstructions {
    pub text: String,
    /// The version that they were written from.
    pub version: i64,
}

async fn view(tx: &mut Tx, project: projects::Project) -> Result<Instructions> {
    let author = match project.instructions_by {
        Some(id) => users::by_id(tx, id).await?.map(|user| user.name),
        None => None,
    };
    Ok(Instructions { text: project.instructions, version: project.instructions_version, changed_ms: project.instructions_ms, author })
}

/// The instructions in force.
#[utoipa::path(tag = "projects", responses((status = 200, body = Instructions), (status = 404)))]
#[get("/projects/{project}/instructions")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Instructions>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(view(&mut tx, project).await?))
}

/// Changes the instructions, unless somebody else did meanwhile. People who work see the new ones within a minute. Managers only.
#[utoipa::path(tag = "projects", request_body = NewInstructions, responses((status = 200, body = Instructions), (status = 403), (status = 404), (status = 409), (status = 413)))]
#[put("/projects/{project}/instructions")]
pub async fn put(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<NewInstructions>,
) -> Result<web::Json<Instructions>> {
    let body = body.into_inner();
    check_instructions(&body.text)?;
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Manager).await?;
    if !projects::set_instructions(&mut tx, project.id, body.version, &body.text, signed.user.id, now).await? {
        return Err(ApiError::Conflict(format!(
            "somebody changed the instructions meanwhile; theirs are version {}",
            project.instructions_version
        )));
    }
    let detail = json!({ "version": body.version + 1 });
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "project.instructions", &detail, now).await?;
    let changed = projects::get(&mut tx, project.id).await?.ok_or(ApiError::NotFound("project"))?;
    let view = view(&mut tx, changed).await?;
    tx.commit().await?;
    Ok(web::Json(view))
}
