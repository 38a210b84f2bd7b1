//! Writing a project's labels as a dataset.
//!
//! Labels are read page by page and pictures one by one, so a dataset of any size needs the memory of a few pictures. The same labels give
//! the same bytes: images go in the order in which they were imported, and nothing in the files tells the time.
//!
//! An export is written into a folder with a temporary name, forced to disk, and then renamed: a folder with the right name is complete.

pub mod archive;
pub(crate) mod folder;
mod listing;
mod names;
mod write;

use std::path::{Path, PathBuf};

use labelwright_dataset::{
    exchange::{Losses, Output},
    formats::{classes::classes_json, registry},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Finished, JobError, Progress, Result, blocking};
use crate::{
    context::Context,
    flow::tasks::schema,
    store::{
        self, JobState, Millis,
        jobs::Job,
        models,
        projects::{self, Project},
    },
};

use folder::Folder;
pub use listing::{ExportedFile, ExportedFolder};
use write::{SoFar, Taken};

/// What goes into an export, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// Id of a format that [`registry`] can write.
    pub format: String,
    /// Whether machine labels that nobody has committed are taken.
    #[serde(default = "yes")]
    pub include_provisional: bool,
    /// The format's own options; absent ones have their defaults.
    #[serde(default)]
    pub form: Value,
    /// A folder that is there already is replaced; otherwise it must be empty or absent.
    #[serde(default)]
    pub replace: bool,
}

fn yes() -> bool {
    true
}

impl Options {
    /// Everything that there is to say, in this format.
    #[must_use]
    pub fn new(format: &str) -> Self {
        Self { format: format.to_owned(), include_provisional: true, form: Value::Null, replace: false }
    }
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportReport {
    pub format: String,
    pub dir: PathBuf,
    /// Sorted by name. Folders with many files are not listed file by file, …
    pub files: Vec<ExportedFile>,
    /// … but only counted.
    pub folders: Vec<ExportedFolder>,
    /// Size of everything in bytes.
    pub bytes: u64,
    /// Images written.
    pub images: u64,
    /// Those of them with a label from people, an imported one, and one of the model (committed, provisional).
    pub people: u64,
    pub imported: u64,
    pub machine_committed: u64,
    pub machine_provisional: u64,
    /// Labeled images that are not in the export: people's opinions differ too much, …
    pub left_out_disagree: u64,
    /// … the model's label is provisional and those were not wanted, …
    pub left_out_provisional: u64,
    /// … the format has nothing to say of them, …
    pub left_out_layout: u64,
    /// … or can't take them, …
    pub left_out_refused: u64,
    /// … and why, of the first ones.
    pub refused: Vec<String>,
    /// What the format could not say of those that were written.
    pub losses: Losses,
}

/// Runs an export job: into `exports/JOB` of the data folder.
///
/// # Errors
/// See [`write`].
pub(super) async fn run(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let asked: Options = serde_json::from_str(&job.params).map_err(|error| {
        JobError::NotYet(format!("The export can't begin: {error}. Ask again with one of the formats that 'labelwright formats' lists."))
    })?;
    let project = projects::get(&mut ctx.db.read().await?, job.project_id).await?;
    let project = project.ok_or_else(|| JobError::NotYet("The project is gone.".into()))?;
    let dir = ctx.config.data.join("exports").join(job.id.to_string());
    let report = write(ctx, &project, &Options { replace: true, ..asked }, &dir, progress).await?;
    let message = format!("{} images written as {}", report.images, report.format);
    let mut result = serde_json::to_value(&report).map_err(|error| JobError::Fault(error.to_string()))?;
    if let Value::Object(fields) = &mut result {
        // Below the data folder, so that the data folder may move.
        fields.insert("dir".to_owned(), json!(format!("exports/{}", job.id)));
    }
    Ok(Finished { message, result })
}

/// Writes all labels of a project into the folder `dir`, which appears when it is complete. When the program dies meanwhile, the same call
/// goes on where the folder was last forced to disk.
///
/// # Errors
/// The folder exists and may not be replaced, a file can't be written, a blob is missing, or the database failed. Then `dir` is as it was.
pub async fn write(ctx: &Context, project: &Project, options: &Options, dir: &Path, progress: &Progress) -> Result<ExportReport> {
    let (classes, model) = {
        let mut tx = ctx.db.read().await?;
        (schema(&projects::classes(&mut tx, project.id).await?), models::newest(&mut tx, project.id).await?)
    };
    if classes.classes.is_empty() {
        return Err(JobError::NotYet("The project has no classes, so there is nothing to export. Add classes in its settings.".into()));
    }
    // Refused before anything is written.
    registry::writer(&options.format, &classes, &options.form, None).map_err(write::failed)?;
    let (folder, begun) = {
        let (dir, replace) = (dir.to_owned(), options.replace);
        let asked = json!({ "project": project.id, "options": options, "classes": classes });
        blocking(move || Folder::open::<SoFar>(&dir, replace, asked)).await??
    };
    let (mut folder, taken, losses) = write::images(ctx, project, options, folder, begun, &classes, progress).await?;
    let about = about(project, &options.format, &taken, &losses, model.as_ref())?;
    let names = classes_json(&classes).map_err(|error| JobError::Fault(error.to_string()))?;
    let finished = blocking(move || {
        let put = |folder: &mut Folder, name: &str, text: &str| {
            folder.out()?.put(name, text.as_bytes()).map_err(|error| JobError::File(name.to_owned(), error))
        };
        put(&mut folder, "classes.json", &names)?;
        put(&mut folder, "dataset.json", &about)?;
        folder.finish()
    });
    let listing = finished.await??;
    progress.set(1.0, "export is complete")?;
    Ok(ExportReport {
        format: options.format.clone(),
        dir: dir.to_owned(),
        files: listing.files,
        folders: listing.folders,
        bytes: listing.bytes,
        images: taken.images(),
        people: taken.people,
        imported: taken.imported,
        machine_committed: taken.committed,
        machine_provisional: taken.provisional,
        left_out_disagree: taken.disagree,
        left_out_provisional: taken.unwanted,
        left_out_layout: taken.unsaid,
        left_out_refused: taken.refused,
        refused: taken.reasons,
        losses,
    })
}

/// The text of `dataset.json`: what a reader should know about where the labels come from. Made from data alone.
fn about(project: &Project, format: &str, taken: &Taken, losses: &Losses, model: Option<&models::Model>) -> Result<String> {
    let model = model.map(|model| {
        let figures: Value = serde_json::from_str(&model.figures).unwrap_or_default();
        json!({
            "version": model.version, "architecture": model.architecture, "labels": model.labels, "threshold": model.threshold,
            "miou": figures["miou"], "validation_images": figures["validation_images"], "coverage": figures["coverage"],
            "trained_ms": model.created_ms,
        })
    });
    let text = json!({
        "project": project.name,
        "format": format,
        "images": taken.images(),
        "sources": {
            "people": taken.people, "import": taken.imported,
            "machine_committed": taken.committed, "machine_provisional": taken.provisional,
        },
        "subsets": taken.subsets,
        "left_out": { "people_disagree": taken.disagree, "machine_provisional": taken.unwanted, "nothing_to_say": taken.unsaid, "refused": taken.refused },
        "losses": losses,
        "model": model,
        "policy": project.policy,
    });
    Ok(serde_json::to_string_pretty(&text).map_err(|error| JobError::Fault(error.to_string()))? + "\n")
}

/// Deletes the folders of export jobs that are gone and what dead workers left half-written; how many there were. Exports of jobs that the
/// database knows stay.
///
/// # Errors
/// The database failed, or the folder can't be read.
pub async fn tidy(ctx: &Context, now: Millis) -> Result<usize> {
    let exports = ctx.config.data.join("exports");
    let entries = match std::fs::read_dir(&exports) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(JobError::File(exports.display().to_string(), error)),
    };
    let mut gone = 0;
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let job = name.parse::<Uuid>().ok();
        let unfinished = folder::partial_of(&name);
        let unknown = match (job, unfinished.map(str::parse::<Uuid>)) {
            (Some(job), _) => store::jobs::get(&mut ctx.db.read().await?, job).await?.is_none(),
            // A job that may still be begun again goes on with what it wrote.
            (None, Some(Ok(job))) => {
                let job = store::jobs::get(&mut ctx.db.read().await?, job).await?;
                !job.is_some_and(|job| matches!(job.state, JobState::Queued | JobState::Running)) && folder::older_than_a_day(&entry, now)
            }
            (None, Some(Err(_))) => folder::older_than_a_day(&entry, now),
            (None, None) => false,
        };
        if unknown && std::fs::remove_dir_all(entry.path()).is_ok() {
            gone += 1;
        }
    }
    Ok(gone)
}
