//! Training a model on what people labeled, and letting it label what it is sure of.
//!
//! A training job first computes the features that are missing, then trains a head on every image of the train subset with a label from
//! people, stores it as the next version, and goes on as a prediction job does: predict, find the threshold, decide image by image. A job
//! that is begun again after its model was stored goes on with that model.

mod decide;
mod gather;
mod predict;
pub(super) mod tune;

use labelwright_ml::{
    TrainedHead,
    train::{TrainConfig, TrainError, train_head},
};
use serde_json::json;
use uuid::Uuid;

use super::{
    Finished, JobError, Progress, Result, blocking,
    features::{Source, device},
};
use crate::{
    blobs::{BlobError, Kind},
    context::Context,
    store::{
        self, Millis,
        jobs::Job,
        labels,
        models::{self, Model},
        projects::{self, Project},
    },
};

pub use gather::MIN_LABELS;

/// What a model's weights belong to.
const ARCHITECTURE: &str = "efficientnet-lite0 + pyramid head";

/// Seconds of the steps on one core, to divide the progress bar: per image without features, of a training, per prediction.
const FEATURE_SECONDS: f64 = 0.1;
const TRAIN_SECONDS: f64 = 15.0;
const PREDICT_SECONDS: f64 = 0.04;

/// Runs a training job.
///
/// # Errors
/// There is too little to learn from (the text says how much is missing), a step failed, or the job shall stop.
pub(super) async fn run(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let project = project_of(ctx, job).await?;
    // A job's model has the job's id, so a job that is begun again finds what it made already.
    if let Some(model) = models::get(&mut ctx.db.read().await?, job.id).await? {
        return label_with(ctx, &project, model, progress, None).await;
    }
    let labeled = labels::train_labeled(&mut ctx.db.read().await?, project.id).await?;
    gather::enough(usize::try_from(labeled).unwrap_or(0))?;

    let source = Source::new(ctx.clone(), project.policy.input_size);
    let missing = source.missing(project.id).await? as f64 * FEATURE_SECONDS;
    let predictions = gather::images(ctx, project.id).await? as f64 * PREDICT_SECONDS;
    let total = missing + TRAIN_SECONDS + predictions;
    let (features_end, train_end) = (missing / total, (missing + TRAIN_SECONDS) / total);

    source.ensure(project.id, &progress.part(0.0, features_end)).await?;
    let learned = learn(ctx, &project, &source, &progress.part(features_end, train_end)).await?;
    let model = keep(ctx, &project, job.id, &learned).await?;
    label_with(ctx, &project, model, &progress.part(train_end, 1.0), Some(learned)).await
}

/// Runs a prediction job: with the newest model.
///
/// # Errors
/// There is no model yet, a step failed, or the job shall stop.
pub(super) async fn predict_only(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let project = project_of(ctx, job).await?;
    let Some(model) = models::newest(&mut ctx.db.read().await?, project.id).await? else {
        return Err(JobError::NotYet(format!("There is no model yet. Label at least {MIN_LABELS} images and train one.")));
    };
    label_with(ctx, &project, model, progress, None).await
}

async fn project_of(ctx: &Context, job: &Job) -> Result<Project> {
    let project = projects::get(&mut ctx.db.read().await?, job.project_id).await?;
    project.ok_or_else(|| JobError::NotYet("The project is gone.".into()))
}

/// A head, and what it learned from.
struct Learned {
    head: TrainedHead,
    images: usize,
    /// Labeled images that were not used because memory is bounded.
    unused: usize,
    seconds: f64,
}

async fn learn(ctx: &Context, project: &Project, source: &Source, progress: &Progress) -> Result<Learned> {
    let gathered = gather::samples(ctx, project.id, source, &progress.part(0.0, 0.1)).await?;
    let (images, unused) = (gathered.samples.len(), gathered.unused);
    gather::enough(images)?;
    let (device, steps) = (device(&ctx.config), progress.part(0.1, 1.0));
    let config =
        TrainConfig::with(&project.policy.head).map_err(|error| JobError::NotYet(format!("The model's settings are no good: {error}.")))?;
    let start = std::time::Instant::now();
    let head = blocking(move || {
        train_head(&gathered.samples, &config, &device, &mut |step| {
            let text = format!("training {:.0} %, loss {:.2}", 100.0 * step.done, step.loss);
            // Whether to go on is asked below; the report itself can't fail otherwise.
            let _ = steps.set(f64::from(step.done), text);
            steps.flow()
        })
    })
    .await?;
    let head = head.map_err(|error| match error {
        TrainError::Cancelled => JobError::Stopped,
        TrainError::NoSamples | TrainError::OneClass(_) => JobError::NotYet(format!("The model can't begin: {error}.")),
        other => JobError::Work(other.to_string()),
    })?;
    Ok(Learned { head, images, unused, seconds: start.elapsed().as_secs_f64() })
}

/// Stores the weights and then the model, so that a model in the database always has its weights.
async fn keep(ctx: &Context, project: &Project, id: Uuid, learned: &Learned) -> Result<Model> {
    let bytes = learned.head.to_bytes().map_err(|error| JobError::Work(error.to_string()))?;
    let weights_key = ctx.blobs.put(Kind::Weights, "safetensors", bytes.into()).await?;
    let mut tx = ctx.db.write().await?;
    let model = Model {
        id,
        project_id: project.id,
        version: models::next_version(&mut tx, project.id).await?,
        architecture: ARCHITECTURE.to_owned(),
        weights_key,
        labels: learned.images as i64,
        train_seconds: learned.seconds,
        figures: "{}".to_owned(),
        threshold: None,
        created_ms: Millis::now(),
    };
    models::insert(&mut tx, &model).await?;
    tx.commit().await?;
    Ok(model)
}

/// The weights of a stored model.
async fn head_of(ctx: &Context, model: &Model) -> Result<TrainedHead> {
    let again = |error: String| {
        JobError::NotYet(format!("Model {} can't be used: {error}. All labels are kept. Train a new model.", model.version))
    };
    let bytes = match ctx.blobs.get(&model.weights_key).await {
        Err(BlobError::Missing(key)) => return Err(again(format!("its weights are gone ({key})"))),
        bytes => bytes?,
    };
    blocking(move || TrainedHead::from_bytes(&bytes)).await?.map_err(|error| again(error.to_string()))
}

/// Predicts with a model and decides what its predictions are good for.
async fn label_with(ctx: &Context, project: &Project, model: Model, progress: &Progress, learned: Option<Learned>) -> Result<Finished> {
    let unused = learned.as_ref().map_or(0, |learned| learned.unused);
    let head = match learned {
        Some(learned) => learned.head,
        None => head_of(ctx, &model).await?,
    };
    // The head says at which size it looks, whatever the policy says by now.
    let source = Source::new(ctx.clone(), head.input_size());
    let missing = source.missing(project.id).await? as f64;
    let share = missing * FEATURE_SECONDS / (missing * FEATURE_SECONDS + 1.0) * 0.7;
    source.ensure(project.id, &progress.part(0.0, share)).await?;
    let measured = predict::all(ctx, project, &model, head, &source, &progress.part(share, 0.9)).await?;

    // The policy may have changed while the model was at work; what counts is what the manager wants now.
    let policy = project_now(ctx, project).await?.policy;
    let scores = decide::scores(ctx, project.id, model.id).await?;
    let decision = decide::threshold(&policy, &scores);
    let figures = measured.figures(&scores, &decision);
    let mut tx = ctx.db.write().await?;
    models::set_figures(&mut tx, model.id, &figures.to_string(), decision.threshold).await?;
    tx.commit().await?;
    let applied = decide::apply(ctx, &model, &policy, &scores, decision.threshold, &progress.part(0.9, 1.0)).await?;

    let mut message = format!(
        "model {} learned from {} images; it labeled {}, {} go to people",
        model.version, model.labels, applied.accepted, applied.declined
    );
    if decision.threshold.is_none() {
        message = format!("model {} learned from {} images; {}", model.version, model.labels, decision.reason);
    }
    if unused > 0 {
        message += &format!("; {unused} more labels did not fit into memory");
    }
    let result = json!({
        "model": model.id, "version": model.version, "labels": model.labels, "unused_labels": unused,
        "miou": figures["miou"], "threshold": decision.threshold, "threshold_reason": decision.reason,
        "predicted": measured.predicted, "unreadable": measured.unreadable, "accepted": applied.accepted, "declined": applied.declined,
    });
    Ok(Finished { message, result })
}

async fn project_now(ctx: &Context, project: &Project) -> store::Result<Project> {
    Ok(projects::get(&mut ctx.db.read().await?, project.id).await?.unwrap_or_else(|| project.clone()))
}
