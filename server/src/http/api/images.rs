//! Images in, images listed, images shown.

use actix_multipart::Multipart;
use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::Items;
use crate::{
    context::Context,
    flow::images::{Outcome, add, clean_name},
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        ImageState, LabelSource, LabelStatus, Millis, Origin, Role, Subset, annotations,
        images::{self, Filter, Listed},
        labels,
    },
};

/// Files taken in one request.
const MAX_FILES: usize = 500;

#[derive(Serialize, ToSchema)]
pub struct Uploaded {
    pub items: Vec<FileOutcome>,
}

#[derive(Serialize, ToSchema)]
pub struct FileOutcome {
    pub name: String,
    /// `added`, `duplicate` or `rejected`.
    pub outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct LabelInfo {
    pub source: LabelSource,
    pub status: LabelStatus,
    pub confidence: Option<f64>,
    pub agreement: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct ImageRow {
    pub id: Uuid,
    pub name: String,
    pub width: i64,
    pub height: i64,
    pub subset: Subset,
    pub state: ImageState,
    pub label: Option<LabelInfo>,
    pub url: String,
    pub thumb_url: String,
    pub mask_url: Option<String>,
}

impl From<Listed> for ImageRow {
    fn from(row: Listed) -> Self {
        let label = row.source.zip(row.status).map(|(source, status)| LabelInfo {
            source,
            status,
            confidence: row.confidence,
            agreement: row.agreement,
        });
        let base = format!("/api/v1/images/{}", row.id);
        Self {
            id: row.id,
            name: row.name,
            width: row.width,
            height: row.height,
            subset: row.subset,
            state: row.state,
            mask_url: label.is_some().then(|| format!("{base}/mask.png?colour=1")),
            label,
            url: format!("{base}/file"),
            thumb_url: format!("{base}/thumb"),
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct History {
    pub id: Uuid,
    pub user: Option<String>,
    pub origin: Origin,
    pub revision: i64,
    pub created_ms: Millis,
    pub seconds: f64,
    pub shapes_count: usize,
}

#[derive(Serialize, ToSchema)]
pub struct ImageDetail {
    #[serde(flatten)]
    pub image: ImageRow,
    pub format: String,
    /// The EXIF orientation that was applied once, at import.
    pub orientation: i64,
    pub annotations: Vec<History>,
}

/// Filters of the grid.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Grid {
    pub state: Option<ImageState>,
    pub subset: Option<Subset>,
    pub source: Option<LabelSource>,
    /// Part of a name.
    pub q: Option<String>,
    pub after: Option<Uuid>,
    pub limit: Option<i64>,
}

/// Takes image files (multipart, any field names). Each is reported on its own; bad ones don't stop the others. Managers only.
#[utoipa::path(tag = "images", request_body(content_type = "multipart/form-data", content = Vec<u8>), responses((status = 200, body = Uploaded), (status = 403), (status = 404)))]
#[post("/projects/{project}/images")]
pub async fn upload(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, mut form: Multipart) -> Result<web::Json<Uploaded>> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    let limit = usize::try_from(ctx.config.max_image_bytes).unwrap_or(usize::MAX);
    let broken = |e: actix_multipart::MultipartError| ApiError::BadRequest(format!("the upload can't be read: {e}"));
    let mut items = Vec::new();
    while let Some(mut field) = form.try_next().await.map_err(broken)? {
        let sent_as = field.content_disposition().and_then(|d| d.get_filename().map(str::to_owned)).unwrap_or_default();
        let name = clean_name(&sent_as);
        if items.len() >= MAX_FILES {
            return Err(ApiError::TooLarge(format!("more than {MAX_FILES} files in one request; the first {MAX_FILES} were taken")));
        }
        let bytes = match field.bytes(limit).await {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(error)) => return Err(ApiError::BadRequest(format!("the upload broke off at '{name}': {error}"))),
            Err(_) => {
                let reason = format!("the file has more than the {limit} bytes that are taken");
                items.push(FileOutcome { name, outcome: "rejected", id: None, reason: Some(reason) });
                continue;
            }
        };
        let (outcome, id, reason) = match add(&ctx, project.id, &project.policy, &name, bytes, Some(signed.user.id)).await? {
            Outcome::Added(id) => ("added", Some(id), None),
            Outcome::Duplicate(id) => ("duplicate", Some(id), None),
            Outcome::Rejected(error) => ("rejected", None, Some(error.to_string())),
        };
        items.push(FileOutcome { name, outcome, id, reason });
    }
    Ok(web::Json(Uploaded { items }))
}

/// The images of a project.
#[utoipa::path(tag = "images", params(Grid), responses((status = 200, body = Items<ImageRow>), (status = 404)))]
#[get("/projects/{project}/images")]
pub async fn list(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    grid: web::Query<Grid>,
) -> Result<web::Json<Items<ImageRow>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let grid = grid.into_inner();
    let limit = grid.limit.unwrap_or(50).clamp(1, super::MAX_LIMIT);
    let filter =
        Filter { state: grid.state, subset: grid.subset, source: grid.source, name: grid.q.filter(|q| !q.is_empty()), ..Filter::default() };
    let rows = images::list(&mut tx, project.id, &filter, grid.after.unwrap_or_default(), limit).await?;
    Ok(web::Json(Items::new(rows.into_iter().map(ImageRow::from).collect(), limit, |row: &ImageRow| row.id.to_string())))
}

/// An image with its label's figures and its history. Annotators see only the history's own lines of theirs, so that opinions stay blind.
#[utoipa::path(tag = "images", responses((status = 200, body = ImageDetail), (status = 404)))]
#[get("/images/{image}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<ImageDetail>> {
    let mut tx = ctx.db.read().await?;
    let (project, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let sees_all = auth::project(&mut tx, &signed.user, project.id, Role::Reviewer).await.is_ok();
    let label = labels::of_image(&mut tx, image.id).await?;
    let history = annotations::history(&mut tx, image.id, 100).await?;
    let mine = |row: &annotations::HistoryRow| sees_all || row.user_id == Some(signed.user.id);
    let annotations = history
        .into_iter()
        .filter(mine)
        .map(|row| History {
            id: row.id,
            user: row.user_name,
            origin: row.origin,
            revision: row.revision,
            created_ms: row.created_ms,
            seconds: row.seconds,
            shapes_count: serde_json::from_str::<Vec<serde::de::IgnoredAny>>(&row.shapes).map_or(0, |shapes| shapes.len()),
        })
        .collect();
    let listed = Listed {
        id: image.id,
        name: image.name,
        width: image.width,
        height: image.height,
        subset: image.subset,
        state: image.state,
        source: label.as_ref().map(|l| l.source),
        status: label.as_ref().map(|l| l.status),
        confidence: label.as_ref().and_then(|l| l.confidence),
        agreement: label.as_ref().and_then(|l| l.agreement),
        mask_key: None,
    };
    Ok(web::Json(ImageDetail { image: listed.into(), format: image.format, orientation: image.orientation, annotations }))
}

/// Answers with a blob that never changes, or with 304 when the browser has it.
pub(super) async fn blob(ctx: &Context, req: &HttpRequest, key: &str) -> Result<HttpResponse> {
    let tag = format!("\"{key}\"");
    let cache = (header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    if req.headers().get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()) == Some(tag.as_str()) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).insert_header(cache).finish());
    }
    let kind = match key.rsplit('.').next() {
        Some("png") => "image/png",
        Some("jpeg") => "image/jpeg",
        Some("webp") => "image/webp",
        // Anything else is never shown by a browser as a page.
        _ => "application/octet-stream",
    };
    let bytes = ctx.blobs.get(key).await?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::ETAG, tag))
        .insert_header(cache)
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(bytes))
}

/// The picture to look at: upright, 8 bits a channel.
#[utoipa::path(tag = "images", responses((status = 200, content_type = "image/png"), (status = 404)))]
#[get("/images/{image}/file")]
pub async fn file(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, req: HttpRequest) -> Result<HttpResponse> {
    let (_, image) = auth::image(&mut ctx.db.read().await?, &signed.user, *path, Role::Viewer).await?;
    blob(&ctx, &req, &image.display_key).await
}

/// A small picture of at most 320 pixels on the long side.
#[utoipa::path(tag = "images", responses((status = 200, content_type = "image/jpeg"), (status = 404)))]
#[get("/images/{image}/thumb")]
pub async fn thumb(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, req: HttpRequest) -> Result<HttpResponse> {
    let (_, image) = auth::image(&mut ctx.db.read().await?, &signed.user, *path, Role::Viewer).await?;
    blob(&ctx, &req, &image.thumb_key).await
}
