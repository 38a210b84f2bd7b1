//! Large images piece by piece.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_ENCODING},
    web,
};
use uuid::Uuid;

use crate::{
    context::Context,
    flow,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::Role,
};

/// A tile of a large image. The task's `tiles` say how it is cut: level 0 has all pixels, each further one half as many across.
#[utoipa::path(tag = "images", responses((status = 200, content_type = "image/png"), (status = 404)))]
#[get("/images/{image}/tiles/{level}/{x}/{y}")]
pub async fn tile(ctx: web::Data<Context>, signed: Signed, path: web::Path<(Uuid, u32, u32, u32)>) -> Result<HttpResponse> {
    let (image, level, x, y) = path.into_inner();
    let (_, image) = auth::image(&mut ctx.db.glance().await?, &signed.user, image, Role::Viewer).await?;
    let bytes = flow::tiles::tile(&ctx, &image, level, x, y).await?.ok_or(ApiError::NotFound("tile"))?;
    let kind = if bytes.starts_with(&[0xff, 0xd8]) { "image/jpeg" } else { "image/png" };
    // An image never changes.
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .insert_header((CONTENT_ENCODING, "identity"))
        .body(bytes))
}
