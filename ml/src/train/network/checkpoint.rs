//! Where training was, in one file that is there as a whole or not at all.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Write,
    path::Path,
};

use burn::tensor::Bytes;
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use super::{FitError, Recipe};
use crate::weights::NamedTensors;

const STATE: &str = "labelwright.training";
const OPTIMIZER: &str = "optimizer";

/// How far training is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Epochs that are done.
    pub epoch: usize,
    /// Steps of the optimizer that are done.
    pub step: usize,
    /// The best mean IoU on the validation set so far.
    pub best: f64,
    /// Epochs since then.
    pub since_best: usize,
    pub recipe: Recipe,
}

/// Everything that is needed to go on.
pub struct Checkpoint {
    pub position: Position,
    pub weights: NamedTensors,
    /// Empty without a moving average.
    pub average: NamedTensors,
    pub optimizer: Vec<u8>,
}

impl Checkpoint {
    /// As safetensors: the weights under `model.`, their average under `average.`, the optimizer's state as bytes.
    fn to_bytes(&self) -> Result<Vec<u8>, FitError> {
        let damaged = |error: safetensors::SafeTensorError| FitError::Checkpoint(error.to_string());
        let parts = [("model.", &self.weights), ("average.", &self.average)];
        let named =
            parts.iter().flat_map(|(prefix, tensors)| tensors.0.iter().map(move |(name, array)| (format!("{prefix}{name}"), array)));
        let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = named
            .map(|(name, array)| (name, array.shape.clone(), array.values.iter().flat_map(|value| value.to_le_bytes()).collect()))
            .collect();
        let mut views = Vec::with_capacity(bytes.len() + 1);
        for (name, shape, data) in &bytes {
            views.push((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), data).map_err(damaged)?));
        }
        views.push((OPTIMIZER, TensorView::new(Dtype::U8, vec![self.optimizer.len()], &self.optimizer).map_err(damaged)?));
        let position = serde_json::to_string(&self.position).map_err(|error| FitError::Checkpoint(error.to_string()))?;
        safetensors::serialize(views, Some(HashMap::from([(STATE.to_owned(), position)]))).map_err(damaged)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, FitError> {
        let damaged = |error: safetensors::SafeTensorError| FitError::Checkpoint(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let about = header.metadata().as_ref().and_then(|about| about.get(STATE));
        let text = about.ok_or_else(|| FitError::Checkpoint("it is not from training".to_owned()))?;
        let position = serde_json::from_str(text).map_err(|error| FitError::Checkpoint(error.to_string()))?;
        let optimizer = SafeTensors::deserialize(bytes).and_then(|file| Ok(file.tensor(OPTIMIZER)?.data().to_vec())).map_err(damaged)?;
        let tensors = NamedTensors::from_safetensors(bytes)?;
        let part = |prefix: &str| tensors.clone().renamed(|name| name.strip_prefix(prefix).map(str::to_owned));
        Ok(Self { position, weights: part("model."), average: part("average."), optimizer })
    }

    /// Writes it in place of the last one.
    ///
    /// # Errors
    /// The file can't be written; the last one is still there.
    pub fn save(&self, path: &Path) -> Result<(), FitError> {
        replace(path, &self.to_bytes()?)
    }

    /// Reads it; `None` if there is none.
    ///
    /// # Errors
    /// It can't be read, or is damaged.
    pub fn load(path: &Path) -> Result<Option<Self>, FitError> {
        match fs::read(path) {
            Ok(bytes) => Self::from_bytes(&bytes).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FitError::file(path)(error)),
        }
    }

    pub(super) fn optimizer(&self) -> Bytes {
        Bytes::from_bytes_vec(self.optimizer.clone())
    }
}

/// Writes a file beside, brings it to the disk and gives it the name: after a crash there is the old one or the new one.
///
/// # Errors
/// The file can't be written; the old one is still there.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FitError> {
    let fresh = path.with_extension("new");
    let write = || {
        let mut file = File::create(&fresh)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&fresh, path)?;
        // The name itself lies in the folder; not every system lets a folder be opened.
        match path.parent().map(File::open) {
            Some(Ok(folder)) => folder.sync_all(),
            _ => Ok(()),
        }
    };
    write().map_err(FitError::file(path))
}
