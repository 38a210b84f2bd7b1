//! `/ping` and `/invocations` at the root, as containers of SageMaker have them: programs that know those know ours.
//!
//! One server has many models, so a request says which one it means, as it does to SageMaker's multi-model endpoints.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::{Also, answer::Answer, invoke};
use crate::{
    context::Context,
    flow::inference::{self, Chosen},
    http::{
        auth::{self, Caller},
        error::{ApiError, Result},
    },
    store::{Tx, users},
};

/// The header by which SageMaker's multi-model endpoints are told which model is meant.
const TARGET_MODEL: &str = "x-amzn-sagemaker-target-model";

#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Target {
    /// Id of a project, whose current model is asked, or of a model; `X-Amzn-SageMaker-Target-Model` says the same.
    pub target: Option<String>,
}

/// Both routes.
pub fn at_the_root(config: &mut ServiceConfig<'_>) {
    config.service(ping).service(invocations);
}

/// Whether this server can answer: 200 when the database answers, the network is loaded and, where the settings name a project for programs
/// that name none, that one has a model.
#[utoipa::path(tag = "inference", responses((status = 200), (status = 503)))]
#[get("/ping")]
pub async fn ping(ctx: web::Data<Context>) -> HttpResponse {
    let able = async {
        let mut tx = ctx.db.glance().await?;
        users::any(&mut tx).await?;
        if let Some(project) = set_project(&ctx) {
            let chosen = inference::current(&mut tx, project).await?;
            drop(tx);
            inference::load(&ctx, &chosen).await?;
        }
        ctx.backbone.get(&ctx.config).await
    };
    match able.await {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(error) => {
            tracing::warn!(%error, "a ping was answered with 503");
            HttpResponse::ServiceUnavailable().finish()
        }
    }
}

/// The project of the settings, if they name one.
fn set_project(ctx: &Context) -> Option<Uuid> {
    // A name that is no id names a project that doesn't exist.
    let named = ctx.config.inference_project.trim();
    (!named.is_empty()).then(|| named.parse().unwrap_or_default())
}

/// Asks the model that the request names: by `X-Amzn-SageMaker-Target-Model` or `?target=`, with the id of a project or of a model; or else the
/// project that the token is for; or else the one of the server's settings. Otherwise as `/api/v1/projects/{project}/invocations`.
#[utoipa::path(
    tag = "inference",
    params(Target, Also, ("X-Amzn-SageMaker-Target-Model" = Option<String>, Header, description = "id of a project or of a model")),
    request_body(content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "multipart/form-data"))),
    responses(
        (status = 200, content((Answer = "application/json"), (Vec<u8> = "image/png"), (Vec<u8> = "application/x-npy"))),
        (status = 400), (status = 401), (status = 404), (status = 406), (status = 409), (status = 413), (status = 415), (status = 503),
    )
)]
#[post("/invocations")]
pub async fn invocations(
    ctx: web::Data<Context>,
    caller: Caller,
    target: web::Query<Target>,
    also: web::Query<Also>,
    req: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let header = req.headers().get(TARGET_MODEL).map(|value| value.to_str().unwrap_or_default().to_owned());
    let named = header.or(target.into_inner().target).map(|text| text.trim().parse::<Uuid>().unwrap_or_default());
    let mut tx = ctx.db.glance().await?;
    let chosen = match (named, caller.only.or_else(|| set_project(&ctx))) {
        (Some(id), _) => by_id(&mut tx, &caller, id).await?,
        (None, Some(project)) => {
            let project = auth::asked_project(&mut tx, &caller, project).await?;
            inference::current(&mut tx, project.id).await?
        }
        (None, None) => {
            return Err(ApiError::BadRequest(format!(
                "the request names no model: say the id of a project or of a model in {TARGET_MODEL} or ?target=, or use a token for one project"
            )));
        }
    };
    drop(tx);
    invoke(&ctx, chosen, &also, &req, payload).await
}

/// The current model of the project with that id, or the model with it.
async fn by_id(tx: &mut Tx, caller: &Caller, id: Uuid) -> Result<Chosen> {
    match auth::asked_project(tx, caller, id).await {
        Ok(project) => Ok(inference::current(tx, project.id).await?),
        Err(ApiError::NotFound(_)) => {
            let model = auth::asked_model(tx, caller, id).await?;
            Ok(inference::chosen(tx, model).await?)
        }
        Err(other) => Err(other),
    }
}
