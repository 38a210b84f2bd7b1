//! The dataset as files.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use labelwright_dataset::{Schema, formats::registry};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::jobs::{JobView, queue};
use crate::{
    context::Context,
    flow::blocking,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    jobs::export::{Options, archive::Archive},
    store::{JobKind, JobState, Role, jobs},
};

#[derive(Deserialize, ToSchema)]
pub struct NewExport {
    /// Id of a format that `GET /api/v1/formats` says can be written.
    pub format: String,
    /// Whether machine labels that are not committed yet are written too.
    #[serde(default = "yes")]
    pub include_provisional: bool,
    /// The format's own options, such as `{"split": true}`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub options: serde_json::Value,
}

fn yes() -> bool {
    true
}

/// A format of datasets.
#[derive(Serialize, ToSchema)]
pub struct FormatView {
    pub id: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    /// Whether datasets of it can be exported, …
    pub writes: bool,
    /// … and imported.
    pub reads: bool,
    /// What it can hold, by kind: polygons, holes, parts, masks, boxes, points, tags, void, instances, confidence, attributes, subsets.
    #[schema(value_type = Object)]
    pub holds: registry::Holds,
    /// What can be chosen.
    #[schema(value_type = Vec<Object>)]
    pub options: &'static [registry::FormatOption],
}

/// The formats that datasets are exported to and imported from.
#[utoipa::path(tag = "exports", responses((status = 200, body = Vec<FormatView>)))]
#[get("/formats")]
pub async fn formats(_signed: Signed) -> web::Json<Vec<FormatView>> {
    let view = |format: &&'static registry::Format| FormatView {
        id: format.id,
        title: format.title,
        about: format.about,
        writes: format.writer.is_some(),
        reads: format.reader.is_some(),
        holds: format.holds,
        options: format.options,
    };
    web::Json(registry::FORMATS.iter().map(view).collect())
}

/// Asks for an export; the job's result lists its files. Reviewers and managers.
#[utoipa::path(tag = "exports", request_body = NewExport, responses((status = 202, body = JobView), (status = 400), (status = 403), (status = 404)))]
#[post("/projects/{project}/exports")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<NewExport>) -> Result<HttpResponse> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Reviewer).await?;
    let NewExport { format, include_provisional, options: form } = body.into_inner();
    // What can't be written is refused now, not when a worker gets to it.
    registry::writer(&format, &Schema::default(), &form, None).map_err(|error| ApiError::BadRequest(error.to_string()))?;
    let params = json!(Options { include_provisional, form, ..Options::new(&format) });
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

fn folder(ctx: &Context, job: Uuid) -> std::path::PathBuf {
    ctx.config.data.join("exports").join(job.to_string())
}

/// A whole export as one `.tar`. Reviewers and managers.
#[utoipa::path(tag = "exports", responses((status = 200, content_type = "application/x-tar"), (status = 403), (status = 404)))]
#[get("/exports/{job}.tar")]
pub async fn archive(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let (project, job) = auth::job(&mut ctx.db.read().await?, &signed.user, *path, Role::Reviewer).await?;
    if job.kind != JobKind::Export || job.state != JobState::Done {
        return Err(ApiError::NotFound("finished export"));
    }
    let dir = folder(&ctx, job.id);
    let archive = blocking(move || Archive::of(&dir)).await?.map_err(|_| ApiError::NotFound("folder of that export any more"))?;
    let (length, (sender, receiver)) = (archive.length(), Archive::channel());
    tokio::task::spawn_blocking(move || archive.send(sender));
    let pieces = futures_util::stream::unfold(receiver, async |mut receiver| receiver.recv().await.map(|piece| (piece, receiver)));
    let name: String = project.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(60).collect();
    Ok(HttpResponse::Ok()
        .content_type("application/x-tar")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.tar\"")))
        // Pictures are compressed already.
        .insert_header(header::ContentEncoding::Identity)
        .body(actix_web::body::SizedStream::new(length, Box::pin(pieces))))
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
    let dir = folder(&ctx, job.id);
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
