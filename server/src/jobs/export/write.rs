//! From the labels in the database to the files of one format: one task reads ahead a few images, one thread paints and writes.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use labelwright_dataset::{
    Schema, Shape,
    exchange::{DatasetWriter, ExchangeError, Item, Losses, Origin},
    formats::registry,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{JobError, Options, Progress, Result, folder::Folder, names::Names};
use crate::{
    context::Context,
    jobs::{fault, progress::Why},
    store::{
        LabelSource, LabelStatus, Subset,
        labels::{self, Labeled},
        projects::Project,
    },
};

/// Labels that are read from the database in one go.
const PAGE: i64 = 200;
/// Pictures that wait for the writing thread at most.
const AHEAD: usize = 4;
/// How much work an export that is cut off loses at most.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_secs(10);

/// What was written and what was left out, in images.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Taken {
    pub people: u64,
    pub imported: u64,
    pub committed: u64,
    pub provisional: u64,
    pub subsets: BTreeMap<String, u64>,
    pub disagree: u64,
    pub unwanted: u64,
    pub unsaid: u64,
    /// Images that can't be said in this format, …
    pub refused: u64,
    /// … and why, of the first ones.
    pub reasons: Vec<String>,
}

/// Reasons that are kept.
const REASONS: usize = 5;

/// Whether a label goes into an export.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Yes,
    /// It is the model's, and nobody has committed it.
    Provisional,
    /// People do not agree on it.
    Disputed,
}

fn wanted(label: &Labeled, options: &Options) -> Wanted {
    match (label.source, label.status) {
        (_, LabelStatus::Committed) => Wanted::Yes,
        (LabelSource::Model, LabelStatus::Provisional) if options.include_provisional => Wanted::Yes,
        (LabelSource::Model, _) => Wanted::Provisional,
        // What people say is provisional only while they disagree.
        _ => Wanted::Disputed,
    }
}

impl Taken {
    pub fn images(&self) -> u64 {
        self.people + self.imported + self.committed + self.provisional
    }

    fn count(&mut self, label: &Labeled) {
        *match (label.source, label.status) {
            (LabelSource::People, _) => &mut self.people,
            (LabelSource::Import, _) => &mut self.imported,
            (LabelSource::Model, LabelStatus::Committed) => &mut self.committed,
            (LabelSource::Model, _) => &mut self.provisional,
        } += 1;
        *self.subsets.entry(label.subset.to_string()).or_default() += 1;
    }
}

/// What an export needs to go on after it was cut off.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct SoFar {
    /// The last image that was written or left out.
    after: Uuid,
    /// Labels seen, written or not.
    seen: i64,
    taken: Taken,
    writer: Option<Value>,
}

/// Writes every label that is wanted, in the order of image ids.
///
/// # Errors
/// The database, a blob or the disk failed, stored shapes can't be read, or the export shall stop.
pub(super) async fn images(
    ctx: &Context,
    project: &Project,
    options: &Options,
    folder: Folder,
    begun: Option<SoFar>,
    schema: &Schema,
    progress: &Progress,
) -> Result<(Folder, Taken, Losses)> {
    let so_far = begun.unwrap_or_default();
    let mut names = Names::default();
    if so_far.seen > 0 {
        tracing::info!(project = %project.name, images = so_far.seen, "an export goes on where it was cut off");
        names_until(ctx, project.id, options, so_far.after, &mut names).await?;
    }
    let writer = registry::writer(&options.format, schema, &options.form, so_far.writer.as_ref()).map_err(failed)?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (after, seen) = (so_far.after, so_far.seen);
    let writing = Writing { folder, writer, names, so_far };
    let thread = tokio::task::spawn_blocking(move || writing.all(receiver));
    let read = read(ctx, project.id, options, after, seen, sender, progress).await;
    // The writer's own error comes first: it is why the reader could not go on.
    let (mut folder, taken, losses) = thread.await.map_err(fault)??;
    if let Err(error) = read {
        if progress.stopped().is_some_and(Why::may_go_on) {
            folder.keep();
        }
        return Err(error);
    }
    Ok((folder, taken, losses))
}

/// What goes from the reader to the writer.
enum Message {
    /// A label; its picture, if it is wanted.
    Label(Box<Labeled>, Wanted, Bytes),
    /// All labels were read.
    End,
}

/// Gives out again the names of all images up to `last`, in the same order.
async fn names_until(ctx: &Context, project: Uuid, options: &Options, last: Uuid, names: &mut Names) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let page = labels::after(&mut ctx.db.read().await?, project, after, PAGE).await?;
        let Some(end) = page.last() else { return Ok(()) };
        after = end.image_id;
        for label in page {
            if label.image_id > last {
                return Ok(());
            }
            if wanted(&label, options) == Wanted::Yes {
                name(names, &label);
            }
        }
    }
}

fn name(names: &mut Names, label: &Labeled) -> String {
    // What is shown is the file itself when browsers and models can read it as it is, else an upright 8-bit PNG of it.
    let format = if label.display_key == label.blob_key { label.format.as_str() } else { "png" };
    names.unique(&label.name, &label.hash, format)
}

async fn read(
    ctx: &Context,
    project: Uuid,
    options: &Options,
    mut after: Uuid,
    mut seen: i64,
    sender: mpsc::Sender<Message>,
    progress: &Progress,
) -> Result<()> {
    let total: i64 = labels::counts(&mut ctx.db.read().await?, project).await?.iter().map(|count| count.n).sum();
    loop {
        let page = labels::after(&mut ctx.db.read().await?, project, after, PAGE).await?;
        let Some(last) = page.last() else {
            // When the writer gave up, its own error says why.
            let _ = sender.send(Message::End).await;
            return Ok(());
        };
        after = last.image_id;
        for label in page {
            seen += 1;
            progress.set(0.98 * seen as f64 / total.max(seen) as f64, format!("image {seen} of {}", total.max(seen)))?;
            let wanted = wanted(&label, options);
            let picture = if wanted == Wanted::Yes { ctx.blobs.get(&label.display_key).await? } else { Bytes::new() };
            if sender.send(Message::Label(Box::new(label), wanted, picture)).await.is_err() {
                return Ok(());
            }
        }
    }
}

/// The thread that paints and writes.
struct Writing {
    folder: Folder,
    writer: Box<dyn DatasetWriter>,
    names: Names,
    so_far: SoFar,
}

impl Writing {
    fn all(mut self, mut messages: mpsc::Receiver<Message>) -> Result<(Folder, Taken, Losses)> {
        let mut noted = Instant::now();
        while let Some(message) = messages.blocking_recv() {
            match message {
                Message::Label(label, wanted, picture) => self.one(&label, wanted, &picture)?,
                Message::End => {
                    let losses = self.writer.finish(self.folder.out()?).map_err(failed)?;
                    return Ok((self.folder, self.so_far.taken, losses));
                }
            }
            if noted.elapsed() > BETWEEN_CHECKPOINTS {
                self.checkpoint()?;
                noted = Instant::now();
            }
        }
        // The reader broke off.
        self.checkpoint()?;
        let losses = self.writer.losses().clone();
        Ok((self.folder, self.so_far.taken, losses))
    }

    fn checkpoint(&mut self) -> Result<()> {
        self.so_far.writer = Some(self.writer.state());
        self.folder.checkpoint(&self.so_far)
    }

    fn one(&mut self, label: &Labeled, wanted: Wanted, picture: &[u8]) -> Result<()> {
        let taken = &mut self.so_far.taken;
        match wanted {
            Wanted::Provisional => taken.unwanted += 1,
            Wanted::Disputed => taken.disagree += 1,
            Wanted::Yes => {
                let item = item(name(&mut self.names, label), label)?;
                match self.writer.write(&item, picture, self.folder.out()?) {
                    Ok(true) => taken.count(label),
                    Ok(false) => taken.unsaid += 1,
                    Err(error) if error.is_of_one_image() => {
                        taken.refused += 1;
                        if taken.reasons.len() < REASONS {
                            taken.reasons.push(error.to_string());
                        }
                    }
                    Err(error) => return Err(failed(error)),
                }
            }
        }
        self.so_far.after = label.image_id;
        self.so_far.seen += 1;
        Ok(())
    }
}

fn item(name: String, label: &Labeled) -> Result<Item> {
    let shapes: Vec<Shape> = serde_json::from_str(&label.shapes)
        .map_err(|error| crate::store::Error::Corrupt("a label's shapes", format!("image {}: {error}", label.name)))?;
    let machine = label.source == LabelSource::Model;
    let origin = Origin { machine, confidence: label.confidence.map(|sure| sure as f32), created_ms: Some(label.created_ms.0) };
    Ok(Item { name, width: label.width as u32, height: label.height as u32, subset: Some(subset(label.subset)), shapes, origin })
}

fn subset(subset: Subset) -> labelwright_dataset::Subset {
    match subset {
        Subset::Train => labelwright_dataset::Subset::Train,
        Subset::Validation => labelwright_dataset::Subset::Validation,
        Subset::Test => labelwright_dataset::Subset::Test,
    }
}

pub(super) fn failed(error: ExchangeError) -> JobError {
    match error {
        ExchangeError::Io { source, .. } if source.kind() == std::io::ErrorKind::StorageFull => crate::blobs::BlobError::DiskFull.into(),
        ExchangeError::Io { file, source } => JobError::File(file, source),
        ExchangeError::Format(text) => JobError::NotYet(text),
        other => JobError::Work(other.to_string()),
    }
}
