//! The dataset as files.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::jobs::{JobView, queue};
use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{JobKind, JobState, Role, jobs},
};

/// The formats that can be asked for.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
pub enum ExportFormat {
    #[serde(rename = "recordio-seg")]
    RecordioSegmentation,
    #[serde(rename = "recordio-box")]
    RecordioBoxes,
    #[serde(rename = "recordio-class")]
    RecordioClasses,
    #[serde(rename = "png-masks")]
    PngMasks,
}

#[derive(Deserialize, ToSchema)]
pub struct NewExport {
    pub format: ExportFormat,
    /// Whether machine labels that are not committed yet are written too.
    #[serde(default = "yes")]
    pub include_provisional: bool,
    /// Whether each subset gets record files of its own.
    #[serde(default)]
    pub split: bool,
}

fn yes() -> bool {
    true
}

/// Asks for an export; the job's result lists its files. Reviewers and managers.
#[utoipa::path(tag = "exports", request_body = NewExport, responses((status = 202, body = JobView), (status = 400), (status = 403), (status = 404)))]
#[post("/projects/{project}/exports")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<NewExport>) -> Result<HttpResponse> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Reviewer).await?;
    let params = json!({ "format": body.format, "include_provisional": body.include_provisional, "split": body.split });
    Ok(HttpResponse::Accepted().json(queue(&ctx, project.id, JobKind::Export, &params, signed.user.id).await?))
}

/// The newest two hundred exports. Reviewers and managers.
#[utoipa::path(tag = "exports", responses((status = 200, body = Vec<JobView>), (status = 403), (status = 404)))]
#[get("/projects/{project}/exports")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<JobView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Reviewer).await?;
    let found = jobs::of_kind(&mut tx, project.id, JobKind::Export, super::MAX_LIMIT).await?;
    Ok(web::Json(found.into_iter().map(JobView::from).collect()))
}

#[derive(Deserialize)]
struct Written {
    files: Vec<WrittenFile>,
}

#[derive(Deserialize)]
struct WrittenFile {
    name: String,
}

/// One file of a finished export. Reviewers and managers.
#[utoipa::path(tag = "exports", responses((status = 200, content_type = "application/octet-stream"), (status = 403), (status = 404)))]
#[get("/exports/{job}/{file:.*}")]
pub async fn download(ctx: web::Data<Context>, signed: Signed, path: web::Path<(Uuid, String)>, req: HttpRequest) -> Result<HttpResponse> {
    let (id, file) = path.into_inner();
    let (_, job) = auth::job(&mut ctx.db.read().await?, &signed.user, id, Role::Reviewer).await?;
    let missing = || ApiError::NotFound("file of that export");
    if job.kind != JobKind::Export || job.state != JobState::Done {
        return Err(missing());
    }
    // Only a name that the export itself listed is ever opened.
    let written: Written = serde_json::from_str(job.result.as_deref().unwrap_or_default()).map_err(|_| missing())?;
    let known = written.files.into_iter().find(|known| known.name == file).ok_or_else(missing)?;
    let dir = ctx.config.data.join("exports").join(job.id.to_string());
    let named = actix_files::NamedFile::open_async(dir.join(&known.name)).await.map_err(|_| missing())?;
    let short = known.name.rsplit('/').next().unwrap_or("file").replace(|c: char| !c.is_ascii_graphic() || c == '"', "_");
    let mut response = named.into_response(&req);
    let headers = response.headers_mut();
    if let Ok(value) = header::HeaderValue::from_str(&format!("attachment; filename=\"{short}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}
