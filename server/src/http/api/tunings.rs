//! Searching for better settings of a project's model.

use actix_web::{HttpResponse, get, post, web};
use labelwright_tune::{Plan, Slice, Space, Stopping, Strategy};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    context::Context,
    domain::tuning::{MAX_TRIALS, offered},
    flow,
    http::{
        auth::{self, Signed},
        error::{ApiError, Result},
    },
    store::{
        Millis, Role, TrialState, TuningState, Tx,
        tunings::{self, Trial, Tuning},
    },
};

/// Points of a range at which the search's belief is told.
const POINTS: usize = 65;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTuning {
    /// Parameters with their ranges; the usual ones when absent.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    pub space: Option<Space>,
    /// `{"kind": "bayesian"}`, `random`, `sobol`, or `grid` with `steps`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub strategy: Strategy,
    /// At most 500, those with the settings in force among them.
    pub trials: u32,
    /// How many may run at the same time; as many as there are workers do.
    #[serde(default = "one")]
    pub parallel: i64,
    #[serde(default)]
    pub seed: u64,
    /// `{"rule": "median"}`, `asha`, `hyperband` or `never`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub stopping: Stopping,
    /// Up to five earlier tunings of this project to learn from.
    #[serde(default)]
    pub parents: Vec<Uuid>,
}

fn one() -> i64 {
    1
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TuningView {
    pub id: Uuid,
    pub state: TuningState,
    #[schema(value_type = Object)]
    pub plan: Value,
    pub parallel: i64,
    #[schema(value_type = Vec<Uuid>)]
    pub parents: Value,
    pub message: String,
    pub created_ms: Millis,
    pub finished_ms: Option<Millis>,
}

impl From<Tuning> for TuningView {
    fn from(tuning: Tuning) -> Self {
        Self {
            id: tuning.id,
            state: tuning.state,
            plan: super::stored(&tuning.plan),
            parallel: tuning.parallel,
            parents: super::stored(&tuning.parents),
            message: tuning.message,
            created_ms: tuning.created_ms,
            finished_ms: tuning.finished_ms,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TrialView {
    /// Counted from 0, which has the settings that were in force.
    pub number: i64,
    pub state: TrialState,
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Mean IoU on the held-out images after each epoch, in [0, 1].
    #[schema(value_type = Vec<f64>)]
    pub course: Value,
    /// The last of them.
    pub value: Option<f64>,
    pub message: String,
    pub seconds: Option<f64>,
    pub job: Uuid,
}

impl From<Trial> for TrialView {
    fn from(trial: Trial) -> Self {
        Self {
            number: trial.number,
            state: trial.state,
            settings: super::stored(&trial.settings),
            course: super::stored(&trial.course),
            value: trial.value,
            message: trial.message,
            seconds: trial.seconds,
            job: trial.job_id,
        }
    }
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TuningWithTrials {
    #[serde(flatten)]
    pub tuning: TuningView,
    pub trials: Vec<TrialView>,
    /// Number of the best trial that is over.
    pub best: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Along {
    /// A parameter of the space.
    pub parameter: String,
}

/// What is believed about one value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BeliefView {
    #[schema(value_type = Object)]
    pub value: Value,
    /// Where it lies on the parameter's scale, in [0, 1].
    pub place: f64,
    /// Expected mean IoU.
    pub miou: f64,
    /// Standard deviation of that.
    pub deviation: f64,
    /// Natural logarithm of the expected improvement over the best trial.
    pub log_gain: f64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeOver {
    /// Number of the trial.
    pub trial: i64,
}

async fn allowed(tx: &mut Tx, signed: &Signed, id: Uuid, role: Role) -> Result<Tuning> {
    Ok(auth::tuning(tx, &signed.user, id, role).await?.1)
}

/// Begins a tuning of the project's model: trials are trained on part of the labeled images and measured on the rest. Managers only.
#[utoipa::path(tag = "tunings", request_body = NewTuning, responses((status = 202, body = TuningView), (status = 400), (status = 403), (status = 404), (status = 409)))]
#[post("/projects/{project}/tunings")]
pub async fn create(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<NewTuning>) -> Result<HttpResponse> {
    let (project, _) = auth::project(&mut ctx.db.read().await?, &signed.user, *path, Role::Manager).await?;
    let new = body.into_inner();
    let space = match new.space {
        Some(space) => space,
        None => Space::new(offered()).map_err(|error| ApiError::BadRequest(error.to_string()))?,
    };
    let NewTuning { strategy, trials, parallel, seed, stopping, parents, .. } = new;
    let plan = Plan { space, strategy, trials, seed, stopping, baseline: None };
    let id = flow::tuning::start(&ctx, &project, plan, parallel, &parents, signed.user.id).await?;
    let tuning = tunings::get(&mut ctx.db.read().await?, id).await?.ok_or(ApiError::NotFound("tuning"))?;
    Ok(HttpResponse::Accepted().json(TuningView::from(tuning)))
}

/// The newest two hundred tunings of a project.
#[utoipa::path(tag = "tunings", responses((status = 200, body = Vec<TuningView>), (status = 404)))]
#[get("/projects/{project}/tunings")]
pub async fn list(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<Vec<TuningView>>> {
    let mut tx = ctx.db.read().await?;
    let (project, _) = auth::project(&mut tx, &signed.user, *path, Role::Viewer).await?;
    Ok(web::Json(tunings::list(&mut tx, project.id, super::MAX_LIMIT).await?.into_iter().map(TuningView::from).collect()))
}

/// One tuning with its trials.
#[utoipa::path(tag = "tunings", responses((status = 200, body = TuningWithTrials), (status = 404)))]
#[get("/tunings/{tuning}")]
pub async fn get(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<web::Json<TuningWithTrials>> {
    let mut tx = ctx.db.read().await?;
    let tuning = allowed(&mut tx, &signed, *path, Role::Viewer).await?;
    let trials = tunings::trials(&mut tx, tuning.id, i64::from(MAX_TRIALS)).await?;
    let best = flow::tuning::best_of(&trials).map(|trial| trial.number);
    Ok(web::Json(TuningWithTrials { tuning: tuning.into(), trials: trials.into_iter().map(TrialView::from).collect(), best }))
}

/// What the search believes along one parameter through the best trial so far, and what it expects to gain there: why the next point is
/// chosen. Empty before there is a result.
#[utoipa::path(tag = "tunings", params(Along), responses((status = 200, body = Vec<BeliefView>), (status = 404)))]
#[get("/tunings/{tuning}/belief")]
pub async fn belief(
    ctx: web::Data<Context>,
    signed: Signed,
    path: web::Path<Uuid>,
    along: web::Query<Along>,
) -> Result<web::Json<Vec<BeliefView>>> {
    let mut tx = ctx.db.read().await?;
    let tuning = allowed(&mut tx, &signed, *path, Role::Viewer).await?;
    let trials = tunings::trials(&mut tx, tuning.id, i64::from(MAX_TRIALS)).await?;
    let points = flow::tuning::slice(&mut tx, &tuning, &trials, &along.parameter, POINTS).await?.ok_or(ApiError::NotFound("parameter"))?;
    Ok(web::Json(points.into_iter().map(BeliefView::from).collect()))
}

impl From<Slice> for BeliefView {
    fn from(slice: Slice) -> Self {
        Self { value: json!(slice.value), place: slice.place, miou: 1.0 - slice.mean, deviation: slice.deviation, log_gain: slice.log_gain }
    }
}

/// Stops a tuning; what came out so far is kept. Managers only.
#[utoipa::path(tag = "tunings", responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/tunings/{tuning}/stop")]
pub async fn stop(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>) -> Result<HttpResponse> {
    let tuning = allowed(&mut ctx.db.read().await?, &signed, *path, Role::Manager).await?;
    flow::tuning::stop(&ctx, tuning.id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Trains the project's models with a trial's settings from now on. Managers only.
#[utoipa::path(tag = "tunings", request_body = TakeOver, responses((status = 204), (status = 403), (status = 404), (status = 409)))]
#[post("/tunings/{tuning}/use")]
pub async fn take_over(ctx: web::Data<Context>, signed: Signed, path: web::Path<Uuid>, body: web::Json<TakeOver>) -> Result<HttpResponse> {
    let tuning = allowed(&mut ctx.db.read().await?, &signed, *path, Role::Manager).await?;
    flow::tuning::take_over(&ctx, &tuning, body.trial, signed.user.id).await?;
    Ok(HttpResponse::NoContent().finish())
}
