//! The results of a search on disk: one line of JSON for each trial that is over, so that a search which was cut off goes on.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use labelwright_tune::{
    Settings,
    bayes::{Outcome, Trial},
};
use serde::{Deserialize, Serialize};

use super::file::File;

/// A trial that is over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    pub trial: usize,
    pub settings: Settings,
    /// Mean IoU after each epoch.
    pub course: Vec<f64>,
    /// None if it broke down.
    pub miou: Option<f64>,
    /// Ended early, because others were better.
    #[serde(default)]
    pub stopped: bool,
    #[serde(default)]
    pub message: String,
    pub seconds: f64,
}

impl Line {
    /// As a search sees it.
    #[must_use]
    pub fn seen(&self, search: u8) -> Trial {
        let outcome = self.miou.map_or(Outcome::Failed, |miou| Outcome::Value(1.0 - miou));
        Trial { settings: self.settings.clone(), outcome, search }
    }
}

/// The file of results.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// Opens or begins the results in a folder.
    ///
    /// # Errors
    /// The folder can't be written, or it holds the results of another search.
    pub fn open(file: &File) -> anyhow::Result<(Self, Vec<Line>)> {
        let shown = file.output.display();
        fs::create_dir_all(&file.output).with_context(|| format!("{shown} can't be made"))?;
        let (path, plan) = (file.output.join("trials.jsonl"), file.output.join("search.toml"));
        // More trials, or more at once, is the same search.
        let same = toml::to_string(&File { trials: 0, parallel: 1, ..file.clone() })?;
        match fs::read_to_string(&plan) {
            Ok(text) if text == same => {}
            Ok(_) => bail!("{shown} holds the results of another search; choose another 'output', or take its file back"),
            Err(_) => labelwright_ml::train::network::replace(&plan, same.as_bytes())
                .with_context(|| format!("{} can't be written", plan.display()))?,
        }
        let lines = if path.exists() { read(&path)? } else { Vec::new() };
        Ok((Self { path }, lines))
    }

    /// Adds a trial; it is on disk when this returns.
    ///
    /// # Errors
    /// The disk is full, or can't be written.
    pub fn add(&self, line: &Line) -> anyhow::Result<()> {
        let text = serde_json::to_string(line)? + "\n";
        let write = || {
            let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
            file.write_all(text.as_bytes())?;
            file.sync_data()
        };
        write().with_context(|| {
            format!(
                "trial {} can't be written to {}; make room and begin again, the trials before it are kept",
                line.trial,
                self.path.display()
            )
        })
    }
}

/// The trials of a file of results. A last line that was cut off counts as not written.
///
/// # Errors
/// The file can't be read, or another line of it is no trial.
pub fn read(path: &Path) -> anyhow::Result<Vec<Line>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |(number, line): (usize, &str)| {
        serde_json::from_str(line).with_context(|| format!("{}, line {}, is no trial", path.display(), number + 1))
    };
    let lines = whole.lines().enumerate().map(line).collect::<anyhow::Result<Vec<Line>>>()?;
    if whole.len() + 1 < text.len() {
        // The next trial must not be written behind half a line.
        labelwright_ml::train::network::replace(path, format!("{whole}\n").trim_start().as_bytes())?;
    }
    Ok(lines)
}
