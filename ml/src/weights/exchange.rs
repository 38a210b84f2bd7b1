//! Whole networks in and out of files.

use std::collections::HashMap;

use safetensors::SafeTensors;

use super::{LoadReport, NamedTensors, WeightsError, apply, collect, layouts::canonical};
use crate::models::{ModelSpec, Network};

/// Under this name a file says which network it holds.
const SPEC: &str = "labelwright.model";

/// What part of a network a file filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Whole,
    /// The backbone alone, as from a network that was trained to classify pictures.
    Backbone,
    /// Neither: some tensors are missing or have other shapes.
    Some,
}

/// Fills a network from a file: safetensors or `.pth`, in torchvision's names, GluonCV's names for PyTorch, or a classifier's for the backbone.
///
/// Tensors that are missing or have another shape keep their values, so a network for other classes takes everything but the last layer; read the
/// report.
///
/// # Errors
/// The file can't be read, or nothing of it belongs to the network.
pub fn load(network: Network, file: &[u8]) -> Result<(Network, LoadReport, Part), WeightsError> {
    let spec = network.spec().clone();
    let tensors = canonical(NamedTensors::read(file)?, &spec);
    let (found, example) = (tensors.0.len(), tensors.0.keys().next().cloned().unwrap_or_else(|| "nothing".to_owned()));
    let (network, report) = apply(network, &tensors, &|path| Network::tensor_name(&spec, path));
    if report.loaded == 0 {
        return Err(WeightsError::Foreign { model: spec.name(), found, example });
    }
    let lacking = || report.missing.iter().chain(report.mismatched.iter().map(|mismatch| &mismatch.name));
    let part = if lacking().next().is_none() {
        Part::Whole
    } else if lacking().all(|name| !name.starts_with("backbone.")) && !tensors.0.keys().any(|name| name.starts_with("classifier.")) {
        Part::Backbone
    } else {
        Part::Some
    };
    Ok((network, report, part))
}

/// A network as safetensors with torchvision's names, which torchvision's network of the same name loads strictly.
///
/// # Errors
/// The device failed.
pub fn export(network: &Network) -> Result<Vec<u8>, WeightsError> {
    let spec = network.spec();
    let tensors = collect(network, &|path| Network::tensor_name(spec, path))?;
    let counters: Vec<String> =
        tensors.0.keys().filter_map(|name| Some(format!("{}.num_batches_tracked", name.strip_suffix(".running_mean")?))).collect();
    // One entry only: the order of several would differ from file to file.
    let spec = serde_json::to_string(spec).map_err(|error| WeightsError::Unreadable(error.to_string()))?;
    tensors.to_safetensors(&counters, HashMap::from([(SPEC.to_owned(), spec)]))
}

/// Which network an exported file holds; `None` if the file doesn't say.
///
/// # Errors
/// The file is damaged.
pub fn spec_of(file: &[u8]) -> Result<Option<ModelSpec>, WeightsError> {
    let unreadable = |error: String| WeightsError::Unreadable(error);
    let (_, header) = SafeTensors::read_metadata(file).map_err(|error| unreadable(error.to_string()))?;
    let text = header.metadata().as_ref().and_then(|about| about.get(SPEC));
    text.map(|text| serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))).transpose()
}
