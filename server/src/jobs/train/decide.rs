//! From confidences to labels: where the threshold lies, which images the model labels, and in which order people see the others.

use std::collections::HashMap;

use uuid::Uuid;

use crate::{
    context::Context,
    domain::{policy::Policy, queue::priorities},
    flow::{
        FlowError,
        labels::{accept_model, decline_model},
    },
    jobs::{Progress, Result, patiently},
    store::{self, Millis, Subset, models::Model, predictions},
};

pub(super) use crate::domain::queue::{Decision, Score, mean_iou, threshold};

const PAGE: usize = 200;

/// What all predictions of a model say. A few dozen bytes an image.
pub(super) async fn scores(ctx: &Context, project: Uuid, model: Uuid) -> store::Result<Vec<Score>> {
    let (mut out, mut after) = (Vec::new(), Uuid::nil());
    loop {
        let page = predictions::scored(&mut ctx.db.read().await?, project, model, after, PAGE as i64).await?;
        let Some(last) = page.last() else { return Ok(out) };
        after = last.image_id;
        out.extend(page.into_iter().map(|row| Score {
            image: row.image_id,
            confidence: row.confidence,
            entropy: row.entropy,
            iou: row.iou,
            candidate: row.subset != Subset::Validation,
        }));
    }
}

/// What became of the images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Applied {
    /// Labeled by the model.
    pub accepted: u64,
    /// (Back) in the queue for people.
    pub declined: u64,
}

/// Decides every candidate: labeled by the model from the threshold on, else to people in a new order. People's work always goes first; an
/// image that somebody labeled or opened meanwhile is left alone.
///
/// # Errors
/// The database failed, or the job shall stop. The pages before are decided.
pub(super) async fn apply(
    ctx: &Context,
    model: &Model,
    policy: &Policy,
    scores: &[Score],
    threshold: Option<f64>,
    progress: &Progress,
) -> Result<Applied> {
    let accepts = |score: &Score| threshold.is_some_and(|threshold| score.confidence >= threshold);
    let candidates: Vec<&Score> = scores.iter().filter(|score| score.candidate).collect();
    let doubtful: Vec<&Score> = candidates.iter().copied().filter(|score| !accepts(score)).collect();
    // The same whenever a job is begun again: the seed is the model's.
    let round = usize::try_from(model.version - 1).unwrap_or(0);
    let priorities = priorities(&doubtful, policy.random_share, round, model.id.as_u64_pair().1);
    let mut applied = Applied::default();
    for (number, page) in candidates.chunks(PAGE).enumerate() {
        let done = patiently(|| decide_page(ctx, model.id, page, &accepts, &priorities)).await?;
        applied.accepted += done.accepted;
        applied.declined += done.declined;
        let seen = (number * PAGE + page.len()) as u64;
        progress.set(seen as f64 / candidates.len() as f64, format!("labeling {seen} of {}", candidates.len()))?;
    }
    tracing::info!(project = %model.project_id, version = model.version, accepted = applied.accepted, declined = applied.declined, "predictions are decided");
    Ok(applied)
}

async fn decide_page(
    ctx: &Context,
    model: Uuid,
    page: &[&Score],
    accepts: &(dyn Fn(&Score) -> bool + Sync),
    priorities: &HashMap<Uuid, f64>,
) -> store::Result<Applied> {
    let only_store = |error| match error {
        FlowError::Store(error) => error,
        other => store::Error::Corrupt("a prediction", other.to_string()),
    };
    let (now, mut applied) = (Millis::now(), Applied::default());
    let mut tx = ctx.db.write().await?;
    for score in page {
        if accepts(score) {
            // A newer model may have predicted meanwhile; its own job decides then.
            let prediction = predictions::get(&mut tx, score.image).await?.filter(|prediction| prediction.model_id == model);
            if let Some(prediction) = prediction {
                applied.accepted += u64::from(accept_model(&mut tx, &prediction, now).await.map_err(only_store)?);
            }
        } else {
            let priority = priorities.get(&score.image).copied().unwrap_or(0.5);
            applied.declined += u64::from(decline_model(&mut tx, score.image, priority, now).await.map_err(only_store)?);
        }
    }
    tx.commit().await?;
    Ok(applied)
}
