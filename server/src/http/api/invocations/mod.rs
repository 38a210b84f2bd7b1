//! Models for other programs: a picture in, a mask, polygons or probabilities out. See `docs/inference.md`.

mod accept;
mod answer;
mod sagemaker;
mod several;

use actix_web::{HttpRequest, HttpResponse, http::header, post, web};
use bytes::Bytes;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use self::accept::{Body, Form};
pub use self::{
    answer::Answer,
    sagemaker::at_the_root,
    several::{Item, Several},
};
use crate::{
    context::Context,
    flow::{
        FlowError,
        inference::{self, Answered, Chosen, batcher::Place},
    },
    http::{
        auth::{self, Caller},
        error::{ApiError, Result},
    },
};

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Also {
    /// Pictures to put into a JSON answer as base64, with commas between them: `overlay`, `certainty`.
    pub include: Option<String>,
}

/// What else a JSON answer has in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Include {
    overlay: bool,
    certainty: bool,
}

impl Include {
    fn of(also: &Also) -> Result<Self> {
        let mut include = Self::default();
        for word in also.include.as_deref().unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "overlay" => include.overlay = true,
                "certainty" => include.certainty = true,
                other => return Err(ApiError::BadRequest(format!("'include' takes overlay and certainty, not '{other}'"))),
            }
        }
        Ok(include)
    }
}

/// Asks the project's current model about a picture, or about several.
///
/// The body is a picture (JPEG, PNG, WebP, BMP or TIFF), or a form of up to 64 of them. By `Accept` the answer is JSON with polygons, the class map
/// as a PNG with a palette, the probability of each pixel's class as a gray PNG (`image/png; of=confidence`), or all probabilities as a NumPy array
/// (`application/x-npy`). Several pictures are answered as JSON, in their order. Nothing that is sent is kept.
#[utoipa::path(
    tag = "inference",
    params(Also),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "multipart/form-data"))),
    responses(
        (status = 200, content((Answer = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "application/x-npy"))),
        (status = 400), (status = 404), (status = 406), (status = 409, description = "no model yet"), (status = 413), (status = 415),
        (status = 503, description = "too many pictures wait; come again after `Retry-After` seconds"),
    )
)]
#[post("/projects/{project}/invocations")]
pub async fn of_project(
    ctx: web::Data<Context>,
    caller: Caller,
    path: web::Path<Uuid>,
    also: web::Query<Also>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let mut tx = ctx.db.glance().await?;
    let project = auth::asked_project(&mut tx, &caller, *path).await?;
    let chosen = inference::current(&mut tx, project.id).await?;
    drop(tx);
    invoke(&ctx, chosen, &also, &req, payload).await
}

/// Asks one model, which need not be its project's current one. Otherwise as `/projects/{project}/invocations`.
#[utoipa::path(
    tag = "inference",
    params(Also),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "multipart/form-data"))),
    responses(
        (status = 200, content((Answer = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "application/x-npy"))),
        (status = 400), (status = 404), (status = 406), (status = 413), (status = 415), (status = 503),
    )
)]
#[post("/models/{model}/invocations")]
pub async fn of_model(
    ctx: web::Data<Context>,
    caller: Caller,
    path: web::Path<Uuid>,
    also: web::Query<Also>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let mut tx = ctx.db.glance().await?;
    let model = auth::asked_model(&mut tx, &caller, *path).await?;
    let chosen = inference::chosen(&mut tx, model).await?;
    drop(tx);
    invoke(&ctx, chosen, &also, &req, payload).await
}

/// Whatever the request sends, whatever form it asks for.
async fn invoke(ctx: &web::Data<Context>, chosen: Chosen, also: &Also, req: &HttpRequest, payload: web::Payload) -> Result<HttpResponse> {
    let (body, form, include) = (Body::of(req)?, Form::of(req)?, Include::of(also)?);
    match (body, form) {
        (Body::Picture, _) => {
            let file = read(ctx, req, payload).await?;
            let mut place = ctx.inference.place().await?;
            let answered = asked(ctx, &chosen, file, &mut place).await?;
            let drawn = ctx.inference.by_hand(move || answer::draw(form, &chosen, &answered, &include)).await??;
            Ok(drawn.into_response())
        }
        (Body::Several, Form::Json) => {
            let several = several::answer_all(ctx, chosen, req, payload, include).await?;
            Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(several))
        }
        (Body::Several, _) => Err(ApiError::NotAcceptable("application/json, as several pictures were sent")),
    }
}

/// The body, as far as it may be long.
async fn read(ctx: &Context, req: &HttpRequest, payload: web::Payload) -> Result<Bytes> {
    let limit = usize::try_from(ctx.config.max_image_bytes).unwrap_or(usize::MAX);
    let too_large = || ApiError::TooLarge(format!("the picture has more than the {limit} bytes that are taken"));
    let told = req.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if told.is_some_and(|told| told > limit) {
        return Err(too_large());
    }
    let bytes = payload.to_bytes_limited(limit).await.map_err(|_| too_large())?;
    bytes.map_err(|error| ApiError::BadRequest(format!("the picture broke off: {error}")))
}

/// The model's word on a picture; what is wrong with the picture is told as such.
async fn asked(ctx: &Context, chosen: &Chosen, file: Bytes, place: &mut Place) -> Result<Answered> {
    inference::ask(ctx, chosen, file, place).await.map_err(|error| match error {
        FlowError::Media(error) => ApiError::Picture(error),
        other => other.into(),
    })
}
