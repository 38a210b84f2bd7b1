//! How good a network is on a set.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use labelwright_data::{
    DataLoader, LoaderOptions,
    source::DataSet,
    transform::{Chain, Pipeline, batch::SegmentationBatcher},
};

use super::FitError;
use crate::{
    metrics::Confusion,
    models::{Network, SegmentationModel},
};

/// Counts what the network says about every picture of a set after the chain, at the chain's size.
///
/// # Errors
/// A picture can't be read, or the device failed.
pub fn evaluate(network: &Network, set: Arc<dyn DataSet>, chain: &Chain, batch: usize, device: &Device) -> Result<Confusion, FitError> {
    let network = network.folded();
    let batcher = SegmentationBatcher::of(chain).ok_or(FitError::Size)?;
    let loader = DataLoader::new(Pipeline::new(set, chain.clone(), 0), batcher, LoaderOptions { batch_size: batch, ..Default::default() })?;
    let mut counts = Confusion::new();
    for loaded in loader.epoch(0) {
        let batch = loaded.map_err(|error| FitError::Load(error.to_string()))?.batch;
        let [width, height] = batch.size.map(|side| side as usize);
        let images = Tensor::<4>::from_data(TensorData::new(batch.pictures, [batch.ids.len(), 3, height, width]), device);
        let classes = network.forward(images).logits.argmax(1);
        let classes = classes.try_into_vec_as::<i64>().map_err(|error| FitError::Device(error.to_string()))?;
        let classes: Vec<u8> = classes.into_iter().map(|class| u8::try_from(class).unwrap_or(u8::MAX)).collect();
        counts.add(&batch.masks, &classes).map_err(|error| FitError::Load(error.to_string()))?;
    }
    Ok(counts)
}
