//! The file that says what is searched.

use std::path::PathBuf;

use labelwright_tune::{Space, Stopping, Strategy};
use serde::{Deserialize, Serialize};

use crate::cli::train::folder;

/// A search, as `docs/tuning.md` describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Folder for the trials and what was found.
    pub output: PathBuf,
    pub data: PathBuf,
    /// A format that `labelwright formats` lists; 'folder' is images/ and masks/.
    #[serde(default = "folder")]
    pub format: String,
    /// Masks of 16 bits number things; all of them are of this class.
    pub things_are: Option<u8>,
    /// 'head', or a network's name.
    #[serde(default = "head")]
    pub model: String,
    /// How many classes there are, background among them; for networks only.
    #[serde(default)]
    pub classes: usize,
    /// Weights that every trial of a network begins with.
    pub weights: Option<PathBuf>,
    /// Long side in pixels at which a head sees an image.
    #[serde(default = "input_size")]
    pub input_size: u32,
    /// Share of the images that trials are measured on.
    #[serde(default = "quarter")]
    pub validation: f64,
    /// Share of the images on which the best settings are measured once, at the end, beside those that were there before.
    #[serde(default = "quarter")]
    pub test: f64,
    pub trials: u32,
    #[serde(default)]
    pub strategy: Strategy,
    #[serde(default)]
    pub stopping: Stopping,
    #[serde(default)]
    pub seed: u64,
    /// Trials at the same time.
    #[serde(default = "one")]
    pub parallel: usize,
    /// Results of up to five earlier searches to learn from: their `trials.jsonl`.
    #[serde(default)]
    pub learn_from: Vec<PathBuf>,
    /// What stays the same in every trial; what is searched begins with the values here.
    #[serde(default)]
    pub settings: toml::Table,
    pub space: Space,
}

fn head() -> String {
    "head".to_owned()
}

fn input_size() -> u32 {
    256
}

fn quarter() -> f64 {
    0.25
}

fn one() -> usize {
    1
}
