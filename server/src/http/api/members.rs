//! Who works in a project, and as what.

use actix_web::{HttpResponse, delete, get, put, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{Millis, Role, projects, tasks, users},
};

#[derive(Serialize, ToSchema)]
pub struct MemberView {
    pub user: Uuid,
    pub login: String,
    pub name: String,
    pub role: Role,
}

#[derive(Deserialize, ToSchema)]
pub struct RoleBody {
    pub role: Role,
}

/// The members of a project.
#[utoipa::path(tag = "members", responses((status = 200, body = Vec<MemberView>), (status = 404)))]
#[get("/projects/{project}/members")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<MemberView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Annotator).await?;
    let members = projects::members(&mut tx, project.id, super::MAX_LIMIT).await?;
    Ok(web::Json(members.into_iter().map(|m| MemberView { user: m.user_id, login: m.login, name: m.name, role: m.role }).collect()))
}

/// Finds a person by id or login.
async fn person(tx: &mut crate::store::Tx, who: &str) -> Result<users::User> {
    let found = match who.parse::<Uuid>() {
        Ok(id) => users::by_id(tx, id).await?,
        Err(_) => users::by_login(tx, &who.to_lowercase()).await?,
    };
    found.ok_or(ApiError::NotFound("user"))
}

/// Adds a member (by id or login) or changes their role. Managers only.
#[utoipa::path(tag = "members", request_body = RoleBody, responses((status = 200, body = MemberView), (status = 403), (status = 404)))]
#[put("/projects/{project}/members/{user}")]
pub async fn put(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<(Uuid, String)>,
    body: web::Json<RoleBody>,
) -> Result<web::Json<MemberView>> {
    let (project, who) = path.into_inner();
    let mut tx = ctx.db.write().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, project, Role::Manager).await?;
    let user = person(&mut tx, &who).await?;
    if user.id == signed.user.id && body.role != Role::Manager && !signed.user.admin {
        return Err(ApiError::Conflict("you can't take the manager role from yourself; ask another manager".into()));
    }
    projects::put_member(&mut tx, project.id, user.id, body.role).await?;
    if !body.role.covers(Role::Annotator) {
        tasks::leave(&mut tx, project.id, user.id).await?;
    }
    let detail = json!({ "user": user.id, "role": body.role });
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "member.put", &detail, Millis::now()).await?;
    tx.commit().await?;
    Ok(web::Json(MemberView { user: user.id, login: user.login, name: user.name, role: body.role }))
}

/// Removes a member; what they labeled stays, what they hold goes back to the queue. Managers only.
#[utoipa::path(tag = "members", responses((status = 204), (status = 403), (status = 404)))]
#[delete("/projects/{project}/members/{user}")]
pub async fn delete(ctx: web::Data<Context>, signed: Signed, path: web::Path<(Uuid, String)>) -> Result<HttpResponse> {
    let (project, who) = path.into_inner();
    let mut tx = ctx.db.write().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, project, Role::Manager).await?;
    let user = person(&mut tx, &who).await?;
    if user.id == signed.user.id && !signed.user.admin {
        return Err(ApiError::Conflict("you can't remove yourself; ask another manager".into()));
    }
    if projects::delete_member(&mut tx, project.id, user.id).await? == 0 {
        return Err(ApiError::NotFound("member"));
    }
    tasks::leave(&mut tx, project.id, user.id).await?;
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "member.delete", &json!({ "user": user.id }), Millis::now()).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
