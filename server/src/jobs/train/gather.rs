//! What there is to learn from.

use std::{collections::HashSet, sync::Arc};

use futures_util::{StreamExt, stream};
use labelwright_dataset::{Shape, paint};
use labelwright_ml::{
    Fit,
    train::{HeldOut, Sample, Target},
};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use uuid::Uuid;

use crate::{
    context::Context,
    domain::tuning,
    jobs::{
        JobError, Progress, Result, blocking,
        features::{AT_ONCE, Source},
    },
    store::{
        self, LabelSource, LabelStatus, Millis, Subset, images,
        labels::{self, Labeled},
    },
};

/// Fewer labeled images teach a model nothing that holds for others.
pub const MIN_LABELS: usize = 3;

/// Bytes of features that a training holds in memory at most: about 1500 images at the usual input size.
const MEMORY: usize = 1_600 << 20;

const PAGE: i64 = 200;

/// # Errors
/// There are too few labels; the text says how many are needed.
pub(super) fn enough(labeled: usize) -> Result<()> {
    let missing = MIN_LABELS.saturating_sub(labeled);
    if missing == 0 {
        return Ok(());
    }
    let images = if missing == 1 { "image" } else { "images" };
    Err(JobError::NotYet(format!(
        "A model needs at least {MIN_LABELS} labeled images of the train subset to begin; there are {labeled}. Label {missing} more {images}, then train again."
    )))
}

/// How many images a project has.
pub(super) async fn images(ctx: &Context, project: Uuid) -> Result<i64> {
    Ok(images::counts(&mut ctx.db.read().await?, project).await?.iter().map(|count| count.n).sum())
}

/// Samples of a training.
pub(super) struct Gathered {
    pub samples: Vec<Sample>,
    /// Labels that there was no memory for.
    pub unused: usize,
}

/// Whether a label may be learned from: of people, not in dispute, and not kept apart for measuring.
fn teaches(label: &Labeled) -> bool {
    label.subset == Subset::Train
        && label.status == LabelStatus::Committed
        && matches!(label.source, LabelSource::People | LabelSource::Import)
}

/// About how many bytes an image's features have: 17 for each pixel of the canvas.
fn bytes(label: &Labeled, input_size: u32) -> usize {
    let fit = Fit::new(label.width as u32, label.height as u32, input_size);
    fit.map_or(0, |fit| 17 * fit.canvas_width as usize * fit.canvas_height as usize)
}

/// Every label that may be learned from, with features; when they are more than memory can hold, a random choice of them that is the same
/// each time.
pub(super) async fn samples(ctx: &Context, project: Uuid, source: &Source, progress: &Progress) -> Result<Gathered> {
    let (known, unused) = known(ctx, project, source, None, progress).await?;
    Ok(Gathered { samples: known.into_iter().map(|known| known.sample).collect(), unused })
}

/// Images held out of a trial that are measured at most; more would take longer than training.
const MAX_HELD_OUT: usize = 60;

/// The labels of a time, divided: what a trial learns from, and what it is measured on.
pub(super) async fn divided(
    ctx: &Context,
    project: Uuid,
    source: &Source,
    until: Millis,
    progress: &Progress,
) -> Result<(Vec<Sample>, Vec<HeldOut>)> {
    let (mut known, _) = known(ctx, project, source, Some(until), progress).await?;
    known.sort_by_key(|known| tuning::lot(known.image));
    let samples = known.split_off(tuning::held_out(known.len()).min(known.len()));
    let held_out = known;
    let held_out = held_out.into_iter().take(MAX_HELD_OUT).map(|known| HeldOut { features: known.sample.features, truth: known.truth });
    Ok((samples.into_iter().map(|known| known.sample).collect(), held_out.collect()))
}

/// A label with all that learning needs.
struct Known {
    image: Uuid,
    sample: Sample,
    /// The class of each of the image's pixels.
    truth: Vec<u8>,
}

/// The labels that may be learned from, made until a time if one is given, and how many there was no memory for.
async fn known(ctx: &Context, project: Uuid, source: &Source, until: Option<Millis>, progress: &Progress) -> Result<(Vec<Known>, usize)> {
    let wanted_at = |label: &Labeled| teaches(label) && until.is_none_or(|until| label.created_ms <= until);
    let mut chosen: Vec<(Uuid, usize)> = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let page = labels::after(&mut ctx.db.read().await?, project, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.image_id;
        chosen.extend(page.iter().filter(|label| wanted_at(label)).map(|label| (label.image_id, bytes(label, source.input_size()))));
        progress.check()?;
    }
    let labeled = chosen.len();
    chosen.shuffle(&mut StdRng::seed_from_u64(project.as_u64_pair().1));
    let mut room = MEMORY;
    let mut wanted: HashSet<Uuid> = HashSet::new();
    let mut found: Vec<Known> = Vec::new();
    for (image, bytes) in chosen {
        if room < bytes {
            break;
        }
        room -= bytes;
        wanted.insert(image);
    }
    let unused = labeled - wanted.len();

    after = Uuid::nil();
    loop {
        let page = labels::after(&mut ctx.db.read().await?, project, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.image_id;
        let page = page.into_iter().filter(|label| wanted_at(label) && wanted.contains(&label.image_id));
        let mut work = stream::iter(page.map(|label| sample(source, label))).buffered(AT_ONCE);
        while let Some(sample) = work.next().await {
            found.extend(sample?);
            let share = found.len() as f64 / wanted.len().max(1) as f64;
            progress.set(share, format!("gathering {} of {} labels", found.len(), wanted.len()))?;
        }
    }
    Ok((found, unused))
}

/// `None` for an image that can't be read any more.
async fn sample(source: &Source, label: Labeled) -> Result<Option<Known>> {
    let features = match source.of(label.image_id, &label.display_key).await {
        Ok(features) => features,
        Err(error @ (JobError::Flow(_) | JobError::Blob(crate::blobs::BlobError::Missing(_)))) => {
            tracing::warn!(image = %label.image_id, %error, "a labeled image can't be read and is left out");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let sample = blocking(move || {
        let shapes: Vec<Shape> =
            serde_json::from_str(&label.shapes).map_err(|e| store::Error::Corrupt("a label's shapes", e.to_string()))?;
        let (width, height) = (label.width as u32, label.height as u32);
        let map = paint(&shapes, width, height);
        let target = Target::new(&map.classes, width, height, features.fit());
        let sample = target.map(|target| Sample { features: Arc::new(features), target });
        Ok::<_, JobError>(sample.map(|sample| Known { image: label.image_id, sample, truth: map.classes }))
    });
    sample.await?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_labels_are_told_in_words() {
        assert!(enough(3).is_ok());
        let text = enough(2).unwrap_err().to_string();
        assert!(text.contains("there are 2. Label 1 more image,"), "{text}");
    }
}
