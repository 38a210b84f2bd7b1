//! A mask for the object that somebody points at.

use actix_web::{post, web};
use labelwright_dataset::Mask;
use labelwright_ml::predict::Click;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    flow::{self, FlowError},
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{Millis, Role, Subset, TaskKind, images},
};

/// Clicks on one object at most.
const MAX_POINTS: usize = 200;

#[derive(Deserialize, ToSchema)]
pub struct Place {
    /// In pixels of the image.
    pub x: f64,
    pub y: f64,
    /// Whether the place belongs to the object.
    pub inside: bool,
}

#[derive(Deserialize, ToSchema)]
pub struct SuggestBody {
    /// All places that were clicked so far, in their order.
    #[serde(default)]
    pub points: Vec<Place>,
    /// Left, top, right and bottom of a box around the object, in pixels of the image.
    #[serde(rename = "box")]
    pub around: Option<[f64; 4]>,
    /// The class that the object will have.
    pub class: Option<u8>,
}

#[derive(Serialize, ToSchema)]
pub struct SuggestedMask {
    /// Null when nothing stands out.
    #[schema(value_type = Option<Object>)]
    pub mask: Option<Mask>,
    /// How clearly it stands out, in [0, 1].
    pub confidence: f32,
}

/// Proposes the mask of the object that the clicks or the box point at. For who holds the task.
#[utoipa::path(tag = "tasks", request_body = SuggestBody, responses((status = 200, body = SuggestedMask), (status = 400), (status = 404), (status = 409)))]
#[post("/tasks/{task}/suggest")]
pub async fn suggest(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    body: web::Json<SuggestBody>,
) -> Result<web::Json<SuggestedMask>> {
    let mut tx = ctx.db.glance().await?;
    let (project, task) = auth::task(&mut tx, &signed.user, *path, Role::Annotator).await?;
    if !task.is_held_by(signed.user.id, Millis::now()) {
        return Err(FlowError::LeaseLost { kept: false }.into());
    }
    let image = images::get(&mut tx, task.image_id).await?.ok_or(ApiError::NotFound("image"))?;
    drop(tx);
    let body = body.into_inner();
    if body.points.len() > MAX_POINTS {
        return Err(ApiError::BadRequest(format!("at most {MAX_POINTS} clicks on one object are looked at")));
    }
    let clicks = body.points.into_iter().map(|Place { x, y, inside }| Click { x, y, inside }).collect();
    let blind = image.subset == Subset::Validation && task.kind == TaskKind::Label;
    let found = flow::suggest::suggest(&ctx, &project, image.id, blind, clicks, body.around, body.class).await?;
    let (mask, confidence) = found.map_or((None, 0.0), |(mask, confidence)| (Some(mask), confidence));
    Ok(web::Json(SuggestedMask { mask, confidence }))
}
