//! What came out: labels against the truth, the models, and the exported files.

use std::collections::HashMap;
use std::path::{Component, Path};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use uuid::Uuid;

use super::annotator::by_hand;
use super::client::{Api, ExportFile};
use super::options::DemoOptions;
use super::report::RoundReport;
use super::scene::Scene;
use super::score::{mean_iou, read_class_map};

/// The format that training code reads first.
const FORMAT: &str = "recordio-seg";

/// How good the labels are, an image each.
#[derive(Debug, Default)]
pub struct Measured {
    pub people: Vec<f64>,
    pub model: Vec<f64>,
    /// What drawing all labeled images once by hand takes.
    pub by_hand_seconds: f64,
}

/// Fetches every label as a class map and compares it with the truth.
///
/// # Errors
/// A label can't be fetched or read.
pub async fn labels(api: &Api, project: Uuid, scenes: &HashMap<String, Arc<Scene>>) -> Result<Measured> {
    let mut out = Measured::default();
    for row in api.images(project).await? {
        let Some(label) = row.label.filter(|label| label.status != "withdrawn") else { continue };
        let Some(scene) = scenes.get(&row.name).map(Arc::clone) else { continue };
        let png = api.mask_png(row.id).await?;
        let (name, by_model) = (row.name, label.source == "model");
        let compare = move || -> Result<(f64, f64)> {
            let iou = read_class_map(&png).and_then(|map| mean_iou(&map, &scene.truth));
            Ok((iou.with_context(|| format!("could not compare the label of {name} with the truth"))?, by_hand(&scene)))
        };
        let (iou, seconds) = tokio::task::spawn_blocking(compare).await.context("comparing a label failed")??;
        out.by_hand_seconds += seconds;
        if by_model { &mut out.model } else { &mut out.people }.push(iou);
    }
    Ok(out)
}

/// The models in the order in which they were trained.
///
/// # Errors
/// The server doesn't answer.
pub async fn models(api: &Api, project: Uuid) -> Result<Vec<RoundReport>> {
    let mut models = api.models(project).await?;
    models.sort_by_key(|model| model.version);
    let round = |model: super::client::ModelInfo| RoundReport {
        version: model.version,
        labels: model.labels,
        miou: model.figures.miou,
        threshold: model.threshold,
        coverage: model.figures.coverage,
        train_seconds: model.train_seconds,
    };
    Ok(models.into_iter().map(round).collect())
}

/// Exports the dataset, waits for it, and saves the files if a folder was named; the files, and where they are.
///
/// # Errors
/// The export fails or takes too long, or a file can't be fetched or written.
pub async fn export(api: &Api, project: Uuid, options: &DemoOptions) -> Result<(Vec<ExportFile>, Option<String>)> {
    #[derive(Deserialize)]
    struct Written {
        #[serde(default)]
        files: Vec<ExportFile>,
        #[serde(default)]
        dir: Option<String>,
    }
    let job = api.start_export(project, FORMAT).await?.id;
    let began = Instant::now();
    let done = loop {
        let found = api.jobs(project).await?.into_iter().find(|other| other.id == job).context("the export's job vanished")?;
        match found.state.as_str() {
            "done" => break found,
            _ if found.is_open() => {}
            state => bail!("the export ended as '{state}': {}", found.message.unwrap_or_else(|| "no reason given".to_owned())),
        }
        if began.elapsed() > options.patience {
            bail!("the export did not end within {} seconds", options.patience.as_secs());
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    let written: Written = serde_json::from_value(done.result.unwrap_or_default()).context("the export's result can't be read")?;
    let Some(folder) = &options.out else { return Ok((written.files, written.dir)) };
    tokio::fs::create_dir_all(folder).await.with_context(|| format!("could not make the folder {}", folder.display()))?;
    for file in &written.files {
        let path = folder.join(plain(&file.name).with_context(|| format!("the export has a file with an unsafe name: {}", file.name))?);
        if let Some(parent) = path.parent() {
            tokio::fs::create_dir_all(parent).await.with_context(|| format!("could not make the folder {}", parent.display()))?;
        }
        let bytes = api.download(job, &file.name).await?;
        tokio::fs::write(&path, bytes).await.with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok((written.files, Some(folder.display().to_string())))
}

/// A file's name that stays inside its folder: the server must not choose where on this disk something is written.
fn plain(name: &str) -> Option<&Path> {
    let path = Path::new(name);
    (!name.is_empty() && path.components().all(|part| matches!(part, Component::Normal(_)))).then_some(path)
}

/// The mean; none of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_stay_inside_their_folder() {
        assert!(plain("train.rec").is_some() && plain("masks/a b.png").is_some());
        assert!(["", "../x", "/etc/x", "a/../../x"].into_iter().all(|name| plain(name).is_none()));
    }
}
