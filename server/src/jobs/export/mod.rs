//! Writing a project's labels as a dataset.
//!
//! Labels are read page by page and pictures one by one, so a dataset of any size needs the memory of a few pictures. The same labels give
//! the same bytes: images go in the order in which they were imported, and nothing in the files tells the time.
//!
//! An export is written into a folder with a temporary name, forced to disk, and then renamed: a folder with the right name is complete.

mod folder;
mod names;
mod pack;
mod write;

use std::path::{Path, PathBuf};

use labelwright_dataset::formats::classes::classes_json;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Finished, JobError, Progress, Result, blocking};
use crate::{
    context::Context,
    flow::tasks::schema,
    store::{
        self, Millis,
        jobs::Job,
        models,
        projects::{self, Project},
    },
    text_enum,
};

use folder::Folder;
use write::Taken;

text_enum! {
    /// What the files of an export look like.
    pub enum Format {
        /// Pictures and masks as two sets of records with the same ids.
        RecordioSeg = "recordio-seg",
        /// Records with boxes, as MXNet's detection iterators read them.
        RecordioBox = "recordio-box",
        /// Records with classes.
        RecordioClass = "recordio-class",
        /// Pictures beside 8-bit masks of class indices and 16-bit masks of things.
        PngMasks = "png-masks",
    }
}

/// What goes into an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Options {
    /// Whether machine labels that nobody has committed are taken.
    pub include_provisional: bool,
    /// Class records have one number a class (1 if the image has it) instead of a single class; images with several classes are left out
    /// of the latter.
    pub multi_hot: bool,
    /// Loose files (PNG masks) are packed into one `.tar`, so that they can be downloaded.
    pub pack: bool,
    /// Each subset gets record files of its own (`seg_image_train.rec`, …) instead of all in one (`seg_image.rec`).
    pub split: bool,
    /// A folder that is there already is replaced; otherwise it must be empty or absent.
    pub replace: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { include_provisional: true, multi_hot: true, pack: false, split: false, replace: false }
    }
}

#[derive(Debug, Deserialize)]
struct Params {
    format: Format,
    #[serde(default = "yes")]
    include_provisional: bool,
    #[serde(default = "yes")]
    multi_hot: bool,
    #[serde(default)]
    split: bool,
}

fn yes() -> bool {
    true
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// Path below the export's folder.
    pub name: String,
    pub bytes: u64,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportReport {
    pub format: Format,
    pub dir: PathBuf,
    /// Sorted by name. Loose pictures and masks are not listed one by one.
    pub files: Vec<ExportedFile>,
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
    /// … or the layout has nothing to say of them.
    pub left_out_layout: u64,
}

/// Runs an export job: into `exports/JOB` of the data folder.
///
/// # Errors
/// See [`write`].
pub(super) async fn run(ctx: &Context, job: &Job, progress: &Progress) -> Result<Finished> {
    let params: Params = serde_json::from_str(&job.params).map_err(|error| {
        let formats = Format::ALL.iter().map(|format| format.as_str()).collect::<Vec<_>>().join(", ");
        JobError::NotYet(format!("The export can't begin: {error}. Ask again with one of these formats: {formats}."))
    })?;
    let project = projects::get(&mut ctx.db.read().await?, job.project_id).await?;
    let project = project.ok_or_else(|| JobError::NotYet("The project is gone.".into()))?;
    let options = Options {
        include_provisional: params.include_provisional,
        multi_hot: params.multi_hot,
        pack: true,
        split: params.split,
        replace: true,
    };
    let dir = ctx.config.data.join("exports").join(job.id.to_string());
    let report = write(ctx, &project, params.format, options, &dir, progress).await?;
    let message = format!("{} images written as {}", report.images, report.format);
    let mut result = serde_json::to_value(&report).map_err(|error| JobError::Fault(error.to_string()))?;
    if let Value::Object(fields) = &mut result {
        // Below the data folder, so that the data folder may move.
        fields.insert("dir".to_owned(), json!(format!("exports/{}", job.id)));
    }
    Ok(Finished { message, result })
}

/// Writes all labels of a project into the folder `dir`, which appears when it is complete.
///
/// # Errors
/// The folder exists and may not be replaced, a file can't be written, a blob is missing, or the database failed. Then `dir` is as it was.
pub async fn write(
    ctx: &Context,
    project: &Project,
    format: Format,
    options: Options,
    dir: &Path,
    progress: &Progress,
) -> Result<ExportReport> {
    let folder = {
        let (dir, replace) = (dir.to_owned(), options.replace);
        blocking(move || Folder::create(&dir, replace)).await??
    };
    let (classes, model) = {
        let mut tx = ctx.db.read().await?;
        (schema(&projects::classes(&mut tx, project.id).await?), models::newest(&mut tx, project.id).await?)
    };
    if classes.classes.is_empty() {
        return Err(JobError::NotYet("The project has no classes, so there is nothing to export. Add classes in its settings.".into()));
    }
    let (folder, taken) = write::images(ctx, project, format, options, folder, classes.clone(), progress).await?;
    let about = about(project, format, &taken, model.as_ref())?;
    let names = classes_json(&classes).map_err(|error| JobError::Fault(error.to_string()))?;
    let finished = blocking(move || {
        folder.add("classes.json", names.as_bytes())?;
        folder.add("dataset.json", about.as_bytes())?;
        folder.finish()
    });
    let files = finished.await??;
    progress.set(1.0, "export is complete")?;
    Ok(ExportReport {
        format,
        dir: dir.to_owned(),
        files,
        images: taken.images(),
        people: taken.people,
        imported: taken.imported,
        machine_committed: taken.committed,
        machine_provisional: taken.provisional,
        left_out_disagree: taken.disagree,
        left_out_provisional: taken.unwanted,
        left_out_layout: taken.unsaid,
    })
}

/// The text of `dataset.json`: what a reader should know about where the labels come from. Made from data alone.
fn about(project: &Project, format: Format, taken: &Taken, model: Option<&models::Model>) -> Result<String> {
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
        "left_out": { "people_disagree": taken.disagree, "machine_provisional": taken.unwanted, "nothing_to_say": taken.unsaid },
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
        let unknown = match name.parse() {
            Ok(job) => store::jobs::get(&mut ctx.db.read().await?, job).await?.is_none(),
            Err(_) => folder::is_partial(&name) && folder::older_than_a_day(&entry, now),
        };
        if unknown && std::fs::remove_dir_all(entry.path()).is_ok() {
            gone += 1;
        }
    }
    Ok(gone)
}
