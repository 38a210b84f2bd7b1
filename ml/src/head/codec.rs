//! The file form of a head: safetensors, with what else is needed as JSON in its metadata.

use std::collections::HashMap;

use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::{Deserialize, Serialize};

use super::{TrainedHead, Weights};
use crate::{
    models::pyramid_head,
    weights::{NamedTensors, WeightsError},
};

/// Grows when the network or the meaning of its inputs changes: old heads must then be trained anew.
const VERSION: u32 = 1;
const KEY: &str = "labelwright";
const NAMES: [&str; 3] = ["first", "second", "last"];

#[derive(Serialize, Deserialize)]
struct Metadata {
    version: u32,
    /// Class index of each output.
    classes: Vec<u8>,
    width: usize,
    heads: usize,
    input_size: u32,
}

/// Why bytes are not a head.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    #[error("these bytes are not a trained head ({0}); train the model again")]
    NotAHead(String),
    #[error("the head has version {0}, this program reads version {VERSION}; train the model again")]
    Version(u32),
    #[error("the head can't be written: {0}")]
    Write(String),
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl TrainedHead {
    /// The head as a safetensors file.
    ///
    /// # Errors
    /// The metadata can't be written, which no head that was trained or read brings about.
    pub fn to_bytes(&self) -> Result<Vec<u8>, HeadError> {
        let width = self.members.first().map_or(0, |member| member.layers[0].1.len());
        let metadata =
            Metadata { version: VERSION, classes: self.classes.clone(), width, heads: self.members.len(), input_size: self.input_size };
        let metadata = serde_json::to_string(&metadata).map_err(|error| HeadError::Write(error.to_string()))?;
        let mut data: Vec<(String, Vec<usize>, Vec<u8>)> = Vec::new();
        for (number, member) in self.members.iter().enumerate() {
            for (name, (weight, bias)) in NAMES.iter().zip(&member.layers) {
                let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
                data.push((format!("{number}.{name}.weight"), vec![weight.len() / bias.len().max(1), bias.len()], bytes(weight)));
                data.push((format!("{number}.{name}.bias"), vec![bias.len()], bytes(bias)));
            }
        }
        let views = data.iter().map(|(name, shape, bytes)| Ok((name.as_str(), TensorView::new(Dtype::F32, shape.clone(), bytes)?)));
        let views = views.collect::<Result<Vec<_>, safetensors::SafeTensorError>>().map_err(|error| HeadError::Write(error.to_string()))?;
        let metadata = HashMap::from([(KEY.to_owned(), metadata)]);
        safetensors::serialize(views, Some(metadata)).map_err(|error| HeadError::Write(error.to_string()))
    }

    /// Reads what [`TrainedHead::to_bytes`] wrote. No more memory is taken than the bytes have themselves.
    ///
    /// # Errors
    /// The bytes are something else, of another version, or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeadError> {
        let damaged = |text: &str| HeadError::NotAHead(text.to_owned());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|error| HeadError::NotAHead(error.to_string()))?;
        let text = header.metadata().as_ref().and_then(|map| map.get(KEY)).ok_or_else(|| damaged("no description"))?;
        let metadata: Metadata = serde_json::from_str(text).map_err(|error| HeadError::NotAHead(error.to_string()))?;
        if metadata.version != VERSION {
            return Err(HeadError::Version(metadata.version));
        }
        if metadata.classes.len() < 2 || !metadata.classes.is_sorted_by(|a, b| a < b) || !(1..=16).contains(&metadata.heads) {
            return Err(damaged("its classes or its number of heads are impossible"));
        }
        let mut tensors = NamedTensors::from_safetensors(bytes)?;
        let sizes = [pyramid_head::inputs(), metadata.width, metadata.width, metadata.classes.len()];
        let mut members = Vec::with_capacity(metadata.heads);
        for number in 0..metadata.heads {
            let mut layer = |at: usize| -> Result<(Vec<f32>, Vec<f32>), WeightsError> {
                let name = NAMES[at];
                let weight = tensors.take(&format!("{number}.{name}.weight"), &sizes[at..at + 2])?;
                Ok((weight, tensors.take(&format!("{number}.{name}.bias"), &sizes[at + 1..at + 2])?))
            };
            members.push(Weights { layers: [layer(0)?, layer(1)?, layer(2)?] });
        }
        Ok(Self { classes: metadata.classes, input_size: metadata.input_size, members })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head() -> TrainedHead {
        let layer = |inputs: usize, outputs: usize| ((0..inputs * outputs).map(|i| i as f32 * 0.01).collect(), vec![0.5; outputs]);
        let member = || Weights { layers: [layer(pyramid_head::inputs(), 4), layer(4, 4), layer(4, 3)] };
        TrainedHead { classes: vec![0, 3, 9], input_size: 256, members: vec![member(), member()] }
    }

    #[test]
    fn bytes_come_back() {
        assert_eq!(TrainedHead::from_bytes(&head().to_bytes().unwrap()).unwrap(), head());
    }

    #[test]
    fn another_safetensors_file_is_refused() {
        assert!(matches!(TrainedHead::from_bytes(crate::weights::EFFICIENTNET_LITE0), Err(HeadError::NotAHead(_))));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damaged_bytes_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut bytes = head().to_bytes().unwrap();
            let at = at.index(600.min(bytes.len()));
            bytes[at] = value;
            let _ = TrainedHead::from_bytes(&bytes);
            prop_assert!(TrainedHead::from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }
}
