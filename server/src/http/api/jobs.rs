//! Work for the worker processes.

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        JobKind, JobState, Millis, Role,
        jobs::{self, Job},
        users,
    },
};

#[derive(Deserialize, ToSchema)]
pub struct NewJob {
    pub kind: JobKind,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub params: Value,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JobView {
    pub id: Uuid,
    pub kind: JobKind,
    pub state: JobState,
    #[schema(value_type = Object)]
    pub params: Value,
    /// In [0, 1].
    pub progress: f64,
    pub message: String,
    pub worker: Option<String>,
    pub created_ms: Millis,
    pub started_ms: Option<Millis>,
    pub finished_ms: Option<Millis>,
    #[schema(value_type = Object)]
    pub result: Value,
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            state: job.state,
            params: super::stored(&job.params),
            progress: job.progress,
            message: job.message,
            worker: job.worker,
            created_ms: job.created_ms,
            started_ms: job.started_ms,
            finished_ms: job.finished_ms,
            result: job.result.as_deref().map_or(Value::Null, super::stored),
        }
    }
}

/// Queues a job; of training, prediction and features only one at a time waits or runs, and that one is given back.
///
/// # Errors
/// The database failed.
pub async fn queue(ctx: &Context, project: Uuid, kind: JobKind, params: &Value, by: Uuid) -> Result<JobView> {
    let now = Millis::now();
    let mut tx = ctx.db.write().await?;
    let pending = if kind == JobKind::Export { None } else { jobs::pending(&mut tx, project, kind).await? };
    let id = match pending {
        Some(id) => id,
        None => {
            let id = Uuid::now_v7();
            jobs::insert(&mut tx, id, project, kind, params, now).await?;
            users::audit(&mut tx, Some(project), Some(by), "job.add", &json!({ "job": id, "kind": kind }), now).await?;
            id
        }
    };
    let job = jobs::get(&mut tx, id).await?.ok_or(ApiError::NotFound("job"))?;
    tx.commit().await?;
    Ok(job.into())
}

/// Asks for a training, a prediction or features; exports have their own address. Managers only.
#[utoipa::path(tag = "jobs", request_body = NewJob, responses((status = 202, body = JobView), (status = 400), (status = 403), (status = 404)))]
#[post("/projects/{project}/jobs")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<NewJob>) -> Result<HttpResponse> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    let NewJob { kind, params } = body.into_inner();
    match kind {
        JobKind::Export => return Err(ApiError::BadRequest("exports are asked for at /projects/{project}/exports".into())),
        JobKind::Tune => return Err(ApiError::BadRequest("trials belong to a tuning; ask for one at /projects/{project}/tunings".into())),
        JobKind::Features | JobKind::Train | JobKind::Predict => {}
    }
    let params = if params.is_null() { json!({}) } else { params };
    Ok(HttpResponse::Accepted().json(queue(&ctx, project.id, kind, &params, signed.user.id).await?))
}

/// The newest two hundred jobs of a project.
#[utoipa::path(tag = "jobs", responses((status = 200, body = Vec<JobView>), (status = 404)))]
#[get("/projects/{project}/jobs")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<JobView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(jobs::list(&mut tx, project.id, super::MAX_LIMIT).await?.into_iter().map(JobView::from).collect()))
}

/// One job.
#[utoipa::path(tag = "jobs", responses((status = 200, body = JobView), (status = 404)))]
#[get("/jobs/{job}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<JobView>> {
    let (_, job) = auth::job(&mut ctx.db.read().await?, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(job.into()))
}

/// Asks a job to stop. What it finished before is kept. Managers only.
#[utoipa::path(tag = "jobs", responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/jobs/{job}/cancel")]
pub async fn cancel(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = ctx.db.write().await?;
    let (_, job) = auth::job(&mut tx, &signed.user, *path, Role::Manager).await?;
    if !jobs::cancel(&mut tx, job.id, Millis::now()).await? {
        return Err(ApiError::Conflict("the job is over already".into()));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Queues a failed or cancelled job again. Managers only.
#[utoipa::path(tag = "jobs", responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/jobs/{job}/retry")]
pub async fn retry(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let mut tx = ctx.db.write().await?;
    let (_, job) = auth::job(&mut tx, &signed.user, *path, Role::Manager).await?;
    if !jobs::retry(&mut tx, job.id).await? {
        return Err(ApiError::Conflict("only a failed or cancelled job can be tried again".into()));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}
