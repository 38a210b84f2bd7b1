//! Work for people: the next task, the lease, the answer; and the board of those who manage it.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Items;
use crate::{
    context::Context,
    flow::{
        self, FlowError,
        bundle::{Bundle, bundle},
        tasks::{Receipt, Submission},
    },
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{Millis, Role, TaskKind, TaskState, projects::Project, tasks, users},
};

#[derive(Default, Deserialize, ToSchema)]
pub struct NextBody {
    /// Tasks held already that are not wanted again, so that the next one can be fetched ahead.
    #[serde(default)]
    pub except: Vec<Uuid>,
}

#[derive(Serialize, ToSchema)]
pub struct Lease {
    pub lease_until_ms: Millis,
}

#[derive(Deserialize, ToSchema)]
pub struct SubmitBody {
    /// The sender's id of this submission: sending it again changes nothing.
    pub key: Uuid,
    /// Active seconds spent.
    #[serde(default)]
    pub seconds: f64,
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
    /// The draft's revision that the work began from; a newer one of another browser is a conflict. Without it nothing is compared.
    pub base_revision: Option<i64>,
    /// Tells this browser from others of the same person.
    pub device: Option<String>,
}

#[derive(Deserialize, ToSchema)]
pub struct SkipBody {
    pub reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct BoardItem {
    pub id: Uuid,
    pub image_id: Uuid,
    pub image_name: String,
    pub kind: TaskKind,
    pub slot: i64,
    pub state: TaskState,
    pub priority: f64,
    /// Login of the only person who may take it.
    pub assigned_to: Option<String>,
    /// Login of who holds it, did it or skipped it.
    pub holder: Option<String>,
    pub lease_until_ms: Option<Millis>,
    pub reason: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BoardQuery {
    /// `open` when absent.
    pub state: Option<TaskState>,
    pub after: Option<Uuid>,
    pub limit: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
pub struct AssignBody {
    #[serde(default)]
    pub task_ids: Vec<Uuid>,
    /// All unfinished tasks of these images.
    #[serde(default)]
    pub image_ids: Vec<Uuid>,
    /// Login of a member, or null to give the tasks to everybody again.
    pub user: Option<String>,
    pub priority: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct Changed {
    pub changed: u64,
}

#[derive(Deserialize, ToSchema)]
pub struct PriorityBody {
    /// Larger is handed out earlier.
    pub priority: f64,
}

#[derive(Serialize, ToSchema)]
pub struct TaskId {
    pub task: Uuid,
}

/// The next task of a project, with everything that the editor needs. 204 when nothing is free for this person.
#[utoipa::path(tag = "tasks", request_body = NextBody, responses((status = 200, body = Bundle), (status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/projects/{project}/tasks/next")]
pub async fn next(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: Option<web::Json<NextBody>>,
) -> Result<HttpResponse> {
    let (project, _) = auth::project(&mut ctx.db.glance().await?, &signed.user, *path, Role::Annotator).await?;
    let except = body.map(|body| body.into_inner().except).unwrap_or_default();
    Ok(match flow::tasks::next(&ctx, &project, signed.user.id, &except).await? {
        Some(bundle) => HttpResponse::Ok().json(bundle),
        None => HttpResponse::NoContent().finish(),
    })
}

/// A task that this person holds.
async fn held(ctx: &Context, signed: &Signed, id: Uuid) -> Result<(Project, tasks::Task)> {
    let (project, task) = auth::task(&mut ctx.db.glance().await?, &signed.user, id, Role::Annotator).await?;
    Ok((project, task))
}

/// A held task again, for a page that was reloaded.
#[utoipa::path(tag = "tasks", responses((status = 200, body = Bundle), (status = 404), (status = 409)))]
#[get("/tasks/{task}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Bundle>> {
    let (project, task) = held(&ctx, &signed, *path).await?;
    if !task.is_held_by(signed.user.id, Millis::now()) {
        return Err(FlowError::LeaseLost { kept: false }.into());
    }
    Ok(web::Json(bundle(&mut ctx.db.read().await?, &project, &task, signed.user.id).await?))
}

/// A sign of life: the lease runs on from now.
#[utoipa::path(tag = "tasks", responses((status = 200, body = Lease), (status = 404), (status = 409)))]
#[post("/tasks/{task}/heartbeat")]
pub async fn heartbeat(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Lease>> {
    let (project, task) = held(&ctx, &signed, *path).await?;
    let now = Millis::now();
    let until = now.plus_seconds(i64::from(project.policy.lease_seconds));
    let mut tx = ctx.db.write().await?;
    if !tasks::heartbeat(&mut tx, task.id, signed.user.id, now, until).await? {
        return Err(FlowError::LeaseLost { kept: false }.into());
    }
    tx.commit().await?;
    Ok(web::Json(Lease { lease_until_ms: until }))
}

/// Hands in the shapes of a held task. Small faults are repaired and told; anything else is refused with the shape's number.
#[utoipa::path(tag = "tasks", request_body = SubmitBody, responses((status = 200, body = Receipt), (status = 404), (status = 409), (status = 422)))]
#[post("/tasks/{task}/submit")]
pub async fn submit(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<SubmitBody>,
) -> Result<web::Json<Receipt>> {
    let mut tx = ctx.db.glance().await?;
    let (project, task) = auth::task(&mut tx, &signed.user, *path, Role::Annotator).await?;
    let body = body.into_inner();
    let submission = Submission {
        key: body.key,
        seconds: body.seconds,
        shapes: String::from(Box::<str>::from(body.shapes)),
        base_revision: body.base_revision,
        device: body.device,
    };
    Ok(web::Json(flow::tasks::submit(&ctx, tx, &project, &task, signed.user.id, submission).await?))
}

/// Ends a held task without shapes, with a reason.
#[utoipa::path(tag = "tasks", request_body = SkipBody, responses((status = 204), (status = 400), (status = 404), (status = 409)))]
#[post("/tasks/{task}/skip")]
pub async fn skip(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<SkipBody>) -> Result<HttpResponse> {
    let (project, task) = held(&ctx, &signed, *path).await?;
    let reason: String = body.reason.trim().chars().take(500).collect();
    if reason.is_empty() {
        return Err(ApiError::BadRequest("say in a few words why the image is skipped".into()));
    }
    flow::tasks::skip(&ctx, &project, &task, signed.user.id, &reason).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Gives a held task back to the queue.
#[utoipa::path(tag = "tasks", responses((status = 204), (status = 404), (status = 409)))]
#[post("/tasks/{task}/release")]
pub async fn release(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let (_, task) = held(&ctx, &signed, *path).await?;
    let mut tx = ctx.db.write().await?;
    if !tasks::release(&mut tx, task.id, signed.user.id).await? {
        return Err(FlowError::LeaseLost { kept: false }.into());
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The work board: the tasks in one state. Reviewers and managers.
#[utoipa::path(tag = "tasks", params(BoardQuery), responses((status = 200, body = Items<BoardItem>), (status = 403), (status = 404)))]
#[get("/projects/{project}/tasks")]
pub async fn board(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    query: web::Query<BoardQuery>,
) -> Result<web::Json<Items<BoardItem>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Reviewer).await?;
    let limit = query.limit.unwrap_or(50).clamp(1, super::MAX_LIMIT);
    let rows = tasks::board(&mut tx, project.id, query.state.unwrap_or(TaskState::Open), query.after.unwrap_or_default(), limit).await?;
    let mut logins = std::collections::HashMap::new();
    for id in rows.iter().flat_map(|row| [row.worker, row.assigned_to]).flatten() {
        if let std::collections::hash_map::Entry::Vacant(entry) = logins.entry(id)
            && let Some(user) = users::by_id(&mut tx, id).await?
        {
            entry.insert(user.login);
        }
    }
    let login = |id: Option<Uuid>| id.and_then(|id| logins.get(&id).cloned());
    let items = rows
        .into_iter()
        .map(|row| BoardItem {
            id: row.id,
            image_id: row.image_id,
            image_name: row.image_name,
            kind: row.kind,
            slot: row.slot,
            state: row.state,
            priority: row.priority,
            assigned_to: login(row.assigned_to),
            holder: login(row.worker),
            lease_until_ms: row.lease_until,
            reason: row.reason,
        })
        .collect();
    Ok(web::Json(Items::new(items, limit, |item: &BoardItem| item.id.to_string())))
}

/// Assigns tasks to one member, or to everybody again; may set their priority too. Managers only.
#[utoipa::path(tag = "tasks", request_body = AssignBody, responses((status = 200, body = Changed), (status = 403), (status = 404)))]
#[post("/projects/{project}/tasks/assign")]
pub async fn assign(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<AssignBody>,
) -> Result<web::Json<Changed>> {
    if body.task_ids.len() + body.image_ids.len() > 1000 {
        return Err(ApiError::TooLarge("at most 1000 tasks or images are assigned at once".into()));
    }
    check_priority(body.priority)?;
    let mut tx = ctx.db.write().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Manager).await?;
    let user = match &body.user {
        None => None,
        Some(login) => {
            let user = users::by_login(&mut tx, &login.to_lowercase()).await?.ok_or(ApiError::NotFound("user"))?;
            let role = crate::store::projects::role(&mut tx, project.id, user.id).await?;
            if !role.is_some_and(|role| role.covers(Role::Annotator)) {
                return Err(ApiError::Conflict(format!("'{login}' is not an annotator of this project")));
            }
            Some(user.id)
        }
    };
    let mut wanted = Vec::new();
    for id in &body.task_ids {
        wanted.push(tasks::get(&mut tx, *id).await?.ok_or(ApiError::NotFound("task"))?);
    }
    for image in &body.image_ids {
        let all = tasks::of_image(&mut tx, *image).await?;
        wanted.extend(all.into_iter().filter(|task| !matches!(task.state, TaskState::Done | TaskState::Skipped)));
    }
    if wanted.iter().any(|task| task.project_id != project.id) {
        return Err(ApiError::NotFound("task"));
    }
    for task in &wanted {
        tasks::assign(&mut tx, task.id, user).await?;
        if let Some(priority) = body.priority {
            tasks::set_priority(&mut tx, task.id, priority).await?;
        }
    }
    let detail = json!({ "tasks": wanted.iter().map(|task| task.id).collect::<Vec<_>>(), "user": body.user, "priority": body.priority });
    users::audit(&mut tx, Some(project.id), Some(signed.user.id), "task.assign", &detail, Millis::now()).await?;
    tx.commit().await?;
    Ok(web::Json(Changed { changed: wanted.len() as u64 }))
}

fn check_priority(priority: Option<f64>) -> Result<()> {
    match priority {
        Some(p) if !(p.is_finite() && p.abs() <= 1e6) => {
            Err(ApiError::BadRequest("a priority is a number between -1000000 and 1000000".into()))
        }
        _ => Ok(()),
    }
}

/// Puts a task back into the queue, from whoever holds it or whatever became of it. Managers only.
#[utoipa::path(tag = "tasks", responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/tasks/{task}/reclaim")]
pub async fn reclaim(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let (_, task) = auth::task(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    if !flow::tasks::reclaim(&ctx, &task, signed.user.id).await? {
        return Err(ApiError::Conflict("the task is in the queue already".into()));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Sets the priority of a task. Managers only.
#[utoipa::path(tag = "tasks", request_body = PriorityBody, responses((status = 204), (status = 403), (status = 404)))]
#[post("/tasks/{task}/priority")]
pub async fn prioritise(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<PriorityBody>,
) -> Result<HttpResponse> {
    check_priority(Some(body.priority))?;
    let mut tx = ctx.db.write().await?;
    let (_, task) = auth::task(&mut tx, &signed.user, *path, Role::Manager).await?;
    tasks::set_priority(&mut tx, task.id, body.priority).await?;
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A task to change the label of an image, leased to the person who asks. Reviewers and managers.
#[utoipa::path(tag = "tasks", responses((status = 201, body = TaskId), (status = 403), (status = 404)))]
#[post("/images/{image}/adjust")]
pub async fn adjust(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let (project, image) = auth::image(&mut ctx.db.read().await?, &signed.user, *path, Role::Reviewer).await?;
    let task = flow::tasks::adjust(&ctx, &project, image.id, signed.user.id).await?;
    Ok(HttpResponse::Created().json(TaskId { task }))
}
