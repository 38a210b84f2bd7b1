//! The description of the API itself, and the state of the installation.

use actix_web::{HttpResponse, get, web};
use serde_json::json;

use crate::{context::Context, store::users};

/// This document.
#[utoipa::path(tag = "system", responses((status = 200, content_type = "application/json")))]
#[get("/openapi.json")]
pub async fn openapi(document: web::Data<utoipa::openapi::OpenApi>) -> HttpResponse {
    HttpResponse::Ok().json(&**document)
}

/// For load balancers and people: whether the server can do its work. No sign-in is needed, and nothing but that is told.
pub async fn health(ctx: web::Data<Context>) -> HttpResponse {
    let works = async { users::any(&mut ctx.db.read().await?).await };
    match works.await {
        Ok(_) => HttpResponse::Ok().json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })),
        Err(error) => {
            tracing::error!(%error, "the health check failed");
            HttpResponse::ServiceUnavailable()
                .json(json!({ "status": "the database does not answer", "version": env!("CARGO_PKG_VERSION") }))
        }
    }
}
