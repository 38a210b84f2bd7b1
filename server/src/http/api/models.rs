//! The models of a project.

use actix_web::{get, web};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    context::Context,
    http::{
        auth::{self, Signed},
        error::Result,
    },
    store::{
        Millis, Role,
        models::{self, Model},
    },
};

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelView {
    pub id: Uuid,
    pub version: i64,
    pub architecture: String,
    pub created_ms: Millis,
    /// Labeled images it learned from.
    pub labels: i64,
    pub train_seconds: f64,
    /// Confidence from which on its labels are accepted; null when none reaches the policy's aim.
    pub threshold: Option<f64>,
    /// `miou`, `pixel_accuracy`, `per_class`, `validation_images`, `coverage`, `curve`, …
    #[schema(value_type = Object)]
    pub figures: Value,
}

impl From<Model> for ModelView {
    fn from(model: Model) -> Self {
        Self {
            id: model.id,
            version: model.version,
            architecture: model.architecture,
            created_ms: model.created_ms,
            labels: model.labels,
            train_seconds: model.train_seconds,
            threshold: model.threshold,
            figures: super::stored(&model.figures),
        }
    }
}

/// The models of a project, newest first, at most two hundred.
#[utoipa::path(tag = "models", responses((status = 200, body = Vec<ModelView>), (status = 404)))]
#[get("/projects/{project}/models")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<ModelView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    let models = models::list(&mut tx, project.id, super::MAX_LIMIT).await?;
    Ok(web::Json(models.into_iter().map(ModelView::from).collect()))
}
