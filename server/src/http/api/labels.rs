//! The accepted truth of images, and what the model says.

use actix_web::{HttpRequest, HttpResponse, get, http::header, post, web};
use labelwright_dataset::{Shape, paint};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::images::blob;
use crate::{
    context::Context,
    flow::{self, bundle::raw},
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    media,
    store::{Error, LabelSource, LabelStatus, Role, labels, models, predictions, projects},
};

#[derive(Serialize, ToSchema)]
pub struct LabelView {
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
    pub source: LabelSource,
    pub status: LabelStatus,
    pub confidence: Option<f64>,
    pub agreement: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct PredictionView {
    pub model_version: i64,
    pub confidence: f64,
    #[schema(value_type = Vec<Object>)]
    pub shapes: Box<RawValue>,
}

#[derive(Serialize, ToSchema)]
pub struct Withdrawn {
    pub withdrawn: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Committed {
    pub committed: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MaskQuery {
    /// 1: a see-through picture in the classes' colours instead of raw class indices.
    #[serde(default)]
    pub colour: u8,
}

/// The label of an image. While opinions are still wanted from several people, annotators don't see it.
#[utoipa::path(tag = "labels", responses((status = 200, body = LabelView), (status = 404)))]
#[get("/images/{image}/label")]
pub async fn current(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<LabelView>> {
    let mut tx = ctx.db.read().await?;
    let (_, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let label = labels::of_image(&mut tx, image.id).await?.ok_or(ApiError::NotFound("label"))?;
    Ok(web::Json(LabelView {
        shapes: raw(label.shapes)?,
        source: label.source,
        status: label.status,
        confidence: label.confidence,
        agreement: label.agreement,
    }))
}

/// The label's class map as an 8-bit gray PNG of class indices, or as a coloured overlay.
#[utoipa::path(tag = "labels", params(MaskQuery), responses((status = 200, content_type = "image/png"), (status = 404)))]
#[get("/images/{image}/mask.png")]
pub async fn mask(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, query: web::Query<MaskQuery>) -> Result<HttpResponse> {
    let mut tx = ctx.db.read().await?;
    let (project, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let label = labels::of_image(&mut tx, image.id).await?.ok_or(ApiError::NotFound("label"))?;
    let classes = projects::classes(&mut tx, project.id).await?;
    drop(tx);
    let (width, height) = (image.width as u32, image.height as u32);
    let png = if query.colour == 0 {
        flow::labels::mask_png(&ctx, label.id, label.mask_key.as_deref(), &label.shapes, width, height).await?
    } else {
        let schema = flow::tasks::schema(&classes);
        let coloured = flow::blocking(move || {
            let shapes: Vec<Shape> = serde_json::from_str(&label.shapes).map_err(|e| e.to_string())?;
            let map = paint(&shapes, width, height);
            media::overlay_png(width, height, &map.classes, &schema, 150).map_err(|e| e.to_string())
        })
        .await?;
        coloured.map_err(|e| Error::Corrupt("a label", e))?.into()
    };
    Ok(HttpResponse::Ok()
        .content_type("image/png")
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .body(png))
}

/// What the newest model says about an image.
#[utoipa::path(tag = "labels", responses((status = 200, body = PredictionView), (status = 404)))]
#[get("/images/{image}/prediction")]
pub async fn predicted(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<PredictionView>> {
    let mut tx = ctx.db.read().await?;
    let (_, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let prediction = predictions::get(&mut tx, image.id).await?.ok_or(ApiError::NotFound("prediction"))?;
    let model = models::get(&mut tx, prediction.model_id).await?.ok_or(ApiError::NotFound("model"))?;
    Ok(web::Json(PredictionView { model_version: model.version, confidence: prediction.confidence, shapes: raw(prediction.shapes)? }))
}

/// Where the newest model is unsure of an image: a gray PNG over the whole of it, the brighter the less sure.
#[utoipa::path(tag = "labels", responses((status = 200, content_type = "image/png"), (status = 404)))]
#[get("/images/{image}/uncertainty.png")]
pub async fn uncertainty(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, req: HttpRequest) -> Result<HttpResponse> {
    let mut tx = ctx.db.read().await?;
    let (_, image) = auth::image(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let key = predictions::get(&mut tx, image.id).await?.and_then(|prediction| prediction.uncertainty_key);
    blob(&ctx, &req, &key.ok_or(ApiError::NotFound("prediction"))?).await
}

/// Withdraws every provisional machine label; the images go back to people. Managers only.
#[utoipa::path(tag = "labels", responses((status = 200, body = Withdrawn), (status = 403), (status = 404)))]
#[post("/projects/{project}/labels/withdraw")]
pub async fn withdraw(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Withdrawn>> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    Ok(web::Json(Withdrawn { withdrawn: flow::labels::withdraw(&ctx, project.id, signed.user.id).await? }))
}

/// Commits every provisional machine label: later models don't change them any more. Managers only.
#[utoipa::path(tag = "labels", responses((status = 200, body = Committed), (status = 403), (status = 404)))]
#[post("/projects/{project}/labels/commit")]
pub async fn commit(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Committed>> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    Ok(web::Json(Committed { committed: flow::labels::commit(&ctx, project.id, signed.user.id).await? }))
}
